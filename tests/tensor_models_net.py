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


def abreast(rows: NDArray[Any], width: int) -> NDArray[Any]:
    """Rows of `width` lanes, padded with zeros, five times side by side."""
    return np.tile(np.pad(rows, ((0, 0), (0, width - rows.shape[1]))), 5)


def masks() -> NDArray[np.uint8]:
    """Row j: the 64 lanes of image j; row 5 + j: its 16 lanes."""
    image = np.arange(5)[:, None]
    lane = np.arange(LANES)
    return np.vstack([lane // 64 == image, lane // 16 == image]).astype(np.uint8)


def packed(w1: NDArray[Any], b1: NDArray[Any], w2: NDArray[Any], b2: NDArray[Any]) -> Arrays:
    """A network as mlp.s reads it: each half of the hidden layer by itself, five copies abreast."""
    keys = np.full((1, 16), 2**30, np.int32)
    keys[0, :10] = np.arange(10) - 16 * b2
    constants = np.zeros((3, LANES), np.int32)
    constants[:2] = abreast(b1.reshape(2, 64), 64)
    constants[2, :80] = abreast(keys, 16)
    first: Arrays = {f"w1_{half}": abreast(w, 64) for half, w in enumerate(np.hsplit(w1, 2))}
    second: Arrays = {f"w2_{half}": abreast(w, 16) for half, w in enumerate(np.vsplit(w2, 2))}
    return {**first, **second, "masks": masks(), "constants": constants}


def centre(sums: NDArray[np.int32]) -> NDArray[np.int32]:
    """The mean of each column, rounded: without it, a layer has something to decide."""
    means: NDArray[np.float64] = np.rint(sums.mean(axis=0))
    return means.astype(np.int32)


def mlp(rng: Generator) -> tuple[Arrays, Arrays]:
    """mlp.s with a network of all values, two of its ten classes alike: equal scores are frequent."""
    images = rng.integers(0, 256, (1800, 64), dtype=np.uint8)
    w1, w2 = rng.integers(-128, 128, (64, 128), dtype=np.int8), rng.integers(-128, 128, (128, 10), dtype=np.int8)
    w2[:, 7] = w2[:, 2]
    scale = np.array([3e-3], np.float32)
    sums = images.astype(np.int32) @ w1
    b1 = -centre(sums)
    scores = rectified(sums + b1, scale).astype(np.int32) @ w2
    b2 = -centre(scores)
    labels = (scores + b2).argmax(axis=1).astype(np.uint8)
    inputs: Arrays = {"images": images.reshape(360, LANES), "scale": scale}
    return inputs | packed(w1, b1, w2, b2), {"labels": labels.reshape(360, 5)}


MODELS = {model.__name__: model for model in (conv3x3, mlp)}
