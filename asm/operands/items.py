"""The text of a source to items for the scheduler: ops matched, bundles and timelines put together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice, takewhile
from typing import TYPE_CHECKING, TypeGuard

from asm.errors import error
from asm.facts import flows
from asm.operands.match import match
from asm.operands.overlap import Joint, joint_of
from asm.program import AsmOp, CycleCheck, Explicit, Item, Label, Linear, TimedOp, Timeline
from asm.schedule.memory import Aliases
from asm.schedule.oracle import Oracle
from asm.scope.scope import Scope
from asm.tree import Brace, Bundle, DirectiveStmt, LabelDef, Name, OpStmt, Statement, String, ops_of
from asm.write.verbatim import Raw
from isa.codec import SYLLABLE_MASK
from isa.diagnostics import Diagnostic, SourceError
from isa.records import NamedTuple
from isa.table import MNEMONICS

if TYPE_CHECKING:
    from asm.streams.graph import Node
    from asm.streams.loops.body import TileLoop

CHECKS = ("cycles", "drain", "assert")
LOOPS = frozenset(mnemonic for mnemonic, rows in MNEMONICS.items() if rows[0].control == "loop")


class Run(NamedTuple):
    """Straight linear code with ops of the tensor face: its timeline, the nodes of its graph, and whether more code
    follows, so that it waits until everything has landed."""

    timeline: Timeline
    nodes: list[Node]
    waits: bool


class ItemBuilder:
    """Builds the items one statement at a time; a statement with an error is reported and left out.

    `entered` are labels that directives name.
    """

    def __init__(self, scope: Scope, report: Callable[[SourceError], None], entered: Collection[str] = ()) -> None:
        self.scope = scope
        self.report = report
        self.entered = set(entered)
        self.items: list[Item | Raw] = []
        self.labels: list[Label] = []
        self.unchecked: DirectiveStmt | None = None
        self.bundle: Explicit | None = None
        self.dropped = False  # whether an op of this bundle was left out
        self.timeline: Timeline | None = None
        self.skipping = False  # inside a bundle that should not be there
        self.names: list[str] = []  # labels in a timeline that wait for their op
        self.runs: list[Run] = []
        self.loops: list[tuple[int, TileLoop]] = []  # loops over tensor code, each before the item of a number
        self.straight: list[OpStmt | LabelDef] = []  # linear code that nothing enters or leaves so far
        self.joint: Joint | None = None  # an `.overlap` that waits for its second timeline
        self.checks: list[CycleCheck] = []  # in a timeline, whose lines stand in any order: they wait for its end

    def build(self, statements: Iterable[Statement]) -> list[Item | Raw]:
        """The items; those of `runs` are complete once `schedule` was called, when registers have their numbers."""
        text = list(statements)
        if any(map(joins_a_run, text)):
            self.entered |= _names_used(text)
            self._with_runs(text)
        else:
            for statement in text:
                self._try(statement)
        if self.timeline is not None:
            self.report(SourceError(_unclosed(self.timeline)))
        elif self.joint is not None:
            self.report(self.joint.unmet())
        return self.items

    def _with_runs(self, text: Sequence[Statement]) -> None:
        number = 0
        while number < len(text):
            statement = text[number]
            size = self._tile_loop(text, number)
            if not size and self._is_straight(statement):
                self.straight.append(statement)
            elif not size:
                self._end_run(not _ends_the_program(statement), isinstance(statement, DirectiveStmt))
                self._try(statement)
            number += max(1, size)
        self._end_run(waits=False)

    def schedule(self, aliases: Aliases, oracle: Oracle | None) -> None:
        """Schedule the runs, one after the other; `aliases` are pairs of symbols that may share memory."""
        if not self.runs:
            return
        from asm.streams.again import Runs  # what scalar programs do without

        known = Runs(self.scope, aliases, oracle, len(self.runs))
        for run in self.runs:
            try:
                known.complete(*run)
            except SourceError as problem:
                self.report(problem)

    @property
    def found(self) -> list[Timeline]:
        """What the runs became."""
        return [run.timeline for run in self.runs]

    def _try(self, statement: Statement) -> None:
        try:
            self._take(statement)
        except SourceError as problem:
            self.dropped = True
            self.report(problem)

    def _take(self, statement: Statement) -> None:
        if type(statement) is OpStmt:
            self._op(statement)
        elif type(statement) is Bundle:
            self._bundle(statement)
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
        if not any(map(joins_a_run, straight)):
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

    # Straight linear code -----------------------------------------------------------------------
    def _is_straight(self, statement: Statement) -> TypeGuard[OpStmt | LabelDef]:
        """Whether control comes to a statement only from the one before, and the assembler chooses its cycle."""
        if self.timeline is not None or self.bundle is not None:
            return False
        if type(statement) is OpStmt:
            return statement.timing is None and _may_join_a_run(statement.mnemonic)
        return isinstance(statement, LabelDef) and statement.name not in self.entered

    def _end_run(self, waits: bool, is_measured: bool = False) -> None:
        """Straight code ends: one run or, where a directive measures it from its last label on, two."""
        straight, self.straight = self.straight, []
        labels = [number for number, statement in enumerate(straight) if isinstance(statement, LabelDef)]
        start = labels[-1] if labels and is_measured else 0
        self._straight(straight[:start], waits=True)
        self._straight(straight[start:], waits)

    def _straight(self, straight: list[OpStmt | LabelDef], waits: bool) -> None:
        """Schedule tensor ops and what is around them as one; `waits` says that more code follows."""
        if not any(map(joins_a_run, straight)):
            for statement in straight:
                self._try(statement)
            return
        ops = [each for each in straight if isinstance(each, OpStmt)]
        last = straight.index(ops[-1])
        for label in (each for each in straight[:last] if isinstance(each, LabelDef)):
            self._label(label)
        self._run(ops, waits)
        for label in (each for each in straight[last:] if isinstance(each, LabelDef)):
            self._label(label)

    def _run(self, ops: list[OpStmt], waits: bool) -> None:
        from asm.streams.region import read_run, unscheduled  # what scalar programs do without

        nodes = read_run(self.scope, ops, self.report)
        if nodes is not None:
            self.runs.append(Run(unscheduled(nodes), nodes, waits))
            self.items.append(self.runs[-1].timeline)

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

    def _bundle(self, statement: Bundle) -> None:
        if self.timeline is not None:
            raise _bundle_in_timeline(statement)
        ops: list[AsmOp] = []
        for each in statement.ops:
            try:
                ops.append(match(self.scope, each))
            except SourceError as problem:
                self.report(problem)
        self.items.append(Explicit(ops, statement.line.place(statement.column, statement.end)))

    def _brace(self, statement: Brace) -> None:
        if self.timeline is not None:
            self.skipping = statement.open
            if statement.open:
                raise _bundle_in_timeline(statement)
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


def _names_used(statements: Iterable[Statement]) -> set[str]:
    """The names in operands: those of labels that control may come to are among them."""
    return {name for each in ops_of(statements) for name in _names(each.operands)}


def _names(node: object) -> Iterator[str]:
    """The names in a part of the tree."""
    if isinstance(node, Name):
        yield node.text
    elif isinstance(node, tuple):
        for part in node:
            yield from _names(part)


def _may_join_a_run(mnemonic: str) -> bool:
    """Whether an op, or what may be meant by a misspelt one, leaves when it issues and what follows it open."""
    rows = MNEMONICS.get(mnemonic)
    return rows is None or not (rows[0].control or rows[0].tensor) or _is_linear(mnemonic)


def joins_a_run(statement: Statement) -> bool:
    """Whether a statement is an op of the tensor face as linear code has them."""
    if not isinstance(statement, OpStmt):
        return False
    rows = MNEMONICS.get(statement.mnemonic)
    return (rows is None or rows[0].tensor) and _is_linear(statement.mnemonic)


def _is_linear(mnemonic: str) -> bool:
    rows = MNEMONICS.get(mnemonic)
    if rows is not None:
        return flows(rows[0])
    from asm.streams.statements import NAMES  # what scalar programs do without

    return mnemonic in NAMES


def _ends_the_program(statement: Statement) -> bool:
    rows = MNEMONICS.get(statement.mnemonic, ()) if isinstance(statement, OpStmt) else ()
    return any(row.control == "halt" for row in rows)


def _bundle_in_timeline(statement: Brace | Bundle) -> SourceError:
    return error("E-TIMELINE", "a bundle stands inside a timeline", statement.line, statement, NO_BRACES)


def _unclosed(timeline: Timeline) -> Diagnostic:
    return Diagnostic("E-TIMELINE", "`.timeline` is never closed", timeline.place, help="close it with `.endtimeline`")


WAITING = "`nop 1` waits a cycle"
TIMES = "write `@0`, `@+1` or `@after label` before it"
IN_TIMELINE = "put it between .timeline and .endtimeline"
BETWEEN = "put it between the `.endtimeline` of one and the `.timeline` of the next"
NO_BRACES = "ops of one cycle form a bundle by themselves"
TAKES = {"cycles": "a number of cycles", "drain": "a number of cycles", "assert": "a condition and a text"}
