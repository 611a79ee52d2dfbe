"""Registers for live ranges: those that meet get different ones (graph colouring, Chaitin 1982)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush

from asm.allocate.ranges import Ranges, bits


def choose(ranges: Ranges, count: int) -> list[int] | None:
    """One of `count` registers for each range; None when they are too few.

    One for each name is the rule; more when names stand for several values that may then be under way at once, but
    no more than half of all, which leaves some to loops; as many as there are when that does not do.
    """
    names = len(set(ranges.names))
    roomy = max(names, min(len(ranges.names), count // 2))
    for most in (min(roomy, count), count):
        for order in (range(len(ranges.names)), smallest_last(ranges.meets)):
            chosen = colour(ranges.meets, order, most)
            if chosen is not None:
                return chosen
    return None


def colour(meets: Sequence[int], order: Iterable[int], count: int) -> list[int] | None:
    """A colour below `count` for each range, in order the one that was given longest ago; None when one gets none."""
    chosen = [-1] * len(meets)
    oldest = list(range(count))
    members = [0] * count  # a bit per range of that colour
    for number in order:
        free = next((each for each in oldest if not members[each] & meets[number]), None)
        if free is None:
            return None
        chosen[number] = free
        members[free] |= 1 << number
        oldest.remove(free)
        oldest.append(free)
    return chosen


def smallest_last(meets: Sequence[int]) -> list[int]:
    """The order in which each range meets the fewest of those before it: optimal when ranges are intervals."""
    degrees = [mask.bit_count() for mask in meets]
    heap = [(degree, number) for number, degree in enumerate(degrees)]
    heapify(heap)
    left = (1 << len(meets)) - 1
    order = []
    while heap:
        degree, number = heappop(heap)
        if left >> number & 1 and degree == degrees[number]:
            order.append(number)
            left &= ~(1 << number)
            for other in bits(meets[number] & left):
                degrees[other] -= 1
                heappush(heap, (degrees[other], other))
    return order[::-1]
