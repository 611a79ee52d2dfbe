"""The switches of the C core against NumPy: lane moves, maps, transposes, reductions."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from core_library import Bytes, Words, address, byte_planes, library, pointers
from hypothesis import given
from hypothesis import strategies as st

from isa.table import SEMANTICS, TENSOR_SEMANTICS
from isa.tensor import TYPE_CODE

LIBRARY = library("switch.c", "reduce.c", "lanes_planes.c")
CODES = {name: number for number, name in enumerate([*SEMANTICS, *TENSOR_SEMANTICS])}  # of csrc/isa.gen.h
SUPERLANE, ZERO, MAPS = 16, 0xFFFF, 8
LANES = (16, 48, 320, 512)
seeds = st.integers(0, 2**32 - 1)
lanes_of = st.sampled_from(LANES)
widths = st.sampled_from([1, 2, 4])


class SwitchOp(ctypes.Structure):
    _fields_ = (
        ("semantics", ctypes.c_int), ("type", ctypes.c_int), ("lanes", ctypes.c_size_t), ("width", ctypes.c_size_t),
        ("amount", ctypes.c_size_t), ("by_superlane", ctypes.c_bool), ("map", ctypes.c_void_p),
    )  # fmt: skip


def switch_op(name: str, lanes: int, entries: np.ndarray[Any, Any] | None = None, **fields: Any) -> SwitchOp:
    where = address(entries) if entries is not None else None
    return SwitchOp(semantics=CODES[name], lanes=lanes, map=where, **fields)


def applied(op: SwitchOp, count: int, a: Bytes, b: Bytes | None = None) -> Bytes:
    """The streams [count, lanes] that an op makes of streams a and b."""
    result = np.full((op.lanes, count), 0xA5, np.uint8)
    first, second = (np.ascontiguousarray(streams.T) for streams in (a, a if b is None else b))
    LIBRARY.switch_apply(ctypes.byref(op), address(result), address(first), address(second))
    return result.T


def random_bytes(seed: int, count: int, lanes: int) -> Bytes:
    return np.random.default_rng(seed).integers(0, 256, (count, lanes), np.uint8)


# Shifts and selections ------------------------------------------------------------------------------
def shifted(a: Bytes, by: int, edge: bool) -> Bytes:
    """Every lane takes the lane `by` below it; those without one take zero, or the lane at that end."""
    lanes = a.shape[1]
    source = np.arange(lanes) - by
    inside = (source >= 0) & (source < lanes)
    return np.where(inside | edge, a[:, np.clip(source, 0, lanes - 1)], 0).astype(np.uint8)


@given(seeds, lanes_of, widths, st.integers(0, 1023), st.booleans(), st.booleans())
def test_a_shift(seed: int, lanes: int, width: int, amount: int, up: bool, edge: bool) -> None:
    name = f"shift.{'up' if up else 'down'}{'.edge' * edge}"
    a = random_bytes(seed, width, lanes)
    got = applied(switch_op(name, lanes, width=width, amount=amount), width, a)
    assert np.array_equal(got, shifted(a, amount if up else -amount, edge))


@given(seeds, lanes_of, widths, st.integers(0, 1023))
def test_a_selection(seed: int, lanes: int, width: int, amount: int) -> None:
    a, b = random_bytes(seed, width, lanes), random_bytes(seed + 1, width, lanes)
    got = applied(switch_op("select", lanes, width=width, amount=amount), width, a, b)
    assert np.array_equal(got, np.where(np.arange(lanes) < amount, a, b))


# Maps ---------------------------------------------------------------------------------------------
@given(seeds, lanes_of, widths)
def test_a_permutation(seed: int, lanes: int, width: int) -> None:
    rng = np.random.default_rng(seed)
    a, entries = random_bytes(seed, width, lanes), rng.integers(0, lanes, lanes).astype(np.uint16)
    entries[rng.random(lanes) < 0.2] = ZERO
    got = applied(switch_op("permute", lanes, entries, width=width), width, a)
    assert np.array_equal(got, np.where(entries == ZERO, 0, a[:, entries % lanes]))


@given(seeds, lanes_of, widths)
def test_a_distribution(seed: int, lanes: int, width: int) -> None:
    rng = np.random.default_rng(seed)
    a, entries = random_bytes(seed, width, lanes), rng.integers(0, SUPERLANE, lanes).astype(np.uint16)
    entries[rng.random(lanes) < 0.2] = ZERO
    got = applied(switch_op("distribute", lanes, entries, width=width), width, a)
    place = np.arange(lanes)
    source = place - place % SUPERLANE + entries % SUPERLANE
    assert np.array_equal(got, np.where(entries == ZERO, 0, a[:, source]))


@pytest.mark.parametrize(("name", "reach"), [("permute", 48), ("distribute", 16)])
def test_the_first_entry_out_of_range(name: str, reach: int) -> None:
    LIBRARY.switch_bad_lane.restype = ctypes.c_size_t
    entries = np.full(48, reach - 1, np.uint16)
    entries[::3] = ZERO

    def bad_lane() -> int:
        return int(LIBRARY.switch_bad_lane(ctypes.byref(switch_op(name, 48, entries))))

    assert bad_lane() == 48
    for lane, entry in ((47, reach), (30, ZERO - 1), (0, 0xDBDB)):
        entries[lane] = entry
        assert bad_lane() == lane


class Maps:
    """The map registers of a machine."""

    def __init__(self, lanes: int, fill: int) -> None:
        self.lanes = lanes
        LIBRARY.switch_create.restype = LIBRARY.switch_map.restype = ctypes.c_void_p
        LIBRARY.switch_is_loaded.restype = ctypes.c_bool
        self.at = ctypes.c_void_p(LIBRARY.switch_create(ctypes.c_size_t(lanes), ctypes.c_uint8(fill)))
        assert self.at

    def __del__(self) -> None:
        LIBRARY.switch_destroy(self.at)

    def entries(self, hemisphere: int, number: int) -> np.ndarray[Any, Any]:
        where = LIBRARY.switch_map(self.at, hemisphere, number)
        return np.ctypeslib.as_array((ctypes.c_uint16 * self.lanes).from_address(where)).copy()

    def loaded(self) -> list[tuple[int, int]]:
        every = [(hemisphere, number) for hemisphere in range(2) for number in range(MAPS)]
        return [each for each in every if LIBRARY.switch_is_loaded(self.at, *each)]


@pytest.mark.parametrize("fill", [0, 0xDB])
def test_map_registers(fill: int) -> None:
    maps, rng = Maps(320, fill), np.random.default_rng(1)
    first, second = rng.integers(0, 1 << 16, (2, 320)).astype(np.uint16)
    LIBRARY.switch_load(maps.at, 0, 7, address(first))
    LIBRARY.switch_set(maps.at, 1, 0, address(second.astype("<u2").view(np.uint8)))
    assert maps.loaded() == [(0, 7), (1, 0)]
    assert np.array_equal(maps.entries(0, 7), first) and np.array_equal(maps.entries(1, 0), second)
    assert (maps.entries(1, 7) == fill * 0x0101).all()
    LIBRARY.switch_clear(maps.at)
    assert maps.loaded() == [] and (maps.entries(0, 7) == fill * 0x0101).all()


# Across streams and lanes ---------------------------------------------------------------------------
@given(seeds, lanes_of)
def test_a_transpose(seed: int, lanes: int) -> None:
    a = random_bytes(seed, 16, lanes)
    got = np.full_like(a, 0xA5)
    LIBRARY.switch_transpose(ctypes.c_size_t(lanes), pointers(list(got)), pointers(list(a)))
    squares = a.reshape(16, lanes // SUPERLANE, SUPERLANE)
    assert np.array_equal(got.reshape(squares.shape), squares.transpose(2, 1, 0))


def tree(values: list[Any], combine: Callable[[Any, Any], Any]) -> Any:
    """Level by level pairs of neighbours; a last one alone passes up."""
    while len(values) > 1:
        pairs = [combine(*values[i : i + 2]) for i in range(0, len(values) - 1, 2)]
        values = pairs + values[len(pairs) * 2 :]
    return values[0]


def add_f32(a: np.float32, b: np.float32) -> np.float32:
    return np.float32(np.float64(a) + np.float64(b))  # one rounding: of f32, the sum in double rounds innocuously


def greater(a: np.float32, b: np.float32) -> np.float32:
    """IEEE 754-2019 maximum."""
    if np.isnan(a) or np.isnan(b):
        return np.float32(np.nan)
    return max(a, b, key=lambda x: (x, not np.signbit(x)))


def lesser(a: np.float32, b: np.float32) -> np.float32:
    return -greater(-a, -b)


FLOATS = {"add": add_f32, "max": greater, "min": lesser}
INTEGERS: dict[str, Any] = {"add": np.ndarray.sum, "max": np.ndarray.max, "min": np.ndarray.min}


def reduced(name: str, type_name: str, words: Words, by_superlane: bool) -> Words:
    """What `reduce` makes of words: of each lane."""
    lanes = len(words)
    op = switch_op(f"reduce.{name}", lanes, type=TYPE_CODE[type_name], width=4, by_superlane=by_superlane)
    streams = applied(op, 4, np.array(byte_planes(words)))
    return np.ascontiguousarray(streams.T).view(np.uint32)[:, 0]


def spans(words: Words, by_superlane: bool) -> Words:
    return words.reshape(-1, SUPERLANE if by_superlane else len(words))


@given(seeds, lanes_of, st.sampled_from(list(INTEGERS)), st.booleans())
def test_a_reduction_of_integers(seed: int, lanes: int, name: str, by_superlane: bool) -> None:
    words = np.random.default_rng(seed).integers(0, 1 << 32, lanes).astype(np.uint32)
    wanted = INTEGERS[name](spans(words, by_superlane).view(np.int32).astype(np.int64), axis=1).astype(np.uint32)
    got = spans(reduced(name, "i32", words, by_superlane), by_superlane)
    assert (got == wanted[:, np.newaxis]).all()


SPECIAL = np.array(
    [0, 0x80000000, 1, 0x80000001, 0x7F7FFFFF, 0xFF7FFFFF, 0x7F800000, 0xFF800000, 0x7FC00000, 0xFFC12345, 0x3F800000],
    np.uint32,
)


@given(seeds, lanes_of, st.sampled_from(list(FLOATS)), st.booleans(), st.sampled_from(["normal", "special", "zero"]))
def test_a_reduction_of_floats(seed: int, lanes: int, name: str, by_superlane: bool, kind: str) -> None:
    rng = np.random.default_rng(seed)
    words = rng.normal(0, 1000, lanes).astype(np.float32).view(np.uint32)
    if kind != "normal":
        where = rng.random(lanes) < 0.02 if kind == "special" else np.full(lanes, True)
        words = np.where(where, rng.choice(SPECIAL[: 2 if kind == "zero" else None], lanes), words).astype(np.uint32)
    got = spans(reduced(name, "f32", words, by_superlane), by_superlane)
    for span, results in zip(spans(words, by_superlane), got, strict=True):
        with np.errstate(all="ignore"):
            wanted = np.float32(tree(list(span.view(np.float32)), FLOATS[name]))
        assert (results == (0x7FC00000 if np.isnan(wanted) else wanted.view(np.uint32))).all()
