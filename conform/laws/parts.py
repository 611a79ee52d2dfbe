"""The law of parts: ops that share nothing with the others can be left out, and the others do the same."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import TypeAlias

from conform.compare import Difference
from conform.edits import Place, is_wait, without_ops
from conform.laws.facts import has_fixed_words, ops_of
from conform.laws.law import NOTHING, Verdict
from conform.laws.view import View, seen, view_differences, with_items
from conform.program import Program, target_field
from conform.target import LIMIT, Outcome, Target
from isa.codec import Op
from isa.faults import CONDITION_CODE
from isa.machine import BYTES_PER_WORD, HEMISPHERES, MachineSpec
from isa.places import V_REGISTERS, is_stream, is_v
from isa.records import NamedTuple, replace
from isa.row import BANK, MEM, SLICE_ROW, STREAM, VECTOR, WRITE
from isa.units import HEMISPHERE_SLICES
from vm.engine import HALTED, State
from vm.items import Accumulator, Burst, Exit, Item, Lost, Map, Plane, Result, Value, Vector, VectorWrite

Thing: TypeAlias = tuple[str, int]  # a kind of what ops share, and which
STORES = ("store", "write")
SWITCH_MAPS = 8
BITS = 8


class Use(NamedTuple):
    thing: Thing
    writes: bool


Uses: TypeAlias = dict[Place, list[Use]]


class Part(NamedTuple):
    """Ops that belong together, by their places, and what they write."""

    places: frozenset[Place]
    writes: frozenset[Thing]
    has_control: bool


# What ops share ---------------------------------------------------------------------------------
def uses_of(spec: MachineSpec, op: Op) -> Iterator[Use]:
    """What an op reads and writes; of planes all of a hemisphere, which is as good as written."""
    yield from (Use(("register", register), False) for register in op.registers_read)
    if op.row.write:
        yield Use(("register", op[op.row.write]), True)
    if op.row.reads_cc or op.row.writes_cc:
        yield Use(("register", CONDITION_CODE), op.row.writes_cc)
    for operand in op.row.operands:
        if operand.kind in (STREAM, VECTOR):
            yield from places_used(op[operand.fields[0]], operand.width * operand.groups, operand.role == WRITE)
        elif operand.kind in (SLICE_ROW, BANK):
            yield from (Use(("slice", op["slice"] + k), op.row.memory in STORES) for k in range(op.row.width))
        elif operand.kind == MEM:
            yield Use(("slice", slice_of_word(spec, op["disp"])), op.row.memory in STORES)
    if "plane" in op.row.format.names:
        yield Use(("planes", op["plane"] // HEMISPHERES), True)
    if "number" in op.row.format.names:
        yield Use(("map", op["hemi"] * SWITCH_MAPS + op["number"]), True)


def places_used(number: int, count: int, writes: bool) -> Iterator[Use]:
    """The streams or the v register that an operand of so many streams names."""
    if is_stream(number):
        yield from (Use(("stream", number + k), writes) for k in range(count))
    elif is_v(number):
        yield Use(("vector", number - V_REGISTERS), writes)


def slice_of_word(spec: MachineSpec, word: int) -> int:
    hemisphere, index, _ = spec.bank_place(min(word // spec.words_per_bank, spec.total_banks - 1))
    return hemisphere * HEMISPHERE_SLICES + index


# Parts ------------------------------------------------------------------------------------------
def parts_of(program: Program) -> list[Part]:
    """Ops joined wherever one writes what another uses; constants, which all may read, are in none."""
    ops = {(number, slot): one for number, bundle in enumerate(program.bundles) for slot, one in enumerate(bundle)}
    uses = {place: list(uses_of(program.spec, one)) for place, one in ops.items()}
    for place in list(constant_places(uses, ops)):
        del uses[place]
    groups: dict[Place, list[Place]] = {}
    leader = leaders(uses)
    for place in uses:
        groups.setdefault(first_of(leader, place), []).append(place)
    return [part_of(places, uses, any(ops[place].row.control for place in places)) for places in groups.values()]


def part_of(places: list[Place], uses: Uses, has_control: bool) -> Part:
    writes = frozenset(use.thing for place in places for use in uses[place] if use.writes)
    return Part(frozenset(places), writes, has_control)


def leaders(uses: Uses) -> dict[Place, Place]:
    """For each op another of its part, or itself: following them leads to one that all of the part have in common."""
    users: dict[Thing, list[Place]] = {}
    for place, found in uses.items():
        for use in found:
            users.setdefault(use.thing, []).append(place)
    leader = {place: place for place in uses}
    for thing, places in users.items():
        if any(Use(thing, True) in uses[place] for place in places):
            join(leader, places)
    return leader


def constant_places(uses: Uses, ops: dict[Place, Op]) -> Iterator[Place]:
    """Ops that are the only ones to write a register, and use nothing else."""
    writers: dict[Thing, list[Place]] = {}
    for place, found in uses.items():
        for use in found:
            if use.writes:
                writers.setdefault(use.thing, []).append(place)
    for place, *others in writers.values():
        row = ops[place].row
        if not others and len(uses[place]) == 1 and not row.tensor and not row.control:
            yield place


def join(leader: dict[Place, Place], places: list[Place]) -> None:
    """Let some places have one leader."""
    for place in places[1:]:
        leader[first_of(leader, place)] = first_of(leader, places[0])


def first_of(leader: dict[Place, Place], place: Place) -> Place:
    while leader[place] != place:
        place = leader[place]
    return place


# The law ----------------------------------------------------------------------------------------
def apart(target: Target, program: Program, rng: Random) -> Verdict:
    """The program without one of its parts: what the others do is the same, cycle by cycle."""
    free = [part for part in parts_of(program) if not part.has_control] if has_fixed_words(program) else []
    if len(free) < 2:
        return NOTHING
    gone = rng.choice(free)
    twin = without_ops(program, gone.places)
    if empties_loop(program, twin):
        return NOTHING
    ends = [seen(target, each, LIMIT) for each in (program, twin)]
    whole, alone = (end.outcome for end in ends)
    if whole.status != HALTED:
        return NOTHING
    if alone.status != HALTED:
        return Verdict(True, Difference(alone.cycle, "the end", HALTED, str(alone.fault or alone.status)), twin)
    until = rng.randrange(min(whole.cycle, alone.cycle))
    middles = [seen(target, each, until) for each in (program, twin)]
    for expected, observed in (middles, map(at_rest, ends)):
        left = Left(program, gone)
        differences = view_differences(left.of_whole(expected), left.of_twin(observed), target.lacks)
        if different := next(differences, None):
            return Verdict(True, different, twin)
    return Verdict(True, None, twin)


def empties_loop(program: Program, twin: Program) -> bool:
    """Whether the last bundle of a loop has become a wait, which it must not be."""
    lasts = [one[target_field(one)] - 1 for one in ops_of(program) if one.row.control == "loop"]
    return any(is_wait(twin.bundles[number]) != is_wait(program.bundles[number]) for number in lasts)


def at_rest(view: View) -> View:
    """What stays when a run is over: registers, memory, v registers, weights, sums and maps."""
    items = tuple(item for item in view.state.tensor if isinstance(item, Vector | Plane | Accumulator | Map))
    state = replace(START, registers=view.state.registers, cc=view.state.cc, tensor=items)
    return View(ENDED, state, view.memory, view.written, {})


START = State(0, 0, (), 0, (), (), 0, True, 0)
ENDED = Outcome(HALTED, 0)


class Left:
    """What is left of a view when the traces of a part are taken away."""

    def __init__(self, program: Program, gone: Part) -> None:
        self.spec = program.spec
        self.gone = gone
        kept: dict[int, int] = {}
        self.slots: dict[Place, int] = {}
        for number, bundle in enumerate(program.bundles):
            for slot in range(len(bundle)):
                if (number, slot) not in gone.places:
                    self.slots[number, slot] = kept.get(number, 0)
                    kept[number] = kept.get(number, 0) + 1

    def of_whole(self, view: View) -> View:
        """Of the whole program's view, without what ops of the part made, and with the slots of the twin."""
        state = view.state
        flights = (each for each in state.in_flight if (each.pc, each.slot) not in self.gone.places)
        moved = tuple(replace(each, slot=self.slot(each.pc, each.slot)) for each in flights)
        jump = self.slot(state.jump_pc, state.jump_slot)
        view = view._replace(state=replace(state, in_flight=moved, jump_slot=jump))
        return self.of_twin(with_items(view, self.item))

    def item(self, item: Item) -> Item | None:
        if not isinstance(item, Value | Result | VectorWrite | Exit | Burst | Lost):
            return item
        is_gone = (item.pc, item.slot) in self.gone.places
        return None if is_gone else item._replace(slot=self.slot(item.pc, item.slot))

    def slot(self, number: int, slot: int) -> int:
        """Where an op of a bundle stands when those of the part are gone; a slot that there is not stays."""
        return self.slots.get((number, slot), slot)

    def of_twin(self, view: View) -> View:
        """Of any view, without what the part writes."""
        writes, state = self.gone.writes, view.state
        registers = tuple(0 if ("register", r) in writes else value for r, value in enumerate(state.registers))
        cc = 0 if ("register", CONDITION_CODE) in writes else state.cc
        view = with_items(view, lambda item: None if thing_of(item) in writes else item)
        state = replace(view.state, registers=registers, cc=cc, settled=0)
        memory, written = bytearray(view.memory), bytearray(view.written)
        for kind, number in writes:
            if kind == "slice":
                self._clear(memory, number, 1)
                self._clear(written, number, BITS)
        return view._replace(state=state, memory=bytes(memory), written=bytes(written))

    def _clear(self, data: bytearray, number: int, per: int) -> None:
        """Make a slice 0 in memory, or in as many bits a byte."""
        hemisphere, index = divmod(number, HEMISPHERE_SLICES)
        if data and index < self.spec.slices:
            size = self.spec.words_per_slice * BYTES_PER_WORD // per
            first = (hemisphere * self.spec.slices + index) * size
            data[first : first + size] = bytes(size)


def thing_of(item: Item) -> Thing | None:
    """What an item is the content of, of all that ops share and that stays."""
    if isinstance(item, Vector):
        return "vector", item.register
    if isinstance(item, Plane | Accumulator):
        return "planes", item.plane // HEMISPHERES
    return ("map", item.hemi * SWITCH_MAPS + item.number) if isinstance(item, Map) else None
