"""Whether a timeline does what the statements it was made of do one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter

import numpy as np

from asm.check.bursts import Burst, burst_of
from asm.facts import FACTS, register_written
from asm.program import AsmOp, TimedOp
from asm.schedule.loops.body import WORD_MASK
from asm.streams.graph import Node
from asm.streams.proof.elements import ROWS
from asm.streams.proof.kinds import Registers
from asm.streams.proof.meaning import Meaning
from asm.streams.proof.physics import Missing, Physics
from asm.streams.proof.scalars import Scalars
from asm.streams.proof.values import Values
from isa.machine import MachineSpec
from isa.units import slice_name

Worlds = tuple[Registers, int]
NO_REGISTER = -1
FOREVER = 1 << 40  # after any cycle
# What registers hold at first, by number, and bounds of what is not known: values far apart; and few, so that rows and
# words meet.
SPREAD: Worlds = (lambda number: (number + 1) << 16, WORD_MASK)
CROWDED: Worlds = (lambda number: 0, 3)


def flaw(nodes: Sequence[Node], ops: Iterable[TimedOp], spec: MachineSpec) -> str:
    """What a timeline does that its statements do not, in words; empty when nothing was found."""
    timed = sorted(((each.value, each.op) for each in ops), key=lambda issue: issue[0])
    issues = [(cycle, burst_of(spec, op.row, op.values)) for cycle, op in timed if op.row.tensor]
    scalars = [(cycle, op) for cycle, op in timed if not op.row.tensor and not op.row.control]
    # Rows that registers point to are those of a tensor whatever the registers hold: crowded, they would be of others.
    crowded = scalars and not any("ra" in burst.fields for _, burst in issues)
    for first, mask in (SPREAD, CROWDED) if crowded else (SPREAD,):
        found = flaw_for(nodes, issues, spec, first, scalars, mask)
        if found:
            return found
    return ""


def flaw_for(
    nodes: Sequence[Node],
    issues: Sequence[tuple[int, Burst]],
    spec: MachineSpec,
    first: Registers,
    scalars: Sequence[tuple[int, AsmOp]] = (),
    mask: int = WORD_MASK,
) -> str:
    """The same when registers hold certain numbers at first."""
    timed, ordered = Scalars(first, mask), Scalars(first, mask)
    for cycle, together in groupby(scalars, key=itemgetter(0)):
        timed.issue(cycle, [op for _, op in together])
    physics, meaning = Physics(_ranges(nodes, spec), timed), Meaning(ordered)
    try:
        physics.run(issues)
    except Missing as reason:
        return str(reason)
    meaning.run(nodes)
    made, wanted = Values(physics.elements), Values(meaning.elements)
    return _difference(made, wanted) or _not_left(physics, made, meaning, wanted) or _registers(nodes, timed, ordered)


def _registers(nodes: Iterable[Node], timed: Scalars, ordered: Scalars) -> str:
    """The first register that statements write, or word that they store, and that a timeline leaves different."""
    written = {register_written(FACTS[node.op.row.id], node.op.values) for node in nodes if not node.op.row.tensor}
    for register in sorted(written - {NO_REGISTER}):
        if timed.value(register, FOREVER) != ordered.value(register, FOREVER):
            return f"register {register} differs"
    return "" if timed.words == ordered.words else "what scalar ops store differs"


def _ranges(nodes: Iterable[Node], spec: MachineSpec) -> dict[tuple[int, int], range]:
    """The rows that a map may name in each slice and bank."""
    found: dict[tuple[int, int], range] = {}
    for node in nodes:
        rows = node.rows
        if rows is not None and not rows.path:
            for number in range(rows.first, rows.first + rows.width):
                found[number, rows.low // spec.rows] = range(rows.low, rows.high + 1)
    return found


def _difference(made: Values, wanted: Values) -> str:
    """The first row of memory that the two leave different."""
    (places, numbers), (others, expected) = made.memory(), wanted.memory()
    if not np.array_equal(places, others):
        return f"{_row(np.setxor1d(places, others)[0])} is written by one of them alone"
    wrong = np.flatnonzero(numbers != expected)
    if len(wrong):
        return f"{_row(places[wrong[0]])} differs"
    slices = [number for number, found in made.scattered().items() if found != wanted.scattered().get(number)]
    return f"what is scattered to {slice_name(slices[0])} differs" if slices else ""


def _not_left(physics: Physics, made: Values, meaning: Meaning, wanted: Values) -> str:
    """Weights that should have stayed in a plane and are not there."""
    planes, cells = physics.arrays.last()
    there = dict(zip(planes.tolist(), made.number(cells[:, None]).tolist(), strict=True))
    for plane, array in meaning.left:
        (number,) = wanted.number(array).tolist()
        if number not in ([there.get(plane)] if plane >= 0 else there.values()):
            return f"weights are not in P{plane}" if plane >= 0 else "weights are in no plane"
    return ""


def _row(place: np.int64) -> str:
    number, row = divmod(int(place), ROWS)
    return f"row {row} of {slice_name(number)}"
