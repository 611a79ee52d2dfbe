"""Whatever is done to a session, forward and backward, it stands where a straight run with the same edits stands."""

from __future__ import annotations

from random import Random

from debug_tools import session_of, straight
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from profile_tools import part_of_examples

from conform.generate import legal_programs
from conform.tensor_plan import planned
from conform.tensor_wild import any_machine
from debugger.breakpoints import Breakpoint
from debugger.session import Session
from isa.diagnostics import SourceError
from isa.image import Image
from isa.machine import LPU_TINY
from vm.engine import FAULT, HALTED
from vm.machine import Machine
from vm.stats import decoded_bundle

STEPS = ("cycle", "bundle", "line", "round", "kernel")
LIMIT = 200  # cycles that the tests look at


class AnySequence(RuleBasedStateMachine):
    """A session beside a model of it: the edits in force, and those before each edit."""

    @initialize(
        seed=st.integers(0, 1 << 20), scalar=legal_programs(), engine=st.sampled_from(("core", "core", "reference"))
    )
    def begin(self, seed: int, scalar: list[int], engine: str) -> None:
        rng = Random(seed)
        spec = any_machine(rng) if seed % 2 else LPU_TINY
        text = planned(rng, spec).text() if seed % 2 else scalar
        self.image = Image(spec, text, executable=True)
        self.session = session_of(self.image, engine, "zero")
        self.edits: list[tuple[int, int, int]] = []
        self.before: list[list[tuple[int, int, int]]] = []
        self.visited = [0]

    def straight_to(self, cycle: int) -> Machine:
        """A fresh machine that ran to a cycle, the edits made on its way."""
        machine = Machine(self.image, "core", "zero")
        for when, register, value in self.edits:
            if when <= cycle:
                machine.engine.run(when)
                if machine.engine.fault:
                    machine.engine.set_state(machine.engine.state)
                machine.engine.set_register(register, value)
        machine.engine.run(cycle)
        return machine

    # Rules ------------------------------------------------------------------------------------
    @rule(by=st.sampled_from(STEPS), count=st.integers(1, 5))
    def step(self, by: str, count: int) -> None:
        self.moved(lambda: self.session.step(count, by))

    @rule(by=st.sampled_from(STEPS), count=st.integers(1, 5))
    def back(self, by: str, count: int) -> None:
        here = self.session.cycle
        self.moved(lambda: self.session.back(count, by))
        assert self.session.cycle <= here

    @rule(cycle=st.integers(0, LIMIT))
    def goto(self, cycle: int) -> None:
        stopped = self.session.goto(cycle)
        assert stopped.cycle == cycle or stopped.reason in (HALTED, FAULT)

    @rule(data=st.data())
    def add_a_breakpoint(self, data: st.DataObject) -> None:
        if self.session.lines.starts:
            address = data.draw(st.sampled_from(self.session.lines.starts))
            found = self.session.breakpoints.add(f"*{address}", temporary=data.draw(st.booleans()))
            assert isinstance(found, Breakpoint)

    @rule()
    def run_to_a_breakpoint(self) -> None:
        self.session.breakpoints.add(f"@{LIMIT}", temporary=True)
        stopped = self.session.run()
        if stopped.hits and stopped.cycle != LIMIT:
            assert any(self.session.pc == address for address in self.session.lines.starts)

    @rule()
    def reverse(self) -> None:
        here = self.session.cycle
        stopped = self.session.reverse()
        assert stopped.cycle <= here
        assert stopped.reason == "start" or stopped.hits

    @rule(register=st.integers(0, 31), value=st.integers(0, (1 << 32) - 1))
    def edit(self, register: int, value: int) -> None:
        self.session.set(f"r{register}", str(value))
        self.before.append(self.edits)
        here = self.session.cycle
        self.edits = [*(edit for edit in self.edits if edit[0] <= here), (here, register, value)]

    @precondition(lambda self: self.before)
    @rule()
    def undo(self) -> None:
        cycle, register, value = self.edits[-1]
        assert self.session.undo() == f"set r{register} = {value}"
        assert self.session.cycle == cycle
        self.edits = self.before.pop()

    @rule()
    def mark(self) -> None:
        self.session.mark("here")
        assert self.session.marks["here"] == self.session.cycle

    def moved(self, move: object) -> None:
        try:
            move()  # type: ignore[operator]
        except SourceError as error:
            assert "no loop is around" in error.diagnostics[0].message

    # What must hold ---------------------------------------------------------------------------
    @invariant()
    def we_are_where_a_straight_run_is(self) -> None:
        if not hasattr(self, "session"):
            return
        ours, other = self.session.machine.engine, self.straight_to(self.session.cycle).engine
        assert ours.state == other.state
        assert bytes(ours.sram()) == bytes(other.sram())
        assert [(edit.cycle, edit.text) for edit in self.session.history.edits] == [
            (cycle, f"set r{register} = {value}") for cycle, register, value in self.edits
        ]


TestAnySequence = AnySequence.TestCase
TestAnySequence.settings = settings(part_of_examples(2), stateful_step_count=15)


@given(text=legal_programs(), register=st.integers(0, 31))
def test_a_watch_of_a_register_stops_at_exactly_its_writes(text: list[int], register: int) -> None:
    """Forward, and backward in the other order: where the golden model lands a write."""
    image = Image(LPU_TINY, text, executable=True)
    instants, status = straight(image, limit=LIMIT)
    end = instants[-1].state.cycle
    issued = [each.state for each in instants if each.fetches and not (status == FAULT and each.state.cycle == end)]
    landings = {
        state.cycle + op.row.latency for state in issued for op in decoded_bundle(image, state.pc)
        if op.row.write and op[op.row.write] == register and state.cycle + op.row.latency <= end
    }  # fmt: skip
    session = session_of(image)
    session.breakpoints.watch(f"r{register}")
    session.breakpoints.add(f"@{LIMIT}")
    assert ahead(session) == sorted(landings | ({LIMIT} if end == LIMIT else set()))
    session.goto(end)
    found = []
    while (stopped := session.reverse()).hits:
        found.append(stopped.cycle)
    assert found == sorted((cycle for cycle in landings if cycle < end), reverse=True)


def ahead(session: Session) -> list[int]:
    """The cycles of all stops up to the limit."""
    found = []
    while (stopped := session.run()).hits:
        found.append(stopped.cycle)
        if stopped.cycle >= LIMIT:
            break
    return found
