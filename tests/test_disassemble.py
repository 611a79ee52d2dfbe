"""The disassembler: its text assembles to the same bytes, whatever the bytes are."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from hypothesis import given
from hypothesis import strategies as st

from asm.assemble import assemble
from asm.link import link
from asm.write.disassemble import disassemble
from conform.operations import ops_of
from isa.codec import Op, bundle_starts, encode_bundle, make
from isa.image import Block, Image, Symbol, Tensor
from isa.machine import LPU1, LPU_TINY, MachineSpec
from isa.places import WEST_FLOW
from isa.row import Row
from isa.table import ROWS, SCALAR_ROWS
from isa.types import TYPES


def rebuilt(image: Image) -> Image:
    """The image that its disassembly assembles to."""
    text = disassemble(image)
    result = assemble(text, machine=image.machine)
    assert result.image is not None, (text, result.diagnostics)
    return result.image


def memory(image: Image) -> dict[int, int | None]:
    """What the blocks hold: a byte, or None for reserved words, by byte address."""
    held: dict[int, int | None] = {}
    for block in image.blocks:
        start = (block.bank * image.machine.rows + block.row) * image.machine.words_per_row + block.word
        for offset in range(block.words * 4):
            held[start * 4 + offset] = block.data[offset] if block.data else None
    return held


def text_of(bundles: Sequence[Sequence[Op]]) -> list[int]:
    return [syllable for bundle in bundles for syllable in encode_bundle(bundle)]


def plain_op(row: Row) -> Op:
    """An op whose fields are the least there are."""
    values = {}
    for operand in row.operands:
        if operand.flow == "in":  # to plane 0, from the east
            values[operand.fields[0]] = WEST_FLOW
    return make(row, **values)


def test_every_row_survives() -> None:
    text = text_of([[plain_op(row)] for row in ROWS])
    assert rebuilt(Image(LPU1, text)).text == text


@given(st.lists(st.sampled_from(ROWS).flatmap(ops_of), min_size=1, max_size=8))
def test_ops_survive_with_any_fields(ops: list[Op]) -> None:
    text = text_of([[op] for op in ops])
    assert rebuilt(Image(LPU1, text)).text == text


@st.composite
def bundles(draw: st.DrawFn) -> list[Op]:
    """A bundle of up to nine ops on units of their own."""
    chosen: list[Op] = []
    taken: set[int] = set()
    for row in draw(st.lists(st.sampled_from(SCALAR_ROWS) | st.sampled_from(ROWS), min_size=1, max_size=9)):
        op = draw(ops_of(row))
        if taken.isdisjoint(op.claims):
            chosen.append(op)
            taken.update(op.claims)
    return draw(st.permutations(chosen))


@given(st.lists(bundles(), min_size=1, max_size=6), st.data())
def test_bundles_survive_with_units_and_targets(program: list[list[Op]], data: st.DataObject) -> None:
    starts = [*bundle_starts(text_of(program)), len(text_of(program))]
    aimed = [[_aim(op, data.draw(st.sampled_from(starts))) for op in bundle] for bundle in program]
    text = text_of(aimed)
    assert rebuilt(Image(LPU_TINY, text)).text == text


def _aim(op: Op, target: int) -> Op:
    return op.with_field("target", target) if "target" in op.row.format.names else op


@given(st.lists(st.integers(0, (1 << 64) - 1), max_size=12))
def test_any_text_survives_legal_or_not(text: list[int]) -> None:
    assert rebuilt(Image(LPU_TINY, text)).text == text


@given(st.binary(min_size=1, max_size=200), st.integers(0, 60), st.sampled_from([LPU1, LPU_TINY]))
def test_data_survives(raw: bytes, row: int, spec: MachineSpec) -> None:
    data = raw + bytes(-len(raw) % 4)
    words = len(data) // 4
    word = spec.words_per_row - 1
    image = Image(spec, blocks=[Block("a", 3, row, word, words, data), Block("b", 5, 0, 0, words)])
    assert memory(rebuilt(image)) == memory(image)


SOURCE = """
        .param  n = 3
        .global main, table
        .extern helper
        .extern far @ mw1.1
table:  .i32    1, -2, 0x7fffffff, main + 1, table + 2
bytes:  .i8     -128, 127, 5
halves: .f16    1.5, -0.0, 65504.0
words:  .f32    0.1, 1e-45, f32bits(0x7fc00001)
nibble: .i4     -8, 7, 3
text:   .ascii  "lanes"
        .array  room: f32[4, 5]
        .array  grid: i16[2, 3] = 1, -2, 3, 4, 5, 6
        .array  links: i32[2, 2] = 7, grid + 1, main, 8
        .tensor t: f32[3, 40] @ mw0..mw3
        .tensor w: bf16[2, 3] layout tiles = 0.5, 1.5, -2.0, 3.0, 4.0, 1e30
        .input  room, t
        .output bytes
main:   mov     r1, table
        ld      r2, [table + 1 + r1]
        ld      r3, [far + r1*n + r2]
        call    r4, helper
        ldl.4   r5, mw0[t + 2 + r1], 7
        mov     r6, main
        jne     main
"""


def assembled(text: str, machine: MachineSpec = LPU_TINY) -> Image:
    result = assemble(text, machine=machine)
    assert result.image is not None, result.diagnostics
    return result.image


def test_an_object_keeps_its_names_types_and_references() -> None:
    image = assembled(SOURCE)
    again = rebuilt(image)
    assert again.text == image.text
    assert memory(again) == memory(image)
    assert _references(again) == _references(image)
    assert _names(again) == _names(image)
    tensors = {t.name: t for t in image.tensors}
    for tensor in again.tensors:
        assert (tensor.dtype, tensor.shape, tensor.layout) == _type(tensors[tensor.name])
        assert (tensor.is_input, tensor.is_output, tensor.row) == _role(tensors[tensor.name])
    assert {t.name for t in again.tensors} == set(tensors)


def _type(tensor: Tensor) -> tuple[object, ...]:
    return tensor.dtype, tensor.shape, tensor.layout


def _role(tensor: Tensor) -> tuple[object, ...]:
    return tensor.is_input, tensor.is_output, tensor.row


def _references(image: Image) -> set[tuple[object, ...]]:
    return {(r.kind, r.symbol, r.addend, r.field) for r in image.relocations}


def _names(image: Image) -> set[tuple[object, ...]]:
    return {(s.name, s.kind == "text", s.binding, s.value) for s in image.symbols}


def test_an_executable_survives() -> None:
    source = SOURCE.replace(".extern helper", "").replace(".extern far @ mw1.1", "far: .u32 0")
    image = link([assembled(source + "helper: ret r4\n")])
    again = rebuilt(image)
    assert again.text == image.text
    assert memory(again) == memory(image)


def test_names_that_no_source_could_have_are_changed() -> None:
    text = text_of([[Op(ROWS[0], (0, 1, 2, 3))]])
    symbols = [Symbol(name, "text", "local", 0) for name in ("r5", "add", "1#2", "a b", "", "x", "x")]
    again = rebuilt(Image(LPU_TINY, text, symbols=symbols))
    names = {symbol.name for symbol in again.symbols}
    assert len(names) == len(symbols)
    assert "x" in names


@given(st.data())
def test_tensors_with_values_survive(data: st.DataObject) -> None:
    t = data.draw(st.sampled_from(list(TYPES.values())))
    layout = data.draw(st.sampled_from(["rows", "tiles", "mxm"]))
    shape = data.draw(st.lists(st.integers(1, 5), min_size=2, max_size=2 if layout == "mxm" else 3))
    shape[-1] = data.draw(st.integers(1, 40))
    values = [data.draw(st.integers(0, 7)) for _ in range(prod(shape))]
    place = "mw0..mw15" if layout == "mxm" else "auto"
    image = assembled(
        f".tensor x: {t.name}[{', '.join(map(str, shape))}] @ {place} layout {layout} = {', '.join(map(str, values))}",
        LPU1,
    )
    again = rebuilt(image)
    assert memory(again) == memory(image)
    assert again.tensors == image.tensors


def test_a_tensor_with_something_beside_its_elements_is_words() -> None:
    image = assembled(".tensor x: i32[2, 3] @ mw0..mw3 = 1, 2, 3, 4, 5, 6")
    block = image.blocks[0]
    block.data = block.data[:-1] + b"\x01"
    assert ".tensor" not in disassemble(image)
    assert memory(rebuilt(image)) == memory(image)


def test_tensors_of_one_name_in_two_objects_keep_their_bytes() -> None:
    first = assembled(".tensor x: i32[2] @ mw0..mw3 = 1, 2\n halt")
    second = assembled(".tensor x: i32[3] @ mw4..mw7 = 3, 4, 5\n halt")
    image = link([first, second])
    assert memory(rebuilt(image)) == memory(image)


@st.composite
def claims(draw: st.DrawFn) -> tuple[Symbol, Tensor]:
    """A tensor that may or may not lie where its symbol and some blocks are."""
    index, row, slices = draw(st.integers(0, 3)), draw(st.integers(0, 1)), draw(st.integers(0, 4))
    where = index * LPU_TINY.words_per_slice + row * LPU_TINY.words_per_row
    symbol = Symbol("x", "data", "local", where + draw(st.integers(0, 1)))
    shape = tuple(draw(st.lists(st.integers(0, 3), max_size=3)))
    layout = draw(st.sampled_from(["linear", "rows", "tiles", "mxm"]))
    dtype = draw(st.sampled_from(list(TYPES)))
    return symbol, Tensor("x", dtype, shape, layout, index, slices, row)


@given(claims(), st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.binary(max_size=1)), max_size=4))
def test_data_survive_what_a_tensor_claims(claim: tuple[Symbol, Tensor], places: list[tuple[int, int, bytes]]) -> None:
    words = LPU_TINY.words_per_row
    blocks = [
        Block("g", LPU_TINY.bank_number(0, index, 0), row, 0, words, byte * words * 4)
        for index, row, byte in {place[:2]: place for place in places}.values()
    ]
    image = Image(LPU_TINY, blocks=blocks, symbols=[claim[0]], tensors=[claim[1]])
    assert memory(rebuilt(image)) == memory(image)


def test_what_is_illegal_says_why() -> None:
    text = disassemble(Image(LPU_TINY, [0]))
    assert "        .unchecked\n" in text
    assert "        ; illegal: opcode 0x00 is not an instruction\n        .syllable 0x0000000000000000\n" in text


def test_checked_sources_stay_checked() -> None:
    assert ".unchecked" not in disassemble(assembled("        { add r1, r2, r3 }\n"))


def test_bundles_read_like_sources() -> None:
    text = disassemble(assembled("a: { add r1, r2, 3 || sub r4, r5, 6 !A0 || jlt a }\n   { halt }\n"))
    body = text[text.index("a:") :]
    assert body == ("a:\n        { add r1, r2, 3 !A1 || sub r4, r5, 6 !A0 || jlt a }\n        { halt }\n")
