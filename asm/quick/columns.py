"""Ops of one source as columns in C, and as objects for those who look at them."""

from __future__ import annotations

from collections.abc import Sequence

from asm.kinds import BundleKind, kind_of
from asm.names.symbols import EQU
from asm.names.symbols import LABEL as PROGRAM_LABEL
from asm.operands.fill import INT_HIGH, INT_LOW
from asm.program import FREE, Access, AsmOp, Reference
from asm.quick.front import CONSTANT, DATA, FORM, LABEL, OP_NAME, VALUES, Front, Unfit
from asm.quick.recipes import OpForm, Recipes
from asm.schedule.alike import Kind, Kinds
from asm.schedule.units import NONE_FREE, free_units
from asm.scope.registers import address_index
from asm.scope.scope import Scope
from asm.tree import Line, OpStmt, places
from isa.lines import Source, Trail
from isa.records import dataclass, field, replace
from isa.row import Row

MOST_PLAIN = 1_000  # lines for the plain way beyond as many as are taken: then there is little to gain
new = tuple.__new__  # makes a named tuple without the way through its own constructor


def in_order(units: Sequence[int]) -> list[int]:
    """The pattern of one bundle, as csrc/asm/write.c reads it."""
    return [len(units), *units, 1, len(units), *range(len(units)), 0]


@dataclass(slots=True)
class Columns:
    """`name` is the file. Ops are known by their numbers in the columns; `written` are those that came as objects."""

    front: Front
    recipes: Recipes
    scope: Scope
    name: str
    codes: list[str] = field(default_factory=list)  # the lines of the file
    appended: list[Line] = field(default_factory=list)  # and those that came of macros
    sources: dict[Source, int] = field(default_factory=dict)
    origins: list[Source] = field(default_factory=list)  # the same in order
    written: list[AsmOp] = field(default_factory=list)
    _kinds: dict[int, Kind] = field(default_factory=dict)
    _bundle_kinds: dict[int, BundleKind] = field(default_factory=dict)
    _controls: dict[tuple[int, ...], AsmOp] = field(default_factory=dict)
    _bundle_patterns: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.origin(self.name, ())
        self.recipes.derive()
        if self.front.more_plain() > MOST_PLAIN:
            raise Unfit

    def origin(self, file: str, trail: Trail) -> int:
        """The number of a source of lines."""
        number = self.sources.setdefault((file, trail), len(self.origins))
        if number == len(self.origins):
            self.origins.append((file, trail))
        return number

    def append(self, line: Line) -> None:
        """Read a line that came of expansion."""
        self.appended.append(line)
        limit = line.edits[0][0] - 1 if line.edits else -1
        self.front.append(line.text, line.number, self.origin(line.file, line.trail), limit)
        if self.recipes.derived < self.front.count_keys():
            self.recipes.derive()

    def line(self, number: int) -> Line:
        """A line that is not blank, by its number in the front."""
        if number >= len(self.codes):
            return self.appended[number - len(self.codes)]
        return Line(self.name, number + 1, self.codes[number])

    def set_symbols(self) -> None:
        """Say what each name may be used for: labels, data and constants of this source."""
        self.front.learn_names()
        table, data = self.scope.table, self.scope.data
        for number, name in enumerate(self.front.names):
            symbol = table.get(name)
            if symbol is None or symbol.failed:
                continue
            if symbol.kind == PROGRAM_LABEL:
                self.front.set_symbol(number, LABEL, 0)
            elif symbol.kind == EQU and type(symbol.value) is int and INT_LOW <= symbol.value <= INT_HIGH:
                self.front.set_symbol(number, CONSTANT, symbol.value)
            elif name in data and data[name].constant is None:
                self.front.set_symbol(number, DATA, data[name].address)

    # Ops as objects ------------------------------------------------------------------------------
    def row(self, number: int) -> Row:
        return self.recipes.forms[self.front.op(number)[FORM]].row

    def statement(self, number: int) -> OpStmt:
        """Where an op was written; its operands are not told."""
        _, origin, line, column, end, *_ = self.front.op(number)
        return self._statement(origin, line, column, end)

    def _statement(self, origin: int, line: int, column: int, end: int) -> OpStmt:
        file, trail = self.origins[origin]
        return new(OpStmt, ("", (), (), None, new(Line, (file, line, "", trail, ())), column, end))

    def op(self, number: int) -> AsmOp:
        """An op without a unit."""
        return self._made(self.front.op(number))

    def _made(self, numbers: list[int]) -> AsmOp:
        form, origin, line, column, end, name, _, addend, *values = numbers
        row, size, unit, *_ = how = self.recipes.forms[form]
        del values[size:]
        if unit >= 0:
            values[unit] = FREE
        references = () if name < 0 else (Reference(*self.relocation(how, name, addend)),)
        made = AsmOp(row, values, self._statement(origin, line, column, end), references)
        if row.memory:
            made.access = self._access(made, name, addend)
        return made

    def ops(self, first: int, end: int) -> list[AsmOp]:
        return [self.op(number) for number in range(first, end)]

    def relocation(self, how: OpForm, name: int, addend: int) -> tuple[str, str, str, int]:
        """What a reference of an op is made of: field, kind, symbol, addend."""
        return how.refers, how.kind, self.front.names[name], addend

    def _access(self, op: AsmOp, name: int, addend: int) -> Access:
        symbol = "" if name < 0 else self.front.names[name]
        banks = self.scope.banks_of(symbol) if symbol else frozenset[int]()
        return Access(symbol, banks, address_index(op), addend)

    def control(self, number: int) -> AsmOp:
        """An op that decides what follows, the same for all waits that are alike."""
        numbers = self.front.op(number)
        if numbers[OP_NAME] >= 0:
            return self._made(numbers)
        key = numbers[FORM], *numbers[VALUES:]
        if key not in self._controls:
            self._controls[key] = self._made(numbers)
        return self._controls[key]

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
            kind = kind_of(self.ops(first, end))
            found = self._bundle_kinds[number] = replace(kind, is_checked=False)  # recipes see to its numbers
        return found

    def bundle_pattern(self, number: int, first: int, end: int) -> int:
        """The pattern of a bundle of a kind: ops as they are written, each with a unit. Raises Unfit when an op finds
        none."""
        pattern = self._bundle_patterns.get(number)
        if pattern is None:
            rows = [self.row(op) for op in range(first, end)]
            units, _ = free_units(tuple([(row.id, FREE) for row in rows]))
            if NONE_FREE in units:
                raise Unfit
            chosen = [unit if "u" in row.format.names else FREE for row, unit in zip(rows, units, strict=True)]
            pattern = self._bundle_patterns[number] = self.front.add_pattern(in_order(chosen))
        return pattern

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
        return self.origin(file, trail), line, column, end
