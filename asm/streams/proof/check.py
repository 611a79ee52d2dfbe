"""Whether a timeline does what the statements it was made of do one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from asm.check.bursts import Burst, burst_of
from asm.program import TimedOp
from asm.streams.graph import Node
from asm.streams.proof.elements import ROWS, Elements
from asm.streams.proof.kinds import Registers
from asm.streams.proof.meaning import Meaning
from asm.streams.proof.physics import Missing, Physics
from isa.machine import MachineSpec
from isa.units import slice_name

# What registers are taken to hold, by number: rows far apart; and all the same, so that rows meet.
REGISTERS: tuple[Registers, ...] = (lambda number: number + 1 << 16, lambda number: 0)


def flaw(nodes: Sequence[Node], ops: Iterable[TimedOp], spec: MachineSpec) -> str:
    """What a timeline does that its statements do not, in words; empty when nothing was found."""
    issues = [(timed.value, burst_of(spec, timed.op.row, timed.op.values)) for timed in ops if timed.op.row.tensor]
    based = any("ra" in burst.fields for _, burst in issues)
    found = ""
    for registers in REGISTERS if based else REGISTERS[:1]:
        found = found or flaw_for(nodes, issues, spec, registers)
    return found


def flaw_for(
    nodes: Sequence[Node], issues: Sequence[tuple[int, Burst]], spec: MachineSpec, registers: Registers
) -> str:
    physics, meaning = Physics(_ranges(nodes, spec), registers), Meaning(registers)
    try:
        physics.run(issues)
    except Missing as reason:
        return str(reason)
    meaning.run(nodes)
    return _difference(physics.elements, meaning.elements) or _not_left(physics, meaning)


def _ranges(nodes: Iterable[Node], spec: MachineSpec) -> dict[tuple[int, int], range]:
    """The rows that a map may name in each slice and bank."""
    found: dict[tuple[int, int], range] = {}
    for node in nodes:
        rows = node.rows
        if rows is not None and not rows.path:
            for number in range(rows.first, rows.first + rows.width):
                found[number, rows.low // spec.rows] = range(rows.low, rows.high + 1)
    return found


def _difference(made: Elements, wanted: Elements) -> str:
    """The first row of memory that the two leave different."""
    (places, numbers), (others, expected) = made.contents(), wanted.contents()
    if not np.array_equal(places, others):
        return f"{_row(np.setxor1d(places, others)[0])} is written by one of them alone"
    wrong = np.flatnonzero(numbers != expected)
    if len(wrong):
        return f"{_row(places[wrong[0]])} differs"
    slices = [number for number, found in made.scatters().items() if found != wanted.scatters().get(number)]
    return f"what is scattered to {slice_name(slices[0])} differs" if slices else ""


def _not_left(physics: Physics, meaning: Meaning) -> str:
    """Weights that should have stayed in a plane and are not there."""
    planes, cells = physics.arrays.last()
    there = dict(zip(planes.tolist(), physics.elements.number(cells[:, None]).tolist(), strict=True))
    for plane, array in meaning.left:
        (number,) = meaning.elements.number(array).tolist()
        if number not in ([there.get(plane)] if plane >= 0 else there.values()):
            return f"weights are not in P{plane}" if plane >= 0 else "weights are in no plane"
    return ""


def _row(place: np.int64) -> str:
    number, row = divmod(int(place), ROWS)
    return f"row {row} of {slice_name(number)}"
