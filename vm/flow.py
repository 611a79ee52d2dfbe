"""When values that are under way pass a place, and bursts end: for both engines, from a State."""

from __future__ import annotations

from isa.codec import Op
from isa.image import Image
from isa.places import flows_west
from isa.records import NamedTuple
from vm.engine import State
from vm.floorplan import position
from vm.items import Exit, Result, Value
from vm.stats import decoded_bundle


class Passing(NamedTuple):
    """A value arrives, or arrived, at a place in `cycle`; `pc` and `slot` name the op that made it."""

    cycle: int
    pc: int
    slot: int


def passings(image: Image, state: State, stream: int, place: int) -> list[Passing]:
    """When values now under way on a stream are at a position, in order."""
    found = []
    for item in state.tensor:
        if isinstance(item, Value) and item.stream == stream:
            maker = op_at(image, item.pc, item.slot)
            began = position(image.machine, maker.row, maker.fields) if maker else item.position
            if hops(stream, began, place) > 0:
                arrival = state.cycle - 1 + hops(stream, item.position, place)
                found.append(Passing(arrival, item.pc, item.slot))
        if isinstance(item, Result) and item.stream == stream and hops(stream, item.position, place) > 0:
            found.append(Passing(item.landing + hops(stream, item.position, place), item.pc, item.slot))
    return sorted(found)


def hops(stream: int, since: int, to: int) -> int:
    """How far downstream of one position another lies; negative when it is upstream."""
    return since - to if flows_west(stream) else to - since


def results_due(state: State, stream: int, place: int) -> set[int]:
    """The cycles in which results on their way land on a stream at a position."""
    return {
        item.landing for item in state.tensor
        if isinstance(item, Result) and (item.stream, item.position) == (stream, place)
    }  # fmt: skip


def exits_due(state: State, plane: int) -> list[int]:
    """The cycles in which results stand at the exit of a plane, in order."""
    return sorted(item.landing for item in state.tensor if isinstance(item, Exit) and item.plane == plane)


def op_at(image: Image, pc: int, slot: int) -> Op | None:
    bundle = decoded_bundle(image, pc)
    return bundle[slot] if 0 <= slot < len(bundle) else None


def offset(op: Op, element: int) -> int:
    """Cycles from the first element of a burst to another."""
    fields = op.fields
    j, i = divmod(element, fields.get("n", 1))
    return j * fields.get("e", 0) + i * fields.get("d", 1)


def cycles_after(op: Op, element: int) -> int:
    """Cycles from an element of a burst to the last."""
    last = op.fields.get("n", 1) * op.fields.get("m", 1) - 1
    return offset(op, last) - offset(op, element)
