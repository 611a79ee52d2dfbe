"""The switches: lanes moved by a constant, by a map, across 16 streams, or reduced."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from isa.machine import LANES_PER_SUPERLANE
from isa.tensor import LOAD_STREAMS
from vm.reference import lanes
from vm.reference.bursts import Element
from vm.reference.cycle import Cycle
from vm.reference.lanes import Values
from vm.reference.memory import CLEAN
from vm.reference.trouble import Trouble
from vm.reference.values import Planes, chosen, first_origin, planes, stacked
from vm.tensor_state import MAP_BYTES

Places: TypeAlias = NDArray[np.int64]  # for each lane, the lane it takes

ZERO_ENTRY = 0xFFFF  # of a map: the lane becomes zero
ZERO = -1  # among Places, the same


def taken(source: Planes, places: Places) -> Planes:
    """Each lane's bytes from the lane named, or zero."""
    data = np.where(places == ZERO, np.uint8(0), source.data[:, places])
    origins = None if source.origins is None else np.where(places == ZERO, np.uint32(CLEAN), source.origins[:, places])
    return Planes(data, origins)


# By a constant --------------------------------------------------------------------------------
def shift(direction: int, edge: bool, cycle: Cycle, element: Element) -> None:
    """Lane l takes lane l - amount (up) or l + amount (down); beyond the edge is zero, or the edge lane."""
    (source,) = cycle.sample(element)
    last = cycle.spec.lanes - 1
    wanted = np.arange(last + 1) - direction * element.op.fields["amount"]
    inside = np.clip(wanted, 0, last)
    cycle.emit(element, taken(source, inside if edge else np.where(wanted == inside, wanted, ZERO)))


def select(cycle: Cycle, element: Element) -> None:
    """The lanes below `amount` of the first source, the others of the second."""
    a, b = cycle.sample(element)
    below = np.arange(cycle.spec.lanes) < element.op.fields["amount"]
    cycle.emit(element, Planes(np.where(below, a.data, b.data), chosen(below, a.origins, b.origins)))


# By a map -------------------------------------------------------------------------------------
def load_map(cycle: Cycle, element: Element) -> None:
    (entries,) = cycle.sample(element)
    cycle.maps[element.op.fields["hemi"], element.op.fields["number"]] = entries


def permute(cycle: Cycle, element: Element) -> None:
    (source,) = cycle.sample(element)
    mapped(cycle, element, source, cycle.spec.lanes, np.zeros(cycle.spec.lanes, np.int64))


def distribute(cycle: Cycle, element: Element) -> None:
    (source,) = cycle.sample(element)
    first = np.arange(cycle.spec.lanes) // LANES_PER_SUPERLANE * LANES_PER_SUPERLANE
    mapped(cycle, element, source, LANES_PER_SUPERLANE, first)


def mapped(cycle: Cycle, element: Element, source: Planes, limit: int, first: Places) -> None:
    """Emit each lane from lane `first` + its entry of the map, which is below `limit`. Raises Trouble."""
    number = element.op.fields["number"]
    entries = entries_of(cycle, element)
    named = entries.words().astype(np.int64)
    for lane in np.flatnonzero((named >= limit) & (named != ZERO_ENTRY))[:1]:
        raise Trouble("E-RANGE", resource=number, address=int(named[lane]), lane=int(lane))
    moved = taken(source, np.where(named == ZERO_ENTRY, ZERO, first + named))
    cycle.emit(element, Planes(moved.data, first_origin(entries.lane_origins, moved.origins)))


def entries_of(cycle: Cycle, element: Element) -> Planes:
    place = element.op.fields["hemi"], element.op.fields["number"]
    if place in cycle.face.maps:
        return cycle.face.maps[place]
    return cycle.unset(MAP_BYTES, resource=place[1], address=-1)


# Across streams and lanes ---------------------------------------------------------------------
def transpose(cycle: Cycle, element: Element) -> None:
    """Lane l of output stream j is lane j of input stream l, in each superlane."""
    sources = cycle.sample(element)
    data = across(np.stack([source.data[0] for source in sources]))
    spoilt = stacked([source.lane_origins for source in sources])
    origins = [None] * LOAD_STREAMS if spoilt is None else across(spoilt)[:, np.newaxis]
    cycle.emit(element, *(Planes(row[np.newaxis], origin) for row, origin in zip(data, origins, strict=True)))


def across(rows: NDArray[Any]) -> NDArray[Any]:
    """[stream, superlane * 16 + lane] with stream and lane exchanged."""
    cube = rows.reshape(LOAD_STREAMS, -1, LANES_PER_SUPERLANE)
    return np.ascontiguousarray(cube.transpose(2, 1, 0)).reshape(LOAD_STREAMS, -1)


def reduce(function: Callable[..., Values], cycle: Cycle, element: Element) -> None:
    """All lanes, or the 16 of each superlane, combined as a tree; every lane gets the result."""
    (source,) = cycle.sample(element)
    span = LANES_PER_SUPERLANE if element.op.fields["span"] else cycle.spec.lanes
    words = tree(partial(lanes.on_values, function, element.op.row), source.words().reshape(-1, span))
    spoilt = source.lane_origins
    origins = None if spoilt is None else np.repeat(tree(first_origin, spoilt.reshape(-1, span)), span)
    cycle.emit(element, planes(np.repeat(words, span), origins))


def tree(function: Callable[..., Any], values: NDArray[Any]) -> NDArray[Any]:
    """Rows reduced, level by level: neighbours 2i and 2i+1 are combined, a last one alone passes up."""
    while values.shape[1] > 1:
        paired = values.shape[1] // 2 * 2
        combined = function(values[:, 0:paired:2], values[:, 1:paired:2])
        values = np.concatenate([combined, values[:, paired:]], axis=1)
    return values[:, 0]


SEMANTICS: dict[str, Callable[[Cycle, Element], None]] = {
    "shift.up": partial(shift, 1, False), "shift.down": partial(shift, -1, False),
    "shift.up.edge": partial(shift, 1, True), "shift.down.edge": partial(shift, -1, True),
    "select": select, "permute": permute, "distribute": distribute, "transpose": transpose, "lmap": load_map,
    "reduce.add": partial(reduce, lanes.add), "reduce.max": partial(reduce, lanes.maximum),
    "reduce.min": partial(reduce, lanes.minimum),
}  # fmt: skip
