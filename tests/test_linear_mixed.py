"""Tensor ops and scalar ops in one run of linear code: they do what their lines say one after the other."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import lpu
from asm.assemble import assemble
from conform.mixed import LANES, REGISTERS, ROWS, TENSORS, WORDS, Program, State, header, meaning, mixed_programs
from isa.machine import LPU_TINY


def begun(seed: int) -> State:
    rng = np.random.default_rng(seed)
    registers = {name: np.uint32(rng.integers(1 << 32)) for name in REGISTERS}
    words = rng.integers(1 << 32, size=WORDS, dtype=np.uint32)
    tensors = {name: rng.integers(1 << 32, size=(ROWS, LANES), dtype=np.uint32) for name in TENSORS}
    return State(registers, words, tensors)


def source(program: Program, state: State, middle: str = "") -> str:
    """The program, which first fills its registers and at last stores them."""
    fill = [f"mov {name}, {value}" for name, value in state.registers.items()]
    store = [f"st [p + {number}], {name}" for number, name in enumerate(REGISTERS)]
    return "\n".join([header(), ".output p", *fill, middle, *(step.text for step in program), middle, *store])


def check(text: str, before: State, after: State, engine: str) -> None:
    """Run a program without a message on a machine that faults when a value gets lost, and compare what it leaves."""
    machine = lpu.Machine(lpu.assemble(text, machine=LPU_TINY), engine=engine, strict=True)
    machine["w"] = before.words
    for name, value in before.tensors.items():
        machine[name] = value
    assert machine.run(max_cycles=10_000) == "halted"
    np.testing.assert_array_equal(machine["p"], [after.registers[name] for name in REGISTERS])
    np.testing.assert_array_equal(machine["w"], after.words)
    for name, value in after.tensors.items():
        np.testing.assert_array_equal(machine[name], value)


@given(
    mixed_programs(), st.integers(0, 1 << 30), st.sampled_from(("core", "reference")), st.sampled_from(("", "nop 1"))
)
def test_a_mixed_program_does_what_its_lines_say(program: Program, seed: int, engine: str, middle: str) -> None:
    """With registers filled and stored in the same run, or by code before and after it."""
    before = begun(seed)
    text = source(program, before, middle)
    result = assemble(text, machine=LPU_TINY)
    assume("E-SCHEDULE" not in [each.code for each in result.diagnostics])  # what cannot wait for each other
    assert result.diagnostics == []
    check(text, before, meaning(program, deepcopy(before)), engine)
