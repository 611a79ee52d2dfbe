"""Loops over linear tensor code: rounds that overlap do what they do one after the other, however many there are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import lpu
from asm.assemble import Assembly, assemble
from asm.schedule.loops.report import LoopReport
from isa.machine import LPU_TINY

Array = NDArray[Any]
LANES = LPU_TINY.lanes
ROWS = 64
FIRST = 5  # the row that the first round begins with
TENSORS = f"""
        .tensor x: i32[{ROWS}, {LANES}] @ mw0..mw3
        .tensor y: i32[{ROWS}, {LANES}] @ me0..me3
        .input x
        .output y
"""


def loop(body: str, rounds: int, count: str = "r9") -> str:
    """A loop of a number of rounds, its count in a register or a constant."""
    return f"{TENSORS}mov r1, {FIRST}\nmov r9, {rounds}\nloop {count}, done\n{body}\ndone:\n"


def assembled(source: str) -> Assembly:
    """A program for the small machine without a message."""
    result = assemble(source, machine=LPU_TINY)
    assert result.diagnostics == []
    return result


def report(source: str) -> LoopReport:
    (found,) = assembled(source).loops
    return found


def ran(source: str, engine: str = "core") -> tuple[lpu.Machine, Array]:
    """A program run to its end, and the tensor x that it was given."""
    assembled(source)
    machine = lpu.Machine(lpu.assemble(source, machine=LPU_TINY), engine=engine, strict=True)
    x = np.random.default_rng(3).integers(-1000, 1000, (ROWS, LANES), dtype=np.int32)
    machine["x"], machine["y"] = x, np.zeros_like(x)
    assert machine.run(max_cycles=10_000) == "halted"
    return machine, x


def double(n: int) -> str:
    return f"vload %a, x, row=r1, n={n}\nvadd.i32.w %b, %a, %a\nvstore y, %b, row=r1\nadd r1, r1, {n}"


@pytest.mark.parametrize("engine", ["core", "reference"])
@pytest.mark.parametrize("n", [1, 2, 5])
@pytest.mark.parametrize("is_constant", [False, True], ids=["register", "constant"])
def test_every_number_of_rounds_is_exact(n: int, is_constant: bool, engine: str) -> None:
    most = 2 * report(loop(double(n), 8)).stages + 3 if n > 1 else 11
    for rounds in range(-1, most + 1):
        machine, x = ran(loop(double(n), rounds, str(rounds) if is_constant else "r9"), engine)
        done = slice(FIRST, FIRST + max(rounds, 0) * n)
        wanted = np.zeros_like(x)
        wanted[done] = 2 * x[done]
        np.testing.assert_array_equal(machine["y"], wanted)
        assert machine.regs[1] == done.stop
        assert machine.regs[9] == rounds & 0xFFFFFFFF


@pytest.mark.parametrize("n", [1, 3, 8])
def test_a_copy_takes_a_cycle_a_vector(n: int) -> None:
    copy = f"vload %a, x, row=r1, n={n}\nvstore y, %a, row=r1\nadd r1, r1, {n}"
    stages = report(loop(copy, 4)).stages
    few, more = (ran(loop(copy, rounds))[0].cycle for rounds in (stages, stages + 3))
    assert more - few == 3 * n
