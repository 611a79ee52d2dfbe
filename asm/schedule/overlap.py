"""Timelines that overlap, merged into one: each keeps its own cycles, counted from where it begins.

A timeline begins as many cycles before the one in which everything before it has landed as its `.overlap` says.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from functools import partial

from asm.check.bursts import cycles
from asm.check.cycles import Region, measure
from asm.facts import NOP
from asm.program import AsmOp, CycleCheck, Explicit, Overlap, Packed, TimedOp, Timeline
from asm.schedule.timeline import Issue, merge, resolve
from isa.diagnostics import Diagnostic, Note, SourceError
from isa.machine import MachineSpec
from isa.records import NamedTuple, dataclass, field

# Finds the start of a timeline in what has landed by a cycle, from another cycle on; and what is to be said of it
Choose = Callable[[list[Issue], list[Issue], int, int, Overlap], tuple[int, list[Diagnostic]]]


@dataclass
class Expanded:
    """The bundles that timelines become. `checks` are those of one alone, with its bundles; `joints` what is to be
    said of overlaps if nothing else is wrong."""

    bundles: list[Explicit] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    checks: list[tuple[CycleCheck, list[Packed]]] = field(default_factory=list)
    joints: list[Diagnostic] = field(default_factory=list)


def expand(timeline: Timeline, spec: MachineSpec, externs: Container[str] = ()) -> Expanded:
    """The bundles of a timeline with those merged into it (E-TIMELINE, E-OVERLAP, E-UNDEFINED, E-DUPLICATE)."""
    out = Expanded()
    parts = [_part(each, spec, out) for each in (timeline, *timeline.later)]
    merged = parts[0].issues
    if timeline.later and not out.diagnostics:
        for part, after in zip(parts[:-1], timeline.later, strict=True):
            out.diagnostics += part.why_not(after)
    if timeline.later and not out.diagnostics:
        merged = _joined(parts, timeline, out, partial(_start, spec, externs))
    out.bundles, problems = merge(merged)
    out.diagnostics += problems
    return out


class Part(NamedTuple):
    """A timeline by itself: its ops in order of time, and how long they take."""

    issues: list[Issue]
    bundles: list[Packed]
    region: Region

    def why_not(self, later: Timeline) -> list[Diagnostic]:
        """E-OVERLAP for each op because of which nothing that comes later has a cycle of its own."""
        enders = [timed for _, timed in self.issues if timed.op.row.control not in ("", NOP.control)]
        return [_stays(timed, later.overlap) for timed in enders]


def _part(timeline: Timeline, spec: MachineSpec, out: Expanded) -> Part:
    issues, diagnostics = resolve(timeline, spec)
    bundles, problems = merge(issues) if timeline.checks or timeline.later or timeline.overlap else ([], [])
    out.diagnostics += diagnostics + problems
    alone = [Packed(bundle.ops) for bundle in bundles]
    out.checks += [(check, alone) for check in timeline.checks]
    return Part(sorted(issues, key=_cycle), alone, measure(alone))


def _cycle(issue: Issue) -> int:
    return issue.cycle


def _joined(parts: Sequence[Part], head: Timeline, out: Expanded, choose: Choose) -> list[Issue]:
    """The ops of all parts in the cycles they have together; waits that were written are made anew by merging."""
    merged, landed, length = _busy(parts[0], 0), parts[0].region.drained, parts[0].region.issue
    start = 0
    out.checks += [(check, parts[0].bundles) for check in head.so_far]
    for part, timeline in zip(parts[1:], head.later, strict=True):
        overlap = timeline.overlap or Overlap(0, timeline.place)
        if (overlap.cycles or 0) > landed - start:
            out.diagnostics.append(_too_long(overlap, landed - start))
            return []
        try:
            start, said = choose(merged, _busy(part, 0), landed, start, overlap)
        except SourceError as problem:
            out.diagnostics += problem.diagnostics
            return []
        out.joints += said
        merged += _busy(part, start)
        landed, length = max(landed, start + part.region.drained), max(length, start + part.region.issue)
        if timeline.so_far:
            packed = _packed(_padded(merged, parts, length))
            out.checks += [(check, packed) for check in timeline.so_far]
    return _padded(merged, parts, length)


def _packed(issues: Iterable[Issue]) -> list[Packed]:
    return [Packed(bundle.ops) for bundle in merge(issues)[0]]


def _start(
    spec: MachineSpec,
    externs: Container[str],
    first: list[Issue],
    second: list[Issue],
    landed: int,
    since: int,
    overlap: Overlap,
) -> tuple[int, list[Diagnostic]]:
    from asm.overlap.choose import choose  # what programs whose timelines do not overlap do without

    return choose(first, second, landed, since, overlap, spec, externs)


def _padded(merged: list[Issue], parts: Sequence[Part], length: int) -> list[Issue]:
    """The ops with a wait at the end when the timelines together are longer than their last op says."""
    last = max((issue.cycle for issue in merged), default=-1)
    if last + 1 >= length or any(timed.op.row.control for _, timed in merged):
        return merged
    near = next(issue.timed for part in reversed(parts) for issue in reversed(part.issues))
    wait = AsmOp(NOP, [1], near.op.statement)
    return [*merged, Issue(length - 1, TimedOp(wait, (), "at", length - 1, (), near.place))]


def _busy(part: Part, start: int) -> list[Issue]:
    return [Issue(start + cycle, timed) for cycle, timed in part.issues if timed.op.row.control != NOP.control]


# Messages -----------------------------------------------------------------------------------------
def _stays(timed: TimedOp, overlap: Overlap | None) -> Diagnostic:
    what = timed.op.row.mnemonic
    message = f"`{what}` stands in a timeline that another overlaps: the cycles after it are not its own"
    notes = (Note("the overlap is here", overlap.place),) if overlap else ()
    help = f"leave `{what}` out: only the last of timelines that overlap ends the program or jumps"
    return Diagnostic("E-OVERLAP", message, timed.place, notes, help)


def _too_long(overlap: Overlap, landed: int) -> Diagnostic:
    message = f"an overlap of {overlap.cycles} cycles is longer than what it overlaps, which takes {cycles(landed)}"
    return Diagnostic("E-OVERLAP", message, overlap.place, help=f"write at most `.overlap {landed}`, or `.overlap max`")
