"""Runs forward and backward under breakpoints: where they end, and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from debugger.breakpoints import NEVER, Armed, Breakpoint
from isa.diagnostics import Diagnostic, Place, SourceError
from isa.records import NamedTuple, dataclass
from vm.engine import FAULT, HALTED
from vm.stops import BREAKPOINT, GUARD, NO_STOPS, Stop, Stops

if TYPE_CHECKING:
    from debugger.session import Session

STEP, CONDITION, START, GOTO, EDIT, PAUSED, WATCH = "step", "condition", "start", "goto", "edit", "paused", "watch"


class Stopped(NamedTuple):
    """Where we stand, and why: "step", "breakpoint", "watch", "condition", "halted", "fault", "start", "goto", "edit"
    or "paused". `hits` are the numbers of the breakpoints met; `place` that of the next bundle."""

    reason: str
    text: str
    cycle: int
    pc: int
    place: Place | None
    hits: tuple[int, ...] = ()

    def as_data(self) -> dict[str, Any]:
        where = {"file": self.place.file, "line": self.place.line, "column": self.place.column} if self.place else None
        return {**self._asdict(), "place": where, "hits": list(self.hits)}


@dataclass(frozen=True)
class Goal:
    """What a run is made for beside breakpoints: to come to a cycle, or to a stop at which something holds."""

    reason: str = STEP
    cycle: int = NEVER
    stops: Stops = NO_STOPS
    holds: Callable[[], bool] = lambda: True

    def is_met(self, cycle: int, own: list[Stop]) -> bool:
        return cycle == self.cycle or bool(own and self.holds())


NO_GOAL = Goal()


class Runner:
    """Runs the machine of a session."""

    def __init__(self, session: Session) -> None:
        self.session = session

    # Forward ----------------------------------------------------------------------------------
    def forward(self, goal: Goal = NO_GOAL) -> Stopped:
        """Go on until a breakpoint, the goal or the end."""
        session = self.session
        history = session.history
        while True:
            armed = session.breakpoints.armed(session.cycle)
            status = history.run(min(goal.cycle, armed.next_time(session.cycle)), both(armed.stops, goal.stops))
            if status in (HALTED, FAULT):
                return self.ended(status)
            own, met = self._sorted_out(armed, history.stops_hit, goal)
            hit = self.hit(met)
            if hit:
                return hit
            if goal.is_met(session.cycle, own):
                return session.stopped(goal.reason)
            if history.pause_asked:
                return session.paused()

    def _sorted_out(
        self, armed: Armed, stops: tuple[Stop, ...], goal: Goal = NO_GOAL
    ) -> tuple[list[Stop], dict[int, list[Stop]]]:
        """The stops that the goal asked for, and by number the breakpoints met with what their watches saw."""
        session = self.session
        own, met = [], dict[int, list[Stop]]()
        for stop in stops:
            if stop.kind in (BREAKPOINT, GUARD):
                met |= {number: [] for number in session.breakpoints.at(stop.pc, session.cycle)}
                own += [stop] if stop.pc in goal.stops.breakpoints else []
            elif stop.number < len(armed.owners):
                met.setdefault(armed.owners[stop.number], []).append(stop)
            else:
                own += [stop]
        met |= {number: [] for number in session.breakpoints.at(NEVER, session.cycle)}
        return own, dict(sorted(met.items()))

    # Backward ---------------------------------------------------------------------------------
    def backward(self, goal: Goal = NO_GOAL) -> Stopped:
        """Go back to a breakpoint, the goal's cycle or the beginning."""
        session = self.session
        low = goal.cycle if goal.cycle != NEVER else session.history.start
        before = session.cycle
        while True:
            candidate = self._latest(before)
            if session.history.pause_asked:
                return session.paused()
            if candidate <= low:
                return self._at_the_low_end(goal, low)
            hit = self.hit(self._met_at(candidate))
            if hit:
                return hit
            before = candidate

    def _at_the_low_end(self, goal: Goal, low: int) -> Stopped:
        session = self.session
        session.history.goto(low)
        if session.history.pause_asked:
            return session.paused()
        if goal.cycle != NEVER and session.history.start < low:
            return session.stopped(goal.reason)
        return session.stopped(START, f"cycle {session.cycle}: the beginning")

    def _latest(self, before: int) -> int:
        """The last cycle before one in which a breakpoint may be met; -1 for none."""
        breakpoints = self.session.breakpoints
        armed = breakpoints.armed(-1)
        stops = armed.stops
        found = self.session.history.last(stops, before) if stops != NO_STOPS else None
        times = [time for time in armed.times if time < before]
        return max([found.cycle if found else -1, *times])

    def _met_at(self, cycle: int) -> dict[int, list[Stop]]:
        """Go to a cycle; which breakpoints are met there."""
        session = self.session
        session.history.goto(cycle - 1)
        armed = session.breakpoints.armed(session.cycle)
        session.history.run(cycle, armed.stops)
        return self._sorted_out(armed, session.history.stops_hit)[1]

    # Breakpoints ------------------------------------------------------------------------------
    def hit(self, met: dict[int, list[Stop]]) -> Stopped | None:
        """Count the breakpoints met; a stop if one of them is to be told."""
        told = [number for number in met if self._counts(self.session.breakpoints[number])]
        if not told:
            return None
        breakpoints = [self.session.breakpoints[number] for number in told]
        for each in breakpoints:
            if each.temporary:
                self.session.breakpoints.remove(each.number)
        from debugger.hits import sentence

        reason = WATCH if breakpoints[0].watches else BREAKPOINT
        text = "; ".join(sentence(self.session, each, met[each.number]) for each in breakpoints)
        return self.session.stopped(reason, text, tuple(told))

    def _counts(self, each: Breakpoint) -> bool:
        """Whether a breakpoint that is met stops the run; a condition that cannot be told does."""
        if each.condition and not self.holds(each.condition):
            return False
        self.session.breakpoints.change(each.number, hits=each.hits + 1, ignore=max(0, each.ignore - 1))
        return each.ignore == 0

    def holds(self, condition: str) -> bool:
        """Whether a condition holds; one that cannot be told counts as holding, for the user to see."""
        try:
            return self.session.is_true(condition)
        except SourceError:
            return True

    # Ends -------------------------------------------------------------------------------------
    def ended(self, status: str) -> Stopped:
        session = self.session
        if status == FAULT:
            fault = session.fault
            return session.stopped(FAULT, fault_text(fault) if fault else "")
        code = session.machine.exit_code
        with_code = f" with code {code}" if code else ""
        cycles = f"{session.cycle} cycle{'' if session.cycle == 1 else 's'}"
        return session.stopped(HALTED, f"halted{with_code} after {cycles}")


def both(first: Stops, second: Stops) -> Stops:
    """The stops of both, the watches of the first before those of the second."""
    return Stops(first.breakpoints | second.breakpoints, (*first.watches, *second.watches), first.guards)


def fault_text(fault: Diagnostic) -> str:
    """A fault as a line."""
    return f"[{fault.code}] {fault.message}"
