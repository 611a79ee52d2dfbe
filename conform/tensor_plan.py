"""Legal tensor programs: every op is entered where its units are free, with whatever it needs brought to it in time.

What an op needs is either there already or is made by more ops, upstream and earlier; an op for which that fails is
left out. So the programs are legal by construction, by another way of counting than that of the engines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any, NamedTuple

from conform import tensor_supply as supply
from conform.skeleton import COUNTER, Skeleton
from conform.spacetime import Refused, Spacetime
from conform.tensor_ops import BASES, any_op, any_row
from conform.tensor_supply import ENTRIES, Need, target_of
from isa.codec import Op
from isa.legal import absent, why_illegal
from isa.machine import LANES_PER_SUPERLANE, MachineSpec
from isa.places import V_REGISTERS, flows_west, is_stream, is_v
from isa.row import READ, STREAM, VECTOR, WRITE
from isa.tensor import ACTIVATION_LATENCY
from isa.types import TYPES
from isa.units import HEMISPHERE_SLICES, VXM
from vm.floorplan import position
from vm.tensor_state import ACCUMULATOR_ROWS

TRIES = 5  # ways in which a need is tried to be met
DEEPEST = 4  # ops that are made for ops that are made ...
LOAD_BITS = 128  # of weights in a lane of the streams of one load


class Byte(NamedTuple):
    """What a stream holds: a byte of a result, and the most that its elements can be, if that is known."""

    result: tuple[int, int]
    width: int
    byte: int
    most: int = ENTRIES


class Element(NamedTuple):
    """Element (j, i) of an op that issued in `start`, itself in `cycle`; `depth` ops deep in what is needed."""

    op: Op
    start: int
    cycle: int
    j: int
    i: int
    depth: int


def elements_of(op: Op, start: int, depth: int) -> Iterator[Element]:
    """The elements of an op that issues in `start`, in order of time."""
    fields = op.fields
    for j in range(fields.get("m", 1)):
        for i in range(fields.get("n", 1)):
            yield Element(op, start, start + j * fields.get("e", 0) + i * fields.get("d", 1), j, i, depth)


def diagonal(stream: int, position: int, cycle: int) -> tuple[str, int, int]:
    """The place of what passes a position on a stream in a cycle: it moves one position a cycle."""
    return "stream", stream, cycle + position if flows_west(stream) else cycle - position


def refuse(condition: bool) -> None:
    if condition:
        raise Refused


def wide(name: str | None) -> bool:
    """Whether weights of a type take both planes of a hemisphere."""
    return name is not None and TYPES[name].planes > 1


class Planner:
    """A program in the making."""

    def __init__(self, rng: Random, spec: MachineSpec, length: int) -> None:
        self.rng = rng
        self.spec = spec
        self.frame = Skeleton(rng, length)
        self.world = Spacetime()

    def try_any(self) -> bool:
        """Enter an op of any row where it fits, if that is found in a few tries."""
        row, cycles = any_row(self.rng, self.spec), list(self.frame.by_cycle)
        return any(self.tried(any_op(self.rng, self.spec, row), self.rng.choice(cycles), 0) for _ in range(TRIES))

    def tried(self, op: Op, cycle: int, depth: int) -> bool:
        try:
            with self.world.attempt():
                self.enter(op, cycle, depth)
        except Refused:
            return False
        return True

    def enter(self, op: Op, cycle: int, depth: int) -> None:
        """Put an op into the bundle that issues in a cycle. Raises Refused."""
        slot = self.frame.by_cycle.get(cycle)
        refuse(slot is None or depth > DEEPEST or bool(absent(self.spec, op.row, op.fields)))
        refuse(bool(why_illegal(op.row, op.fields)))
        assert slot is not None
        for start in slot.cycles:
            elements = list(elements_of(op, start, depth))
            self._claim_units(op, start, elements[-1].cycle)
            for element in elements:
                self._element(element)
        slot.ops.append(op)
        self.world.note(lambda: slot.ops.remove(op))

    def _claim_units(self, op: Op, start: int, last: int) -> None:
        for unit in op.claims:
            for cycle in range(start, last + op.row.interval):
                self.world.claim(("unit", unit, cycle))

    def _element(self, element: Element) -> None:
        most = self._sample(element)
        row = element.op.row
        default = Planner.compute if row.units.where == VXM else Planner.pass_on
        EFFECTS.get(row.semantics, default)(self, element, most)

    # Streams ----------------------------------------------------------------------------------
    def _sample(self, element: Element) -> int:
        """Have all that an element samples there; returns the most that entries of its last group can be."""
        op, most = element.op, ENTRIES
        here = position(self.spec, op.row, op.fields)
        for operand in op.row.operands:
            if operand.role == READ and operand.kind in (STREAM, VECTOR):
                number = op[operand.fields[0]]
                if is_stream(number):
                    limit = self.spec.rows - 1 if operand.fields == ("map",) else ENTRIES
                    for k in range(operand.groups):
                        most = self._have(element, Need(number + k * operand.width, operand.width, here, limit))
                elif is_v(number):
                    self._have_vector(element, number - V_REGISTERS, operand.width)
        return most

    def _have(self, element: Element, need: Need) -> int:
        """Have a group of streams at its place. Raises Refused."""
        if not self._is_there(need, element.cycle):
            self._supply(element, need)
        refuse(not self._is_there(need, element.cycle))
        found = [self.world.look(cell, element.cycle) for cell in self._cells(need, element.cycle)]
        most: int = max(byte.most for byte in found)
        return most

    def _cells(self, need: Need, cycle: int) -> list[Any]:
        return [diagonal(need.stream + k, need.position, cycle) for k in range(need.width)]

    def _is_there(self, need: Need, cycle: int) -> bool:
        found = [self.world.at(cell, cycle) for cell in self._cells(need, cycle)]
        if None in found or max(byte.most for byte in found) > need.most:
            return False
        first = found[0]
        if len(found) == 1 or first.width == 1:
            return all(byte.width == 1 for byte in found) or len(found) == 1
        return all((byte.result, byte.byte) == (first.result, k) for k, byte in enumerate(found))

    def _supply(self, element: Element, need: Need) -> None:
        """Make what an element needs, upstream of it, as a burst of its shape. Raises Refused."""
        for _ in range(TRIES):
            op = supply.producer(self.rng, self.spec, element.op, need, element.depth)
            if op is None:
                continue
            there = position(self.spec, op.row, op.fields)
            distance = there - need.position if flows_west(need.stream) else need.position - there
            first = element.cycle - distance - op.latency
            if distance > 0 and self.tried(op, first, element.depth + 1):
                return
        raise Refused

    def _emit(self, element: Element, most: int = ENTRIES) -> None:
        """Send an element's results to the streams that its op names."""
        op = element.op
        here, landing = position(self.spec, op.row, op.fields), element.cycle + op.latency
        for operand in op.row.operands:
            first = op[operand.fields[0]]
            if operand.role == WRITE and operand.kind in (STREAM, VECTOR) and is_stream(first):
                for k in range(operand.width * operand.groups):
                    byte = Byte((element.cycle, op.unit_order), operand.width, k % operand.width, most)
                    self.world.hold(diagonal(first + k, here, landing), landing + 1, byte)

    def pass_on(self, element: Element, _: int) -> None:
        self._emit(element)

    # Memory -----------------------------------------------------------------------------------
    def access(self, element: Element, _: int) -> None:
        """`read`, `write`: a row of each slice, in its bank."""
        fields = element.op.fields
        base = self._base(fields["ra"], element.start) if "ra" in fields else 0
        row = fields["row"] + base + element.i * fields["stride"] + element.j * fields["stride2"]
        refuse(not 0 <= row < self.spec.rows * self.spec.banks)
        self._claim_banks(element, row // self.spec.rows)

    def access_mapped(self, element: Element, _: int) -> None:
        """`gather`, `scatter`: rows of one bank."""
        refuse(element.op["bank"] >= self.spec.banks)
        self._claim_banks(element, element.op["bank"])

    def _claim_banks(self, element: Element, bank: int) -> None:
        hemisphere, index = divmod(element.op["slice"], HEMISPHERE_SLICES)
        refuse(index + element.op.row.width > self.spec.slices)
        for k in range(element.op.row.width):
            self.world.claim(("bank", self.spec.bank_number(hemisphere, index + k, bank), element.cycle))
        self._emit(element)

    def _base(self, register: int, cycle: int) -> int:
        return self.frame.counted(cycle) if register == COUNTER else register - BASES.start

    # Vector ALUs ------------------------------------------------------------------------------
    def compute(self, element: Element, _: int) -> None:
        op = element.op
        target = target_of(op.row)
        assert target is not None
        if is_v(op[target.fields[0]]):
            register = op[target.fields[0]] - V_REGISTERS
            self.world.hold(("v", register), element.cycle + op.latency, target.width)
        self._emit(element, supply.most_of(op))

    def _have_vector(self, element: Element, register: int, width: int) -> None:
        """Have a v register hold a width or more. Raises Refused."""
        if (self.world.at(("v", register), element.cycle) or 0) < width:
            op = supply.writer_of(self.rng, self.spec, register, width)
            self.enter(op, element.cycle - op.latency - self.rng.randrange(3), element.depth + 1)
        refuse((self.world.look(("v", register), element.cycle) or 0) < width)

    # Planes -----------------------------------------------------------------------------------
    def load(self, element: Element, _: int) -> None:
        """`lw`: rows into the buffer, which another type empties first."""
        op, plane = element.op, element.op["plane"]
        refuse(op["row0"] + LOAD_BITS // TYPES[op.row.type].bits * element.i >= self.spec.lanes)
        self._replace("buffer", plane, element.cycle, op.row.type)

    def install(self, element: Element, _: int) -> None:
        """`iw`: buffers into arrays."""
        plane = element.op["plane"]
        held = self.world.look(("buffer", plane), element.cycle)
        refuse(held is not None and TYPES[held].planes > 1 and plane % 2 > 0)
        self._replace("array", plane, element.cycle, held)
        if held is not None:
            self._replace("buffer", plane, element.cycle, None)

    def _replace(self, what: str, plane: int, cycle: int, new: str | None) -> None:
        """A plane's weights are of another type from the next cycle on; halves of 16-bit ones go together."""
        old = self.world.look((what, plane), cycle)
        planes = {plane, plane ^ 1} if wide(old) or wide(new) else {plane}
        for each in planes:
            self.world.look((what, each), cycle)
            self.world.hold((what, each), cycle + 1, new if each == plane or wide(new) else None)

    def activate(self, element: Element, _: int) -> None:
        """`abc`: a result at the exit."""
        op, plane = element.op, element.op["plane"]
        if not self._array_fits(op, self.world.at(("array", plane), element.cycle)):
            self._supply_array(element)
        refuse(not self._array_fits(op, self.world.look(("array", plane), element.cycle)))
        landing = element.cycle + ACTIVATION_LATENCY
        self.world.hold(("exit", plane, landing), landing, op.row.type)

    def _array_fits(self, op: Op, held: str | None) -> bool:
        if held is None:
            return False
        return held == op.row.type if TYPES[op.row.type].kind == "f" else TYPES[held].kind != "f"

    def _supply_array(self, element: Element) -> None:
        installed = element.cycle - self.rng.randint(1, 3)
        load = supply.loader(self.rng, self.spec, element.op)
        gap = (load["n"] - 1) * load["d"]
        self.enter(load, installed - gap - self.rng.randint(1, 3), element.depth + 1)
        self.enter(supply.installer(element.op), installed, element.depth + 1)

    def take(self, element: Element, _: int) -> None:
        """`acc.set`, `acc.emit`: the result at the exit."""
        self._take(element)
        self._keep(element)

    def add(self, element: Element, _: int) -> None:
        self._take(element)
        self._have_row(element)
        self._keep(element)

    def _take(self, element: Element) -> None:
        exit_ = ("exit", element.op["plane"], element.cycle)
        if self.world.at(exit_, element.cycle) is None:
            op = supply.activation(self.rng, self.spec, element.op)
            self.enter(op, element.start - ACTIVATION_LATENCY, element.depth + 1)
        refuse(self.world.look(exit_, element.cycle) is None)

    def _keep(self, element: Element) -> None:
        fields = element.op.fields
        if "acc" in fields:
            row = fields["acc"] + element.i
            refuse(row >= ACCUMULATOR_ROWS)
            self.world.hold(("acc", fields["plane"], row), element.cycle + 1, True)
        self._emit(element)

    def read_row(self, element: Element, _: int) -> None:
        self._have_row(element)
        self._emit(element)

    def _have_row(self, element: Element) -> None:
        place = "acc", element.op["plane"], element.op["acc"] + element.i
        refuse(place[2] >= ACCUMULATOR_ROWS)
        if not self.world.at(place, element.cycle):
            op = supply.row_writer(self.rng, self.spec, element.op["plane"], place[2])
            self.enter(op, element.cycle - self.rng.randint(1, 4), element.depth + 1)
        refuse(not self.world.look(place, element.cycle))

    def write_row(self, element: Element, _: int) -> None:
        self._keep(element)

    # Switches ---------------------------------------------------------------------------------
    def load_map(self, element: Element, most: int) -> None:
        self.world.hold(("map", element.op["hemi"], element.op["number"]), element.cycle + 1, most)

    def permute(self, element: Element, _: int) -> None:
        self._have_map(element, self.spec.lanes - 1)

    def distribute(self, element: Element, _: int) -> None:
        self._have_map(element, LANES_PER_SUPERLANE - 1)

    def _have_map(self, element: Element, most: int) -> None:
        place = "map", element.op["hemi"], element.op["number"]
        held = self.world.at(place, element.cycle)
        if held is None or held > most:
            self._supply_map(element, most)
        held = self.world.look(place, element.cycle)
        refuse(held is None or held > most)
        self._emit(element)

    def _supply_map(self, element: Element, most: int) -> None:
        """Load the map, having such entries on their way first."""
        op = supply.map_loader(self.rng, self.spec, element.op)
        cycle = element.cycle - self.rng.randint(1, 3)
        here = position(self.spec, op.row, op.fields)
        need = Need(op["from"], supply.ENTRY_WIDTH, here, most)
        self._have(Element(op, cycle, cycle, 0, 0, element.depth + 1), need)
        self.enter(op, cycle, element.depth + 1)


EFFECTS: dict[str, Callable[[Planner, Element, int], None]] = {
    "read": Planner.access, "write": Planner.access, "gather": Planner.access_mapped, "scatter": Planner.access_mapped,
    "lw": Planner.load, "iw": Planner.install, "abc": Planner.activate, "acc.set": Planner.take,
    "acc.emit": Planner.take, "acc.add": Planner.add, "accr": Planner.read_row, "accw": Planner.write_row,
    "lmap": Planner.load_map, "permute": Planner.permute, "distribute": Planner.distribute,
}  # fmt: skip


def planned(rng: Random, spec: MachineSpec) -> Skeleton:
    """A legal program."""
    planner = Planner(rng, spec, rng.randint(20, 90))
    for _ in range(rng.randint(2, 12)):
        planner.try_any()
    return planner.frame
