"""Parts of a graph put in order; those that wait for each other, in a ring, become one part."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asm.streams.graph import Node

Part = list["Node"]


def in_order(parts: list[Part]) -> list[Part]:
    """Parts each of which waits for earlier ones alone, otherwise in the order of the file."""
    while True:
        before = _waits(parts)
        ordered = list(_sorted(parts, before))
        if len(ordered) == len(parts):
            return [parts[number] for number in ordered]
        ring = _ring(before, set(ordered))
        knot = [node for number in ring for node in parts[number]]
        parts = [*(part for number, part in enumerate(parts) if number not in ring), knot]


def _waits(parts: list[Part]) -> list[list[int]]:
    """For each part the others that it waits for."""
    where = {node: number for number, part in enumerate(parts) for node in part}
    return [
        [other for other in dict.fromkeys(where[each] for node in part for each in node.after) if other != number]
        for number, part in enumerate(parts)
    ]


def _sorted(parts: list[Part], before: list[list[int]]) -> Iterator[int]:
    """The parts that can be put in order: of those that are ready the first in the file."""
    left = [len(others) for others in before]
    after: list[list[int]] = [[] for _ in parts]
    for number, others in enumerate(before):
        for other in others:
            after[other].append(number)
    firsts = [min(node.number for node in part) for part in parts]
    ready = [(firsts[number], number) for number in range(len(parts)) if not left[number]]
    heapify(ready)
    while ready:
        _, number = heappop(ready)
        yield number
        for user in after[number]:
            left[user] -= 1
            if not left[user]:
                heappush(ready, (firsts[user], user))


def _ring(before: list[list[int]], done: set[int]) -> list[int]:
    """Parts that wait for each other one after the other, found by going back from one that waits until it repeats."""
    number = next(number for number in range(len(before)) if number not in done)
    path: list[int] = []
    while number not in path:
        path.append(number)
        number = next(other for other in before[number] if other not in done)
    return path[path.index(number) :]
