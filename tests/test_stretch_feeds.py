"""Long products in stretches against the golden model: results go straight to rows, and some rows are not copied."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from engine_pairs import engines, run_both
from hypothesis import given
from hypothesis import strategies as st
from profile_tools import part_of_examples

from conform.build import op
from conform.timetable import Timetable
from isa.codec import Op
from isa.machine import MachineSpec
from isa.places import WEST_FLOW
from isa.units import HEMISPHERE_SLICES
from vm.engine import UNINIT_MODES
from vm.floorplan import position

SPEC = MachineSpec("small", superlanes=1, quads=5, banks=2, rows=256, streams=32, vxm_alus=16, mxm_planes=4)
X_QUAD = 4  # the outermost, the weights are in those before it
X_STREAM = 16
LATENCY = 24
TAKES = ("acc.set plane, acc", "acc.add plane, acc")
EMITTED = (*(f"{take}, stream" for take in TAKES), "acc.emit plane, stream")
seeds = st.integers(0, (1 << 32) - 1)
modes = st.sampled_from(UNINIT_MODES)
cuts = st.lists(st.integers(20, 160), max_size=3).map(sorted)


class Product:
    """A hemisphere's planes fed with the same vectors, from the cycle `start` on."""

    def __init__(self, rng: Random, hemisphere: int, start: int) -> None:
        self.rng, self.start, self.table = rng, start, Timetable()
        self.hemisphere, self.first = hemisphere, HEMISPHERE_SLICES * hemisphere
        self.planes = rng.sample([plane for plane in range(4) if SPEC.plane_hemisphere(plane) == hemisphere], 2)
        self.outward = 0 if hemisphere else WEST_FLOW
        self.inward = WEST_FLOW - self.outward
        self.count = rng.choice((20, 48, 70, 130))
        self.x_slice = self.first + 4 * X_QUAD + rng.randrange(4)

    def put(self, one: Op, arrival: int, plane: int) -> None:
        """A read whose first result is at the plane in a cycle."""
        way = abs(position(SPEC, one.row, one.fields) - SPEC.mxm_position(SPEC.plane_hemisphere(plane)))
        self.table.put(arrival - way - one.row.latency, one)

    def weights(self) -> None:
        for quad in range(4):
            slices = self.first + 4 * quad
            one = op("read.4 stream, slice[row]", stream=self.outward + 4 * quad, slice=slices, row=0, n=1)
            self.put(one, self.start, self.planes[0])
        for plane in self.planes:
            kind = self.rng.choice(("i8", "u8"))
            self.table.put(self.start, op(f"lw.{kind} plane, stream", plane=plane, stream=self.outward, row0=0, n=1))
            self.table.put(self.start + 1, op("iw plane", plane=plane))

    def activations(self) -> None:
        row, stride = self.rng.choice(((0, 1), (200, -1), (3, 0)))
        stream, begin = self.outward + X_STREAM, self.start + 2
        one = op("read stream, slice[row]", stream=stream, slice=self.x_slice, row=row, n=self.count, stride=stride)
        self.put(one, begin, self.planes[0])
        for plane in self.planes:
            kind = self.rng.choice(("i8", "u8"))
            first = self.rng.choice((self.count, self.count, self.rng.randint(1, self.count)))
            for part, cycle in ((first, begin), (self.count - first, begin + first)):
                if part:
                    self.table.put(cycle, op(f"abc.{kind} plane, stream", plane=plane, stream=stream, n=part))

    def results(self, plane: int, group: int) -> None:
        """All are taken, by bursts one after another."""
        cycle, left = self.start + 2 + LATENCY, self.count
        while left:
            count = self.rng.choice((left, self.rng.randint(1, left)))
            key = self.rng.choice((*TAKES, *TAKES, *EMITTED))
            values = {"acc": self.rng.choice((0, 0, 5, 100)), "stream": self.inward + 4 * group}
            named = {name: value for name, value in values.items() if f" {name}" in key}
            self.table.put(cycle, op(key, plane=plane, n=count, **named))
            cycle, left = cycle + count, left - count

    def stores(self) -> None:
        """Now and then what was emitted goes to slices, also to those that are read."""
        if self.rng.randrange(3):
            return
        self.store(self.first + 4 * self.rng.choice((0, 1, X_QUAD)), self.rng.choice((0, 0, SPEC.rows)))

    def store(self, slices: int, row: int) -> None:
        one = op("write.4 slice[row], stream", slice=slices, row=row, stream=self.inward, n=self.count)
        way = abs(position(SPEC, one.row, one.fields) - SPEC.mxm_position(self.hemisphere))
        self.table.put(self.start + 2 + LATENCY + 2 + way, one)

    def made(self) -> Timetable:
        self.weights()
        self.activations()
        for group, plane in enumerate(self.planes):
            self.results(plane, group)
        self.stores()
        return self.table


class SetAgain(Product):
    """Results whose rows are set again while they are on their way to the slices next to the VXM."""

    def results(self, plane: int, group: int) -> None:
        cycle, left = self.start + 2 + LATENCY, self.count
        while left:
            count = min(left, self.rng.randint(1, 3))
            stream = self.inward + 4 * group
            self.table.put(cycle, op(EMITTED[0], plane=plane, acc=0, stream=stream, n=count))
            cycle, left = cycle + count, left - count

    def stores(self) -> None:
        self.store(self.first, 0)


class ReadAndWritten:
    """Rows that are read, and written while what was read is on its way through the VXM to the other hemisphere."""

    def __init__(self, rng: Random) -> None:
        self.rng, self.table = rng, Timetable()

    def made(self) -> Timetable:
        start, n = 20 + self.rng.randint(0, 9), self.rng.randint(1, 4)
        written = start + n + self.rng.randint(0, 2)
        source, there, end = (4 * quad for quad in (4, self.rng.randint(1, 3), 4))
        self.read(start, there, 0, n, 0)
        self.read(written - 2 - way(source, there), source, 100, n, 1)
        self.write(written, there, 0, n, 1)
        self.write(start + 2 + way(there, HEMISPHERE_SLICES + end), HEMISPHERE_SLICES + end, 50, n, 0)
        self.read(start + 40, 0, 0, 1, 2)  # a stretch goes on until all else has left the chip
        return self.table

    def read(self, cycle: int, slice_: int, row: int, n: int, stream: int) -> None:
        self.table.put(cycle, op("read stream, slice[row]", stream=stream, slice=slice_, row=row, n=n))

    def write(self, cycle: int, slice_: int, row: int, n: int, stream: int) -> None:
        self.table.put(cycle, op("write slice[row], stream", stream=stream, slice=slice_, row=row, n=n))


def way(first: int, last: int) -> int:
    """The hops between two slices."""
    one, other = (SPEC.slice_position(*divmod(each, HEMISPHERE_SLICES)) for each in (first, last))
    return abs(one - other)


def overwritten(rng: Random) -> Timetable:
    """What is handed on from where it lies, which changes before it is used; scalar ops now and then end a stretch."""
    if rng.randrange(2):
        table = ReadAndWritten(rng).made()
    else:
        table = SetAgain(rng, rng.randrange(2), 12 + rng.randint(0, 9)).made()
    for _ in range(rng.randrange(9)):
        table.put(rng.randint(12, max(table)), op("add rd, ra, imm", rd=1, ra=1, imm=1))
    return table


def program(rng: Random) -> Timetable:
    """Products in one hemisphere or both."""
    table = Timetable()
    for hemisphere in rng.sample((0, 1), rng.randint(1, 2)):
        for cycle, ops in Product(rng, hemisphere, 12 + rng.randint(0, 9)).made().items():
            for one in ops:
                table.put(cycle, one)
    return table


@pytest.fixture(autouse=True, params=["1", "40"])
def short_ones(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stretches of any length, and only of many cycles."""
    monkeypatch.setenv("LPU_STRETCHES", request.param)


@part_of_examples(4)
@given(seeds, cuts, modes, st.booleans())
def test_products_run_as_in_the_golden_model(seed: int, cuts: list[int], mode: str, strict: bool) -> None:
    rng = Random(seed)
    run_both(engines(rng, SPEC, program(rng).text(), mode, strict), cuts)


@part_of_examples(2)
@given(seeds, cuts, st.booleans())
def test_what_is_handed_on_is_what_was_there(seed: int, cuts: list[int], strict: bool) -> None:
    rng = Random(seed)
    run_both(engines(rng, SPEC, overwritten(rng).text(), "zero", strict), cuts)


@pytest.mark.parametrize("made", [program, overwritten])
def test_many_come_to_their_end(made: Callable[[Random], Timetable]) -> None:
    statuses = []
    for seed in range(10):
        rng = Random(seed)
        statuses.append(run_both(engines(rng, SPEC, made(rng).text(), "zero")))
    assert statuses.count("halted") > 3, statuses
