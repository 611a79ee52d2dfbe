"""Columns of numbers as the bytes of a file: little-endian on any host."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable
from itertools import chain


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
    return little(words(chain.from_iterable(zip(*columns, strict=True))))
