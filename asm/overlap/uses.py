"""What a timeline has to itself: units, banks and stream registers, as reservation tables.

A row of the table is an integer with a bit for each cycle, so that moving one timeline past another is a shift and
finding whether they meet an `&`. A value on a stream keeps every stream register it passes from where it is made to
where it is last sampled: whatever came between would be sampled in its place.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from asm.check.bursts import EXITS, name_of
from asm.check.events import NONE, Array, Block, Events
from asm.check.stretch import Stretch, Timed
from asm.overlap.memory import reach_of
from asm.overlap.steps import Step, Steps
from isa.machine import MachineSpec
from isa.places import flows_west, is_stream
from isa.records import NamedTuple
from isa.units import UNIT_NAMES

UNIT, BANK, CELL = "unit", "bank", "cell"


class Resource(NamedTuple):
    """A unit, a bank, or the register of stream `number` at `place` positions from where it begins."""

    kind: str
    number: int
    place: int = 0

    def text(self, spec: MachineSpec) -> str:
        if self.kind == BANK:
            return f"bank {spec.bank_name(self.number)}"
        return UNIT_NAMES[self.number] if self.kind == UNIT else name_of(self.number)


class Use(NamedTuple):
    """A step keeps a resource in some cycles, a bit each; one that is not `certain` may need another one."""

    resource: Resource
    cycles: int
    step: Step
    certain: bool = True


Table = dict[Resource, int]


def table(uses: list[Use]) -> Table:
    """All cycles in which each resource is used."""
    found: Table = {}
    for use in uses:
        found[use.resource] = found.get(use.resource, 0) | use.cycles
    return found


def uses_of(steps: Steps, spec: MachineSpec) -> list[Use]:
    """What steps keep to themselves; units that are still to be chosen are left out."""
    return [*_units(steps), *_banks(steps, spec), *_cells(steps, spec)]


def bits(cycles: Array) -> int:
    """An integer with the bits of some cycles, none below 0, set."""
    if not len(cycles):
        return 0
    first = int(cycles.min())
    taken = np.zeros(int(cycles.max()) - first + 1, np.uint8)
    taken[cycles - first] = 1
    return int.from_bytes(np.packbits(taken, bitorder="little").tobytes(), "little") << first


def _units(steps: Steps) -> Iterator[Use]:
    for step in steps:
        if not step.has_free_unit:
            held = step.burst.held if step.op.row.tensor else 1
            units = step.burst.op.claims if step.op.row.tensor else (step.burst.op.unit_order,)
            for unit in units:
                yield Use(Resource(UNIT, unit), (1 << held) - 1 << step.cycle, step)


def _banks(steps: Steps, spec: MachineSpec) -> Iterator[Use]:
    """Banks that are accessed; where registers choose them, all that they may choose."""
    for step in steps:
        reach = reach_of(step, spec)
        if reach is None:
            continue
        if reach.is_wide:
            cycles = bits(np.unique(reach.cycles))
            banks = range(spec.total_banks) if reach.banks is None else sorted(reach.banks)
            yield from (Use(Resource(BANK, bank), cycles, step, certain=False) for bank in banks)
            continue
        touched = reach.rows // spec.rows
        for bank in np.unique(touched):
            yield Use(Resource(BANK, int(bank)), bits(reach.cycles[touched == bank]), step)


# Stream registers ---------------------------------------------------------------------------------
def _cells(steps: Steps, spec: MachineSpec) -> Iterator[Use]:
    """The stream registers that values need on their way, in cycles counted as if all of a line were one."""
    by_op = {id(step.op): step for step in steps}
    ops = [Timed(step.op, step.cycle, step.burst) for step in steps if step.op.row.tensor]
    if not any(timed.burst.samples or timed.burst.results for timed in ops):
        return
    events = Events(Stretch(0, False, ops), spec)
    ends = _ends(events, spec)
    for block in events.blocks:
        if is_stream(block.group.first) or block.group.first >= EXITS:
            yield from _block(events, block, ends, by_op[id(block.timed.op)], spec)


def _along(block: Block, spec: MachineSpec) -> int:
    """The position of an event on its line."""
    if not is_stream(block.group.first):
        return 0
    position = block.timed.burst.position
    return spec.positions - 1 - position if flows_west(block.group.first) else position


def _ends(events: Events, spec: MachineSpec) -> Array:
    """For each value written the position at which it is last sampled, NONE when it never is."""
    along = np.array([_along(block, spec) for block in events.blocks])[events.block]
    ends = np.full(len(along), NONE)
    found = np.flatnonzero(~events.writes & (events.met != NONE))
    np.maximum.at(ends, events.met[found], along[found])
    return ends


def _block(events: Events, block: Block, ends: Array, step: Step, spec: MachineSpec) -> Iterator[Use]:
    """Of values written the registers up to the last sample; of samples that find nothing the one before them."""
    along = _along(block, spec)
    for place in range(block.group.size):
        these = slice(block.first + place * block.count, block.first + (place + 1) * block.count)
        number, lines = block.group.first + place, events.line[these] + spec.positions
        if block.writes:
            last = np.maximum(ends[these] - 1, along)
            for end in np.unique(last):
                cycles = bits(lines[last == end])
                yield from (Use(Resource(CELL, number, at), cycles, step) for at in range(along, int(end) + 1))
        elif (empty := events.met[these] == NONE).any():
            yield Use(Resource(CELL, number, max(0, along - 1)), bits(lines[empty]), step)
