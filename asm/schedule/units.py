"""Units of the scalar ops of an explicit bundle: those written are kept, the others get the lowest free one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

from asm.facts import FACTS, unit_name
from asm.program import FREE, AsmOp
from isa.diagnostics import Diagnostic, Note

Wanted: TypeAlias = tuple[int, int]  # the number of an op's row, and the unit it is pinned to
NONE_FREE = -1
MOST_BUNDLES = 1 << 14  # whose units are remembered


def assign_units(ops: Sequence[AsmOp]) -> list[Diagnostic]:
    """Give every scalar op of a bundle a unit of its own; E-UNIT-BUSY for each that finds none."""
    scalar = [op for op in ops if not op.row.tensor]
    units, order = free_units(tuple([(op.row.id, op.unit_pin) for op in scalar]))
    for op, unit in zip(scalar, units, strict=True):
        position = FACTS[op.row.id].unit
        if unit != NONE_FREE and position >= 0:
            op.values[position] = unit
    if NONE_FREE not in units:
        return []
    holders = {unit_name(op): op for op, unit in zip(scalar, units, strict=True) if unit != NONE_FREE}
    return [_busy(scalar[number], holders) for number in order if units[number] == NONE_FREE]


@lru_cache(MOST_BUNDLES)
def free_units(wanted: tuple[Wanted, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The unit of each op of a bundle, NONE_FREE for some, and the order in which the ops choose: those with fewer
    units to choose from first."""
    taken: dict[int, int] = {}  # class -> a bit per unit
    units = [NONE_FREE] * len(wanted)
    order = sorted(range(len(wanted)), key=lambda number: _candidates(wanted[number]).bit_count())
    for number in order:
        unit_class = FACTS[wanted[number][0]].unit_class
        free = _candidates(wanted[number]) & ~taken.get(unit_class, 0)
        if free:
            lowest = free & -free
            taken[unit_class] = taken.get(unit_class, 0) | lowest
            units[number] = lowest.bit_length() - 1
    return tuple(units), tuple(order)


def _candidates(wanted: Wanted) -> int:
    """The units that an op may have, a bit each."""
    row, pin = wanted
    return (1 << FACTS[row].instances) - 1 if pin == FREE else 1 << pin


def _busy(op: AsmOp, holders: Mapping[str, AsmOp]) -> Diagnostic:
    candidates = _candidates((op.row.id, op.unit_pin))
    names = [name for number, name in enumerate(op.row.units.names) if candidates >> number & 1]
    are = "is" if len(names) == 1 else "are"
    return Diagnostic(
        "E-UNIT-BUSY",
        f"`{op.row.mnemonic}` needs {' or '.join(names)}, which {are} taken in this bundle",
        op.place,
        tuple(Note(f"{name} runs `{holders[name].row.mnemonic}`", holders[name].place) for name in names),
        "move this op to a bundle of its own",
    )
