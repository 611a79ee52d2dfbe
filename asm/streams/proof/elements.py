"""Elements of bursts: what each is made of, and the number that stands for it.

A cell is a byte of what an element makes: its number times CELLS plus the byte. Rows of memory that nothing has written
are cells of their own, below 0. The cells of what only moves values are those that it moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from asm.streams.proof.latest import NOTHING, TIMES, Integers, Latest
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
        self.scattered: dict[int, list[tuple[range, Integers]]] = {}  # by slice: among which rows; times, cells
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

    def read(self, part: Part, slices: range, rows: Integers, times: Integers) -> None:
        """The elements of a part are rows of some slices side by side as they stand at some times.

        All stores must be known before.
        """
        part.sources.append(np.stack([self._held(number, rows, times) for number in slices], axis=1))
        within = range(int(rows.min()), int(rows.max()) + 1)
        part.known += [content for number in slices for content in self._seen(number, within, times)]
        part.copies = not part.known

    def _held(self, number: int, rows: Integers, times: Integers) -> Integers:
        """The cells that rows of a slice hold before a time, but for what was scattered."""
        places = number * ROWS + rows
        found = self.memory.find(places, times)
        return np.where(found == NOTHING, UNTOUCHED - places, found)

    def look_up(self, part: Part, number: int, rows: range, times: Integers) -> None:
        """The elements of a part are, by a map, any of some rows of a slice."""
        part.known += [self._content_of(number, rows, times), *self._seen(number, rows, times)]

    def _content_of(self, number: int, rows: range, times: Integers) -> Content:
        """What some rows of a slice hold before each time, but for what they hold at first."""
        writes = np.concatenate([np.zeros((3, 0), np.int64), *self.stores.get(number, [])], axis=1)
        writes = writes[:, (writes[1] >= rows.start) & (writes[1] < rows.stop)]
        when, where, cells = writes[:, np.lexsort(writes[::-1])]
        return Content(cells, where, np.searchsorted(when, times))

    def scatter(self, number: int, rows: range, times: Integers, cells: Integers) -> None:
        """Some of the rows of a slice become what maps and values say."""
        self.scattered.setdefault(number, []).append((rows, np.stack([times, cells])))

    def _seen(self, number: int, rows: range, times: Integers) -> list[Content]:
        """What was scattered to rows of a slice before each time: nothing, or one content."""
        writes = [made for where, made in self.scattered.get(number, ()) if _overlap(where, rows)]
        if not writes:
            return []
        together = np.concatenate(writes, axis=1)
        when, cells = together[:, np.argsort(together[0], kind="stable")]
        return [Content(cells, np.arange(len(cells)), np.searchsorted(when, times))]

    # Numbers ----------------------------------------------------------------------------------
    def evaluate(self) -> None:
        """Find the number of each element, as soon as those of its sources are known."""
        self.values = np.zeros(self.count, np.uint64)
        self.same = np.arange(self.count * CELLS)
        for part in self.parts:
            if part.copies:
                self._pass_on(part)
        self.same = _ends(self.same)
        done = np.zeros(self.count, bool)
        left = [part for part in self.parts if not part.copies]
        while left:
            before = int(done.sum())
            left = [part for part in left if not self._evaluate(part, done)]
            assert done.sum() > before, "no element waits for itself: what it takes was made before"

    def _pass_on(self, part: Part) -> None:
        source = part.sources[0]
        cells = part.cells[:, : source.shape[1]]
        self.same[cells] = source[:, : cells.shape[1]]

    def _evaluate(self, part: Part, done: Integers) -> bool:
        """Evaluate what can be of a part; whether that was all of it."""
        todo = np.flatnonzero(~done[part.first : part.first + part.count])
        for source in part.sources:
            todo = todo[self._known(source[todo], done).all(axis=1)]
        for content in part.known:
            known = self._known(content.cells, done)
            ready = len(known) if known.all() else int(np.argmin(known))
            todo = todo[content.counts[todo] <= ready]
        self.values[part.first + todo] = self._numbers(part, todo)
        done[part.first + todo] = True
        return bool(done[part.first : part.first + part.count].all())

    def _known(self, cells: Integers, done: Integers) -> Integers:
        """Whether the numbers of cells can be told."""
        origins = self._origins(cells)
        known: Integers = (origins < 0) | done[np.maximum(origins, 0) // CELLS]
        return known

    def _origins(self, cells: Integers) -> Integers:
        """What cells are, before they were moved."""
        return np.where(cells < 0, cells, self.same[np.maximum(cells, 0)])

    def _numbers(self, part: Part, chosen: Integers) -> Numbers:
        tags = [part.tags[chosen].astype(np.uint64)] if part.tags is not None else []
        sources = [self.number(source[chosen]) for source in part.sources]
        known = [self._content(content)[content.counts[chosen]] for content in part.known]
        return mixed(np.broadcast_to(part.kind, len(chosen)), *tags, *sources, *known)

    def number(self, cells: Integers) -> Numbers:
        """What rows of cells side by side stand for."""
        origins = self._origins(cells)
        made = np.maximum(origins, 0)
        values = np.where(origins < 0, origins.astype(np.uint64), self.values[made // CELLS])
        bytes_ = np.where(origins < 0, CELLS, made % CELLS)
        return mixed(*mixed(values, bytes_.astype(np.uint64)).T)

    def _content(self, content: Content) -> Numbers:
        """What is there before, after one, after two ... writes; where they go counts, in what order does not."""
        each = mixed(self.number(content.cells[:, None]), content.tags.astype(np.uint64))
        return np.concatenate([np.zeros(1, np.uint64), np.cumsum(each, dtype=np.uint64)])

    def contents(self) -> tuple[Integers, Numbers]:
        """All places of memory that were written, in order, and what they hold."""
        places, cells = self.memory.last()
        return places, self.number(cells[:, None])

    def scatters(self) -> dict[int, int]:
        """What was scattered to each slice, as a number."""
        everything, end = range(ROWS), np.asarray([TIMES])
        found = {number: self._seen(number, everything, end) for number in sorted(self.scattered)}
        return {number: int(self._content(content)[-1]) for number, (content,) in found.items()}


def _overlap(first: range, second: range) -> bool:
    return first.start < second.stop and second.start < first.stop


def _ends(leads: Integers) -> Integers:
    """Where each cell leads to at last; below 0 lies memory."""
    while True:
        further = np.where(leads < 0, leads, leads[np.maximum(leads, 0)])
        if np.array_equal(further, leads):
            return leads
        leads = further
