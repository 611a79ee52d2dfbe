"""Pipelined loops put in the place of those written.

Of a loop whose count is known only when it runs they are

            (what stands before the loop, and ops that count)
            loop    once, ~rest         ; once, or not at all when there are too few rounds
            (prologue; its last bundle holds `loop turns, ~drain`)
            (kernel)
    ~drain: (epilogue)
    ~rest:  loop    once_left, ~end     ; the rounds that are left: two stages, which any number of rounds fills,
            (prologue, kernel, epilogue), or the body as written
    ~end:   (of a loop that jumps back the jump, which decides)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from asm.facts import target_label
from asm.program import AsmOp, Explicit
from asm.schedule.blocks import Block, Blocks
from asm.schedule.loops.body import Body, analyse
from asm.schedule.loops.count import Idiom, count_rounds, recognise
from asm.schedule.loops.emit import Pipeline, bundles, squeeze
from asm.schedule.loops.find import Candidate, Stated, Surroundings, levels_left, refusal, survey
from asm.schedule.loops.known import known_rounds
from asm.schedule.loops.make import Maker
from asm.schedule.loops.names import Names
from asm.schedule.loops.proof import Loop, flaw
from asm.schedule.loops.report import LoopReport
from asm.schedule.loops.search import find_kernel, find_short, listed_round
from asm.schedule.memory import Aliases
from asm.schedule.oracle import Oracle
from asm.schedule.paths import loop_count

MOST_LEAD = 512  # ops of the rounds that begin before the kernel
COUNTERS = 5  # registers that count the rounds of a loop whose count is not known


def pipeline_loops(
    program: Blocks, found: Sequence[Candidate], aliases: Aliases, stated: Stated, oracle: Oracle | None = None
) -> list[LoopReport]:
    """Rewrite a program's loops in place; says what became of each. An `oracle` finds the kernels, if there is one."""
    around = survey(program)
    reports, made = [], {}
    for number, loop in enumerate(found):
        report = LoopReport(loop.control, program.blocks[loop.body].ops)
        blocks = _Loop(program, loop, report, around, aliases, f"~{number + 1}", stated, oracle).rewrite()
        reports.append(report)
        if blocks:
            made[loop.first] = (loop, blocks)
    if made:
        _splice(program, made)
    return reports


def _splice(program: Blocks, made: dict[int, tuple[Candidate, list[Block]]]) -> None:
    """Exchange blocks, and count anew what refers to them."""
    old, program.blocks = program.blocks, []
    moved = []
    number = 0
    while number < len(old):
        moved.append(len(program.blocks))
        if number in made:
            loop, blocks = made[number]
            program.blocks += blocks
            moved += [len(program.blocks)] * (loop.after - loop.first - 1)
            number = loop.after
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
    """One loop on its way; `name` makes its labels different from all others."""

    program: Blocks
    loop: Candidate
    report: LoopReport
    around: Surroundings
    aliases: Aliases
    name: str
    stated: Stated
    oracle: Oracle | None
    blocks: list[Block] = field(default_factory=list)
    flaw: str = ""
    labels: list[str] = field(default_factory=list)  # that stand in the body and that nothing goes to

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
            self.labels = [label for each in inside for label in each.labels]
            self._hardware(body)
        else:
            self._idiom(body)
        if self.flaw:
            self.report.reason = f"the check of its data flow says: {self.flaw}"
            return []
        return self.blocks + self._room_to_wait()

    def _room_to_wait(self) -> list[Block]:
        """An empty block where bundles as written follow those made here, for what is still in flight."""
        following = self.program.blocks[self.loop.after : self.loop.after + 1]
        return [Block()] if self.blocks and following and following[0].is_explicit else []

    # Loops written with `loop` ------------------------------------------------------------------
    def _hardware(self, body: Body) -> None:
        rounds = loop_count(self.loop.control)
        if rounds is not None:
            self._known(body, rounds)
        elif "ra" not in self.loop.control.row.format.names:
            self.report.reason = "its count is known only when it is linked"
        elif levels_left(self.loop, self.around) < 2:
            self.report.reason = "too many hardware loops may be under way"
        else:
            pipeline = self._kernel(body, COUNTERS)
            if pipeline:
                head = self.program.blocks[self.loop.first]
                maker = Maker(self.loop.control.statement, head.ops[:-1])
                maker.immediate("max", self.around.free[0], self.loop.control.value("ra"), 0)
                self._guarded(pipeline, head.labels, maker)

    def _known(self, body: Body, rounds: int) -> None:
        """A count known now."""
        if rounds <= 1:
            self.report.reason = "it runs at most once"
        elif pipeline := self._kernel(body, 0):
            self._constant(pipeline, rounds)

    def _constant(self, pipeline: Pipeline, rounds: int) -> None:
        """What does not fill whole turns begins before the first."""
        copies = pipeline.names.copies
        turns = max(0, rounds - pipeline.kernel.stages + 1) // copies
        if turns == 1 and rounds * len(pipeline.body.ops) <= MOST_LEAD:
            turns = 0
        pipeline.lead = rounds - turns * copies
        if not self._pays(pipeline, rounds):
            self.report.reason = "it is over before it would pay"
            return
        head = self.program.blocks[self.loop.first]
        maker = Maker(self.loop.control.statement)
        for to, register in pipeline.entry_moves():
            maker.move(to, register)
        before = head.ops[:-1] if self.loop.is_hardware else []
        self.blocks.append(Block(head.labels, before + maker.ops))
        self._emit(pipeline, maker.loop_constant(turns, self._label("drain")) if turns else None, [], "drain")

    def _pays(self, pipeline: Pipeline, rounds: int) -> bool:
        kernel = pipeline.kernel
        return (rounds - 1) * kernel.interval + kernel.span(pipeline.body.ops) < rounds * self.report.listed

    # Loops that jump back -----------------------------------------------------------------------
    def _idiom(self, body: Body) -> None:
        idiom = recognise(body, self.loop.control)
        if isinstance(idiom, str):
            self.report.reason = idiom
            return
        rounds = known_rounds(self.program, self.loop.body, idiom, self.around.jumps)
        if rounds is not None and levels_left(self.loop, self.around):
            self._known(body, rounds)
        elif levels_left(self.loop, self.around) < 2:
            self.report.reason = "too many hardware loops may be under way"
        else:
            pipeline = self._kernel(body, COUNTERS)
            if pipeline:
                self._counted(pipeline, idiom)

    def _counted(self, pipeline: Pipeline, idiom: Idiom) -> None:
        maker = Maker(self.loop.control.statement)
        count_rounds(maker, idiom, self.around.free[0])
        self._guarded(pipeline, self.program.blocks[self.loop.body].labels, maker)
        self.blocks.append(Block([self._label("end")], [self.loop.control], control=self.loop.control))

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

    def _guarded(self, pipeline: Pipeline, labels: list[str], make: Maker) -> None:
        """The pipelined rounds if there are enough, and the rounds left; `make` has left their number in free[0]."""
        rounds, copies = self.stated.rounds(self.loop.names), pipeline.names.copies
        short = find_short(pipeline.body, self.aliases, self.report.listed)
        few = Pipeline(pipeline.body, short, Names(1, {}), 1) if short else None
        if pipeline.lead == copies == 1:
            self._add_short(pipeline, labels, make)
        elif few and rounds.most is not None and rounds.most < pipeline.lead:
            self._add_short(few, labels, make)
        elif rounds.least >= pipeline.lead and rounds.multiple % copies == 0:
            self._add_whole(pipeline, labels, make)
        else:
            self._add_both(pipeline, few, labels, make)

    def _add_whole(self, pipeline: Pipeline, labels: list[str], make: Maker) -> None:
        """Rounds that are enough and fill whole turns, as `.trip` states."""
        turns = self._count_turns(pipeline, make)
        self.blocks.append(Block(labels, make.ops))
        self._emit(pipeline, turns, [], "drain")

    def _count_turns(self, pipeline: Pipeline, make: Maker) -> AsmOp:
        """The `loop` of the kernel; its count is made in free[1]."""
        count, turns = self.around.free[:2]
        make.immediate("sub", turns, count, pipeline.lead)
        make.immediate("sar", turns, turns, pipeline.names.copies.bit_length() - 1)
        return make.loop_register(turns, self._label("drain"))

    def _add_both(self, pipeline: Pipeline, few: Pipeline | None, labels: list[str], make: Maker) -> None:
        """The pipelined rounds, once or not at all, and those that are left, as `few` or as written."""
        count, _, once, turns_left, once_left = self.around.free[:COUNTERS]
        turns = self._count_turns(pipeline, make)
        make.immediate("sub", once, count, pipeline.lead - 1)
        make.immediate("min", once, once, 1)
        after = Maker(self.loop.control.statement)
        after.immediate("and", count, count, pipeline.names.copies - 1)
        for maker in (make, after) if few else ():
            maker.immediate("sub", turns_left, count, 1)
            maker.immediate("min", once_left, count, 1)
        guard = make.loop_register(once, self._label("rest"))
        self.blocks.append(Block(labels, [*make.ops, guard], control=guard))
        self._emit(pipeline, turns, after.ops, "drain")
        control = make.loop_register(once_left if few else count, self._end)
        self.blocks.append(Block([self._label("rest")], [control], control=control))
        if few:
            self._emit(few, make.loop_register(turns_left, self._label("last")), [], "last")
        else:
            self.blocks.append(Block(ops=[replace(op, values=list(op.values)) for op in pipeline.body.ops]))

    def _add_short(self, pipeline: Pipeline, labels: list[str], make: Maker) -> None:
        """Two stages and no more names: right for all counts from 1 up."""
        count, turns = self.around.free[:2]
        make.immediate("sub", turns, count, 1)
        ops = make.ops
        if self.loop.is_hardware:
            make.immediate("min", count, count, 1)
            ops = [*ops, make.loop_register(count, self._end)]
        self.blocks.append(Block(labels, ops, control=ops[-1] if self.loop.is_hardware else None))
        self._emit(pipeline, make.loop_register(turns, self._label("drain")), [], "drain")

    def _emit(self, pipeline: Pipeline, turns: AsmOp | None, extra: list[AsmOp], drain: str) -> None:
        """Prologue, kernel and epilogue; `extra` ops go where the prologue has room."""
        near = self.loop.control.statement
        start = pipeline.lead * pipeline.kernel.interval
        rows = pipeline.prologue()
        if extra:
            squeeze(rows, extra)
        if turns is not None:
            rows.setdefault(start - 1, []).append(turns)
        made = Loop(bundles(rows, start, near), [], [])
        if turns is not None:
            rows = pipeline.turns()
            made.turn = bundles({0: [], **rows}, pipeline.turn, near)
        rows = pipeline.epilogue()
        made.epilogue = bundles({0: [], **rows}, max(rows) + 1, near)
        self.flaw = self.flaw or flaw(pipeline, made)
        self._explicit(self.labels, made.prologue, turns)
        self.labels = []
        if made.turn:
            self._explicit([], made.turn)
        self._explicit([self._label(drain)], made.epilogue)

    def _explicit(self, labels: list[str], made: list[Explicit], control: AsmOp | None = None) -> None:
        self.blocks.append(Block(labels, bundles=made, is_explicit=True, control=control, is_pipelined=True))

    def _label(self, what: str) -> str:
        return f"{self.name}.{what}"

    @property
    def _end(self) -> str:
        """The label after all rounds."""
        written = target_label(self.loop.control) if self.loop.is_hardware else None
        return written or self._label("end")
