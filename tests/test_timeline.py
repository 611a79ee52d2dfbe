"""Timelines: ops by their cycles, in any order."""

from __future__ import annotations

import pytest

from asm.assemble import assemble
from isa.diagnostics import Diagnostic
from isa.machine import LPU_TINY


def bundles(timeline: str) -> list[str]:
    result = assemble(f".timeline\n{timeline}\n.endtimeline", machine=LPU_TINY)
    assert result.diagnostics == []
    return [" || ".join(text(op) for op in bundle.ops) for bundle in result.bundles]


def text(op: object) -> str:
    return f"{op.row.mnemonic} {op.values[-1]}"  # type: ignore[attr-defined]


def refused(timeline: str) -> Diagnostic:
    (problem,) = assemble(f".timeline\n{timeline}\n.endtimeline", machine=LPU_TINY).diagnostics
    return problem


def test_ops_of_one_cycle_are_one_bundle_and_gaps_are_waits() -> None:
    assert bundles("@5 mov r3, 3\n@0 mov r1, 1\n@0 mov r2, 2") == ["mov 1 || mov 2 || nop 5", "mov 3"]


def test_a_timeline_may_begin_late() -> None:
    assert bundles("@2 mov r1, 1") == ["nop 2", "mov 1"]


def test_times_that_count_from_the_op_before() -> None:
    assert bundles("@1 mov r1, 1\n@+1 mov r2, 2\n@+1 mov r3, 3") == ["nop 1", "mov 1", "mov 2", "mov 3"]


def test_after_is_the_first_cycle_a_result_can_be_read() -> None:
    lines = bundles("@after x, y add r5, r1, r2\n@0 x: mul r1, r3, 7\n@1 y: ld r2, [9]")
    assert lines == ["mul 7", "ld 9 || nop 4", "add 2"]


def test_a_wait_after_control_has_a_bundle_of_its_own() -> None:
    assert bundles("@0 cmp r1, 5\n@1 jlt 0\n@4 mov r1, 6") == ["cmp 5", "jlt 0", "nop 2", "mov 6"]


def test_a_read_too_early_says_by_how_much() -> None:
    problem = refused("@0 mul r1, r2, r3\n@2 add r4, r1, 1")
    assert problem.code == "E-HAZARD"
    assert problem.message == "r1 is read 2 cycles after `mul` issues; it is ready after 3"


def test_two_ops_on_one_unit_name_both_lines() -> None:
    problem = refused("@1 mul r1, r2, r3\n@0 mov r5, 1\n@1 mul r4, r2, r3")
    assert (problem.code, problem.place and problem.place.line) == ("E-UNIT-BUSY", 4)
    assert [note.place and note.place.line for note in problem.notes] == [2]


@pytest.mark.parametrize(
    ("timeline", "code", "message", "help"),
    [
        ("@after q mov r1, 1\n@0 qq: mov r2, 2", "E-UNDEFINED", "no line of this timeline is called `q`",
         "did you mean `qq`?"),
        ("@after a a: mov r1, 1", "E-TIMELINE", "the time of this op counts from itself", ""),
        ("@0 a: mov r1, 1\n@1 a: mov r2, 1", "E-DUPLICATE", "two lines of this timeline are called `a`", ""),
        ("@-1 mov r1, 1", "E-TIMELINE", f"`mov` is in cycle -1; a timeline runs from cycle 0 to {2**32}", ""),
        ("@0 halt\n@2 mov r1, 1", "E-TIMELINE",
         "`mov` in cycle 2 is never reached: `halt` leaves the timeline before it",
         "issue it no later than that, or end the timeline there"),
        ("@0 nop 4\n@2 mov r1, 1", "E-TIMELINE",
         "`mov` is in cycle 2, but nothing issues before cycle 4, when `nop` is over", "issue it 2 cycles later"),
    ],
)  # fmt: skip
def test_times_that_cannot_be(timeline: str, code: str, message: str, help: str) -> None:
    problem = refused(timeline)
    assert (problem.code, problem.message, problem.help) == (code, message, help)


def test_times_that_count_from_each_other() -> None:
    problem = refused("@after b a: mov r1, 1\n@after a b: mov r2, 1")
    assert problem.message == "the time of this op counts from itself"
    assert [note.place and note.place.line for note in problem.notes] == [2]
