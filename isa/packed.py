"""Columns of numbers as the bytes of a file: little-endian on any host."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Sequence


def little(values: array[int]) -> bytes:
    """The bytes of a column."""
    if sys.byteorder == "big":
        values = values[:]
        values.byteswap()
    return values.tobytes()


def words(values: Iterable[int] = ()) -> array[int]:
    """A column of unsigned numbers of 32 bits. Raises OverflowError."""
    return array("I", values)


def records(*columns: Iterable[int]) -> bytes:
    """Records of as many words as there are columns, of equal length. Raises OverflowError."""
    return _rows([as_words(column) for column in columns])


def long_records(*columns: Iterable[int], signed: bool = True) -> bytes:
    """Records of as many numbers of 64 bits as there are columns, of equal length. Raises OverflowError."""
    return _rows([array("q" if signed else "Q", column) for column in columns])


def _rows(columns: Sequence[array[int]]) -> bytes:
    made = array(columns[0].typecode, bytes(len(columns) * len(columns[0]) * columns[0].itemsize))
    for at, column in enumerate(columns):
        made[at :: len(columns)] = column
    return little(made)


def as_words(values: Iterable[int]) -> array[int]:
    """A column of words, itself if it is one; numbers of 64 bits are taken by halves. Raises OverflowError."""
    if not isinstance(values, array) or values.typecode != "q":
        return values if isinstance(values, array) and values.typecode == "I" else words(values)
    halves = words()
    halves.frombytes(values.tobytes())
    low, high = (halves[::2], halves[1::2]) if sys.byteorder == "little" else (halves[1::2], halves[::2])
    if high.tobytes().strip(b"\0"):
        raise OverflowError("a number that is no word")
    return low
