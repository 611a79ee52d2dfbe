"""History: any cycle of a run, forward and backward, by checkpoints and deterministic replay; edits and undo.

A cycle is found again by going on from the last checkpoint before it. Checkpoints are taken wherever a run has taken
some time since the last, so how long a replay takes is bounded; clocks decide where they are, never what they hold.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from debugger.checkpoint import Checkpoint, Keeper
from debugger.timeline import Edit, Timeline
from vm.engine import FAULT, HALTED, RUNNING, STOPPED
from vm.machine import FOREVER, Machine
from vm.stops import BREAKPOINT, NO_STOPS, Stop, Stops

BUDGET_BYTES = 512 << 20
SPACING = 0.25  # seconds that a run takes from checkpoint to checkpoint
FIRST_STRIDE = 64  # cycles
NEAR = (1 << 18, 1 << 12, 1 << 6)  # cycles
FEW = 256  # stops that are gone through one by one

Change = Callable[[Machine], None]


class History:
    """The history of a machine, from the cycle it is in, within a budget of memory.

    From here on the machine changes through the history alone: through `run`, `goto` and `edit`. The budget holds but
    for the first checkpoint and those of edits, which are always kept.
    """

    def __init__(self, machine: Machine, budget_bytes: int = BUDGET_BYTES, spacing: float = SPACING) -> None:
        self.machine = machine
        self.budget_bytes = budget_bytes
        self.spacing = spacing
        self.marks: dict[str, int] = {}
        self.status = RUNNING
        self.pause_asked = False  # set by whoever wants what runs to end soon, where it then is
        self.stops_hit: tuple[Stop, ...] = ()
        self._is_returning = False  # to where we were, whoever asks to pause
        self._engine = machine.engine
        self._keeper = Keeper(machine.engine)
        self._timeline = Timeline([self._keeper.first])
        self._gap = spacing  # how much it takes until another checkpoint is worth its memory
        self._work = 0.0  # seconds of run time up to the present cycle
        self._stride = FIRST_STRIDE
        self._orders: dict[int, tuple[Change, str]] = {}

    # Where we are -----------------------------------------------------------------------------
    @property
    def cycle(self) -> int:
        return self._engine.cycle

    @property
    def start(self) -> int:
        """The first cycle there is."""
        return self._timeline.start

    @property
    def end(self) -> int | None:
        """The cycle in which the run is over or faults, once it is known."""
        return self._timeline.end

    @property
    def reached(self) -> int:
        """The last cycle that was seen."""
        return self._timeline.reached

    @property
    def stop(self) -> Stop | None:
        """Why the last run stopped."""
        return self.stops_hit[0] if self.stops_hit else None

    @property
    def edits(self) -> list[Edit]:
        """The changes made from outside, in the order in which they were made."""
        return list(self._timeline.edits)

    @property
    def bytes(self) -> int:
        """The memory that all checkpoints take."""
        return self._timeline.bytes

    # Time -------------------------------------------------------------------------------------
    def run(self, until: int | None = None, stops: Stops = NO_STOPS) -> str:
        """Go on to a cycle, a stop or the end: "running", "stopped", "halted" or "fault"."""
        return self._go_on(FOREVER if until is None else until, stops)

    def goto(self, cycle: int) -> str:
        """Go to the start of any cycle, or as near as there is one, and say how the run stands there."""
        cycle = max(cycle, self.start)
        base = self._timeline.before(cycle)
        if not base.cycle <= self.cycle <= cycle:
            self._restore(base)
        return self._go_on(cycle, NO_STOPS)

    def return_to(self, cycle: int) -> str:
        """The same for who stays where we are: a pause that is asked for is that of what comes next."""
        self._is_returning = True
        try:
            return self.goto(cycle)
        finally:
            self._is_returning = False

    def back(self, cycles: int = 1) -> str:
        return self.goto(self.cycle - cycles)

    def mark(self, name: str) -> None:
        """Give the present cycle a name, to be found in `marks`, and have it at hand."""
        self.marks[name] = self.cycle
        self._keep()

    def last(self, stops: Stops, before: int) -> Stop | None:
        """The last stop that lies before a cycle, of the part of the run that was seen; we stay where we are.

        Guards ignore nothing then.
        """
        here, status, hit = self.cycle, self.status, self.stops_hit
        try:
            return self._last(heeded(stops), min(before - 1, self._timeline.reached))
        finally:
            self._engine.set_stops(NO_STOPS)
            self._restore(self._timeline.before(here))
            self.return_to(here)
            self.status, self.stops_hit = status, hit

    # Edits ------------------------------------------------------------------------------------
    def edit(self, change: Change, text: str) -> None:
        """Change the machine in the present cycle; what was known of later ones is gone until `undo`.

        Raises ValueError for a change of the cycle, and what the change raises; nothing has changed then.
        """
        unchanged = self._keep()
        self._keeper.doubt()
        try:
            change(self.machine)
            if self.cycle != unchanged.cycle:
                raise ValueError(f"an edit stays in its cycle, {unchanged.cycle}; this one ended in cycle {self.cycle}")
        except BaseException:
            self._restore(unchanged)
            self.goto(unchanged.cycle)
            raise
        edited = self._keeper.take(unchanged, self._work, is_edit=True)
        self._timeline.branch(edited, text)
        self._fit()
        self._restore(edited)  # which is no fault any more
        self.goto(edited.cycle)

    def when_at(self, address: int, change: Change, text: str) -> None:
        """From now on make an edit in any cycle in which a run is about to fetch at an address."""
        self._orders[address] = change, text

    def around_edit(self, number: int) -> tuple[Checkpoint, Checkpoint]:
        """What there was before an edit, by its place in `edits`, and after it."""
        return self._timeline.replaced(number), self._timeline.replacing(number)

    def undo(self) -> str | None:
        """Take the last edit back: go to where it was made, as it was; returns its text, None if there is none."""
        if not self._timeline.undone:
            return None
        edit = self._timeline.unbranch()
        self._restore(self._timeline.before(edit.cycle))
        self.goto(edit.cycle)
        return edit.text

    # Running ----------------------------------------------------------------------------------
    def _go_on(self, until: int, stops: Stops) -> str:
        """Run, keeping checkpoints on the way; the edits that are met are made again."""
        status, self.stops_hit = RUNNING, ()
        self._set_stops(stops)
        try:
            while status == RUNNING and self.cycle < until and (self._is_returning or not self.pause_asked):
                status = self._go_a_piece(until)
                if status == STOPPED:
                    status = self._obey(stops)
                if status in (RUNNING, STOPPED):
                    status = self._begin(status, stops)
        finally:
            self._engine.set_stops(NO_STOPS)
            self._timeline.reached = max(self._timeline.reached, self.cycle)
        self.status = STOPPED if status == STOPPED else self._status_here()
        return self.status

    def _go_a_piece(self, until: int) -> str:
        """To a cycle, or the next checkpoint, or as far as takes little time."""
        following = self._timeline.after(self.cycle)
        goal = min(until, self.cycle + self._stride, following.cycle if following else FOREVER)
        began = perf_counter()
        status = self._engine.run(goal)
        self._walked(perf_counter() - began)
        self.stops_hit = self._engine.stops_hit
        if following and self.cycle == following.cycle:
            return self._pass(following, status)
        if status == RUNNING and self._work - self._timeline.before(self.cycle).work >= self._gap:
            self._keep()
        return status

    def _set_stops(self, stops: Stops) -> None:
        if self._orders:
            stops = stops._replace(breakpoints=stops.breakpoints | self._orders.keys())
        self._engine.set_stops(stops)

    def _obey(self, stops: Stops) -> str:
        """Where an edit is to be made, make it, unless it lies behind us; a stop is what others asked for."""
        stop = self.stops_hit[0]
        if stop.kind != BREAKPOINT or stop.pc not in self._orders:
            return STOPPED
        wanted = self.stops_hit if stop.pc in stops.breakpoints else self.stops_hit[1:]
        made = self._timeline.before(self.cycle)
        if made.cycle < self.cycle or not made.is_edit:
            self.edit(*self._orders[stop.pc])
        self._set_stops(stops)
        self.stops_hit = wanted
        return STOPPED if wanted else RUNNING

    def _begin(self, status: str, stops: Stops) -> str:
        """A breakpoint that an edit of this cycle has led to is a stop, unless where it led from is one."""
        begun = self._begun_with(self._timeline.before(self.cycle), self.cycle, stops)
        if not begun or any(stop.kind == BREAKPOINT for stop in self.stops_hit):
            return status
        self.stops_hit = (begun, *self.stops_hit)
        return STOPPED

    def _walked(self, seconds: float) -> None:
        """Strides become such that there are several from checkpoint to checkpoint."""
        self._work += seconds
        if seconds < self.spacing / 8:
            self._stride *= 2
        elif seconds > self.spacing / 2:
            self._stride = max(1, self._stride // 2)

    def _pass(self, following: Checkpoint, status: str) -> str:
        """A checkpoint is reached; at that of an edit the run goes on otherwise than it came."""
        self._work = following.work
        if not following.is_edit:
            self._keeper.is_at(following)
            return status
        self._restore(following)
        return STOPPED if status == STOPPED else RUNNING

    def _status_here(self) -> str:
        """How the run stands in this cycle; at the end that a run found, what it found there."""
        until = self.cycle + 1 if self.cycle == self._timeline.end else self.cycle
        status = FAULT if self._engine.fault else self._engine.run(until)
        if status in (HALTED, FAULT):
            self._timeline.end = self.cycle
        return status

    # Checkpoints ------------------------------------------------------------------------------
    def _keep(self) -> Checkpoint:
        """The checkpoint of this cycle, a new one if there was none."""
        near = self._timeline.before(self.cycle)
        if near.cycle == self.cycle:
            return near
        kept = self._keeper.take(near, self._work)
        self._timeline.add(kept)
        self._fit()
        return kept

    def _fit(self) -> None:
        """Drop what the budget has no room for."""
        while self._timeline.bytes > self.budget_bytes and self._timeline.thin():
            self._gap = max(self.spacing, self._timeline.least_gap())

    def _restore(self, kept: Checkpoint) -> None:
        self._keeper.restore(kept)
        self._work = kept.work

    # Looking back -----------------------------------------------------------------------------
    def _last(self, stops: Stops, high: int) -> Stop | None:
        """The last stop that is not later than a cycle: from checkpoint to checkpoint, backwards."""
        while high > self.start and not self.pause_asked:
            begun = self._begun_with(self._timeline.before(high), high, stops)
            if begun:
                return begun
            base = self._timeline.before(high - 1)
            for begin in reversed(self._ways_back(base, high)):
                self._restore(begin)
                found = self._last_until(stops, high)
                if found:
                    return found
                high = begin.cycle
        return None

    def _begun_with(self, edited: Checkpoint, cycle: int, stops: Stops) -> Stop | None:
        """The breakpoint that an edit of a cycle has led to, of which no run tells: runs begin behind it."""
        state = edited.state
        fetches = edited.is_edit and not state.fetch_ended and state.next_fetch <= cycle == state.cycle
        is_one = fetches and state.pc in stops.breakpoints
        return Stop(BREAKPOINT, -1, cycle, state.pc, -1, state.pc) if is_one else None

    def _ways_back(self, base: Checkpoint, high: int) -> list[Checkpoint]:
        """A checkpoint, and new ones nearer and nearer to a cycle: what is looked for, now and next, is mostly near."""
        found = [base]
        self._restore(base)
        self._engine.set_stops(NO_STOPS)
        for far in NEAR:
            if high - far > self.cycle and not self.pause_asked:
                began = perf_counter()
                self._engine.run(high - far)
                self._work += perf_counter() - began
                found.append(self._keep())
        return found

    def _last_until(self, stops: Stops, high: int) -> Stop | None:
        """The last stop from here to a cycle. Where there are many, the later half is tried first, again and again."""
        found = None
        self._engine.set_stops(stops)
        while self.cycle < high and not self.pause_asked:
            found = self._few_stops(high) or found
            if self.cycle < high:
                high, found = self._skip_half(stops, high, found)
        return found

    def _skip_half(self, stops: Stops, high: int, found: Stop | None) -> tuple[int, Stop | None]:
        """Go to the first stop of the later half of what is left; where there is none, the earlier half is left."""
        here = self._keeper.take(self._timeline.before(self.cycle), self._work)
        middle = (here.cycle + high) // 2
        self._engine.set_stops(NO_STOPS)
        self._engine.run(middle)
        self._engine.set_stops(stops)
        if self._engine.run(high) == STOPPED:
            return high, self._engine.stop
        self._restore(here)
        return middle, found

    def _few_stops(self, high: int) -> Stop | None:
        """The last of some stops from here on."""
        found = None
        for _ in range(FEW):
            if self._engine.run(high) != STOPPED:
                break
            found = self._engine.stop
        return found


def heeded(stops: Stops) -> Stops:
    """Stops whose guards ignore nothing."""
    return stops._replace(guards=tuple(guard._replace(ignore=0) for guard in stops.guards))
