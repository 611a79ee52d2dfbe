"""The labels and the data of lines that are taken together."""

from __future__ import annotations

from asm.data.gather import Gathering
from asm.data.values import words_of
from asm.names.symbols import DATA, LABEL, Symbol
from asm.quick.columns import Columns
from asm.quick.front import AT_LABEL, NUMBERS, SECTION, WAITS, Event, Stretch, Unfit
from asm.scope.scope import Scope
from asm.tree import DirectiveStmt, LabelDef, Line, Numbers, Statement
from isa.diagnostics import Place
from isa.machine import BYTES_PER_WORD

new = tuple.__new__  # makes a named tuple without the way through its own constructor


class QuickGathering(Gathering):
    """Gathers statements, and stretches of lines whose labels and data it defines.

    `defined` are symbols of such lines that are not in the scope yet, `covering` labels before data.
    """

    def __init__(self, scope: Scope, columns: Columns) -> None:
        super().__init__(scope)
        self.columns = columns
        self.defined: list[Symbol] = []
        self.covering: list[tuple[str, Place]] = []

    def take(self, statement: Statement) -> None:
        if not isinstance(statement, Stretch):
            super().take(statement)
            return
        if self.in_timeline:
            raise Unfit
        self._stretch(statement)
        self.text.append(statement)

    def _stretch(self, stretch: Stretch) -> None:
        """Define the labels and take the data of some lines."""
        file, names, sections = self.columns.name, self.columns.front.names, self.columns.recipes.sections
        events, data = self.columns.front.gather(stretch.first, stretch.end)
        for event in events:
            kind, number, line, column, end, _, _ = event
            if kind == AT_LABEL:
                if self.waiting:
                    self._flush_to_text()
                self.defined.append(Symbol(names[number], LABEL, new(Place, (file, line, column, end, ()))))
            elif kind == WAITS:
                self.covering.append((names[number], new(Place, (file, line, column, end, ()))))
            elif kind == NUMBERS:
                self._numbers(event, data)
            elif kind == SECTION:
                if self.data.fresh:
                    self._define()
                self.section(sections[number])
            elif self.waiting:
                self._flush_to_text()
        self._define()

    def _numbers(self, event: Event, data: bytes) -> None:
        """Take a line of data with the labels before it."""
        covering, self.covering = self.covering, []
        _, number, line, column, end, where, count = event
        type_ = self.columns.recipes.types[number]
        data = data[where : where + BYTES_PER_WORD * words_of(type_, count)]
        if covering and not (self.waiting or self.data.fresh or self.data.fixed_run()):
            for symbol in self.data.numbers(covering, type_, data, count):
                self.defined.append(Symbol(symbol.name, DATA, symbol.place))
                self.scope.data[symbol.name] = symbol
            return
        self._define()
        for name, place in covering:
            self.waiting.append(LabelDef(name, new(Line, (place.file, place.line, "", (), ())), *place[2:4]))
        at = new(Line, (self.columns.name, line, "", (), ()))
        self._directive(DirectiveStmt(type_.name, (Numbers(data, count, column, end),), at, column, end))

    def _define(self) -> None:
        """Define what is to be defined."""
        defined, self.defined = self.defined, []
        self.scope.define_all(defined)
