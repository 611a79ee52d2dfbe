"""The quick way from a long source to its image: lines that are alike are told apart by numbers alone.

What it makes is what the plain way makes. Where anything is wrong, it makes nothing and says nothing.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence

from asm.assemble import Assembler, Assembly
from asm.data.gather import Gathering
from asm.expand import ExpandOptions
from asm.names.symbols import LABEL
from asm.operands.items import ItemBuilder
from asm.program import Item
from asm.quick.columns import Columns
from asm.quick.expand import QuickExpander
from asm.quick.front import Front, Stretch, Taken, Unfit
from asm.quick.recipes import Recipes
from asm.quick.text import assemble_text
from asm.scope.scope import Scope
from asm.syntax import shapes
from asm.syntax.parse import parse_new, strip_comment
from asm.syntax.source import read_text
from asm.tree import Line, Statement
from asm.write.verbatim import Raw
from isa.diagnostics import Diagnostic, Place, SourceError
from isa.machine import MachineSpec


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


class QuickGathering(Gathering):
    """Gathers statements, and stretches of lines whose labels it defines."""

    def __init__(self, scope: Scope, columns: Columns) -> None:
        super().__init__(scope)
        self.columns = columns

    def take(self, statement: Statement) -> None:
        if not isinstance(statement, Stretch):
            super().take(statement)
            return
        if self.in_timeline:
            raise Unfit
        self._flush_to_text()
        file = self.columns.name
        for name, line, column in statement.labels:
            self.scope.define(name, LABEL, Place(file, line, column, column + len(name)))
        self.text.append(statement)


class QuickBuilder(ItemBuilder):
    """Builds the items of statements, and takes stretches of lines to the columns."""

    def __init__(self, scope: Scope, columns: Columns, entered: Collection[str]) -> None:
        super().__init__(scope, _refuse, entered)
        self.columns = columns

    def _with_runs(self, text: Sequence[Statement]) -> None:
        raise Unfit  # what is around ops on streams is scheduled with them

    def _take(self, statement: Statement) -> None:
        if not isinstance(statement, Stretch):
            super()._take(statement)
            return
        try:
            self._stretch(statement.first, statement.end)
        except Unfit:
            for number in range(statement.first, statement.end):
                self._line(number)

    def _stretch(self, first: int, end: int) -> None:
        taken = Taken(tuple(self.columns.front.take(first, end)))
        self.items.append(taken)  # type: ignore[arg-type]  # those who take it know

    def _line(self, number: int) -> None:
        """A line of which something may be odd: a number that is too large, a name that is no place of this source."""
        try:
            self._stretch(number, number + 1)
        except Unfit:
            for statement in _plain(self.columns.line(number)):
                super()._take(statement)


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
