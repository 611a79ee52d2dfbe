"""History: whatever is done, each cycle is in the state that a straight run gives, with the edits that are in force."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from stop_tools import some_stops

from conform.compare import item_differences
from conform.generate import legal_programs
from conform.tensor_plan import planned
from conform.tensor_wild import any_machine
from debugger.checkpoint import shared_state
from debugger.history import History
from isa.image import Image
from isa.machine import LPU_TINY
from vm.engine import FAULT, HALTED, RUNNING, STOPPED
from vm.items import Accumulator, Vector
from vm.machine import Machine
from vm.state import initial_state
from vm.stops import NO_STOPS, Stop, Stops

LIMIT = 150  # cycles that the tests go
Everything = tuple[object, ...]


def everything(machine: Machine) -> Everything:
    engine = machine.engine
    return engine.state, engine.issue_counts(), bytes(engine.sram()), bytes(engine.written())


@dataclass(frozen=True)
class Change:
    """An edit: a register, or bytes, or (every third) both."""

    cycle: int
    seed: int

    def __call__(self, machine: Machine) -> None:
        rng = Random(self.seed)
        if self.seed % 3 != 1:
            machine.engine.set_register(rng.randrange(32), rng.getrandbits(32))
        if self.seed % 3 != 0:
            machine.engine.load(rng.randrange(machine.engine.spec.sram_bytes - 8), rng.randbytes(8))


class AnySequence(RuleBasedStateMachine):
    """Steps, jumps, edits and undos beside a model: the cycle, the edits in force, and those to go back to."""

    @initialize(
        seed=st.integers(0, 1 << 20),
        scalar=legal_programs(),
        engine=st.sampled_from(("core", "core", "reference")),
        budget=st.sampled_from((0, 1 << 28)),
        spacing=st.sampled_from((0.0, 1e-5, 10.0)),
    )
    def begin(self, seed: int, scalar: list[int], engine: str, budget: int, spacing: float) -> None:
        rng = Random(seed)
        spec = any_machine(rng) if seed % 2 else LPU_TINY
        self.text = planned(rng, spec).text() if seed % 2 else scalar
        self.image = Image(spec, self.text, executable=True)
        self.uninit = "zero" if seed % 4 else "fault"
        self.history = History(self.make(engine), budget, spacing)
        self.cycle = 0
        self.edits: list[Change] = []
        self.before: list[list[Change]] = []

    def make(self, engine: str) -> Machine:
        return Machine(self.image, engine, self.uninit)

    def straight(self, cycle: int, stops: Stops = NO_STOPS) -> tuple[Machine, str, list[Stop]]:
        """A fresh machine that ran to a cycle, the edits made on its way; how it stands, and the stops it met."""
        machine, found = self.make("core"), []
        machine.set_stops(stops)
        for edit in [*self.edits, None]:
            until = min(edit.cycle, cycle) if edit else cycle
            while (status := machine.engine.run(until)) == STOPPED:
                found += machine.engine.stops_hit[:1]
            if edit and edit.cycle <= cycle:
                edit(machine)
        return machine, status, found

    # Rules ------------------------------------------------------------------------------------
    @rule(cycles=st.integers(1, 30))
    def forward(self, cycles: int) -> None:
        self.history.run(self.cycle + cycles)
        self.cycle = self.history.cycle

    @rule(cycles=st.integers(1, 30))
    def back(self, cycles: int) -> None:
        self.history.back(cycles)
        self.cycle = max(0, self.cycle - cycles)

    @rule(cycle=st.integers(0, LIMIT))
    def goto(self, cycle: int) -> None:
        status = self.history.goto(cycle)
        self.cycle = self.history.cycle
        assert self.cycle == cycle or status in (HALTED, FAULT)

    @rule()
    def mark(self) -> None:
        self.history.mark("here")
        assert self.history.marks["here"] == self.cycle

    @rule(seed=st.integers(0, 1000))
    def edit(self, seed: int) -> None:
        change = Change(self.cycle, seed)
        self.history.edit(change, str(change))
        self.before.append(self.edits)
        self.edits = [*(edit for edit in self.edits if edit.cycle <= self.cycle), change]

    @precondition(lambda self: self.edits)
    @rule(data=st.data(), before=st.integers(1, 9), after=st.integers(0, 9))
    def over_an_edit(self, data: st.DataObject, before: int, after: int) -> None:
        edit = data.draw(st.sampled_from(self.edits))
        self.history.goto(edit.cycle - before)
        self.history.run(edit.cycle + after)
        self.cycle = self.history.cycle

    @precondition(lambda self: self.before)
    @rule()
    def undo(self) -> None:
        assert self.history.undo() == str(self.edits[-1])
        self.cycle = self.edits[-1].cycle
        self.edits = self.before.pop()

    @rule(before=st.integers(0, LIMIT), seed=st.integers(0, 1000))
    def look_back(self, before: int, seed: int) -> None:
        stops = some_stops(Random(seed), self.history.machine.engine.spec, len(self.text))
        self.history.run(before)
        _, _, found = self.straight(min(before, self.history.cycle), stops)
        earlier = [stop for stop in found if stop.cycle < before]
        assert self.history.last(stops, before) == (earlier[-1] if earlier else None)
        self.cycle = self.history.cycle

    # What must hold ---------------------------------------------------------------------------
    @invariant()
    def we_are_where_a_straight_run_is(self) -> None:
        if not hasattr(self, "history"):
            return
        machine, status, _ = self.straight(self.cycle)
        assert self.history.cycle == self.cycle
        assert everything(self.history.machine) == everything(machine)
        assert [edit.text for edit in self.history.edits] == list(map(str, self.edits))
        if status == HALTED:
            assert self.history.status == HALTED
        assert self.history.status in (RUNNING, HALTED, FAULT)


TestAnySequence = AnySequence.TestCase
TestAnySequence.settings = settings(stateful_step_count=20)


def test_items_of_two_kinds_may_have_the_same_numbers() -> None:
    """A checkpoint keeps which of them it holds, and a comparison sees the other one."""
    vector, row = (
        replace(initial_state(LPU_TINY, 0), tensor=(kind(2, 4, bytes(16)),)) for kind in (Vector, Accumulator)
    )
    assert [type(item) for item in shared_state(row, vector).tensor] == [Accumulator]
    assert [(found.what, found.observed) for found in item_differences(0, row, vector)] == [
        ("Accumulator (2, 4)", "not there"), ("Vector (2, 4)", "00" * 16),
    ]  # fmt: skip
