"""Legal tensor programs with one op too many, whose fault is told beforehand: its code and its cycle."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from conform.skeleton import Skeleton, Slot
from conform.spacetime import Refused, require
from conform.tensor_elements import elements_of
from conform.tensor_ops import COUNTER, any_op, any_row, families
from conform.tensor_plan import DEEPEST, Planner
from isa.codec import Op
from isa.faults import NUMBER
from isa.legal import absent, why_illegal
from isa.machine import MachineSpec
from isa.records import NamedTuple
from isa.row import Row
from isa.units import LINK

TRIES = 100
KINDS = (
    "E-ILLEGAL", "E-LINK", "E-UNIT-BUSY", "E-STREAM-EMPTY", "E-STREAM-TORN", "E-TYPE", "E-ACC-EMPTY", "E-RANGE",
    "E-BANK", "E-UNINIT", "E-WRITE-CLASH", "E-STREAM-CLASH",
)  # fmt: skip


class Told(NamedTuple):
    """A fault: when, and the number of its code; the least of several is the one that happens."""

    cycle: int
    code: int


class Planter(Planner):
    """A planner that goes on after what is legal and writes down what the last op breaks."""

    def __init__(self, rng: Random, spec: MachineSpec, frame: Skeleton) -> None:
        super().__init__(rng, spec, frame)
        self.told: list[Told] = []

    def plant(self, wanted: str) -> Told | None:
        """Enter an op whose fault is of a kind, and say when; None if none is found."""
        for _ in range(TRIES):
            row = any_link(self.rng) if wanted == "E-LINK" else any_row(self.rng, self.spec)
            op, slot = any_op(self.rng, self.spec, row), self.rng.choice(self.frame.slots[1:])
            if wanted != "E-LINK" and slot.ops and self.rng.randrange(2):
                op = self._twin(self.rng.choice(slot.ops)) or op
            self.told = []
            try:
                with self.world.attempt():
                    self._break(op, slot)
                    require(min(self.told).code == NUMBER[wanted])
            except Refused:
                continue
            return min(self.told)
        return None

    def _twin(self, op: Op) -> Op | None:
        """An op of the tensor face on another of its units, or in another place."""
        if not op.row.tensor:
            return None
        other = any_op(self.rng, self.spec, op.row)
        name = self.rng.choice(op.row.format.names)
        return op.with_field(name, other[name])

    def _break(self, op: Op, slot: Slot) -> None:
        """Enter an op all the same. Raises Refused when it breaks no rule, or what it breaks cannot be told."""
        require(not op.row.tensor or not why_illegal(op.row, op.fields))
        self.put(slot, op)
        if op.row.units.where == LINK:
            self.told.append(Told(slot.cycles[0], NUMBER["E-LINK"]))
            return
        if self._is_illegal(op, slot):
            require(not any(one.row.write and one[one.row.write] == COUNTER for one in slot.ops))
            self.told.append(Told(slot.cycles[0], NUMBER["E-ILLEGAL"]))
            return
        for start in slot.cycles:
            self._note(self.claim_units, op, start)
            self._note(self.use_registers, op, start)
            for element in elements_of(op, start, DEEPEST):
                self._note(self.element, element)
        require(bool(self.told))

    def _is_illegal(self, op: Op, slot: Slot) -> bool:
        others = [unit for one in slot.ops if one is not op for unit in one.claims]
        return (op.row.tensor and bool(absent(self.spec, op.row, op.fields))) or not set(others).isdisjoint(op.claims)

    def _note(self, enter: Callable[..., None], *arguments: Any) -> None:
        """Do something; if that is a fault, write it down. Raises Refused if it changes what other ops rely on."""
        try:
            enter(*arguments)
        except Refused as refused:
            if not refused.code:
                raise
            self.told.append(Told(refused.cycle, NUMBER[refused.code]))


def any_link(rng: Random) -> Row:
    """A row of the links, whose ops fault as they issue."""
    return rng.choice([row for rows in families()["C"] for row in rows if row.units.where == LINK])


def planted(rng: Random, spec: MachineSpec) -> tuple[Skeleton, Told | None]:
    """A program, and the fault that it ends with, of any kind; None if there was no place for one."""
    planter = Planter(rng, spec, Skeleton(rng, rng.randint(20, 70)))
    for _ in range(rng.randint(1, 5)):
        planter.try_any()
    return planter.frame, planter.plant(rng.choice(KINDS))
