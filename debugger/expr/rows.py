"""Arrays in rows: each along the last axis, with its index before it; of long ones head and tail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from math import prod
from typing import TYPE_CHECKING, Any, TypeAlias

from debugger.expr.texts import ABSENT
from isa.machine import LANES_PER_SUPERLANE

if TYPE_CHECKING:
    from debugger.expr.values import Array

ALL_ROWS, HEAD, TAIL = 20, 8, 3  # up to so many rows are all shown; of more, these
GAP, DOTS = "  ", "..."
CHUNKS = (LANES_PER_SUPERLANE, 8)  # elements of an array of one axis stand in rows of a multiple of one of them
NARROWEST = 3  # what a column takes at least
FEWEST = 3  # columns: one at each end, and what stands for the others

ALIKE = 4  # rows that are alike are said to be, from so many on

Format: TypeAlias = Callable[[Any], str]
Row: TypeAlias = tuple[str, str]  # the index, and the elements; of what is left out a sentence
Columns: TypeAlias = tuple[list[int | None], int]


def rows(array: Array, held: Array | None, text: Format, width: int) -> Iterator[str]:
    """The lines of an array with at least one element."""
    found = _one_axis(array, held, text, width) if array.ndim == 1 else _axes(array, held, text, width)
    for elements, run in groupby(found, key=lambda row: row[1]):
        names = [name for name, _ in run]
        if len(names) < ALIKE or DOTS in elements:  # what is left out of rows may differ
            yield from (name + elements for name in names)
        else:
            yield from (names[0] + elements, f"{DOTS} {len(names) - 2} rows like it", names[-1] + elements)


def _one_axis(array: Array, held: Array | None, text: Format, width: int) -> Iterator[Row]:
    """Elements in rows of some, each with the index of its first one."""
    label = len(str(len(array) - 1)) + 2
    room = max(NARROWEST, width - label)
    most = _chunks(len(array), room // NARROWEST)
    column = max(len(_cell(array, held, place, text)) for part in most for place in part or ())
    each = max(1, room // (column + len(GAP)))
    each = next((each // chunk * chunk for chunk in CHUNKS if chunk <= each), each)
    left_out = (-(-len(array) // each) - HEAD - TAIL) * each
    for part in _chunks(len(array), each):
        cells = [_cell(array, held, place, text) for place in part or ()]
        yield _row(f"[{part.start}]", label, cells, column) if part else ("", f"{DOTS} {left_out:,} elements more")


def _chunks(count: int, each: int) -> Iterator[range | None]:
    """The places of elements in the rows that are shown; None for those left out."""
    starts = range(0, count, each)
    for row in _picked(len(starts)):
        yield None if row is None else range(starts[row], min(starts[row] + each, count))


def _axes(array: Array, held: Array | None, text: Format, width: int) -> Iterator[Row]:
    """A row for each index of the outer axes."""
    outer, last = array.shape[:-1], array.shape[-1]
    flat = array.reshape(prod(outer), last)
    there = None if held is None else held.reshape(flat.shape)
    shown = list(_picked(len(flat)))
    names = {row: _index(row, outer) for row in shown if row is not None}
    label = max(map(len, names.values()))
    columns, column = _columns(flat, there, list(names), text, width - label)
    for row in shown:
        if row is None:
            yield "", f"{DOTS} {len(flat) - HEAD - TAIL:,} rows more"
        else:
            cells = [DOTS if k is None else _cell(flat, there, (row, k), text) for k in columns]
            yield _row(names[row], label, cells, column)


def _index(row: int, outer: tuple[int, ...]) -> str:
    import numpy as np

    return f"[{', '.join(str(int(axis)) for axis in np.unravel_index(row, outer))}]"


def _columns(flat: Array, held: Array | None, shown: list[int], text: Format, room: int) -> Columns:
    """Which elements of the rows are shown (None: some are left out), and how wide each column is."""
    count = max(FEWEST, room // NARROWEST)
    while True:
        columns = _head_and_tail(flat.shape[1], count)
        column = max(len(_cell(flat, held, (row, k), text)) for row in shown for k in columns if k is not None)
        fitting = max(FEWEST, room // (column + len(GAP)))
        if len(columns) <= fitting:
            return columns, column
        count = fitting


def _head_and_tail(extent: int, count: int) -> list[int | None]:
    """So many places, the one in the middle being None where some are left out."""
    if extent <= count:
        return list(range(extent))
    head = count // 2
    return [*range(head), None, *range(extent - (count - head - 1), extent)]


def _picked(count: int) -> list[int | None]:
    """The rows that are shown, None standing for those left out."""
    if count <= ALL_ROWS:
        return list(range(count))
    return [*range(HEAD), None, *range(count - TAIL, count)]


def _cell(array: Array, held: Array | None, place: Any, text: Format) -> str:
    return text(array[place].item()) if held is None or held[place] else ABSENT


def _row(name: str, label: int, cells: list[str], column: int) -> Row:
    return f"{name:>{label}}", "".join(f"{GAP}{cell:>{column}}" for cell in cells)
