"""What two implementations differ in where they stand, each thing by its name: what is expected, what is observed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from conform import telling
from conform.memory import first_unequal, first_unequal_byte, sram_of, written_of
from conform.target import Outcome, Target
from isa.faults import RawFault
from isa.machine import MachineSpec
from isa.records import NamedTuple
from vm.engine import FAULT, InFlight, State
from vm.items import Item

NOT_THERE = "not there"
FETCH = ("pc", "next_fetch", "fetch_ended", "loops", "jump_pc", "jump_slot", "jump_cycle")
RECORD_SECTIONS = 8, 19  # of scalar ops, of those of the tensor face
FAULT_SECTIONS = {
    "E-PC": 6, "E-ILLEGAL": 3, "E-LOOP": 6, "E-LINK": 17, "E-UNIT-BUSY": 13, "E-HAZARD": 5, "E-STREAM-EMPTY": 11,
    "E-STREAM-TORN": 11, "E-TYPE": 15, "E-ACC-EMPTY": 16, "E-RANGE": 14, "E-BANK": 7, "E-UNINIT": 7, "E-DIV": 9,
    "E-ASSERT": 8, "E-TRAP": 8, "E-WRITE-CLASH": 5, "E-STREAM-CLASH": 11, "E-STREAM-LOST": 18,
}  # fmt: skip


class Aspect(NamedTuple):
    """One thing that differs. `kind` is what findings of one defect have in common; `section` is of docs/machine.md.

    `pc` and `slot` name the op that it comes from where the states say so, `register` the register that differs.
    """

    kind: str
    what: str
    expected: str
    observed: str
    section: int
    pc: int = -1
    slot: int = -1
    register: int = -1


class Sides(NamedTuple):
    """Both implementations on a program, and how they stand."""

    golden: Target
    target: Target
    expected: Outcome
    observed: Outcome


def aspects(spec: MachineSpec, sides: Sides) -> Iterator[Aspect]:
    """All that differs, the most telling first; how runs end comes before what they hold."""
    if sides.expected != told_by(sides):
        yield ending(sides.expected, sides.observed)
        return
    golden, target, _, _ = sides
    yield from of_states(spec, golden.state(), target.state(), target.lacks)
    yield from of_memory(spec, golden, target)
    if "counts" not in target.lacks and golden.counts() != target.counts():
        yield of_counts(golden.counts(), target.counts())


def told_by(sides: Sides) -> Outcome:
    """What the target tells of its end, with what it lacks as expected."""
    fault, told = sides.expected.fault, sides.observed.fault
    if "record" in sides.target.lacks and fault and told:
        is_same = (fault.code, fault.cycle, fault.pc) == (told.code, told.cycle, told.pc)
        return sides.observed._replace(fault=fault) if is_same else sides.observed
    return sides.observed


# How runs end ---------------------------------------------------------------------------------
def ending(expected: Outcome, observed: Outcome) -> Aspect:
    """The fault, a number of its record, or the cycle of the end."""
    ours, theirs = expected.fault, observed.fault
    if ours and theirs and ours.code == theirs.code:
        return of_record(ours, theirs)
    fault = ours or theirs
    if fault:
        section = FAULT_SECTIONS.get(fault.name, RECORD_SECTIONS[0])
        kind = f"fault {ours.name if ours else 'none'} {theirs.name if theirs else 'none'}"
        return Aspect(kind, "the end", ends(expected), ends(observed), section, fault.pc, fault.slot)
    return Aspect("end", "the end", ends(expected), ends(observed), 4)


def ends(outcome: Outcome) -> str:
    """`E-BANK in cycle 4`, `halted in cycle 9`."""
    what = outcome.fault.name if outcome.fault else outcome.status
    return f"{what} {'at' if outcome.status == 'running' else 'in'} cycle {outcome.cycle}"


def of_record(ours: RawFault, theirs: RawFault) -> Aspect:
    """The first number in which two records of a fault differ."""
    there = asdict(theirs)
    name, value = next((name, value) for name, value in asdict(ours).items() if value != there[name])
    section = RECORD_SECTIONS[ours.element >= 0]
    what = f"`{name}` of the record of {ours.name}"
    return Aspect(f"record {ours.name} {name}", what, str(value), str(there[name]), section, ours.pc, ours.slot)


# What they hold -------------------------------------------------------------------------------
def of_states(spec: MachineSpec, ours: State, theirs: State, lacks: frozenset[str]) -> Iterator[Aspect]:
    """Registers, then what is on its way to them, items of the tensor face, and where fetching is."""
    if "registers" not in lacks:
        for number, (a, b) in enumerate(zip((*ours.registers, ours.cc), (*theirs.registers, theirs.cc), strict=True)):
            if a != b:
                yield Aspect("register", telling.register_name(number), f"{a:#x}", f"{b:#x}", 5, register=number)
    if "state" not in lacks:
        yield from of_writes(ours.in_flight, theirs.in_flight)
    if "tensor" not in lacks:
        yield from of_items(spec, ours.tensor, theirs.tensor)
    if "registers" not in lacks and ours.exit_code != theirs.exit_code:
        yield Aspect("exit code", "the exit code", str(ours.exit_code), str(theirs.exit_code), 6)
    if "state" not in lacks:
        yield from of_fetching(ours, theirs)


def of_writes(ours: tuple[InFlight, ...], theirs: tuple[InFlight, ...]) -> Iterator[Aspect]:
    """Writes in flight: those of one op and cycle are the same write."""
    here, there = ({(w.register, w.issued, w.pc, w.slot): w for w in writes} for writes in (ours, theirs))
    for place in sorted(here.keys() | there.keys()):
        a, b = here.get(place), there.get(place)
        if a != b:
            register, _, pc, slot = place
            what = f"the write in flight to {telling.register_name(register)}"
            yield Aspect("write", what, in_flight(a), in_flight(b), 5, pc, slot, register)


def in_flight(write: InFlight | None) -> str:
    return f"{write.value:#x}, lands in cycle {write.landing}" if write else NOT_THERE


def of_fetching(ours: State, theirs: State) -> Iterator[Aspect]:
    for name in FETCH:
        a, b = getattr(ours, name), getattr(theirs, name)
        if a != b:
            yield Aspect("fetch", f"`{name}`", str(a), str(b), 6)
    if ours.settled != theirs.settled:
        yield Aspect("settled", "`settled`", str(ours.settled), str(theirs.settled), 12)


def of_items(spec: MachineSpec, ours: Sequence[Item], theirs: Sequence[Item]) -> Iterator[Aspect]:
    """Items, those that are the same thing on both sides side by side."""
    here, there = ({telling.key(item): item for item in items} for items in (ours, theirs))
    for place in [*here, *(place for place in there if place not in here)]:
        a, b = here.get(place), there.get(place)
        if a != b:
            yield of_item(spec, a, b)


def of_item(spec: MachineSpec, ours: Item | None, theirs: Item | None) -> Aspect:
    """One item: that it is there on one side only, a number of it, or a lane of its data."""
    item = ours or theirs
    assert item is not None
    kind, name, section = type(item).__name__.lower(), telling.item_name(spec, item), telling.FACES[type(item)].section
    pc, slot = getattr(item, "pc", -1), getattr(item, "slot", -1)
    if ours is None or theirs is None:
        shown = telling.shown(item.data) or "there"
        expected, observed = (shown, NOT_THERE) if ours else (NOT_THERE, shown)
        return Aspect(kind, name, expected, observed, section, pc, slot)
    for field, a, b in zip(item._fields[:-1], ours[:-1], theirs[:-1], strict=True):
        if a != b:
            return Aspect(f"{kind} {field}", name, f"{field} {a}", f"{field} {b}", section, pc, slot)
    place = first_unequal(ours.data, theirs.data)
    if place is None:  # one is longer
        return Aspect(kind, name, f"{len(ours.data)} bytes", f"{len(theirs.data)} bytes", section, pc, slot)
    part = telling.cell(spec, ours, place)
    return Aspect(f"{kind} data", f"{part.name} of {name}", part.of(ours.data), part.of(theirs.data), section, pc, slot)


# Memory and counts ----------------------------------------------------------------------------
def of_memory(spec: MachineSpec, golden: Target, target: Target) -> Iterator[Aspect]:
    """The first byte that differs, and the first that counts as written on one side only."""
    found = None
    if "memory" not in target.lacks:
        found = first_unequal_byte(sram_of(golden, spec.sram_bytes), sram_of(target, spec.sram_bytes))
    if found:
        yield Aspect("memory", telling.byte_name(spec, found.place), f"{found.ours:#04x}", f"{found.theirs:#04x}", 14)
    piece = None if "written" in target.lacks else first_unequal_byte(written_of(golden), written_of(target))
    if piece:
        bit = (piece.ours ^ piece.theirs).bit_length() - 1
        what = f"whether {telling.byte_name(spec, 8 * piece.place + bit)} was written"
        is_written = piece.ours >> bit & 1
        yield Aspect("written", what, *(("yes", "no") if is_written else ("no", "yes")), 7)


def of_counts(ours: dict[int, int], theirs: dict[int, int]) -> Aspect:
    """The first bundle that did not issue as often."""
    pc = min(pc for pc in ours.keys() | theirs.keys() if ours.get(pc, 0) != theirs.get(pc, 0))
    what = f"how often the bundle at address {pc} issued"
    return Aspect("counts", what, str(ours.get(pc, 0)), str(theirs.get(pc, 0)), 10, pc, 0)


def is_fault(aspect: Aspect) -> bool:
    return aspect.kind.split()[0] == FAULT
