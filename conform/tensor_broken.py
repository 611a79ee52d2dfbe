"""Legal tensor programs with a few things changed: moved, copied, taken away, put in, given other operands."""

from __future__ import annotations

from random import Random

from conform.skeleton import Skeleton, Slot
from conform.tensor_ops import any_op, any_row, field_value
from conform.tensor_wild import SCALAR, any_scalar
from isa.codec import Op
from isa.legal import why_illegal
from isa.machine import MachineSpec


def break_some(rng: Random, spec: MachineSpec, frame: Skeleton) -> None:
    """Change a few ops of a program in place."""
    for _ in range(rng.randint(1, 4)):
        rng.choice((move, move, copy, remove, insert, change, change, insert_scalar))(rng, spec, frame)


def picked(rng: Random, frame: Skeleton) -> tuple[Slot, Op] | None:
    """Any op of the tensor face, and where it is."""
    found = [(slot, one) for slot in frame.slots for one in slot.ops if one.row.tensor]
    return rng.choice(found) if found else None


def move(rng: Random, _: MachineSpec, frame: Skeleton) -> None:
    """To a bundle near its own."""
    chosen = picked(rng, frame)
    if chosen:
        slot, one = chosen
        slot.ops.remove(one)
        put(near(rng, frame, slot), one)


def copy(rng: Random, _: MachineSpec, frame: Skeleton) -> None:
    chosen = picked(rng, frame)
    if chosen:
        put(near(rng, frame, chosen[0]), chosen[1])


def remove(rng: Random, _: MachineSpec, frame: Skeleton) -> None:
    chosen = picked(rng, frame)
    if chosen:
        chosen[0].ops.remove(chosen[1])


def insert(rng: Random, spec: MachineSpec, frame: Skeleton) -> None:
    put(rng.choice(frame.slots), any_op(rng, spec, any_row(rng, spec)))


def insert_scalar(rng: Random, spec: MachineSpec, frame: Skeleton) -> None:
    rows = [row for row in SCALAR if row.memory or row.write]
    put(rng.choice(frame.slots), any_scalar(rng, spec, rng.choice(rows)))


def change(rng: Random, spec: MachineSpec, frame: Skeleton) -> None:
    """Another number in a field, where that is still an instruction."""
    chosen = picked(rng, frame)
    if chosen:
        slot, one = chosen
        fields = one.row.format.fields
        field = rng.choice(fields)
        value = rng.choice((field.low, field.high, one[field.name] + 1, field_value(rng, spec, one.row, field)))
        other = one.with_field(field.name, min(max(value, field.low), field.high))
        if not why_illegal(one.row, other.fields) and other.instance < one.row.instances:
            slot.ops[slot.ops.index(one)] = other


def near(rng: Random, frame: Skeleton, slot: Slot) -> Slot:
    index = frame.slots.index(slot) + rng.choice((-2, -1, 1, 2))
    return frame.slots[min(max(index, 0), len(frame.slots) - 1)]


def put(slot: Slot, one: Op) -> None:
    """Add an op unless one of its units is taken by another of the bundle."""
    if not set(one.claims) & {unit for other in slot.ops for unit in other.claims}:
        slot.ops.append(one)
