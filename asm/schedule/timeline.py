"""Timelines: ops with cycles of their own, in any order, merged into bundles with waits between them.

Times count from the start of the timeline. `@N` is a cycle, `@+N` counts from the op written before it, and
`@after` is the first cycle in which the results of all the ops it names can be read.
"""

from __future__ import annotations

from asm.facts import FACTS, LONGEST_WAIT, NOP, control_of, cycles_of
from asm.program import AsmOp, Explicit, TimedOp, Timeline
from isa.diagnostics import Diagnostic, Note

LEAVING = ("jump", "call", "ret", "halt", "trap")  # no op of a timeline can come after one of these


def expand(timeline: Timeline) -> tuple[list[Explicit], list[Diagnostic]]:
    """The bundles of a timeline, and what is wrong with its times (E-TIMELINE, E-UNDEFINED, E-DUPLICATE)."""
    resolver = _Resolver(timeline)
    rows: dict[int, list[TimedOp]] = {}
    for number, timed in enumerate(timeline.ops):
        cycle = resolver.cycle(number)
        if cycle is not None:
            rows.setdefault(cycle, []).append(timed)
    bundles = _merge(sorted(rows.items()), resolver.diagnostics)
    return bundles, resolver.diagnostics


class _Resolver:
    """Finds the cycle of each op; None for those that an error was reported for."""

    def __init__(self, timeline: Timeline) -> None:
        self.ops = timeline.ops
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
        times = [(self.known[other], self.ops[other].op.row.latency) for other in self._counts_from(number)]
        bases = [cycle + (latency if timed.kind == "after" else 0) for cycle, latency in times if cycle is not None]
        if unknown or len(bases) < len(times):
            return None
        return self._in_range(max(bases, default=0) + timed.value, timed)

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


def _merge(rows: list[tuple[int, list[TimedOp]]], diagnostics: list[Diagnostic]) -> list[Explicit]:
    """One bundle a cycle that has ops; `nop` fills the gaps, in the bundle before where its unit is free."""
    bundles: list[Explicit] = []
    time = 0  # the cycle of the next bundle
    ender: TimedOp | None = None
    for cycle, timed in rows:
        if ender is not None and (cycle < time or ender.op.row.control in LEAVING):
            diagnostics.append(_too_early(timed[0], cycle, ender, time))
            continue
        _wait(bundles, cycle - time, timed[0])
        bundles.append(Explicit([entry.op for entry in timed], timed[0].place))
        ender = next((entry for entry in timed if FACTS[entry.op.row.id].control), None)
        time = cycle + cycles_of(ender.op if ender else None)
    return bundles


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
        help = f"issue it {time - cycle} cycle{'s' if time - cycle > 1 else ''} later"
    return Diagnostic("E-TIMELINE", message, timed.place, (Note(f"`{control}` is here", ender.place),), help)
