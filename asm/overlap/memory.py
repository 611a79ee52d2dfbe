"""The memory that a step touches, as far as it is known before it runs: rows, whole banks, or anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from asm.check.banks import rows
from asm.check.events import Array, offsets
from asm.check.stretch import Timed, knows_rows
from asm.overlap.steps import Step
from isa.machine import MachineSpec
from isa.records import NamedTuple
from isa.units import HEMISPHERE_SLICES, SLICE

NO_ROWS: Array = np.zeros(0, np.int64)
REGISTERS = ("ra", "rb", "rc")  # fields of an address that only a run can tell


class Reach(NamedTuple):
    """Rows, counted along the linear map, each touched in a cycle; without rows all of `banks`, of None all there are,
    from the first to the last of the cycles."""

    rows: Array
    cycles: Array
    banks: frozenset[int] | None

    @property
    def is_wide(self) -> bool:
        return not len(self.rows)


class Grain(NamedTuple):
    """What counts as one place: rows, but of `banks` the whole bank, or `anywhere` all memory."""

    anywhere: bool
    banks: frozenset[int]


def grain_of(reaches: Iterable[Reach]) -> Grain:
    """The grain at which every one of some reaches can be told from others."""
    wide = [reach.banks for reach in reaches if reach.is_wide]
    return Grain(None in wide, frozenset().union(*(banks for banks in wide if banks is not None)))


def reach_of(step: Step, spec: MachineSpec) -> Reach | None:
    """The memory that a step touches; None for none."""
    if step.burst.row.units.where == SLICE:
        return _of_slices(step, spec)
    return _of_words(step, spec) if step.op.row.memory else None


def _of_slices(step: Step, spec: MachineSpec) -> Reach:
    burst, cycles = step.burst, step.cycle + offsets(step.burst)
    first, width = burst.fields["slice"], burst.row.width
    if knows_rows(Timed(step.op, step.cycle, burst)):
        bases = np.array(list(_first_banks(first, width, spec)))[:, None] * spec.rows
        return Reach((bases + rows(burst)).reshape(-1), np.tile(cycles, width), None)
    banks = [burst.fields["bank"]] if "bank" in burst.fields else range(spec.banks)
    touched = frozenset(each + bank for each in _first_banks(first, width, spec) for bank in banks)
    return Reach(NO_ROWS, cycles, touched)


def _first_banks(first: int, width: int, spec: MachineSpec) -> Iterator[int]:
    """Bank 0 of each of some slices."""
    for number in range(first, first + width):
        yield spec.bank_number(*divmod(number, HEMISPHERE_SLICES), 0)


def _of_words(step: Step, spec: MachineSpec) -> Reach:
    """What a scalar op touches: words count as their rows."""
    op, cycle = step.op, np.array([step.cycle])
    fields = step.burst.fields
    if op.row.width and "ra" not in fields and (op.is_placed or op.value("row") is not None):
        bases = np.array(list(_first_banks(fields["slice"], op.row.width, spec)))
        return Reach(bases * spec.rows + fields["row"], np.tile(cycle, op.row.width), None)
    if op.row.width:
        touched = [
            each + bank for each in _first_banks(fields["slice"], op.row.width, spec) for bank in range(spec.banks)
        ]
        return Reach(NO_ROWS, cycle, frozenset(touched))
    if not set(REGISTERS) & set(fields) and (op.is_placed or op.value("disp") is not None):
        return Reach(np.array([fields["disp"] // spec.words_per_row]), cycle, None)
    access = op.source.access if op.source is not None else None
    return Reach(NO_ROWS, cycle, access.banks or None if access is not None else None)


def places(reach: Reach, grain: Grain, spec: MachineSpec) -> tuple[Array, Array]:
    """What a reach touches at some grain, as numbers from 0 on, each with its cycle."""
    ends = np.array([reach.cycles.min(), reach.cycles.max()])
    if grain.anywhere:
        return np.zeros(2, np.int64), ends
    first_bank = spec.total_banks * spec.rows  # banks are numbered after the rows
    if reach.is_wide:
        banks = np.array(sorted(reach.banks or ()))
        return np.repeat(first_bank + banks, 2), np.tile(ends, len(banks))
    banks = reach.rows // spec.rows
    return np.where(np.isin(banks, list(grain.banks)), first_bank + banks, reach.rows), reach.cycles


def place_text(number: int, grain: Grain, spec: MachineSpec) -> str:
    """A place for messages."""
    if grain.anywhere:
        return "memory"
    bank, row = divmod(number, spec.rows)
    if bank >= spec.total_banks:
        return f"bank {spec.bank_name(number - spec.total_banks * spec.rows)}"
    return f"row {row} of {spec.bank_name(bank)}"
