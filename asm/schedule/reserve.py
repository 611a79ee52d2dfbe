"""Units of the bursts of straight code: those written are kept, the others take the lowest that is free long enough.

The reservation table is filled in order of time; a unit is taken from the first to the last element of a burst.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from asm.check.bursts import Burst, burst_of
from asm.program import FREE, AsmOp, Packed
from isa.diagnostics import Diagnostic, Note
from isa.machine import MachineSpec
from isa.records import NamedTuple
from isa.units import UNIT_NAMES, VXM


class Reservation(NamedTuple):
    """A unit is taken in cycles [start, end)."""

    start: int
    end: int
    op: AsmOp


Table = dict[int, list[Reservation]]
Held = Mapping[int, int]  # units that what ran before may hold, and the first cycle in which each is free for sure
NOTHING: Held = {}


def assign_bursts(bundles: Sequence[Packed], spec: MachineSpec, held: Held = NOTHING) -> list[Diagnostic]:
    """Give every tensor op of some bundles a unit, run by run; E-UNIT-BUSY for each that finds none.

    Those that are held when the first run begins are chosen last.
    """
    runs: dict[int, list[tuple[int, AsmOp]]] = {}
    for bundle in bundles:
        if bundle.explicit and (bundle.kind is None or bundle.kind.has_tensor_ops):
            runs.setdefault(bundle.run, []).extend((bundle.cycle, op) for op in bundle.ops if op.row.tensor)
    before = {bundles[0].run: held} if bundles else {}
    return [p for run, timed in runs.items() for p in assign_run(timed, spec, before.get(run, NOTHING))]


def assign_run(timed: Sequence[tuple[int, AsmOp]], spec: MachineSpec, held: Held = NOTHING) -> list[Diagnostic]:
    """The same for ops with their cycles, in order of time; those whose unit is written are served first."""
    free = [(cycle, op) for cycle, op in timed if _is_free(op)]
    if not free:
        return []
    table: Table = {}
    for cycle, op in timed:
        if not _is_free(op):
            burst = burst_of(spec, op.row, op.values)
            _take(table, burst.op.claims, Reservation(cycle, cycle + burst.held, op))
    return [problem for cycle, op in free if (problem := _choose(table, cycle, op, spec, held)) is not None]


def _is_free(op: AsmOp) -> bool:
    """Whether a unit is to be chosen for an op."""
    return op.unit_pin == FREE and "u" in op.row.format.names


def _take(table: Table, units: Iterable[int], reservation: Reservation) -> None:
    for unit in units:
        table.setdefault(unit, []).append(reservation)


def _choose(table: Table, cycle: int, op: AsmOp, spec: MachineSpec, before: Held) -> Diagnostic | None:
    """Set the unit of an op to the first that is free from a cycle on for as long as it runs."""
    position = op.row.format.names.index("u")
    holders: list[tuple[int, Reservation]] = []
    for instance in _instances(cycle, op, spec, before):
        op.values[position] = instance
        burst = burst_of(spec, op.row, op.values)
        wanted = Reservation(cycle, cycle + burst.held, op)
        unit = burst.op.claims[0]
        table[unit] = [each for each in table.get(unit, ()) if each.end > cycle]  # no later op meets the others
        held = [each for each in table[unit] if each.start < wanted.end]
        if not held:
            _take(table, burst.op.claims, wanted)
            return None
        holders.append((unit, max(held, key=lambda each: each.end)))
    return _busy(burst, op, cycle, holders)


def _instances(cycle: int, op: AsmOp, spec: MachineSpec, before: Held) -> Sequence[int]:
    """The units that an op may run on, those last that may still be held."""
    count = min(spec.vxm_alus, op.row.instances) if op.row.units.where == VXM else op.row.instances
    if not before:
        return range(count)
    position = op.row.format.names.index("u")
    units = {}
    for instance in range(count):
        op.values[position] = instance
        units[instance] = burst_of(spec, op.row, op.values).op.claims[0]
    return sorted(range(count), key=lambda instance: before.get(units[instance], 0) > cycle)


def _busy(burst: Burst, op: AsmOp, cycle: int, holders: list[tuple[int, Reservation]]) -> Diagnostic:
    unit, first = min(holders, key=lambda pair: pair[1].end)
    names = " ".join(UNIT_NAMES[unit] for unit, _ in holders)
    later = first.end - cycle
    taken = f"{names} {'is' if len(holders) == 1 else 'are'} taken"
    message = f"`{op.row.mnemonic}` finds no unit free for {burst.held} cycle{'s' * (burst.held > 1)}: {taken}"
    note = Note(f"`{first.op.row.mnemonic}` holds {UNIT_NAMES[unit]} until cycle {first.end - 1}", first.op.place)
    help = f"issue it {later} cycle{'s' if later != 1 else ''} later, when {UNIT_NAMES[unit]} is free"
    return Diagnostic("E-UNIT-BUSY", message, op.place, (note,), help, data={"first_free": first.end})
