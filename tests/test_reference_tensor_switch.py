"""The switches of the golden model: shifts, choices, permutations, transposes and reductions, judged by NumPy."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tensor_tools import LANES, ME, MW, SE, SW, E, Ops, elements, get, ran, random_bytes, read, write

from conform.build import op
from isa.codec import Op

# Sources reach SXM.E in cycle 7, on se0 from mw0 and on se4 from mw4; the result goes west, to me0.
SWITCHED = 7
BACK = 2  # cycles from SXM.E to me0
widths = pytest.mark.parametrize(("width", "suffix"), [(1, ""), (2, ".2"), (4, ".4")])


def switched(
    engine: str, one: Op, latency: int, a: NDArray[Any], b: NDArray[Any] | None = None, entries: Any = None
) -> NDArray[Any]:
    """The result of an op at SXM.E for source a, a second source b and map register 3, as elements of a's type."""
    width = a.itemsize
    ops: Ops = {1: [read(SE, MW, 0, width)], SWITCHED: [one], SWITCHED + latency + BACK: [write(ME, SW, 10, width)]}
    rows = {(MW, 0): a}
    if b is not None:
        ops[0] = [read(SE + 4, MW + 4, 0, width)]
        rows[MW + 4, 0] = b
    if entries is not None:
        ops[0] = [read(SE + 8, MW, 5, 2)]
        ops[SWITCHED - 1] = [op("lmap hemi, number, from", hemi=E, number=3, **{"from": SE + 8})]
        rows[MW, 5] = np.asarray(entries, np.uint16)
    return get(ran(engine, ops, rows).engine, ME, 10, a.dtype)


def sxm(key: str, **fields: int) -> Op:
    return op(key, hemi=E, stream=SW, **{"from": SE}, **fields)


@widths
@pytest.mark.parametrize("amount", [0, 3, LANES - 1, LANES, 1023])
def test_shifts(engine: str, width: int, suffix: str, amount: int) -> None:
    a = elements(width, 1)
    k = min(amount, LANES)
    zeros, first, last = np.zeros(k, a.dtype), np.repeat(a[:1], k), np.repeat(a[-1:], k)
    for stem, expected in (
        ("shift.up", [*zeros, *a[: LANES - k]]), ("shift.down", [*a[k:], *zeros]),
        ("shift.up.edge", [*first, *a[: LANES - k]]), ("shift.down.edge", [*a[k:], *last]),
    ):  # fmt: skip
        one = sxm(f"{stem}{suffix} hemi, stream, from, amount", amount=amount)
        assert (switched(engine, one, 4, a) == np.array(expected)).all()


@widths
@pytest.mark.parametrize("amount", [0, 5, 100])
def test_select(engine: str, width: int, suffix: str, amount: int) -> None:
    a, b = elements(width, 1), elements(width, 2)
    one = sxm(f"select{suffix} hemi, stream, from, with, amount", amount=amount, **{"with": SE + 4})
    assert (switched(engine, one, 4, a, b) == np.where(np.arange(LANES) < amount, a, b)).all()


@widths
def test_permute(engine: str, width: int, suffix: str) -> None:
    a, entries = elements(width, 1), np.random.default_rng(2).integers(0, LANES, LANES)
    entries[[3, 20]] = 0xFFFF
    one = sxm(f"permute{suffix} hemi, stream, from, number", number=3)
    expected = np.where(entries == 0xFFFF, 0, a[entries % LANES])
    assert (switched(engine, one, 4, a, entries=entries) == expected).all()


@widths
def test_distribute(engine: str, width: int, suffix: str) -> None:
    a, entries = elements(width, 1), np.random.default_rng(2).integers(0, 16, LANES)
    entries[[3, 20]] = 0xFFFF
    one = sxm(f"distribute{suffix} hemi, stream, from, number", number=3)
    expected = np.where(entries == 0xFFFF, 0, a[np.arange(LANES) // 16 * 16 + entries % 16])
    assert (switched(engine, one, 4, a, entries=entries) == expected).all()


def test_transpose(engine: str) -> None:
    """Four groups of four slices bring 16 streams to SXM.E in cycle 7; four groups of four take the results."""
    table = random_bytes(3, 16, LANES)
    sources, sinks = {MW + 4: 0, MW: 1, ME: 3, ME + 4: 4}, {ME + 4: 28, ME: 29, MW: 31, MW + 4: 32}
    ops: Ops = {cycle: [read(SE + 4 * k, first, 0, 4)] for k, (first, cycle) in enumerate(sources.items())}
    ops[SWITCHED] = [op("transpose hemi, stream, from", hemi=E, stream=SW, **{"from": SE})]
    ops |= {cycle: [write(first, SW + 4 * k, 1, 4)] for k, (first, cycle) in enumerate(sinks.items())}
    run = ran(engine, ops, {(first + k, 0): table[4 * j + k] for j, first in enumerate(sources) for k in range(4)})
    for superlane in range(2):
        lanes = slice(16 * superlane, 16 * superlane + 16)
        block = np.stack([get(run.engine, first + k, 1)[lanes] for first in sinks for k in range(4)])
        assert (block == table[:, lanes].T).all()


def tree(function: Callable[[Any, Any], Any], values: list[Any]) -> Any:
    """Neighbours 2i and 2i+1, level by level, a last one alone passing up."""
    while len(values) > 1:
        values = [reduce(function, values[i : i + 2]) for i in range(0, len(values), 2)]
    return values[0]


REDUCTIONS: dict[str, Callable[[Any, Any], Any]] = {"add": np.add, "max": np.maximum, "min": np.minimum}


@pytest.mark.parametrize("stem", REDUCTIONS)
@pytest.mark.parametrize("dtype", [np.int32, np.float32])
@pytest.mark.parametrize("span", [0, 1])
def test_reductions(engine: str, stem: str, dtype: Any, span: int) -> None:
    rng = np.random.default_rng(4)
    a = (rng.integers(-(2**31), 2**31, LANES) if dtype == np.int32 else rng.normal(size=LANES)).astype(dtype)
    type_name = {np.int32: "i32", np.float32: "f32"}[dtype]
    one = sxm(f"reduce.{stem}.{type_name} hemi, stream, from", span=span)
    size = 16 if span else LANES
    with np.errstate(over="ignore"):
        sums = [tree(REDUCTIONS[stem], list(a[i : i + size])) for i in range(0, LANES, size)]
    assert (switched(engine, one, 20, a) == np.repeat(np.array(sums, dtype), size)).all()


def test_the_greatest_of_a_nan_and_of_zeros(engine: str) -> None:
    a = np.full(LANES, -0.0, np.float32)
    a[7] = 0.0
    for stem, expected in (("max", 0x00000000), ("min", 0x80000000)):
        found = switched(engine, sxm(f"reduce.{stem}.f32 hemi, stream, from"), 20, a.view(np.uint32))
        assert (found == expected).all()
    a[9] = np.nan
    found = switched(engine, sxm("reduce.max.f32 hemi, stream, from"), 20, a.view(np.uint32))
    assert (found == 0x7FC00000).all()
