"""The columns in C (csrc/asm) from Python: the only module of the assembler that touches cffi."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

from asm._front import ffi, lib
from isa.lines import Told
from isa.records import NamedTuple

WORD, NUMBER, REGISTER, NAME = lib.FRONT_WORD, lib.FRONT_NUMBER, lib.FRONT_REGISTER, lib.FRONT_NAME
LIST = lib.FRONT_LIST
LABELS, CODE, CALL, NUMBERS = lib.FRONT_LABELS, lib.FRONT_CODE, lib.FRONT_CALL, lib.FRONT_NUMBERS
ODD, SECTION, NO_OBJECT = lib.FRONT_ODD, lib.FRONT_SECTION, -1
LABEL, DATA, CONSTANT = lib.FRONT_LABEL, lib.FRONT_DATA, lib.FRONT_CONSTANT
STREAM, V, HEMISPHERE = lib.FRONT_STREAM, lib.FRONT_V, lib.FRONT_HEMISPHERE
BURST, ROW, LINE, UNIT = lib.FRONT_BURST, lib.FRONT_ROW, lib.FRONT_LINE, lib.FRONT_UNIT
ENCODED, FRONT_OP = lib.FRONT_ENCODED, lib.FRONT_OP
FORM, VALUES = 0, 8  # where the numbers of an op hold these
COLUMNS = (
    "ADDRESSES", "ORIGINS", "LINES", "STARTS", "ENDS", "REFERENCES", "FORMS", "NAMES", "ADDENDS", "SOURCES", "NAMED",
    "PLACES",
)  # fmt: skip


Hole: TypeAlias = tuple[int, int]  # its columns


class Unfit(Exception):
    """A source is none for the quick way: the plain one assembles it, or says what is wrong."""


class Stretch(NamedTuple):
    """Lines [first, end) of a file, counted from 0, that hold labels, ops and bundles, uses of macros, data and starts
    of sections, among the statements of a source in place of theirs."""

    first: int
    end: int


class Extent(NamedTuple):
    """Lines [start, end) that can be taken together, none of them blank at first, the uses of macros in them, the lines
    that these come to, and how far was looked: what is before that and not taken is labels alone."""

    start: int
    end: int
    calls: int
    added: int
    looked: int


class Call(NamedTuple):
    """A use of a macro, which has a number: where it stands in lines of an origin."""

    origin: int
    line: int
    column: int
    end: int
    macro: int


class Taken(NamedTuple):
    """Such lines taken to pieces [first, end), among items in place of theirs."""

    first: int
    end: int


class Gathered(NamedTuple):
    """The labels and the objects of data of some lines as columns, and the bytes of these: see front.h."""

    labels: tuple[array[int], ...]
    objects: tuple[array[int], ...]
    data: bytes
    first: int
    before: int
    in_data: bool
    is_open: bool
    is_closed: bool
    is_anywhere: bool


class Written(NamedTuple):
    """Syllables, and columns of what they are of: see front.h."""

    text: list[int]
    columns: dict[str, array[int]]


class Front:
    """One source on its way; what cannot be done here raises Unfit."""

    def __init__(self, text: str) -> None:
        self._front = self.handle = ffi.gc(lib.front_new(), lib.front_free)
        if not self._front:
            raise MemoryError
        data = text.encode(errors="surrogatepass")
        self.lines = checked(lib.front_read(self._front, data, len(data)))
        self.names: list[str] = []
        self._names_end = 0
        self.learn_names()

    def learn_names(self) -> None:
        """Take note of the names in lines read since this was done last."""
        bytes_, ends = ffi.new("const char **"), ffi.new("const size_t **")
        count = lib.front_names(self._front, len(self.names), bytes_, ends)
        if count:
            start = self._names_end
            stops = ffi.unpack(ends[0], count)
            text = _text(bytes_, stops[-1] - start)
            self.names += [text[at - start : end - start] for at, end in pairwise([start, *stops])]
            self._names_end = stops[-1]

    def append(self, text: str, number: int, origin: int, limit: int) -> None:
        """Add a line that came of expansion, whose columns are those of its source up to a limit (-1 for all)."""
        data = text.encode(errors="surrogatepass")
        checked(lib.front_append(self._front, data, len(data), number, origin, limit))
        self.lines += 1

    def count_keys(self) -> int:
        return int(lib.front_keys(self._front))

    def key(self, number: int) -> str:
        """The key of a number."""
        bytes_ = ffi.new("const char **")
        return _text(bytes_, lib.front_key(self._front, number, bytes_))

    def add_form(self, numbers: Sequence[int]) -> int:
        return checked(lib.front_form(self._front, _column("q", numbers), len(numbers)))

    def add_recipe(self, key: int, numbers: Sequence[int]) -> None:
        checked(lib.front_recipe(self._front, key, _column("q", numbers), len(numbers)))

    def set_symbol(self, name: int, uses: int, value: int) -> None:
        lib.front_symbol(self._front, name, uses, value)

    def set_symbols(self, uses: bytearray, values: array[int]) -> None:
        """Set all names, by their numbers."""
        columns = ffi.from_buffer("uint8_t[]", uses), ffi.from_buffer("int64_t[]", values)
        checked(lib.front_set_symbols(self._front, *columns, len(values)))

    def more_plain(self) -> int:
        """How many more lines have no recipe than have one."""
        return int(lib.front_plain(self._front))

    def kind(self, line: int) -> int:
        """What a line is by its recipe; negative when it has none."""
        return int(lib.front_kind(self._front, line))

    def key_of(self, line: int) -> int:
        """The number of the key of a line; negative when it has none."""
        return int(lib.front_line_key(self._front, line))

    def holes(self, line: int) -> list[Hole]:
        """The columns of what fills the holes of a line."""
        holes = ffi.new("front_hole **")
        count = lib.front_holes(self._front, line, holes)
        return [(holes[0][number].column, holes[0][number].end) for number in range(count)]

    def give(self, line: int, number: int, given: int) -> None:
        """Say that a hole of a line of the body of a macro is filled by one of its use."""
        lib.front_give(self._front, line, number, given)

    def stretch(self, line: int, end: int) -> Extent:
        """The next lines from one on (from 0) and before another that are taken together."""
        found = lib.front_stretch(self._front, line, end)
        return Extent(found.start, found.end, found.calls, found.added, found.looked)

    def gather(self, line: int, end: int, in_data: bool, is_open: bool) -> Gathered:
        """What some lines define, given whether they are where data is and whether the data before them goes on."""
        found = lib.front_gather(self._front, line, end, in_data, is_open)
        checked(found.failed)
        labels = _split(lib.front_labels(self._front), found.labels, lib.FRONT_DEFINED)
        objects = _split(lib.front_objects(self._front), found.objects, lib.FRONT_DATA_OBJECT)
        data = ffi.buffer(lib.front_data(self._front), lib.front_data_size(self._front))[:]
        sections = found.in_data, found.is_open, found.is_closed, found.is_anywhere
        return Gathered(labels, objects, data, found.first, found.before, *sections)

    def take(self, line: int, end: int) -> Iterator[Taken | int]:
        """Lines to ops and pieces, and between these the lines that cannot be taken."""
        first = self.count_pieces()
        count = checked(lib.front_take(self._front, line, end))
        left = iter(ffi.unpack(lib.front_left(self._front), 2 * count) if count else ())
        for odd, at in zip(left, left, strict=True):
            yield from (Taken(first, at), odd)
            first = at
        yield Taken(first, self.count_pieces())

    def call(self, origin: int) -> Call:
        """The use of a macro that lines of a negative origin come of."""
        return Call(*ffi.unpack(lib.front_call(self._front, origin), 5))

    def count_pieces(self) -> int:
        """How many pieces lines were taken to so far."""
        return int(lib.front_count_pieces(self._front))

    def op(self, number: int) -> list[int]:
        """The numbers of an op: form, origin, line, column, end, name, uses, addend, and values of fields."""
        made: list[int] = ffi.unpack(lib.front_ops(self._front) + number * FRONT_OP, FRONT_OP)
        return made

    def limit_rows(self, rows: int) -> None:
        """Say how many rows a slice has."""
        lib.front_limit_rows(self._front, rows)

    def count_bursts(self) -> int:
        """How many bursts differ in more than their row."""
        return int(lib.front_count_bursts(self._front))

    def burst(self, number: int) -> tuple[int, list[int]]:
        """The form of such a burst, and the values of its fields before those of others that it has not."""
        form, *values = ffi.unpack(lib.front_burst(self._front, number), 1 + lib.FRONT_BURST_FIELDS)
        return form, values

    def tell_bursts(self, syllables: array[int]) -> None:
        """Say how all of them are written: two syllables each, and whether a unit is to be chosen."""
        numbers = ffi.from_buffer("uint64_t[]", syllables)
        checked(lib.front_tell_bursts(self._front, numbers, len(syllables) // lib.FRONT_WRITTEN))

    def add_encoded(self, numbers: array[int]) -> int:
        """Add ops that are encoded, of as many numbers each as front.h says; the number of the first."""
        ops = ffi.from_buffer("int64_t[]", numbers)
        return checked(lib.front_encoded(self._front, ops, len(numbers) // FRONT_OP))

    def add_pattern(self, numbers: Sequence[int]) -> int:
        return checked(lib.front_pattern(self._front, _column("q", numbers), len(numbers)))

    def settle(self) -> Written:
        """What was written, once all symbols are set."""
        checked(lib.front_settle(self._front))
        columns = {name: self._column_of(getattr(lib, f"FRONT_{name}")) for name in COLUMNS}
        count = checked(lib.front_write(self._front, ffi.NULL, 0))
        return Written(ffi.unpack(lib.front_text(self._front), count) if count else [], columns)

    def _column_of(self, column: int) -> array[int]:
        count = lib.front_length(self._front, column)
        made = array("q")
        if count:
            made.frombytes(ffi.buffer(lib.front_column(self._front, column), 8 * count))
        return made

    def places(self, first: int, files: array[int], depths: array[int]) -> Told:
        """The records of these places, numbered from one on, and the number of each entry's: see isa.lines."""
        checked(lib.front_spots(self._front))
        lib.front_number_spots(self._front, first)
        size = lib.front_place_records(self._front, _words(files), _words(depths))
        return Told(self._words_written(size), self._column_of(lib.FRONT_SPOTS))

    def trails(self, behind: array[int], starts: array[int]) -> array[int]:
        """What is behind these places: see isa.lines."""
        return self._words_written(lib.front_trail_records(self._front, _words(behind), _words(starts)))

    def _words_written(self, count: int) -> array[int]:
        made = array("I")
        if checked(count):
            made.frombytes(ffi.buffer(lib.front_program_bytes(self._front), made.itemsize * count))
        return made

    def program(self, files: Sequence[int]) -> bytes:
        """The rows of a line program of DWARF: see isa.lines."""
        size = checked(lib.front_program(self._front, _column("q", files)))
        return bytes(ffi.buffer(lib.front_program_bytes(self._front), size)) if size else b""


def _column(kind: str, numbers: Iterable[int]) -> Any:
    return ffi.from_buffer("int64_t[]", array(kind, numbers))


def _words(numbers: array[int]) -> Any:
    return ffi.from_buffer("uint32_t[]", numbers)


def _split(items: Any, count: int, size: int) -> tuple[array[int], ...]:
    """The columns of so many rows of a size."""
    made = array("i")
    if count:
        made.frombytes(ffi.buffer(items, made.itemsize * size * count))
    return tuple([made[at::size] for at in range(size)])


def _text(bytes_: Any, size: int) -> str:
    made: bytes = ffi.buffer(bytes_[0], size)[:]
    return made.decode()


def checked(result: int) -> int:
    if result == lib.FRONT_MEMORY:
        raise MemoryError
    if result < 0:
        raise Unfit
    return int(result)
