"""A run asked about its past: states and bytes of any cycle, and who last touched what; the run stays where it is."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from debugger.history import History
from debugger.trouble import trouble
from debugger.why.contents import Contents
from debugger.why.spots import SCALAR_ELEMENT, Event, element_at
from isa import codec
from isa.codec import Op
from isa.records import NamedTuple
from vm.engine import FAULT, HALTED, STOPPED, State
from vm.flow import cycles_after, op_at
from vm.items import Burst
from vm.stats import decoded_bundle
from vm.stops import BREAKPOINT, Stop, Stops, Watch

KEPT_STATES = 48
MOST_STOPS = 4096  # that are looked at in one direction
FIRST_WINDOW = 2048  # cycles that are looked through first; each further window is eight times as long


class Seen(NamedTuple):
    """Stops in order, those before `until`; whether the run is over there."""

    stops: list[Stop]
    until: int
    is_over: bool


class Replay:
    """The past of one run. What it found stays right until the run is edited; then it refuses to go on."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.machine = history.machine
        self.image = history.machine.image
        self.spec = self.image.machine
        self._edits = history.edits
        self._states: OrderedDict[int, State] = OrderedDict()
        self._contents: OrderedDict[int, Contents] = OrderedDict()
        self._bursts: dict[tuple[int, int], list[int]] = {}  # the cycles in which bursts began that were looked at
        self._ops: dict[tuple[int, int], Op | None] = {}
        self._all: list[tuple[int, int, Op]] | None = None
        self._visits = 0

    @contextmanager
    def visit(self) -> Iterator[None]:
        """Look at other cycles; afterwards the run is where it was."""
        history = self.history
        if history.edits != self._edits:
            raise trouble("the run was edited since this was asked; what it shows is of another run", "ask again")
        here, status, hit = history.cycle, history.status, history.stops_hit
        self._visits += 1
        try:
            yield
        finally:
            self._visits -= 1
            if not self._visits:
                history.return_to(here)
                history.status, history.stops_hit = status, hit

    def goto(self, cycle: int) -> str:
        """Go to a cycle while it is visited, and say how the run stands there. Raises SourceError if asked to pause."""
        return self._heeding(self.history.goto(cycle))

    def _run(self, cycle: int, stops: Stops) -> str:
        return self._heeding(self.history.run(cycle, stops))

    def _heeding(self, status: str) -> str:
        """How a run stands that may have been asked to pause, which it then did before it came where it should."""
        if self.history.pause_asked:
            self.history.pause_asked = False
            raise trouble("paused before the answer was found", "ask again")
        return status

    # States -----------------------------------------------------------------------------------
    def state(self, cycle: int) -> State:
        """The state at the start of a cycle."""
        if cycle not in self._states:
            with self.visit():
                self.goto(cycle)
                self._states[cycle] = self.machine.state
            while len(self._states) > KEPT_STATES:
                self._states.popitem(last=False)
        self._states.move_to_end(cycle)
        return self._states[cycle]

    def contents(self, cycle: int) -> Contents:
        """The same with its items by place."""
        if cycle not in self._contents:
            self._contents[cycle] = Contents(self.state(cycle), self.spec.lanes)
            while len(self._contents) > KEPT_STATES:
                self._contents.popitem(last=False)
        return self._contents[cycle]

    def memory(self, cycle: int, addresses: Sequence[int]) -> tuple[bytes, bool]:
        """Bytes of SRAM at the start of a cycle, and whether all of them were ever written."""
        with self.visit():
            self.goto(cycle)
            engine = self.machine.engine
            data = bytes(engine.view(address, 1)[0] for address in addresses)
            return data, all(engine.written(address >> 3, 1)[0] >> (address & 7) & 1 for address in addresses)

    # Ops --------------------------------------------------------------------------------------
    def op(self, pc: int, slot: int) -> Op | None:
        if (pc, slot) not in self._ops:
            self._ops[pc, slot] = op_at(self.image, pc, slot)
        return self._ops[pc, slot]

    def event(self, pc: int, slot: int, cycle: int) -> Event | None:
        """The element of an op that issued in a cycle; None where the program has no such op."""
        op = self.op(pc, slot)
        if op is None:
            return None
        if not op.row.tensor:
            return Event(pc, slot, cycle, SCALAR_ELEMENT, cycle, op)
        started = self._started(op, pc, slot, cycle)
        return Event(pc, slot, cycle, element_at(op, cycle - started) or 0, started, op)

    def _started(self, op: Op, pc: int, slot: int, cycle: int) -> int:
        """When the burst issued its first element that issues one in a cycle; a burst holds its unit to its last."""
        length = cycles_after(op, 0)
        known = self._bursts.setdefault((pc, slot), [])
        for started in known:
            if started <= cycle <= started + length:
                return started
        running = (item for item in self.state(cycle).tensor if isinstance(item, Burst)) if length else ()
        started = next((item.started for item in running if (item.pc, item.slot) == (pc, slot)), cycle)
        known.append(started)
        return started

    # Stops ------------------------------------------------------------------------------------
    def last(self, watches: Sequence[Watch], before: int) -> list[Stop | None]:
        """For each watch the last stop that lies before a cycle, or None: windows, ever longer, backwards."""
        found: list[Stop | None] = [None] * len(watches)
        high, size = min(before, self.history.reached + 1) - 1, FIRST_WINDOW
        with self.visit():
            while high > self.history.start and None in found:
                low = max(self.history.start, high - size)
                latest = {stop.number: stop for stop in self.stops(Stops(watches=tuple(watches)), low, high)}
                found = [old or latest.get(number) for number, old in enumerate(found)]
                high, size = low, 8 * size
        return found

    def last_stops(self, watch: Watch, before: int, most: int) -> list[Stop]:
        """The last stops of a watch before a cycle, in order, as many as are wanted or there are."""
        high, size, found = min(before, self.history.reached + 1) - 1, FIRST_WINDOW, list[Stop]()
        with self.visit():
            while high > self.history.start and len(found) < most:
                low = max(self.history.start, high - size)
                found = self.stops(Stops(watches=(watch,)), low, high) + found
                high, size = low, 8 * size
        return found[-most:]

    def last_where(self, watch: Watch, before: int, accept: Callable[[Stop], Event | None]) -> Event | None:
        """What the last stop of a watch before a cycle says, of those that say something."""
        high, size = min(before, self.history.reached + 1) - 1, FIRST_WINDOW
        with self.visit():
            while high > self.history.start:
                low = max(self.history.start, high - size)
                for stop in reversed(self.stops(Stops(watches=(watch,)), low, high)):
                    event = accept(stop)
                    if event:
                        return event
                high, size = low, 8 * size
        return None

    def ahead(self, wanted: Stops, low: int, high: int, most: int = MOST_STOPS) -> Seen:
        """The stops later than one cycle, up to another, or as far as the run goes; only the first of very many.

        Before the first cycle there is none, so what is fetched in it counts as later.
        """
        found: list[Stop] = []
        with self.visit():
            self.goto(max(low, self.history.start))
            if low < self.history.start:
                found += self._fetched(wanted)
            status = STOPPED
            while status == STOPPED and len(found) < most:
                status = self._run(high, wanted)
                found += self.history.stops_hit
            return Seen(found, self.history.cycle, status in (HALTED, FAULT))

    def _fetched(self, wanted: Stops) -> list[Stop]:
        """The breakpoint at which we stand, if it is one."""
        state = self.machine.state
        waits = state.fetch_ended or state.next_fetch > state.cycle
        return (
            [] if waits or state.pc not in wanted.breakpoints else [Stop(BREAKPOINT, -1, state.cycle, state.pc, -1, 0)]
        )

    def reaches(self, cycle: int) -> bool:
        """Whether the run comes to a cycle."""
        with self.visit():
            self.goto(cycle)
            return self.history.cycle >= cycle

    def ops(self) -> list[tuple[int, int, Op]]:
        """All ops of the program, with the address of their bundle and their slot."""
        if self._all is None:
            starts = codec.bundle_starts(self.image.text)
            self._all = [(pc, slot, op) for pc in starts for slot, op in enumerate(decoded_bundle(self.image, pc))]
        return self._all

    def stops(self, stops: Stops, low: int, high: int) -> list[Stop]:
        """All stops later than one cycle, up to another, in order."""
        found: list[Stop] = []
        with self.visit():
            self.goto(low)
            while self.history.cycle < high and self._run(high, stops) == STOPPED:
                found += self.history.stops_hit
        return found
