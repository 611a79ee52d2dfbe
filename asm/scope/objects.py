"""Data as the assembler collects it: objects made of pieces, to be placed and then written as blocks."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import chain

from asm.names.expr import Address
from isa.diagnostics import Place
from isa.image import Tensor
from isa.machine import BYTES_PER_WORD, MachineSpec
from isa.records import NamedTuple, dataclass, field


class Region(NamedTuple):
    """The words [start, end) that a place such as `mw0.1` or `mw0..mw3` names."""

    start: int
    end: int
    text: str
    first_slice: int = 0  # encoded: hemisphere*64 + index
    last_slice: int = 0
    bank: int = -1  # when the place names one


class WordReference(NamedTuple):
    """The word at `offset` in its object holds the value of an address."""

    offset: int
    address: Address
    place: Place


@dataclass(slots=True)
class Piece:
    """Consecutive words: `data` are their bytes, all written; without data the words stay never-written."""

    words: int
    data: bytearray = field(default_factory=bytearray)


@dataclass(slots=True)
class DataObject:
    """Memory that stays together. Its `words` lie in one run, or in each of `slices` adjacent slices.

    `planes` holds the pieces of each slice; a linear object has one. `address` is the linear word address of
    the first word, known after placement; `fixed_at` is the one the source asks for. `flows` says that its rows are
    for streams.
    """

    group: str
    place: Place
    planes: list[list[Piece]] = field(default_factory=lambda: [[]])
    words: int = 0
    region: Region | None = None
    fixed_at: int | None = None
    address: int = 0
    title: str = ""
    references: list[WordReference] = field(default_factory=list)
    flows: bool = False

    @property
    def name(self) -> str:
        """What messages call it: its first symbol, or what it was made for."""
        return self.title or self.group.lstrip(".")

    @property
    def slices(self) -> int:
        return len(self.planes)

    def banks(self, spec: MachineSpec) -> frozenset[int]:
        """The banks it touches, as placed."""
        size, last = spec.words_per_bank, self.address + max(self.words, 1) - 1
        planes = range(0, self.slices * spec.words_per_slice, spec.words_per_slice)
        runs = [range((self.address + plane) // size, (last + plane) // size + 1) for plane in planes]
        return frozenset(chain.from_iterable(runs))

    def append(self, words: int, data: bytes | None = None) -> tuple[Piece, int]:
        """Add words to a linear object: the piece that holds them, and the byte of it at which they start."""
        pieces = self.planes[0]
        if not pieces or bool(pieces[-1].data) != (data is not None):
            pieces.append(Piece(0))
        piece = pieces[-1]
        start = len(piece.data)
        piece.words += words
        piece.data += data or b""
        self.words += words
        return piece, start


@dataclass(slots=True)
class DataObjects:
    """Linear objects of written words that may lie anywhere, as columns; `addresses` are known after placement.

    Object i is in `groups[i]`, begins in `lines[i]` from `columns[i]` to `ends[i]`, and has `words[i]` words from word
    `starts[i]` of `data` on. Its labels, if it is titled by one, cover `counts[i]` elements of a type, which are in the
    first `covered[i]` words.
    """

    file: str
    groups: list[str]
    titled: Sequence[int]
    types: list[str]
    counts: array[int]
    covered: array[int]
    starts: array[int]
    words: array[int]
    lines: array[int]
    columns: array[int]
    ends: array[int]
    data: bytes
    addresses: array[int] = field(default_factory=lambda: array("q"))
    made: dict[int, DataObject] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.words)

    def held(self, number: int) -> bytes:
        """The data of an object."""
        start = self.starts[number] * BYTES_PER_WORD
        return self.data[start : start + self.words[number] * BYTES_PER_WORD]

    def object(self, number: int) -> DataObject:
        """One of them by itself."""
        if number not in self.made:
            group, words = self.groups[number], self.words[number]
            place = Place(self.file, self.lines[number], self.columns[number], self.ends[number])
            made = DataObject(group, place, [[Piece(words, bytearray(self.held(number)))]], words)
            made.title = group if self.titled[number] else ""
            made.address = self.addresses[number] if number < len(self.addresses) else 0
            self.made[number] = made
        return self.made[number]


class DataSymbol(NamedTuple):
    """A name for words of an object: `offset` words into it, `size` long, with its type if it has one.

    `constant` is the number a parameter stands for (a float one for the source alone).
    """

    name: str
    place: Place
    object: DataObject
    offset: int
    size: int = 0
    tensor: Tensor | None = None
    constant: int | float | None = None

    @property
    def address(self) -> int:
        return self.object.address + self.offset
