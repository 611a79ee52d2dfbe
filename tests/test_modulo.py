"""Pipelined loops: which are, in how many cycles a round, and why others are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_tools import Command

from asm.assemble import Assembly, assemble
from asm.schedule import Scheduled, schedule
from asm.schedule.loops.report import LoopReport
from isa.machine import LPU1
from lpu import Machine
from lpu import assemble as executable

PROGRAMS = Path(__file__).parent.parent / "programs"
DATA = "\n.data\nA: .space 200\nB: .space 200\nC: .space 200\n"
CHAIN = "a round takes 5 cycles and cannot start sooner after another"
ARRAYS = "A: .i32 " + ", ".join(["1"] * 320) + "\nB: .i32 " + ", ".join(["1"] * 320)
LOAD = 4
DOT = "ld r8, [A + r4]\nld r9, [B + r4]\nmul r10, r8, r9\nadd r6, r6, r10\nadd r4, r4, 1\n"


@pytest.fixture
def reports(monkeypatch: pytest.MonkeyPatch) -> list[LoopReport]:
    """What is said of the loops of programs that are assembled."""
    collected: list[LoopReport] = []

    def watched(*arguments: object) -> Scheduled:
        scheduled = schedule(*arguments)  # type: ignore[arg-type]
        collected.extend(scheduled.loops)
        return scheduled

    monkeypatch.setattr("asm.assemble.schedule", watched)
    return collected


def assembled(source: str) -> Assembly:
    """A program with symbols A, B and C."""
    result = assemble(".text\n" + source + DATA, machine=LPU1)
    assert result.diagnostics == []
    return result


def text_of(source: str) -> list[str]:
    """The mnemonics of the bundles of such a program, sorted within each, and its labels."""
    result = assembled(source)
    lines: list[str] = []
    for bundle in result.bundles:
        lines += [f"{label}:" for label in bundle.labels]
        lines.append(" ".join(sorted(op.row.mnemonic for op in bundle.ops)))
    return lines


def test_the_kernel_of_the_classic_matmul_is_a_round_a_cycle(reports: list[LoopReport]) -> None:
    result = assemble(PROGRAMS / "matmul.s")
    assert result.diagnostics == []
    starts = [number for number, bundle in enumerate(result.bundles) if bundle.labels == ["~1.drain"]]
    for bundle in result.bundles[starts[0] - 4 : starts[0]]:
        assert sorted(op.row.mnemonic for op in bundle.ops) == ["add", "add", "cmp", "ld", "ld", "mul"]
    (report,) = reports
    assert (report.interval, report.stages, report.copies, report.bound) == (1, 8, 4, 1)


def test_a_loop_of_constant_count_has_no_rounds_left_over(reports: list[LoopReport]) -> None:
    lines = text_of(f"loop 40, done\n{DOT}done: halt")
    drain = lines.index("~1.drain:")
    kernel = lines[drain - 4 : drain]
    assert kernel == ["add add ld ld mul"] * 4
    assert lines[drain + 1 :] == ["add mul"] * 4 + ["add"] * 3 + ["done:", "halt"]
    assert lines[0] == "add ld ld"
    assert drain - 4 == 8  # 40 = 8 + 4 * 8 rounds begin before the first turn


def test_a_short_loop_of_constant_count_becomes_straight_code() -> None:
    lines = text_of(f"loop 3, done\n{DOT}done: halt")
    assert not any("loop" in line for line in lines)
    assert sum(line.split().count("mul") for line in lines) == 3


@pytest.mark.parametrize(
    ("source", "interval"),
    [
        (f"loop r5, done\n{DOT}done:", 1),
        (f"x: {DOT}cmp r4, r5\njlt x", 1),
        (f"x: {DOT}cmp r4, 90\njne x", 1),
        (f"x: {DOT}sub r5, r5, 2\ncmp r5, 0\njgt x", 2),  # four integer ops on three units
        (f"x: {DOT}cmp r5, r4\njgt x", 1),
        (f"x: {DOT}add r3, r3, 3\ncmp r3, r5\njlt x", 2),
        ("loop r5, done\nld r1, [A + r4]\nst [B + r4], r1\nadd r4, r4, 1\ndone:", 1),
        ("loop r5, done\nld r1, [A + r4]\nst [A + r4], r1\nadd r4, r4, 1\ndone:", 2),  # two accesses of one bank
        ("loop r5, done\nld r1, [A + r4]\nst [A + 2 + r4], r1\nadd r4, r4, 1\ndone:", 3),  # two rounds later
        ("loop r5, done\nld r1, [A + r4]\nadd r1, r1, r2\nst [B + r3], r1\nadd r4, r4, 1\nadd r3, r3, r7\ndone:", 1),
        ("loop r5, done\nst [A + r4], r4\nadd r4, r4, 1\nmul r1, r4, r4\nmul r1, r1, r4\nst [B + r4], r1\ndone:", 2),
        ("loop r5, done\nfma.f32 r6, r6, r2, r3\nadd r4, r4, 1\nst [A + r4], r6\ndone:", 4),  # the chain of r6
        ("loop r5, done\nmul r6, r2, r4\nadd r4, r4, 1\nst [A + r4], r6 !L0\nst [B + r4], r4 !L0\ndone:", 2),
    ],
)
def test_the_least_interval_is_found(source: str, interval: int, reports: list[LoopReport]) -> None:
    text_of(source)
    (report,) = reports
    assert (report.reason, report.interval) == ("", interval)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (f"x: {DOT}cmp r4, r6\njlt x", "the bound r6 changes"),
        (f"x: {DOT}cmp r6, 9\njlt x", "r6 does not advance by a constant"),
        (f"x: {DOT}cmp r4, 9\njgt x", "r4 does not move towards the bound of `gt`"),
        (f"x: cmp r4, 9\n{DOT}jlt x", "r4 advances after it is compared"),
        (f"x: {DOT}cmp.f32 r4, 9.0\njlt x", "no `cmp` of integers decides it"),
        (f"x: sel.lt r3, r1, r2\n{DOT}cmp r4, 9\njlt x", "a round reads the condition code of the round before"),
        (f"loop 9, d\n{DOT}mov r1, 1 !cycle=3\nd:", "an op of it is pinned to a cycle or a register"),
        (f"x: {DOT}cmp r4, 9\njlt x\n.cycles 8", "its cycles are stated"),
        (f"call r31, f\nhalt\nf: x: {DOT}cmp r4, 9\njlt x\nret r31", "too many hardware loops may be under way"),
        ("loop r5, d\nld r1, [A + r4]\nst [A + 1 + r4], r1\nadd r4, r4, 1\nd:", CHAIN),  # through memory: 5 cycles
        ("loop r5, d\nmov r1, 1\nd:", "a round takes 1 cycle and cannot start sooner after another"),
    ],
)
def test_why_a_loop_stays_as_it_is(source: str, reason: str, reports: list[LoopReport]) -> None:
    lines = text_of(source)
    (report,) = reports
    assert report.reason == reason
    assert not any("~" in line for line in lines)


def test_loops_around_a_loop_count_as_levels(reports: list[LoopReport]) -> None:
    head = "".join(f"loop 2, e{level}\n" for level in range(3))
    tail = "".join(f"e{level}: mov r20, {level}\n" for level in (2, 1, 0))
    text_of(f"{head}loop r5, d\n{DOT}d: {tail}")
    text_of(f"{head}loop 9, d\n{DOT}d: {tail}")
    assert [report.reason for report in reports] == ["too many hardware loops may be under way", ""]


def test_names_are_those_that_the_file_does_not_name(reports: list[LoopReport]) -> None:
    named = "".join(f"mov r{number}, 0\n" for number in range(11, 30))
    text_of(f"{named}loop 40, done\n{DOT}done:")
    (report,) = reports
    assert (report.reason, report.interval, report.copies) == ("", 2, 2)
    assert report.attempts[0].reason == "it needs 9 more registers and the file leaves 8"


@pytest.mark.parametrize("count", ["9", "r5"])
def test_bundles_after_a_loop_find_everything_landed(count: str) -> None:
    """The last product is 3 cycles on its way."""
    body = "add r4, r4, 1\nmul r10, r4, r4\n"
    machine = Machine(executable(f".text\nmov r5, 9\nloop {count}, done\n{body}done: {{ mov r7, r10 }}\nhalt"))
    machine.run()
    assert machine.regs[7] == 81


# Counts known at assembly ------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("before", "end", "counted"),
    [
        ("mov r4, 0", "cmp r4, 30\njlt x", 30),
        ("mov r4, 0\nmov r5, 30", "cmp r4, r5\njlt x", 30),
        ("mov r4, 3", "cmp r4, 30\njle x", 28),
        ("mov r4, 2", "cmp r4, 12\njne x", 10),
        ("mov r7, 20\nmov r4, 0", "sub r7, r7, 2\ncmp r7, 0\njgt x", 10),
        ("mov r4, 5", "cmp r4, 5\njlt x", None),  # once, as it happens, but it might as well wrap
        ("mov r4, -5", "cmp r4, 5\njltu x", None),
        ("ld r4, [C]", "cmp r4, 30\njlt x", None),
        ("mov r4, 0\nadd r4, r4, r9", "cmp r4, 30\njlt x", None),
        ("cmp r9, 3\njeq x\nmov r4, 0", "cmp r4, 30\njlt x", None),  # another way in
        ("mov r4, 0\njmp x\n", "cmp r4, 30\njlt x", None),
    ],
)
def test_a_count_known_at_assembly_needs_no_counting(before: str, end: str, counted: int | None) -> None:
    lines = text_of(f"{before}\nx: {DOT}{end}\nhalt")
    assert any(line.startswith("j") for line in lines) == (counted is None)
    if counted is not None:
        machine = Machine(executable(f".text\n{before}\nmov r3, r4\nx: {DOT}{end}\nhalt{DATA}"))
        machine.run()
        assert machine.regs[4] - machine.regs[3] == counted


# What the writer states -------------------------------------------------------------------------
COUNTED = f"mov r5, 40\nx: {DOT}cmp r4, r5\njlt x\nhalt"


@pytest.mark.parametrize(
    ("stated", "pieces"),
    [
        ("", ["~1.drain:", "~1.rest:", "~1.last:", "~1.end:"]),
        (".trip x, min=8, multiple=4", ["~1.drain:", "~1.end:"]),
        (".trip x, min=8, multiple=2", ["~1.drain:", "~1.rest:", "~1.last:", "~1.end:"]),
        (".trip x, min=4, multiple=4", ["~1.drain:", "~1.rest:", "~1.last:", "~1.end:"]),
        (".trip x, max=7", ["~1.drain:", "~1.end:"]),
    ],
)
def test_what_cannot_happen_is_left_out(stated: str, pieces: list[str]) -> None:
    """At least 8 rounds are pipelined, in turns of 4; an unstated count needs a way round them, and for the rest."""
    lines = text_of(f"{stated}\n{COUNTED}")
    assert [line for line in lines if line.startswith("~")] == pieces


@pytest.mark.parametrize("name", ["before", "start", "end"])
def test_a_loop_is_known_by_its_labels(name: str) -> None:
    source = f"mov r5, 40\nbefore: loop r5, end\nstart: {DOT}end: halt"
    assert "~1.rest:" in text_of(source)
    assert "~1.rest:" not in text_of(f".trip {name}, min=8, multiple=8\n{source}")


def test_rounds_stated_to_be_independent_overlap(reports: list[LoopReport]) -> None:
    source = "loop r5, done\nld r1, [A + r4]\nld r2, [B + r1]\nadd r2, r2, 1\nst [B + r1], r2\nadd r4, r4, 1\ndone:"
    text_of(source)
    text_of(f".independent done\n{source}")
    assert [report.interval for report in reports] == [6, 2]  # load, add, store and only then load; two accesses


@pytest.mark.parametrize("rounds", [8, 12, 40])
def test_a_stated_count_runs(rounds: int) -> None:
    source = COUNTED.replace("mov r5, 40", f"mov r5, {rounds}")
    fill = "mov r1, 0\nloop 100, f\nst [A + r1], r1\nst [B + r1], r1\nadd r1, r1, 1\nf:\n"
    for stated in ("", ".trip x, min=8, multiple=4\n"):
        machine = Machine(executable(f".text\n{stated}{fill}{source}{DATA}"))
        machine.run()
        assert machine.regs[6] == sum(n * n for n in range(rounds))


def test_a_report_as_text(reports: list[LoopReport]) -> None:
    text_of(f"loop r5, done\n{DOT}done:")
    assert list(reports[0].lines()) == [
        "<input>:2: a round every cycle instead of 8; 8 rounds under way; 4 copies, 9 more registers",
        "  by units and banks at least: L0 L1 1, M0 1, A0 A1 A2 1, bank of A 1, bank of B 1",
        "  by recurrence at least: 1",
        "  interval 1: fits",
        "  use: A1..A2 M0 L0..L1 100.0 %",
        "  names: r8 r26 r25 r24 for values of 4 cycles, r9 r23 r22 r21 for values of 4 cycles, "
        "r10 r20 r19 r18 for values of 3 cycles",
    ]


def test_a_search_that_finds_nothing_names_what_is_full(reports: list[LoopReport]) -> None:
    text_of(f"loop r5, done\n{DOT}done:")
    report = reports[0]
    report.resources, report.recurrence = {"L0 L1": 3, "M0": 2}, 3
    assert report.crowded(2) == "no schedule found within the budget; M0 has no cycle to spare"
    assert report.crowded(3) == "no schedule found within the budget; L0 L1, the recurrence have no cycle to spare"
    assert report.crowded(4) == "no schedule found within the budget"


@pytest.mark.parametrize("command", ["asm", "check"])
def test_explain_prints_the_reports(lpu: Command, command: str) -> None:
    lpu.write("loops.s", f".text\nloop 9, a\n{DOT}a: mov r4, 0\nloop 9, b\nadd r3, r3, 1\nb: halt{DATA}")
    done = lpu(command, "loops.s", "--explain")
    assert done.status == 0
    assert [line for line in done.out.splitlines() if not line.startswith(" ") and "round" in line] == [
        "loops.s:2: a round every cycle instead of 8; 8 rounds under way; 4 copies, 9 more registers",
        "loops.s:9: not pipelined: a round takes 1 cycle and cannot start sooner after another",
    ]


@pytest.mark.parametrize("step", [3, 5, 7, 100])
def test_steps_that_are_no_power_of_two_are_counted_exactly(step: int) -> None:
    """300 rounds of 2 cycles, whatever the bound leaves over; rounds that were not counted would take 8 each."""
    loop = f"x: {DOT}add r3, r3, {step}\ncmp r3, r5\njlt x\nhalt"
    for bound in (300 * step, 299 * step + 1):
        machine = Machine(executable(f".text\nld r5, [n]\nld r3, [n + 1]\n{loop}\n.data\nn: .i32 {bound}, 0\n{ARRAYS}"))
        machine.run()
        assert machine.regs[4] == 300
        assert machine.cycle < 2 * 300 + 60


@pytest.mark.parametrize("rounds", range(1, 30))
def test_exact_counts_take_the_shortest_way(rounds: int) -> None:
    """A single round takes what it takes unpipelined; many take one cycle each, and a constant."""
    loop = f"mov r4, 0\nx: {DOT}cmp r4, r5\njlt x\nst [n], r6\nhalt"
    machine = Machine(executable(f".text\nld r5, [n]\n{loop}\n.data\nn: .i32 {rounds}\n{ARRAYS}"))
    machine.run()
    around = LOAD + 1 + 1  # the count, its comparison, the store
    assert machine["n"] == rounds
    assert machine.cycle <= around + min(10 * rounds - 2, 4 * rounds + 8, rounds + 32)
