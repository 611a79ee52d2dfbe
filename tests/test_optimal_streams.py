"""The oracle of runs of linear tensor code: what it places computes what the lines say, and nothing is over sooner."""

from __future__ import annotations

from collections import Counter
from itertools import accumulate, product
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from numpy.typing import NDArray

import lpu
from asm.assemble import Assembly, assemble
from asm.link import link
from asm.optimal import Exact
from asm.optimal.finding import Finding
from asm.optimal.runs import Part, parts_of
from asm.optimal.uses import uses_of
from asm.streams.graph import Node
from asm.streams.pieces import pieces_of
from asm.streams.placing import after_memory
from asm.streams.region import Region
from asm.streams.table import Conflict, Table
from asm.streams.times import Timed
from isa.machine import LPU_TINY

KERNELS = sorted((Path(__file__).parent.parent / "programs" / "tensor" / "linear").glob("*.s"))
PLACES = ("mw0..mw3", "mw4..mw7", "me0..me3", "me4..me7")
LANES = LPU_TINY.lanes
Tensors = dict[str, NDArray[np.int32]]


class Chains:
    """A random program of short chains from tensor to tensor, which share slices, banks and what is stored."""

    def __init__(self, random: Random, most: int = 5, rows: int = 12) -> None:
        self.random = random
        self.tensors: list[str] = []
        self.lines: list[str] = []
        self.inputs: Tensors = {}
        for number in range(random.randint(2, most)):
            self._chain(number, random.randint(1, rows))
        given = [f".input {name}\n.output {name}" for name in self.inputs]
        self.source = "\n".join([*self.tensors, *given, *self.lines]) + "\n"
        self.results = {name: value.copy() for name, value in self.inputs.items()}

    def _chain(self, number: int, rows: int) -> None:
        """z = -relu(x), or z = relu(x) + y; and then maybe x = -z, which waits for the store."""
        x, y, z = (f"{name}{number}" for name in "xyz")
        for name, place in zip((x, y, z), self.random.sample(PLACES, 3), strict=True):
            self.tensors.append(f".tensor {name}: i32[{rows}, {LANES}] @ {place}.{self.random.randrange(2)}")
            values = np.random.default_rng(number).integers(-99, 99, (rows, LANES))
            self.inputs[name] = values.astype(np.int32)
        self.lines += [f"vload %a{number}, {x}", f"vrelu.i32 %b{number}, %a{number}"]
        if self.random.random() < 0.5:
            self.lines += [f"vload %c{number}, {y}", f"vadd.i32.w %d{number}, %b{number}, %c{number}"]
        else:
            self.lines += [f"vneg.i32.w %d{number}, %b{number}"]
        self.lines += [f"vstore {z}, %d{number}"]
        if self.random.random() < 0.4:
            self.lines += [f"vload %e{number}, {z}", f"vneg.i32.w %f{number}, %e{number}", f"vstore {x}, %f{number}"]

    def expected(self) -> Tensors:
        """What the lines say, one after the other."""
        values: dict[str, Any] = dict(self.inputs)
        for line in self.lines:
            mnemonic, *names = line.replace(",", "").split()
            if mnemonic in ("vload", "vstore"):
                values[names[0]] = values[names[1]]
            elif mnemonic == "vadd.i32.w":
                values[names[0]] = values[names[1]] + values[names[2]]
            else:
                values[names[0]] = np.maximum(values[names[1]], 0) if mnemonic == "vrelu.i32" else -values[names[1]]
        return {name: values[name] for name in self.inputs}


def searched(source: str, limit: float = 10.0) -> tuple[Assembly, Finding]:
    oracle = Exact(limit=limit)
    result = assemble(source, machine=LPU_TINY, oracle=oracle)
    assert result.ok, result.diagnostics[0].message
    (finding,) = oracle.findings
    assert result.diagnostics == [finding.note()]
    return result, finding


# Generated runs ---------------------------------------------------------------------------------
@given(st.randoms(use_true_random=False), st.sampled_from(["core", "reference"]))
def test_runs_placed_by_the_oracle_compute_what_their_lines_say(random: Random, engine: str) -> None:
    chains = Chains(random)
    result, finding = searched(chains.source)
    event(f"{'proved' if finding.is_optimal else 'open'}, {finding.heuristic - finding.best > 0}")
    assert finding.bound <= finding.best <= finding.heuristic
    assert result.image is not None
    machine = lpu.Machine(link([result.image]), engine=engine, strict=True)
    for name, value in chains.inputs.items():
        machine[name] = value
    assert machine.run(max_cycles=10_000) == "halted"
    assert machine.cycle == finding.best
    for name, value in chains.expected().items():
        np.testing.assert_array_equal(machine[name], value)


@given(st.randoms(use_true_random=False))
def test_no_other_starts_are_over_sooner(random: Random) -> None:
    """All ways and starts of a few short parts, tried on the table of the machine."""
    result, finding = searched(Chains(random, most=2, rows=2).source)
    region = result.found[0].region
    assert region is not None and finding.is_optimal
    parts = parts_of(region.nodes, region.placed, LPU_TINY)
    for ways in product(*(part.ways for part in parts)):
        timed = list(zip(parts, [way.timed for way in ways], strict=True))
        assert not fits(timed, Table(LPU_TINY), {}, finding.best - 1)
        assert finding.ways == 0 or fits(timed, Table(LPU_TINY), {}, finding.best)


def fits(left: list[tuple[Part, Timed]], table: Table, cycle: dict[Node, int], end: int) -> bool:
    """Whether parts, in an order in which none waits for a later one, can all be over by a cycle."""
    if not left:
        return True
    (part, timed), *others = left
    pieces = pieces_of(timed.plan, part.body.nodes)
    for start in range(after_memory(part.body, timed.plan, cycle), end - timed.end + 1):
        mark = len(table.log)
        try:
            table.place(pieces, start)
        except Conflict:
            continue
        here = {node: start + timed.plan.time[node] for node in part.body.nodes}
        if fits(others, table, cycle | here, end):
            return True
        table.undo(mark)
    return False


def test_how_far_runs_are_from_the_shortest() -> None:
    """Of fifty random runs the worst is no more than so much longer, and the share that is the shortest no less."""
    findings = [searched(Chains(Random(seed)).source)[1] for seed in range(50)]
    assert sum(finding.is_optimal for finding in findings) >= 48
    assert max(finding.heuristic / finding.bound for finding in findings) <= 2.0
    assert sum(finding.heuristic == finding.best for finding in findings) >= 10


def test_a_run_that_is_searched_to_the_limit_or_not_at_all_stays_as_it_is() -> None:
    source = Chains(Random(1)).source
    listed = assemble(source, machine=LPU_TINY).bundles
    best = searched(source)[1].best
    result, finding = searched(source, limit=0.0)
    note = f"bound not proven within the limit: best {finding.best}, bound {finding.bound}"
    assert result.diagnostics[0].message.endswith(note)
    assert finding.bound <= best < finding.best
    assert [bundle.cycle for bundle in result.bundles] == [bundle.cycle for bundle in listed]
    oracle = Exact(most=3)
    assert assemble(source, machine=LPU_TINY, oracle=oracle).ok
    assert oracle.findings[0].reason.endswith("statements, the limit is 3")


def test_a_part_that_is_pinned_begins_where_it_did() -> None:
    """The other part may move round it."""
    source = """
        .tensor x: i32[8, 32] @ mw0..mw3
        .tensor y: i32[8, 32] @ me0..me3
        .tensor z: i32[8, 32] @ mw4..mw7
        vload %a, x
        vmov.i32 %b, %a !cycle=8
        vstore y, %b
        vload %c, x
        vstore z, %c
        """
    result, finding = searched(source)
    assert finding.is_optimal and finding.ways
    (moved,) = [timed for timed in result.found[0].ops if timed.op.row.stem == "vmov"]
    assert moved.value == 8


# Kernels ----------------------------------------------------------------------------------------
def busiest(region: Region) -> list[tuple[int, int, str]]:
    """Of everything that is counted, how much is in use at once at most, and how much there is."""
    changes: dict[tuple[str, int], Counter[int]] = {}
    for placed in region.placed:
        for use in uses_of(pieces_of(placed.timed.plan, [*placed.timed.plan.time]), region.spec):
            change = changes.setdefault((use.name, use.capacity), Counter())
            change[placed.start + use.begin] += use.demand
            change[placed.start + use.begin + use.length] -= use.demand
    levels = {key: accumulate(change[cycle] for cycle in sorted(change)) for key, change in changes.items()}
    return [(max(level), capacity, name) for (name, capacity), level in levels.items()]


@pytest.mark.parametrize("path", KERNELS, ids=lambda path: path.stem)
def test_no_schedule_of_a_kernel_is_shorter_and_the_search_counts_no_more_than_it_takes(path: Path) -> None:
    """Proved by the bounds of units and dependences, which hold for all schedules."""
    oracle = Exact()
    result = assemble(path, oracle=oracle)
    assert result.ok
    for finding in oracle.findings:
        assert (finding.is_optimal, finding.ways, finding.best) == (True, 0, finding.heuristic), finding
    for timeline in result.found:
        assert timeline.region is not None
        assert all(most <= capacity for most, capacity, _ in busiest(timeline.region))
