"""Arrays of numbers that stand for values, mixed so that what is computed alike has one number and all else another."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.uint64]

START = np.uint64(0x9E3779B97F4A7C15)  # the golden ratio, as fixed point: bits without a pattern
ODD = np.uint64(0xD6E8FEB86659FD93)  # any odd number with as many ones as zeros
SHIFT = np.uint64(32)
MOST_CONSTANTS = 1 << 12  # remembered


def mixed(first: Numbers, *others: Numbers) -> Numbers:
    """One number for each tuple of numbers; order counts. 64 bits: that two of a million tuples meet by chance has
    odds of one to ten million."""
    total = first
    for other in (START, *others):
        total = (total ^ (total >> SHIFT) ^ other) * ODD
        total = total ^ (total >> SHIFT)
    return total


@lru_cache(MOST_CONSTANTS)
def constant(*values: int) -> Numbers:
    """A number for some integers; not to be changed."""
    total = np.zeros(1, np.uint64)
    for value in values:
        total = mixed(total, np.asarray([value & 0xFFFFFFFFFFFFFFFF], np.uint64))
    return total
