"""Scalar ops in programs that are legal by construction: known addresses, divisors and comparisons, timed writes."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from conform.registers import Registers
from conform.skeleton import Skeleton
from conform.spacetime import require
from conform.tensor_elements import Element
from conform.tensor_ops import BASES, COUNTER, WORDS
from conform.tensor_plan import Access
from conform.tensor_planted import Planter
from isa import codec
from isa.codec import Op
from isa.faults import CONDITION_CODE
from isa.formats import Field
from isa.machine import HEMISPHERES, SLICES_PER_QUAD, MachineSpec
from isa.row import Row
from isa.units import HEMISPHERE_SLICES

GENERAL = range(8)  # few, so that ops meet
MASK = 0xFFFFFFFF
SMALL_SCALE = 5


class ScalarPlanner(Planter):
    """A planner of both faces."""

    def __init__(self, rng: Random, spec: MachineSpec, frame: Skeleton) -> None:
        super().__init__(rng, spec, frame)
        self.registers = Registers(self.world)
        for slot in frame.slots:
            for op in slot.ops:
                for start in slot.cycles:
                    self.claim_units(op, start)
                    self.use_registers(op, start)

    def can_stand(self, op: Op) -> bool:
        return not op.row.tensor or super().can_stand(op)

    def use_registers(self, op: Op, cycle: int) -> None:
        for register in (*op.registers_read, *[CONDITION_CODE] * op.row.reads_cc):
            self.registers.read(register, cycle)
        for register in written(op):
            self.registers.write(register, cycle, cycle + op.row.latency)

    def element(self, element: Element) -> None:
        if element.op.row.tensor:
            super().element(element)
        elif element.op.row.memory:
            self._access_scalar(element)
        else:
            for code in element.op.row.faults:
                HOLDS[code](self, element)

    def known(self, register: int, cycle: int) -> int:
        """What a register holds. Raises Refused where that is not known."""
        require(register in BASES or register == COUNTER)
        return self._base(register, cycle)

    # Memory -----------------------------------------------------------------------------------
    def _access_scalar(self, element: Element) -> None:
        fields, cycle = element.op.fields, element.cycle
        values = {name: self.known(fields[name], cycle) for name in element.op.row.reads if name != "rt"}
        access = self._lane(element, fields, values) if element.op.row.width else self._word(element, fields, values)
        for k in range(access.width):
            number = self.spec.bank_number(access.hemisphere, access.first + k, access.bank)
            self.world.claim(("bank", number, cycle), cycle, "E-BANK")
        self.touch(access, cycle)

    def _word(self, element: Element, fields: dict[str, int], values: dict[str, int]) -> Access:
        factor = values["rc"] if "rc" in values else fields.get("scale", 0)
        word = (fields["disp"] + values.get("ra", 0) * factor + values.get("rb", 0)) & MASK
        require(word < self.spec.words, "E-RANGE", element.cycle)
        bank, rest = divmod(word, self.spec.words_per_bank)
        row = rest // self.spec.words_per_row
        hemisphere, index, bank = self.spec.bank_place(bank)
        return Access(hemisphere, index, 1, bank, range(row, row + 1), is_load(element.op.row))

    def _lane(self, element: Element, fields: dict[str, int], values: dict[str, int]) -> Access:
        row = (fields["row"] + values.get("ra", 0)) & MASK
        lane = values["rb"] if "rb" in values else fields["lane"]
        hemisphere, index = divmod(fields["slice"], HEMISPHERE_SLICES)
        width = element.op.row.width
        inside = index + width <= self.spec.slices and index % SLICES_PER_QUAD + width <= SLICES_PER_QUAD
        inside = inside and row < self.spec.rows * self.spec.banks and lane < self.spec.lanes
        require(inside, "E-RANGE", element.cycle)
        bank, row = divmod(row, self.spec.rows)
        return Access(hemisphere, index, width, bank, range(row, row + 1), is_load(element.op.row))

    # Checks -----------------------------------------------------------------------------------
    def divides(self, element: Element) -> None:
        """A division by what is neither 0 nor -1."""
        divisor = self._second(element)
        require(divisor != 0, "E-DIV", element.cycle)
        require(divisor != MASK)

    def equals(self, element: Element) -> None:
        """An assertion that holds."""
        fields = element.op.fields
        if "rb" not in fields or fields["rb"] != fields["ra"]:
            holds = self.known(fields["ra"], element.cycle) == self._second(element)
            require(holds, "E-ASSERT", element.cycle)

    def _second(self, element: Element) -> int:
        fields = element.op.fields
        return fields["imm"] if "imm" in fields else self.known(fields["rb"], element.cycle)

    def traps(self, element: Element) -> None:
        require(False, "E-TRAP", element.cycle)


HOLDS: dict[str, Callable[[ScalarPlanner, Element], None]] = {
    "E-DIV": ScalarPlanner.divides,
    "E-ASSERT": ScalarPlanner.equals,
    "E-TRAP": ScalarPlanner.traps,
}


def is_load(row: Row) -> bool:
    return row.memory == "load"


def written(op: Op) -> list[int]:
    """The scalar register that an op writes, or none."""
    if op.row.writes_cc:
        return [CONDITION_CODE]
    return [op[op.row.write]] if op.row.write else []


# Ops ------------------------------------------------------------------------------------------
def scalar_op(rng: Random, spec: MachineSpec, row: Row) -> Op:
    """An op of a scalar row that mostly makes sense: addresses and divisors from registers that are known."""
    values = {field.name: field_value(rng, spec, row, field) for field in row.format.fields}
    if "E-DIV" in row.faults and "rb" in values:
        values["rb"] = rng.choice(BASES[1:])
    if "E-ASSERT" in row.faults:
        values["ra"] = rng.choice(BASES)
        values |= {"rb": values["ra"]} if "rb" in values else {"imm": values["ra"] - BASES.start}
    return codec.make(row, **values)


def field_value(rng: Random, spec: MachineSpec, row: Row, field: Field) -> int:
    """A value of a field of a scalar op."""
    name = field.name
    if name == "u":
        return rng.randrange(row.instances)
    if name in row.reads:
        known = row.memory and name != "rt"
        return rng.choice(BASES if known or rng.randrange(6) == 0 else GENERAL)
    if name == row.write:
        return rng.choice(GENERAL)
    if name == "slice":
        index = rng.randrange(spec.quads) * SLICES_PER_QUAD + rng.randint(0, SLICES_PER_QUAD - row.width)
        return HEMISPHERE_SLICES * rng.randrange(HEMISPHERES) + index
    if name == "imm":
        return rng.choice(WORDS) if rng.randrange(4) else rng.randint(1, 100)
    most = {"disp": spec.words - 1, "row": spec.rows * spec.banks - 1, "lane": spec.lanes - 1, "scale": SMALL_SCALE}
    return rng.randint(field.low, min(field.high, most.get(name, field.high)))
