"""Ops of one source as columns in C, and as objects for those who look at them."""

from __future__ import annotations

from typing import Any

from asm.kinds import BundleKind, kind_of
from asm.names.symbols import LABEL as PROGRAM_LABEL
from asm.program import FREE, Access, AsmOp, Reference
from asm.quick.front import DATA, LABEL, Front
from asm.quick.recipes import Recipes
from asm.schedule.alike import Kind, Kinds
from asm.scope.registers import address_index
from asm.scope.scope import Scope
from asm.tree import Line, OpStmt, places
from isa.image import TO_TARGET, TO_WORD
from isa.lines import Source
from isa.records import dataclass, field
from isa.row import LABEL as TARGET
from isa.row import Row


@dataclass(slots=True)
class Columns:
    """`name` is the file. Ops are known by their numbers in the columns; `written` are those that came as objects."""

    front: Front
    recipes: Recipes
    scope: Scope
    name: str
    sources: dict[Source, int] = field(default_factory=dict)
    written: list[AsmOp] = field(default_factory=list)
    _kinds: dict[int, Kind] = field(default_factory=dict)
    _bundle_kinds: dict[int, BundleKind] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sources[self.name, ()] = 0

    def set_symbols(self) -> None:
        """Say what each name may be used for: labels and data of this source."""
        table, data = self.scope.table, self.scope.data
        for number, name in enumerate(self.front.names):
            symbol = table.get(name)
            if symbol is None or symbol.failed:
                continue
            if symbol.kind == PROGRAM_LABEL:
                self.front.set_symbol(number, LABEL, 0)
            elif name in data and data[name].constant is None:
                self.front.set_symbol(number, DATA, data[name].address)

    # Ops as objects ------------------------------------------------------------------------------
    def row(self, number: int) -> Row:
        row: Row = self.recipes.rows[self.front.op(number).form]
        return row

    def statement(self, number: int) -> OpStmt:
        """Where an op was written; its operands are not told."""
        op = self.front.op(number)
        return OpStmt("", (), (), None, Line(self.name, op.line, ""), op.column, op.end)

    def op(self, number: int) -> AsmOp:
        """An op without a unit."""
        found = self.front.op(number)
        row = self.recipes.rows[found.form]
        values = list(found.values[0 : len(row.format.names)])
        if "u" in row.format.names:
            values[row.format.names.index("u")] = FREE
        made = AsmOp(row, values, self.statement(number), self._references(found))
        if row.memory:
            made.access = self._access(made, found)
        return made

    def ops(self, first: int, end: int) -> list[AsmOp]:
        return [self.op(number) for number in range(first, end)]

    def relocation(self, found: Any) -> tuple[str, str, int, str]:
        """The kind of the reference of an op, its symbol, addend and field."""
        name, kind = self.recipes.names[found.form]
        return TO_TARGET if kind == TARGET else TO_WORD, self.front.names[found.name], found.addend, name

    def _references(self, found: Any) -> tuple[Reference, ...]:
        if found.name < 0:
            return ()
        kind, symbol, addend, name = self.relocation(found)
        return (Reference(name, kind, symbol, addend),)

    def _access(self, op: AsmOp, found: Any) -> Access:
        symbol = "" if found.name < 0 else self.front.names[found.name]
        banks = self.scope.banks_of(symbol) if symbol else frozenset[int]()
        return Access(symbol, banks, address_index(op), found.addend)

    # Kinds ---------------------------------------------------------------------------------------
    def kind(self, first: int, end: int, kinds: Kinds) -> Kind:
        """The kind of a block of linear code."""
        number = self.front.likeness(first, end)
        found = self._kinds.get(number)
        if found is None:
            found = self._kinds[number] = kinds.of(self.ops(first, end))
        return found

    def bundle_kind(self, number: int, first: int, end: int) -> BundleKind:
        """What a bundle does to registers; equal numbers mean equal kinds."""
        found = self._bundle_kinds.get(number)
        if found is None:
            found = self._bundle_kinds[number] = kind_of(self.ops(first, end))
        return found

    # Ops from elsewhere --------------------------------------------------------------------------
    def add(self, op: AsmOp, syllables: tuple[int, ...]) -> int:
        """Add an op that came as an object, encoded; its number in the columns."""
        name = -1
        if op.references:
            name = len(self.written)
            self.written.append(op)
        return self.front.add_encoded(self.place(op.statement), syllables, name)

    def place(self, statement: OpStmt) -> tuple[int, int, int, int]:
        """Where a statement was written: origin, line, column, end."""
        file, line, column, end, trail = next(iter(places((statement,))))
        return self.sources.setdefault((file, trail), len(self.sources)), line, column, end
