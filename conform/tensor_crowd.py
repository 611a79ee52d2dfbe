"""Bundles with many ops that sample nothing: what they break all happens in one cycle, and one fault must win."""

from __future__ import annotations

from random import Random

from conform.skeleton import Skeleton
from conform.tensor_broken import put
from conform.tensor_ops import any_op, families
from conform.tensor_supply import without_streams
from conform.tensor_wild import SCALAR, any_scalar
from isa.machine import MachineSpec
from isa.row import READ, STREAM, Row
from isa.units import LINK, PLANE

MOST = 40


def crowd(rng: Random, spec: MachineSpec, frame: Skeleton) -> None:
    """Put many ops of a few kinds into one or two bundles of a program, so that no kind's faults win always."""
    kinds = rng.sample(UNFED, rng.randint(1, 4))
    tensor_rows = [row for rows in kinds for row in rows if spec.mxm_planes or row.units.where != PLANE]
    scalar_rows = rng.sample(SCALAR, 3) + [row for row in SCALAR if row.memory]
    for slot in rng.choices(frame.slots, k=rng.randint(1, 2)):
        for _ in range(rng.randint(1, MOST) if tensor_rows else 0):
            put(slot, without_streams(rng, spec, any_op(rng, spec, rng.choice(tensor_rows))))
        for _ in range(rng.randint(0, 3)):
            put(slot, any_scalar(rng, spec, rng.choice(scalar_rows)))


def is_unfed(row: Row) -> bool:
    """Whether ops of a row can do without streams to sample."""
    return row.units.where != LINK and not any(each.kind == STREAM and each.role == READ for each in row.operands)


UNFED = [rows for kinds in families().values() for rows in kinds if is_unfed(rows[0])]
