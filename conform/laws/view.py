"""How a run of a program looks in a cycle, in terms that survive changes of the program: bundles by their numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from conform.compare import Difference, state_differences
from conform.memory import first_unequal
from conform.program import Program, target_field
from conform.target import Outcome, Target
from conform.timetable import encoded
from isa.faults import NOWHERE, RawFault
from isa.records import NamedTuple, replace
from vm.engine import InFlight, State
from vm.items import Item, Lost, in_order

AT_PROGRAM = ("E-PC", "E-LOOP")  # faults whose address is one of the program
NO_COUNTS: dict[int, int] = {}


class View(NamedTuple):
    """A run in a cycle. What a target lacks is as at the start of a run, or empty.

    Whatever is a program address elsewhere is the number of a bundle here, that of the end the number of bundles.
    """

    outcome: Outcome
    state: State
    memory: bytes
    written: bytes
    counts: dict[int, int]


Change = Callable[[View], View]


def seen(target: Target, program: Program, until: int) -> View:
    """A program's run from its start up to a cycle, or to its end. Raises TargetError."""
    target.load(program.image(), program.uninit, program.strict)
    return look(target, program, target.run(until))


def look(target: Target, program: Program, outcome: Outcome) -> View:
    """How the program that a target runs stands. Raises TargetError."""
    lacks, size = target.lacks, program.spec.sram_bytes
    raw = View(
        outcome,
        target.state(),
        b"" if "memory" in lacks else target.memory(0, size),
        b"" if "written" in lacks else target.written(),
        NO_COUNTS if "counts" in lacks else target.counts(),
    )
    places = places_of(program)
    numbers = {address: number for number, address in enumerate(places)}
    links = links_of(program)
    return renumbered(raw, lambda address: numbers.get(address, address), links or frozenset())


def places_of(program: Program) -> tuple[int, ...]:
    """The address of each bundle, and of the end."""
    places = [0]
    for bundle in program.bundles:
        places.append(places[-1] + len(encoded(bundle)))
    return tuple(places)


def links_of(program: Program) -> frozenset[int] | None:
    """The registers that hold return addresses; None where they have other uses, so that no bundle can move."""
    ops = [one for bundle in program.bundles for one in bundle]
    calls = {one[one.row.write] for one in ops if one.row.write and target_field(one)}
    written = {one[one.row.write] for one in ops if one.row.write and not target_field(one)}
    returns = {register for one in ops if one.row.control == "ret" for register in one.registers_read}
    read = {register for one in ops if one.row.control != "ret" for register in one.registers_read}
    return frozenset(calls) if returns <= calls and not calls & (written | read) else None


# Changes ----------------------------------------------------------------------------------------
def renumbered(view: View, to: Callable[[int], int], links: frozenset[int] = frozenset()) -> View:
    """The view with other numbers of bundles, or addresses; counts of bundles that come together are added.

    Registers that are `links` hold such too, once they were written: nothing returns to the first bundle.
    """
    state, fault, counts = view.state, view.outcome.fault, dict[int, int]()
    for number, count in view.counts.items():
        counts[to(number)] = counts.get(to(number), 0) + count
    moved = replace(
        state,
        pc=to(state.pc),
        registers=tuple(to(value) if value and r in links else value for r, value in enumerate(state.registers)),
        in_flight=tuple(replace(each, pc=to(each.pc)) for each in state.in_flight),
        loops=tuple(replace(each, start=to(each.start), end=to(each.end)) for each in state.loops),
        jump_pc=anywhere(to, state.jump_pc),
        tensor=gathered(with_numbers(item, pc=to) for item in state.tensor),
    )
    outcome = view.outcome._replace(fault=fault and fault_renumbered(fault, to))
    return view._replace(outcome=outcome, state=moved, counts=counts)


def gathered(items: Iterable[Item]) -> tuple[Item, ...]:
    """Items in order, the losses of one op and stream added up."""
    found: list[Item] = []
    losses: dict[tuple[int, int, int], int] = {}
    for item in items:
        if isinstance(item, Lost):
            losses[item[:3]] = losses.get(item[:3], 0) + item.losses
        else:
            found.append(item)
    return in_order([*found, *(Lost(*which, count) for which, count in losses.items())])


def fault_renumbered(fault: RawFault, to: Callable[[int], int]) -> RawFault:
    address = to(fault.address) if fault.name in AT_PROGRAM else fault.address
    return replace(fault, pc=to(fault.pc), other_pc=anywhere(to, fault.other_pc), address=address)


def anywhere(to: Callable[[int], int], number: int) -> int:
    """`to` of a number, unless that says there is none."""
    return number if number == NOWHERE else to(number)


def with_numbers(item: Item, **changes: Callable[[int], int]) -> Item:
    """An item with some of its numbers changed, where it has such."""
    found: dict[str, Any] = {name: to(getattr(item, name)) for name, to in changes.items() if hasattr(item, name)}
    return item._replace(**found)


def with_items(view: View, change: Callable[[Item], Item | None]) -> View:
    """The view with its items changed; those that become None are left out."""
    items = [found for item in view.state.tensor if (found := change(item)) is not None]
    return view._replace(state=replace(view.state, tensor=gathered(items)))


def with_flights(view: View, change: Callable[[InFlight], InFlight]) -> View:
    """The view with its register writes in flight changed."""
    flights = sorted(map(change, view.state.in_flight), key=lambda each: (each.landing, each.register))
    return view._replace(state=replace(view.state, in_flight=tuple(flights)))


def only_when(view: View) -> View:
    """The view of whose fault only the code and the cycle are left: which of several ops it is may change."""
    fault = view.outcome.fault
    return view._replace(outcome=view.outcome._replace(fault=fault and RawFault(fault.code, fault.cycle, 0)))


# Differences ------------------------------------------------------------------------------------
def view_differences(expected: View, observed: View, lacks: frozenset[str]) -> Iterator[Difference]:
    """What two views differ in, but for what the target lacks; the most telling first."""
    cycle = observed.outcome.cycle
    if "record" in lacks:
        expected, observed = only_when(expected), only_when(observed)
    a, b = (view.outcome.fault for view in (expected, observed))
    if a != b:
        yield Difference(cycle, "fault", *fault_texts(a, b))
    for what in ("status", "cycle"):
        if getattr(expected.outcome, what) != getattr(observed.outcome, what):
            yield Difference(cycle, what, str(getattr(expected.outcome, what)), str(getattr(observed.outcome, what)))
    yield from state_differences(cycle, expected.state, observed.state, lacks)
    yield from byte_differences(cycle, "byte {} of SRAM", expected.memory, observed.memory)
    yield from byte_differences(cycle, "written bits of eight bytes, group {}", expected.written, observed.written)
    if "counts" not in lacks and expected.counts != observed.counts:
        yield Difference(cycle, "issue counts", str(expected.counts), str(observed.counts))


def fault_texts(a: RawFault | None, b: RawFault | None) -> list[str]:
    """Two faults that differ, as text: their codes and cycles where those do, else all that the records say."""
    if a and b and (a.code, a.cycle) == (b.code, b.cycle):
        return [str(a), str(b)]
    return [f"{each.name} in cycle {each.cycle}" if each else "none" for each in (a, b)]


def byte_differences(cycle: int, what: str, expected: bytes, observed: bytes) -> Iterator[Difference]:
    place = first_unequal(expected, observed)
    if place is not None:
        yield Difference(cycle, what.format(place), f"{expected[place]:#04x}", f"{observed[place]:#04x}")
