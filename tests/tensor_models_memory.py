"""What the kernels that move data compute, said in NumPy: inputs by tensor name and the outputs they must give."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]
LANES = 320
ROWS = 4096  # of a bank
QUADS = [f"m{side}{4 * quad}" for side in "we" for quad in range(11)]  # by their first slices


def floats(rng: Generator, *shape: int) -> NDArray[np.float32]:
    return rng.standard_normal(shape).astype(np.float32)


def vector_add_relu(rng: Generator) -> tuple[Arrays, Arrays]:
    x, y = floats(rng, 64, LANES), floats(rng, 64, LANES)
    x[0], y[0] = -0.0, -0.0  # as a sum -0; relu gives +0
    x[1], y[1] = np.inf, 1e-45
    z: NDArray[np.float32] = np.maximum(x + y, 0) + np.float32(0)
    return {"x": x, "y": y}, {"z": z}


def copy(rng: Generator) -> tuple[Arrays, Arrays]:
    x = {quad: rng.integers(2**32, size=(ROWS, LANES), dtype=np.uint32) for quad in QUADS}
    return {f"x_{quad}": rows for quad, rows in x.items()}, {f"y_{quad}": rows for quad, rows in x.items()}


def transpose(rng: Generator) -> tuple[Arrays, Arrays]:
    a = rng.integers(-128, 128, (LANES, LANES), dtype=np.int8)
    return {"a": a}, {"t": np.ascontiguousarray(a.T)}


def both(name: str, west: NDArray[Any], east: NDArray[Any]) -> Arrays:
    """A tensor that each hemisphere has one of."""
    return {f"{name}_w": west, f"{name}_e": east}


def gather(rng: Generator) -> tuple[Arrays, Arrays]:
    table = floats(rng, ROWS, LANES)
    west, east = rng.integers(ROWS, size=(2, 256), dtype=np.uint32)
    west[:3] = 0, ROWS - 1, 0
    return {**both("tokens", west, east), **both("table", table, table)}, both("y", table[west], table[east])


def permute(rng: Generator) -> tuple[Arrays, Arrays]:
    west, east = floats(rng, 2, 256, LANES)
    backward, anyhow = np.arange(LANES)[::-1], rng.integers(LANES, size=LANES)
    left_out = rng.random(LANES) < 0.1
    orders = backward.astype(np.uint16), np.where(left_out, 0xFFFF, anyhow).astype(np.uint16)
    y = west[:, backward], np.where(left_out, np.float32(0), east[:, anyhow])
    return {**both("x", west, east), **both("order", *orders)}, both("y", *y)


MODELS = {
    "vector_add_relu": vector_add_relu,
    "copy": copy,
    "transpose": transpose,
    "gather": gather,
    "permute": permute,
}
