"""Linked text: the ops of the objects in order, each with what its references stand for where it now is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from asm.link import link
from isa.codec import Op, bundle_starts, decode, encode_bundle, make
from isa.diagnostics import Place
from isa.image import DATA, GLOBAL, TEXT, TO_TARGET, TO_WORD, Image, Relocation, Symbol
from isa.index import BY_KEY
from isa.lines import LineEntry, Lines
from isa.machine import LPU1

LOAD = BY_KEY["ld rt, [disp + ra*scale]"]  # 26 bits of displacement before an extension syllable
MOVE = BY_KEY["mov rd, imm"]
JUMP = BY_KEY["jmp target"]
SHORT, LONG = (1 << 26) - 1, 1 << 26


def walked(image: Image) -> list[tuple[int, Op, bool]]:
    """(address, op, whether its bundle ends with it) of a whole text."""
    out, address = [], 0
    while address < len(image.text):
        op, size, stop = decode(image.text, address)
        out.append((address, op, stop))
        address += size
    return out


def loader(disp: int, addend: int) -> Image:
    """`ld` with a reference, then a jump over it to itself; addresses as an assembler would know them."""
    load = encode_bundle([make(LOAD, rt=1, disp=disp, scale=3)])
    at_jump = len(load)
    return Image(
        LPU1,
        load + encode_bundle([make(JUMP, target=at_jump)]),
        symbols=[Symbol("A", DATA, GLOBAL, 0), Symbol("here", TEXT, GLOBAL, at_jump)],
        relocations=[
            Relocation(TO_WORD, "A", addend, 0, "disp"),
            Relocation(TO_TARGET, "here", 0, at_jump, "target"),
        ],
        lines=Lines.of([LineEntry(at_jump, Place("a.s", 2))]),
    )


def test_an_extension_syllable_appears() -> None:
    linked = link([loader(SHORT, LONG)])
    (_, load, _), (address, jump, stop) = walked(linked)
    assert (load["disp"], load["scale"], address, jump["target"], stop) == (LONG, 3, 2, 2, True)
    assert (linked.symbols[1].value, linked.lines[0].address) == (2, 2)
    assert bundle_starts(linked.text) == [0, 2]


def test_an_extension_syllable_vanishes() -> None:
    linked = link([loader(LONG, SHORT)])
    (_, load, stop), (address, jump, _) = walked(linked)
    assert (load["disp"], load["scale"], address, jump["target"], stop) == (SHORT, 3, 1, 1, True)
    assert (linked.symbols[1].value, linked.lines[0].address) == (1, 1)


def test_what_needs_no_change_is_the_same_text() -> None:
    for value in (SHORT, LONG):
        assert link([loader(value, value)]).text == loader(value, value).text


@st.composite
def programs(draw: st.DrawFn) -> list[list[list[tuple[str, int]]]]:
    """Objects of bundles of ops: a load at most, a move at most, a jump at most, each with a number."""
    number = st.sampled_from([0, 5, SHORT, LONG, LONG + 7])
    load, move = st.tuples(st.just("load"), number), st.tuples(st.just("move"), st.integers(0, 30))
    jump = st.tuples(st.just("jump"), st.integers(0, 30))
    bundle = st.tuples(st.lists(load, max_size=1), st.lists(move, max_size=1), st.lists(jump, max_size=1))
    filled = bundle.map(lambda parts: [op for part in parts for op in part]).filter(bool)
    return draw(st.lists(st.lists(filled, max_size=5), min_size=1, max_size=3))


def assembled(program: list[list[tuple[str, int]]], number: int, placeholders: list[int], bundles: int) -> Image:
    """An object whose fields hold arbitrary numbers; `move` and `jump` refer to bundle n of the whole program."""
    text: list[int] = []
    lines: list[LineEntry] = []
    image = Image(LPU1, text, symbols=[Symbol(f"A{number}", DATA, GLOBAL, 0)])
    for bundle in program:
        image.symbols.append(Symbol(f"b{number}.{len(image.symbols)}", TEXT, GLOBAL, len(text)))
        ops: list[Op] = []
        for what, value in bundle:
            filler = placeholders[(len(text) + len(ops)) % len(placeholders)]
            address = len(text) + sum(len(encode_bundle([op])) for op in ops)
            lines.append(LineEntry(address, Place(f"{number}.s", len(lines) + 1)))
            if what == "load":
                ops.append(make(LOAD, rt=1, disp=filler, scale=3))
                image.relocations.append(Relocation(TO_WORD, f"A{number}", value, address, "disp"))
                continue
            row, field = (MOVE, "imm") if what == "move" else (JUMP, "target")
            ops.append(make(row, **{field: filler % 1000}))
            image.relocations.append(Relocation(TO_TARGET, f"@{value % bundles}", 0, address, field))
        text += encode_bundle(ops)
    image.lines = Lines.of(lines)
    return image


@given(programs(), st.lists(st.sampled_from([1, LONG]), min_size=1, max_size=4))
def test_any_objects(program: list[list[list[tuple[str, int]]]], placeholders: list[int]) -> None:
    """Every op is where it was in order, and refers to the bundle it referred to, wherever that is now."""
    bundles = [bundle for unit in program for bundle in unit]
    images = [assembled(unit, n, placeholders, len(bundles)) for n, unit in enumerate(program)]
    labels = [symbol.name for image in images for symbol in image.symbols if symbol.kind == TEXT]
    for image in images:
        for relocation in image.relocations:
            if relocation.symbol.startswith("@"):
                relocation.symbol = labels[int(relocation.symbol[1:])]
    linked = link(images)
    starts = bundle_starts(linked.text)
    assert [symbol.value for symbol in linked.symbols if symbol.kind == TEXT] == starts
    found = walked(linked)
    expected = [
        (what, value if what == "load" else starts[value % len(bundles)], op is bundle[-1])
        for bundle in bundles
        for op in bundle
        for what, value in [op]
    ]
    fields = {LOAD: ("load", "disp"), MOVE: ("move", "imm"), JUMP: ("jump", "target")}
    assert [(fields[op.row][0], op[fields[op.row][1]], stop) for _, op, stop in found] == expected
    assert [entry.address for entry in linked.lines] == [address for address, _, _ in found]
