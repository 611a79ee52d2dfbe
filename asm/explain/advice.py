"""What a writer could change to make a run shorter, judged from what bounds it and what it lost to its bound."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from asm.explain.demand import ALUS, BANKS, READS, WRITES
from asm.explain.limits import STREAM
from asm.explain.parts import Blocked
from asm.explain.report import RunReport
from asm.explain.words import count, percent, ranges
from asm.streams import table
from isa.machine import HEMISPHERES
from isa.records import NamedTuple
from isa.units import SLICE

MOST = 0.75  # of the cycles: what is busy so long decides
ELSEWHERE = {READS: "slices", WRITES: "slices", BANKS: "banks"}  # where what shares one of these could go
WORTH = 0.9  # of the cycles: a change that leaves more is not worth it


def advice(report: RunReport) -> Iterator[str]:
    """Sentences: what was lost to the bound, and what lowers the bound."""
    if report.cycles > report.bound:
        yield from _start(report)
        yield from _length(report)
    yield from _lower(report)


# What was lost to the bound ---------------------------------------------------------------------
def _start(report: RunReport) -> Iterator[str]:
    """Why the last part begins late, and what would let it begin sooner."""
    part = report.last
    late = part.placed.start - part.memory
    if part.blocked:
        yield f"part {part.number} begins {count(late, 'cycle')} late: {_sooner(part.blocked[-1])}"
    elif part.writer is not None and part.writer.count > 1:
        yield f"part {part.number} loads what is stored before; in the same order of rows it could follow row by row"


def _sooner(blocked: Blocked) -> str:
    """What would let a part begin before another is done with something."""
    mine, other = blocked.piece.node, blocked.holder.node
    if mine.tensor and mine.tensor == other.tensor:
        if any(node.rows is not None and node.rows.writes for node in (mine, other)):
            return f"`{mine.tensor}` is stored and loaded in one bank; rows by turns in two banks let both go on"
        return f"`{mine.tensor}` is read for it once more; load it once, or keep a copy in other slices"
    if blocked.kind == table.BANK:
        return f"put `{mine.tensor}` and `{other.tensor}` in different banks, or write `@ auto`"
    if blocked.piece.row.units.where == SLICE and blocked.kind == table.UNIT:
        return f"put `{mine.tensor}` and `{other.tensor}` in different slices, or write `@ auto`"
    return f"{blocked.what} are what the parts compete for; fewer ops, or values that wait less, leave some free"


def _length(report: RunReport) -> Iterator[str]:
    """What makes the last part longer than it must be."""
    part = report.last
    longer = part.placed.end - part.placed.start - part.shortest
    if longer > 0:
        refused = next((way.reason for way in part.ways if way.reason), "")
        why = f"a shorter way was refused: {refused}" if refused else "its values are wanted on both sides at once"
        yield f"part {part.number} lasts {count(longer, 'cycle')} longer than it could: {why}"


# What lowers the bound --------------------------------------------------------------------------
class Pool(NamedTuple):
    """Units of which any would do, if tensors lay elsewhere: together they are `busy`, for moves `moves` of it."""

    what: str
    units: int
    busy: int
    moves: int = 0

    @property
    def cycles(self) -> int:
        return ceil(self.busy / self.units)


def _lower(report: RunReport) -> Iterator[str]:
    """What the cycles go to: one port or bank, units that are busy, or the way of an element."""
    top = report.bounds[0]
    if top.resource in ELSEWHERE and top.bursts > 1 and top.cycles > report.limits.landing:
        yield (
            f"{top.resource} {ranges(top.names)} take {top.bursts} bursts one after the other: "
            f"tensors in other {ELSEWHERE[top.resource]} would not wait for each other"
        )
        return
    pool = max(_pools(report), key=lambda pool: pool.cycles)
    if pool.cycles >= MOST * report.cycles:
        yield _busy(report, pool)
    else:
        yield from _chain(report, pool)


def _pools(report: RunReport) -> Iterator[Pool]:
    spec = report.region.spec
    for bound in report.bounds:
        if bound.units > 1:
            yield Pool(bound.resource, bound.units, bound.busy)
    ports = HEMISPHERES * spec.slices
    for what, units in ((READS, ports), (WRITES, ports), (ALUS, spec.vxm_alus)):
        uses = [use for use in report.uses if use.resource == what]
        yield Pool(what, units, sum(use.busy for use in uses), sum(use.moves for use in uses))


def _busy(report: RunReport, pool: Pool) -> str:
    share = percent(pool.busy / pool.units / report.cycles)
    moves = f", a share of {percent(pool.moves / pool.busy)} with values that wait" if pool.moves else ""
    rule = "fewer ops there, or values that wait less" if pool.moves else "only less of that work"
    return f"all {pool.units} {pool.what} are busy for {share} of the cycles{moves}: {rule} would make it shorter"


def _chain(report: RunReport, pool: Pool) -> Iterator[str]:
    """The way of an element against the number of elements that follow it."""
    steps = report.limits.chain()
    rest = steps[-1].node.span - 1
    first = report.limits.landing - rest
    hops = sum(step.way for step in steps if step.link == STREAM)
    halves = first + max(rest // 2, pool.cycles)
    if halves < WORTH * report.cycles:
        yield f"elements come one a cycle: two halves side by side, in slices of their own, would take about {halves:,}"
    if first > rest:
        yield (
            f"the first element takes {count(first, 'cycle')}, {hops:,} of them from place to place: "
            "bring tensors nearer, or let more elements follow it"
        )
