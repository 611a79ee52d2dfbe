"""Statements sorted into text and data.

A label belongs to what follows it: an op or a data directive; at the end of a section, to the section. Labels
inside a timeline name lines of it and stay where they are.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from asm.data.directives import DataBuilder
from asm.data.stated import FACT_DIRECTIVES, Facts
from asm.data.tensors import declare
from asm.errors import error
from asm.names.suggest import did_you_mean
from asm.names.symbols import LABEL
from asm.scope.scope import Scope
from asm.tree import (
    Attribute,
    Brace,
    Bundle,
    Declaration,
    DirectiveStmt,
    Expr,
    LabelDef,
    Name,
    Operand,
    OpStmt,
    Statement,
)
from isa.types import TYPES

IN_ORDER = (OpStmt, Bundle, Brace)  # statements that stay as and where they are
IN_TEXT = ("timeline", "endtimeline", "overlap", "cycles", "drain", "assert", "syllable", "unchecked")
ELSEWHERE = (
    "macro",
    "endm",
    "rept",
    "irp",
    "endr",
    "if",
    "ifdef",
    "ifndef",
    "ifb",
    "ifnb",
    "elif",
    "else",
    "endif",
    "include",
    "error",
    "warn",
    "equ",
    "set",
)


class Gathering:
    """The text of a source as statements, its data as objects, and what directives say about names."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.data = DataBuilder(scope)
        self.facts = Facts(scope)
        self.text: list[Statement] = []
        self.waiting: list[LabelDef] = []
        self.in_data = False
        self.in_timeline = False

    def take(self, statement: Statement) -> None:
        """Put one statement where it belongs. Raises SourceError."""
        if type(statement) in IN_ORDER:
            if self.waiting:
                self._flush_to_text()
            self.text.append(statement)
        elif isinstance(statement, LabelDef):
            (self.text if self.in_timeline else self.waiting).append(statement)
        elif isinstance(statement, DirectiveStmt):
            self._directive(statement)

    def finish(self) -> None:
        """The end of the source: labels that still wait belong to the section."""
        self._flush_to_section()

    def _directive(self, statement: DirectiveStmt) -> None:
        handler = DIRECTIVES.get(statement.name)
        if handler is None:
            self._fail_labels()
            known = [f".{name}" for name in (*DIRECTIVES, *ELSEWHERE)]
            raise error(
                "E-DIRECTIVE",
                f"`.{statement.name}` is not a directive",
                statement.line,
                statement,
                did_you_mean(f".{statement.name}", known),
            )
        handler(self, statement)

    # Labels -----------------------------------------------------------------------------------
    def _fail_labels(self) -> None:
        """Labels of something unknown: their uses are silent."""
        for label in self.waiting:
            self.scope.fail(label.name)
        self.waiting = []

    def _flush_to_text(self) -> None:
        waiting, self.waiting = self.waiting, []
        for label in waiting:
            self.scope.define(label.name, LABEL, label.line.place(label.column, label.end))
            self.text.append(label)

    def _flush_to_data(self) -> None:
        for label in self.waiting:
            self.data.label(label)
        self.waiting = []

    def _flush_to_section(self) -> None:
        if self.in_data:
            self._flush_to_data()
            self.data.close()
        else:
            self._flush_to_text()

    # Sections and what stands in them ---------------------------------------------------------
    def section(self, statement: DirectiveStmt) -> None:
        """`.text`, `.data [place]`"""
        self._flush_to_section()
        self.in_data = statement.name == "data"
        if self.in_data:
            self.data.section(statement)
        elif statement.arguments:
            raise error("E-DIRECTIVE", "`.text` takes nothing", statement.line, statement)

    def text_directive(self, statement: DirectiveStmt) -> None:
        """Directives that stand between ops and are obeyed with them"""
        self._flush_to_text()
        self.in_timeline = statement.name == "timeline" or (self.in_timeline and statement.name != "endtimeline")
        self.text.append(statement)

    def data_directive(self, build: Callable[[DataBuilder, DirectiveStmt], None], statement: DirectiveStmt) -> None:
        self._flush_to_data()
        build(self.data, statement)

    def declaration(self, statement: DirectiveStmt) -> None:
        """`.array`, `.tensor`"""
        if self.in_data:
            self._flush_to_data()
            self.data.flush(None)
        else:
            self._flush_to_text()
        declare(self.data, statement)

    def transfer(self, statement: DirectiveStmt) -> None:
        """`.input`, `.output`: names, or tensors that are declared here"""
        for node in statement.arguments:
            if isinstance(node, Declaration):
                self.declaration(statement._replace(arguments=(node,)))
        self.fact(statement)

    def parameter(self, statement: DirectiveStmt) -> None:
        """`.param NAME = VALUE, ...`: expansion has defined them; here they get their words"""
        nodes = statement.arguments
        separated = len(nodes) == 2 and isinstance(nodes[0], Name) and isinstance(nodes[1], Expr)  # NAME, VALUE
        for node in nodes[:1] if separated else nodes:
            self._parameter(statement, node)

    def _parameter(self, statement: DirectiveStmt, node: Operand) -> None:
        name = node.name if isinstance(node, Attribute) else node.text if isinstance(node, Name) else ""
        value = self.scope.value(self.scope.table[name])
        if not isinstance(value, int | float):
            raise error("E-TYPE", f"the value of parameter `{name}` is no number", statement.line, node)
        self.data.parameter(statement, name, value, node)

    def fact(self, statement: DirectiveStmt) -> None:
        """What the source states about names; checked at the end, when all of them are known"""
        FACT_DIRECTIVES[statement.name](self.facts, statement)

    def nothing(self, statement: DirectiveStmt) -> None:
        """`.machine` is obeyed before everything else"""


def _typed(name: str) -> Callable[[Gathering, DirectiveStmt], None]:
    def handle(gathering: Gathering, statement: DirectiveStmt) -> None:
        gathering.data_directive(partial(DataBuilder.typed, type_=TYPES[name]), statement)

    return handle


def _building(build: Callable[[DataBuilder, DirectiveStmt], None]) -> Callable[[Gathering, DirectiveStmt], None]:
    return lambda gathering, statement: gathering.data_directive(build, statement)


DIRECTIVES: dict[str, Callable[[Gathering, DirectiveStmt], None]] = {
    "text": Gathering.section,
    "data": Gathering.section,
    "array": Gathering.declaration,
    "tensor": Gathering.declaration,
    "param": Gathering.parameter,
    "machine": Gathering.nothing,
    "ascii": _building(DataBuilder.ascii),
    "space": _building(DataBuilder.space),
    "fill": _building(DataBuilder.fill),
    "incbin": _building(DataBuilder.incbin),
    "align": _building(DataBuilder.align),
    "row": _building(DataBuilder.row),
    "org": _building(DataBuilder.org),
    **{name: _typed(name) for name in TYPES},
    **dict.fromkeys(IN_TEXT, Gathering.text_directive),
    **dict.fromkeys(FACT_DIRECTIVES, Gathering.fact),
    "input": Gathering.transfer,
    "output": Gathering.transfer,
}
