"""Stops: breakpoints at bundles and watches of what a run touches, as values that both engines take and give."""

from __future__ import annotations

from isa.formats import FORMATS
from isa.machine import MachineSpec
from isa.places import V_COUNT, V_REGISTERS
from isa.records import NamedTuple
from isa.units import PLANES, UNIT_NAMES
from vm.conditions import Condition, Elements, check_elements, check_register

BREAKPOINT, GUARD = "breakpoint", "guard"
WRITE, READ, ACCESS = "write", "read", "access"
REGISTER, VECTOR, ACCUMULATOR, STREAM, UNIT = "register", "vector", "accumulator", "stream", "unit"
KINDS = (WRITE, READ, ACCESS, REGISTER, VECTOR, ACCUMULATOR, STREAM, UNIT)
ANYWHERE = -1
STATE_REGISTERS = 33  # r0 to r31, and the condition code
MOST_IGNORED = (1 << 63) - 1


class Watch(NamedTuple):
    """What of `kind` with the numbers `first` to `last` is touched.

    "write", "read", "access": bytes of the linear map. "register": r0 to r31, 32 the condition code. "vector": v
    registers. "accumulator": rows of plane `place` that are set. "stream": streams (se0 0, sw0 32) as a value leaves
    position `place`, or, where that is ANYWHERE, as a result enters them. "unit": units an element issues on.

    With a `test`, a "register" is only seen where its new value fulfils it. So is a "write" to some `elements` of
    which these are the bytes: they are looked at when all writes of the cycle are done, but for those of which bytes
    were never written.
    """

    kind: str
    first: int
    last: int
    place: int = ANYWHERE
    test: Condition | None = None
    elements: Elements | None = None


class Guard(NamedTuple):
    """A breakpoint at the bundle at `address` where a register fulfils a test, but for the first `ignore` times.

    The register has the value that an op of the bundle would read. The times count from when the stops are set.
    """

    address: int
    register: int = 0
    test: Condition | None = None
    ignore: int = 0


class Stops(NamedTuple):
    """Where runs stop: addresses of bundles, in syllables; watches; and guards of bundles."""

    breakpoints: frozenset[int] = frozenset()
    watches: tuple[Watch, ...] = ()
    guards: tuple[Guard, ...] = ()


class Stop(NamedTuple):
    """Why a run stopped at the start of `cycle`: the watch of that number saw `address` touched.

    That was in the cycle before; a register is touched when a write to it becomes visible, which is in `cycle`. `pc`
    and `slot` name the op; `address` is the number touched, as in the watch, the first by unit, then by number. Where
    elements fulfil a test it is the first byte of the first of them, by its own number. Of a breakpoint (number
    -1) and of a guard `pc` and `address` are those of the bundle, and there is no slot.
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
    for address in sorted({*stops.breakpoints, *(guard.address for guard in stops.guards)}):
        if not 0 <= address < length:
            raise ValueError(f"a breakpoint at address {address} is outside the text of {length} syllables")
    counts = _counts(spec)
    for watch in stops.watches:
        _check_watch(spec, watch, counts)
        _check_condition(spec, watch)
    for guard in stops.guards:
        _check_guard(guard)


def _check_guard(guard: Guard) -> None:
    if not (0 <= guard.register < STATE_REGISTERS and 0 <= guard.ignore <= MOST_IGNORED):
        raise ValueError(f"a guard of register {guard.register}, ignored {guard.ignore} times")
    if guard.test:
        check_register(guard.test)


def _check_condition(spec: MachineSpec, watch: Watch) -> None:
    if watch.kind == REGISTER and watch.test and not watch.elements:
        check_register(watch.test)
    elif watch.kind == WRITE and watch.test and watch.elements:
        check_elements(watch.test, watch.elements, spec.sram_bytes)
    elif watch.test or watch.elements:
        raise ValueError(f"a watch of kind {watch.kind} takes no such test: only registers, and writes of elements")


def _counts(spec: MachineSpec) -> dict[str, int]:
    """How many numbers there are that a watch of each kind can look at."""
    size = spec.sram_bytes
    return {
        WRITE: size, READ: size, ACCESS: size, REGISTER: STATE_REGISTERS, VECTOR: V_COUNT, STREAM: V_REGISTERS,
        ACCUMULATOR: FORMATS["MXM_ACC"].field("acc").high + 1, UNIT: len(UNIT_NAMES),
    }  # fmt: skip


def _check_watch(spec: MachineSpec, watch: Watch, counts: dict[str, int]) -> None:
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
    """The stops of one cycle, by unit, then by watch; breakpoints and guards, which no unit meets, come first."""
    return tuple(stop for _, stop in sorted(found, key=_rank))


def _rank(found: tuple[Toucher, Stop]) -> tuple[int, int, int]:
    by, stop = found
    first = (BREAKPOINT, GUARD).index(stop.kind) if stop.kind in (BREAKPOINT, GUARD) else 2
    return by.unit, first, stop.number


def guard_order(stops: Stops) -> list[int]:
    """The numbers of the guards in the order in which the core has them."""
    return sorted(range(len(stops.guards)), key=lambda number: stops.guards[number].address)
