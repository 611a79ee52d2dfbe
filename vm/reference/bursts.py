"""Bursts: when their elements issue, and how long they hold their units."""

from __future__ import annotations

from isa.faults import NOWHERE
from isa.records import dataclass
from vm.reference.program import Issued


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a tensor op, or a scalar op, whose `number` is NOWHERE; `read` holds the registers kept."""

    op: Issued
    pc: int
    number: int = NOWHERE
    read: tuple[int, ...] = ()

    @property
    def as_other(self) -> dict[str, int]:
        """The op and the element as the other party of a fault, in numbers of a RawFault."""
        return {"other_pc": self.pc, "other_slot": self.op.slot, "other_element": self.number}

    @property
    def round(self) -> int:
        """j: which round of the burst."""
        return self.number // self.op.fields.get("n", 1)

    @property
    def step(self) -> int:
        """i: which element of its round."""
        return self.number % self.op.fields.get("n", 1)


@dataclass(frozen=True, slots=True)
class Burst:
    """An op whose first element issued in `started`, with the registers it read then, in operand order."""

    op: Issued
    pc: int
    started: int
    read: tuple[int, ...] = ()

    def due(self, cycle: int) -> int | None:
        """The number of the element that issues in a cycle: element (j, i) issues j*e + i*d after the first."""
        n, d, m, e = self._shape
        j, rest = divmod(cycle - self.started, e) if m > 1 else (0, cycle - self.started)
        i, gap = divmod(rest, d)
        return j * n + i if gap == 0 and i < n and j < m else None

    @property
    def as_other(self) -> dict[str, int]:
        """The other party of E-UNIT-BUSY, as numbers of a RawFault."""
        op = {"other_pc": self.pc, "other_slot": self.op.slot}
        return {**op, "other_cycle": self.started, "other_landing": self.free}

    @property
    def free(self) -> int:
        """The first cycle in which its units can take another op."""
        n, d, m, e = self._shape
        return self.started + (m - 1) * e + (n - 1) * d + self.op.row.interval

    @property
    def _shape(self) -> tuple[int, int, int, int]:
        fields = self.op.fields
        return fields.get("n", 1), fields.get("d", 1), fields.get("m", 1), fields.get("e", 0)

    def element(self, number: int) -> Element:
        return Element(self.op, self.pc, number, self.read)
