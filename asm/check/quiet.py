"""Stretches of which nothing is said, as far as that shows in their bursts as wholes: no element has to be followed.

Most bursts that stand alone among scalar code are such: what they meet is not known, what they make outlasts it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from asm.check.rules import in_quad, known_banks
from asm.check.stretch import Stretch, Timed, reach_of
from isa.machine import MachineSpec
from isa.places import flows_west, is_stream
from isa.units import HEMISPHERE_SLICES, PLANE, SLICE


def is_quiet(stretch: Stretch, spec: MachineSpec) -> bool:
    """Whether surely nothing is said of a stretch but of its units; False means that it has to be looked at."""
    made = [place for timed in stretch.ops for group in timed.burst.results for place in group.places]
    return (
        len(set(made)) == len(made)
        and all(_is_quiet(timed, stretch, spec) for timed in stretch.ops)
        and _are_apart(_uses(stretch, spec))
    )


def _is_quiet(timed: Timed, stretch: Stretch, spec: MachineSpec) -> bool:
    """Whether nothing is said of a burst but that it meets others; planes remember too much for that."""
    where, last = timed.burst.row.units.where, timed.cycle + timed.burst.last
    if where == PLANE or (where == SLICE and not _is_inside(timed, spec)):
        return False
    if timed.burst.samples and last >= stretch.settled:
        return False
    results = [group.first for group in timed.burst.results if is_stream(group.first)]
    is_open = last + timed.burst.latency < stretch.settled
    return is_open or all(_outlasts(timed, first, spec) >= min(stretch.end, stretch.stop) for first in results)


def _outlasts(timed: Timed, stream: int, spec: MachineSpec) -> int:
    """The cycle in which the first value of a result is gone, if no other takes its place before."""
    position = timed.burst.position
    left = position + 1 if flows_west(stream) else spec.positions - position
    return timed.cycle + timed.burst.latency + left


def _is_inside(timed: Timed, spec: MachineSpec) -> bool:
    """Whether the machine has the slices and the rows of a burst, as far as they are known."""
    fields, reach = timed.burst.fields, reach_of(timed)
    row, inside = fields.get("row", 0), spec.banks * spec.rows
    is_in = reach is None or (reach[0] <= row and row + reach[1] < inside)
    return is_in and in_quad(fields["slice"] % HEMISPHERE_SLICES, timed.burst.row.width, spec)


Use = tuple[int, int, int]  # a bank, and the first and last cycle in which it may be accessed


def _uses(stretch: Stretch, spec: MachineSpec) -> Iterator[Use]:
    for cycle, op in stretch.accesses:
        yield from ((bank, cycle, cycle) for bank in known_banks(op, spec))
    for timed in stretch.ops:
        if timed.burst.row.units.where == SLICE:
            yield from ((bank, timed.cycle, timed.cycle + timed.burst.last) for bank in _banks(timed, spec))


def _banks(timed: Timed, spec: MachineSpec) -> Iterator[int]:
    fields, reach = timed.burst.fields, reach_of(timed)
    if reach is None:
        return
    hemisphere, index = divmod(fields["slice"], HEMISPHERE_SLICES)
    row = fields.get("row", fields.get("bank", 0) * spec.rows)
    for plane in range(index, index + timed.burst.row.width):
        for bank in range((row - reach[0]) // spec.rows, (row + reach[1]) // spec.rows + 1):
            yield spec.bank_number(hemisphere, plane, bank)


def _are_apart(uses: Iterable[Use]) -> bool:
    """Whether no two uses of a bank fall together."""
    free: dict[int, int] = {}  # the first cycle after the uses of a bank so far
    for bank, first, last in sorted(uses, key=lambda use: use[1]):
        if free.get(bank, first) > first:
            return False
        free[bank] = last + 1
    return True
