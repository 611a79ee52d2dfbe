"""The condition code and the ten conditions that read it.

`cmp` sets EQ, LT (signed) and LTU (unsigned); `cmp.f32` sets EQ, LT and LTU alike, or UN alone when a NaN
is compared. A condition is a 16-bit truth table: it holds when bit `cc` of its mask is set.
"""

from __future__ import annotations

from collections.abc import Callable

EQ, LT, LTU, UN = 1, 2, 4, 8
RESET = EQ  # "zero/equal" at the start of a run


def _mask(holds: Callable[[int], bool]) -> int:
    return sum(1 << cc for cc in range(16) if holds(cc))


CONDITIONS: dict[str, int] = {
    "eq": _mask(lambda cc: bool(cc & EQ)),
    "ne": _mask(lambda cc: not cc & EQ),
    "lt": _mask(lambda cc: bool(cc & LT)),
    "le": _mask(lambda cc: bool(cc & (LT | EQ))),
    "gt": _mask(lambda cc: not cc & (LT | EQ | UN)),
    "ge": _mask(lambda cc: not cc & (LT | UN)),
    "ltu": _mask(lambda cc: bool(cc & LTU)),
    "leu": _mask(lambda cc: bool(cc & (LTU | EQ))),
    "gtu": _mask(lambda cc: not cc & (LTU | EQ | UN)),
    "geu": _mask(lambda cc: not cc & (LTU | UN)),
}
MEANING = {
    "eq": "equal", "ne": "not equal", "lt": "less", "le": "less or equal", "gt": "greater", "ge": "greater or equal",
    "ltu": "less, unsigned", "leu": "less or equal, unsigned",
    "gtu": "greater, unsigned", "geu": "greater or equal, unsigned",
}  # fmt: skip
