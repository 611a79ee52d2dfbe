"""The assembler as a whole: operands against the table, registers, references, and programs that run."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asm.assemble import Assembly, assemble
from asm.link import link
from isa.codec import Op, decode_bundle
from isa.image import TO_ROW, TO_TARGET, TO_WORD, Image
from isa.machine import LPU_TINY
from isa.row import CONST, IMM, LABEL, MEM, REG, SLICE_ROW, Operand, Row
from isa.table import SCALAR_ROWS
from vm.machine import Machine

WORD = 1 << 32


def assembled(text: str, **options: object) -> Image:
    result = assemble(text, machine=LPU_TINY, **options)  # type: ignore[arg-type]
    assert result.image is not None, result.diagnostics
    return result.image


def ops_of(text: str) -> list[Op]:
    """The ops of a text in the order of the bundles."""
    image, found, address = assembled(text), [], 0
    while address < len(image.text):
        bundle, address = decode_bundle(image.text, address)
        found += bundle
    return found


def one(text: str) -> Op:
    (op,) = ops_of(f"        {{ {text} }}\n")
    return op


def codes(result: Assembly) -> list[str]:
    return [diagnostic.code for diagnostic in result.diagnostics]


def run(text: str, **options: object) -> Machine:
    machine = Machine(link([assembled(text, **options)]), engine="reference")
    machine.run()
    return machine


# Operand forms ----------------------------------------------------------------------------------
EXAMPLES = {REG: "r7", IMM: "9", CONST: "5", LABEL: "here"}


def _example(operand: Operand) -> str:
    fields = operand.fields
    if operand.kind == SLICE_ROW:
        return "mw4[3 + r6]" if "ra" in fields else "mw4[3]"
    if operand.kind != MEM:
        return EXAMPLES[operand.kind]
    terms = ["11"] + (["r5*3"] if "scale" in fields else []) + (["r5*r4"] if "rc" in fields else [])
    return f"[{' + '.join(terms + (['r6'] if 'rb' in fields else []))}]"


@pytest.mark.parametrize("row", SCALAR_ROWS, ids=lambda row: row.key)
def test_every_operand_form_of_the_table_is_found(row: Row) -> None:
    operands = ", ".join(_example(operand) for operand in row.operands)
    image = assemble(f"        .unchecked\nhere: {{ {row.mnemonic} {operands} }}\n").image
    assert image is not None
    (op,), _ = decode_bundle(image.text, 0)
    assert op.row is row


def test_names_of_the_language_may_be_in_any_case() -> None:
    assert one("ADD R1, r2, R3 !a2") == one("add r1, r2, r3 !A2")


def test_halt_alone_is_halt_0() -> None:
    assert one("halt") == one("halt 0")


@given(st.integers(-(1 << 31), (1 << 32) - 1))
def test_integers_of_either_sign_fit_an_immediate(value: int) -> None:
    assert one(f"add r1, r2, {value}")["imm"] == value % WORD


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_float_immediates_are_the_bits_of_the_f32(value: float) -> None:
    bits = int(np.float32(value).view(np.uint32))
    assert one(f"add.f32 r1, r2, {value!r}")["imm"] == bits
    assert one(f"mov r1, {value!r}")["imm"] == bits
    assert one(f"add.f32 r1, r2, f32bits({bits})")["imm"] == bits


def test_an_integer_for_a_float_operand_is_that_number() -> None:
    assert one("mul.f32 r1, r2, 3")["imm"] == int(np.float32(3).view(np.uint32))
    assert one("mov r1, 3")["imm"] == 3


def test_a_float_immediate_is_rounded_once() -> None:
    """Just above the middle of 1 and its successor; as a double it would be the middle."""
    above = Fraction(1) + Fraction(1, 1 << 24) + Fraction(1, 1 << 80)
    text = f"{above.numerator * 5**80}.0e-80"
    assert one(f"mov r1, {text}")["imm"] == 0x3F800001


# Addresses --------------------------------------------------------------------------------------
@st.composite
def sums(draw: st.DrawFn) -> tuple[str, dict[int, int]]:
    """An address of up to one scaled and one plain register, and the coefficient of each register (-1: constant)."""
    constant, scale = draw(st.integers(0, 1000)), draw(st.integers(-50, 50))
    ra, rb = draw(st.permutations(range(8)))[:2]
    terms = [
        draw(st.sampled_from([str(constant), f"({constant} + 3 - 3)", f"2*{constant} - {constant}"])),
        draw(st.sampled_from([f"r{ra}*{scale}", f"{scale}*r{ra}", f"(r{ra})*({scale} + 2 - 2)", f"-(r{ra}*{-scale})"])),
        f"r{rb}",
    ]
    return " + ".join(draw(st.permutations(terms))), {-1: constant, ra: scale, rb: 1}


@given(sums(), st.lists(st.integers(0, WORD - 1), min_size=8, max_size=8))
def test_addresses_mean_what_they_say(address: tuple[str, dict[int, int]], registers: list[int]) -> None:
    text, coefficients = address
    op = one(f"ld r9, [{text}]")
    found = op["disp"] + registers[op["ra"]] * op["scale"] + registers[op["rb"]]
    wanted = sum(coefficient * (1 if r < 0 else registers[r]) for r, coefficient in coefficients.items())
    assert found % WORD == wanted % WORD


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("[7]", {"disp": 7}),
        ("[r1]", {"disp": 0, "rb": 1}),
        ("[7 + r1]", {"disp": 7, "rb": 1}),
        ("[r1*1]", {"disp": 0, "ra": 1, "scale": 1}),
        ("[r1*0 + 7]", {"disp": 7, "ra": 1, "scale": 0}),
        ("[r1 + r2]", {"disp": 0, "ra": 1, "scale": 1, "rb": 2}),
        ("[r1*4 + r2*1]", {"disp": 0, "ra": 1, "scale": 4, "rb": 2}),
        ("[r1*1 + r2*4]", {"disp": 0, "ra": 2, "scale": 4, "rb": 1}),
        ("[7 + r1*r2]", {"disp": 7, "ra": 1, "rc": 2}),
        ("[r3 + r1*r2 + 7]", {"disp": 7, "ra": 1, "rc": 2, "rb": 3}),
        ("[7 - r1]", {"disp": 7, "ra": 1, "scale": WORD - 1}),
        ("[(r1 + 2)*3]", {"disp": 6, "ra": 1, "scale": 3}),
        ("[r1 - 1]", {"disp": WORD - 1, "rb": 1}),
    ],
)
def test_forms_of_addresses(text: str, fields: dict[str, int]) -> None:
    op = one(f"ld r9, {text}")
    assert {name: op[name] for name in op.row.format.names if name not in ("u", "rt")} == fields


def test_a_parameter_is_its_place_alone_and_its_value_as_a_factor() -> None:
    image = assembled(
        ".param pad = 9\n.param m = 4\n{ ld r1, [m] || ld r2, [r3*m + 700] }\n{ ld r1, [addr(m) + r5] }\n"
        "{ ld r4, [val(m) + r5] }\n"
    )
    ops = [op for start in (0, 2, 3) for op in decode_bundle(image.text, start)[0]]
    assert [op["disp"] for op in ops] == [1, 700, 1, 4]
    assert ops[1]["scale"] == 4


# References -------------------------------------------------------------------------------------
def test_references_are_left_for_the_linker() -> None:
    image = assembled(
        "        .extern far\n        .array  A: i32[9]\n        .array  t: u8[1]\n        .tensor x: u8[4, 8] @ mw4\n"
        "here:   { ld r1, [A + 2 + r1] }\n        { mov r2, here }\n        { ldl r3, mw4[x + 1], 0 }\n"
        "        { jmp here }\n        { call r4, far }\n        { mov r5, A + 1 }\n"
        "        { ldl r6, mw5[row(x)], 0 }\n"
    )
    found = [(r.address, r.field, r.kind, r.symbol, r.addend) for r in image.relocations]
    assert found == [
        (0, "disp", TO_WORD, "A", 2),
        (1, "imm", TO_TARGET, "here", 0),
        (2, "row", TO_ROW, "x", 1),
        (3, "target", TO_TARGET, "here", 0),
        (4, "target", TO_TARGET, "far", 0),
        (5, "imm", TO_WORD, "A", 1),
        (6, "row", TO_ROW, "x", 0),
    ]


def test_externs_become_program_addresses_where_they_are_jumped_to() -> None:
    user = assembled(".extern f, D, p\n mov r3, f\n call r4, f\n ld r1, [D + 1]\n ld r2, [p]\n halt\nx: .i32 f, D\n")
    library = assembled(".global f, D, p\n.param p = 7\nD: .i32 4, 5\nf: mov r9, 1\n ret r4\n")
    kinds = {(r.symbol, r.kind) for r in user.relocations}
    assert kinds == {("f", TO_TARGET), ("D", TO_WORD), ("p", TO_WORD)}
    machine = Machine(link([user, library]), engine="reference")
    machine.run()
    assert list(machine.regs[1:3]) == [5, 7]
    assert machine.regs[9] == 1
    assert machine["x"][0] == machine.regs[3] == len(user.text)


def accesses(text: str) -> list[tuple[str, list[int], tuple[object, ...], int]]:
    result = assemble(text, machine=LPU_TINY)
    assert result.image is not None, result.diagnostics
    ops = [op for bundle in result.bundles for op in bundle.ops if op.access]
    return [(op.access.symbol, sorted(op.access.banks), op.access.index, op.access.offset) for op in ops if op.access]


def test_what_an_op_touches_is_known_to_the_scheduler() -> None:
    found = accesses(
        f".array A: i32[{LPU_TINY.words_per_bank + 1}]\n.extern e @ mw3.1\n.extern f\n"
        ".tensor x: u16[4, 8] @ me0..me1.1\n"
        "{ ld r1, [A + 5 + r2*3] }\n{ ld r1, [e] }\n{ ld r1, [f] }\n{ ld r1, [r2] }\n{ ld r1, [700] }\n"
        "{ ldl.2 r1, me0[x + 1], 3 }\n{ ldl.2 r1, me0[x + r9], 3 }\n{ ldl r1, mw1[70], 3 }\n"
        "{ ldl r1, mw1[row(x)], 3 }\n"
    )
    east = [LPU_TINY.bank_number(1, index, 1) for index in (0, 1)]
    assert [(symbol, banks, offset) for symbol, banks, _, offset in found] == [
        ("A", [0, 1], 5),
        ("e", [LPU_TINY.bank_number(0, 3, 1)], 0),
        ("f", [], 0),
        ("", [], 0),
        ("", [700 // LPU_TINY.words_per_bank], 700),
        ("x", east, 1),
        ("x", sorted([*east, *(bank - 1 for bank in east)]), 0),
        ("", [LPU_TINY.bank_number(0, 1, 1)], 70),
        ("", [LPU_TINY.bank_number(0, 1, 1)], 0),
    ]
    assert found[0][2] == (("ra", 2), ("scale", 3))


# Registers --------------------------------------------------------------------------------------
def test_symbolic_registers_get_numbers_the_file_never_names() -> None:
    machine = run(
        "        .reg x\n        mov x, 5\n        mov %y, 7\n        add r0, x, %y\n        mov r1, x\n"
        "        mov r2, %y\n"
    )
    assert list(machine.regs[:3]) == [12, 5, 7]
    ops = ops_of("        .reg x\n        { mov x, 5 }\n        { mov %y, x }\n        { st [x + r0*2], r1 }\n")
    assert (ops[0]["rd"], ops[1]["rd"], ops[1]["ra"]) == (2, 3, 2)
    assert (ops[2]["rb"], ops[2]["ra"], ops[2]["rt"]) == (2, 0, 1)


def test_a_pin_gives_a_symbolic_register_its_place() -> None:
    ops = ops_of("        { mov %x, 5 !r8 }\n        { add r0, %x, %y }\n")
    assert (ops[0]["rd"], ops[1]["ra"], ops[1]["rb"]) == (8, 8, 1)


def test_units_may_be_pinned() -> None:
    assert [op.unit for op in ops_of("{ add r1, r2, r3 !A2 || add r4, r2, r3 || ld r5, [0] !L1 }\n")] == [
        "A2",
        "A0",
        "L1",
    ]


# Programs ---------------------------------------------------------------------------------------
CLASSIC = (Path(__file__).parent.parent / "programs" / "matmul.s").read_text(encoding="utf-8")


@pytest.mark.parametrize("shape", [(1, 1, 1), (4, 3, 5), (2, 7, 3)])
def test_the_classic_program_multiplies_matrices(shape: tuple[int, int, int]) -> None:
    n, m, k = shape
    rng = np.random.default_rng(n * 100 + m)
    a = rng.integers(-(2**31), 2**31, (n, m), dtype=np.int32)
    b = rng.integers(-(2**31), 2**31, (m, k), dtype=np.int32)
    machine = Machine(link([assembled(CLASSIC, defines={"n": n, "m": m, "k": k})]), engine="reference")
    machine["A"], machine["B"] = a, b
    machine.run()
    assert (machine["C"] == a @ b).all()


def test_data_and_text_may_alternate() -> None:
    machine = run(
        "x: .i32 5\n ld r1, [x]\n .data\ny: .i32 6\n .text\n ld r2, [y]\n .data mw2\nz: .i32 7\n .text\nld r3, [z]\n"
    )
    assert list(machine.regs[1:4]) == [5, 6, 7]


def test_labels_at_the_end_of_a_section_belong_to_it() -> None:
    image = assembled("        nop 1\nafter:\n        .data\nx: .i32 1\nrest:\n")
    kinds = {symbol.name: (symbol.kind, symbol.value) for symbol in image.symbols}
    assert kinds["after"] == ("text", 1)
    assert kinds["rest"][0] == "data"


def test_timelines_are_merged_into_bundles() -> None:
    machine = run(
        "x: .i32 6\ny: .i32 7\n        .timeline\n        @0 a: ld r1, [x]\n        @0 b: ld r2, [y]\n"
        "        @after a, b m: mul r3, r1, r2\n        @after m  add r4, r3, 1\n        .endtimeline\n"
    )
    assert machine.regs[4] == 43


def test_functions_of_places_and_instructions() -> None:
    image = assembled(
        ".array a: i32[5] @ me1.1\n        mov r1, sizeof(a)\n        mov r2, bank(a)\n        mov r3, slice(a)\n"
        "        mov r4, lat(mul)\n        mov r5, dist(mw0, me4)\n        mov r6, row(a)\n"
    )
    machine = Machine(link([image]), engine="reference")
    machine.run()
    assert list(machine.regs[1:7]) == [5, 1, 65, 3, 3, LPU_TINY.rows]


def test_aliases_reach_the_scheduler() -> None:
    """Without `.alias` a load may pass a store to another symbol; both names are one word here."""
    text = (
        "        .data mw0\n        .org 0\na:\nb: .i32 1\n        .text\n{}        mov r1, 9\n"
        "        st [a], r1\n        ld r2, [b]\n"
    )
    machine = run(text.format("        .alias a, b\n"))
    assert machine.regs[2] == 9


def test_an_empty_source_is_an_empty_object() -> None:
    image = assembled("")
    assert (image.text, image.blocks, image.symbols) == ([], [], [])


def test_assembling_the_same_source_twice_gives_the_same_image() -> None:
    assert repr(assembled(CLASSIC)) == repr(assembled(CLASSIC))


def test_facts_about_loops_are_recorded_and_checked() -> None:
    assert codes(assemble("top: nop 1\n .trip top, min=1, multiple=4\n .independent top\n .burst 64\n jmp top\n")) == []
    assert codes(assemble(" .trip top\n nop 1\n")) == ["E-UNDEFINED"]


# Hostile sources --------------------------------------------------------------------------------
FRAGMENTS = (
    "add r1, r2, r3",
    "ld r1, [x + r2*3]",
    "st [x], r1",
    "jmp top",
    "top:",
    "x: .i32 1, x",
    ".data mw0",
    ".org 5",
    ".text",
    "{",
    "}",
    "||",
    "%v",
    "r32",
    ".tensor t: f16[3, 3] @ mw0..mw1",
    ".param p = 3",
    "[p + r1]",
    "mw0[x + r1]",
    "!A1",
    "1e400",
    ".timeline",
    "@0",
    "@after top",
    ".endtimeline",
    ".unchecked",
    ".syllable 3",
    '.assert x, "no"',
    "f32bits(1)",
    "row(x)",
    ".fill 99999999999",
    ".space x - top",
    ".machine lpu-tiny",
    ".align",
    ".extern e @ mw1.1",
    "call r1, e",
    ",",
    "\\",
    "1b",
    "{ read.4 se0, mw0[x] n=4 }",
    "@0 read se1, mw1[r2 + 3], n=2 m=2 e=9",
    "@+3 vadd.f32 v0, se4, r1 !V0 n=2",
    "vcvts.i8.i32 sw2, v1, 0.5",
    "{ gather se0, mw0.1, se2",
    "@5 lw.i8 0, sw0 n=2",
    "@9 iw 0",
    "abc.f16 0, sw2",
    "acc.add 0, 1, se4 n=3",
    "shift.up W, se0, sw1, 3",
    "reduce.add.f32 E, se0, sw4, span=16",
    "sync 3",
    "se99",
    "v3",
    "n=3",
    "!W.sh1",
    "meet(mw0, V, P0)",
)


@given(st.lists(st.lists(st.sampled_from(FRAGMENTS), max_size=4).map(" ".join), max_size=8))
def test_any_source_gives_an_image_or_messages(lines: list[str]) -> None:
    result = assemble("\n".join(lines) + "\n")
    assert (result.image is None) == any(d.severity == "error" for d in result.diagnostics)


@given(st.text(max_size=60))
def test_any_text_gives_an_image_or_messages(text: str) -> None:
    result = assemble(text)
    assert (result.image is None) == any(d.severity == "error" for d in result.diagnostics)
