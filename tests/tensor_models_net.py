"""What the kernels of convolution and of whole networks compute, said in NumPy, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]
LANES = 320


def rectified(sums: NDArray[np.int32], scale: NDArray[np.float32]) -> NDArray[np.uint8]:
    """To f32, times scale, to u8: three roundings to nearest even, the last one saturates, at 0 too."""
    scaled: NDArray[np.float32] = np.rint(sums.astype(np.float32) * scale)
    return scaled.clip(0, 255).astype(np.uint8)


def convolution(x: NDArray[np.uint8], w: NDArray[np.int8]) -> NDArray[np.int32]:
    """x [h + 2, w + 2, in] with weights [3, 3, in, out]; in float64, which is exact here: no sum reaches 2^53."""
    windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(0, 1))
    sums: NDArray[np.float64] = np.einsum("hwiyx,yxio->hwo", windows, w.astype(np.float64), optimize=True)
    return sums.astype(np.int32)


def convolved(rng: Generator, rows: int, columns: int) -> tuple[Arrays, Arrays]:
    """conv3x3.s on an image of 2 * rows x columns pixels of y: u8 of all values, weights i8 of all values."""
    x = rng.integers(0, 256, (2 * rows + 2, columns + 2, LANES), dtype=np.uint8)
    w = rng.integers(-128, 128, (3, 3, LANES, 2 * LANES), dtype=np.int8)
    bias = rng.integers(-500_000, 500_000, 2 * LANES, dtype=np.int32)
    scale = np.array([1e-4], np.float32)
    y = rectified(convolution(x, w) + bias, scale)
    taps = w.reshape(9 * LANES, 2 * LANES)
    inputs: Arrays = {"x_top": x[: rows + 2], "x_bottom": x[rows:], "scale": scale}
    outputs: Arrays = {}
    for half, lanes in (("left", slice(LANES)), ("right", slice(LANES, None))):
        inputs |= {f"w_{half}": taps[:, lanes], f"bias_{half}": bias[lanes]}
        outputs |= {f"y_top_{half}": y[:rows, :, lanes], f"y_bottom_{half}": y[rows:, :, lanes]}
    return inputs, outputs


def conv3x3(rng: Generator) -> tuple[Arrays, Arrays]:
    return convolved(rng, rows=32, columns=32)


MODELS = {model.__name__: model for model in (conv3x3,)}
