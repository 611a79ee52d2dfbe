"""Classes of values: the edges of each element type, and what lies between them."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from isa.records import NamedTuple
from isa.types import TYPES, ElementType

Codes: TypeAlias = NDArray[np.uint8]
UNSIGNED = {1: "u8", 2: "u16", 4: "u32"}  # how bytes without a type are looked at


class Classes(NamedTuple):
    """The classes of a type: pattern `starts[k]` and those up to the next are of class `codes[k]` of `names`."""

    names: tuple[str, ...]
    starts: NDArray[np.uint32]
    codes: Codes

    def of_word(self, word: int) -> int:
        """The class of one pattern of bits."""
        return int(self.codes[bisect_right(self.starts, word) - 1])

    def of_lanes(self, words: NDArray[Any]) -> Codes:
        """The class of each pattern, uint8[lanes]."""
        return self.codes[np.searchsorted(self.starts, words, "right") - 1]


@cache
def classes_of(type_name: str) -> Classes:
    """The classes of an element type."""
    t = TYPES[type_name]
    edges = float_edges(t) if t.kind == "f" else integer_edges(t)
    names = tuple(dict.fromkeys(edges.values()))
    codes = np.array([names.index(name) for name in edges.values()], np.uint8)
    return Classes(names, np.array(list(edges), np.uint32), codes)


def integer_edges(t: ElementType) -> dict[int, str]:
    """First patterns of classes, in order, of an integer type."""
    half, full = 1 << (t.bits - 1), 1 << t.bits
    low = {0: "zero", 1: "one", 2: "positive" if t.kind == "i" else "lower half"}
    if t.kind == "i":
        return low | {half - 1: "greatest", half: "least", half + 1: "negative", full - 1: "minus one"}
    return low | {half: "upper half", full - 1: "greatest"}


def float_edges(t: ElementType) -> dict[int, str]:
    """The same of a float type."""
    fraction = 1 << (t.significand - 1)
    infinity = ((1 << t.exponent) - 1) * fraction
    one, sign = ((1 << (t.exponent - 1)) - 1) * fraction, 1 << (t.bits - 1)
    positive = {
        0: "+0", 1: "subnormal", fraction: "positive", one: "one", one + 1: "positive",
        infinity - 1: "greatest", infinity: "+inf", infinity + 1: "NaN",
    }  # fmt: skip
    negative = {0: "-0", 1: "subnormal", fraction: "negative", infinity: "-inf", infinity + 1: "NaN"}
    return positive | {sign + start: name for start, name in negative.items()}
