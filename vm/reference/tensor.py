"""The tensor face in one cycle: elements issue, values are lost, effects are taken."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from isa.faults import NUMBER, RawFault
from isa.table import TENSOR_ROWS
from isa.units import LINK
from vm.reference import lanes, matrix, slices, switch, vector
from vm.reference.bursts import Element
from vm.reference.cycle import Cycle
from vm.reference.streams import STREAM_OF_EXITS, Loss
from vm.reference.trouble import Trouble

ISSUE: dict[str, Callable[[Cycle, Element], None]] = {
    **slices.SEMANTICS, **dict.fromkeys(lanes.SEMANTICS, vector.issue), **matrix.SEMANTICS, **switch.SEMANTICS,
}  # fmt: skip


def _prove() -> None:
    """Every semantics of the table has exactly one function."""
    named = {row.semantics for row in TENSOR_ROWS if row.units.where != LINK}
    if set(ISSUE) != named:
        raise AssertionError(f"the golden model and the table differ in {set(ISSUE) ^ named}")


_prove()


def check_link(element: Element) -> None:
    """Ops on links fault as they issue: none is connected."""
    if element.op.row.units.where == LINK:
        raise Trouble("E-LINK", resource=element.op.fields["link"])


def issue(cycle: Cycle, element: Element) -> None:
    """An element samples, computes, and leaves its effects with the cycle. Raises Trouble, the gravest first."""
    with np.errstate(all="ignore"):  # infinities and NaNs are results like others
        ISSUE[element.op.row.semantics](cycle, element)


# What nobody sampled --------------------------------------------------------------------------
def losses(cycle: Cycle) -> list[Loss]:
    """The results lost in a cycle, all its elements having sampled: dropped, overwritten, or left at an exit."""
    return [*cycle.face.streams.dropped(), *overwritten(cycle), *left(cycle)]


def overwritten(cycle: Cycle) -> list[Loss]:
    found = []
    for (stream, position), result in cycle.face.streams.due.get(cycle.number, {}).items():
        value = cycle.arriving[stream][position]
        if value is not None and not value.sampled and value not in cycle.sampled:
            found.append(Loss(value.maker, stream, position, overwriter=result.maker))
    return found


def left(cycle: Cycle) -> list[Loss]:
    exits = [each for each in cycle.face.exits if each.landing == cycle.number and each.plane not in cycle.taken]
    spec = cycle.spec
    return [
        Loss(each.maker, STREAM_OF_EXITS, spec.mxm_position(spec.plane_hemisphere(each.plane)), each.plane)
        for each in exits
    ]


def lost_fault(cycle: int, lost: list[Loss]) -> RawFault:
    """The first by unit of the maker, then stream, then position, as a strict machine faults."""
    first = min(lost, key=lambda loss: (loss.maker.unit, loss.stream, loss.position))
    other = {**first.overwriter.as_other, "other_landing": cycle} if first.overwriter else {}
    place = {"stream": first.stream, "position": first.position, "resource": first.plane}
    maker = first.maker
    return RawFault(NUMBER["E-STREAM-LOST"], cycle, maker.pc, maker.slot, element=maker.element, **place, **other)


# Effects --------------------------------------------------------------------------------------
def take_effect(cycle: Cycle, lost: list[Loss]) -> None:
    """Phase 4: everything that the elements of a cycle did becomes the state."""
    face, streams = cycle.face, cycle.face.streams
    face.lost.update((loss.maker.pc, loss.maker.slot, loss.stream) for loss in lost)
    for value in cycle.sampled:
        value.sampled = True
    streams.out = cycle.arriving
    for (stream, position), value in streams.due.pop(cycle.number, {}).items():
        streams.out[stream][position] = value
    for landing, results in cycle.results.items():
        streams.due.setdefault(landing, {}).update(results)
    for each in cycle.stores:
        slices.store(cycle.memory, each.addresses, each.planes)
    face.vector_writes += cycle.vector_writes
    face.accumulators |= cycle.accumulators
    face.maps |= cycle.maps
    keep_running(cycle)
    move_weights(cycle)


def keep_running(cycle: Cycle) -> None:
    """Exits and bursts that are over by the next cycle go; new ones come."""
    face = cycle.face
    face.exits = [each for each in face.exits if each.landing > cycle.number] + cycle.exits
    face.bursts = [each for each in (*face.bursts, *cycle.bursts) if each.free > cycle.number + 1]


def move_weights(cycle: Cycle) -> None:
    """Buffers are installed as they were; what was loaded in the same cycle stays in them."""
    for plane in cycle.installed:
        matrix.move(cycle.face, plane)
    for plane, weights in cycle.loaded:
        matrix.put(cycle.face, plane, weights)
