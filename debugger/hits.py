"""What breakpoints and watches met, in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debugger.breakpoints import PREDICATE, Breakpoint
from isa.faults import CONDITION_CODE
from isa.places import place_name
from isa.units import UNIT_NAMES
from vm.stops import ACCESS, ACCUMULATOR, READ, REGISTER, STREAM, UNIT, VECTOR, WRITE, Stop

if TYPE_CHECKING:
    from debugger.session import Session

DONE = {WRITE: "written", READ: "read", ACCESS: "accessed"}


def sentence(session: Session, each: Breakpoint, stops: list[Stop]) -> str:
    """Which breakpoint stopped a run, and what its watches saw."""
    name = f"{'temporary ' * each.temporary}{'watch' if each.watches else 'breakpoint'} {each.number}"
    condition = f", where {each.condition}" * bool(each.condition)
    if not stops:
        return f"{name}: {each.where}{condition}"
    seen = touched(session, each, stops[0])
    more = f" and {len(stops) - 1} more" if len(stops) > 1 else ""
    return f"{name}: {seen}{by_whom(session, stops[0])}{more}{condition}"


def touched(session: Session, each: Breakpoint, stop: Stop) -> str:
    """What a watch saw."""
    if each.kind == PREDICATE:
        return f"{each.where}, at {session.name_of(stop.address)}" if stop.kind in DONE else each.where
    if stop.kind in DONE:
        return f"{session.name_of(stop.address)} {DONE[stop.kind]}"
    if stop.kind == UNIT:
        return f"{UNIT_NAMES[stop.address]} issues"
    if stop.kind == STREAM:
        return f"{each.where}: a value on {place_name(stop.address)}"
    if stop.kind == REGISTER:
        name = "cc" if stop.address == CONDITION_CODE else f"r{stop.address}"
        return f"{name} is {session.register(stop.address)}"
    return {VECTOR: f"v{stop.address} written", ACCUMULATOR: f"{each.where}: row {stop.address} set"}[stop.kind]


def by_whom(session: Session, stop: Stop) -> str:
    """The op that touched it, and where it was written."""
    text = session.op_text(stop.pc, stop.slot)
    place = session.op_place(stop.pc, stop.slot)
    where = f" at {place.file}:{place.line}" if place else f" at address {stop.pc}"
    return f" by `{text}`{where}" if text else ""
