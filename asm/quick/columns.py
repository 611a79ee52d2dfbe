"""Ops of one source as columns in C, and as objects for those who look at them."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

from asm.expand.macros import Macro, called
from asm.facts import FACTS
from asm.kinds import BundleKind, kind_of
from asm.names.symbols import EQU, Symbol
from asm.names.symbols import LABEL as PROGRAM_LABEL
from asm.operands.fill import INT_HIGH, INT_LOW
from asm.operands.pins import own_alu
from asm.operands.places import place_number
from asm.program import FREE, Access, AsmOp, Reference
from asm.quick.front import (
    BURST,
    CONSTANT,
    DATA,
    ENCODED,
    FORM,
    FRONT_OP,
    HEMISPHERE,
    LABEL,
    LINE,
    ROW,
    STREAM,
    UNIT,
    VALUES,
    Front,
    Unfit,
    V,
)
from asm.quick.held import Definitions
from asm.quick.recipes import OpForm, Recipes
from asm.schedule.units import NONE_FREE, free_units
from asm.scope.places import HEMISPHERES
from asm.scope.registers import address_index
from asm.scope.scope import Scope
from asm.syntax.parse import parse_line
from asm.tree import Line, OpStmt, ops_of, places
from isa.codec import encoded
from isa.diagnostics import Place
from isa.lines import PlaceItems, Source, Trail
from isa.machine import MachineSpec
from isa.places import is_stream
from isa.records import dataclass, field, replace
from isa.row import Row

CUT_AT_ONCE = 1 << 16  # characters
MOST_PLAIN = 1_000  # lines for the plain way beyond as many as are taken: then there is little to gain
NO_VALUES = (0,) * (FRONT_OP - VALUES - 2)  # beside those of two syllables
new = tuple.__new__  # makes a named tuple without the way through its own constructor


def in_order(units: Sequence[int]) -> list[int]:
    """The pattern of one bundle, as csrc/asm/write.c reads it."""
    return [len(units), *units, 1, len(units), *range(len(units)), 0]


class Codes:
    """The lines of a text, `count` of them, which is cut as far as somebody looks."""

    def __init__(self, text: str, count: int) -> None:
        self.text = text
        self.count = count
        self.at = 0  # where the rest begins
        self.cut: list[str] = []

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, number: int) -> str:
        while number >= len(self.cut):
            stop = self.text.find("\n", self.at + CUT_AT_ONCE)
            end = stop if stop >= 0 else len(self.text)
            self.cut += self.text[self.at : end].split("\n")
            self.at = end + 1
        return self.cut[number]


@dataclass(slots=True)
class Columns:
    """`name` is the file. Ops are known by their numbers in the columns; `written` are those that came as objects."""

    front: Front
    recipes: Recipes
    scope: Scope
    name: str
    codes: Codes = field(default_factory=lambda: Codes("", 0))  # the lines of the file
    appended: list[Line] = field(default_factory=list)  # and those that came of macros
    sources: dict[Source, int] = field(default_factory=dict)
    origins: list[Source] = field(default_factory=list)  # the same in order
    macros: list[Macro] = field(default_factory=list)  # those with uses in the front
    written: list[AsmOp] = field(default_factory=list)
    definitions: Definitions = field(init=False)
    _bundle_kinds: dict[int, BundleKind] = field(default_factory=dict)
    _bundle_patterns: dict[int, int] = field(default_factory=dict)
    _plain_patterns: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.origin(self.name, ())
        self.definitions = Definitions(self.scope, self.name, self.front.names)
        self.recipes.derive()
        if self.front.more_plain() > MOST_PLAIN:
            raise Unfit

    def origin(self, file: str, trail: Trail) -> int:
        """The number of a source of lines."""
        number = self.sources.setdefault((file, trail), len(self.origins))
        if number == len(self.origins):
            self.origins.append((file, trail))
        return number

    def number_of(self, macro: Macro) -> int:
        """The number that a macro has in the front."""
        self.macros.append(macro)
        return len(self.macros) - 1

    def source(self, origin: int) -> Source:
        """Where lines of an origin are from: of a negative one, from a use of a macro."""
        if origin >= 0:
            return self.origins[origin]
        call = self.front.call(origin)
        macro, (file, trail) = self.macros[call.macro], self.source(call.origin)
        return macro.body[0].file, called(macro, Place(file, call.line, call.column, call.end), trail)

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
        return new(Line, (self.name, number + 1, self.codes[number], (), ()))

    def set_symbols(self) -> None:
        """Say what each name may be used for: labels, data and constants of this source, or places of the machine."""
        self.front.learn_names()
        names, defined = self.front.names, self.definitions
        uses, values = bytearray(len(names)), array("q", bytes(8 * len(names)))
        for number, address in zip(defined.numbers, defined.addresses(), strict=True):
            uses[number] = DATA if address >= 0 else LABEL
            values[number] = max(address, 0)
        for number, symbol in self._others():
            uses[number], values[number] = self._use(symbol)
        made = defined.table.made()
        for number, name in enumerate(names):
            if not uses[number] and name not in made:
                uses[number], values[number] = _place(self.scope.spec, name)
        self.front.set_symbols(uses, values)
        self.front.limit_rows(self.scope.spec.rows * self.scope.spec.banks)

    def _others(self) -> list[tuple[int, Symbol]]:
        """The symbols that are not columns, with the numbers of their names."""
        made = self.definitions.table.made()
        return [(number, made[name]) for number, name in enumerate(self.front.names) if name in made]

    def _use(self, symbol: Symbol) -> tuple[int, int]:
        """What a symbol may be used for, and its value."""
        data = self.scope.data.get(symbol.name)
        if symbol.failed:
            return 0, 0
        if symbol.kind == PROGRAM_LABEL:
            return LABEL, 0
        if symbol.kind == EQU and type(symbol.value) is int and INT_LOW <= symbol.value <= INT_HIGH:
            return CONSTANT, symbol.value
        return (0, 0) if data is None or data.constant is not None else (DATA, data.address)

    def banks(self) -> list[int]:
        """The bank that each name of data is in; -1 for several, and for other names."""
        size, banks = self.scope.spec.words_per_bank, [-1] * len(self.front.names)
        for number, address, words in self.definitions.spans():
            first, last = address // size, (address + words - 1) // size
            banks[number] = first if first == last else -1
        for number, symbol in self._others():
            if symbol.name in self.scope.data:
                found = self.scope.banks_of(symbol.name)
                banks[number] = next(iter(found)) if len(found) == 1 else -1
        return banks

    # Ops as objects ------------------------------------------------------------------------------
    def row(self, number: int) -> Row:
        return self.recipes.forms[self.front.op(number)[FORM]].row

    def _statement(self, origin: int, line: int, column: int, end: int) -> OpStmt:
        file, trail = self.source(origin)
        return new(OpStmt, ("", (), (), None, new(Line, (file, line, "", trail, ())), column, end))

    def op(self, number: int) -> AsmOp:
        """An op without a unit."""
        return self._made(self.front.op(number))

    def _made(self, numbers: list[int]) -> AsmOp:
        form, origin, line, column, end, name, _, addend, *values = numbers
        row, size, unit, *_ = how = self.recipes.forms[form]
        if row.tensor:
            return self._burst(values, column)
        del values[size:]
        if unit >= 0:
            values[unit] = FREE
        references = () if name < 0 else (Reference(*self.relocation(how, name, addend)),)
        made = AsmOp(row, values, self._statement(origin, line, column, end), references)
        if row.memory:
            made.access = self._access(made, name, addend)
        return made

    def burst(self, number: int, row: int = 0) -> tuple[Row, list[int]]:
        """A burst by its number and its row, and its fields."""
        form, values = self.front.burst(number)
        made = self.recipes.forms[form].row
        names = made.format.names
        if "row" in names:
            values[names.index("row")] = row
        if FACTS[made.id].unit >= 0:
            values[FACTS[made.id].unit] = own_alu(made, values)
        return made, values[: len(names)]

    def _burst(self, numbers: list[int], column: int) -> AsmOp:
        """A burst as it stands in some column of a line."""
        row, values = self.burst(numbers[BURST], numbers[ROW])
        made = AsmOp(row, values, self._written(numbers[LINE], column))
        at = FACTS[row.id].unit
        if at >= 0 and numbers[UNIT] >= 0:
            values[at] = numbers[UNIT]
        elif at >= 0:
            made.unit_pin = values[at]
        return made

    def bursts(self) -> Iterator[tuple[Row, list[int], bool]]:
        """All that differ in more than their row, and whether a unit is to be chosen, in whose place is 0."""
        for number in range(self.front.count_bursts()):
            row, values = self.burst(number)
            at = FACTS[row.id].unit
            is_free = at >= 0 and values[at] == FREE
            if is_free:
                values[at] = 0
            yield row, values, is_free

    def _written(self, line: int, column: int) -> OpStmt:
        """The op that stands somewhere in a line, with its operands."""
        return next(op for op in ops_of(parse_line(self.line(line))) if op.column == column)

    def ops(self, first: int, end: int) -> list[AsmOp]:
        return [self.op(number) for number in range(first, end)]

    def relocation(self, how: OpForm, name: int, addend: int) -> tuple[str, str, str, int]:
        """What a reference of an op is made of: field, kind, symbol, addend."""
        return how.refers, how.kind, self.front.names[name], addend

    def _access(self, op: AsmOp, name: int, addend: int) -> Access:
        symbol = "" if name < 0 else self.front.names[name]
        banks = self.scope.banks_of(symbol) if symbol else frozenset[int]()
        return Access(symbol, banks, address_index(op), addend)

    # Kinds ---------------------------------------------------------------------------------------
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
            units, _ = free_units(tuple([(row.id, FREE) for row in rows if not row.tensor]))
            if NONE_FREE in units:
                raise Unfit
            left = iter(units)
            chosen = [FREE if row.tensor else _unit(row, next(left)) for row in rows]
            pattern = self._bundle_patterns[number] = self.front.add_pattern(in_order(chosen))
        return pattern

    def plain_pattern(self, count: int) -> int:
        """The pattern of a bundle of so many ops that have their units, one after the other."""
        if count not in self._plain_patterns:
            self._plain_patterns[count] = self.front.add_pattern(in_order([FREE] * count))
        return self._plain_patterns[count]

    # Ops from elsewhere --------------------------------------------------------------------------
    def add(self, ops: Sequence[AsmOp]) -> int:
        """Add ops that came as objects, encoded; the number of the first in the columns."""
        numbers = array("q")
        for op, place in zip(ops, places([op.statement for op in ops]), strict=True):
            name = -1
            if op.references:
                name = len(self.written)
                self.written.append(op)
            numbers.extend(self._encoded(place, encoded(op.row, tuple(op.values)), name))
        return self.front.add_encoded(numbers)

    def add_place(self, statement: OpStmt) -> int:
        """Add what stands where a statement was written and has no syllables; its number."""
        (place,) = places((statement,))
        return self.front.add_encoded(array("q", self._encoded(place, (0,), -1)))

    def _encoded(self, place: PlaceItems, syllables: tuple[int, ...], name: int) -> tuple[int, ...]:
        """The numbers of an op that is encoded."""
        file, line, column, end, trail = place
        first, second = syllables if len(syllables) > 1 else (*syllables, 0)
        values = first - (first >> 63 << 64), second - (second >> 63 << 64)
        return ENCODED, self.origin(file, trail), line, column, end, name, 0, 0, *values, *NO_VALUES


def _unit(row: Row, unit: int) -> int:
    """What of a unit stands in an op of a row."""
    return unit if "u" in row.format.names else FREE


def _place(spec: MachineSpec, name: str) -> tuple[int, int]:
    """What a name that stands for nothing else may be used for, and its number."""
    if name.upper() in HEMISPHERES:
        return HEMISPHERE, HEMISPHERES.index(name.upper())
    number = place_number(spec, name)
    if number is None:
        return 0, 0
    return (STREAM if is_stream(number) else V), number
