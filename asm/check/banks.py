"""Rows and banks that bursts access (docs/machine.md, section 14), as far as they are known before a program runs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from asm.check.bursts import Burst
from asm.check.events import Array, offsets
from asm.check.rules import in_quad, known_banks
from asm.check.stretch import Stretch, Timed, knows_rows
from asm.check.view import CheckedOp
from isa.diagnostics import Diagnostic, Note
from isa.machine import MachineSpec
from isa.records import NamedTuple
from isa.units import HEMISPHERE_SLICES, SLICE

NOTHING: Array = np.zeros(0, np.int64)


class Use(NamedTuple):
    """The accesses of banks by an op that issues in a cycle: `banks[i]` in cycle `cycles[i]`."""

    op: CheckedOp
    issue: int
    banks: Array
    cycles: Array
    units: range = range(0)


def check_banks(stretch: Stretch, spec: MachineSpec) -> Iterator[Diagnostic]:
    """E-RANGE for each burst that leaves its slice, E-BANK once for each pair of ops that meet in a bank."""
    uses = [_scalar_use(op, cycle, spec) for cycle, op in stretch.accesses]
    for timed in stretch.ops:
        if timed.burst.row.units.where == SLICE:
            problem = _outside(timed, spec)
            if problem is not None:
                yield problem
            else:
                uses.append(_use(timed, spec))
    yield from _meetings(uses, stretch, spec)


def rows(burst: Burst) -> Array:
    """The rows of all elements, in order, without what a register adds."""
    fields = burst.fields
    rounds, elements = np.arange(fields["m"])[:, None], np.arange(fields["n"])
    found: Array = fields["row"] + rounds * fields["stride2"] + elements * fields["stride"]
    return found.reshape(-1)


def _outside(timed: Timed, spec: MachineSpec) -> Diagnostic | None:
    """E-RANGE when a slice is not there, or a row is not in it."""
    burst, place = timed.burst, timed.op.operand_place("slice")
    index, width = burst.fields["slice"] % HEMISPHERE_SLICES, burst.row.width
    if index >= spec.slices:
        message = f"slice {index} is outside the machine"
        return Diagnostic("E-RANGE", message, place, help=f"{spec.name} has slices 0 to {spec.slices - 1} on each side")
    if not in_quad(index, width, spec):
        message = f"slices {index} to {index + width - 1} are not in one quad"
        return Diagnostic("E-RANGE", message, place, help=f"begin at a multiple of {width}")
    if not knows_rows(timed):
        return None
    each, last = rows(burst), spec.banks * spec.rows - 1
    bad = (each < 0) | (each > last)
    if not bad.any():
        return None
    element = int(bad.argmax())
    which = f"element {element} of `{burst.row.mnemonic}`" if burst.count > 1 else f"`{burst.row.mnemonic}`"
    message = f"{which} is in row {each[element]}, outside the slice"
    return Diagnostic("E-RANGE", message, place, help=f"a slice has rows 0 to {last}")


def _scalar_use(op: CheckedOp, cycle: int, spec: MachineSpec) -> Use:
    banks = np.array(known_banks(op, spec), np.int64)
    return Use(op, cycle, banks, np.full(len(banks), cycle))


def _use(timed: Timed, spec: MachineSpec) -> Use:
    """The banks that the elements of a burst access; none when rows are not known."""
    burst = timed.burst
    hemisphere, index = divmod(burst.fields["slice"], HEMISPHERE_SLICES)
    if "bank" in burst.fields:
        bank: Array = np.full(burst.count, burst.fields["bank"])
    elif knows_rows(timed):
        bank = rows(burst) // spec.rows
    else:
        return Use(timed.op, timed.cycle, NOTHING, NOTHING)
    planes = spec.bank_number(hemisphere, index, 0) + np.arange(burst.row.width)[:, None] * spec.banks
    cycles = np.tile(offsets(burst) + timed.cycle, burst.row.width)
    return Use(timed.op, timed.cycle, (planes + bank).reshape(-1), cycles, burst.op.claims)


def _meetings(uses: list[Use], stretch: Stretch, spec: MachineSpec) -> Iterator[Diagnostic]:
    """Two accesses of one bank in one cycle, for each pair of ops the first."""
    if not uses:
        return
    banks, cycles = np.concatenate([use.banks for use in uses]), np.concatenate([use.cycles for use in uses])
    users = np.repeat(np.arange(len(uses)), [len(use.banks) for use in uses])
    sort = np.lexsort((users, banks, cycles))
    same = (np.diff(banks[sort]) == 0) & (np.diff(cycles[sort]) == 0) & (cycles[sort][1:] < stretch.stop)
    seen = set()
    for i in np.flatnonzero(same):
        first, second = int(users[sort[i]]), int(users[sort[i + 1]])
        one, other = sorted((uses[first], uses[second]), key=lambda use: use.issue)
        if (first, second) not in seen and not set(one.units).intersection(other.units):  # a busy unit is said already
            seen.add((first, second))
            yield _shared(one.op, other.op, int(banks[sort[i]]), int(cycles[sort[i]]), spec)


def _shared(one: CheckedOp, other: CheckedOp, bank: int, cycle: int, spec: MachineSpec) -> Diagnostic:
    message = f"two accesses of bank {spec.bank_name(bank)} in cycle {cycle}"
    note = Note(f"`{one.row.mnemonic}` accesses it here", one.place)
    help = "issue them in different cycles, or put the data in different banks"
    return Diagnostic("E-BANK", message, other.place, (note,), help)
