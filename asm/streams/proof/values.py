"""The number that stands for what each element makes, found for all elements of one shape together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from asm.streams.proof.elements import CELLS, Content, Elements, Part
from asm.streams.proof.latest import Integers
from asm.streams.proof.numbers import Numbers, mixed
from isa.records import dataclass

Flags = NDArray[np.bool_]


@dataclass(eq=False, slots=True)
class _Batch:
    """Elements that take sources of the same widths; those of one part alone when they depend on contents of memory."""

    elements: Integers
    kinds: Numbers
    tags: Numbers
    sources: list[Integers]
    known: list[Content]


class Values:
    """`numbers` by element. What only moves values has none: its cells are those that it moves."""

    def __init__(self, elements: Elements) -> None:
        elements.settle()
        self.elements = elements
        self.numbers: Numbers = np.zeros(elements.count, np.uint64)
        self.done: Flags = np.zeros(elements.count, bool)
        self.same = _origins(elements)
        left = _batches(elements.parts)
        while left:
            before = int(self.done.sum())
            left = [batch for batch in left if not self._evaluate(batch)]
            assert self.done.sum() > before, "no element waits for itself: what it takes was made before"

    def _evaluate(self, batch: _Batch) -> bool:
        """Evaluate what can be of a batch; whether that was all of it."""
        todo = np.flatnonzero(~self.done[batch.elements])
        for source in batch.sources:
            todo = todo[self._is_known(source[todo]).all(axis=1)]
        for content in batch.known:
            known = self._is_known(content.cells)
            todo = todo[content.counts[todo] <= (len(known) if known.all() else int(np.argmin(known)))]
        sources = [self.number(source[todo]) for source in batch.sources]
        contents = [self.content(content)[content.counts[todo]] for content in batch.known]
        chosen = batch.elements[todo]
        self.numbers[chosen] = mixed(batch.kinds[todo], batch.tags[todo], *sources, *contents)
        self.done[chosen] = True
        return bool(self.done[batch.elements].all())

    def _is_known(self, cells: Integers) -> Flags:
        """Whether the numbers of cells can be told."""
        origins = self._lead(cells)
        known: Flags = (origins < 0) | self.done[np.maximum(origins, 0) // CELLS]
        return known

    def _lead(self, cells: Integers) -> Integers:
        """What cells are, before they were moved."""
        return np.where(cells < 0, cells, self.same[np.maximum(cells, 0)])

    def number(self, cells: Integers) -> Numbers:
        """What rows of cells side by side stand for."""
        origins = self._lead(cells)
        made = np.maximum(origins, 0)
        values = np.where(origins < 0, origins.astype(np.uint64), self.numbers[made // CELLS])
        bytes_ = np.where(origins < 0, CELLS, made % CELLS)
        return mixed(*mixed(values, bytes_.astype(np.uint64)).T)

    def content(self, content: Content) -> Numbers:
        """What is there before, after one, after two ... writes; where they go counts, in what order does not."""
        each = mixed(self.number(content.cells[:, None]), content.tags.astype(np.uint64))
        return np.concatenate([np.zeros(1, np.uint64), np.cumsum(each, dtype=np.uint64)])

    def memory(self) -> tuple[Integers, Numbers]:
        """All places of memory that were written, in order, and what they hold."""
        places, cells = self.elements.memory.last()
        return places, self.number(cells[:, None])

    def scattered(self) -> dict[int, int]:
        """What was scattered to each slice, as a number."""
        return {number: int(self.content(content)[-1]) for number, content in self.elements.scatters().items()}


def _batches(parts: Iterable[Part]) -> list[_Batch]:
    """Those of parts that do more than move values, in the order of the first."""
    alike: dict[tuple[int, ...], list[Part]] = {}
    for part in parts:
        if not part.copies:
            alone = (-1, part.first) if part.known else ()
            alike.setdefault((*(source.shape[1] for source in part.sources), *alone), []).append(part)
    return [_batch(group) for group in alike.values()]


def _batch(parts: Sequence[Part]) -> _Batch:
    counts = [part.count for part in parts]
    elements = np.concatenate([np.arange(part.first, part.first + part.count) for part in parts])
    kinds = np.repeat(np.concatenate([part.kind for part in parts]), counts)
    tags = np.concatenate([np.zeros(part.count, np.int64) if part.tags is None else part.tags for part in parts])
    sources = [np.concatenate(each) for each in zip(*(part.sources for part in parts), strict=True)]
    return _Batch(elements, kinds, tags.astype(np.uint64), sources, parts[0].known)


def _origins(elements: Elements) -> Integers:
    """For each cell the one that it is moved from at last; below 0 lies memory."""
    leads = np.arange(elements.count * CELLS)
    for part in elements.parts:
        if part.copies:
            source = part.sources[0]
            cells = part.cells[:, : source.shape[1]]
            leads[cells] = source[:, : cells.shape[1]]
    while True:
        further = np.where(leads < 0, leads, leads[np.maximum(leads, 0)])
        if np.array_equal(further, leads):
            return leads
        leads = further
