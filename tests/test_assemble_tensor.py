"""The tensor face in source text: operands, attributes, units, and the rules that a line alone can break."""

from __future__ import annotations

import pytest

from asm.assemble import assemble
from isa.codec import decode_bundle, encode_bundle, make
from isa.machine import LPU1, LPU_TINY, MachineSpec
from isa.table import BY_KEY


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
