"""Stops: breakpoints at bundles and watches of what a run touches, as values that both engines take and give."""

from __future__ import annotations

from typing import NamedTuple

from isa.formats import FORMATS
from isa.machine import MachineSpec
from isa.places import V_COUNT, V_REGISTERS
from isa.units import PLANES, UNIT_NAMES

BREAKPOINT = "breakpoint"
WRITE, READ, ACCESS = "write", "read", "access"
REGISTER, VECTOR, ACCUMULATOR, STREAM, UNIT = "register", "vector", "accumulator", "stream", "unit"
KINDS = (WRITE, READ, ACCESS, REGISTER, VECTOR, ACCUMULATOR, STREAM, UNIT)
ANYWHERE = -1
STATE_REGISTERS = 33  # r0 to r31, and the condition code


class Watch(NamedTuple):
    """What of `kind` with the numbers `first` to `last` is touched.

    "write", "read", "access": bytes of the linear map. "register": r0 to r31, 32 the condition code. "vector": v
    registers. "accumulator": rows of plane `place` that are set. "stream": streams (se0 0, sw0 32) as a value leaves
    position `place`, or, where that is ANYWHERE, as a result enters them. "unit": units an element issues on.
    """

    kind: str
    first: int
    last: int
    place: int = ANYWHERE


class Stops(NamedTuple):
    """Where runs stop: addresses of bundles, in syllables, and watches."""

    breakpoints: frozenset[int] = frozenset()
    watches: tuple[Watch, ...] = ()


class Stop(NamedTuple):
    """Why a run stopped at the start of `cycle`: the watch of that number (-1: a breakpoint) saw `address` touched.

    That was in the cycle before; a register is touched when a write to it becomes visible, which is in `cycle`. `pc`
    and `slot` name the op, of a breakpoint the bundle; `address` is the number touched, as in the watch.
    """

    kind: str
    number: int
    cycle: int
    pc: int
    slot: int
    address: int


class Toucher(NamedTuple):
    """The unit that touches something, -1 where it is not known, and the op that runs on it."""

    unit: int
    pc: int
    slot: int


NO_STOPS = Stops()


def check_stops(spec: MachineSpec, length: int, stops: Stops) -> None:
    """Raises ValueError for a breakpoint outside a text of some syllables, or a watch of what the machine has not."""
    for address in sorted(stops.breakpoints):
        if not 0 <= address < length:
            raise ValueError(f"a breakpoint at address {address} is outside the text of {length} syllables")
    for watch in stops.watches:
        _check_watch(spec, watch)


def _check_watch(spec: MachineSpec, watch: Watch) -> None:
    counts = {
        WRITE: spec.sram_bytes, READ: spec.sram_bytes, ACCESS: spec.sram_bytes, REGISTER: STATE_REGISTERS,
        VECTOR: V_COUNT, ACCUMULATOR: FORMATS["MXM_ACC"].field("acc").high + 1, STREAM: V_REGISTERS,
        UNIT: len(UNIT_NAMES),
    }  # fmt: skip
    if watch.kind not in counts:
        raise ValueError(f"there is no watch of kind {watch.kind!r}; there are {', '.join(KINDS)}")
    if not 0 <= watch.first <= watch.last < counts[watch.kind]:
        limit = counts[watch.kind] - 1
        raise ValueError(
            f"a watch of kind {watch.kind} from {watch.first} to {watch.last}; it must lie between 0 and {limit}"
        )
    places = {ACCUMULATOR: range(PLANES), STREAM: range(ANYWHERE, spec.positions)}
    if watch.place not in places.get(watch.kind, (ANYWHERE,)):
        raise ValueError(f"a watch of kind {watch.kind} has no place {watch.place} on {spec.name}")


def in_order(found: list[tuple[Toucher, Stop]]) -> tuple[Stop, ...]:
    """The stops of one cycle, by unit, then by watch; a breakpoint, which no unit meets, comes first."""
    return tuple(stop for _, stop in sorted(found, key=lambda each: (each[0].unit, each[1].number)))
