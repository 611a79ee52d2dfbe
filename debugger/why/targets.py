"""What a question names, as the spots that it is about."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from debugger.why.cause import Cause, summed_up
from debugger.why.forward import goes_of
from debugger.why.replay import Replay
from debugger.why.spots import ACCUMULATOR, MEMORY, REGISTER, STREAMS, Spot, V
from debugger.why.tree import cause_of
from debugger.why.words import plural

if TYPE_CHECKING:
    from debugger.expr import Target

LANES = {"vector": V, "accumulator": ACCUMULATOR, "stream": STREAMS}  # kinds of targets that have lanes


def count_of(replay: Replay, target: Target) -> int:
    """How many elements a target has."""
    if target.kind == MEMORY:
        return len(target.bytes) // target.element_bytes
    return replay.spec.lanes if target.kind in LANES and target.lane < 0 else 1


def spot_of(replay: Replay, target: Target, element: int) -> Spot:
    """One element of a target, in the present cycle."""
    cycle, width = replay.history.cycle, target.element_bytes
    if target.kind == REGISTER:
        return Spot(REGISTER, cycle, target.number)
    if target.kind == MEMORY:
        addresses = tuple(target.bytes[element * width : (element + 1) * width])
        return Spot(MEMORY, cycle, width=width, addresses=addresses)
    lane = element if target.lane < 0 else target.lane
    return Spot(LANES[target.kind], cycle, target.number, target.place, lane, width)


def cause_of_target(replay: Replay, target: Target) -> Cause:
    """Why a target is what it is; of many elements each by itself."""
    return _of_each(replay, target, lambda spot: cause_of(replay, spot, target.dtype))


def fate_of_target(replay: Replay, target: Target) -> Cause:
    """What becomes of what a target holds; of many elements of each."""
    return _of_each(replay, target, lambda spot: goes_of(replay, spot, target.dtype))


def _of_each(replay: Replay, target: Target, answer: Callable[[Spot], Cause]) -> Cause:
    count, cycle = count_of(replay, target), replay.history.cycle

    def make(element: int) -> Cause:
        return answer(spot_of(replay, target, element)._replace(cycle=cycle))

    if count == 1:
        return make(0)
    text = f"{target.text} has {plural(count, 'element')}"
    unfold = partial(summed_up, range(count), make, lambda rest: f"{len(rest)} more elements")
    return Cause(text, "many", cycle, unfold=unfold)
