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


# What is said in docs/dialect.md ------------------------------------------------------------------
def rounds(count: int, body: str) -> str:
    """Lookups, one after the other, each by a register that is written again."""
    lines = [f".tensor y: u32[{count}, {LANES}] @ me0..me3\n.output y", ".array w: u32[8] @ mw7.0\n.input w"]
    return "\n".join([*lines, *(body.format(i=i, word=i % 8) for i in range(count))])


TOKEN = "ld r1, [w + {word}]\nvmov.u32 %a, r1\nvstore y, %a, row={i}\n"


def cycles_and_rows(text: str, count: int) -> int:
    """The cycles that a program of rounds takes; its rows are checked."""
    machine = lpu.Machine(lpu.assemble(text, machine=LPU_TINY), strict=True)
    machine["w"] = words = np.arange(5, 13, dtype=np.uint32)
    assert machine.run() == "halted"
    np.testing.assert_array_equal(machine["y"], np.repeat(words[np.arange(count) % 8, None], LANES, 1))
    assert machine.regs[1] == words[(count - 1) % 8]
    return machine.cycle


def test_rounds_do_not_wait_for_each_other_while_registers_last() -> None:
    count = 40
    first = cycles_and_rows(rounds(1, TOKEN), 1)
    assert cycles_and_rows(rounds(count, TOKEN), count) == first + count - 1  # a row a cycle
    named = "".join(f"mov r{number}, 0\n" for number in range(32))
    waiting = cycles_and_rows(rounds(count, TOKEN).replace("ld r1", f"{named}ld r1", 1), count)
    assert waiting >= 4 * (count - 1)  # a load takes as long, and nothing can be read before


def runs(text: str) -> int:
    """How many runs a program is, which has no error."""
    result = assemble(f".tensor x: u32[4, {LANES}] @ mw0..mw3\n{text}", machine=LPU_TINY)
    assert result.diagnostics == []
    return len(result.found)


MOVE = "vload %a, x\nvstore x, %a\n"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (f"{MOVE}mov r1, 3\n{MOVE}", 1),
        (f"{MOVE}here: mov r1, 3\n{MOVE}", 1),
        (f"{MOVE}here: mov r1, 3\n{MOVE}cmp r1, 3\njlt here\n", 2),
        (f"{MOVE}.global here\nhere: mov r1, 3\n{MOVE}", 2),
        (f"{MOVE}mov r2, here\nhere: mov r1, 3\n{MOVE}", 2),
        (f"{MOVE}nop 1\n{MOVE}", 2),
        (f"{MOVE}{{ mov r1, 3 }}\n{MOVE}", 2),
        (f'{MOVE}.assert cycle() > 0, "no"\n{MOVE}', 2),
        (f'{MOVE}here: {MOVE}.assert cycle() > 0, "no"\n', 2),
        ("mov r1, 3\nadd r1, r1, r1\n", 0),
    ],
)
def test_what_ends_a_run(text: str, count: int) -> None:
    assert runs(text) == count


def test_a_scalar_op_may_stand_between_ops_that_share_a_value() -> None:
    """What is stored is loaded into a register and taken by the same value: all of it keeps step."""
    text = f"""
        .tensor x: u32[1, {LANES}] @ mw0..mw3
        .tensor y: u32[1, {LANES}] @ me0..me3
        .tensor z: u32[1, {LANES}] @ me4..me7
        .input x
        .output z
        vload   %a, x
        vstore  y, %a
        ldl.4   r1, me0[y], 2
        vadd.i32.w %a, %a, r1
        mov     r1, 7
        vstore  z, %a
    """
    machine = lpu.Machine(lpu.assemble(text, machine=LPU_TINY), strict=True)
    machine["x"] = x = np.arange(10, 10 + LANES, dtype=np.uint32)[None]
    assert machine.run() == "halted"
    np.testing.assert_array_equal(machine["z"], x + x[0, 2])
    assert machine.regs[1] == 7


def test_pins_of_scalar_ops_are_kept_or_refused() -> None:
    text = f".tensor x: u32[4, {LANES}] @ mw0..mw3\n{MOVE}mov r1, 3 !A2 !cycle=5\n"
    (timeline,) = assemble(text, machine=LPU_TINY).found
    (op,) = [timed for timed in timeline.ops if not timed.op.row.tensor and timed.op.row.write]
    assert (op.value, op.op.unit_pin) == (5, 2)
    late = assemble(f"{text}add r2, r1, 1 !cycle=5\n", machine=LPU_TINY)
    (problem,) = late.diagnostics
    assert (problem.code, problem.message) == ("E-PIN", "`add` cannot issue in cycle 5; 6 is the first in which it can")


def test_addresses_that_are_not_known_keep_their_order() -> None:
    """A pointer may lead into a tensor."""
    text = f"""
        .tensor x: u32[1, {LANES}] @ mw0..mw3
        .array  w: u32[4] @ me7.1
        .input  x
        .output w
        mov     r1, x
        mov     r3, 9
        st      [r1], r3
        vload   %a, x
        vstore  x, %a
        st      [r1], r3
        ld      r2, [r1]
        st      [w], r2
    """
    result = assemble(text, machine=LPU_TINY)
    assert result.diagnostics == []
    (timeline,) = result.found
    cycle: dict[str, list[int]] = {}
    for timed in timeline.ops:
        cycle.setdefault(timed.op.row.mnemonic, []).append(timed.value)
    (read,), (write,), stores = cycle["read.4"], cycle["write.4"], cycle["st"]
    assert stores[0] < read < write < stores[1]


def test_a_row_that_a_register_says_is_of_its_tensor() -> None:
    """What lies behind a tensor may be written before a load from a register's row on: that reads the tensor alone."""
    text = """
        .input x: f32[8, 320] @ mw0..mw3.0, y: f32[8, 320] @ mw0..mw3.0
        .output o: f32[8, 320] @ me0..me3
k:      .fill 16, 0
        ld      r1, [k + 7]
"""
    text += "        mul     r1, r1, r1\n" * 5
    text += "vload %a, x, row=r1, n=8\nvstore o, %a\nvmov.f32 %z, 1.5, n=8\nvstore y, %z\n"
    machine = lpu.Machine(lpu.assemble(text), strict=True)
    values = np.arange(8 * 320, dtype=np.float32).reshape(8, 320)
    machine["x"] = values
    machine["y"] = values
    machine.run()
    np.testing.assert_array_equal(machine["o"], values)
