"""The tensor face in source text: operands, attributes, units, and the rules that a line alone can break."""

from __future__ import annotations

from pathlib import Path

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asm.assemble import assemble
from asm.link import link
from asm.operands.tensor import forms
from asm.write.disassemble import disassemble
from isa.codec import Op, bundle_starts, decode_bundle, encode_bundle, make
from isa.index import BY_KEY
from isa.machine import LPU1, LPU_TINY, MachineSpec
from isa.table import MNEMONICS, TENSOR_ROWS
from isa.types import TYPES, ElementType


def text_of(source: str, machine: MachineSpec = LPU_TINY) -> list[int]:
    result = assemble(source, machine=machine)
    assert result.image is not None, result.diagnostics
    return result.image.text


# The worked example of the machine -----------------------------------------------------------------
RELU_OF_SUM = """
        .tensor x: f32[64, 320] @ mw0..mw3
        .tensor y: f32[64, 320] @ mw4..mw7
        .tensor z: f32[64, 320] @ me0..me3
        .timeline
        @0      read.4    se4, mw4[y]        n=64
        @1      read.4    se0, mw0[x]        n=64
        @4      vadd.f32  v0, se0, se4 !V0   n=64
        @7      vrelu.f32 se8, v0      !V1   n=64
        @11     write.4   me0[z], se8        n=64
        @11     halt
        .endtimeline
"""


def test_the_worked_example_is_the_ops_it_says() -> None:
    nop, v0 = BY_KEY["nop count"], 64
    bundles = [
        [make(BY_KEY["read.4 stream, slice[row]"], stream=4, slice=4, n=64)],
        [make(BY_KEY["read.4 stream, slice[row]"], stream=0, slice=0, n=64), make(nop, count=3)],
        [make(BY_KEY["vadd.f32 dst, sa, sb"], u=0, dst=v0, sa=0, sb=4, n=64), make(nop, count=3)],
        [make(BY_KEY["vrelu.f32 dst, sa"], u=1, dst=8, sa=v0, n=64), make(nop, count=4)],
        [make(BY_KEY["write.4 slice[row], stream"], slice=64, stream=8, n=64), make(BY_KEY["halt [code]"])],
    ]
    assert text_of(RELU_OF_SUM, LPU1) == [syllable for ops in bundles for syllable in encode_bundle(ops)]


# Functions of places and times ----------------------------------------------------------------------
def value_of(expression: str, machine: MachineSpec = LPU1) -> int:
    (op,), _ = decode_bundle(text_of(f"{{ mov r1, {expression} }}\n", machine), 0)
    value = op["imm"]
    return value - (value >> 31 << 32)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("lat(read)", 2), ("lat(vadd.f32)", 3), ("lat(VEXP.F32)", 8), ("lat(acc.add)", 2), ("lat(transpose)", 20),
        ("dist(mw0, mw3)", 0), ("dist(mw0, mw4)", 1), ("dist(mw0, me0)", 2), ("dist(V, me0)", 1), ("dist(mw43, P0)", 2),
        ("dist(P1, P2)", 26), ("dist(W, p0)", 1), ("dist(e, v)", 12), ("dist(mw43, W)", 1),
        ("meet(mw4, mw0, V)", 1), ("meet(mw0, mw4, V)", -1), ("meet(mw28, mw40, P0)", 3), ("meet(mw0, me0, V)", 0),
    ],
)  # fmt: skip
def test_functions_of_places(expression: str, value: int) -> None:
    """Positions on lpu1: MXM.W 0, SXM.W 1, mw40 to mw43 2, ... mw0 to mw3 12, VXM 13, me0 14, SXM.E 25, MXM.E 26."""
    assert value_of(expression) == value


@pytest.mark.parametrize("slices", [("mw0", "mw7"), ("me3", "mw4"), ("mw4", "mw5")])
def test_reads_that_meet_arrive_in_one_cycle(slices: tuple[str, str]) -> None:
    first, second = slices
    when, way = value_of(f"meet({first}, {second}, V)"), [value_of(f"dist({each}, V)") for each in slices]
    assert 0 + way[0] == when + way[1]


# Operands -------------------------------------------------------------------------------------------
def one(text: str, machine: MachineSpec = LPU_TINY, head: str = "") -> Op:
    """The op alone, whatever a machine would make of it."""
    (op,), _ = decode_bundle(text_of(f"        .unchecked\n{head}        {{ {text} }}\n", machine), 0)
    return op


def test_every_form_of_a_mnemonic_has_operands_of_its_own() -> None:
    assert all(len(forms(mnemonic)) == len(rows) for mnemonic, rows in MNEMONICS.items() if rows[0].tensor)


def test_names_may_be_in_any_case() -> None:
    assert one("VADD.F32 V3, SE4, R7, N=1".replace("N=", "n=")) == one("vadd.f32 v3, se4, r7")
    assert one("shift.up w, SW0, se1, 3 !SH1") == one("shift.up W, sw0, se1, 3 !W.sh1")


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("read.2 sw6, me1[7], n=4", {"stream": 38, "slice": 65, "row": 7, "n": 4, "stride": 1}),
        ("write mw3[r5 + 2], se9 stride=-3", {"slice": 3, "row": 2, "ra": 5, "stream": 9, "stride": -3}),
        ("gather se3, me2.1, sw4", {"slice": 66, "bank": 1, "stream": 3, "map": 36}),
        ("scatter mw0.0, se3, sw4", {"slice": 0, "bank": 0, "stream": 3, "map": 36}),
        ("vadd.f32 v3, se4, r7", {"u": 3, "dst": 67, "sa": 4, "sb": 103}),
        ("vsel.u8 se1, v2, v15, sw31 !V2", {"u": 2, "dst": 1, "sa": 66, "sb": 79, "sc": 63}),
        ("vmov.f32 v0, 1.5", {"u": 0, "dst": 64, "imm": 0x3FC00000}),
        ("vmov.f32 se0, r31 delay=3", {"sa": 127, "delay": 3}),
        ("vcvts.i8.i32 se2, se4, 0.5", {"sa": 4, "imm": 0x3F000000}),
        ("lw.i4 1, sw16 n=2 row0=32", {"plane": 1, "stream": 48, "row0": 32, "n": 2}),
        ("acc.add 2, 1023, sw8", {"plane": 2, "acc": 1023, "stream": 40}),
        ("reduce.max.f32 E, se0, sw4 span=16", {"hemi": 1, "span": 1}),
        ("reduce.max.f32 W, se0, sw4 span=all", {"hemi": 0, "span": 0}),
        ("lmap E, 7, se2", {"hemi": 1, "number": 7, "from": 2}),
        ("notify 15", {"link": 15}),
    ],
)
def test_operands_fill_their_fields(text: str, fields: dict[str, int]) -> None:
    op = one(text)
    assert {name: op[name] for name in fields} == fields


ATTRIBUTES = ("n=3", "d=2", "stride=-4", "m=5", "e=30", "stride2=7")


@given(st.permutations(ATTRIBUTES), st.lists(st.sampled_from([" ", ", ", " , "]), min_size=6, max_size=6), st.data())
def test_attributes_stand_in_any_order_with_or_without_commas(
    attributes: list[str], separators: list[str], data: st.DataObject
) -> None:
    count = data.draw(st.integers(0, 6))
    tail = "".join(separator + each for separator, each in zip(separators, attributes[:count], strict=False))
    if {"m=5", "e=30"} & set(attributes[:count]) == {"m=5"}:
        tail += " e=30"
    given = {name: int(value) for name, _, value in (each.partition("=") for each in tail.replace(",", " ").split())}
    if "m" not in given:
        given |= {"e": 0, "stride2": 0}
    assert one(f"read se0, mw0[9]{tail}").fields == {
        "row": 9, "slice": 0, "stream": 0, "n": 1, "d": 1, "stride": 1, "m": 1, "e": 0, "stride2": 0, **given
    }  # fmt: skip


def test_pins_and_attributes_may_alternate() -> None:
    assert (
        one("vmov.i8 se0, se1 !V5 n=2 d=3")
        == one("vmov.i8 se0, se1, n=2 !V5, d=3")
        == one("vmov.i8 se0, se1 n=2 d=3 !V5")
    )


def test_attributes_left_out_are_those_of_the_table() -> None:
    assert one("abc.f16 0, sw2 n=2")["d"] == 2
    assert one("abc.i8 0, sw2 n=2")["d"] == 1
    assert one("read se0, mw0[0] m=1 e=99 stride2=5").fields == one("read se0, mw0[0]").fields


# Immediates -----------------------------------------------------------------------------------------
INTEGERS = [t for t in TYPES.values() if t.kind != "f" and t.bits > 4]
FLOATS = {"f16": np.float16, "bf16": ml_dtypes.bfloat16, "f32": np.float32}


@given(st.sampled_from(INTEGERS), st.data())
def test_integers_are_kept_in_the_bits_of_their_type(to: ElementType, data: st.DataObject) -> None:
    value = data.draw(st.integers(-(1 << (to.bits - 1)), (1 << to.bits) - 1))
    assert one(f"vmov.{to.name} se0, {value}")["imm"] == value % (1 << to.bits)


@given(st.sampled_from(sorted(FLOATS)), st.floats(-60000, 60000))
def test_floats_are_rounded_once_to_their_type(name: str, value: float) -> None:
    """The doubles drawn are exact, and ml_dtypes and NumPy round a double once."""
    wanted = np.float64(value).astype(FLOATS[name])
    assert one(f"vadd.{name} se0, se4, {value!r}")["imm"] == int.from_bytes(wanted.tobytes(), "little")


def test_bits_of_floats() -> None:
    assert one("vmov.f16 se0, f16bits(0x7e01)")["imm"] == 0x7E01
    assert one("vmov.bf16 se0, bf16bits(0xff80)")["imm"] == 0xFF80
    assert one("vmov.f32 se0, f32bits(0x7fc00000)")["imm"] == 0x7FC00000


# Rows -----------------------------------------------------------------------------------------------
HEAD = "        .tensor x: f32[5, 32] @ mw4..mw7.1\n        .tensor y: f32[9, 32] @ mw4..mw7.1\n        .text\n"


def test_rows_of_tensors() -> None:
    """y lies behind x in bank 1, whose rows begin at 64."""
    rows = {text: one(f"read.4 se0, {text}", head=HEAD)["row"] for text in ("mw4[y]", "mw4[y + 3]", "mw4[row(y) + 5]")}
    assert rows == {"mw4[y]": 69, "mw4[y + 3]": 72, "mw4[row(y) + 5]": 74}
    based = one("write.4 mw4[y + r3 - 2], se0", head=HEAD)
    assert (based["row"], based["ra"]) == (67, 3)
    assert one("read se0, mw6[y]", head=HEAD)["slice"] == 6
    assert one("read se0, me0[row(y)]", head=HEAD)["row"] == 69


def test_rows_are_left_for_the_linker() -> None:
    """The second object's tensor moves behind the first's, and its op keeps its extension."""
    first = assemble("        .tensor a: u8[7, 32] @ mw2.0\n", machine=LPU_TINY).image
    head = "        .unchecked\n        .tensor b: u8[6, 32] @ mw2.0\n"
    source = f"{head}        {{ read se3, mw2[b + 1], n=2, d=9, m=2, e=40 }}\n"
    second = assemble(source, machine=LPU_TINY).image
    assert first is not None and second is not None
    (read,), _ = decode_bundle(link([first, second]).text, 0)
    assert (read["row"], read["m"], read["e"], read["d"]) == (8, 2, 40, 9)


# Registers and units --------------------------------------------------------------------------------
def test_symbolic_registers_are_broadcast() -> None:
    head = "        .unchecked\n        .reg x\n        { mov x, 5 }\n"
    text = text_of(f"{head}        {{ vadd.i32.w se0, r0, x }}\n        {{ read se0, mw0[x] }}\n")
    ops = [decode_bundle(text, address)[0][0] for address in bundle_starts(text)]
    assert (ops[0]["rd"], ops[1]["sa"], ops[1]["sb"], ops[2]["ra"]) == (1, 96, 97, 1)


def test_a_broadcast_register_on_its_way_is_a_hazard() -> None:
    source = "x: .i32 4\n        { ld r1, [x] }\n        { vmov.i32 v0, r1 }\n        { vmov.i32 v0, r2 }\n"
    result = assemble(source, machine=LPU_TINY)
    assert [(d.code, d.place and d.place.line) for d in result.diagnostics] == [("E-HAZARD", 3)]


def test_a_result_in_a_v_register_needs_its_own_alu() -> None:
    assert one("vmov.i8 v9, 1")["u"] == 9
    assert one("vmov.i8 v9, 1 !v9")["u"] == 9


# Machines -------------------------------------------------------------------------------------------
SMALL = MachineSpec("small", superlanes=2, quads=2, rows=64, streams=20, vxm_alus=4, mxm_planes=2)


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("iw 1", "E-PLACE", "`iw` needs plane 1, which small does not have"),
        ("abc.f16 2, se0", "E-PLACE", "`abc.f16` needs plane 3, which small does not have"),
        ("lw.i8 0, sw16", "E-PLACE", "`lw.i8` needs sw20, which small does not have"),
        ("read se20, mw0[0]", "E-STREAM", "small has no stream se20; it has se0 to se19"),
        ("vmov.i8 v4, 1", "E-REGISTER", "small has no v4; it has v0 to v3"),
        ("vmov.i8 se0, 1 !V4", "E-PLACE", "`vmov.i8` needs V4, which small does not have"),
    ],
)
def test_what_a_machine_lacks(text: str, code: str, message: str) -> None:
    result = assemble(f"        {{ {text} }}\n", machine=SMALL)
    assert [(d.code, d.message) for d in result.diagnostics] == [(code, message)]


# Styles ---------------------------------------------------------------------------------------------
def test_linear_code_stands_beside_timelines_but_streams_do_not_wait_in_it() -> None:
    timeline = "        .timeline\n        @0 read se0, mw0[r1]\n        .endtimeline\n"
    assert len(bundle_starts(text_of(f"        mov r1, 3\n{timeline}        add r2, r1, 1\n"))) == 3
    result = assemble("        mov r1, 3\n        read se0, mw0[0]\n", machine=LPU_TINY)
    assert [d.place and d.place.line for d in result.diagnostics] == [2]


# Macros ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "call", ["fetch se4, 7, n=3", "fetch se4, 7 n=3", "fetch n=3, se4, 7", "fetch se4, (7) n=(1 + 2)"]
)
def test_arguments_of_macros_may_be_named_like_attributes(call: str) -> None:
    macro = (
        "        .macro fetch stream, row, n=1\n        { read \\stream, mw0[\\row] n=\\n !mw0.rp }\n        .endm\n"
    )
    text = text_of(f"        .unchecked\n{macro}        {call}\n")
    (op,), _ = decode_bundle(text, 0)
    assert (op["stream"], op["row"], op["n"]) == (4, 7, 3)


def test_the_page_explains_every_attribute() -> None:
    page = (Path(__file__).parent.parent / "docs" / "dialect.md").read_text(encoding="utf-8")
    names = {name for row in TENSOR_ROWS for name in row.attributes}
    assert [name for name in sorted(names) if f"`{name}`" not in page] == []


def test_the_worked_example_is_disassembled_to_a_checked_program() -> None:
    image = assemble(RELU_OF_SUM, machine=LPU1).image
    assert image is not None
    source = disassemble(image)
    assert text_of(source, LPU1) == image.text
    assert ".unchecked" not in source
    assert "{ vrelu.f32 se8, v0, n=64 !V1 || nop 4 }" in source
