"""The blocks of a pipelined loop: which way is taken is decided by the number of rounds.

Prologue and epilogue are linear blocks, scheduled like all others for what is on its way where they are entered; the
kernel is explicit. Of a loop whose count is known only when it runs they are

            (what stands before the loop, and ops that count)
            loop    once, ~rest         ; once, or not at all when there are too few rounds
            (prologue)
            loop    turns, ~drain
            (kernel)
    ~drain: (epilogue)
    ~rest:  loop    once_left, ~end     ; the rounds that are left: two stages, which any number of rounds fills,
            (prologue, kernel, epilogue), or the body as written
    ~end:   (of a loop that jumps back the jump, which decides)
"""

from __future__ import annotations

from collections.abc import Sequence

from asm.program import AsmOp, Explicit
from asm.schedule.blocks import Block
from asm.schedule.loops.emit import Pipeline, apart, bundles, in_order
from asm.schedule.loops.known import Difference
from asm.schedule.loops.make import Maker
from asm.schedule.loops.proof import Loop, flaw
from asm.schedule.loops.start import Start, start_of
from asm.tree import OpStmt
from isa.records import dataclass, field, replace


@dataclass(slots=True)
class Ways:
    """Collects blocks. `near` is the statement that the assembler's own ops carry, `free` are registers to count in.

    `name` makes labels different from those of other loops, and `end` is the one after all rounds; `inner` are labels
    of the body that nothing goes to. `flaw` says what the blocks do that the loop does not.
    """

    near: OpStmt
    free: Sequence[int]
    name: str
    end: str
    inner: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    flaw: str = ""

    # Numbers of rounds ----------------------------------------------------------------------------
    def constant(self, pipeline: Pipeline, turns: int, labels: list[str], before: list[AsmOp]) -> None:
        """A count known now, of which `turns` turns of the kernel are left after the prologue."""
        make = Maker(self.near, before)
        for to, register in pipeline.entry_moves():
            make.move(to, register)
        self._pipeline(pipeline, make.loop_constant(turns, self.label("drain")) if turns else None, labels, make.ops)

    def whole(self, pipeline: Pipeline, labels: list[str], make: Maker) -> None:
        """Rounds that are enough and fill whole turns; `make` has left their number in free[0]."""
        self._pipeline(pipeline, self._count_turns(pipeline, make), labels, make.ops)

    def short(self, pipeline: Pipeline, labels: list[str], make: Maker, may_be_none: bool) -> None:
        """Two stages and no more names: right for all counts from 1 up, and for 0 with a loop around them."""
        count, turns = self.free[:2]
        make.immediate("sub", turns, count, 1)
        control = make.loop_register(turns, self.label("drain"))
        if may_be_none:
            make.immediate("min", count, count, 1)
            self._linear(labels, make.ops, make.loop_register(count, self.end))
            labels, make.ops = [], []
        self._pipeline(pipeline, control, labels, make.ops)

    def both(self, pipeline: Pipeline, few: Pipeline | None, labels: list[str], make: Maker) -> None:
        """The pipelined rounds, once or not at all, and those that are left, as `few` or as written."""
        count, _, once, turns_left, once_left = self.free[:5]
        turns = self._count_turns(pipeline, make)
        make.immediate("sub", once, count, pipeline.lead - 1)
        make.immediate("min", once, once, 1)
        after = Maker(self.near)
        after.immediate("and", count, count, pipeline.names.copies - 1)
        for maker in (make, after) if few else ():
            maker.immediate("sub", turns_left, count, 1)
            maker.immediate("min", once_left, count, 1)
        self._linear(labels, make.ops, make.loop_register(once, self.label("rest")))
        self._pipeline(pipeline, turns, [], after.ops)
        self._linear([self.label("rest")], [], make.loop_register(once_left if few else count, self.end))
        if few:
            self._pipeline(few, make.loop_register(turns_left, self.label("last")), [], [])
        else:
            self._linear([], [replace(op, values=list(op.values)) for op in pipeline.body.ops])

    def ladder(
        self, pipeline: Pipeline, few: Pipeline, rounds: Difference, labels: list[str], before: list[AsmOp]
    ) -> None:
        """One round, few, or many: the first begins while the way is chosen.

                (what stands before the loop)
                cmp     count, 2
                (the first ops of the first round)  ||  jlt ~one  ||  cmp count, lead
                jlt     ~few
                (prologue)
                loop    turns, ~drain
                (kernel)
        ~drain: (epilogue)
                loop    once_left, ~end
                (the first ops of a round)
        ~few:   (prologue, kernel and epilogue of two stages)
                jmp     ~end
        ~one:   (the rest of the first round)
        ~end:
        """
        start = start_of(pipeline, few, rounds.register)
        make = Maker(self.near)
        once_left, turns_left = self.free[:2]
        self._linear(labels, [*before, make.compare(rounds.register, rounds.less + 2)])
        compare = make.compare(rounds.register, rounds.less + pipeline.lead, start.unit_left())
        self._bundle([*start.ops(), compare], make.jump("jlt", self.label("one")))
        if pipeline.lead > 2:
            left = make.op("sub", "rd, ra, imm", rd=turns_left, ra=rounds.register, imm=rounds.less + 1, u=0)
            self._bundle([left], make.jump("jlt", self.label("few")))
        turns = self._count_left(pipeline, rounds, make)
        self._pipeline(pipeline, turns, [], make.ops, start)
        if pipeline.names.copies > 1:
            self._end_with(make.loop_register(once_left, self.end))
            self._linear([], start.ops(), make.op("nop", "count", count=start.latency))
        else:
            self._end_with(make.jump("jmp", self.end))
        control = make.loop_register(turns_left, self.label("last"))
        self._pipeline(few, control, [self.label("few")], [], start, start.handed_over(make))
        self._end_with(make.jump("jmp", self.end))
        rest = start.rest(make)
        self._check(few, [*start.ops(), *rest], [], [])
        self._linear([self.label("one")], rest)

    def _count_turns(self, pipeline: Pipeline, make: Maker) -> AsmOp:
        """The `loop` of the kernel; its count is made in free[1]."""
        count, turns = self.free[:2]
        make.immediate("sub", turns, count, pipeline.lead)
        make.immediate("sar", turns, turns, pipeline.names.copies.bit_length() - 1)
        return make.loop_register(turns, self.label("drain"))

    def _count_left(self, pipeline: Pipeline, rounds: Difference, make: Maker) -> AsmOp:
        """The `loop` of the kernel of many rounds; also made are the numbers of those left after it."""
        once_left, turns_left, turns = self.free[:3]
        copies = pipeline.names.copies
        make.immediate("sub", turns, rounds.register, rounds.less + pipeline.lead)
        if copies > 1:
            make.immediate("and", once_left, turns, copies - 1)
            make.immediate("sar", turns, turns, copies.bit_length() - 1)
            make.immediate("sub", turns_left, once_left, 1)
            make.immediate("min", once_left, once_left, 1)
        return make.loop_register(turns, self.label("drain"))

    # Blocks ---------------------------------------------------------------------------------------
    def _pipeline(
        self,
        pipeline: Pipeline,
        turns: AsmOp | None,
        labels: list[str],
        before: list[AsmOp],
        start: Start | None = None,
        moves: Sequence[AsmOp] = (),
    ) -> None:
        """Prologue, kernel and epilogue. The prologue is one block with the ops `before` it.

        When a round is under way already, `start` says with what, and `moves` give its results other names.
        """
        try:
            first = in_order(pipeline.prologue(start.early if start else ()))
            last = in_order(pipeline.epilogue())
        except ValueError as problem:
            self.flaw = str(problem)
            return
        turn = bundles({0: [], **pipeline.turns()}, pipeline.turn, self.near) if turns else []
        self._check(pipeline, [*(start.ops() if start else []), *moves, *first], turn, last)
        if turns is None:
            self._linear([*labels, *self.inner], [*before, *first, *last])
        else:
            self._linear(labels, [*before, *moves, *first], turns)
            self.blocks.append(Block(self.inner, bundles=turn, is_explicit=True, is_pipelined=True))
            self._linear([turns.references[0].symbol], last)
        self.inner = []

    def _check(self, pipeline: Pipeline, first: list[AsmOp], turn: list[Explicit], last: list[AsmOp]) -> None:
        made = Loop(apart(first, self.near), turn, apart(last, self.near))
        self.flaw = self.flaw or flaw(pipeline, made)

    def _linear(self, labels: list[str], ops: list[AsmOp], control: AsmOp | None = None) -> None:
        self.blocks.append(Block(labels, [*ops, control] if control else ops, control=control, is_pipelined=True))

    def _end_with(self, control: AsmOp) -> None:
        """Let a control op end the last block."""
        self.blocks[-1].ops.append(control)
        self.blocks[-1].control = control

    def _bundle(self, ops: list[AsmOp], control: AsmOp) -> None:
        bundle = Explicit([*ops, control], control.place)
        self.blocks.append(Block(bundles=[bundle], is_explicit=True, is_pipelined=True, control=control))

    def label(self, what: str) -> str:
        return f"{self.name}.{what}"
