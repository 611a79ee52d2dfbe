"""What the programs compute, said in NumPy: inputs of several sizes and the outputs they must give."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]


@dataclass
class Case:
    """One run: parameters, inputs, and what it must leave. `cycles` where a formula gives them."""

    defines: dict[str, int]
    inputs: Arrays = field(default_factory=dict)
    outputs: Arrays = field(default_factory=dict)
    cycles: int | None = None


def int32s(rng: Generator, *shape: int) -> NDArray[np.int32]:
    """Numbers of all sizes, so that sums and products wrap."""
    return rng.integers(-(2**31), 2**31, shape, dtype=np.int64).astype(np.int32)


def product(a: NDArray[np.int32], b: NDArray[np.int32]) -> NDArray[np.int32]:
    with np.errstate(over="ignore"):
        return (a @ b).astype(np.int32)


def int_product(rng: Generator, n: int, m: int, k: int) -> Case:
    a, b = int32s(rng, n, m), int32s(rng, m, k)
    return Case({"n": n, "m": m, "k": k}, {"A": a, "B": b}, {"C": product(a, b)})


def matmul(rng: Generator) -> Iterator[Case]:
    for n, m, k in ((1, 1, 1), (2, 3, 4), (7, 5, 3), (1, 20, 1), (12, 9, 10), (2, 8, 2), (1, 66, 1), (3, 64, 2)):
        case = int_product(rng, n, m, k)
        case.cycles = 3 + n * (4 + k * matmul_sum(m))
        yield case


def matmul_sum(m: int) -> int:
    """Cycles of the classic's loop_j for a sum of m products.

    Pipelined rounds come in fours, 8 under way; the last of them, and all of less than 8, start every 4 cycles.
    """
    around = 1 + 5  # the cycle before the first load, and the end of the round
    if m == 1:
        return around + 8  # the first load until the last sum
    if m < 8:
        return around + 2 + 2 + 1 + 4 * m + 2  # two jumps, of which one is taken, and one at the end
    rest = {0: 2, 1: 4 + 1 + 2 + 4 + 2}.get(m % 4, 4 + 1 + 4 * (m % 4) + 2)  # a loop of no rounds is a taken jump
    return around + 10 + (m // 4 * 4 - 8 or 2) + 7 + rest


def matmul_bundles(rng: Generator) -> Iterator[Case]:
    for n, m, k in ((1, 12, 1), (1, 8, 1), (3, 8, 5), (5, 16, 2), (4, 20, 7), (1, 40, 3), (6, 12, 1)):
        case = int_product(rng, n, m, k)
        inner = m + 1 if m > 8 else m + 1 + 2  # a loop of no rounds is a taken jump
        case.cycles = 4 + n * k * inner + 4
        yield case


def eighths(rng: Generator, *shape: int) -> NDArray[np.float32]:
    """Numbers whose products and sums are exact in f32, so that the order of rounding is no matter."""
    return (rng.integers(-200, 200, shape) / 8).astype(np.float32)


def matmul_f32(rng: Generator) -> Iterator[Case]:
    for n, m, k in ((1, 1, 4), (3, 5, 8), (6, 16, 4)):
        a, b = eighths(rng, n, m), eighths(rng, m, k)
        yield Case({"n": n, "m": m, "k": k}, {"A": a, "B": b}, {"C": a.astype(np.float64) @ b.astype(np.float64)},
                   cycles=1 + n * (2 + k // 4 * (4 * (m - 1) + 8 + (5 if m > 1 else 6))))  # fmt: skip


def dot(rng: Generator) -> Iterator[Case]:
    for n in (1, 2, 33, 100):
        x, y = int32s(rng, n), int32s(rng, n)
        yield Case({"n": n}, {"x": x, "y": y}, {"s": product(x[None], y[:, None])[0]}, 1 + n - 1 + 8 + 1)


def saxpy(rng: Generator) -> Iterator[Case]:
    for n in (4, 12, 100):
        x, y = eighths(rng, n), eighths(rng, n)
        cycles = 1 + 12 * (n // 4) if n <= 8 else 1 + 8 * (n // 4) + (4 if n > 12 else 0)
        yield Case({"n": n}, {"x": x, "y": y}, {"y": np.float32(2.5) * x + y}, cycles)


def prefix_sum(rng: Generator) -> Iterator[Case]:
    for n in (4, 12, 100):
        x = int32s(rng, n)
        cycles = 1 + 4 * (n // 4 - 1) + 12
        yield Case({"n": n}, {"x": x}, {"p": np.cumsum(x, dtype=np.int32)}, cycles)


def sieve(rng: Generator) -> Iterator[Case]:
    for n in (2, 3, 4, 5, 26, 200, int(rng.integers(201, 400))):
        prime = np.array([v > 1 and all(v % d for d in range(2, v)) for v in range(n)], np.int32)
        yield Case({"n": n}, {}, {"prime": prime, "count": prime.sum(keepdims=True)})


def crc32(rng: Generator) -> Iterator[Case]:
    for n in (1, 2, 3, 4, 7, 100):
        message = rng.integers(0, 256, n, dtype=np.uint8)
        crc = np.array([zlib.crc32(message.tobytes())], np.uint32)
        cycles = 256 * (8 * 3 + 2) + 7 * (n - 1) + 13 + 4
        yield Case({"n": n}, {"message": message}, {"crc": crc}, cycles)


def sort(rng: Generator) -> Iterator[Case]:
    for x in (int32s(rng, 1), int32s(rng, 2), int32s(rng, 63), rng.integers(0, 4, 50), np.arange(20)[::-1]):
        yield Case({"n": len(x)}, {"x": x}, {"x": np.sort(x)})


def binary_search(rng: Generator) -> Iterator[Case]:
    for n, k in ((1, 4), (2, 7), (9, 20), (64, 33)):
        x = np.sort(rng.integers(-50, 50, n))
        query = rng.integers(-60, 60, k)
        rounds = int(np.log2(n)) + 1
        expected = {"position": np.searchsorted(x, query)}
        yield Case({"n": n, "k": k}, {"x": x, "query": query}, expected, 1 + k * (1 + 7 * (rounds - 1) + 9 + 1))


def conv2d(rng: Generator) -> Iterator[Case]:
    for h, w in ((3, 3), (4, 7), (10, 6)):
        image, kernel = int32s(rng, h, w), int32s(rng, 3, 3)
        windows = np.lib.stride_tricks.sliding_window_view(image, (3, 3)).reshape(h - 2, w - 2, 9)
        expected = {"out": product(windows, kernel.reshape(9))}
        cycles = (11 if w == 3 else 9) + (h - 2) * (1 + 9 * (w - 3) + 17 + 1)
        yield Case({"h": h, "w": w}, {"image": image, "kernel": kernel}, expected, cycles)


def newton_sqrt(rng: Generator) -> Iterator[Case]:
    for n in (1, 5, 60):
        x = np.exp(rng.uniform(-80, 80, n)).astype(np.float32)
        half = x * np.float32(0.5)
        r: NDArray[Any] = (np.uint32(0x5F3759DF) - (x.view(np.uint32) >> 1)).view(np.float32)
        for _ in range(3):
            r = r * (np.float32(1.5) - r * r * half)
        y = x * r
        ulps = np.abs(y.view(np.int32) - np.sqrt(x).view(np.int32))
        yield Case({"n": n}, {"x": x}, {"y": y, "ulps": ulps}, 1 + 11 * (n - 1) + 61)


def gcd(rng: Generator) -> Iterator[Case]:
    for n in (1, 4, 20):
        a, b = (rng.integers(0, 2**32, n, dtype=np.uint32) >> rng.integers(0, 31, n, dtype=np.uint32) for _ in "ab")
        expected = np.array([math.gcd(int(p), int(q)) for p, q in zip(a, b, strict=True)], np.uint32)
        yield Case({"n": n}, {"a": a, "b": b}, {"g": expected})


def histogram(rng: Generator) -> Iterator[Case]:
    for n, bins in ((1, 6), (40, 6), (100, 17)):
        x = rng.integers(0, bins, n, dtype=np.uint32)
        expected = {"count": np.bincount(x, minlength=bins)}
        yield Case({"n": n, "bins": bins}, {"x": x}, expected, bins + 2 + 14 * n - 2 + 1)


def collatz_steps(v: int) -> int:
    return 0 if v == 1 else 1 + collatz_steps(v // 2 if v % 2 == 0 else 3 * v + 1)


def collatz(rng: Generator) -> Iterator[Case]:
    for n in (1, 2, int(rng.integers(20, 60))):
        yield Case({"n": n}, {}, {"steps": np.array([collatz_steps(v) for v in range(1, n + 1)])})


def fibonacci(rng: Generator) -> Iterator[Case]:
    for n in (1, 2, 60):
        numbers = [0, 1]
        while len(numbers) < n:
            numbers.append((numbers[-1] + numbers[-2]) % 2**32)
        yield Case({"n": n}, {}, {"f": np.array(numbers[:n], np.uint32)}, cycles=n + 2)


MODELS: dict[str, Callable[[Generator], Iterator[Case]]] = {
    f"{model.__name__}.s": model
    for model in (
        matmul, matmul_bundles, matmul_f32, dot, saxpy, prefix_sum, sieve, crc32, sort, binary_search, conv2d,
        newton_sqrt, gcd, histogram, collatz, fibonacci,
    )
}  # fmt: skip
