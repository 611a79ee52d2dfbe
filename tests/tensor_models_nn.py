"""What the kernels of normalisation and attention compute, bit for bit: every step rounded once."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensor_exact as exact
from numpy.random import Generator
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]
F32 = NDArray[np.float32]
LANES = 320


def reals(rng: Generator, rows: int, size: float) -> F32:
    """Rows of all lanes, of about this size, not centred on 0."""
    return (size * (rng.standard_normal((rows, LANES)) + 0.5)).astype(np.float32)


def halves(name: str, x: F32) -> Arrays:
    """The first half of the rows in the west, the second in the east."""
    middle = len(x) // 2
    return {f"{name}_west": x[:middle], f"{name}_east": x[middle:]}


def softmax(rng: Generator) -> tuple[Arrays, Arrays]:
    x = reals(rng, 1024, 4)
    powers = exact.exp(x - x.max(axis=1, keepdims=True))
    return halves("x", x), halves("y", powers / exact.tree_sum(powers))


MODELS = {"softmax": softmax}
