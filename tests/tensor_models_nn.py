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
LANE, EPSILON = np.float32(1 / LANES), np.float32(1e-5)  # what makes a mean of a sum; what is added to a variance


def reals(rng: Generator, rows: int, size: float) -> F32:
    """Rows of all lanes, of about this size, not centred on 0."""
    return (size * (rng.standard_normal((rows, LANES)) + 0.5)).astype(np.float32)


def rows_of_all_sizes(rng: Generator, rows: int, size: float) -> F32:
    """Rows of about this size, but for the last: all 0, all the same, subnormal, huge."""
    x = reals(rng, rows, size)
    x[-4], x[-3] = 0, 1.5
    x[-2:] *= np.array([[1e-40], [1e16]], np.float32)
    return x


def spread(name: str, x: F32, places: tuple[str, ...] = ("west", "east")) -> Arrays:
    """The rows, in as many parts as there are places."""
    return {f"{name}_{place}": part for place, part in zip(places, np.split(x, len(places)), strict=True)}


def softmax(rng: Generator) -> tuple[Arrays, Arrays]:
    x = rows_of_all_sizes(rng, 1024, 4)
    x[0, ::3] = -np.inf  # masked
    powers = exact.exp(x - x.max(axis=1, keepdims=True))
    return spread("x", x), spread("y", powers / exact.tree_sum(powers))


def gelu(rng: Generator) -> tuple[Arrays, Arrays]:
    x = rows_of_all_sizes(rng, 1024, 3)
    y = x * exact.sigmoid(np.float32(1.702) * x)
    places = ("west", "far_west", "east", "far_east")
    return spread("x", x, places), spread("y", y, places)


def rmsnorm(rng: Generator) -> tuple[Arrays, Arrays]:
    x, gamma = rows_of_all_sizes(rng, 960, 2), reals(rng, 1, 1)
    root = exact.rsqrt(exact.fma(exact.tree_sum(x * x), LANE, EPSILON))
    places = ("0", "1", "2")
    return {"gamma": gamma[0], **spread("x", x, places)}, spread("y", x * gamma * root, places)


def layernorm(rng: Generator) -> tuple[Arrays, Arrays]:
    x, gamma, beta = rows_of_all_sizes(rng, 64, 2), reals(rng, 1, 1), reals(rng, 1, 1)
    d = exact.fma(exact.tree_sum(x), -LANE, x)
    root = exact.rsqrt(exact.fma(exact.tree_sum(d * d), LANE, EPSILON))
    y = exact.fma(d * gamma, root, beta)
    return {"gamma": gamma[0], "beta": beta[0], **spread("x", x)}, spread("y", y)


def attention(rng: Generator) -> tuple[Arrays, Arrays]:
    q, k_t, v = (rng.standard_normal(shape).astype(np.float16) for shape in ((320, 64), (64, 320), (320, 64)))
    q[-2:] *= np.array([[0], [20]], np.float16)  # all keys alike; hardly more than one counts
    scores = exact.product(q, k_t)
    powers = exact.exp(exact.fma(scores.max(axis=1, keepdims=True), np.float32(-1 / 8), scores * np.float32(1 / 8)))
    y = exact.product(powers.astype(np.float16), v) / exact.tree_sum(powers)
    return {"q": q, "k_t": k_t, "v": v}, {"y": y}


MODELS = {"softmax": softmax, "gelu": gelu, "rmsnorm": rmsnorm, "layernorm": layernorm, "attention": attention}
