"""The text of a source to items for the scheduler: ops matched, bundles and timelines put together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice, takewhile
from typing import TYPE_CHECKING, TypeGuard

from asm.errors import error
from asm.operands.match import match
from asm.operands.overlap import Joint, joint_of
from asm.program import AsmOp, CycleCheck, Explicit, Item, Label, Linear, TimedOp, Timeline
from asm.schedule.oracle import Oracle
from asm.scope.scope import Scope
from asm.tree import Brace, DirectiveStmt, LabelDef, OpStmt, Statement, String
from asm.write.verbatim import Raw
from isa.codec import SYLLABLE_MASK
from isa.diagnostics import Diagnostic, SourceError
from isa.table import MNEMONICS

if TYPE_CHECKING:
    from asm.streams.loops.body import TileLoop

CHECKS = ("cycles", "drain", "assert")
LOOPS = frozenset(mnemonic for mnemonic, rows in MNEMONICS.items() if rows[0].control == "loop")


class ItemBuilder:
    """Builds the items one statement at a time; a statement with an error is reported and left out."""

    def __init__(self, scope: Scope, report: Callable[[SourceError], None], oracle: Oracle | None = None) -> None:
        self.scope = scope
        self.report = report
        self.oracle = oracle
        self.items: list[Item | Raw] = []
        self.labels: list[Label] = []
        self.unchecked: DirectiveStmt | None = None
        self.bundle: Explicit | None = None
        self.dropped = False  # whether an op of this bundle was left out
        self.timeline: Timeline | None = None
        self.skipping = False  # inside a bundle that should not be there
        self.names: list[str] = []  # labels in a timeline that wait for their op
        self.found: list[Timeline] = []  # what such runs became
        self.loops: list[tuple[int, TileLoop]] = []  # loops over tensor code, each before the item of a number
        self.run: list[OpStmt] = []  # linear ops of the tensor face that are scheduled together
        self.joint: Joint | None = None  # an `.overlap` that waits for its second timeline
        self.checks: list[CycleCheck] = []  # in a timeline, whose lines stand in any order: they wait for its end

    def build(self, statements: Iterable[Statement]) -> list[Item | Raw]:
        text = list(statements)
        number = 0
        while number < len(text):
            size = self._tile_loop(text, number)
            try:
                if not size:
                    self._take(text[number])
            except SourceError as problem:
                self.dropped = True
                self.report(problem)
            number += max(1, size)
        self._end_run(waits=False)
        if self.timeline is not None:
            self.report(SourceError(_unclosed(self.timeline)))
        elif self.joint is not None:
            self.report(self.joint.unmet())
        return self.items

    def _take(self, statement: Statement) -> None:
        if self.timeline is None and self.bundle is None and _joins_a_run(statement):
            self.run.append(statement)
            return
        if self.run:
            self._end_run(not _ends_the_program(statement))
        if type(statement) is OpStmt:
            self._op(statement)
        elif isinstance(statement, LabelDef):
            self._label(statement)
        elif isinstance(statement, Brace):
            self._brace(statement)
        elif isinstance(statement, DirectiveStmt):
            self._directive(statement)

    def _tile_loop(self, text: Sequence[Statement], at: int) -> int:
        """Read a loop over tensor code that begins with a statement; how many that took, 0 when there is none."""
        statement = text[at]
        if type(statement) is not OpStmt or statement.mnemonic not in LOOPS or self.timeline or self.bundle:
            return 0
        straight = list(takewhile(lambda inside: type(inside) is OpStmt, islice(text, at + 1, None)))
        if not any(map(_joins_a_run, straight)):
            return 0
        from asm.streams.loops.body import tile_loop
        from asm.streams.loops.find import written_loop

        self._end_run(waits=True)
        written = written_loop(self.scope, text, at)
        try:
            found = None if written is None else tile_loop(self.scope, written)
        except SourceError as problem:
            self.report(problem)
            return 1 + len(straight)
        if found is None:
            return 0
        self.loops.append((len(self.items), found))
        return 1 + len(straight)

    def _op(self, statement: OpStmt) -> None:
        if self.skipping:
            return
        op = match(self.scope, statement)
        if self.timeline is not None:
            self.timeline.ops.append(self._timed(op))
        elif statement.timing is not None:
            raise error("E-TIMELINE", "a time stands outside a timeline", statement.line, statement.timing, IN_TIMELINE)
        elif self.bundle is not None:
            self.bundle.ops.append(op)
        else:
            self.items.append(Linear(op))

    def _end_run(self, waits: bool) -> None:
        """Schedule the tensor ops of linear code that came one after the other; `waits` says that more code follows."""
        run, self.run = self.run, []
        if run:
            from asm.streams.region import timeline_of  # what scalar programs do without

            found = timeline_of(self.scope, run, waits, self.report, self.oracle)
            self.found += [found] if found is not None else []
            self.items += [found] if found is not None else []

    def _timed(self, op: AsmOp) -> TimedOp:
        timing, line = op.statement.timing, op.statement.line
        names, self.names = tuple(self.names), []
        if timing is None:
            raise error("E-TIMELINE", "an op in a timeline needs a time", line, op.statement, TIMES)
        value = self.scope.evaluate(timing.value, line) if timing.value is not None else 0
        if not isinstance(value, int):
            raise error("E-TIMELINE", "a time is a number of cycles", line, timing)
        after = tuple(label.text for label in timing.labels)
        return TimedOp(op, names, timing.kind, value, after, op.place)

    def _label(self, statement: LabelDef) -> None:
        if self.timeline is not None:
            self.names.append(statement.name)
            return
        label = Label(statement.name, statement.line.place(statement.column, statement.end))
        self.labels.append(label)
        self.items.append(label)

    def _brace(self, statement: Brace) -> None:
        if self.timeline is not None:
            self.skipping = statement.open
            if statement.open:
                raise error("E-TIMELINE", "a bundle stands inside a timeline", statement.line, statement, NO_BRACES)
        elif statement.open:
            self.dropped = False
            self.bundle = Explicit([], statement.line.place(statement.column, statement.end))
        elif self.bundle is not None:
            bundle, self.bundle = self.bundle, None
            self._close(bundle, statement)

    def _close(self, bundle: Explicit, statement: Brace) -> None:
        if not bundle.ops and not self.dropped:
            raise error("E-BUNDLE", "a bundle holds at least one op", statement.line, statement, WAITING)
        self.items.append(bundle)

    # Directives -------------------------------------------------------------------------------
    def _directive(self, statement: DirectiveStmt) -> None:
        if statement.name in CHECKS:
            self._check(statement)
        elif statement.name == "unchecked":
            self.unchecked = statement
        elif statement.name == "syllable":
            self._syllables(statement)
        elif statement.name == "timeline":
            self._open_timeline(statement)
        elif statement.name == "overlap":
            self._overlap(statement)
        elif self.timeline is None:
            raise error("E-TIMELINE", "`.endtimeline` closes nothing", statement.line, statement)
        else:
            self._close_timeline(self.timeline)

    def _syllables(self, statement: DirectiveStmt) -> None:
        """`.syllable 0x...`: text as it is, instruction or not"""
        if self.unchecked is None:
            raise error("E-DIRECTIVE", "`.syllable` needs `.unchecked` before it", statement.line, statement)
        place = statement.line.place(statement.column, statement.end)
        for node in statement.arguments:
            value = self.scope.evaluate(node, statement.line)
            if not isinstance(value, int) or not 0 <= value <= SYLLABLE_MASK:
                raise error("E-RANGE", "a syllable is an integer of 64 bits", statement.line, node)
            self.items.append(Raw(value, place))

    def _open_timeline(self, statement: DirectiveStmt) -> None:
        place = statement.line.place(statement.column, statement.end)
        if self.timeline is not None:
            self.report(SourceError(_unclosed(self.timeline)))
        self.timeline = Timeline([], place)
        if self.joint is not None and not self.joint.is_met_by(self.items):
            joint, self.joint = self.joint, None
            raise joint.unmet()

    def _close_timeline(self, timeline: Timeline) -> None:
        joint, self.joint = self.joint, None
        if joint is not None:
            timeline.checks += self.checks
            joint.meet(timeline)
        else:
            self.items += [timeline, *self.checks]
        self.timeline, self.checks = None, []

    def _overlap(self, statement: DirectiveStmt) -> None:
        """`.overlap N`, `.overlap max`"""
        if self.timeline is not None:
            raise error("E-OVERLAP", "`.overlap` stands inside a timeline", statement.line, statement, BETWEEN)
        before, self.joint = self.joint, None
        if before is not None:
            self.report(before.unmet())
        self.joint = joint_of(self.scope, statement, self.items)

    def _check(self, statement: DirectiveStmt) -> None:
        """`.cycles N`, `.drain N`, `.assert EXPR, "text"`"""
        arguments = statement.arguments
        text = arguments[1].value if len(arguments) == 2 and isinstance(arguments[1], String) else ""
        if len(arguments) != (2 if text else 1):
            raise error("E-DIRECTIVE", f"`.{statement.name}` takes {TAKES[statement.name]}", statement.line, statement)
        node = self.scope.expression(arguments[0], statement.line)
        place = statement.line.place(statement.column, statement.end)
        items = self.items if self.timeline is None else self.checks
        items.append(CycleCheck(statement.name, node, text, statement.line, place))


def may_stream(mnemonic: str) -> bool:
    """A quick answer for scalar ops, which are most: they have rows, and those have no place on the floorplan."""
    rows = MNEMONICS.get(mnemonic)
    return rows is None or rows[0].tensor


def _joins_a_run(statement: Statement) -> TypeGuard[OpStmt]:
    """Whether a statement in linear code is an op of the tensor face whose cycle is left to the assembler."""
    if type(statement) is not OpStmt or statement.timing is not None or not may_stream(statement.mnemonic):
        return False
    from asm.streams.statements import is_linear

    return is_linear(statement.mnemonic)


def _ends_the_program(statement: Statement) -> bool:
    rows = MNEMONICS.get(statement.mnemonic, ()) if isinstance(statement, OpStmt) else ()
    return any(row.control == "halt" for row in rows)


def _unclosed(timeline: Timeline) -> Diagnostic:
    return Diagnostic("E-TIMELINE", "`.timeline` is never closed", timeline.place, help="close it with `.endtimeline`")


WAITING = "`nop 1` waits a cycle"
TIMES = "write `@0`, `@+1` or `@after label` before it"
IN_TIMELINE = "put it between .timeline and .endtimeline"
BETWEEN = "put it between the `.endtimeline` of one and the `.timeline` of the next"
NO_BRACES = "ops of one cycle form a bundle by themselves"
TAKES = {"cycles": "a number of cycles", "drain": "a number of cycles", "assert": "a condition and a text"}
