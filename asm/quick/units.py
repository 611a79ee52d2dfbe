"""Units of bursts that have to be chosen: once for all runs of bundles in the columns that are alike."""

from __future__ import annotations

from asm.program import FREE, AsmOp
from asm.quick.compose import Composer
from asm.quick.front import Unfit
from asm.quick.plan import Seen
from asm.schedule.reserve import assign_bursts, assign_run
from isa.machine import MachineSpec


def choose_units(composer: Composer, seen: Seen, spec: MachineSpec) -> None:
    """Give all bursts their units. Raises Unfit when one finds none."""
    packed = composer.packed(seen)
    if composer.columns.front.count_bursts():
        chosen = _in_columns(composer, seen, spec)
        packed = [bundle for bundle in packed if bundle.run not in chosen]
    if assign_bursts(packed, spec, composer.options.held):
        raise Unfit


def _in_columns(composer: Composer, seen: Seen, spec: MachineSpec) -> set[int]:
    """Choose those of bursts in the columns, and of objects in the same runs; the numbers of these."""
    kinds = composer.told_kinds()
    firsts, ends, forms = composer.plan.runs(kinds)
    if firsts and composer.options.held:
        raise Unfit
    units: list[list[int]] = []
    for first, end, form in zip(firsts, ends, forms, strict=True):
        if form == len(units):
            units.append(_of_run(composer, seen, range(first, end), spec))
    if units:
        composer.plan.tell_units(kinds, units)
    return {seen.runs[first] for first in firsts}


def _of_run(composer: Composer, seen: Seen, numbers: range, spec: MachineSpec) -> list[int]:
    """The units of bursts in the columns that have none, in order."""
    timed: list[tuple[int, AsmOp]] = []
    free: list[AsmOp] = []
    for number in numbers:
        if composer.kinds[seen.kinds[number]].has_tensor_ops:
            ops = [op for op in composer.explicit_ops(seen, number) if op.row.tensor]
            timed += [(seen.cycles[number], op) for op in ops]
            free += [op for op in ops if _is_free(op)] if seen.beats[number] == -1 else ()
    if assign_run(timed, spec):
        raise Unfit
    return [op.value("u") for op in free]


def _is_free(op: AsmOp) -> bool:
    return op.unit_pin == FREE and "u" in op.row.format.names
