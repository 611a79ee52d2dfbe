"""The golden model's engine: a cycle, phase by phase, as docs/machine.md section 4 tells it.

The state is a value. A cycle makes the next state from the current one, or a fault and no new state.
"""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import replace

from isa.faults import CONDITION_CODE, NUMBER, RawFault
from isa.machine import MachineSpec
from vm.engine import FAULT, HALTED, RUNNING, UNINIT_MODES, State
from vm.reference.control import body_is_legal
from vm.reference.issue import Faulted, Issue
from vm.reference.memory import Memory
from vm.reference.program import Bundle, Program
from vm.state import REGISTERS, check_state, initial_state


class ReferenceEngine:
    """One machine with a program: `vm.engine.Engine`, slowly. Raises ValueError for what cannot be loaded."""

    def __init__(self, spec: MachineSpec, text: bytes, entry: int = 0, uninit: str = "fault") -> None:
        if uninit not in UNINIT_MODES:
            raise ValueError(f"uninit is {uninit!r}; it must be one of {', '.join(UNINIT_MODES)}")
        self.spec = spec
        self._program = Program(text)
        if len(self._program) > spec.text_syllables:
            raise ValueError(f"the text has {len(self._program)} syllables; {spec.name} holds {spec.text_syllables}")
        self._memory = Memory(spec, uninit)
        self._counts: Counter[int] = Counter()
        self._fault: RawFault | None = None
        self._state = initial_state(spec, entry)

    # Time -------------------------------------------------------------------------------------
    def run(self, until: int) -> str:
        """Go on until the run is over, a fault, or `cycle` == until."""
        while self._fault is None:
            self._begin_cycle()
            if self._state.fetch_ended and not self._state.in_flight:
                return HALTED
            if self._state.cycle >= until:
                return RUNNING
            if self._fetches:
                self._issue_cycle()
            else:
                self._state = replace(self._state, cycle=min(until, *self._events()))
        return FAULT

    @property
    def _fetches(self) -> bool:
        return not self._state.fetch_ended and self._state.next_fetch <= self._state.cycle

    def _begin_cycle(self) -> None:
        """Phase 1: what lands in this cycle is visible. Fetching past the last bundle ends it in passing."""
        self._state = landed(self._state)
        if self._fetches and self._state.pc == len(self._program):
            self._state = replace(self._state, fetch_ended=True, jump_pc=-1, jump_slot=-1, jump_cycle=-1)

    def _events(self) -> list[int]:
        """Cycles in which something happens next; nothing changes before the first of them."""
        landings = [write.landing for write in self._state.in_flight]
        return landings if self._state.fetch_ended else [*landings, self._state.next_fetch]

    def _issue_cycle(self) -> None:
        """Phases 2 to 4: fetch, issue, take effect; a fault in any of them leaves the state alone."""
        try:
            issue = Issue(self.spec, self._program, self._memory, self._state, self._fetch())
            issue.run()
        except Faulted as stop:
            self._fault = stop.fault
            return
        for addresses, value in issue.stores:
            self._memory.store(addresses, value)
        self._counts[self._state.pc] += 1
        self._state = following(self._state, issue)

    def _fetch(self) -> Bundle:
        state = self._state
        if not self._program.starts_bundle(state.pc):
            other = {"other_pc": state.jump_pc, "other_slot": state.jump_slot, "other_cycle": state.jump_cycle}
            raise Faulted(RawFault(NUMBER["E-PC"], state.cycle, state.pc, address=state.pc, **other))
        bundle = self._program.bundle(state.pc)
        if bundle is None:
            raise Faulted(RawFault(NUMBER["E-ILLEGAL"], state.cycle, state.pc))
        return bundle

    # State ------------------------------------------------------------------------------------
    @property
    def fault(self) -> RawFault | None:
        return self._fault

    @property
    def state(self) -> State:
        return self._state

    def set_state(self, state: State) -> None:
        """Replace the state (memory excluded); clears a fault. Raises ValueError when it is no state."""
        check_state(self.spec, state)
        for loop in state.loops:
            if not body_is_legal(self._program, loop.start, loop.end):
                raise ValueError(f"addresses {loop.start} to {loop.end} are no loop body of this program")
        self._state = state
        self._fault = None

    def set_register(self, register: int, value: int) -> None:
        """Write a register from outside; a write in flight to it still lands. Raises ValueError for a bad number."""
        if not 0 <= register < REGISTERS:
            raise ValueError(f"register {register} does not exist; there are {REGISTERS}")
        registers = list(self._state.registers)
        registers[register] = value & 0xFFFFFFFF
        self._state = replace(self._state, registers=tuple(registers))

    def registers(self) -> memoryview:
        """A read-only copy: the state is a value, not memory."""
        return memoryview(array("I", self._state.registers)).toreadonly()

    def issue_counts(self) -> dict[int, int]:
        return dict(self._counts)

    def set_issue_counts(self, counts: dict[int, int]) -> None:
        self._counts = Counter(counts)

    # Memory -----------------------------------------------------------------------------------
    def sram(self) -> memoryview:
        return memoryview(self._memory.bytes)

    def written(self) -> memoryview:
        return memoryview(self._memory.written)

    def load(self, address: int, data: bytes) -> None:
        """Store bytes and mark them written. Raises ValueError outside SRAM."""
        if address < 0 or address + len(data) > self.spec.sram_bytes:
            raise ValueError(f"{len(data)} bytes at {address} are outside SRAM of {self.spec.sram_bytes} bytes")
        self._memory.fill(address, data)


def landed(state: State) -> State:
    """The state with every write that is due in its cycle made visible."""
    due = [write for write in state.in_flight if write.landing <= state.cycle]
    if not due:
        return state
    registers = [*state.registers, state.cc]
    for write in due:
        registers[write.register] = write.value
    rest = tuple(write for write in state.in_flight if write.landing > state.cycle)
    return replace(state, registers=tuple(registers[:CONDITION_CODE]), cc=registers[CONDITION_CODE], in_flight=rest)


def following(state: State, issue: Issue) -> State:
    """The state after a bundle issued, at the start of the next cycle but for what lands in it."""
    flow = issue.flow
    return replace(
        state,
        cycle=state.cycle + 1,
        pc=flow.pc,
        in_flight=tuple(sorted((*state.in_flight, *issue.writes), key=lambda write: (write.landing, write.register))),
        loops=flow.loops,
        next_fetch=state.cycle + flow.cycles,
        fetch_ended=flow.ended,
        exit_code=flow.exit_code,
        jump_pc=state.pc if flow.jumped else -1,
        jump_slot=issue.jump_slot,
        jump_cycle=state.cycle if flow.jumped else -1,
    )
