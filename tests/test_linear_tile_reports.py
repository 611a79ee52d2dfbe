"""Loops over linear tensor code: how they are counted, what is refused, and what their reports say."""

from __future__ import annotations

import numpy as np
import pytest
from test_linear_tile_loops import FIRST, LANES, ROWS, TENSORS, assembled, double, loop, ran, report

from asm.assemble import assemble
from asm.schedule.blocks import op_text
from isa.machine import LPU_TINY

EVERY_REGISTER = "".join(f"mov r{number}, 0\n" for number in range(32))


def labels(source: str) -> list[str]:
    result = assembled(source)
    return [label for bundle in result.bundles for label in bundle.labels] + result.text.labels_at_end


def text(source: str) -> str:
    """All ops of a program, a line each."""
    return "\n".join(op_text(op) for bundle in assembled(source).bundles for op in bundle.ops)


def doubled(source: str, rows: int) -> None:
    """Run a program that doubles rows of x from FIRST on."""
    machine, x = ran(source)
    wanted = np.zeros_like(x)
    wanted[FIRST : FIRST + rows] = 2 * x[FIRST : FIRST + rows]
    np.testing.assert_array_equal(machine["y"], wanted)


# Counting -----------------------------------------------------------------------------------------
def test_a_count_that_is_large_enough_by_trip_needs_no_other_way_round() -> None:
    source = loop(double(2), 12)
    stated = source + "\n.trip done, min=8"
    assert text(source).count("loop ") == 3
    assert text(stated).count("loop ") == 1
    doubled(stated, 24)


def test_a_loop_that_never_fills_its_kernel_stays() -> None:
    source = loop(double(2), 3) + "\n.trip done, max=3"
    assert report(source).reason == "it runs at most 3 times, and 4 rounds would be under way"
    doubled(source, 6)


@pytest.mark.parametrize(("rounds", "loops"), [(3, 0), (4, 1)])
def test_few_rounds_of_a_constant_number_are_straight_code(rounds: int, loops: int) -> None:
    source = loop(double(2), 0, str(rounds))
    assert text(source).count("loop ") == loops
    doubled(source, 2 * rounds)


def test_a_loop_that_runs_once_stays() -> None:
    assert report(loop(double(2), 0, "1")).reason == "it runs at most once"


def test_registers_that_count_are_such_as_the_file_does_not_name() -> None:
    source = TENSORS + EVERY_REGISTER + f"mov r1, {FIRST}\nmov r9, 6\nloop r9, done\n{double(2)}\ndone:"
    assert report(source).reason == "it needs 3 more registers and the file leaves 0"
    doubled(source, 12)
    assert report(source.replace("loop r9", "loop 6")).reason == ""


@pytest.mark.parametrize(("around", "reason"), [(2, ""), (3, "too many hardware loops may be under way")])
def test_two_levels_of_loops_are_needed(around: int, reason: str) -> None:
    heads = "".join(f"loop 1, end{number}\n" for number in range(around))
    ends = "".join(f"add r{20 + number}, r0, 0\nend{number}:\n" for number in reversed(range(around)))
    source = f"{TENSORS}mov r1, {FIRST}\nmov r9, 7\n{heads}loop r9, done\n{double(2)}\ndone:\n{ends}"
    assert report(source).reason == reason
    doubled(source, 14)


@pytest.mark.parametrize("line", [".global f\nf: ", "call r30, f\nf: "])
def test_where_callers_may_have_loops_under_way_only_constants_are_counted(line: str) -> None:
    source = loop(double(2), 8).replace("mov r9", f"{line}mov r9")
    assert report(source).reason == "too many hardware loops may be under way"
    assert report(source.replace("loop r9", "loop 8")).reason == ""


# Registers ----------------------------------------------------------------------------------------
def test_a_register_that_is_a_number_and_a_row_runs_twice() -> None:
    body = "vload %a, x, row=r1, n=1\nvadd.i32.w %b, %a, r1\nvstore y, %b, row=r1\nadd r1, r1, 1"
    source = loop(body, 20)
    assert (report(source).interval, report(source).extra) == (1, 1)
    machine, x = ran(source)
    rows = np.arange(FIRST, FIRST + 20)
    np.testing.assert_array_equal(machine["y"][rows], x[rows] + rows[:, None])
    assert machine.regs[1] == FIRST + 20


def test_registers_without_numbers_count_and_step() -> None:
    source = f"{TENSORS}.reg i, count\nmov i, {FIRST}\nmov count, 9\nloop count, done\n{double(2)}\ndone:"
    doubled(source.replace("r1", "i"), 18)


def test_rounds_may_do_the_same_again_and_again() -> None:
    source = f"{TENSORS}loop 5, done\nvload %a, x, n=4\nvstore y, %a, row=2\ndone:"
    machine, x = ran(source)
    np.testing.assert_array_equal(machine["y"][2:6], x[:4])
    assert report(source).interval == 4


# Memory -------------------------------------------------------------------------------------------
def test_a_round_waits_for_what_the_one_before_stores() -> None:
    source = f"{TENSORS}loop 6, done\nvload %a, y, n=1\nvadd.i32.w %b, %a, 1\nvstore y, %b, row=0\nnop 1\ndone:"
    source = source.replace("nop 1\n", "")
    found = report(source)
    assert found.interval == found.recurrence == found.bound
    assert [op.statement.mnemonic for op in found.critical] == ["vstore", "vload"]
    machine, _ = ran(source)
    np.testing.assert_array_equal(machine["y"][0], 6)


def test_rows_of_one_tensor_by_two_registers_are_in_order_unless_they_are_independent() -> None:
    body = "vload %a, y, row=r2, n=4\nvadd.i32.w %b, %a, 1\nvstore y, %b, row=r1\nadd r1, r1, 4\nadd r2, r2, 4"
    tensors = TENSORS.replace("me0..me3", "me0..me3.0")
    source = f"{tensors}mov r1, 8\nmov r2, 12\nloop 6, done\n{body}\ndone:"
    kept, free = report(source), report(source + "\n.independent done")
    assert kept.recurrence > 8 > free.recurrence
    assert free.interval == free.bound == 8
    machine, _ = ran(source)
    np.testing.assert_array_equal(machine["y"][8:32], 1)


def test_rows_by_one_register_are_told_apart() -> None:
    """The row that is loaded is stored two rounds later."""
    body = "vload %a, y, row=r1, n=1\nvadd.i32.w %b, %a, 1\nadd r1, r1, 1\nadd r1, r1, 1\nvstore y, %b, row=r1, n=1"
    source = f"{TENSORS}mov r1, 0\nloop 20, done\n{body}\nadd r1, r1, -1\ndone:"
    found = report(source)
    machine, _ = ran(source)
    wanted = np.zeros(ROWS, np.int32)
    for row in range(20):
        wanted[row + 2] = wanted[row] + 1
    np.testing.assert_array_equal(machine["y"], np.broadcast_to(wanted[:, None], (ROWS, LANES)))
    assert found.interval == found.recurrence
    assert found.recurrence * 2 < found.listed + 2


# Errors and reports -------------------------------------------------------------------------------
def test_values_do_not_cross_rounds() -> None:
    source = f"{TENSORS}loop 3, done\nvadd.i32.w %b, %a, %a\nvload %a, x, n=4\nvstore y, %b, row=0\ndone:"
    result = assemble(source, machine=LPU_TINY)
    assert [each.code for each in result.diagnostics] == ["E-STREAM"]
    assert "`%a` has no value here" in result.diagnostics[0].message


def test_a_report_names_what_bounds_a_loop() -> None:
    found = report(loop(double(5), 9))
    assert found.resources["mw0..mw3.rp"] == found.resources["me0..me3.wp"] == 5
    assert found.resources["vector ALUs"] == 1
    assert found.bound == 5
    assert found.busy["V0"] == 5
    assert [attempt.reason for attempt in found.attempts] == [""]


def test_a_report_says_why_intervals_failed() -> None:
    body = "vload %a, x, row=r1, n=2\nvadd.i32.w %b, %a, 1 !V3\nvadd.i32.w %c, %b, 2 !V3\nvstore y, %c, row=r1\n"
    source = loop(body + "add r1, r1, 2", 9)
    found = report(source)
    assert (found.bound, found.interval) == (2, 4)
    meeting = "`vadd.i32.w` needs V3 while `vadd.i32.w` does, and neither can wait"
    assert [(each.interval, each.reason) for each in found.attempts] == [(2, meeting), (3, meeting), (4, "")]
    machine, x = ran(source)
    np.testing.assert_array_equal(machine["y"][FIRST : FIRST + 18], x[FIRST : FIRST + 18] + 3)
