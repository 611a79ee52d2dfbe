"""The columns in C (csrc/asm) from Python: the only module of the assembler that touches cffi."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from asm._front import ffi, lib
from isa.records import NamedTuple

WORD, NUMBER, REGISTER, NAME = lib.FRONT_WORD, lib.FRONT_NUMBER, lib.FRONT_REGISTER, lib.FRONT_NAME
LABEL, DATA, CONSTANT = lib.FRONT_LABEL, lib.FRONT_DATA, lib.FRONT_CONSTANT
AT_LABEL, LINEAR, BUNDLE = lib.FRONT_AT_LABEL, lib.FRONT_LINEAR, lib.FRONT_BUNDLE
PIECE = lib.FRONT_PIECE
ENCODED, FRONT_OP = lib.FRONT_ENCODED, lib.FRONT_OP
FORM, OP_NAME, VALUES = 0, 5, 8  # where the numbers of an op hold these
COLUMNS = ("ADDRESSES", "ORIGINS", "LINES", "STARTS", "ENDS", "OPS", "ENTRIES", "REFERENCES")


Piece: TypeAlias = tuple[int, int, int, int, int]


class Unfit(Exception):
    """A source is none for the quick way: the plain one assembles it, or says what is wrong."""


class Stretch(NamedTuple):
    """Lines [first, end) of a file, counted from 0, that hold labels, ops and bundles, among the statements of a source
    in place of theirs. Labels are (name, line, column)."""

    first: int
    end: int
    labels: tuple[tuple[str, int, int], ...]


class Taken(NamedTuple):
    """The pieces of such lines, among items in place of theirs."""

    pieces: tuple[Piece, ...]


class Written(NamedTuple):
    """Syllables, and columns of what they are of: see front.h."""

    text: list[int]
    columns: dict[str, array[int]]


class Front:
    """One source on its way; what cannot be done here raises Unfit."""

    def __init__(self, text: str) -> None:
        self._front = ffi.gc(lib.front_new(), lib.front_free)
        if not self._front:
            raise MemoryError
        data = text.encode(errors="surrogatepass")
        self.lines = _checked(lib.front_read(self._front, data, len(data)))
        self.names: list[str] = []
        self.learn_names()

    def learn_names(self) -> None:
        """Take note of the names in lines read since this was done last."""
        self.names += self._contents(len(self.names), lib.front_names, lib.front_name)

    def _contents(self, first: int, count: Any, content: Any) -> Iterator[str]:
        bytes_ = ffi.new("const char **")
        for number in range(first, count(self._front)):
            size = content(self._front, number, bytes_)
            yield ffi.buffer(bytes_[0], size)[:].decode()

    def append(self, text: str, number: int, origin: int, limit: int) -> None:
        """Add a line that came of expansion, whose columns are those of its source up to a limit (-1 for all)."""
        data = text.encode(errors="surrogatepass")
        _checked(lib.front_append(self._front, data, len(data), number, origin, limit))
        self.lines += 1

    def count_keys(self) -> int:
        return int(lib.front_keys(self._front))

    def keys(self, first: int) -> Iterator[str]:
        """The keys of lines from a number on."""
        return self._contents(first, lib.front_keys, lib.front_key)

    def add_form(self, numbers: Sequence[int]) -> int:
        return _checked(lib.front_form(self._front, _column("q", numbers), len(numbers)))

    def add_recipe(self, key: int, numbers: Sequence[int]) -> None:
        _checked(lib.front_recipe(self._front, key, _column("q", numbers), len(numbers)))

    def set_symbol(self, name: int, uses: int, value: int) -> None:
        lib.front_symbol(self._front, name, uses, value)

    def more_plain(self) -> int:
        """How many more lines have no recipe than have one."""
        return int(lib.front_plain(self._front))

    def stretch(self, line: int, end: int) -> int:
        """The end of the lines from one on (from 0) and before another that are taken together."""
        return int(lib.front_stretch(self._front, line, end))

    def labels(self, line: int, end: int) -> tuple[tuple[str, int, int], ...]:
        """The labels of some lines: name, line (from 1), column."""
        made = self._pieces(lib.front_labels(self._front, line, end))
        return tuple([(self.names[name], at, column) for _, name, at, column, _ in made])

    def take(self, line: int, end: int) -> Iterable[Piece]:
        """Lines to ops; the pieces that they make. Raises Unfit when one of them cannot be taken."""
        return self._pieces(lib.front_take(self._front, line, end))

    def _pieces(self, result: int) -> Iterable[Piece]:
        count = _checked(result)
        numbers = iter(ffi.unpack(lib.front_pieces(self._front), count * PIECE) if count else ())
        return zip(numbers, numbers, numbers, numbers, numbers, strict=True)

    def op(self, number: int) -> list[int]:
        """The numbers of an op: form, origin, line, column, end, name, uses, addend, and values of fields."""
        made: list[int] = ffi.unpack(lib.front_ops(self._front) + number * FRONT_OP, FRONT_OP)
        return made

    def likeness(self, first: int, end: int) -> int:
        return _checked(lib.front_likeness(self._front, first, end))

    def add_encoded(self, place: tuple[int, int, int, int], syllables: Sequence[int], name: int) -> int:
        """Add an op that is encoded; its place is (origin, line, column, end)."""
        signed = [each - (each >> 63 << 64) for each in (*syllables, 0)][:2]
        origin, line, column, end = place
        op = ffi.new("front_op *", [ENCODED, origin, line, column, end, name, 0, 0, signed])
        return _checked(lib.front_encoded(self._front, op))

    def add_pattern(self, numbers: Sequence[int]) -> int:
        return _checked(lib.front_pattern(self._front, _column("q", numbers), len(numbers)))

    def write(self, entries: array[int]) -> int:
        """Write bundles; the number of syllables."""
        return _checked(lib.front_write(self._front, ffi.from_buffer("int32_t[]", entries), len(entries) // 3))

    def settle(self) -> Written:
        """What was written, once all symbols are set."""
        _checked(lib.front_settle(self._front))
        columns = {name: self._column_of(getattr(lib, f"FRONT_{name}")) for name in COLUMNS}
        count = _checked(lib.front_write(self._front, ffi.NULL, 0))
        return Written(ffi.unpack(lib.front_text(self._front), count) if count else [], columns)

    def _column_of(self, column: int) -> array[int]:
        count = lib.front_length(self._front, column)
        made = array("q")
        if count:
            made.frombytes(ffi.buffer(lib.front_column(self._front, column), 8 * count))
        return made

    def entries(self) -> array[int]:
        """The addresses of what was written last, entry by entry."""
        return self._column_of(lib.FRONT_ENTRIES)


def _column(kind: str, numbers: Iterable[int]) -> Any:
    return ffi.from_buffer("int64_t[]", array(kind, numbers))


def _checked(result: int) -> int:
    if result == lib.FRONT_MEMORY:
        raise MemoryError
    if result < 0:
        raise Unfit
    return int(result)
