"""A timeline as a list of steps: each op with the cycle it issues in, counted from the timeline's first."""

from __future__ import annotations

from collections.abc import Sequence

from asm.check.bursts import Burst, burst_of
from asm.check.view import CheckedOp
from asm.facts import FACTS, register_written
from asm.program import FREE
from isa.diagnostics import Diagnostic, Place, SourceError
from isa.machine import MachineSpec
from isa.records import NamedTuple


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
MOST_CYCLES = 1 << 16  # from the first op of two timelines to the end of the second, wherever that begins
MOST_EVENTS = 4_000_000  # values written and sampled


def refuse_endless(steps: Steps, place: Place | None) -> None:
    """Raises SourceError (E-OVERLAP) for more than can be followed."""
    taken, values = landed(steps), sum(_values(step.burst) for step in steps)
    message = f"what overlaps takes {taken} cycles and moves {values} values"
    if taken > MOST_CYCLES or values > MOST_EVENTS:
        help = f"up to {MOST_CYCLES} cycles and {MOST_EVENTS} values are followed"
        raise SourceError(Diagnostic("E-OVERLAP", message, place, help=help))


def _values(burst: Burst) -> int:
    return burst.count * max(1, sum(group.size for group in (*burst.samples, *burst.results)))


def landed(steps: Steps) -> int:
    """The cycle in which all results have landed, and everything has issued."""
    return max((max(1, landing(step)) + step.cycle for step in steps), default=0)


def landing(step: Step) -> int:
    """Cycles from issue to the landing of the last result."""
    if step.op.row.tensor:
        return step.burst.last + step.burst.latency
    facts = FACTS[step.op.row.id]
    return facts.latency if register_written(facts, step.op.values) >= 0 else 0
