"""Timelines: ops with cycles of their own, in any order, merged into bundles with waits between them.

Times count from the start of the timeline. `@N` is a cycle, `@+N` counts from the op written before it, and
`@after` is the first cycle in which the results of all the ops it names can be used by this op at its place; what
passes it on streams must do so in one cycle.
"""

from __future__ import annotations

from collections.abc import Iterable

from asm.check.bursts import burst_of, cycles
from asm.facts import FACTS, LONGEST_WAIT, NOP, control_of, cycles_of
from asm.program import AsmOp, Explicit, TimedOp, Timeline
from asm.schedule.arrival import Arrival, Unreachable, arrival
from isa.diagnostics import Diagnostic, Note
from isa.machine import MachineSpec
from isa.records import NamedTuple

LEAVING = ("jump", "call", "ret", "halt", "trap")  # no op of a timeline can come after one of these


class Issue(NamedTuple):
    """An op of a timeline and the cycle it issues in."""

    cycle: int
    timed: TimedOp


def resolve(timeline: Timeline, spec: MachineSpec) -> tuple[list[Issue], list[Diagnostic]]:
    """The cycles of all ops, and what is wrong with them (E-TIMELINE, E-UNDEFINED, E-DUPLICATE)."""
    resolver = _Resolver(timeline, spec)
    cycles = [resolver.cycle(number) for number in range(len(timeline.ops))]
    pairs = zip(cycles, timeline.ops, strict=True)
    return [Issue(cycle, timed) for cycle, timed in pairs if cycle is not None], resolver.diagnostics


class _Resolver:
    """Finds the cycle of each op; None for those that an error was reported for."""

    def __init__(self, timeline: Timeline, spec: MachineSpec) -> None:
        self.ops = timeline.ops
        self.spec = spec
        self.diagnostics: list[Diagnostic] = []
        self.known: dict[int, int | None] = {}
        self.names = self._names()

    def _names(self) -> dict[str, int]:
        names: dict[str, int] = {}
        for number, timed in enumerate(self.ops):
            for label in timed.labels:
                if label in names:
                    first = Note("first here", self.ops[names[label]].place)
                    self._error("E-DUPLICATE", f"two lines of this timeline are called `{label}`", timed, first)
                names.setdefault(label, number)
        return names

    def cycle(self, number: int) -> int | None:
        """The cycle of an op, worked out along the lines it counts from, without recursion."""
        path = {number: None}  # in order
        while path:
            current = next(reversed(path))
            if current in self.known:
                del path[current]
                continue
            wanted = [other for other in self._counts_from(current) if other not in self.known]
            looped = next((other for other in wanted if other in path), None)
            if looped is not None:
                note = Note("counts from", self.ops[looped].place)
                self._error("E-TIMELINE", "the time of this op counts from itself", self.ops[current], note)
                self.known[current] = None
            elif wanted:
                path[wanted[0]] = None
            else:
                self.known[current] = self._resolve(current)
        return self.known[number]

    def _counts_from(self, number: int) -> list[int]:
        timed = self.ops[number]
        if timed.kind == "plus":
            return [number - 1] if number else []
        return [self.names[name] for name in timed.after if name in self.names]

    def _resolve(self, number: int) -> int | None:
        timed = self.ops[number]
        unknown = [name for name in timed.after if name not in self.names]
        for name in unknown:
            self._undefined(name, timed)
        others = self._counts_from(number)
        issues = [cycle for other in others if (cycle := self.known[other]) is not None]
        if unknown or len(issues) < len(others):
            return None
        if timed.kind != "after":
            return self._in_range(max(issues, default=0) + timed.value, timed)
        arrivals = [self._arrival(timed, *pair) for pair in zip(others, issues, strict=True)]
        return self._after(timed, arrivals)

    def _arrival(self, timed: TimedOp, other: int, issue: int) -> Arrival | None:
        """When the result of an op can be used by another; None when it never can (E-TIMELINE)."""
        maker, user = self.ops[other].op, timed.op
        if not maker.row.tensor:
            return Arrival(f"`{maker.row.mnemonic}`", issue + maker.row.latency)
        burst = burst_of(self.spec, maker.row, maker.values)
        if not user.row.tensor:
            return Arrival(f"`{maker.row.mnemonic}`", issue + burst.last + burst.latency)
        try:
            return arrival(burst, issue, burst_of(self.spec, user.row, user.values))
        except Unreachable as reason:
            self._error("E-TIMELINE", str(reason), timed, Note("made here", self.ops[other].place), help=reason.help)
            return None

    def _after(self, timed: TimedOp, arrivals: list[Arrival | None]) -> int | None:
        """The first cycle in which everything is there (E-TIMELINE when something has passed by then)."""
        found = [(each, name) for each, name in zip(arrivals, timed.after, strict=True) if each is not None]
        if len(found) < len(arrivals):
            return None
        found.sort(key=lambda pair: pair[0].cycle)
        passing = [pair for pair in found if pair[0].passing]
        if passing and passing[0][0].cycle < found[-1][0].cycle:
            self._missed(timed, passing[0], found[-1])
            return None
        return self._in_range(found[-1][0].cycle, timed)

    def _missed(self, timed: TimedOp, early: tuple[Arrival, str], late: tuple[Arrival, str]) -> None:
        (first, lead), (second, lag) = early, late
        gap = second.cycle - first.cycle
        place = burst_of(self.spec, timed.op.row, timed.op.values).where
        message = f"{first.what} arrives at {place} in cycle {first.cycle}, {second.what} in cycle {second.cycle}"
        notes = [Note(f"`{name}` is here", self.ops[self.names[name]].place) for name in (lead, lag)]
        moves = [f"`{lead}` {cycles(gap)} later"]
        if (self.known[self.names[lag]] or 0) >= gap:
            moves.insert(0, f"`{lag}` {cycles(gap)} earlier")
        self._error("E-TIMELINE", message, timed, *notes, help=f"issue {', or '.join(moves)}")

    def _in_range(self, cycle: int, timed: TimedOp) -> int | None:
        if 0 <= cycle <= LONGEST_WAIT:
            return cycle
        rule = f"a timeline runs from cycle 0 to {LONGEST_WAIT}"
        self._error("E-TIMELINE", f"`{timed.op.row.mnemonic}` is in cycle {cycle}; {rule}", timed)
        return None

    def _undefined(self, name: str, timed: TimedOp) -> None:
        from difflib import get_close_matches

        close = get_close_matches(name, self.names, 1)
        help = f"did you mean `{close[0]}`?" if close else "put a label before the op that is meant"
        self._error("E-UNDEFINED", f"no line of this timeline is called `{name}`", timed, help=help)

    def _error(self, code: str, message: str, timed: TimedOp, *notes: Note, help: str = "") -> None:
        self.diagnostics.append(Diagnostic(code, message, timed.place, notes, help))


def merge(issues: Iterable[Issue]) -> tuple[list[Explicit], list[Diagnostic]]:
    """One bundle a cycle that has ops; `nop` fills the gaps, in the bundle before where its unit is free."""
    rows: dict[int, list[TimedOp]] = {}
    for cycle, timed in issues:
        rows.setdefault(cycle, []).append(timed)
    bundles: list[Explicit] = []
    diagnostics = []
    time = 0  # the cycle of the next bundle
    ender: TimedOp | None = None
    for cycle, row in sorted(rows.items()):
        if ender is not None and (cycle < time or ender.op.row.control in LEAVING):
            diagnostics.append(_too_early(row[0], cycle, ender, time))
            continue
        _wait(bundles, cycle - time, row[0])
        bundles.append(Explicit([entry.op for entry in row], row[0].place))
        ender = next((entry for entry in row if FACTS[entry.op.row.id].control), None)
        time = cycle + cycles_of(ender.op if ender else None)
    return bundles, diagnostics


def _wait(bundles: list[Explicit], gap: int, before: TimedOp) -> None:
    if gap <= 0:
        return
    merged = bundles and not control_of(bundles[-1].ops)
    nop = AsmOp(NOP, [gap + 1 if merged else gap], before.op.statement)
    if merged:
        bundles[-1].ops.append(nop)
    else:
        bundles.append(Explicit([nop], before.place))


def _too_early(timed: TimedOp, cycle: int, ender: TimedOp, time: int) -> Diagnostic:
    what, control = timed.op.row.mnemonic, ender.op.row.mnemonic
    if ender.op.row.control in LEAVING:
        message = f"`{what}` in cycle {cycle} is never reached: `{control}` leaves the timeline before it"
        help = "issue it no later than that, or end the timeline there"
    else:
        message = f"`{what}` is in cycle {cycle}, but nothing issues before cycle {time}, when `{control}` is over"
        help = f"issue it {cycles(time - cycle)} later"
    return Diagnostic("E-TIMELINE", message, timed.place, (Note(f"`{control}` is here", ender.place),), help)
