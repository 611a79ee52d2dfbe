"""Ops a second from Python to an ELF file, without a source: ops given as columns of numbers, and one by one."""

from __future__ import annotations

import numpy as np
from measure import call, interleaved
from tables import Table, show

from isa import elf
from isa.builder import Builder
from isa.index import BY_KEY

ADD, PRODUCT, LOAD, MOVE = (
    BY_KEY[key] for key in ("add rd, ra, imm", "mul rd, ra, rb", "ld rt, [disp + rb]", "mov rd, ra")
)
OPS_A_BUNDLE = 4
RATE = "ops/s by processor time"
HEAD = ("", "ops/s by wall clock", RATE, "spread, %")


def measure(quick: bool) -> list[Table]:
    """The same program made in both ways; NumPy is imported already."""
    bundles = (80_000 if quick else 1_200_000) // OPS_A_BUNDLE
    made = {
        "`lpu.Builder`, columns": lambda: written(in_columns(bundles)),
        "`lpu.Builder`, op by op": lambda: written(op_by_op(bundles)),
    }
    times = interleaved({name: call(make) for name, make in made.items()}, 5)
    ops = bundles * OPS_A_BUNDLE
    rows = tuple((name, ops / time.wall, ops / time.cpu, 100 * time.spread) for name, time in times.items())
    return [Table(f"Building {ops:,} ops", HEAD, rows)]


def written(builder: Builder) -> bytes:
    return elf.write(builder.image("made"))


def in_columns(bundles: int) -> Builder:
    builder, number = Builder(), np.arange(bundles)
    zeros, register = np.zeros_like(number), number % 32
    builder.emit_columns(number, ADD, np.stack([zeros, register, zeros + 3, number], axis=1))
    builder.emit_columns(number, PRODUCT, np.stack([register, zeros + 4, zeros + 5], axis=1))
    builder.emit_columns(number, LOAD, np.stack([zeros, register, number, zeros + 7], axis=1))
    builder.emit_columns(number, MOVE, np.stack([zeros + 1, register, zeros + 3], axis=1))
    return builder


def op_by_op(bundles: int) -> Builder:
    builder = Builder()
    emit = builder.emit
    for number in range(bundles):
        register = number % 32
        emit(number, ADD, 0, register, 3, number)
        emit(number, PRODUCT, register, 4, 5)
        emit(number, LOAD, 0, register, number, 7)
        emit(number, MOVE, 1, register, 3)
    return builder


if __name__ == "__main__":
    show(measure, __doc__)
