"""Elements of bursts: what each is made of, and the number that stands for it.

A cell is a byte of an element's value: its number times CELLS plus the byte. Rows of memory that nothing has written
are cells of their own, below 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from asm.streams.proof.latest import NOTHING, Integers, Latest
from asm.streams.proof.numbers import Numbers, constant, mixed

CELLS = 16
ROWS = 1 << 26  # more than a row of any slice, with what a register adds
UNTOUCHED = -2  # the cell of row 0 of slice 0; others are below it


@dataclass(eq=False, slots=True)
class Part:
    """`count` elements from number `first` on, alike but for their sources: each source an array of cells, a row for
    each element. `kind` stands for what is done; what `copies` is its source. `tags` go with each element, `known` are
    contents of memory that it depends on."""

    first: int
    count: int
    width: int
    kind: Numbers
    copies: bool = False
    tags: Integers | None = None
    sources: list[Integers] = field(default_factory=list)
    known: list[Content] = field(default_factory=list)

    @property
    def cells(self) -> Integers:
        """All bytes of its results."""
        return whole(np.arange(self.first, self.first + self.count), self.width)


@dataclass(eq=False, slots=True)
class Content:
    """What rows hold after so many of the `cells` that are written there in order, with their `tags`: how many, for
    each element of a part."""

    cells: Integers
    tags: Integers
    counts: Integers


def whole(elements: Integers, width: int) -> Integers:
    return np.asarray(elements, np.int64)[:, None] * CELLS + np.arange(width)


class Elements:
    """Parts, and the memory they share."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.count = 0
        self.memory = Latest()
        self.stores: dict[int, list[Integers]] = {}  # by slice: times, rows, cells
        self.values: Numbers = np.zeros(0, np.uint64)

    def add(self, kind: Sequence[int], width: int, count: int, *, copies: bool = False) -> Part:
        part = Part(self.count, count, width, constant(*kind), copies)
        self.parts.append(part)
        self.count += count
        return part

    # Memory -----------------------------------------------------------------------------------
    def store(self, number: int, rows: Integers, times: Integers, cells: Integers) -> None:
        """Rows of a slice are written, a cell each."""
        self.memory.put(number * ROWS + rows, times, cells)
        self.stores.setdefault(number, []).append(np.stack([times, rows, cells]))

    def load(self, number: int, rows: Integers, times: Integers) -> Integers:
        """The cells that rows of a slice hold before a time; all stores must be known."""
        places = number * ROWS + rows
        found = self.memory.find(places, times)
        return np.where(found == NOTHING, UNTOUCHED - places, found)

    def content(self, number: int, rows: range, times: Integers) -> Content:
        """What some rows of a slice hold before each time, but for what they hold at first."""
        writes = np.concatenate([np.zeros((3, 0), np.int64), *self.stores.get(number, [])], axis=1)
        writes = writes[:, (writes[1] >= rows.start) & (writes[1] < rows.stop)]
        when, where, cells = writes[:, np.lexsort(writes[::-1])]
        return Content(cells, where, np.searchsorted(when, times))

    def evaluate(self) -> None:
        """Find the number of each element, as soon as those of its sources are known."""
        self.values = np.zeros(self.count, np.uint64)
        self.widths = np.zeros(self.count, np.int64)
        done = np.zeros(self.count, bool)
        for part in self.parts:
            self.widths[part.first : part.first + part.count] = part.width
        left = self.parts
        while left:
            before = int(done.sum())
            left = [part for part in left if not self._evaluate(part, done)]
            assert done.sum() > before, "no element waits for itself: what it takes was made before"

    def _evaluate(self, part: Part, done: Integers) -> bool:
        """Evaluate what can be of a part; whether that was all of it."""
        todo = np.flatnonzero(~done[part.first : part.first + part.count])
        for source in part.sources:
            cells = source[todo]
            todo = todo[(done[np.maximum(cells, 0) // CELLS] | (cells < 0)).all(axis=1)]
        for content in part.known:
            todo = todo[content.counts[todo] <= _ready(content.cells, done)]
        self.values[part.first + todo] = self._numbers(part, todo)
        done[part.first + todo] = True
        return bool(done[part.first : part.first + part.count].all())

    def _numbers(self, part: Part, chosen: Integers) -> Numbers:
        sources = [self.number(source[chosen]) for source in part.sources]
        if part.copies:
            return sources[0]
        tags = [part.tags[chosen].astype(np.uint64)] if part.tags is not None else []
        known = [self._content(content)[content.counts[chosen]] for content in part.known]
        return mixed(np.broadcast_to(part.kind, len(chosen)), *tags, *sources, *known)

    def number(self, cells: Integers) -> Numbers:
        """What cells side by side stand for: the bytes of one value in order are that value."""
        elements, bytes_ = np.maximum(cells, 0) // CELLS, np.where(cells < 0, 0, cells % CELLS)
        width = cells.shape[1]
        whole_ = (cells >= 0) & (elements == elements[:, :1]) & (bytes_ == np.arange(width))
        is_value = whole_.all(axis=1) & (self.widths[elements[:, 0]] == width)
        values = np.where(cells < 0, mixed(cells.astype(np.uint64)), self.values[elements])
        each = mixed(values, bytes_.astype(np.uint64))
        return np.where(is_value, values[:, 0], mixed(*each.T))

    def _content(self, content: Content) -> Numbers:
        """What is there before, after one, after two ... writes; where they go counts, in what order does not."""
        each = mixed(self.number(content.cells[:, None]), content.tags.astype(np.uint64))
        return np.concatenate([np.zeros(1, np.uint64), np.cumsum(each, dtype=np.uint64)])

    def contents(self) -> tuple[Integers, Numbers]:
        """All places of memory that were written, in order, and what they hold."""
        places, cells = self.memory.last()
        return places, self.number(cells[:, None])


def _ready(cells: Integers, done: Integers) -> int:
    """How many cells from the first on are known."""
    known = done[np.maximum(cells, 0) // CELLS] | (cells < 0)
    return int(np.argmin(known)) if not known.all() else len(known)
