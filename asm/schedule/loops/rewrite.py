"""Innermost loops of a program: what can be done to each, and pipelined ones in their place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from asm.facts import target_label
from asm.program import AsmOp
from asm.schedule.blocks import Block, Blocks
from asm.schedule.loops.body import Body, analyse
from asm.schedule.loops.count import Idiom, count_rounds, recognise
from asm.schedule.loops.emit import Pipeline
from asm.schedule.loops.find import Candidate, Rounds, Stated, Surroundings, levels_left, refusal, survey
from asm.schedule.loops.known import Difference, exact_rounds, known_rounds, way_in
from asm.schedule.loops.make import Maker
from asm.schedule.loops.names import Names
from asm.schedule.loops.report import LoopReport
from asm.schedule.loops.search import find_kernel, find_short, listed_round
from asm.schedule.loops.ways import Ways
from asm.schedule.memory import Aliases
from asm.schedule.oracle import Oracle
from asm.schedule.paths import loop_count
from isa.records import dataclass, field

MOST_LEAD = 512  # ops of the rounds that begin before the kernel
COUNTERS = 5  # registers that count the rounds of a loop whose count is not known
Made: TypeAlias = dict[int, tuple[int, list[Block]]]  # by the first block that goes: up to which, and what comes


def pipeline_loops(
    program: Blocks, found: Sequence[Candidate], aliases: Aliases, stated: Stated, oracle: Oracle | None = None
) -> list[LoopReport]:
    """Rewrite a program's loops in place; says what became of each. An `oracle` finds the kernels, if there is one."""
    reports, made = rewrite_loops(program, found, survey(program, stated.reserved), aliases, stated, oracle)
    if made:
        _splice(program, made)
    return reports


def rewrite_loops(
    program: Blocks,
    found: Sequence[Candidate],
    around: Surroundings,
    aliases: Aliases,
    stated: Stated,
    oracle: Oracle | None = None,
) -> tuple[list[LoopReport], Made]:
    """What becomes of a program's loops, and the blocks to put in the place of others."""
    reports: list[LoopReport] = []
    made: Made = {}
    for number, loop in enumerate(found):
        report = LoopReport(loop.control, program.blocks[loop.body].ops)
        written = target_label(loop.control) if loop.is_hardware else None
        ways = Ways(loop.control.statement, around.free, f"~{number + 1}", written or f"~{number + 1}.end")
        rewriter = _Loop(program, loop, report, around, aliases, stated, oracle, ways)
        blocks = rewriter.rewrite()
        reports.append(report)
        if blocks:
            made[rewriter.first] = (loop.after, blocks)
    return reports, made


def _splice(program: Blocks, made: Made) -> None:
    """Exchange blocks, up to the one given with them, and count anew what refers to them."""
    old, program.blocks = program.blocks, []
    moved = []
    number = 0
    while number < len(old):
        moved.append(len(program.blocks))
        if number in made:
            after, blocks = made[number]
            program.blocks += blocks
            moved += [len(program.blocks)] * (after - number - 1)
            number = after
        else:
            program.blocks.append(old[number])
            number += 1
    moved.append(len(program.blocks))
    for check in program.checks:
        check.start, check.end = moved[check.start], moved[check.end]
    program.where = {label: place for place, block in enumerate(program.blocks) for label in block.labels}
    program.targets |= {label for _, blocks in made.values() for block in blocks for label in block.labels}


@dataclass(slots=True)
class _Loop:
    """One loop on its way; `first` is the first block that is replaced."""

    program: Blocks
    loop: Candidate
    report: LoopReport
    around: Surroundings
    aliases: Aliases
    stated: Stated
    oracle: Oracle | None
    ways: Ways
    first: int = field(init=False)

    def __post_init__(self) -> None:
        self.first = self.loop.first

    def rewrite(self) -> list[Block]:
        """The blocks that take the loop's place; none when it stays."""
        self.report.reason = refusal(self.program, self.loop)
        if self.report.reason:
            return []
        block = self.program.blocks[self.loop.body]
        ops = [op for op in block.ops if op is not block.control]
        body = analyse(ops, self.stated.is_independent(self.loop.names))
        self.report.listed = listed_round(block.ops, self.aliases)
        if self.loop.is_hardware:
            inside = self.program.blocks[self.loop.first + 1 : self.loop.after]
            self.ways.inner = [label for each in inside for label in each.labels]
            self._hardware(body)
        else:
            self._idiom(body)
        if self.ways.flaw:
            self.report.reason = f"the check of its data flow says: {self.ways.flaw}"
            return []
        return self.ways.blocks + self._room_to_wait()

    def _room_to_wait(self) -> list[Block]:
        """An empty block where bundles as written follow those made here, for what is still in flight."""
        following = self.program.blocks[self.loop.after : self.loop.after + 1]
        return [Block()] if self.ways.blocks and following and following[0].is_explicit else []

    # Loops written with `loop` ------------------------------------------------------------------
    def _hardware(self, body: Body) -> None:
        rounds = loop_count(self.loop.control)
        head = self.program.blocks[self.loop.first]
        if rounds is not None:
            self._known(body, rounds, head.labels, head.ops[:-1])
        elif "ra" not in self.loop.control.row.format.names:
            self.report.reason = "its count is known only when it is linked"
        elif levels_left(self.loop, self.around) < 2:
            self.report.reason = "too many hardware loops may be under way"
        elif pipeline := self._kernel(body, COUNTERS):
            maker = Maker(self.loop.control.statement, head.ops[:-1])
            maker.immediate("max", self.around.free[0], self.loop.control.value("ra"), 0)
            self._guarded(pipeline, head.labels, maker)

    def _known(self, body: Body, rounds: int, labels: list[str], before: list[AsmOp]) -> None:
        """A count known now: what does not fill whole turns begins before the first."""
        if rounds <= 1:
            self.report.reason = "it runs at most once"
            return
        pipeline = self._kernel(body, 0)
        if pipeline is None:
            return
        copies = pipeline.names.copies
        turns = max(0, rounds - pipeline.kernel.stages + 1) // copies
        if turns == 1 and rounds * len(pipeline.body.ops) <= MOST_LEAD:
            turns = 0
        pipeline.lead = rounds - turns * copies
        if not self._pays(pipeline, rounds):
            self.report.reason = "it is over before it would pay"
            return
        self.ways.constant(pipeline, turns, labels, before)

    def _pays(self, pipeline: Pipeline, rounds: int) -> bool:
        kernel = pipeline.kernel
        return (rounds - 1) * kernel.interval + kernel.span(pipeline.body.ops) < rounds * self.report.listed

    # Loops that jump back -----------------------------------------------------------------------
    def _idiom(self, body: Body) -> None:
        idiom = recognise(body, self.loop.control)
        if isinstance(idiom, str):
            self.report.reason = idiom
            return
        number = way_in(self.program, self.loop.body, self.around.jumps)
        before = self.program.blocks[number] if number is not None else None
        rounds, difference = known_rounds(before, idiom), exact_rounds(before, idiom)
        if rounds is not None and levels_left(self.loop, self.around):
            self._known(body, rounds, *self._joined(number))
        elif levels_left(self.loop, self.around) < 2:
            self.report.reason = "too many hardware loops may be under way"
        elif pipeline := self._kernel(body, COUNTERS):
            self._exact(pipeline, difference, number) if difference else self._counted(pipeline, idiom)

    def _counted(self, pipeline: Pipeline, idiom: Idiom) -> None:
        """The jump back still decides: what is counted may be less than all rounds."""
        maker = Maker(self.loop.control.statement)
        count_rounds(maker, idiom, self.around.free[0])
        self._guarded(pipeline, self.program.blocks[self.loop.body].labels, maker)
        self.ways.blocks.append(Block([self.ways.end], [self.loop.control], control=self.loop.control))

    def _exact(self, pipeline: Pipeline, difference: Difference, before: int | None) -> None:
        """What is counted are all rounds."""
        labels, ops = self._joined(before)
        few = self._few(pipeline)
        if few and pipeline.lead > 1 and self.stated.rounds(self.loop.names) == Rounds():
            self.ways.ladder(pipeline, few, difference, labels, ops)
        else:
            maker = Maker(self.loop.control.statement, ops)
            maker.immediate("max", self.around.free[0], difference.register, difference.less + 1)
            maker.immediate("sub", self.around.free[0], self.around.free[0], difference.less)
            self._guarded(pipeline, labels, maker)
        self.ways.blocks.append(Block([self.ways.end]))

    def _joined(self, before: int | None) -> tuple[list[str], list[AsmOp]]:
        """The labels and ops to begin with: those of the block before, unless a region is measured that ends there."""
        own = self.program.blocks[self.loop.first].labels
        edges = [edge for check in self.program.checks for edge in (check.start, check.end)]
        if before is None or any(before < edge <= self.loop.first for edge in edges):
            return own, []
        self.first, self.ways.inner = before, own
        return self.program.blocks[before].labels, list(self.program.blocks[before].ops)

    # Both ---------------------------------------------------------------------------------------
    def _kernel(self, body: Body, counters: int) -> Pipeline | None:
        """A kernel with names out of what `counters` registers leave; the reason is in the report if there is none."""
        if len(self.around.free) < counters:
            self.report.reason = f"it needs {counters} registers to count and the file leaves {len(self.around.free)}"
            return None
        find = self.oracle.kernel if self.oracle else find_kernel
        found = find(body, self.around.free[counters:], self.aliases, self.report)
        if found is None:
            self.report.reason = self._no_kernel()
            return None
        kernel, names = found
        self.report.settle(body, kernel, names)
        lead = -(-(kernel.stages - 1) // names.copies) * names.copies
        return Pipeline(body, kernel, names, lead)

    def _no_kernel(self) -> str:
        if self.report.bound >= self.report.listed:
            cycles = f"{self.report.listed} cycle{'s' * (self.report.listed > 1)}"
            return f"a round takes {cycles} and cannot start sooner after another"
        return "no initiation interval fits that is less than a round"

    def _few(self, pipeline: Pipeline) -> Pipeline | None:
        """The rounds two at a time, without more names, for few of them."""
        short = find_short(pipeline.body, self.aliases, self.report.listed)
        return Pipeline(pipeline.body, short, Names(1, {}), 1) if short else None

    def _guarded(self, pipeline: Pipeline, labels: list[str], make: Maker) -> None:
        """The pipelined rounds if there are enough, and the rounds left; `make` has left their number in free[0]."""
        rounds, copies = self.stated.rounds(self.loop.names), pipeline.names.copies
        few = self._few(pipeline)
        if pipeline.lead == copies == 1:
            self.ways.short(pipeline, labels, make, self.loop.is_hardware)
        elif few and rounds.most is not None and rounds.most < pipeline.lead:
            self.ways.short(few, labels, make, self.loop.is_hardware)
        elif rounds.least >= pipeline.lead and rounds.multiple % copies == 0:
            self.ways.whole(pipeline, labels, make)
        else:
            self.ways.both(pipeline, few, labels, make)
