"""A timeline as a list of steps: each op with the cycle it issues in, counted from the timeline's first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from asm.check.bursts import Burst, burst_of
from asm.check.view import CheckedOp
from asm.program import FREE
from isa.machine import MachineSpec


class Step(NamedTuple):
    """An op, its first cycle, and the burst that it is (of one element on the scalar face)."""

    cycle: int
    op: CheckedOp
    burst: Burst

    @property
    def has_free_unit(self) -> bool:
        """Whether its unit is chosen later, among those that are not taken."""
        source = self.op.source
        return source is not None and source.unit_pin == FREE and "u" in self.op.row.format.names


def step(cycle: int, op: CheckedOp, spec: MachineSpec) -> Step:
    return Step(cycle, op, burst_of(spec, op.row, op.values))


Steps = Sequence[Step]
