"""Timelines of the tensor face: when results arrive where, and which units bursts run on."""

from __future__ import annotations

import pytest

from asm.assemble import assemble
from asm.program import Packed
from isa.codec import Op
from isa.diagnostics import ERROR, Diagnostic


def assembled(source: str) -> list[Packed]:
    result = assemble(source)
    assert [problem for problem in result.diagnostics if problem.severity == ERROR] == []
    return result.bundles


def issued(*lines: str) -> list[int]:
    """The cycles of the tensor ops of a timeline, in order of time."""
    bundles = assembled("\n".join([".timeline", *lines, "@9000 halt", ".endtimeline"]))
    return [bundle.cycle for bundle in bundles for op in bundle.ops if op.row.tensor]


def units(source: str) -> list[str]:
    return [Op(op.row, tuple(op.values)).unit for bundle in assembled(source) for op in bundle.ops if op.row.tensor]


def refused(*lines: str) -> Diagnostic:
    (problem,) = assemble("\n".join([".timeline", *lines, ".endtimeline"])).diagnostics
    return problem


# VXM is position 13, mw0..3 12, mw4..7 11, me0..3 14, the planes 0 and 26, the switches 1 and 25.
def test_vector_add_and_relu_on_the_floorplan() -> None:
    """x + y of docs: reads arrive at 4, the sum lands in v0 at 7, relu leaves at 10, is at me0 in 11."""
    cycles = issued(
        "@0          x: read.4    se4, mw4[0], n=64",
        "@1          y: read.4    se0, mw0[0], n=64",
        "@after x, y s: vadd.f32  v0, se4, se0, n=64",
        "@after s    r: vrelu.f32 se8, v0, n=64",
        "@after r       write.4   me0[0], se8, n=64",
    )
    assert cycles == [0, 1, 4, 7, 11]


@pytest.mark.parametrize(
    ("maker", "user", "expected"),
    [
        ("read sw0, mw0[0]", "write mw40[0], sw0", 2 + 10),
        ("gather se0, mw0.0, se2", "vmov.i8 v0, se0", 4 + 1),
        ("vmov.i8 sw0, 1, n=3", "vmov.i8 v1, v0", None),
        ("vmov.i32 v0, 1", "vneg.i32.w v1, v0", 1),
        ("vmov.i32 v0, r1, delay=7", "vneg.i32.w v1, v0", 8),
        ("vfma.f32 v0, r1, r2, r3", "vmov.f32 v1, v0", 4),
        ("vexp.f32 v0, r1", "vmov.f32 v1, v0", 8),
        ("shift.up E, sw0, se0, 1", "vmov.i8 v0, sw0", 4 + 12),
        ("transpose W, se0, sw0", "vmov.i8 v0, se15", 20 + 12),
        ("lw.i8 0, sw0, n=20", "iw 0", 20),
        ("lw.f16 2, se0, n=40, d=2", "iw 2", 79),
        ("iw 1", "abc.i8 1, sw0", 1),
        ("abc.i8 1, sw0, n=9", "acc.set 1, 0, n=9", 24),
        ("abc.i8 1, sw0, n=9", "accr 1, 0, se0", None),
        ("acc.set 1, 0, n=9", "accr 1, 0, se0", 9),
        ("acc.set 1, 0, se4, n=9", "vcvt.f32.i32 v0, se4, n=9", 2 + 13),
        ("lmap W, 3, sw0", "permute W, se0, sw2, 3", 1),
        ("lmap W, 3, sw0", "permute W, se0, sw2, 4", None),
        ("write mw0[0], sw0, n=9", "read se0, mw0[0], n=9", 9),
        ("write.4 mw0[0], sw0, n=9", "read se0, mw3[0], n=9", 9),
        ("write mw0[0], sw0, n=9", "read se0, mw1[0], n=9", None),
        ("write mw0[0], sw0, n=9", "ld r1, [0]", 9),
        ("mul r1, r2, r3", "vmov.i32 v0, r1", 3),
    ],
)
def test_after_one_op(maker: str, user: str, expected: int | None) -> None:
    """The distance in cycles; None where the one never gets to the other."""
    source = f".timeline\n@10 a: {maker}\n@after a {user}\n.endtimeline"
    result = assemble(source)
    errors = [problem for problem in result.diagnostics if problem.code == "E-TIMELINE"]
    if expected is None:
        assert [problem.message.split("`")[1] for problem in errors] == [user.split()[0]]
    else:
        assert errors == []
        assert result.bundles[-1].cycle == 10 + expected


def test_streams_that_miss_each_other() -> None:
    problem = refused(
        "@3 x: read.4 se0, mw4[0], n=8", "@0 y: read.4 se4, mw4[8], n=8", "@after x, y vadd.f32 v0, se0, se4, n=8"
    )
    assert problem.message == "se4 arrives at the VXM in cycle 4, se0 in cycle 7"
    assert problem.help == "issue `x` 3 cycles earlier, or `y` 3 cycles later"


def test_a_stream_that_passes_before_a_register_is_there() -> None:
    problem = refused("@0 x: read.4 se0, mw0[0]", "@1 s: mul r1, r2, r3", "@after x, s vadd.i32.w v0, se0, r1")
    assert problem.message == "se0 arrives at the VXM in cycle 3, `mul` in cycle 4"
    assert issued("@1 x: read.4 se0, mw0[0]", "@1 s: mul r1, r2, r3", "@after x, s vadd.i32.w v0, se0, r1") == [1, 4]


# Units ----------------------------------------------------------------------------------------
def test_a_free_op_keeps_away_from_bursts_and_pins() -> None:
    source = "{ vmov.i8 se0, 1, n=9 }\n{ vmov.i8 se1, 2, n=2 }\n{ nop 1 }\n{ vmov.i8 se2, 3, n=9 }\n"
    assert units(source + "{ nop 4 }\n{ vmov.i8 se3, 4 !V1 }\n{ vmov.i8 se4, 5, n=3 }\n{ halt }") == [
        "V0", "V1", "V2", "V1", "V0",
    ]  # fmt: skip


def test_units_are_counted_anew_after_a_jump() -> None:
    assert units("{ vmov.i8 se0, 1, n=9 || jmp x }\nx: { vmov.i8 se1, 2 }\n{ halt }") == ["V0", "V0"]


def test_no_unit_is_free() -> None:
    source = "{ shift.up W, se0, sw0, 1, n=9 || select W, se1, sw1, sw2, 1, n=7 }\n{ shift.down W, se2, sw3, 1, n=2 }"
    (problem,) = assemble(source).diagnostics
    assert problem.code == "E-UNIT-BUSY"
    assert problem.message == "`shift.down` finds no unit free for 2 cycles: W.sh0 W.sh1 are taken"
    assert problem.help == "issue it 6 cycles later, when W.sh1 is free"


# Regions --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("op", "drained"),
    [("vmov.i8 se0, 1, n=10", 10), ("read.4 se0, mw0[0], n=3, d=4, m=2, e=20", 30), ("vmov.i8 v0, r1, delay=5", 6)],
)
def test_a_region_is_drained_when_its_last_element_has_landed(op: str, drained: int) -> None:
    assembled(f".cycles 0\n{{ {op} }}\n.cycles 1\n.drain {drained}")


def test_cycles_in_use() -> None:
    source = ".cycles 0\n{ read.2 se0, mw0[0], n=3, m=2, e=9 || abc.f16 2, se4, n=5, d=2 || mov r1, 2 }\n"
    expected = {"mw0.rp": 6, "mw1.rp": 6, "mw2.rp": 0, "P2.abc": 10, "p3.abc": 10, "V0": 0, "A0": 1}
    for unit, count in expected.items():
        problems = assemble(f'{source}.assert used({unit}) == {count}, "no"').diagnostics
        assert not [problem for problem in problems if problem.code in ("E-ASSERT", "E-EXPR")]
