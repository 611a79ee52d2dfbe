"""What every element of a timeline finds on streams, in v registers, planes, maps and memory when it issues.

A value on an eastward stream that is at position p in cycle t is on diagonal t - p wherever it gets, on a westward one
on t + p; an op finds the value that was put on its diagonal last before its place (docs/machine.md, sections 11 to 17).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np

from asm.check.bursts import EXITS, Burst, Group
from asm.streams.graph import MAP
from asm.streams.proof.elements import CELLS, ROWS, Elements, Part
from asm.streams.proof.kinds import ARRAY, SUM, copies, kind_of
from asm.streams.proof.latest import NOTHING, Integers, Latest
from asm.streams.proof.scalars import Scalars
from isa.places import LANE_BYTES, flows_west, is_stream
from isa.records import dataclass
from isa.row import BURST_FIELDS
from isa.units import CLASSES, SLICE, SXM, VXM

FAR = 1 << 12  # no diagonal lies so far before cycle 0
LINE = 1 << 26  # more diagonals than there are
POSITIONS = 64  # more positions than a machine has
MAP_WIDTH = 2
ADDS = "acc.add"
READS, WRITES, LOADS, INSTALLS, VECTORS, MAPS, SUMS = (CLASSES[n] for n in ("RP", "WP", "LW", "IW", "ABC", "LM", "ACC"))


class Missing(Exception):
    """An op that finds nothing where it takes a value, or no row where it accesses one, in words."""


@dataclass(eq=False)
class Run:
    """Bursts of one row and kind that differ in numbers and places, `starts` are the cycles in which they issue; and
    the elements of all of them, those of the first burst first."""

    starts: list[int]
    bursts: list[Burst]
    part: Part

    @property
    def burst(self) -> Burst:
        """One for all, in what they have in common."""
        return self.bursts[0]

    @property
    def start(self) -> int:
        return self.starts[0]

    def each(self, numbers: Iterable[int]) -> Integers:
        """A number of each burst, for all of its elements."""
        return np.repeat(np.array(list(numbers), np.int64), self.burst.count)

    def field(self, name: str) -> Integers:
        return self.each(burst.fields[name] for burst in self.bursts)

    @cached_property
    def rounds(self) -> tuple[Integers, Integers]:
        """The round of each element, and its number within that."""
        j, i = np.divmod(np.tile(np.arange(self.burst.count), len(self.bursts)), self.burst.fields.get("n", 1))
        return j, i

    @cached_property
    def times(self) -> Integers:
        """The cycle in which each element issues."""
        j, i = self.rounds
        return self.each(self.starts) + j * self.burst.fields.get("e", 0) + i * self.burst.fields.get("d", 1)


class Physics:
    """`ranges` are the rows that maps may name in a slice and bank, `scalars` what registers hold in every cycle."""

    def __init__(self, ranges: Mapping[tuple[int, int], range], scalars: Scalars) -> None:
        self.ranges = ranges
        self.scalars = scalars
        self.elements = Elements()
        self.streams, self.held, self.exits = Latest(), Latest(), Latest()
        self.maps, self.arrays, self.sums = Latest(), Latest(), Latest()

    def run(self, issues: Iterable[tuple[int, Burst]]) -> None:
        """Find out what ops that issue in the cycles given do. Raises Missing."""
        runs = self._runs(list(issues))
        for run in runs:
            self._results(run)
        for run in runs:
            run.part.sources += [self._sampled(run, operand) for operand in range(len(run.burst.samples))]
            self._states(run)
        self._weights(runs)
        for run in runs:
            if run.burst.row.units is WRITES:
                self._store(run)
        for run in runs:
            if run.burst.row.units is READS:
                self._load(run)

    def _runs(self, issues: Sequence[tuple[int, Burst]]) -> list[Run]:
        """Bursts that may go together, in the order of the first."""
        scatters = any("bank" in burst.fields for _, burst in issues)  # rows that are scattered to are read one by one
        found: dict[Hashable, list[tuple[int, Burst]]] = {}
        for number, (start, burst) in enumerate(issues):
            alone = not _goes_together(burst) or (scatters and burst.row.units is READS)
            found.setdefault(number if alone else self._likeness(start, burst), []).append((start, burst))
        runs = []
        for together in found.values():
            starts, bursts = [start for start, _ in together], [burst for _, burst in together]
            runs.append(Run(starts, bursts, self._part(starts[0], bursts[0], len(bursts))))
        return runs

    def _likeness(self, start: int, burst: Burst) -> Hashable:
        """What bursts have in common that go together: all but where they are, and from where on they count rows."""
        fields = burst.fields
        kind = kind_of(burst.row, fields, lambda number: self.scalars.value(number, start))
        when = tuple([fields.get(name) for name in BURST_FIELDS])
        groups = [(_home(group), group.size, group.width) for group in (*burst.results, *burst.samples)]
        return tuple(kind), when, burst.latency, tuple(groups), copies(burst.row, fields)

    def _part(self, start: int, burst: Burst, bursts: int) -> Part:
        row, count = burst.row, burst.count * bursts
        if row.units is SUMS:
            return self.elements.add([SUM], LANE_BYTES, count, copies=row.semantics != ADDS)
        if row.units is INSTALLS:
            return self.elements.add([ARRAY], 1, count)
        if "bank" in burst.fields:
            return self.elements.add([row.id, burst.fields["slice"]], 1, count)
        groups = burst.samples if row.units is MAPS else burst.results
        width = max([1, *(max(group.size, group.width) for group in groups)])
        copied = row.units in (MAPS, READS) or copies(row, burst.fields)
        return self.elements.add(
            kind_of(row, burst.fields, lambda number: self.scalars.value(number, start)), width, count, copies=copied
        )

    # What is put somewhere --------------------------------------------------------------------
    def _results(self, run: Run) -> None:
        fields, cells = run.burst.fields, run.part.cells
        landing = run.times + run.burst.latency
        for operand, group in enumerate(run.burst.results):
            first = run.each(burst.results[operand].first for burst in run.bursts)
            if group.first >= EXITS:
                self.exits.put(first * LINE + landing, 0, cells[:, 0])
            elif not is_stream(group.first):
                self.held.put(first, landing, cells[:, 0])
            else:
                along = run.each(_along(burst.results[operand].first, burst.position) for burst in run.bursts)
                for byte in range(group.size):
                    self.streams.put(_line(first + byte, landing, along), along, cells[:, byte])
        if run.burst.row.units is MAPS:
            self.maps.put(_map(fields), run.times, cells[:, 0])
        if run.burst.row.units is INSTALLS:
            self.arrays.put(fields["plane"], run.times, cells[:, 0])
        if "acc" in fields:
            self.sums.put(_sum(run), run.times, cells[:, 0])

    # What is found ----------------------------------------------------------------------------
    def _sampled(self, run: Run, operand: int) -> Integers:
        """The cells of an operand, a row for each element. Raises Missing."""
        group = run.burst.samples[operand]
        first = run.each(burst.samples[operand].first for burst in run.bursts)
        if group.first >= EXITS:
            found = self._held(self.exits.find(first * LINE + run.times, 1), LANE_BYTES)
        elif not is_stream(group.first):
            found = self._held(self.held.find(first, run.times + 1), group.width)
        else:
            along = run.each(_along(burst.samples[operand].first, burst.position) for burst in run.bursts)
            lines = [_line(first + byte, run.times, along) for byte in range(group.size)]
            found = self.streams.find(np.stack(lines, axis=1), along[:, None])
        return self._present(run, found)

    def _held(self, first: Integers, width: int) -> Integers:
        """All bytes of what is found by its first."""
        return np.where(first[:, None] == NOTHING, NOTHING, first[:, None] + np.arange(width))

    def _present(self, run: Run, found: Integers) -> Integers:
        missing = (found == NOTHING).any(axis=1)
        if missing.any():
            now = int(run.times[int(np.argmax(missing))])
            raise Missing(f"`{run.burst.row.mnemonic}` finds nothing in cycle {now}")
        return found

    def _states(self, run: Run) -> None:
        """What an op finds besides: the map in its register, the array of its plane, the sum so far."""
        row, fields = run.burst.row, run.burst.fields
        if row.units is VECTORS:
            run.part.sources.append(self._present(run, self._held(self.arrays.find(fields["plane"], run.times), 1)))
        elif row.semantics == ADDS:
            run.part.sources.append(self._present(run, self._held(self.sums.find(_sum(run), run.times), LANE_BYTES)))
        elif MAP in fields and row.units is not MAPS:
            run.part.sources.append(self._present(run, self._held(self.maps.find(_map(fields), run.times), MAP_WIDTH)))

    def _weights(self, runs: Sequence[Run]) -> None:
        """What each array is made of: the rows loaded since the one before it. Raises Missing."""
        for plane in {run.burst.fields["plane"] for run in runs if run.burst.row.units is INSTALLS}:
            loads = [run for run in runs if run.burst.row.units is LOADS and run.burst.fields["plane"] == plane]
            for load in loads:
                load.part.tags = load.burst.fields["row0"] + load.rounds[1]
            since = -1
            installs = [run for run in runs if run.burst.row.units is INSTALLS and run.burst.fields["plane"] == plane]
            for install in sorted(installs, key=lambda run: run.start):
                rows = _rows_loaded(loads, since, install.start)
                if not rows.size:
                    raise Missing(f"`{install.burst.row.mnemonic}` has no weights to install in cycle {install.start}")
                install.part.sources = [rows]
                since = install.start

    # Memory -----------------------------------------------------------------------------------
    def _store(self, run: Run) -> None:
        number, fields = run.burst.fields["slice"], run.burst.fields
        if "bank" in fields:
            self.elements.scatter(number, self.ranges[number, fields["bank"]], run.times, run.part.cells[:, 0])
            return
        (cells,) = run.part.sources
        self.elements.store(run.field("slice"), self._rows(run), run.times, cells)

    def _load(self, run: Run) -> None:
        number, fields = run.burst.fields["slice"], run.burst.fields
        if "bank" in fields:
            within = self.ranges[number, fields["bank"]]
            self.elements.look_up(run.part, number, within, run.times)
        else:
            self.elements.read(run.part, run.field("slice"), run.burst.row.width, self._rows(run), run.times)

    def _rows(self, run: Run) -> Integers:
        """The row of each element. Raises Missing where there is none."""
        j, i = run.rounds
        base = run.each(map(self._base, run.starts, run.bursts))
        rows = base + j * run.burst.fields["stride2"] + i * run.burst.fields["stride"]
        beyond = np.flatnonzero((rows < 0) | (rows >= ROWS))
        if beyond.size:
            raise Missing(f"`{run.burst.row.mnemonic}` comes to row {rows[beyond[0]]} in cycle {run.times[beyond[0]]}")
        return rows

    def _base(self, start: int, burst: Burst) -> int:
        """The first row of a burst."""
        fields = burst.fields
        return fields["row"] + (self.scalars.row(fields["ra"], start) if "ra" in fields else 0)


def _goes_together(burst: Burst) -> bool:
    """Whether all that an op finds are values on streams, in v registers and in rows that it names."""
    units, fields = burst.row.units, burst.fields
    return units.where in (SLICE, VXM, SXM) and MAP not in fields and "bank" not in fields


def _home(group: Group) -> str:
    return "exit" if group.first >= EXITS else "stream" if is_stream(group.first) else "register"


def _along(number: int, position: int) -> int:
    """How far a position is along a stream, counted from somewhere before its start."""
    return POSITIONS - position if flows_west(number) else position


def _line(number: Integers, times: Integers, along: Integers) -> Integers:
    """The diagonal of a stream that passes a place in a cycle."""
    return number * LINE + FAR + times - along


def _map(fields: Mapping[str, int]) -> int:
    return fields["hemi"] * LINE + fields[MAP]


def _sum(run: Run) -> Integers:
    return run.burst.fields["plane"] * LINE + run.burst.fields["acc"] + run.rounds[1]


def _rows_loaded(loads: Sequence[Run], since: int, until: int) -> Integers:
    """The elements of loads from a cycle on and before another, in the order of their rows: one source of a part."""
    rows: dict[int, int] = {}
    for load in loads:
        within = np.flatnonzero((load.times >= since) & (load.times < until))
        assert load.part.tags is not None
        rows |= zip(load.part.tags[within].tolist(), (load.part.first + within).tolist(), strict=True)
    return np.asarray([[rows[row] * CELLS for row in sorted(rows)]], np.int64)
