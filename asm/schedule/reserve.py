"""Units of the bursts of straight code: those written are kept, the others take the lowest that is free long enough.

The reservation table is filled in order of time; a unit is taken from the first to the last element of a burst.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from asm.check.bursts import Burst, burst_of
from asm.program import FREE, AsmOp, Packed
from isa.diagnostics import Diagnostic, Note
from isa.machine import MachineSpec
from isa.units import UNIT_NAMES, VXM


class Reservation(NamedTuple):
    """A unit is taken in cycles [start, end)."""

    start: int
    end: int
    op: AsmOp


Table = dict[int, list[Reservation]]


def assign_bursts(bundles: Sequence[Packed], spec: MachineSpec) -> list[Diagnostic]:
    """Give every tensor op of some bundles a unit, run by run; E-UNIT-BUSY for each that finds none."""
    runs: dict[int, list[tuple[int, AsmOp]]] = {}
    for bundle in bundles:
        for op in bundle.ops if bundle.explicit else ():
            if op.row.tensor:
                runs.setdefault(bundle.run, []).append((bundle.cycle, op))
    return [problem for timed in runs.values() for problem in assign_run(timed, spec)]


def assign_run(timed: Sequence[tuple[int, AsmOp]], spec: MachineSpec) -> list[Diagnostic]:
    """The same for ops with their cycles, in order of time; those whose unit is written are served first."""
    table: Table = {}
    free = []
    for cycle, op in timed:
        if "u" in op.row.format.names and op.unit_pin == FREE:
            free.append((cycle, op))
        else:
            burst = burst_of(spec, op.row, op.values)
            _take(table, burst.op.claims, Reservation(cycle, cycle + burst.held, op))
    return [problem for cycle, op in free if (problem := _choose(table, cycle, op, spec)) is not None]


def _take(table: Table, units: Iterable[int], reservation: Reservation) -> None:
    for unit in units:
        table.setdefault(unit, []).append(reservation)


def _choose(table: Table, cycle: int, op: AsmOp, spec: MachineSpec) -> Diagnostic | None:
    """Set the unit of an op to the first that is free from a cycle on for as long as it runs."""
    instances = spec.vxm_alus if op.row.units.where == VXM else op.row.instances
    position = op.row.format.names.index("u")
    holders: list[tuple[int, Reservation]] = []
    for instance in range(min(instances, op.row.instances)):
        op.values[position] = instance
        burst = burst_of(spec, op.row, op.values)
        wanted = Reservation(cycle, cycle + burst.held, op)
        held = [
            each for each in table.get(burst.op.claims[0], ()) if each.start < wanted.end and wanted.start < each.end
        ]
        if not held:
            _take(table, burst.op.claims, wanted)
            return None
        holders.append((burst.op.claims[0], max(held, key=lambda each: each.end)))
    return _busy(burst, op, cycle, holders)


def _busy(burst: Burst, op: AsmOp, cycle: int, holders: list[tuple[int, Reservation]]) -> Diagnostic:
    unit, first = min(holders, key=lambda pair: pair[1].end)
    names = " ".join(UNIT_NAMES[unit] for unit, _ in holders)
    later = first.end - cycle
    taken = f"{names} {'is' if len(holders) == 1 else 'are'} taken"
    message = f"`{op.row.mnemonic}` finds no unit free for {burst.held} cycle{'s' * (burst.held > 1)}: {taken}"
    note = Note(f"`{first.op.row.mnemonic}` holds {UNIT_NAMES[unit]} until cycle {first.end - 1}", first.op.place)
    help = f"issue it {later} cycle{'s' if later != 1 else ''} later, when {UNIT_NAMES[unit]} is free"
    return Diagnostic("E-UNIT-BUSY", message, op.place, (note,), help, data={"first_free": first.end})
