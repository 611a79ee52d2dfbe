"""What a question names, as the spots that it is about."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from debugger.why.cause import Cause, summed_up
from debugger.why.replay import Replay
from debugger.why.spots import ACCUMULATOR, MEMORY, REGISTER, STREAMS, Spot, V
from debugger.why.tree import cause_of
from debugger.why.words import plural

if TYPE_CHECKING:
    from debugger.expr import Target


def spots_of(replay: Replay, target: Target) -> list[Spot]:
    """The elements of a target in the present cycle, one after the other."""
    cycle = replay.history.cycle
    if target.kind == REGISTER:
        return [Spot(REGISTER, cycle, target.number)]
    width = target.element_bytes
    if target.kind == MEMORY:
        starts = range(0, len(target.bytes), width)
        elements = (tuple(target.bytes[start : start + width]) for start in starts)
        return [Spot(MEMORY, cycle, width=len(each), addresses=each) for each in elements]
    lanes = range(replay.spec.lanes) if target.lane < 0 else [target.lane]
    kind = {"vector": V, "accumulator": ACCUMULATOR, "stream": STREAMS}[target.kind]
    return [Spot(kind, cycle, target.number, target.place, lane, width) for lane in lanes]


def cause_of_target(replay: Replay, target: Target) -> Cause:
    """Why a target is what it is; of many elements each by itself."""
    spots = spots_of(replay, target)
    if len(spots) == 1:
        return cause_of(replay, spots[0], target.dtype)
    text = f"{target.text} has {plural(len(spots), 'element')}"
    make = partial(_element, replay, target.dtype)
    return Cause(text, "many", unfold=partial(summed_up, spots, make, lambda rest: f"{len(rest)} more elements"))


def _element(replay: Replay, type_: str, spot: Spot) -> Cause:
    return cause_of(replay, spot, type_)
