"""Loads and stores of many levels, weights that ops make, and products with wide matrices in linear tensor code."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import lpu
from isa.diagnostics import SourceError
from isa.machine import LPU1, LPU_TINY, MachineSpec

Array = NDArray[Any]
ROWS = 40
NAMES = (("n", "stride"), ("m", "stride2"), ("m3", "stride3"), ("m4", "stride4"))


def ran(text: str, inputs: dict[str, Array], machine: MachineSpec = LPU1) -> lpu.Machine:
    """A program run to its end on a machine that faults when a value is lost."""
    found = lpu.Machine(lpu.assemble(text, machine=machine), strict=True)
    for name, value in inputs.items():
        found[name] = value
    assert found.run(max_cycles=100_000) == "halted"
    return found


def message(text: str) -> str:
    with pytest.raises(SourceError) as caught:
        lpu.assemble(text, machine=LPU_TINY)
    return "\n".join(str(each) for each in caught.value.diagnostics)


# Loads and stores -------------------------------------------------------------------------------
Levels = list[tuple[int, int]]  # how often, and the rows between, from the innermost


def visited(row: int, levels: Levels) -> list[int]:
    """The rows of a nest of loops, the last level outermost."""
    turns = product(*(range(times) for times, _ in reversed(levels)))
    return [row + sum(i * stride for i, (_, stride) in zip(turn, reversed(levels), strict=True)) for turn in turns]


def written(row: int, levels: Levels) -> str:
    said = [f"row={row}"]
    for (times, stride), level in zip(levels, NAMES, strict=False):
        said += [f"{name}={value}" for name, value in zip(level, (times, stride), strict=True)]
    return ", ".join(said)


@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(0, 3)), min_size=1, max_size=4),
    st.integers(0, ROWS - 25),
    st.sampled_from(["u8", "f32"]),
)
def test_a_load_goes_through_rows_as_nested_loops_do(levels: Levels, row: int, dtype: str) -> None:
    rows = visited(row, levels)
    text = f"""
        .tensor x: {dtype}[{ROWS}, {LPU_TINY.lanes}] @ auto
        .tensor y: {dtype}[{len(rows)}, {LPU_TINY.lanes}] @ auto
        .input  x
        .output y
        vload   %x, x, {written(row, levels)}
        vstore  y, %x
    """
    x = (
        np.random.default_rng(1)
        .integers(0, 256, (ROWS, LPU_TINY.lanes))
        .astype(np.dtype({"u8": "u1", "f32": "f4"}[dtype]))
    )
    np.testing.assert_array_equal(ran(text, {"x": x}, LPU_TINY)["y"], x[rows])


@given(st.permutations([(2, 1), (2, 2), (3, 4), (2, 12)]), st.integers(0, ROWS - 24))
def test_a_store_goes_through_rows_as_nested_loops_do(levels: Levels, row: int) -> None:
    rows = visited(row, levels)
    text = f"""
        .tensor x: u8[{len(rows)}, {LPU_TINY.lanes}] @ auto
        .tensor y: u8[{ROWS}, {LPU_TINY.lanes}] @ auto
        .tensor z: u8[{len(rows)}, {LPU_TINY.lanes}] @ auto
        .input  x
        .output y
        .output z
        vload   %x, x
        vstore  y, %x, {written(row, levels)}
        vload   %z, y, {written(row, levels)}
        vstore  z, %z
    """
    x = np.random.default_rng(2).integers(0, 256, (len(rows), LPU_TINY.lanes)).astype(np.uint8)
    machine = lpu.Machine(lpu.assemble(text, machine=LPU_TINY), strict=True, uninit="zero")
    machine["x"] = x
    assert machine.run(max_cycles=10_000) == "halted"
    for vector, place in zip(x, rows, strict=True):
        np.testing.assert_array_equal(machine["y"][place], vector)
    np.testing.assert_array_equal(machine["z"], x)


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ("m3=0", "m3 is 0; a burst has at least one element"),
        ("n=4, m=2, stride2=4, m3=2, stride3=8, m4=2, stride4=30", "row 40 is not one of `x`; its rows are 0 to 39"),
        ("row=r1, n=2, m3=2", "with a register for a row a load or store has two levels, those of a burst"),
        ("n=2, m5=2", "`vload` has no attribute `m5`"),
    ],
)
def test_what_is_wrong_with_levels_is_said(attributes: str, said: str) -> None:
    text = f".tensor x: u8[{ROWS}, 8] @ auto\n.tensor y: u8[{ROWS}, 8] @ auto\nvload %x, x, {attributes}\nvstore y, %x"
    assert said in message(text)
