"""Which stretches are alike: the checks of the tensor face say nothing of one if they say nothing of the other."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

from asm.check.bursts import burst_of
from asm.check.rules import known_banks
from asm.check.stretch import Stretch, Timed, reach_of
from asm.check.view import CheckedOp
from isa.machine import MachineSpec
from isa.units import HEMISPHERE_SLICES, SLICE


def kind_of(stretch: Stretch, spec: MachineSpec) -> Hashable:
    """All that decides whether the checks find something in a stretch.

    Of rows that is the bank they are in, and of banks that no burst comes near whether they are the same.
    """
    near = {bank for timed in stretch.ops for bank in banks_near(timed, spec)}
    bursts = tuple([_burst(timed, spec) for timed in stretch.ops])
    others: dict[int, int] = {}
    accesses = tuple(
        [(access.cycle, _renamed(known_banks(access.op, spec), near, others)) for access in stretch.accesses]
    )
    return stretch.settled, stretch.fresh, stretch.end, stretch.stop, bursts, accesses


def banks_near(timed: Timed, spec: MachineSpec) -> range:
    """All banks of the slices that a burst accesses."""
    if timed.burst.row.units.where != SLICE:
        return range(0)
    first = spec.bank_number(*divmod(timed.burst.fields["slice"], HEMISPHERE_SLICES), 0)
    return range(first, first + timed.burst.row.width * spec.banks)


def _renamed(banks: Iterable[int], near: set[int], others: dict[int, int]) -> tuple[int, ...]:
    """Banks that bursts come near as they are; `others` numbers the rest, downwards, as they come."""
    return tuple([bank if bank in near else others.setdefault(bank, ~len(others)) for bank in banks])


def content_of(ops: Sequence[CheckedOp], spec: MachineSpec) -> Hashable:
    """All of a bundle that decides whether the checks find something in a stretch."""
    bursts = [Timed(op, 0, burst_of(spec, op.row, op.values)) for op in ops if op.row.tensor]
    banks = [tuple(known_banks(op, spec)) for op in ops if op.row.memory and not op.row.tensor]
    return tuple([_burst(timed, spec) for timed in bursts]), tuple(banks)


def _burst(timed: Timed, spec: MachineSpec) -> Hashable:
    op = timed.op
    names, values = op.row.format.names, tuple(op.values)
    reach = reach_of(timed)
    if "row" in names and reach is not None:
        at = names.index("row")
        values = (*values[:at], *_rows(values[at], *reach, spec), *values[at + 1 :])
    return op.row.id, values, op.open_fields, op.is_placed, timed.cycle


def _rows(row: int, before: int, after: int, spec: MachineSpec) -> tuple[bool, int]:
    """The bank that all rows of a burst are in; if they are in several, the row and nothing more."""
    first, last = (row - before) // spec.rows, (row + after) // spec.rows
    return first == last, first if first == last else row
