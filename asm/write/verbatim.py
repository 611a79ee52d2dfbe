"""`.unchecked` sources: bundles and raw syllables exactly as written, with nothing proved about them.

This is the way to write down any text there is, that of damaged or hostile images included.
"""

from __future__ import annotations

from collections.abc import Iterable

from asm.program import CycleCheck, Explicit, Item, Label, Linear, Packed, Timeline
from asm.schedule import Scheduled
from asm.schedule.reserve import assign_run
from asm.schedule.units import assign_units
from isa.diagnostics import Diagnostic, Place
from isa.machine import MachineSpec
from isa.records import NamedTuple


class Raw(NamedTuple):
    """One syllable of text, with the stop bit it has."""

    value: int
    place: Place


def take_as_written(items: Iterable[Item | Raw], spec: MachineSpec) -> Scheduled:
    """Bundles in the order written; an item that would need the scheduler is an error."""
    result = Scheduled([], [])
    labels: list[str] = []
    for item in items:
        if isinstance(item, Label):
            labels.append(item.name)
        elif isinstance(item, Explicit):
            result.diagnostics += assign_units(item.ops)
            result.diagnostics += assign_run([(0, op) for op in item.ops if op.row.tensor], spec)
            result.bundles.append(Packed(item.ops, labels, explicit=True))
            labels = []
        elif isinstance(item, Raw):
            result.bundles.append(Packed([], labels, explicit=True, raw=item.value))
            labels = []
        else:
            result.diagnostics.append(_needs_checks(item))
    result.end_labels = labels
    return result


def _needs_checks(item: Linear | Timeline | CycleCheck) -> Diagnostic:
    place = item.op.place if isinstance(item, Linear) else item.place
    message = "an `.unchecked` source holds labels, bundles in braces and `.syllable` only"
    return Diagnostic("E-DIRECTIVE", message, place)
