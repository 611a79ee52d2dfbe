"""The tensor face of one state, by place: what a spot of it holds, as bits and as the items that say who made them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from vm.engine import State
from vm.items import Accumulator, Exit, Item, Map, Plane, Value, Vector

Key = tuple[type[Item], int, int]


def key(item: Item) -> Key | None:
    """Where an item stands, of those that hold something now."""
    if isinstance(item, Value):
        return Value, item.stream, item.position
    if isinstance(item, Vector):
        return Vector, item.register, 0
    if isinstance(item, Plane):
        return Plane, item.plane, item.installed
    if isinstance(item, Exit):
        return Exit, item.plane, item.landing
    if isinstance(item, Accumulator):
        return Accumulator, item.plane, item.row
    return (Map, item.hemi, item.number) if isinstance(item, Map) else None


class Contents:
    """A state with its items at hand."""

    def __init__(self, state: State, lanes: int) -> None:
        self.state = state
        self.lanes = lanes

    @cached_property
    def items(self) -> dict[Key, Item]:
        return {place: item for item in self.state.tensor if (place := key(item))}

    def value(self, stream: int, position: int) -> Value | None:
        """What a stream holds on its way out of a position."""
        found = self.items.get((Value, stream, position))
        return found if isinstance(found, Value) else None

    def exit(self, plane: int, landing: int) -> Exit | None:
        found = self.items.get((Exit, plane, landing))
        return found if isinstance(found, Exit) else None

    def plane(self, plane: int, installed: bool) -> Plane | None:
        """The array of a plane, or its buffer."""
        found = self.items.get((Plane, plane, int(installed)))
        return found if isinstance(found, Plane) else None

    # Bits -------------------------------------------------------------------------------------
    def streams(self, first: int, width: int, position: int, lane: int) -> int | None:
        """The bits of a lane of a group of streams; None where one of them holds nothing."""
        values = [self.value(first + k, position) for k in range(width)]
        return number(None if value is None else value.data[lane] for value in values)

    def vector(self, register: int, width: int, lane: int) -> int | None:
        held = self.items.get((Vector, register, 0))
        if not isinstance(held, Vector):
            return None
        return number(held.data[k * self.lanes + lane] for k in range(min(width, held.width)))

    def weight(self, plane: int, installed: bool, row: int, column: int, width: int) -> int | None:
        """A weight, of a 16-bit type from both planes of a hemisphere; None where the row was not loaded."""
        halves = [self.plane(plane + k, installed) for k in range(width)]
        size = self.lanes * self.lanes
        place = row * self.lanes + column
        return number(half.data[place] if half and half.data[size + row] else None for half in halves)

    def words(self, place: Key, width: int, lane: int) -> int | None:
        """A lane of what is kept lane by lane."""
        held = self.items.get(place)
        return None if held is None else int.from_bytes(held.data[width * lane : width * (lane + 1)], "little")


def number(bytes_: Iterable[int | None]) -> int | None:
    """Bytes as a number, the lowest first; None where one is missing."""
    total = 0
    for k, byte in enumerate(bytes_):
        if byte is None:
            return None
        total |= byte << 8 * k
    return total
