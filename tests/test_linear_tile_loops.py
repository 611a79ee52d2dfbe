"""Loops over linear tensor code: rounds that overlap do what they do one after the other, however many there are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

import lpu
from asm.assemble import Assembly, assemble
from asm.schedule.loops.report import LoopReport
from isa.image import Image
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


def executable(result: Assembly) -> Image:
    assert result.image is not None
    return lpu.link([result.image])


def report(source: str) -> LoopReport:
    (found,) = assembled(source).loops
    return found


def ran(source: str, engine: str = "core") -> tuple[lpu.Machine, Array]:
    """A program run to its end, and the tensor x that it was given."""
    machine = lpu.Machine(executable(assembled(source)), engine=engine, strict=True)
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


# Generated loops ----------------------------------------------------------------------------------
PLACES = ("mw0..mw3.0", "mw0..mw3.1", "mw4..mw7", "me0..me3.0", "me0..me3.1", "me4..me7")
NAMES = ("x", "y", "z")
REGISTERS = ("r1", "r2")
START = 24  # what registers hold before a loop: rows on either side are reached


@st.composite
def bodies(draw: st.DrawFn) -> list[str]:
    """Loads, sums and stores over rows that registers or constants choose, and steps of registers at the end or, where
    sums take no registers, among them."""
    lines: list[str] = []
    steps_last = draw(st.booleans())
    row = st.sampled_from((*REGISTERS, *REGISTERS, "3"))
    name = st.sampled_from(NAMES)
    for chain in range(draw(st.integers(1, 3))):
        n = draw(st.integers(1, 4))
        loads = [f"%v{chain}{number}" for number in range(draw(st.integers(1, 2)))]
        lines += [f"vload {load}, {draw(name)}, row={draw(row)}, n={n}" for load in loads]
        last = loads[0]
        for number in range(draw(st.integers(0, 3))):
            other = draw(st.sampled_from((*loads, "5", *REGISTERS[: 2 * steps_last])))
            lines.append(f"vadd.i32.w %w{chain}{number}, {last}, {other}")
            last = f"%w{chain}{number}"
        if len(loads) == 2:
            lines.append(f"vsub.i32.w %u{chain}, {last}, {loads[1]}")
            last = f"%u{chain}"
        lines.append(f"vstore {draw(name)}, {last}, row={draw(row)}, n={n}")
    steps = [f"add {register}, {register}, {draw(st.integers(-2, 2))}" for register in REGISTERS]
    at = len(lines) if steps_last else draw(st.integers(0, len(lines)))
    return [*lines[:at], *steps, *lines[at:]]


def in_order(body: list[str], rounds: int, memory: dict[str, Array]) -> dict[str, int]:
    """Run a body a number of times on `memory`; what registers hold then."""
    held: dict[str, Any] = dict.fromkeys(REGISTERS, START)
    for line in body * rounds:
        mnemonic, *written = line.replace(",", " ").split()
        operands = [text.partition("=")[2] or text for text in written]
        numbers = [held.get(text, int(text) if text.lstrip("-").isdecimal() else 0) for text in operands]
        if mnemonic == "vload":
            held[operands[0]] = memory[operands[1]][numbers[2] : numbers[2] + numbers[3]].copy()
        elif mnemonic == "vstore":
            memory[operands[0]][numbers[2] : numbers[2] + numbers[3]] = numbers[1]
        else:
            sign = -1 if mnemonic.startswith("vsub") else 1
            held[operands[0]] = numbers[1] + sign * numbers[2]
    return {register: held[register] for register in REGISTERS}


@given(bodies(), st.integers(0, 9), st.booleans(), st.permutations(PLACES), st.sampled_from(("core", "reference")))
def test_generated_loops_do_what_their_lines_say(
    body: list[str], rounds: int, is_constant: bool, places: list[str], engine: str
) -> None:
    shape = f"i32[{ROWS}, {LANES}]"
    lines = [f".tensor {name}: {shape} @ {place}\n.input {name}" for name, place in zip(NAMES, places, strict=False)]
    lines += [f"mov {register}, {START}" for register in REGISTERS]
    lines += [f"mov r9, {rounds}", f"loop {rounds if is_constant else 'r9'}, done", *body, "done:"]
    source = "\n".join(lines)
    result = assemble(source, machine=LPU_TINY)
    assume("E-SCHEDULE" not in [each.code for each in result.diagnostics])  # two loads by one port, needed at once
    assert result.diagnostics == []
    assert "check" not in result.loops[0].reason
    machine = lpu.Machine(executable(result), engine=engine, strict=True)
    rng = np.random.default_rng(7)
    memory = {name: rng.integers(-1000, 1000, (ROWS, LANES), dtype=np.int32) for name in NAMES}
    for name, value in memory.items():
        machine[name] = value
    assert machine.run(max_cycles=10_000) == "halted"
    registers = in_order(body, rounds, memory)
    for name, value in memory.items():
        np.testing.assert_array_equal(machine[name], value)
    assert [machine.regs[int(name[1:])] for name in REGISTERS] == list(registers.values())


# What is checked ----------------------------------------------------------------------------------
def test_the_check_finds_rows_that_are_not_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("asm.streams.loops.emit.move_row", lambda op, rows: None)
    assert report(loop(double(2), 8)).reason.startswith("the check of its data flow says: row ")


def test_the_check_finds_registers_that_do_not_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("asm.streams.loops.emit.Pipeline._steps", lambda self, turns: [])
    assert "differs after 4 rounds" in report(loop(double(3), 8)).reason
