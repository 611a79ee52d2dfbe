"""The oracle of scalar code: its schedules run, nothing shorter exists, and the heuristics are measured by it."""

from __future__ import annotations

import sys
from random import Random

import pytest
from cli_tools import Command
from hypothesis import event, given
from hypothesis import strategies as st
from optimal_tools import has_kernel, random_block, shortest_end
from test_programs import ENGINES, NAMES, PROGRAMS, read_promises, same

import lpu
from asm.assemble import assemble
from asm.link import link
from asm.optimal import Exact
from asm.optimal.finding import Finding
from asm.program import AsmOp, Item
from asm.schedule import Options, schedule
from asm.schedule.graph import build
from asm.schedule.loops.body import analyse
from asm.schedule.loops.depend import dependences
from asm.schedule.loops.report import LoopReport
from asm.schedule.loops.search import listed_round
from conform.linear import LINK, SPEC, named_registers, programs, text_of
from conform.linear_loops import looping_programs
from conform.sequential import Sequential
from isa.faults import CONDITION_CODE
from vm.core import CoreEngine
from vm.engine import HALTED
from vm.reference.machine import ReferenceEngine

STEPS = 20_000
QUICK = 3  # the latency of ops in blocks that are searched exhaustively
SEEDS = st.integers(0, 1 << 32)


def searched(items: list[Item], engine: type[ReferenceEngine] | type[CoreEngine]) -> list[Finding]:
    """What the oracle finds in a program, which must end as it does when it is read in order."""
    meaning = Sequential(items, SPEC)
    assert meaning.run(STEPS)
    oracle = Exact()
    scheduled = schedule(items, SPEC, Options(oracle=oracle))
    assert scheduled.diagnostics == []
    run = engine(SPEC, text_of(scheduled), uninit="zero")
    assert run.run(100 * STEPS) == HALTED, run.fault
    for register in named_registers(items):
        assert register == LINK or run.state.registers[register] == meaning.registers[register]
    assert (run.state.cc, bytes(run.sram())) == (meaning.cc, bytes(meaning.memory.bytes))
    return oracle.findings


def compare(findings: list[Finding]) -> None:
    for finding in findings:
        event(f"{finding.what.split(' of')[0]}: {finding.heuristic - finding.best} cycles saved")
        assert 1 <= finding.bound <= finding.best <= finding.heuristic
        assert finding.is_optimal


# Generated code ---------------------------------------------------------------------------------
@given(programs())
def test_schedules_of_the_oracle_mean_what_the_code_says(items: list[Item]) -> None:
    compare(searched(items, ReferenceEngine))


@given(looping_programs())
def test_pipelined_loops_of_the_oracle_mean_what_they_say(items: list[Item]) -> None:
    compare(searched(items, CoreEngine))


@given(SEEDS, st.integers(2, 4), st.dictionaries(st.integers(0, 9), st.integers(1, 4)), st.booleans())
def test_no_schedule_of_a_small_block_is_shorter(seed: int, size: int, entry: dict[int, int], lands: bool) -> None:
    ops = random_block(Random(seed), size, QUICK)
    graph = build(ops)
    owed = dict.fromkeys(range(10), 1) if lands else {}
    oracle = Exact()
    oracle.place(0, graph, entry, owed)
    (finding,) = oracle.findings
    assert finding.best == finding.bound == shortest_end(graph, entry, owed) + 1


@given(SEEDS, st.integers(2, 3), st.integers(0, 3))
def test_no_kernel_of_a_small_loop_has_a_shorter_interval(seed: int, size: int, free: int) -> None:
    """As far as the cycles of three rounds can tell."""
    body = analyse(random_block(Random(seed), size, QUICK))
    report = LoopReport(body.ops[0], listed=listed_round(body.ops, frozenset()))
    oracle = Exact()
    oracle.kernel(body, list(range(20, 20 + free)), frozenset(), report)
    (finding,) = oracle.findings
    renamed = {register for register in body.writers if register != CONDITION_CODE}
    edges = dependences(body, renamed, frozenset())
    event(f"{finding.best - report.bound} cycles above the bounds of units and recurrences")
    for interval in range(report.bound, min(finding.best, 6)):
        assert not has_kernel(body, edges, renamed, free, interval, 3 * interval)


# How good the heuristics are --------------------------------------------------------------------
def optimal_share(blocks: list[list[AsmOp]]) -> float:
    """The share of blocks whose list schedule has the least length."""
    oracle = Exact()
    for number, ops in enumerate(blocks):
        oracle.place(number, build(ops), {}, {})
    assert all(finding.is_optimal for finding in oracle.findings)
    return sum(finding.best == finding.heuristic for finding in oracle.findings) / len(blocks)


@pytest.mark.parametrize(("length", "least"), [(8, 0.95), (20, 0.95), (60, 0.9), (150, 0.7)])
def test_list_schedules_of_random_blocks_are_mostly_the_shortest(length: int, least: float) -> None:
    random = Random(length)
    assert optimal_share([random_block(random, length) for _ in range(100)]) >= least


@pytest.mark.parametrize(("length", "least"), [(5, 0.8), (12, 0.6), (20, 0.6)])
def test_kernels_of_random_loops_are_mostly_those_of_the_least_interval(length: int, least: float) -> None:
    random = Random(length)
    oracle = Exact()
    for _ in range(40):
        body = analyse(random_block(random, length))
        report = LoopReport(body.ops[0], listed=listed_round(body.ops, frozenset()))
        oracle.kernel(body, range(20, 31), frozenset(), report)
    assert all(finding.is_optimal for finding in oracle.findings)
    assert sum(finding.best == finding.heuristic for finding in oracle.findings) >= 40 * least


GAPS = {
    "matmul.s": 1,  # in front of the kernel, where the order of rounds would do what heights do not
    "conv2d.s": 1,  # so here
}


@pytest.mark.parametrize("name", NAMES)
def test_programs_are_scheduled_as_well_as_can_be_and_run(name: str) -> None:
    oracle = Exact()
    image = assemble(PROGRAMS / name, oracle=oracle).image
    assert image is not None
    for finding in oracle.findings:
        assert finding.best == finding.bound, finding
        assert finding.heuristic - finding.best <= GAPS.get(name, 0), finding
    promises = read_promises(PROGRAMS / name)
    for engine in ENGINES if promises.expect else ():
        machine = lpu.Machine(link([image]), engine=engine)
        assert machine.run(max_cycles=100_000) == "halted"
        assert promises.cycles is not None and machine.cycle <= promises.cycles
        for symbol, value in promises.expect.items():
            same(machine[symbol], value)


# The command ------------------------------------------------------------------------------------
BLOCK = "mul r1, r2, r3\nadd r4, r1, 1\nhalt\n"


@pytest.mark.parametrize("command", ["asm", "check"])
def test_the_command_says_what_is_optimal(lpu: Command, command: str) -> None:
    lpu.write("block.s", BLOCK)
    done = lpu(command, "block.s", "--optimal")
    assert done.status == 0
    assert done.err.splitlines()[0] == "note[N-OPTIMAL]: straight code of 3 ops: 4 cycles, optimal"
    assert "N-OPTIMAL" not in lpu(command, "block.s").err


def test_a_finding_as_data(lpu: Command) -> None:
    lpu.write("block.s", BLOCK)
    (note,) = lpu("check", "block.s", "--optimal", "--json").document["diagnostics"]
    assert note["data"] == {"heuristic": 4, "best": 4, "bound": 4, "optimal": True}


def test_without_or_tools_the_extra_is_named(lpu: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ortools.sat.python", None)
    lpu.write("block.s", BLOCK)
    done = lpu("asm", "block.s", "--optimal")
    assert done.status == 2
    assert done.err.splitlines() == [
        "error[E-OPTIMAL]: `--optimal` needs OR-tools, and this Python has none",
        "  help: `pip install 'lpu[optimal]'` installs it",
    ]
    assert lpu("asm", "block.s").status == 0


def test_code_beyond_the_limit_is_left_to_the_heuristics() -> None:
    result = assemble(BLOCK, oracle=Exact(most=2))
    (note,) = result.diagnostics
    why = "it has 3 ops, the limit is 2"
    assert note.message == f"straight code of 3 ops: 4 cycles, not searched for better: {why}"
    assert [len(bundle.ops) for bundle in result.bundles] == [2, 2]


def test_a_search_that_reaches_its_limit_says_how_far_it_came() -> None:
    random = Random(20)
    oracle = Exact(limit=0.0)
    for number in range(100):
        oracle.place(number, build(random_block(random, 20)), {}, {})
    undecided = [finding for finding in oracle.findings if not finding.is_optimal]
    assert 0 < len(undecided) < 10
    for finding in undecided:
        assert finding.best == finding.heuristic > finding.bound
        limits = f"bound not proven within the limit: best {finding.best}, bound {finding.bound}"
        assert finding.note().message == f"straight code of 20 ops: {limits}"


def test_pins_are_kept() -> None:
    source = "mul r1, r2, r3 !cycle=2\nadd r4, r1, 1\nadd r5, r6, 1 !A2\nadd r7, r6, 1 !A2\n"
    result = assemble(source, oracle=Exact())
    (note,) = result.diagnostics
    assert note.message == "straight code of 4 ops: 6 cycles, optimal"
    assert [bundle.cycle for bundle in result.bundles for op in bundle.ops if op.row.mnemonic == "mul"] == [2]


def test_the_same_source_gives_the_same_bytes() -> None:
    source = "mov r4, 0\nx: mul r6, r6, r6\nmul r7, r6, r4\nadd r8, r8, r7\nadd r4, r4, 1\ncmp r4, r5\njlt x\n"
    images = [assemble(source, oracle=Exact()).image for _ in range(2)]
    assert images[0] is not None and images[1] is not None
    assert images[0].text == images[1].text
