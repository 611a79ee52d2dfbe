"""The golden model's engine: a cycle, phase by phase, as docs/machine.md section 4 tells it.

The state is a value. A cycle makes the next state from the current one, or a fault and no new state.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from isa import codec
from isa.faults import CONDITION_CODE, NUMBER, RawFault
from isa.machine import MachineSpec
from isa.records import replace
from vm.engine import FAULT, HALTED, RUNNING, STOPPED, TAINT, UNINIT_MODES, InFlight, State
from vm.mirror import Mirror
from vm.pages import Viewed
from vm.reference.claims import Claims
from vm.reference.control import body_is_legal
from vm.reference.issue import Faulted, Issue
from vm.reference.memory import Memory
from vm.reference.program import Bundle, Program
from vm.reference.stops import Here, Touch, at_bundle, of_cycle, of_landings, of_vectors, seen
from vm.state import REGISTERS, check_counts, check_room, check_state, initial_state
from vm.stops import NO_STOPS, Stop, Stops, check_stops, in_order

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vm.reference.face import Face


class ReferenceEngine:
    """One machine with a program: `vm.engine.Engine`, slowly. Raises ValueError for what cannot be loaded.

    `observer` is given each cycle that issues without a fault, before its effects are taken.
    """

    def __init__(
        self, spec: MachineSpec, text: bytes, entry: int = 0, uninit: str = "fault", strict: bool = False
    ) -> None:
        if uninit not in (*UNINIT_MODES, TAINT):
            raise ValueError(f"uninit is {uninit!r}; it must be one of {', '.join((*UNINIT_MODES, TAINT))}")
        self.spec = spec
        self.strict = strict
        self._program = Program(spec, text)
        if len(self._program) > spec.text_syllables:
            raise ValueError(f"the text has {len(self._program)} syllables; {spec.name} holds {spec.text_syllables}")
        self._memory = Memory(spec, uninit)
        self._counts: Counter[int] = Counter()
        self._fault: RawFault | None = None
        self._state = initial_state(spec, entry)
        self._face: Face | None = None  # until the first op of the tensor face
        self._stops = NO_STOPS
        self._ignored: list[int] = []
        self._touches: list[Touch] = []  # since the last cycle began
        self.stops_hit: tuple[Stop, ...] = ()
        self._lent = False
        self.observer: Callable[[Issue], None] | None = None

    # Time -------------------------------------------------------------------------------------
    def run(self, until: int) -> str:
        """Go on until the run is over, a fault, a stop, or `cycle` == until."""
        began, self.stops_hit = self._state.cycle, ()
        while self._fault is None:
            self._begin_cycle()
            if self._state.cycle > began and self._stops_here():
                return STOPPED
            if self._over:
                return HALTED
            if self._state.cycle >= until:
                return RUNNING
            if self._fetches or not self._idle:
                self._issue_cycle()
            else:
                self._state = replace(self._state, cycle=min(until, *self._events()))
        return FAULT

    def step(self, cycles: int) -> str:
        return self.run(self._state.cycle + cycles)

    @property
    def _fetches(self) -> bool:
        return not self._state.fetch_ended and self._state.next_fetch <= self._state.cycle

    @property
    def _idle(self) -> bool:
        """Whether the tensor face does nothing by itself."""
        return self._face is None or self._face.idle

    @property
    def _over(self) -> bool:
        state, bursts = self._state, self._face.bursts if self._face else ()
        return state.fetch_ended and not state.in_flight and not bursts and state.cycle >= state.settled

    def _begin_cycle(self) -> None:
        """Phase 1: what lands in this cycle is visible. Fetching past the last bundle ends it in passing."""
        if self._stops.watches:
            self._touches += self._landing()
        self._state = landed(self._state)
        if self._face:
            self._face.land(self._state.cycle)
        if self._fetches and self._state.pc == self._program.end:
            self._state = replace(self._state, fetch_ended=True, jump_pc=-1, jump_slot=-1, jump_cycle=-1)

    def _landing(self) -> Iterator[Touch]:
        """What becomes visible in this cycle."""
        yield from of_landings(self._program, due(self._state))
        if self._face:
            yield from of_vectors(self._face, self._state.cycle)

    def _stops_here(self) -> bool:
        """Whether a watch sees what was touched since the last cycle began, or a breakpoint is about to be fetched."""
        touches, self._touches = self._touches, []
        here = Here(self._state.cycle, (*self._state.registers, self._state.cc), self._memory)
        found = seen(self._stops, touches, here)
        if self._fetches:
            found += at_bundle(self._stops, self._state.pc, here, self._ignored)
        self.stops_hit = in_order(found)
        return bool(self.stops_hit)

    def _events(self) -> list[int]:
        """Cycles in which something happens next; nothing changes before the first of them."""
        state = self._state
        landings = [write.landing for write in state.in_flight]
        settled = [state.settled] if state.settled > state.cycle else []
        return [*landings, *settled] if state.fetch_ended else [*landings, *settled, state.next_fetch]

    def _issue_cycle(self) -> None:
        """Phases 2 to 4: streams move, fetch, issue, take effect; a fault in any of them leaves the state alone."""
        try:
            bundle = self._fetch() if self._fetches else None
            issue = self._issue(bundle)
            issue.run()
        except Faulted as stop:
            self._fault = stop.fault
            return
        if self._stops.watches:
            self._touches = list(of_cycle(issue))
        if self.observer:
            self.observer(issue)
        for addresses, value in issue.stores:
            self._memory.store(addresses, value)
        if issue.tensor:
            from vm.reference.tensor import take_effect

            take_effect(issue.tensor, issue.lost)
        if bundle:
            self._counts[self._state.pc] += 1
        self._state = following(self._state, issue)

    def _issue(self, bundle: Bundle | None) -> Issue:
        """A cycle about to issue, with the tensor face from the first of its ops on."""
        claims = Claims(self._state.cycle)
        known = self.spec, self._program, self._memory, self._state, bundle, claims
        if bundle and bundle.tensor:
            self._use_face()
        if self._face is None:
            return Issue(*known)
        from vm.reference.cycle import Cycle

        return Issue(*known, Cycle(self.spec, self._memory, self._face, claims, self._state.cycle), self.strict)

    def _use_face(self) -> Face:
        if self._face is None:
            from vm.reference.face import Face
            from vm.reference.streams import Streams

            self._face = Face(Streams(self.spec))
        return self._face

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
    def cycle(self) -> int:
        return self._state.cycle

    @property
    def fault(self) -> RawFault | None:
        return self._fault

    @property
    def state(self) -> State:
        if self._face is None:
            return self._state
        from vm.reference.face_items import to_items

        return replace(self._state, tensor=to_items(self._face))

    @property
    def scalars(self) -> State:
        return self._state

    def set_state(self, state: State) -> None:
        """Replace the state (memory excluded); clears a fault. Raises ValueError when it is no state."""
        check_state(self.spec, state)
        for loop in state.loops:
            if not body_is_legal(self._program, loop.start, loop.end):
                raise ValueError(f"addresses {loop.start} to {loop.end} are no loop body of this program")
        self._face = self._face_of(state)
        self._state = replace(state, tensor=())
        self._fault, self.stops_hit = None, ()

    def _face_of(self, state: State) -> Face | None:
        """The tensor face as a state says; taint is forgotten. Raises ValueError for bursts of other programs."""
        if not state.tensor:
            return None
        from vm.reference.face_items import from_items

        return from_items(self.spec, self._program, state.cycle, state.tensor)

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

    def append(self, text: bytes) -> int:
        """Put text behind the program and return its address; see `vm.engine.Engine`. Raises ValueError."""
        added = codec.from_bytes(text)
        check_room(self.spec, len(self._program), len(added))
        return self._program.append(added)

    # Stops ------------------------------------------------------------------------------------
    def set_stops(self, stops: Stops) -> None:
        """Say where runs stop. Raises ValueError for what the program or the machine has not."""
        check_stops(self.spec, len(self._program), stops)
        self._stops = stops
        self._ignored = [0] * len(stops.guards)

    @property
    def ignored(self) -> tuple[int, ...]:
        return tuple(self._ignored)

    @property
    def stop(self) -> Stop | None:
        return self.stops_hit[0] if self.stops_hit else None

    # Statistics -------------------------------------------------------------------------------
    def issue_counts(self) -> dict[int, int]:
        return dict(self._counts)

    def set_issue_counts(self, counts: dict[int, int]) -> None:
        """Replace the counts. Raises ValueError where there is no such bundle or count."""
        check_counts(len(self._program), counts)
        for address in counts:
            if not (self._program.starts_bundle(address) and self._program.bundle(address)):
                raise ValueError(f"at address {address}, where none is")
        self._counts = Counter(counts)

    # Memory -----------------------------------------------------------------------------------
    def sram(self) -> memoryview:
        self._lent = True
        return memoryview(self._memory.bytes)

    def was_lent(self) -> bool:
        return self._lent

    def written(self, start: int = 0, size: int | None = None) -> bytes:
        bits = self._memory.written[start:][:size] if start >= 0 else b""
        if size is not None and len(bits) != size:
            raise ValueError(f"there are no {size} bytes of written bits from {start} on")
        return bits

    def set_written(self, bits: bytes, start: int = 0) -> None:
        if start < 0 or start + len(bits) > len(self._memory.written):
            raise ValueError(f"there are no {len(bits)} bytes of written bits from {start} on")
        self._memory.written[start : start + len(bits)] = bits
        self.mirror.doubt()

    def changed(self) -> memoryview:
        return memoryview(self._memory.changed)

    @cached_property
    def mirror(self) -> Mirror:
        sram, written = memoryview(self._memory.bytes), memoryview(self._memory.written)
        return Mirror(Viewed(sram), Viewed(written), self.changed())

    def view(self, address: int, size: int) -> memoryview:
        return memoryview(self._memory.bytes)[address : address + size].toreadonly()

    def taint(self, address: int, size: int) -> NDArray[np.int64]:
        """What each of some bytes of SRAM depends on: the address of a byte never written, CLEAN or REGISTER.

        Raises ValueError where the run is not a tainted one.
        """
        if self._memory.uninit != TAINT:
            raise ValueError(
                f"uninit is {self._memory.uninit}; only a run with uninit={TAINT} follows bytes never written"
            )
        from vm.reference.slices import taint

        return taint(self._memory, address, size)

    def load(self, address: int, data: bytes | memoryview) -> None:
        """Store bytes and mark them written. Raises ValueError outside SRAM."""
        if address < 0 or address + len(data) > self.spec.sram_bytes:
            raise ValueError(f"{len(data)} bytes at {address} are outside SRAM of {self.spec.sram_bytes} bytes")
        self._memory.fill(address, data)


def due(state: State) -> list[InFlight]:
    """The writes that land in a state's cycle."""
    return [write for write in state.in_flight if write.landing <= state.cycle]


def landed(state: State) -> State:
    """The state with every write that is due in its cycle made visible."""
    landing = due(state)
    if not landing:
        return state
    registers = [*state.registers, state.cc]
    for write in landing:
        registers[write.register] = write.value
    rest = tuple(write for write in state.in_flight if write.landing > state.cycle)
    return replace(state, registers=tuple(registers[:CONDITION_CODE]), cc=registers[CONDITION_CODE], in_flight=rest)


def following(state: State, issue: Issue) -> State:
    """The state after a cycle issued, at the start of the next but for what lands in it."""
    in_flight = tuple(sorted((*state.in_flight, *issue.writes), key=lambda write: (write.landing, write.register)))
    state = replace(state, cycle=state.cycle + 1, in_flight=in_flight, settled=max(state.settled, issue.settled))
    return fetched(state, issue) if issue.bundle else state


def fetched(state: State, issue: Issue) -> State:
    """Where fetching goes on after a bundle issued in the cycle before."""
    flow, issued = issue.flow, issue.state
    return replace(
        state,
        pc=flow.pc,
        loops=flow.loops,
        next_fetch=issued.cycle + flow.cycles,
        fetch_ended=flow.ended,
        exit_code=flow.exit_code,
        jump_pc=issued.pc if flow.jumped else -1,
        jump_slot=issue.jump_slot,
        jump_cycle=issued.cycle if flow.jumped else -1,
    )
