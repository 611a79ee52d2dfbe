"""What bursts of different rounds do to the same rows of memory.

An edge says: `second` of a round `distance` later has its first element at least `wait` cycles after that of `first`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from asm.streams.graph import Node, Rows
from isa.records import NamedTuple

WIDEST = 64  # rounds that may be under way at once


class Edge(NamedTuple):
    first: Node
    second: Node
    wait: int
    distance: int


def edges(nodes: Sequence[Node], steps: Mapping[int, int], independent: bool) -> list[Edge]:
    """All that memory asks of a loop; `independent` rounds touch different rows."""
    found = [Edge(other, node, node.wait(other), 0) for node in nodes for other in node.after]
    for first, second in product(nodes, nodes) if not independent else ():
        if first.rows is not None and second.rows is not None and first.rows.may_meet(second.rows):
            found += _between_rounds(first, second, first.rows, second.rows, steps)
    return found


def _between_rounds(first: Node, second: Node, one: Rows, other: Rows, steps: Mapping[int, int]) -> Iterator[Edge]:
    """The strictest edges between a burst and one of a later round."""
    if one.register != other.register or not (one.path and other.path):
        yield Edge(first, second, second.wait(first), 1)
        return
    step = steps.get(one.register, 0)
    last = {row: element for element, row in enumerate(one.path)}
    for distance in range(1, WIDEST + 1 if step else 2):
        moved = [(row + distance * step, element) for element, row in enumerate(other.path)]
        waits = [last[row] * first.spacing - element * second.spacing for row, element in moved if row in last]
        if waits:
            yield Edge(first, second, max(waits) + 1, distance)
