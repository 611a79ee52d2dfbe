"""The quick way from a long source to its image: lines that are alike are told apart by numbers alone.

What it makes is what the plain way makes. Where anything is wrong, it makes nothing and says nothing.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence

from asm.assemble import Assembler, Assembly
from asm.data.gather import Gathering
from asm.expand import ExpandOptions
from asm.expand.expander import here
from asm.expand.macros import bind, called, expansion
from asm.operands.items import ItemBuilder, joins_a_run
from asm.operands.match import is_known
from asm.program import AsmOp, Explicit, Item
from asm.quick.columns import Columns
from asm.quick.expand import QuickExpander
from asm.quick.front import Front, Stretch, Taken, Unfit
from asm.quick.gather import QuickGathering
from asm.quick.image import add_symbols
from asm.quick.recipes import Recipes
from asm.quick.text import assemble_text
from asm.scope.scope import Scope
from asm.syntax import shapes
from asm.syntax.parse import parse_new, strip_comment
from asm.syntax.source import read_text
from asm.tree import Bundle, Line, OpStmt, Statement
from asm.write.verbatim import Raw
from isa.diagnostics import Diagnostic, Place, SourceError
from isa.image import Image
from isa.machine import MachineSpec
from isa.records import NamedTuple

new = tuple.__new__  # makes a named tuple without the way through its own constructor


def attempt(source: str | os.PathLike[str], name: str, scope: Scope, machine: MachineSpec | None) -> Assembly | None:
    """What becomes of a source when all goes well and nothing is odd; its ops, bundles and blocks are not told."""
    try:
        if not isinstance(source, str):
            source, name = read_text(source), os.fspath(source)
        if "/*" in source:
            return None
        return QuickAssembler(Front(source), name, scope, machine).assembled(source)
    except (Unfit, SourceError):
        return None


class QuickAssembler(Assembler):
    """One run over a text that the front has read."""

    def __init__(self, front: Front, name: str, scope: Scope, machine: MachineSpec | None) -> None:
        super().__init__(scope, machine)
        self.columns = Columns(front, Recipes(front), scope, name)

    def assembled(self, text: str) -> Assembly:
        options = ExpandOptions(self.scope.include_paths)
        expander = QuickExpander(self.columns, self.scope, self.report, options, self.sources)
        return self.run(expander.statements(text), self.columns.name)

    def report(self, diagnostic: Diagnostic) -> None:
        raise Unfit

    def report_error(self, problem: Exception) -> None:
        raise Unfit

    def _gathering(self) -> Gathering:
        return QuickGathering(self.scope, self.columns)

    def _builder(self, entered: Collection[str]) -> ItemBuilder:
        self.columns.set_symbols()
        return QuickBuilder(self.scope, self.columns, entered)

    def _externs(self) -> frozenset[str]:
        return frozenset(filter(self.scope.is_extern, self.columns.definitions.table.made()))

    def _add_symbols(self, image: Image, labels: dict[str, int], exported: frozenset[str]) -> None:
        add_symbols(image, self.scope, self.columns.definitions, labels, exported)

    def _allocate(self, items: list[Item | Raw]) -> list[Diagnostic]:
        if self.scope.registers.waiting:
            raise Unfit  # who holds which register when is found from ops
        return []

    def _pack(self, result: Assembly, items: list[Item | Raw], gathering: Gathering, unchecked: bool) -> None:
        if unchecked:
            raise Unfit
        exported = gathering.facts.exported | self.scope.taken
        result.text, warnings = assemble_text(self.columns, items, exported, self._options(gathering))
        self.diagnostics += warnings


class KnownBundle(NamedTuple):
    """A bundle on a line of its own that is written between columns: ops, with their values and statements."""

    ops: list[tuple[AsmOp, tuple[int, ...], OpStmt]]
    column: int
    end: int

    def at(self, line: Line) -> Explicit:
        """The same on another line of that text, which no expansion has changed."""
        ops = [
            AsmOp(op.row, list(values), new(OpStmt, (*written, line, column, end)), op.references, op.access)
            for op, values, (*written, _, column, end) in self.ops
        ]
        return new(Explicit, (ops, new(Place, (line.file, line.number, self.column, self.end, line.trail))))


class QuickBuilder(ItemBuilder):
    """Builds the items of statements, and takes stretches of lines to the columns."""

    def __init__(self, scope: Scope, columns: Columns, entered: Collection[str]) -> None:
        super().__init__(scope, _refuse, entered)
        self.columns = columns
        self.bundles: dict[str, KnownBundle] = {}  # by the texts of their lines

    def _with_runs(self, text: Sequence[Statement]) -> None:
        """Ops on streams that flow into others stand in bundles and timelines; what is around others is scheduled with
        them, which is another way."""
        for statement in text:
            if joins_a_run(statement) and self.timeline is None and self.bundle is None:
                raise Unfit
            self._try(statement)

    def _take(self, statement: Statement) -> None:
        if not isinstance(statement, Stretch):
            super()._take(statement)
        else:
            self._stretch(statement.first, statement.end)

    def _stretch(self, line: int, end: int) -> None:
        for taken in self.columns.front.take(line, end):
            if isinstance(taken, Taken):
                self.items.append(taken)  # type: ignore[arg-type]  # those who take it know
            else:
                self._line(taken)

    def _line(self, number: int) -> None:
        """A line of which something is odd: a number that is too large, a name that is no place of this source."""
        line = self.columns.line(number)
        known = self.bundles.get(line.text)
        if known is not None and not line.edits:
            self.items.append(known.at(line))
            return
        statements = list(self._plain(line))
        for statement in statements:
            super()._take(statement)
        if len(statements) == 1 and isinstance(statements[0], Bundle):
            self._remember(statements[0])

    def _remember(self, statement: Bundle) -> None:
        """Keep a bundle that means the same wherever it stands."""
        made = self.items[-1]
        if isinstance(made, Explicit) and all(is_known(self.scope, op.statement) for op in made.ops):
            ops = [(op, tuple(op.values), op.statement) for op in made.ops]
            self.bundles[statement.line.text] = KnownBundle(ops, statement.column, statement.end)

    def _plain(self, line: Line) -> Iterator[Statement]:
        """The statements of a line of labels and ops, or of the lines that come of it, as the plain way has them."""
        for statement in _plain(line):
            macro = self.scope.macros.get(statement.mnemonic) if isinstance(statement, OpStmt) else None
            if macro is None or not isinstance(statement, OpStmt):
                yield statement
                continue
            texts = bind(macro, statement, strip_comment(line.text))
            for each in expansion(macro.body, texts, 0, called(macro, here(statement), line.trail)):
                if strip_comment(each.text):
                    yield from self._plain(each)


def _plain(line: Line) -> list[Statement]:
    """The statements of a line of labels and ops as the plain way has them. Raises Unfit when it has others."""
    code = strip_comment(line.text)
    if shapes.known(code) is None:
        parse_new(code, line)
    text = shapes.known(code)
    if text is None or not text.is_plain:
        raise Unfit
    return text.build_plain(line)


def _refuse(problem: Exception) -> None:
    raise Unfit
