"""Schedules of small programs: where waits, fillers and units come to stand, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from asm.assemble import Assembly, assemble
from isa.diagnostics import Diagnostic
from isa.machine import LPU_TINY

DATA = "\n.data\nA: .i32 1, 2, 3, 4\nB: .i32 5, 6, 7, 8\n"


def scheduled(source: str) -> list[str]:
    """The bundles of a program with symbols A and B, as `cycle: op || op`, labels on lines of their own."""
    result = assemble(".text\n" + source + DATA, machine=LPU_TINY)
    assert result.diagnostics == []
    return shown(result)


def shown(result: Assembly) -> list[str]:
    lines: list[str] = []
    for bundle in result.bundles:
        lines += [f"{label}:" for label in bundle.labels]
        ops = [op.row.mnemonic + (f" {op.value('count')}" if op.row.control == "nop" else "") for op in bundle.ops]
        lines.append(f"{bundle.cycle}: {' || '.join(ops)}")
    return lines


def refused(source: str) -> Diagnostic:
    result = assemble(".text\n" + source + DATA, machine=LPU_TINY)
    (problem,) = result.diagnostics
    return problem


# Latency and units ----------------------------------------------------------------------------
def test_a_reader_waits_for_the_landing() -> None:
    assert scheduled("mul r1, r2, r3\nadd r4, r1, 1") == ["0: mul || nop 3", "3: add"]


def test_independent_ops_share_a_cycle_up_to_their_units() -> None:
    source = "\n".join(f"add r{n}, r10, {n}" for n in range(4))
    assert scheduled(source) == ["0: add || add || add", "1: add"]


def test_a_write_may_issue_with_the_readers_of_the_old_value() -> None:
    assert scheduled("mul r1, r2, r3\nmov r2, 5") == ["0: mov || mul"]


def test_a_second_write_lands_after_the_first() -> None:
    assert scheduled("ld r1, [A]\nmov r1, 5\nadd r2, r1, 1") == ["0: ld || nop 4", "4: mov", "5: add"]


def test_long_latencies_start_first() -> None:
    lines = scheduled("add r1, r9, 1\nadd r2, r9, 2\nadd r3, r9, 3\nmov r4, r9\nmul r5, r4, r4\nmul r6, r5, r5")
    assert lines[0] == "0: mov || add || add"


def test_division_runs_on_the_first_float_unit_only() -> None:
    lines = scheduled("div.f32 r1, r2, r3\ndiv.f32 r4, r5, r6\nadd.f32 r7, r8, r9")
    assert lines == ["0: div.f32 || add.f32", "1: div.f32"]


# Memory ---------------------------------------------------------------------------------------
def test_loads_of_different_banks_pair_and_of_one_bank_do_not() -> None:
    assert scheduled("ld r1, [A]\nld r2, [B]") == ["0: ld || ld"]
    assert scheduled("ld r1, [A]\nld r2, [A + 1]") == ["0: ld", "1: ld"]


def test_a_load_passes_a_store_to_another_word_but_not_to_an_unknown_one() -> None:
    head = "mul r9, r8, r8\n"
    assert scheduled(head + "st [A + r1], r9\nld r2, [A + r1 + 1]") == ["0: mul || ld || nop 3", "3: st"]
    assert scheduled(head + "st [A + r1], r9\nld r2, [A + r3]") == ["0: mul || nop 3", "3: st", "4: ld"]


def test_an_index_that_changed_is_another_index() -> None:
    source = "mul r9, r8, r8\nst [A + r1], r9\nadd r1, r1, 1\nld r2, [A + r1 + 1]"
    assert scheduled(source) == ["0: mul || nop 3", "3: add || st", "4: ld"]


def test_symbols_alias_only_when_declared() -> None:
    source = "mul r9, r8, r8\nst [A + r1], r9\nld r2, [B + r1]"
    assert scheduled(source) == ["0: mul || ld || nop 3", "3: st"]
    assert scheduled(".alias A, B\n" + source) == ["0: mul || nop 3", "3: st", "4: ld"]


def test_accesses_far_apart_do_not_cut_blocks() -> None:
    """Very long blocks are cut, but loads and stores of earlier blocks do not count."""
    lines = scheduled("".join(f"ld r1, [A]\nx{n}: " for n in range(300)) + "ld r1, [A]\nld r2, [B]\nmov r3, 1")
    assert lines[-1] == "300: mov || ld || ld"


# Control --------------------------------------------------------------------------------------
CLASSIC = (Path(__file__).parent.parent / "programs" / "matmul.s").read_text(encoding="utf-8")


def test_the_inner_loop_of_the_classic_matmul_without_pipelining_takes_ten_cycles() -> None:
    result = assemble(CLASSIC.replace("add     r7, r7, 1", "add     r7, r7, r2"))  # no constant, so no count
    assert result.diagnostics == []
    lines = shown(result)
    start = lines.index("loop_k:")
    assert lines[start + 1 : start + 5] == [
        "0: add || ld || ld", "1: cmp || nop 3", "4: mul || nop 3", "7: add || jlt",
    ]  # fmt: skip  # and three cycles for the jump


def test_a_loop_waits_before_it_and_not_in_every_round() -> None:
    lines = scheduled("ld r1, [A]\nmov r5, 9\nx: add r6, r6, r1\nsub r5, r5, r7\ncmp r5, 0\njgt x")
    assert lines == ["0: mov || ld || nop 4", "x:", "0: sub || add", "1: cmp", "2: jgt"]


def test_what_a_round_leaves_in_flight_is_waited_for_in_the_next() -> None:
    lines = scheduled("x: add r6, r6, r1\nld r1, [A]\ncmp r6, 9\njlt x")
    assert lines == ["x:", "0: add || ld", "1: cmp", "2: jlt"]
    lines = scheduled("x: add r6, r6, r1\ndiv r1, r2, 3\ncmp r6, 9\njlt x")
    assert lines == ["x:", "0: nop 13", "13: add || div", "14: cmp", "15: jlt"]


def test_calls_and_open_labels_are_reached_with_everything_landed_when_it_is_needed() -> None:
    assert scheduled("mul r1, r2, r3\ncall r31, f\nhalt\nf: ret r31")[0] == "0: mul || call"
    assert scheduled("ld r1, [A]\ncall r31, f\nhalt\nf: ret r31")[0] == "0: ld || call"
    assert scheduled("ld r1, [A]\ncall r31, f\nhalt\nf: add r2, r1, r1\nret r31")[:2] == ["0: ld", "1: call"]
    assert scheduled(".global f\nld r1, [A]\nf: mov r2, r1\nhalt")[:2] == ["0: ld || nop 4", "f:"]
    assert scheduled(".global f\nld r1, [A]\nf: jmp f")[:2] == ["0: ld", "f:"]


def test_returns_leave_nothing_in_flight() -> None:
    assert scheduled("call r31, f\nhalt\nf: ld r1, [A]\nret r31")[2:] == ["f:", "0: ld", "1: ret"]


def test_a_loop_is_entered_with_results_on_their_way_that_it_reads_late() -> None:
    lines = scheduled("mov r5, r9\nld r1, [A]\nx: mul r2, r5, r5\nadd r6, r2, r1\nmov r5, r6\ncmp r5, 0\njgt x")
    assert lines[:2] == ["0: mov || ld", "x:"]


def test_nothing_is_in_flight_into_an_explicit_bundle_but_what_bundles_left() -> None:
    assert scheduled("ld r1, [A]\n{ add r2, r1, 1 }") == ["0: ld || nop 4", "4: add"]
    assert scheduled("{ ld r1, [A] }\n{ mov r3, 1 }\nadd r2, r1, 1") == ["0: ld", "1: mov", "2: nop 2", "4: add"]


def test_nothing_is_added_between_bundles() -> None:
    assert scheduled("{ mul r1, r2, r3 }\n.cycles 1\n{ mov r4, 1 }") == ["0: mul", "1: mov"]
    assert scheduled("x: y: { mul r1, r2, r3 }\n{ cmp r4, 5 }\n{ jlt x }\n{ mov r1, 1 }") == [
        "x:", "y:", "0: mul", "1: cmp", "2: jlt", "3: mov",
    ]  # fmt: skip


# Hardware loops -------------------------------------------------------------------------------
def test_a_body_that_ends_with_control_gets_one_more_bundle() -> None:
    lines = scheduled("loop 3, e\nx: cmp r1, 2\njlt x\ne: halt")
    assert lines == ["0: loop", "x:", "0: cmp", "1: jlt", "2: mov", "e:", "0: halt"]


def test_an_empty_body_gets_a_bundle() -> None:
    assert scheduled("loop 3, e\ne: halt") == ["0: loop", "0: mov", "e:", "0: halt"]


def test_a_wait_at_the_end_of_a_body_is_not_its_last_bundle() -> None:
    lines = scheduled("loop 3, e\nld r1, [A]\ne: { st [A], r1 }")
    assert lines == ["0: loop", "0: ld || nop 3", "3: mov", "e:", "0: st"]


def test_nested_loops_that_end_together_get_different_last_bundles() -> None:
    lines = scheduled("loop 3, b\nloop 2, a\nadd r1, r1, 1\na:\nb: halt")
    assert lines == ["0: loop", "0: loop", "0: add", "a:", "0: mov", "b:", "0: halt"]


def test_an_explicit_body_waits_before_the_loop() -> None:
    lines = scheduled("ld r1, [A]\nloop 3, e\n{ add r2, r2, r1 }\ne: halt")
    assert lines == ["0: ld || nop 3", "3: loop", "0: add", "e:", "0: halt"]


# Pins -----------------------------------------------------------------------------------------
def test_pins_of_unit_and_cycle_are_kept() -> None:
    result = assemble("add r1, r2, 1 !A2\nadd r3, r4, 1 !cycle=3\nadd r5, r6, 1", machine=LPU_TINY)
    assert shown(result) == ["0: add || add || nop 3", "3: add"]
    free, pinned, _ = result.bundles[0].ops
    assert (free.value("rd"), free.value("u")) == (5, 0)
    assert (pinned.value("rd"), pinned.value("u")) == (1, 2)


def test_a_pin_that_comes_too_early_names_what_it_waits_for() -> None:
    problem = refused("mul r1, r2, r3\nadd r4, r1, 1 !cycle=2")
    assert problem.code == "E-PIN"
    assert problem.message == "`add` cannot issue in cycle 2 of its block; cycle 3 is the first it can have"
    assert problem.place is not None and problem.place.line == 3
    assert [(note.message, note.place and note.place.line) for note in problem.notes] == [("it waits for `mul`", 2)]
    assert problem.help == "write `!cycle=3`, or pin what it waits for earlier"


def test_two_ops_pinned_to_one_unit_and_cycle() -> None:
    problem = refused("mov r1, 1 !A0 !cycle=2\nmov r2, 2 !A0 !cycle=2")
    assert problem.code == "E-PIN"
    assert problem.message == "`mov` cannot issue in cycle 2: its unit or bank is taken in that cycle"


@pytest.mark.parametrize("pin", [2**32 + 1, 10**30])
def test_a_pin_beyond_every_wait(pin: int) -> None:
    message = f"`mov` cannot issue in cycle {pin}; a wait is at most {2**32} cycles"
    assert refused(f"mov r1, 1 !cycle={pin}").message == message
