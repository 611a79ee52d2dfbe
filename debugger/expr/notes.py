"""What is known of a value beside it: who made it, what is on its way."""

from __future__ import annotations

from collections.abc import Iterator

from debugger.expr.lanes import Stream, Vector
from debugger.expr.registers import ConditionCode, Register
from debugger.expr.scope import Scope
from debugger.expr.stores import Store
from debugger.expr.texts import element_text
from debugger.expr.values import number_of
from isa.faults import CONDITION_CODE
from isa.places import place_name
from isa.types import TYPES
from vm import items
from vm.floorplan import position_name
from vm.flow import op_at, passings
from vm.stats import decoded_bundle, op_addresses

MOST = 3  # results on their way that are told of


def notes(store: Store) -> list[str]:
    """Lines on a register, a v register or a stream; none on others."""
    if isinstance(store, Register | ConditionCode):
        return list(_on_their_way(store))[:MOST]
    if isinstance(store, Vector):
        return list(_to_vector(store))[:MOST]
    return list(_of_stream(store)) if isinstance(store, Stream) else []


def maker(scope: Scope, pc: int, slot: int) -> str:
    """`read.4` (copy.s:35): the op that made something."""
    op = op_at(scope.machine.image, pc, slot)
    if op is None:
        return f"what was at address {pc}"
    address = op_addresses(pc, decoded_bundle(scope.machine.image, pc))[slot]
    place = next((entry.place for entry in scope.machine.image.lines if entry.address == address), None)
    return f"`{op.row.mnemonic}` ({place.file}:{place.line})" if place else f"`{op.row.mnemonic}` at address {pc}"


def _on_their_way(store: Register | ConditionCode) -> Iterator[str]:
    number = store.number if isinstance(store, Register) else CONDITION_CODE
    for write in store.scope.state.in_flight:
        if write.register == number:
            text = element_text(number_of(write.value, TYPES[store.type]), store.type)
            yield f"{text} is on its way, there in cycle {write.landing}: {maker(store.scope, write.pc, write.slot)}"


def _to_vector(store: Vector) -> Iterator[str]:
    for item in store.scope.state.tensor:
        if isinstance(item, items.VectorWrite) and item.register == store.number:
            yield f"a result is on its way, there in cycle {item.landing}: {maker(store.scope, item.pc, item.slot)}"


# Streams ----------------------------------------------------------------------------------------
def _of_stream(store: Stream) -> Iterator[str]:
    """Who made what is there; where nothing is, what comes next."""
    state = store.scope.state
    values = store.values(state)
    if len(values) < store.width:
        yield from _next(store)
        return
    makers = list(dict.fromkeys((item.pc, item.slot, item.issued, item.element) for item in values))
    for pc, slot, issued, element in makers:
        yield f"made by {maker(store.scope, pc, slot)}, element {element}, which issued in cycle {issued}"
    if store.width < values[0].width:
        yield f"byte {values[0].byte} of {values[0].width} of a result: {_whole(store, values[0])} is all of it"
    if len(makers) > 1:
        yield f"these are bytes of {len(makers)} results: an op that takes them together faults, but of width 1"


def _whole(store: Stream, value: items.Value) -> str:
    """The expression for a result of which a value is a byte, in the type of the op that made it."""
    op = op_at(store.scope.machine.image, value.pc, value.slot)
    fits = op is not None and op.row.type in TYPES and TYPES[op.row.type].planes == value.width
    name = op.row.type if op and fits else f"w{value.width}"
    return f"{place_name(value.stream - value.byte)}@{store.name.partition('@')[2]}.{name}"


def _next(store: Stream) -> Iterator[str]:
    scope = store.scope
    place = store.arrives_at
    coming = (each for each in passings(scope.machine.image, scope.state, store.number, place)
              if each.cycle > scope.state.cycle)  # fmt: skip
    for passing in coming:
        where = position_name(scope.spec, place)
        yield f"the next value comes to {where} in cycle {passing.cycle}: {maker(scope, passing.pc, passing.slot)}"
        return
