"""Of which element type what is made is, as far as the op that made it says."""

from __future__ import annotations

from collections.abc import Sequence

from debugger.elements import element_of
from debugger.why.makers import Part, makers
from debugger.why.replay import Replay
from debugger.why.sources import sources
from debugger.why.spots import ACCUMULATOR, EXIT, MEMORY, Made, Spot
from isa.row import VECTOR, WRITE
from isa.types import TYPES
from isa.units import PLANE, SXM

COPY = "vmov"  # the semantics of vector ops that copy bits of any type


def spot_type(replay: Replay, parts: Sequence[Part], spot: Spot) -> str:
    """The type of what a spot holds: that of its tensor, else that of the op which made it; "" if neither says."""
    if spot.kind == MEMORY:
        element = element_of(replay.image, spot.addresses)
        return element.tensor.dtype if element and element.whole else ""
    (part, *others) = parts
    if others or not isinstance(part.maker, Made):
        return ""
    found = made_type(replay, part.maker)
    return found if found and TYPES[found].planes == spot.width else ""


def moved(parts: Sequence[Part]) -> bool:
    """Whether what is there was made by an op that copies bits: whoever reads it knows better what it is."""
    return len(parts) == 1 and isinstance(parts[0].maker, Made) and moves(parts[0].maker)


def moves(made: Made) -> bool:
    return made.event.op.row.semantics == COPY


def made_type(replay: Replay, made: Made) -> str:
    """The type of an op's result; "" of those that only move one."""
    row = made.event.op.row
    targets = [operand.type for operand in row.operands if operand.kind == VECTOR and operand.role == WRITE]
    if targets:
        return targets[0]
    if row.units.where == SXM:
        return row.type
    return sum_type(replay, made) if row.units.where == PLANE else ""


def sum_type(replay: Replay, made: Made) -> str:
    """i32 or f32, as the activations are that it is a sum of; "" of what is no sum."""
    if made.event.op.row.units.name == "ABC":
        return "f32" if TYPES[made.event.op.row.type].kind == "f" else "i32"
    if made.event.op.row.units.name != "ACC":
        return ""
    for source in sources(replay, made):
        if source.spot.kind == EXIT:
            item = replay.contents(source.spot.cycle).exit(source.spot.place, source.spot.cycle)
            return "f32" if item and item.floats else "i32"
    return row_type(replay, made)


def row_type(replay: Replay, made: Made) -> str:
    """The type of an accumulator row that is read."""
    for source in sources(replay, made):
        if source.spot.kind == ACCUMULATOR:
            maker = makers(replay, source.spot)[0].maker
            return made_type(replay, maker) if isinstance(maker, Made) else ""
    return ""
