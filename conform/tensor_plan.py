"""Legal tensor programs: every op is entered where its units are free, with whatever it needs brought to it in time.

What an op needs is either there already or is made by more ops, upstream and earlier; an op for which that fails is
left out. So the programs are legal by construction, by another way of counting than that of the engines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from conform import tensor_supply as supply
from conform.skeleton import Skeleton, Slot
from conform.spacetime import NEVER, Place, Refused, Spacetime, require
from conform.tensor_elements import Byte, Element, diagonal, elements_of, is_whole, registers_needed, wide
from conform.tensor_ops import BASES, COUNTER, any_op, any_row
from conform.tensor_supply import ENTRIES, Need, target_of
from isa.codec import Op
from isa.legal import absent, why_illegal
from isa.machine import LANES_PER_SUPERLANE, SLICES_PER_QUAD, MachineSpec
from isa.places import V_REGISTERS, flows_west, is_stream, is_v
from isa.records import NamedTuple
from isa.row import READ, STREAM, VECTOR, WRITE
from isa.tensor import ACTIVATION_LATENCY
from isa.types import TYPES
from isa.units import HEMISPHERE_SLICES, VXM
from vm.floorplan import position
from vm.tensor_state import ACCUMULATOR_ROWS

TRIES = 4  # ways in which a need is tried to be met
DEEPEST = 4  # ops that are made for ops that are made ...
LOAD_BITS = 128  # of weights in a lane of the streams of one load


class Access(NamedTuple):
    """Rows of a bank, and of as many slices from `first` on as the width says, that an element reads or writes."""

    hemisphere: int
    first: int
    width: int
    bank: int
    rows: range
    reads: bool


class Planner:
    """A program in the making."""

    def __init__(self, rng: Random, spec: MachineSpec, frame: Skeleton) -> None:
        self.rng = rng
        self.spec = spec
        self.frame = frame
        self.world = Spacetime()
        self.accesses: list[Access] = []

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
        require(slot is not None and depth <= DEEPEST and self.can_stand(op))
        assert slot is not None
        for start in slot.cycles:
            self.claim_units(op, start)
            self.use_registers(op, start)
            for element in elements_of(op, start, depth):
                self.element(element)
        self.put(slot, op)

    def can_stand(self, op: Op) -> bool:
        """Whether the machine has such an op."""
        return not why_illegal(op.row, op.fields) and not absent(self.spec, op.row, op.fields)

    def use_registers(self, op: Op, cycle: int) -> None:
        """Read and write scalar registers: here those that ops read never change under way."""

    def put(self, slot: Slot, op: Op) -> None:
        slot.ops.append(op)
        self.world.note(lambda: slot.ops.remove(op))

    def claim_units(self, op: Op, start: int) -> None:
        *_, last = elements_of(op, start, 0)
        for cycle in range(start, last.cycle + op.row.interval):
            for unit in op.claims:
                self.world.claim(("unit", unit, cycle), start, "E-UNIT-BUSY")

    def element(self, element: Element) -> None:
        """Enter one element: what it needs, then what it does, in the order in which rules are looked at."""
        fields = element.op.fields
        is_there = fields.get("slice", 0) % HEMISPHERE_SLICES < self.spec.slices
        require(is_there, "E-RANGE", element.cycle)
        most = self._sample(element)
        row = element.op.row
        default = Planner.compute if row.units.where == VXM else Planner.pass_on
        EFFECTS.get(row.semantics, default)(self, element, most)

    def losses(self) -> list[tuple[int, str]]:
        """The cycles in which values get lost that nobody sampled, if the run is not over by then, and how."""
        found = [(begin, "exit") for _, begin, _ in self.world.unseen("exit")]
        for (_, stream, number), _, until in self.world.unseen("stream"):
            dropped = number + 1 if flows_west(stream) else number + self.spec.positions
            found.append((dropped, "dropped") if until == NEVER else (until - 1, "overwritten"))
        return sorted(found)

    # Streams ----------------------------------------------------------------------------------
    def _sample(self, element: Element) -> int:
        """Have all that an element samples there; returns the most that entries of its last group can be."""
        op, cycle = element.op, element.cycle
        needs, registers = list(self._needs(op)), list(registers_needed(op))
        for need in needs:
            if not self._is_there(need, cycle) and element.depth < DEEPEST:
                self._supply(element, need)
        require(None not in [byte for need in needs for byte in self._held(need, cycle)], "E-STREAM-EMPTY", cycle)
        require(all(is_whole(self._held(need, cycle)) for need in needs), "E-STREAM-TORN", cycle)
        low = [byte.least > need.most for need in needs for byte in self._held(need, cycle)]
        require(not any(low), "E-RANGE", cycle)
        require(all(self._is_there(need, cycle) for need in needs))
        most = ENTRIES
        for need in needs:
            most = max(self.world.look(cell, cycle).most for cell in self._cells(need, cycle))
        self._have_vectors(element, registers)
        return most

    def _needs(self, op: Op) -> Iterator[Need]:
        """The groups of streams that an op samples."""
        here = position(self.spec, op.row, op.fields)
        for operand in op.row.operands:
            if operand.role == READ and operand.kind in (STREAM, VECTOR) and is_stream(op[operand.fields[0]]):
                limit = self.spec.rows - 1 if operand.fields == ("map",) else ENTRIES
                for k in range(operand.groups):
                    yield Need(op[operand.fields[0]] + k * operand.width, operand.width, here, limit)

    def _held(self, need: Need, cycle: int) -> list[Any]:
        return [self.world.at(cell, cycle) for cell in self._cells(need, cycle)]

    def _cells(self, need: Need, cycle: int) -> list[Any]:
        return [diagonal(need.stream + k, need.position, cycle) for k in range(need.width)]

    def _is_there(self, need: Need, cycle: int) -> bool:
        found = self._held(need, cycle)
        return None not in found and is_whole(found) and max(byte.most for byte in found) <= need.most

    def _supply(self, element: Element, need: Need) -> None:
        """Make what an element needs, upstream of it, as a burst of its shape. Raises Refused."""
        for _ in range(TRIES):
            place = supply.upstream(self.rng, self.spec, need, element.depth)
            if place is None or element.cycle - place.ahead not in self.frame.by_cycle:
                continue
            op = supply.producer(self.rng, self.spec, element.op, need, element.depth, place)
            if self.tried(op, element.cycle - place.ahead, element.depth + 1):
                return
        raise Refused

    def _emit(self, element: Element, most: int = ENTRIES, least: int = 0) -> None:
        """Send an element's results to the streams that its op names."""
        op = element.op
        here, landing = position(self.spec, op.row, op.fields), element.cycle + op.latency
        for operand in op.row.operands:
            first = op[operand.fields[0]]
            if operand.role == WRITE and operand.kind in (STREAM, VECTOR) and is_stream(first):
                for k in range(operand.width * operand.groups):
                    byte = Byte((element.cycle, op.unit_order), operand.width, k % operand.width, most, least)
                    self._land(diagonal(first + k, here, landing), landing + 1, byte, "E-STREAM-CLASH")

    def _land(self, place: Place, cycle: int, what: Byte, code: str) -> None:
        """A result lands where no other does; else the later of the two ops is the fault. Raises Refused."""
        other = self.world.begun(place, cycle)
        require(other is None, code, max(what.result, other.result)[0] if other else 0)
        self.world.hold(place, cycle, what)

    def pass_on(self, element: Element, _: int) -> None:
        self._emit(element)

    # Memory -----------------------------------------------------------------------------------
    def access(self, element: Element, _: int) -> None:
        """`read`, `write`: a row of each slice, in its bank."""
        fields = element.op.fields
        base = self._base(fields["ra"], element.start) if "ra" in fields else 0
        row = fields["row"] + base + element.i * fields["stride"] + element.j * fields["stride2"]
        in_quad = fields["slice"] % SLICES_PER_QUAD + element.op.row.width <= SLICES_PER_QUAD
        require(in_quad and 0 <= row < self.spec.rows * self.spec.banks, "E-RANGE", element.cycle)
        bank, row = divmod(row, self.spec.rows)
        self._claim_banks(element, bank, range(row, row + 1))

    def access_mapped(self, element: Element, most: int) -> None:
        """`gather`, `scatter`: rows of one bank, up to the highest entry of the map."""
        require(element.op["bank"] < self.spec.banks, "E-RANGE", element.cycle)
        self._claim_banks(element, element.op["bank"], range(min(most + 1, self.spec.rows)))

    def _claim_banks(self, element: Element, bank: int, rows: range) -> None:
        row, (hemisphere, index) = element.op.row, divmod(element.op["slice"], HEMISPHERE_SLICES)
        for k in range(row.width):
            number = self.spec.bank_number(hemisphere, index + k, bank)
            self.world.claim(("bank", number, element.cycle), element.cycle, "E-BANK")
        self.touch(Access(hemisphere, index, row.width, bank, rows, bool(target_of(row))), element.cycle)
        self._emit(element)

    def touch(self, access: Access, cycle: int) -> None:
        """Note what is accessed."""
        require(not (access.reads and self.is_unwritten(access)), "E-UNINIT", cycle)
        self.accesses.append(access)
        self.world.note(self.accesses.pop)

    def _base(self, register: int, cycle: int) -> int:
        return self.frame.counted(cycle) if register == COUNTER else register - BASES.start

    def is_unwritten(self, _: Access) -> bool:
        """Whether memory holds nothing there: here all of it is written."""
        return False

    # Vector ALUs ------------------------------------------------------------------------------
    def compute(self, element: Element, _: int) -> None:
        op = element.op
        target = target_of(op.row)
        assert target is not None
        if is_v(op[target.fields[0]]):
            register = op[target.fields[0]] - V_REGISTERS
            result = Byte((element.cycle, op.unit_order), target.width, 0)
            self._land(("v", register), element.cycle + op.latency, result, "E-WRITE-CLASH")
        self._emit(element, supply.most_of(op), supply.least_of(op))

    def _have_vectors(self, element: Element, registers: list[tuple[int, int]]) -> None:
        """Have v registers hold a width or more. Raises Refused."""
        for register, width in registers:
            if not self._is_wide(register, width, element.cycle) and element.depth < DEEPEST:
                op = supply.writer_of(self.rng, self.spec, register, width)
                self.enter(op, element.cycle - op.latency - self.rng.randrange(3), element.depth + 1)
        held = [(self.world.look(("v", register), element.cycle), width) for register, width in registers]
        require(all(byte is None or byte.width >= width for byte, width in held), "E-TYPE", element.cycle)
        require(all(byte for byte, _ in held), "E-UNINIT", element.cycle)

    def _is_wide(self, register: int, width: int, cycle: int) -> bool:
        held = self.world.at(("v", register), cycle)
        return held is not None and held.width >= width

    # Planes -----------------------------------------------------------------------------------
    def load(self, element: Element, _: int) -> None:
        """`lw`: rows into the buffer, which another type empties first."""
        op, plane = element.op, element.op["plane"]
        row = op["row0"] + LOAD_BITS // TYPES[op.row.type].bits * element.i
        require(row < self.spec.lanes, "E-RANGE", element.cycle)
        self._replace("buffer", plane, element.cycle, op.row.type)

    def install(self, element: Element, _: int) -> None:
        """`iw`: buffers into arrays."""
        plane = element.op["plane"]
        held = self.world.look(("buffer", plane), element.cycle)
        require(not (wide(held) and plane % 2), "E-TYPE", element.cycle)
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
        if not self._array_fits(op, self.world.at(("array", plane), element.cycle)) and element.depth < DEEPEST:
            self._supply_array(element)
        held = self.world.look(("array", plane), element.cycle)
        require(self._array_fits(op, held), "E-TYPE", element.cycle)
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
        if self.world.at(exit_, element.cycle) is None and element.depth < DEEPEST:
            op = supply.activation(self.rng, self.spec, element.op)
            self.enter(op, element.start - ACTIVATION_LATENCY, element.depth + 1)
        require(self.world.look(exit_, element.cycle) is not None, "E-ACC-EMPTY", element.cycle)

    def _keep(self, element: Element) -> None:
        fields = element.op.fields
        if "acc" in fields:
            row = fields["acc"] + element.i
            require(row < ACCUMULATOR_ROWS, "E-RANGE", element.cycle)
            self.world.hold(("acc", fields["plane"], row), element.cycle + 1, True)
        self._emit(element)

    def read_row(self, element: Element, _: int) -> None:
        self._have_row(element)
        self._emit(element)

    def _have_row(self, element: Element) -> None:
        place = "acc", element.op["plane"], element.op["acc"] + element.i
        require(place[2] < ACCUMULATOR_ROWS, "E-RANGE", element.cycle)
        if not self.world.at(place, element.cycle) and element.depth < DEEPEST:
            op = supply.row_writer(self.rng, self.spec, element.op["plane"], place[2])
            self.enter(op, element.cycle - self.rng.randint(1, 4), element.depth + 1)
        require(self.world.look(place, element.cycle) is not None, "E-UNINIT", element.cycle)

    def write_row(self, element: Element, _: int) -> None:
        self._keep(element)

    # Switches ---------------------------------------------------------------------------------
    def load_map(self, element: Element, most: int) -> None:
        op, cycle = element.op, element.cycle
        least = min(byte.least for need in self._needs(op) for byte in self._held(need, cycle))
        self.world.hold(("map", op["hemi"], op["number"]), cycle + 1, (least, most))

    def permute(self, element: Element, _: int) -> None:
        self._have_map(element, self.spec.lanes - 1)

    def distribute(self, element: Element, _: int) -> None:
        self._have_map(element, LANES_PER_SUPERLANE - 1)

    def _have_map(self, element: Element, most: int) -> None:
        place = "map", element.op["hemi"], element.op["number"]
        held = self.world.at(place, element.cycle)
        if (held is None or held[1] > most) and element.depth < DEEPEST:
            self._supply_map(element, most)
        held = self.world.look(place, element.cycle)
        require(held is not None, "E-UNINIT", element.cycle)
        require(held[0] <= most, "E-RANGE", element.cycle)
        require(held[1] <= most)
        self._emit(element)

    def _supply_map(self, element: Element, most: int) -> None:
        """Load the map, having such entries on their way first."""
        op = supply.map_loader(self.rng, self.spec, element.op)
        cycle = element.cycle - self.rng.randint(1, 3)
        here = position(self.spec, op.row, op.fields)
        need = Need(op["from"], supply.ENTRY_WIDTH, here, most)
        self._supply(Element(op, cycle, cycle, 0, 0, element.depth + 1), need)
        self.enter(op, cycle, element.depth + 1)


EFFECTS: dict[str, Callable[[Planner, Element, int], None]] = {
    "read": Planner.access, "write": Planner.access, "gather": Planner.access_mapped, "scatter": Planner.access_mapped,
    "lw": Planner.load, "iw": Planner.install, "abc": Planner.activate, "acc.set": Planner.take,
    "acc.emit": Planner.take, "acc.add": Planner.add, "accr": Planner.read_row, "accw": Planner.write_row,
    "lmap": Planner.load_map, "permute": Planner.permute, "distribute": Planner.distribute,
}  # fmt: skip


def plan(rng: Random, spec: MachineSpec) -> Planner:
    """A planner with a legal program."""
    planner = Planner(rng, spec, Skeleton(rng, rng.randint(20, 70)))
    for _ in range(rng.choice((1, 2, 3, 4, 5, 12))):
        planner.try_any()
    return planner


def planned(rng: Random, spec: MachineSpec) -> Skeleton:
    """A legal program."""
    return plan(rng, spec).frame
