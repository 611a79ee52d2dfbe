"""What the matrix kernels compute, said in NumPy: inputs by tensor name and the outputs they must give, bit for bit."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]
LANES = 320


def bytes_of_all_values(rng: Generator, *shape: int) -> NDArray[np.int8]:
    return rng.integers(-128, 128, shape, dtype=np.int8)


def integer_product(x: NDArray[Any], w: NDArray[Any]) -> NDArray[np.int32]:
    """x w; in float64, which is exact here: no sum reaches 2^53, nor 2^31."""
    return (x.astype(np.float64) @ w.astype(np.float64)).astype(np.int32)


def requantised(sums: NDArray[np.int32], scale: NDArray[np.float32]) -> NDArray[np.int8]:
    """To f32, times scale, to i8: three roundings to nearest even, the last one saturates."""
    scaled: NDArray[np.float32] = np.rint(sums.astype(np.float32) * scale)
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


def requantised_gemm(x: NDArray[np.int8], w: NDArray[Any], scale: float) -> tuple[Arrays, Arrays]:
    factor = np.array([scale], np.float32)
    y = requantised(integer_product(x, w), factor)
    return {**halves(x, w), "scale": factor}, blocks("y", y, len(x) // 2)


def gemm_i8(rng: Generator) -> tuple[Arrays, Arrays]:
    return requantised_gemm(bytes_of_all_values(rng, 640, 640), bytes_of_all_values(rng, 640, 640), scale=0.0004)


def gemm_i8_large(rng: Generator) -> tuple[Arrays, Arrays]:
    return requantised_gemm(bytes_of_all_values(rng, 2560, 1280), bytes_of_all_values(rng, 1280, 640), scale=0.0003)


def gemm_i4(rng: Generator) -> tuple[Arrays, Arrays]:
    weights = rng.integers(-8, 8, (640, 640)).astype(ml_dtypes.int4)
    return requantised_gemm(bytes_of_all_values(rng, 640, 640), weights, scale=0.006)


def fixed_point(rng: Generator, *shape: int) -> NDArray[np.float16]:
    """f16 numbers of 1 to 11 significant bits that are multiples of 2^-14, below 8 in magnitude.

    Products are multiples of 2^-28 below 64: float64 sums of 320 of them exactly, in any order.
    """
    numbers = rng.standard_normal(shape).astype(np.float16).astype(np.float64)
    return (np.rint(numbers * 2.0**14) / 2.0**14).astype(np.float16)


def gemm_f16(rng: Generator) -> tuple[Arrays, Arrays]:
    x, w = fixed_point(rng, 640, 640), fixed_point(rng, 640, 640)
    exact = [x[:, part].astype(np.float64) @ w[part].astype(np.float64) for part in (slice(LANES), slice(LANES, None))]
    first, second = (tile.astype(np.float32) for tile in exact)
    y = first + second
    inputs = {"x": x, "w_left": w[:, :LANES], "w_right": w[:, LANES:]}
    return inputs, {"y_left": y[:, :LANES], "y_right": y[:, LANES:]}


def weights(rng: Generator) -> tuple[Arrays, Arrays]:
    """No outputs: tests/test_tensor_gemm.py looks at the arrays of the planes."""
    return {f"w{plane}": bytes_of_all_values(rng, LANES, LANES) for plane in range(4)}, {}


def matvec_i8(rng: Generator) -> tuple[Arrays, Arrays]:
    x, w = bytes_of_all_values(rng, 1280), bytes_of_all_values(rng, 1280, 20480)
    y = integer_product(x, w)
    quarters = {plane: slice(plane * len(y) // 4, (plane + 1) * len(y) // 4) for plane in range(4)}
    inputs: Arrays = {"x": x, **{f"w{plane}": w[:, part] for plane, part in quarters.items()}}
    return inputs, {f"y{plane}": y[part] for plane, part in quarters.items()}


MODELS = {model.__name__: model for model in (gemm_i8, gemm_i8_large, gemm_i4, gemm_f16, matvec_i8, weights)}
