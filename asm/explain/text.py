"""The report of a run as lines for a terminal: bounds, parts, the chain, units, streams, and what would help."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from asm.explain.advice import advice
from asm.explain.demand import Bound
from asm.explain.limits import MEMORY, WEIGHTS, Step
from asm.explain.parts import Blocked, Part, Wait
from asm.explain.report import Flow, RunReport, flows
from asm.explain.usage import Use
from asm.explain.words import count, percent, place_at, ranges, table
from asm.streams.burst import Piece
from asm.streams.graph import Node
from isa.machine import MachineSpec
from isa.places import place_name

SHOWN = 6  # bounds, the greatest
MOST_PARTS, MOST, MOST_TAKERS = 12, 24, 3  # parts, values of a part, and those who take one
NEAR = 0.5  # of the bound: what is further from it is not shown


def lines(report: RunReport) -> Iterator[str]:
    """The report as text, about a screen of it."""
    yield f"{report.place.file}:{report.place.line}: {_verdict(report)}"
    yield from _section("bounds", _bounds(report))
    yield from _all_parts(report)
    yield from _section(f"ways to time part {report.last.number}", _tried(report))
    yield from _section(f"every cycle of part {report.last.number}", _chain(report))
    yield from _section(f"use of the {count(report.cycles, 'cycle')}", _uses(report))
    yield from _values(report)
    yield from (f"  help: {each}" for each in advice(report))


def _section(title: str, rows: Iterator[list[str]] | list[list[str]], more: int = 0) -> Iterator[str]:
    """A table below a title, and how many rows are left out; nothing without rows."""
    made = list(rows)
    if made:
        yield f"  {title}"
        yield from table(made)
    if more:
        yield f"    and {more:,} more, which --explain=json has"


def _verdict(report: RunReport) -> str:
    tensor = sum(node.op.row.tensor for node in report.region.nodes)
    scalar = len(report.region.nodes) - tensor
    ops = count(tensor, "tensor op") + (f" and {count(scalar, 'scalar op')}" if scalar else "")
    found = f"{ops} in {count(len(report.parts), 'part')}"
    over = report.cycles - report.bound
    met = "and no schedule takes less" if not over else f"{over:,} more than the bound"
    return f"{found} take {count(report.cycles, 'cycle')}, {met}"


# Bounds -----------------------------------------------------------------------------------------
def _bounds(report: RunReport) -> Iterator[list[str]]:
    last = report.limits.chain()[-1].node
    first = report.limits.landing - (last.span - 1)
    more = f", {last.span - 1:,} for those after it" if last.span > 1 else ""
    yield [f"{report.limits.landing:,}", "the longest chain", f"{count(first, 'cycle')} for the first element{more}"]
    shared = [bound for bound in report.bounds if bound.bursts > 1 and bound.cycles >= NEAR * report.bound]
    for bound in shared[:SHOWN]:
        yield [f"{bound.cycles:,}", f"{bound.resource} {ranges(bound.names)}".strip(), bound_text(bound)]


def bound_text(bound: Bound) -> str:
    """`4 bursts, 2,048 cycles on 4, 3 cycles before and 41 after them`"""
    each = f" on {bound.units}" if bound.units > 1 else ""
    edges = [f"{bound.before:,} before"] * (bound.before > 0) + [f"{bound.after:,} after"] * (bound.after > 0)
    more = f", {' and '.join(edges)}" if edges else ""
    return f"{count(bound.bursts, 'burst')} of {count(bound.busy, 'cycle')}{each}{more}"


# Parts ------------------------------------------------------------------------------------------
def _all_parts(report: RunReport) -> Iterator[str]:
    """A row for each part, one for all that begin and end alike for no reason of their own; those that end last."""
    if len(report.parts) == 1 and not report.last.placed.start:
        return
    alike: dict[tuple[int, int, str], list[Part]] = {}
    for part in report.parts:
        alike.setdefault((part.placed.start, part.placed.end, _begins(report, part)), []).append(part)
    shown = sorted(alike, key=lambda times: -times[1])[:MOST_PARTS]
    rows = [_parts(times, found) for times, found in alike.items() if times in shown]
    yield from _section("parts", rows, len(alike) - len(rows))


def _parts(times: tuple[int, int, str], found: list[Part]) -> list[str]:
    start, end, why = times
    numbers = ranges([str(part.number) for part in found])
    return [numbers, f"{start:,}..{end:,}", lines_of([node for part in found for node in part.nodes]), why]


def _tried(report: RunReport) -> Iterator[list[str]]:
    """The ways of timing the part that ends last, those alike in a row."""
    alike = Counter(report.last.ways)
    for way, times in alike.items() if len(report.last.ways) > 1 else ():
        moved = f"moves cost {way.cost:g}" if way.cost else "no moves"
        what = "taken" if way.taken else f"would end in cycle {way.end:,}" if way.end else f"refused: {way.reason}"
        yield [f"{way.length:,}", moved, what + (f" ({times} such)" if times > 1 else "")]


def _begins(report: RunReport, part: Part) -> str:
    """What decides the first cycle of a part."""
    if part.blocked:
        blocked = part.blocked[-1]
        return f"{what_blocks(blocked)} until {blocked.until:,}: part {report.part_of(blocked.holder)}"
    if part.writer is not None:
        first = "writes first" if part.writer.rows is not None else "makes first"
        return f"takes what {op_in(part.writer)} {first}"
    return ""


def what_blocks(blocked: Blocked) -> str:
    """`mw28.rp is held by `vload` of `x``"""
    held = f"{burst(blocked.holder)} (line {blocked.holder.node.place.line})"
    what = blocked.what if blocked.available == 1 else f"all {blocked.available} {blocked.what}"
    return f"{what} held by {held}"


def lines_of(nodes: Sequence[Node]) -> str:
    """`lines 14..20`, and where the macro was called that they stand in."""
    called = sorted({node.place.trail[-1][1].line for node in nodes if node.place.trail})
    where = f", called in {ranges([str(line) for line in called])}" if called else ""
    return f"lines {ranges([str(line) for line in sorted({node.place.line for node in nodes})])}{where}"


# The chain --------------------------------------------------------------------------------------
def _chain(report: RunReport) -> Iterator[list[str]]:
    """A line for each wait: the cycle it begins in, how long it lasts, what for."""
    steps = report.chain
    if steps[0].slack:
        begin = report.last.placed.start
        yield [f"@{begin:,}", f"{steps[0].slack:,}", "others of the part go first, or need it no sooner"]
    if steps[0].link == WEIGHTS:
        first = steps[0].cycle - steps[0].way
        yield [f"@{first:,}", f"{steps[0].way:,}", f"the weights of {op_in(steps[0].node)} are read, loaded, installed"]
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        if following is None:
            landing = step.node.span - 1 + step.node.latency
            yield [f"@{step.cycle:,}", f"{landing:,}", f"{op_in(step.node)}{_elements(step.node)}"]
        else:
            yield [
                f"@{step.cycle:,}",
                f"{following.cycle - step.cycle:,}",
                f"{op_in(step.node)}{_way(following)}",
            ]


def _elements(node: Node) -> str:
    return f": {count(node.count, 'element')}" + (f", {node.spacing} cycles apart" if node.spacing > 1 else "")


def _way(following: Step) -> str:
    """How the result of a step gets to the next."""
    if following.link == MEMORY:
        way = ", which comes first"
    else:
        way = f", {count(following.way, 'cycle')} on the way" if following.way else ""
    return way + (f", {count(following.slack, 'cycle')} to spare" if following.slack else "")


def op_in(node: Node) -> str:
    """`vload` of x (line 14)"""
    of = f" of `{node.tensor}`" if node.tensor else ""
    return f"`{node.statement.mnemonic}`{of} in line {node.place.line}"


def burst(piece: Piece) -> str:
    written = f"`{piece.node.statement.mnemonic}`"
    if not piece.own:
        return f"what brings the result of {written} on its way"
    return f"{written} of `{piece.node.tensor}`" if piece.node.tensor else written


# Values -----------------------------------------------------------------------------------------
def _values(report: RunReport) -> Iterator[str]:
    """Of each kind of part what waits or goes back, and where its values are."""
    for number, alike in report.kinds.items():
        part = report.parts[number - 1]
        like = f" ({count(len(alike) - 1, 'part')} alike)" if len(alike) > 1 else ""
        yield from _section(f"values of part {number} that do not go straight{like}", _waits(part))
        found = list(flows(part.placed))
        yield from _section(
            f"values of part {number}{like}", [_flow(report.region.spec, flow) for flow in found[:MOST]]
        )
        if len(found) > MOST:
            yield f"    and {len(found) - MOST} more, which --explain=json has"


def _waits(part: Part) -> Iterator[list[str]]:
    """Those of statements that a macro made twice in one row."""
    for row, times in Counter(map(_wait, part.waits)).items():
        yield [*row[:-1], row[-1] + (f" ({times} such)" if times > 1 else "")]


def _wait(wait: Wait) -> tuple[str, str, str]:
    late = wait.late.name if wait.late is not None else op_in(wait.user)
    if wait.splits:
        why = "is wanted on both sides of the vector unit"
    else:
        why = f"waits {count(wait.cycles, 'cycle')} for {late}" if wait.cycles else f"goes back to {op_in(wait.user)}"
    costs = [
        count(wait.turns, "turn") + " at a switch" if wait.turns else "",
        count(wait.moves, "move") + " by vector ALUs" if wait.moves else "",
        "computed twice" if wait.copies else "",
    ]
    return wait.value.name, f"line {wait.value.maker.place.line}", f"{why}: {', '.join(filter(None, costs))}"


def _flow(spec: MachineSpec, flow: Flow) -> list[str]:
    takers = ", ".join(f"`{piece.row.mnemonic}` @{cycle:,}" for piece, cycle in flow.takers[:MOST_TAKERS])
    takers += f" and {len(flow.takers) - MOST_TAKERS} more" if len(flow.takers) > MOST_TAKERS else ""
    return [flow.channels[0].name, on(flow), way(spec, flow), f"{flow.first:,}..{flow.last:,}", takers]


def on(flow: Flow) -> str:
    """`se0..se3`, `v4`"""
    numbers = [channel.number + k for channel in flow.channels for k in range(channel.width)]
    return (
        ranges([place_name(number) for number in numbers])
        if flow.channels[0].west is not None
        else place_name(numbers[0])
    )


def way(spec: MachineSpec, flow: Flow) -> str:
    """`mw0 to V`"""
    starts = ranges([place_at(spec, start) for start in dict.fromkeys(channel.start for channel in flow.channels)])
    channel = flow.channels[0]
    return "waits at V" if channel.west is None else f"{starts} to {place_at(spec, channel.reach)}"


# Units ------------------------------------------------------------------------------------------
def _uses(report: RunReport) -> Iterator[list[str]]:
    """Units of a kind that are alike in use, in a row."""
    alike: dict[tuple[str, int], list[Use]] = {}
    for use in report.uses:
        alike.setdefault((use.resource, use.busy), []).append(use)
    for (resource, busy), found in alike.items():
        moves = sum(use.moves == use.busy for use in found)
        names = ranges([use.name for use in found])
        yield [f"{percent(busy / report.cycles)}", resource, names + (f", {moves} for what waits" if moves else "")]
    for each in report.traffic:
        peak = each.units * each.lanes
        rate = each.busy * each.lanes / report.cycles
        yield [percent(rate / peak), each.what, f"{rate:,.0f} of {peak:,} bytes a cycle"]
