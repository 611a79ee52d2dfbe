"""What ops of a cycle share, as sets of ops of which only so many may issue together.

By Hall's theorem ops of one cycle find a unit each if and only if, of every set of units, no more ops depend on it
alone than it has units. Accesses that may meet in a bank do not share a cycle at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from asm.facts import FACTS
from asm.program import FREE, AsmOp
from isa.records import NamedTuple


class Resource(NamedTuple):
    """Of the ops `members` at most `capacity` issue in a cycle."""

    members: tuple[int, ...]
    capacity: int


def resources(ops: Sequence[AsmOp]) -> list[Resource]:
    """All that binds the ops of a piece of code, each set once; sets that always fit are left out."""
    found = dict.fromkeys([*_units(ops), *_banks(ops)])  # in order
    return [resource for resource in found if len(resource.members) > resource.capacity]


def _units(ops: Sequence[AsmOp]) -> Iterator[Resource]:
    classes: dict[int, list[int]] = {}
    for number, op in enumerate(ops):
        classes.setdefault(FACTS[op.row.id].unit_class, []).append(number)
    for members in classes.values():
        choices = {number: choices_of(ops[number]) for number in members}
        units = sorted(set().union(*choices.values()))
        for size in range(1, len(units) + 1):
            for some in combinations(units, size):
                yield Resource(tuple(number for number in members if choices[number] <= set(some)), size)


def choices_of(op: AsmOp) -> frozenset[int]:
    """The units of its class that may take an op."""
    return frozenset(range(FACTS[op.row.id].instances)) if op.unit_pin == FREE else frozenset((op.unit_pin,))


def _banks(ops: Sequence[AsmOp]) -> Iterator[Resource]:
    """For each bank what may access it; what may access any, when no bank is known."""
    banks = {number: op.access.banks if op.access else frozenset() for number, op in enumerate(ops) if op.row.memory}
    named = sorted(set().union(*banks.values()))
    for bank in named or [-1]:
        yield Resource(tuple(number for number, those in banks.items() if not those or bank in those), 1)


def give_units(ops: Sequence[AsmOp], cycles: Sequence[int]) -> list[int]:
    """A unit for each op, those of a cycle that have fewer choices first; the cycles must fit the resources."""
    units = [0] * len(ops)
    taken: set[tuple[int, int, int]] = set()
    for number in sorted(range(len(ops)), key=lambda number: (len(choices_of(ops[number])), number)):
        where = cycles[number], FACTS[ops[number].row.id].unit_class
        units[number] = next(unit for unit in sorted(choices_of(ops[number])) if (*where, unit) not in taken)
        taken.add((*where, units[number]))
    return units
