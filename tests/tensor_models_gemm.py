"""What the matrix kernels compute, said in NumPy: inputs by tensor name and the outputs they must give, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]
LANES = 320


def bytes_of_all_values(rng: Generator, *shape: int) -> NDArray[np.int8]:
    return rng.integers(-128, 128, shape, dtype=np.int8)


def integer_product(x: NDArray[np.integer[Any]], w: NDArray[np.integer[Any]]) -> NDArray[np.int32]:
    """x w; in float64, which is exact here: no sum reaches 2^53, nor 2^31."""
    return (x.astype(np.float64) @ w.astype(np.float64)).astype(np.int32)


def requantised(sums: NDArray[np.int32], scale: NDArray[np.float32]) -> NDArray[np.int8]:
    """To f32, times scale, to i8: three roundings to nearest even, the last one saturates."""
    scaled = np.rint(sums.astype(np.float32) * scale)
    return scaled.clip(-128, 127).astype(np.int8)


def blocks(name: str, y: NDArray[Any], rows: int) -> Arrays:
    """The four blocks of a result as the kernels lay it: a plane's rows by a hemisphere's columns."""
    return {
        f"{name}_{vertical}_{horizontal}": y[top : top + rows, left : left + LANES]
        for vertical, top in (("top", 0), ("bottom", rows))
        for horizontal, left in (("left", 0), ("right", LANES))
    }


def halves(x: NDArray[Any], w: NDArray[Any]) -> Arrays:
    """Inputs as the kernels lay them: the rows of x to the planes, the columns of w to the hemispheres."""
    middle = len(x) // 2
    return {"x_top": x[:middle], "x_bottom": x[middle:], "w_left": w[:, :LANES], "w_right": w[:, LANES:]}


def gemm_i8(rng: Generator) -> tuple[Arrays, Arrays]:
    x, w = bytes_of_all_values(rng, 640, 640), bytes_of_all_values(rng, 640, 640)
    scale = np.array([0.0004], np.float32)
    y = requantised(integer_product(x, w), scale)
    return {**halves(x, w), "scale": scale}, blocks("y", y, 320)


MODELS = {"gemm_i8": gemm_i8}
