"""Products in linear tensor code: any plane, any weights that one holds, tiles added up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from ml_dtypes import int4
from numpy.typing import NDArray

import lpu
from asm.assemble import assemble
from asm.write.timeline import timeline_text
from isa.machine import LPU1

Array = NDArray[Any]
LANES = LPU1.lanes
WEIGHTS = {"i8": (-128, 128, np.int8), "u8": (0, 256, np.uint8), "i4": (-8, 8, int4)}


def text(vectors: str, weights: str, pin: str, rows: int, deep: int, wide: int) -> str:
    return f"""
        .tensor x: {vectors}[{rows}, {deep}] @ me0 layout tiles
        .tensor w: {weights}[{deep}, {wide}] @ auto layout mxm
        .tensor y: i32[{rows}, {wide}] @ me4..me7
        .irp name, x, w
        .input  \\name
        .endr
        .output y
        vload   %x, x
        mmul.{vectors} %y, %x, w {pin}
        vstore  y, %y
"""


def some(rng: np.random.Generator, type_: str, *shape: int) -> Array:
    low, high, dtype = WEIGHTS[type_]
    return rng.integers(low, high, shape).astype(dtype)


@pytest.mark.parametrize("pin", ["", "!W", "!E"])
@pytest.mark.parametrize(("rows", "deep", "wide"), [(1, 320, 320), (7, 100, 33), (25, 640, 320), (20, 900, 5)])
@pytest.mark.parametrize(("vectors", "weights"), [("i8", "i8"), ("u8", "i8"), ("i8", "u8"), ("u8", "i4")])
def test_a_product_is_that_of_its_matrices(
    vectors: str, weights: str, rows: int, deep: int, wide: int, pin: str
) -> None:
    rng = np.random.default_rng(rows)
    x, w = some(rng, vectors, rows, deep), some(rng, weights, deep, wide)
    image = lpu.assemble(text(vectors, weights, pin, rows, deep, wide))
    machine = lpu.Machine(image, strict=True)
    machine["x"], machine["w"] = x, w
    assert machine.run(max_cycles=10_000) == "halted"
    np.testing.assert_array_equal(machine["y"], x.astype(np.int32) @ w.astype(np.int32))


def test_a_pin_chooses_the_hemisphere() -> None:
    for pin, plane in (("!W", 0), ("!E", 2)):
        (timeline,) = assemble(text("i8", "i8", pin, 4, 320, 320)).found
        assert f"iw      {plane}\n" in timeline_text(timeline, LPU1)


def test_products_take_turns_on_the_planes() -> None:
    """Eight products of different vectors with one matrix: two a plane, one after the other."""
    rng = np.random.default_rng(5)
    count = 8
    names = range(count)
    lines = [
        f".tensor x{n}: i8[30, 320] @ me{n}\n.input x{n}\n.tensor y{n}: i32[30, 320] @ auto\n.output y{n}"
        for n in names
    ]
    lines += [".tensor w: i8[320, 320] @ mw28..mw43 layout mxm\n.input w"]
    lines += [f"vload %x, x{n}\nmmul.i8 %y, %x, w\nvstore y{n}, %y" for n in names]
    machine = lpu.Machine(lpu.assemble("\n".join(lines)), strict=True)
    w = some(rng, "i8", 320, 320)
    xs = [some(rng, "i8", 30, 320) for _ in names]
    machine["w"] = w
    for n, x in enumerate(xs):
        machine[f"x{n}"] = x
    assert machine.run(max_cycles=10_000) == "halted"
    for n, x in enumerate(xs):
        np.testing.assert_array_equal(machine[f"y{n}"], x.astype(np.int32) @ w.astype(np.int32))
