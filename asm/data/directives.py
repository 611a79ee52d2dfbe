"""Data directives to objects: first how much memory each takes, after placement the values in it.

An object starts at each label; what follows without one belongs to it. Labels directly before a directive are
typed symbols that cover it. Between `.org` (or `.row N`) and the next section directive everything is one object
at a fixed place.
"""

from __future__ import annotations

from collections.abc import Callable

from asm.data.elements import WORD, Elements, fill_in, packed
from asm.data.values import element_bits, whole_words, words_of
from asm.errors import error
from asm.names.expr import Value, describe
from asm.scope.objects import DataObject, DataObjects, DataSymbol, Piece, Region
from asm.scope.places import place_of, region_of
from asm.scope.scope import Scope
from asm.tree import DirectiveStmt, LabelDef, Numbers, Operand, String
from isa.diagnostics import SourceError
from isa.image import Tensor
from isa.machine import BYTES_PER_WORD
from isa.types import TYPES, ElementType

PARAMETERS = ".param"  # the group of all parameters, which share one bank


class DataBuilder:
    """Collects the data of one source; see the module."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.spec = scope.spec
        self.objects: list[DataObject | DataObjects] = []
        self.elements: list[Elements] = []
        self.region: Region | None = None
        self.current: DataObject | None = None
        self.fresh: list[LabelDef] = []  # labels that wait for what they cover
        self.reserved = 0
        self.more = 0  # objects beyond those that are items of the list

    @property
    def count(self) -> int:
        """How many objects there are."""
        return len(self.objects) + self.more

    # Sections and labels ----------------------------------------------------------------------
    def section(self, statement: DirectiveStmt) -> None:
        """`.data [place]`"""
        self.close()
        self.region = None
        if statement.arguments:
            self.region = region_of(self.spec, place_of(statement.arguments[0], statement.line), statement.line)

    def close(self) -> None:
        """End the section: what waits for a directive gets nothing, and the next object starts anew."""
        self.flush(None)
        self.current = None

    def label(self, label: LabelDef) -> None:
        self.fresh.append(label)

    def flush(self, tensor_type: ElementType | None, words: int = 0, count: int = 0) -> list[DataSymbol]:
        """Define the waiting labels here, with a type when a directive gives them one."""
        if not self.fresh:
            return []
        target = self._object_for(self.fresh[0])
        symbols = []
        for label in self.fresh:
            tensor = Tensor(label.name, tensor_type.name, (count,)) if tensor_type and count else None
            place = label.line.place(label.column, label.end)
            symbols.append(DataSymbol(label.name, place, target, target.words, words, tensor))
        self.fresh = []
        for symbol in symbols:
            self.scope.define_data(symbol)
        target.title = target.title or symbols[0].name
        return symbols

    def _object_for(self, label: LabelDef) -> DataObject:
        if self.current is None or self.current.fixed_at is None:
            self.current = self._new_object(label.name, label)
        return self.current

    def _new_object(self, group: str, node: LabelDef | DirectiveStmt) -> DataObject:
        new = DataObject(group, node.line.place(node.column, node.end), region=self.region)
        self.objects.append(new)
        return new

    def add_object(self, item: DataObject, symbol: DataSymbol) -> None:
        """Take a declared object; the next directive without a label starts another."""
        self.scope.define_data(symbol)
        if item is not self.current:
            self.objects.append(item)
            self.current = None

    def fixed_run(self) -> DataObject | None:
        """The object that goes on after `.org` or `.row N`."""
        return self.current if self.current is not None and self.current.fixed_at is not None else None

    # Pieces -----------------------------------------------------------------------------------
    def _add(
        self, statement: DirectiveStmt, words: int, data: bytes | None, type_: ElementType | None = None, count: int = 0
    ) -> tuple[DataObject, int, Piece, int]:
        """Append words to the current object and let the waiting labels cover them."""
        self.reserve(statement, words)
        self.flush(type_, words, count)
        if self.current is None:
            self.current = self._new_object(f".data{self.count}", statement)
        offset = self.current.words
        piece, start = self.current.append(words, data)
        return self.current, offset, piece, start

    def reserve(self, statement: DirectiveStmt, words: int) -> None:
        """Refuse more data than the memory holds before any of it is made. Raises E-PLACE."""
        self.reserved += words
        if self.reserved > self.spec.words:
            raise error(
                "E-PLACE",
                f"the data up to here need {self.reserved} words; {self.spec.name} has {self.spec.words}",
                statement.line,
                statement,
            )

    def typed(self, statement: DirectiveStmt, type_: ElementType) -> None:
        """`.i32 1, 2, 3` and the other types"""
        first = statement.arguments[0] if statement.arguments else None
        if isinstance(first, Numbers):
            self._numbers(statement, type_, first)
            return
        count = len(statement.arguments)
        words = words_of(type_, count)
        self._expect(statement, count > 0, "at least one value")
        where = self._add(statement, words, bytes(words * BYTES_PER_WORD), type_, count)
        self.elements.append(packed(*where, type_, statement.arguments, statement.line))

    def _numbers(self, statement: DirectiveStmt, type_: ElementType, numbers: Numbers) -> None:
        """Values that wait for nothing."""
        data = whole_words(numbers.data)
        self._add(statement, len(data) // BYTES_PER_WORD, data, type_, numbers.length)

    def add_all(self, objects: DataObjects) -> None:
        """Take objects of whole words. Raises SourceError, without saying more, when the memory holds no more."""
        self.reserved += sum(objects.words)
        if self.reserved > self.spec.words:
            raise SourceError
        self.objects.append(objects)
        self.more += len(objects) - 1

    def ascii(self, statement: DirectiveStmt) -> None:
        """`.ascii "text"`: UTF-8, as u8"""
        raw = b""
        for node in statement.arguments:
            self._expect(statement, isinstance(node, String), "strings")
            raw += node.value.encode("utf-8") if isinstance(node, String) else b""
        self._bytes(statement, raw)

    def _bytes(self, statement: DirectiveStmt, raw: bytes) -> None:
        data = whole_words(raw)
        self._add(statement, len(data) // BYTES_PER_WORD, data, TYPES["u8"], len(raw))

    def incbin(self, statement: DirectiveStmt) -> None:
        """`.incbin "file"`: its bytes, as u8"""
        self._expect(statement, len(statement.arguments) == 1, "a file name")
        name = statement.arguments[0]
        if not isinstance(name, String):
            raise error("E-DIRECTIVE", "`.incbin` takes a file name in quotes", statement.line, name)
        self._bytes(statement, self.scope.read_file(name, statement.line))

    def space(self, statement: DirectiveStmt) -> None:
        """`.space N`: N words of zero"""
        self._expect(statement, len(statement.arguments) == 1, "a number of words")
        self._fill(statement, self._count(statement, 0), bytes(BYTES_PER_WORD))

    def fill(self, statement: DirectiveStmt) -> None:
        """`.fill COUNT, VALUE`: COUNT words that hold VALUE"""
        self._expect(statement, len(statement.arguments) == 2, "a number of words and a value")
        count, node = self._count(statement, 0), statement.arguments[1]
        value = self.scope.evaluate(node, statement.line)
        self._fill(statement, count, _word(self.scope, statement, node, value))

    def _fill(self, statement: DirectiveStmt, count: int, word: bytes) -> None:
        self.reserve(statement, count)
        self.reserved -= count
        self._add(statement, count, word * count, WORD, count)

    # Where things go --------------------------------------------------------------------------
    def align(self, statement: DirectiveStmt) -> None:
        """`.align N`: up to a multiple of N words from the start of the object"""
        self._expect(statement, len(statement.arguments) == 1, "a number of words")
        step = self._count(statement, 0)
        if step < 1:
            raise error("E-RANGE", f"`.align` takes at least 1 word, not {step}", statement.line, statement)
        self._skip_to(statement, step)

    def _skip_to(self, statement: DirectiveStmt, step: int) -> None:
        if self.current is not None:
            start = self.current.fixed_at or 0
            words = -(start + self.current.words) % step
            self.reserve(statement, words)
            self.current.append(words)

    def row(self, statement: DirectiveStmt) -> None:
        """`.row`: up to the next row; `.row N`: at row N of the section's place"""
        if not statement.arguments:
            self._skip_to(statement, self.spec.words_per_row)
        else:
            self._fix(statement, self._count(statement, 0) * self.spec.words_per_row)

    def org(self, statement: DirectiveStmt) -> None:
        """`.org N`: at word N of the section's place"""
        self._expect(statement, len(statement.arguments) == 1, "a number of words")
        self._fix(statement, self._count(statement, 0))

    def _fix(self, statement: DirectiveStmt, words: int) -> None:
        waiting, self.fresh = self.fresh, []
        start = (self.region.start if self.region else 0) + words
        self.current = self._new_object(f".org{self.count}", statement)
        self.current.fixed_at = start
        self.fresh = waiting

    # Small helpers ----------------------------------------------------------------------------
    def _expect(self, statement: DirectiveStmt, holds: bool, what: str) -> None:
        if not holds:
            raise error("E-DIRECTIVE", f"`.{statement.name}` takes {what}", statement.line, statement)

    def _count(self, statement: DirectiveStmt, index: int) -> int:
        """An argument that counts something: a known integer that is not negative."""
        node = statement.arguments[index]
        value = self.scope.evaluate(node, statement.line)
        if not isinstance(value, int) or value < 0:
            message = f"`.{statement.name}` counts words; {describe(value)} is no such number"
            raise error("E-RANGE", message, statement.line, node)
        return value

    # Parameters -------------------------------------------------------------------------------
    def parameter(self, statement: DirectiveStmt, name: str, value: int | float, node: Operand) -> None:
        """`.param NAME = VALUE`: a word, and a constant"""
        alone = (item for item in self.objects if isinstance(item, DataObject))
        shared = next((item for item in alone if item.group == PARAMETERS), None)
        if shared is None:
            shared = DataObject(PARAMETERS, statement.line.place(statement.column, statement.end))
            self.objects.append(shared)
        self.reserve(statement, 1)
        offset = shared.words
        shared.append(1, _word(self.scope, statement, node, value))
        kind = "f32" if isinstance(value, float) else "i32"
        place = statement.line.place(node.column, node.end)
        self.scope.define_data(DataSymbol(name, place, shared, offset, 1, Tensor(name, kind, (1,)), value))

    # Values -----------------------------------------------------------------------------------
    def evaluate(self, report: Callable[[SourceError], None]) -> None:
        """Write the elements of all directives, now that symbols have addresses."""
        for item in self.elements:
            try:
                fill_in(item, self.scope)
            except SourceError as problem:
                report(problem)


def _word(scope: Scope, statement: DirectiveStmt, node: Operand, value: Value) -> bytes:
    """One word that holds an integer or an f32."""
    to = TYPES["f32"] if isinstance(value, float) else WORD
    bits = element_bits(to, value, statement.line, node)
    return bits.to_bytes(BYTES_PER_WORD, "little")
