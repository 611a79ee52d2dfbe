"""Loops over tensor code to what they become, once the whole file is known.

Of a loop whose count is known only when it runs, and of which rounds overlap, that is

            (counts)
            loop    once, ~rest         ; once, or not at all when there are too few rounds
            (registers that run behind)
            (prologue; its last bundle holds `loop turns, ~drain`)
            (kernel)
    ~drain: (epilogue, which leaves 0 in `left`)
    ~rest:  loop    left, end           ; all rounds if they are too few, one after the other
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from asm.facts import FACTS, FILLER, NOP, target_label
from asm.program import AsmOp, Explicit, Item, Label, Linear, Timeline
from asm.schedule.loops.find import MOST_LEVELS, Stated
from asm.schedule.loops.make import Maker
from asm.schedule.loops.report import LoopReport
from asm.schedule.paths import loop_count
from asm.scope.registers import COUNT, register_indices
from asm.scope.scope import Scope
from asm.streams.graph import ANYWHERE
from asm.streams.loops.body import TileLoop
from asm.streams.loops.bounds import busy_units
from asm.streams.loops.emit import Pipeline
from asm.streams.loops.proof import flaw
from asm.streams.loops.search import find_kernel
from asm.write.verbatim import Raw
from isa.records import dataclass, field

COUNTERS = 3


def expand(
    items: Sequence[Item | Raw], loops: Iterable[tuple[int, TileLoop]], scope: Scope, stated: Stated
) -> tuple[list[Item | Raw], list[LoopReport], list[Sequence[Item]]]:
    """The items with loops in their places, each before the item of a number; what is said of each, and what it is."""
    expander = _Expander(scope, stated, _is_closed(items))
    start = 0
    for number, loop in loops:
        expander.take(items[start:number])
        expander.expand(loop)
        start = number
    expander.take(items[start:])
    return expander.items, expander.reports, expander.made


def _ops(item: Item | Raw) -> list[AsmOp]:
    if isinstance(item, Linear):
        return [item.op]
    if isinstance(item, Explicit):
        return item.ops
    return [timed.op for timed in item.ops] if isinstance(item, Timeline) else []


def _is_closed(items: Iterable[Item | Raw]) -> bool:
    """Whether nobody enters or leaves a program with hardware loops under way."""
    for item in items:
        if isinstance(item, Label) and item.exported:
            return False
        if any(op.row.control in ("call", "ret") for op in _ops(item)):
            return False
    return True


@dataclass(slots=True)
class _Expander:
    scope: Scope
    stated: Stated
    closed: bool
    items: list[Item | Raw] = field(default_factory=list)
    reports: list[LoopReport] = field(default_factory=list)
    made: list[Sequence[Item]] = field(default_factory=list)
    around: list[str] = field(default_factory=list)  # labels at which loops end that have begun

    def take(self, items: Sequence[Item | Raw]) -> None:
        """Items as they are, and the loops that they are in."""
        self.items += items
        for item in items:
            if isinstance(item, Label):
                self.around = [label for label in self.around if label != item.name]
            self.around += [target_label(op) or "" for op in _ops(item) if op.row.control == "loop"]

    def expand(self, loop: TileLoop) -> None:
        levels = MOST_LEVELS - len(self.around) if self.closed else 1
        name = f"~tiles{len(self.reports) + 1}"
        made = _Loop(loop, self.scope, self.stated, levels, name)
        self.made.append(made.items())
        self.items += self.made[-1]
        self.reports.append(made.report)


class _Loop:
    """One loop: how it is counted, and what of it is in flight at once."""

    def __init__(self, loop: TileLoop, scope: Scope, stated: Stated, levels: int, name: str) -> None:
        self.loop = loop
        self.scope = scope
        self.rounds = stated.rounds(loop.names)
        self.independent = stated.is_independent(loop.names)
        self.levels = levels
        self.name = name
        self.count = loop_count(loop.control)
        self.report = LoopReport(loop.control, [node.op for node in loop.nodes] + loop.updates, listed=_listed(loop))

    def items(self) -> list[Item]:
        self.report.reason = self._refusal()
        pipeline = None if self.report.reason else self._pipeline()
        if pipeline is None:
            return self._plain(self.loop.control)
        made = list(self._constant(pipeline) if self.count is not None else self._counted(pipeline))
        found = self._flaw(made, pipeline.kernel.stages)
        if found:
            self.report.reason = f"the check of its data flow says: {found}"
            return self._plain(self.loop.control)
        self._settle(pipeline)
        return made

    def _settle(self, pipeline: Pipeline) -> None:
        """Tell the report what was taken."""
        kernel = pipeline.kernel
        self.report.interval, self.report.stages, self.report.copies = kernel.interval, kernel.stages, 1
        self.report.extra = sum(track.holder != track.register for track in pipeline.tracks)
        self.report.busy = busy_units(piece for _, piece in kernel.pieces)

    def _flaw(self, made: list[Item], stages: int) -> str:
        """What the check of rounds that fill the kernel twice finds."""
        rounds = self.count if self.count is not None else stages + 1
        return flaw(made, self.loop, rounds, self.scope.spec, self.independent)

    def _refusal(self) -> str:
        if self.count is not None and self.count < 2:
            return "it runs at most once"
        if self.count is None and "ra" not in self.loop.control.row.format.names:
            return "its count is known only when it is linked"
        stored = {node.tensor for node in self.loop.nodes if node.rows is not None and node.rows.writes}
        for node in self.loop.nodes:
            if node.tiles and not node.results:
                return "it leaves weights in a plane"
            if node.tiles and node.tensor in stored:
                return f"it stores the weights `{node.tensor}` that it multiplies with"
        return ""

    def _pipeline(self) -> Pipeline | None:
        """The loop with rounds that overlap; the reason is in the report if there is none."""
        found = find_kernel(self.loop, self.independent, self.scope.spec, self.report)
        if found is None:
            self.report.reason = "no initiation interval fits that is less than a round"
            return None
        kernel, tracks = found
        pipeline = Pipeline(self.scope, kernel, tracks, self.loop.control)
        self.report.reason = self._unfit(pipeline)
        return None if self.report.reason else pipeline

    def _unfit(self, pipeline: Pipeline) -> str:
        """Why a kernel is of no use here, if so; registers are found for what it needs."""
        stages = pipeline.kernel.stages
        if self.rounds.most is not None and self.rounds.most < stages:
            return f"it runs at most {self.rounds.most} times, and {stages} rounds would be under way"
        if self._needs_guard(pipeline) and self.levels < 2:
            return "too many hardware loops may be under way"
        beside = [track for track in pipeline.tracks if track.holder == ANYWHERE]
        counters = self._counters(pipeline)
        free = self._free()
        if len(free) < counters + len(beside):
            return f"it needs {counters + len(beside)} more registers and the file leaves {len(free)}"
        taken = free[: counters + len(beside)]
        self.counters = taken[:counters]
        for track, register in zip(beside, taken[counters:], strict=True):
            track.holder = register
        for register in taken:
            self.scope.registers.used |= 1 << register
        return ""

    def _needs_guard(self, pipeline: Pipeline) -> bool:
        return self.count is None and 1 < pipeline.kernel.stages > self.rounds.least

    def _counters(self, pipeline: Pipeline) -> int:
        """How many registers it takes to count."""
        if self.count is not None or pipeline.kernel.stages == 1:
            return 0
        return COUNTERS if self._needs_guard(pipeline) else 1

    def _free(self) -> list[int]:
        """Registers that neither the file names nor its symbolic ones may need, the last first."""
        registers = self.scope.registers
        free = [number for number in range(COUNT - 1, -1, -1) if not registers.used >> number & 1]
        return free[: max(0, len(free) - len(registers.symbolic))]

    # What it becomes --------------------------------------------------------------------------
    def _plain(self, control: AsmOp) -> list[Item]:
        """Rounds one after the other."""
        origins = self.loop.origins
        first = [op for op in self.loop.updates if origins[op.value("rd")]]
        last = [op for op in self.loop.updates if not origins[op.value("rd")]]
        return [Linear(control), *map(Linear, first), self.loop.round, *map(Linear, last or [self._filler()])]

    def _filler(self) -> AsmOp:
        """A hardware loop ends with a bundle that is no wait."""
        values = [ANYWHERE if name == "u" else 0 for name in FILLER.format.names]
        return AsmOp(FILLER, values, self.loop.control.statement)

    def _constant(self, pipeline: Pipeline) -> Iterator[Item]:
        """A count known now: few rounds are straight code."""
        assert self.count is not None
        turns = self.count - pipeline.kernel.stages + 1
        yield from pipeline.before()
        if turns < 1:
            yield pipeline.straight(self.count, self._wait())
            return
        make = Maker(self.loop.control.statement)
        yield from self._turns(pipeline, make.loop_constant(turns, self._label("drain")), self._wait())

    def _counted(self, pipeline: Pipeline) -> Iterator[Item]:
        """A count in a register."""
        make, drain = Maker(self.loop.control.statement), self._label("drain")
        count = self.loop.control.value("ra")
        if len(self.counters) == COUNTERS:
            yield from self._guarded(pipeline, make, count)
            return
        for turns in self.counters:
            make.immediate("sub", turns, count, pipeline.kernel.stages - 1)
            count = turns
        yield from map(Linear, self._noted(make.ops))
        yield from pipeline.before()
        yield from self._turns(pipeline, make.loop_register(count, drain), self._wait())

    def _guarded(self, pipeline: Pipeline, make: Maker, count: int) -> Iterator[Item]:
        """Both the pipelined rounds and those that are too few, of which one is left out."""
        turns, once, left = self.counters
        make.immediate("max", left, count, 0)
        make.immediate("sub", turns, left, pipeline.kernel.stages - 1)
        make.immediate("min", once, turns, 1)
        make.ops.append(make.loop_register(once, self._label("rest")))
        yield from map(Linear, self._noted(make.ops))
        yield from pipeline.before()
        clear = Maker(self.loop.control.statement)
        clear.constant(left, 0)
        yield from self._turns(pipeline, make.loop_register(turns, self._label("drain")), clear.ops[0])
        yield Label(self._label("rest"), self.loop.control.place)
        yield from self._plain(make.loop_register(left, self.loop.end))

    def _wait(self) -> AsmOp:
        return AsmOp(NOP, [1], self.loop.control.statement)

    def _turns(self, pipeline: Pipeline, turns: AsmOp, last: AsmOp) -> Iterator[Item]:
        """Prologue, kernel and epilogue."""
        if pipeline.kernel.stages > 1:
            yield pipeline.prologue(turns)
        else:
            yield Linear(turns)
        yield pipeline.body()
        yield Label(self._label("drain"), self.loop.control.place)
        yield pipeline.epilogue(last)

    def _noted(self, ops: list[AsmOp]) -> list[AsmOp]:
        for op in ops:
            self.scope.registers.note(op, register_indices(op.row))
        return ops

    def _label(self, what: str) -> str:
        return f"{self.name}.{what}"


def _listed(loop: TileLoop) -> int:
    """The cycles of a round that waits for all it began, with the steps of its registers."""
    units = FACTS[FILLER.id].instances
    assert loop.round.region is not None
    end = max(placed.end for placed in loop.round.region.placed)
    return end + max(1, -(-len(loop.updates) // units))
