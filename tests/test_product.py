"""Matrix products: every path of the C core, and the golden model, against NumPy's int64 and Python's fractions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from product_tools import (
    CANONICAL_NAN,
    DTYPES,
    UNDECIDED,
    Words,
    bits_of,
    dot,
    engines,
    numbers,
    undecided_engines,
)

from vm.reference.product import float_product, integer_product

LANES = [16, 32, 48, 320, 512]
COUNTS = [1, 2, 5, 6, 7, 12, 13, 24, 63, 64]
INF, NAN = float("inf"), float("nan")
seeds = st.integers(0, 2**32 - 1)
types = st.sampled_from(["f16", "bf16"])


# Integers -------------------------------------------------------------------------------------
def as_numbers(data: NDArray[np.uint8], is_signed: bool) -> NDArray[np.int64]:
    return np.asarray(data.view(np.int8) if is_signed else data, np.int64)


def check_integers(x: NDArray[np.uint8], w: NDArray[np.uint8], offset: int = 0) -> None:
    """All four pairs of signs, in every engine, against a product in int64."""
    for x_signed, w_signed in [(False, False), (False, True), (True, False), (True, True)]:
        expected = as_numbers(x, x_signed) @ as_numbers(w, w_signed)
        golden = integer_product(x[0], w, x_signed, w_signed)
        assert golden.dtype == np.int32 and np.array_equal(golden, expected[0])
        for engine in engines():
            result = engine.integer(x, w, x_signed, w_signed, offset)
            assert np.array_equal(result, expected), (engine.name, x_signed, w_signed)


@pytest.mark.parametrize("lanes", LANES)
def test_bytes_of_every_pair_of_signs(lanes: int) -> None:
    rng = np.random.default_rng(lanes)
    w = rng.integers(0, 256, (lanes, lanes), np.uint8)
    for count in COUNTS[lanes % 3 :: 3]:
        check_integers(rng.integers(0, 256, (count, lanes), np.uint8), w, offset=8 * count % 64)


@pytest.mark.parametrize("w_byte", [0x00, 0x7F, 0x80, 0xFF])
@pytest.mark.parametrize("x_byte", [0x00, 0x7F, 0x80, 0xFF])
def test_the_greatest_sums_of_bytes(x_byte: int, w_byte: int) -> None:
    check_integers(np.full((3, 512), x_byte, np.uint8), np.full((512, 512), w_byte, np.uint8))


@given(seed=seeds, lanes=st.sampled_from([16, 32, 48, 80]), count=st.integers(1, 64))
def test_extreme_bytes_among_others(seed: int, lanes: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    values = np.array([0, 1, 127, 128, 129, 255, *rng.integers(0, 256, 2)], np.uint8)
    check_integers(rng.choice(values, (count, lanes)), rng.choice(values, (lanes, lanes)))


@given(seed=seeds, lanes=st.sampled_from([16, 48, 80]), count=st.integers(1, 30), signs=st.integers(0, 3))
def test_products_on_top_of_sums_wrap(seed: int, lanes: int, count: int, signs: int) -> None:
    rng = np.random.default_rng(seed)
    x, w = (rng.integers(0, 256, (rows, lanes), np.uint8) for rows in (count, lanes))
    sums = rng.choice(np.array([0, -1, 2**31 - 1, -(2**31)], np.int32), (count, lanes))
    x_signed, w_signed = bool(signs & 1), bool(signs & 2)
    expected = (as_numbers(x, x_signed) @ as_numbers(w, w_signed) + sums).astype(np.int32)
    for engine in engines():
        assert np.array_equal(engine.added(x, w, x_signed, w_signed, sums), expected), engine.name


# Floats: blocks of generated values ------------------------------------------------------------
def any_bits(rng: np.random.Generator, shape: tuple[int, int], type_name: str) -> Words:
    return rng.integers(0, 1 << 16, shape, np.uint16)


def finite_bits(rng: np.random.Generator, shape: tuple[int, int], type_name: str) -> Words:
    """Every sign, fraction and exponent but the greatest of all."""
    special = {"f16": 0x7C00, "bf16": 0x7F80}[type_name]
    return np.asarray(rng.integers(0, special, shape) | rng.integers(0, 2, shape) << 15, np.uint16)


def normal_values(rng: np.random.Generator, shape: tuple[int, int], type_name: str) -> Words:
    return np.asarray(rng.normal(size=shape).astype(DTYPES[type_name]).view(np.uint16))


def subnormal_bits(rng: np.random.Generator, shape: tuple[int, int], type_name: str) -> Words:
    fraction = {"f16": 1 << 10, "bf16": 1 << 7}[type_name]
    return np.asarray(rng.integers(0, fraction, shape) | rng.integers(0, 2, shape) << 15, np.uint16)


def small_integers(rng: np.random.Generator, shape: tuple[int, int], type_name: str) -> Words:
    return bits_of(rng.integers(-200, 201, shape), type_name)


def zeros(rng: np.random.Generator, shape: tuple[int, int], type_name: str) -> Words:
    return np.asarray(rng.integers(0, 2, shape) << 15, np.uint16)


def few_specials(rng: np.random.Generator, shape: tuple[int, int], type_name: str) -> Words:
    """Normal values, one in a hundred any bits, so that some sums have one infinity, some more, some none."""
    return np.where(rng.random(shape) < 0.01, any_bits(rng, shape, type_name), normal_values(rng, shape, type_name))


MAKERS = [any_bits, finite_bits, normal_values, subnormal_bits, small_integers, zeros, few_specials]


def check_floats(x: Words, w: Words, type_name: str, offset: int = 0) -> NDArray[np.uint32]:
    """Every engine against the golden model, which it gives back."""
    golden = np.stack([float_product(row, w, type_name) for row in x])
    for engine in engines():
        result = engine.floats(x, w, type_name, offset)
        assert np.array_equal(result, golden), (engine.name, np.argwhere(result != golden)[:5])
    return golden


def cancelling(rng: np.random.Generator, x: Words, w: Words) -> None:
    """Makes most products the negation of their neighbour's, so that little or nothing is left."""
    w[1::2] = w[0::2]
    x[:, 1::2] = x[:, 0::2] ^ np.uint16(0x8000)
    x[:, rng.integers(0, x.shape[1])] = rng.integers(0, 0x0400)


@given(
    seed=seeds, type_name=types, maker=st.sampled_from(MAKERS), w_maker=st.sampled_from(MAKERS),
    count=st.integers(1, 14), cancels=st.booleans(),
)  # fmt: skip
def test_floats_in_every_engine(seed: int, type_name: str, maker: Any, w_maker: Any, count: int, cancels: bool) -> None:
    rng = np.random.default_rng(seed)
    x, w = maker(rng, (count, 16), type_name), w_maker(rng, (16, 16), type_name)
    if cancels:
        cancelling(rng, x, w)
    golden = check_floats(x, w, type_name)
    columns = [numbers(w[:, n], type_name) for n in range(16)]
    for row, results in zip(x, golden.tolist(), strict=True):
        assert [dot(numbers(row, type_name), column) for column in columns] == results


@pytest.mark.parametrize("type_name", ["f16", "bf16"])
@pytest.mark.parametrize("lanes", LANES)
def test_floats_on_every_width(type_name: str, lanes: int) -> None:
    rng = np.random.default_rng(lanes)
    for maker, count in [(normal_values, 13), (finite_bits, 2), (few_specials, 7)]:
        check_floats(maker(rng, (count, lanes), type_name), maker(rng, (lanes, lanes), type_name), type_name, offset=24)


@pytest.mark.parametrize("type_name", ["f16", "bf16"])
def test_cancellation_on_all_lanes(type_name: str) -> None:
    rng = np.random.default_rng(3)
    x, w = finite_bits(rng, (3, 320), type_name), finite_bits(rng, (320, 320), type_name)
    cancelling(rng, x, w)
    check_floats(x, w, type_name)


@pytest.mark.parametrize("count", COUNTS)
def test_every_vector_of_a_block_is_on_its_own(count: int) -> None:
    rng = np.random.default_rng(count)
    x, w = normal_values(rng, (count, 48), "f16"), normal_values(rng, (48, 48), "f16")
    for engine in engines():
        together = engine.floats(x, w, "f16")
        alone = np.concatenate([engine.floats(row[np.newaxis], w, "f16") for row in x])
        assert np.array_equal(together, alone), engine.name


# Floats: sums chosen to be hard -----------------------------------------------------------------
def check_dot(x: list[float], w: list[float], type_name: str, expected: float | int) -> None:
    """One sum, in a block with zeros after it, in the first and last column; `expected` is a number or bits."""
    bits = int(np.float32(expected).view(np.uint32)) if isinstance(expected, float) else expected
    assert dot(x, w) == bits
    lanes = max(16, -(-len(x) // 16) * 16)
    row, matrix = np.zeros((2, lanes), np.uint16), np.zeros((lanes, lanes), np.uint16)
    row[1, : len(x)] = bits_of(x, type_name)
    matrix[: len(w), 0] = matrix[: len(w), -1] = bits_of(w, type_name)
    golden = check_floats(row, matrix, type_name)
    assert golden[1].tolist() == [bits, *[0] * (lanes - 2), bits]


@pytest.mark.parametrize(
    ("x", "w", "expected"),
    [
        ([1.0, 2.0**-12], [1.0, 2.0**-12], 1.0),  # exactly half way: to even
        ([1.0, 2.0**-12, 2.0**-24], [1.0, 2.0**-12, 2.0**-24], 1 + 2.0**-23),  # the least product above it
        ([1.0, 2.0**-12, -(2.0**-24)], [1.0, 2.0**-12, 2.0**-24], 1.0),
        ([1.0, 2.0**-12, 2.0**-11], [1.0, 2.0**-12, 2.0**-12], 1 + 2.0**-22),  # half way from an odd one
        ([1.0, 2.0**-12, 2.0**-11, -(2.0**-24)], [1.0, 2.0**-12, 2.0**-12, 2.0**-24], 1 + 2.0**-23),
    ],
)
def test_ties_and_what_is_just_beside_them(x: list[float], w: list[float], expected: float) -> None:
    check_dot(x, w, "f16", expected)
    check_dot([-a for a in x], w, "f16", -expected)


@pytest.mark.parametrize("type_name", ["f16", "bf16"])
@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(("tiny", "expected"), [(0.0, 1024.0), (1.0, 1024 + 2.0**-13), (-1.0, 1024.0)])
def test_a_product_that_double_loses_breaks_the_tie(type_name: str, order: int, tiny: float, expected: float) -> None:
    least = {"f16": 2.0**-24, "bf16": 2.0**-133}[type_name]
    x, w = [32.0, 2.0**-7, tiny * least][::order], [32.0, 2.0**-7, least][::order]
    check_dot(x, w, type_name, expected)


@pytest.mark.parametrize("type_name", ["f16", "bf16"])
@pytest.mark.parametrize("scale", range(14, -29, -1))
def test_around_the_limit_up_to_which_double_is_exact(type_name: str, scale: int) -> None:
    """A tie, and the square of a full significand less all but its last bit: ever smaller until double loses that."""
    fraction = {"f16": 10, "bf16": 7}[type_name]
    full, double, one = 1 + 2.0**-fraction, 1 + 2.0 ** (1 - fraction), 1.0  # full * full > double * one
    a, b = 2.0 ** (scale // 2), 2.0 ** (scale - scale // 2)
    x, w = [2.0**15, 2.0**3, full * a, -double * a], [2.0**15, 2.0**3, full * b, one * b]
    check_dot(x, w, type_name, 2.0**30 + 2.0**7)
    check_dot([*x[:2], -x[2], -x[3]], w, type_name, 2.0**30)


@pytest.mark.parametrize("top", range(-112, -60, 2))
def test_around_that_limit_with_a_subnormal_activation(top: int) -> None:
    x = [2.0**top, 2.0 ** (top - 24) if top > -109 else 0.0, 2.0**-133, -(2.0**-133)]
    tie = 2.0**top * (1 + 2.0**-23) if x[1] else 2.0**top
    check_dot(x, [1.0, 1.0, 1 + 2.0**-7, 1.0], "bf16", tie)


def test_many_small_errors_of_double_add_up() -> None:
    """Just below a tie, and 508 products of a quarter of double's ulp, which it loses one by one."""
    x = [2.0**15, 2.0**3, -(2.0**-9), *[2.0**-12] * 508]
    check_dot(x, [abs(a) for a in x], "f16", 2.0**30 + 2.0**7)


def test_ties_of_whole_numbers_need_no_second_look() -> None:
    """Sums of 11-bit numbers pass 24 bits and are often half way, but double has them exactly."""
    rng = np.random.default_rng(4)
    x, w = bits_of(rng.integers(-2048, 2048, (4, 320)), "f16"), bits_of(rng.integers(-2048, 2048, (320, 320)), "f16")
    golden = check_floats(x, w, "f16")
    exact = x.view(np.float16).astype(np.float64) @ w.view(np.float16).astype(np.float64)
    assert np.array_equal(golden.view(np.float32), exact.astype(np.float32))
    for engine in undecided_engines():
        assert np.array_equal(engine.floats(x, w, "f16"), golden), engine.name


@pytest.mark.parametrize("lanes", [16, 512])
def test_massive_cancellation(lanes: int) -> None:
    great = [2.0**15, -(2.0**15)] * ((lanes - 2) // 2)
    check_dot([*great, 2.0**-24], [2.0**15] * (lanes - 2) + [2.0**-24], "f16", 2.0**-48)
    great = [2.0**127, -(2.0**127)] * ((lanes - 2) // 2)
    check_dot([*great, 2.0**-63], [2.0**127] * (lanes - 2) + [2.0**-63], "bf16", 2.0**-126)
    check_dot(great, [2.0**127] * (lanes - 2), "bf16", 0.0)


@pytest.mark.parametrize(
    ("x", "w", "expected"),
    [
        ([2.0**-75], [2.0**-75], 0.0),  # half the least f32: to even
        ([-(2.0**-75)], [2.0**-75], 0x80000000),
        ([2.0**-75, 2.0**-133], [2.0**-75, 2.0**-133], 2.0**-149),
        ([2.0**-75, -(2.0**-133)], [2.0**-75, 2.0**-133], 0.0),
        ([2.0**-75] * 3, [2.0**-75] * 3, 2.0**-148),  # one and a half: to even
        ([2.0**-133], [2.0**-133], 0.0),
        ([2.0**-133] * 16, [-1.0] * 16, -(2.0**-129)),
        ([2.0**-63, -(2.0**-75)], [2.0**-63, 2.0**-75], 2.0**-126),  # below the least normal number by half an ulp
        ([2.0**-63, -(2.0**-74)], [2.0**-63, 2.0**-75], 2.0**-126 - 2.0**-149),
    ],
)
def test_results_that_are_subnormal(x: list[float], w: list[float], expected: float | int) -> None:
    check_dot(x, w, "bf16", expected)


GREATEST = (2 - 2.0**-7) * 2.0**127  # of bf16
OVERFLOW = [2.0**64, -(2.0**51)], [2.0**64, 2.0**52]  # 2^128 - 2^103, half way from the greatest f32 to 2^128


@pytest.mark.parametrize(
    ("x", "w", "expected"),
    [
        ([GREATEST], [GREATEST], INF),
        ([GREATEST] * 512, [-GREATEST] * 512, -INF),
        ([*OVERFLOW[0]], [*OVERFLOW[1]], INF),
        ([*OVERFLOW[0], -(2.0**-133)], [*OVERFLOW[1], 2.0**-133], float(np.finfo(np.float32).max)),
        ([*OVERFLOW[0], 2.0**-133], [*OVERFLOW[1], 2.0**-133], INF),
        ([GREATEST, -GREATEST, 1.0], [GREATEST, GREATEST, 1.0], 1.0),  # partial sums may pass the range
    ],
)
def test_overflow_is_of_the_exact_sum(x: list[float], w: list[float], expected: float) -> None:
    check_dot(x, w, "bf16", expected)


@pytest.mark.parametrize("type_name", ["f16", "bf16"])
@pytest.mark.parametrize(
    ("x", "w", "expected"),
    [
        ([INF, 1.0], [1.0, -4.0], INF),
        ([INF, 1.0], [-1.0, 4.0], -INF),
        ([INF, INF], [1.0, 2.0], INF),
        ([INF, INF], [1.0, -1.0], CANONICAL_NAN),
        ([INF, -INF], [1.0, 1.0], CANONICAL_NAN),
        ([INF, 0.0], [INF, 1.0], INF),
        ([NAN, INF], [1.0, 1.0], CANONICAL_NAN),
        ([-NAN, 1.0], [0.0, 1.0], CANONICAL_NAN),
    ],
)
def test_infinities_and_nan(type_name: str, x: list[float], w: list[float], expected: float | int) -> None:
    """On all lanes, for the zeros with which check_dot fills up would make NaN of infinite activations."""
    fill = [1.0] * (16 - len(x))
    row, column = bits_of([*x, *fill], type_name), bits_of([*w, *fill], type_name)
    bits = int(np.float32(expected).view(np.uint32)) if isinstance(expected, float) else expected
    golden = check_floats(row[np.newaxis], np.repeat(column[:, np.newaxis], 16, axis=1), type_name)
    assert golden.tolist() == [[bits] * 16]


@pytest.mark.parametrize("type_name", ["f16", "bf16"])
@pytest.mark.parametrize("pair", [(INF, 0.0), (0.0, INF), (-INF, 0.0), (NAN, 0.0), (0.0, NAN)])
def test_zero_times_what_is_no_number(type_name: str, pair: tuple[float, float]) -> None:
    assert dot([pair[0]], [pair[1]]) == CANONICAL_NAN
    row, matrix = np.zeros((1, 16), np.uint16), np.zeros((16, 16), np.uint16)
    row[0, 15], matrix[15] = bits_of(pair[0], type_name), bits_of(pair[1], type_name)
    assert check_floats(row, matrix, type_name).tolist() == [[CANONICAL_NAN] * 16]


@pytest.mark.parametrize("type_name", ["f16", "bf16"])
@pytest.mark.parametrize(
    ("x", "w", "last", "expected"),
    [
        (0.0, -1.0, -0.0, 0x80000000),
        (-0.0, 1.0, -0.0, 0x80000000),
        (-0.0, 1.0, 0.0, 0x00000000),  # one product of +0 is enough
        (-0.0, -1.0, -0.0, 0x00000000),
        (0.0, 0.0, 0.0, 0x00000000),
    ],
)
def test_the_sign_of_zero(type_name: str, x: float, w: float, last: float, expected: int) -> None:
    row, column = bits_of([x] * 15 + [last], type_name), bits_of([w] * 15 + [1.0], type_name)
    golden = check_floats(row[np.newaxis], np.repeat(column[:, np.newaxis], 16, axis=1), type_name)
    assert golden.tolist() == [[expected] * 16]


# The fast path ----------------------------------------------------------------------------------
@pytest.mark.parametrize("type_name", ["f16", "bf16"])
@pytest.mark.parametrize("scale", [1, 0.01])
def test_random_sums_are_nearly_all_decided_at_once(type_name: str, scale: float) -> None:
    """And those that are, are right."""
    rng = np.random.default_rng(5)
    x = np.asarray((rng.normal(size=(8, 320)) * scale).astype(DTYPES[type_name]).view(np.uint16))
    w = normal_values(rng, (320, 320), type_name)
    golden = np.stack([float_product(row, w, type_name) for row in x])
    for engine in undecided_engines():
        result = engine.floats(x, w, type_name)
        undecided = result == UNDECIDED
        assert undecided.mean() < 1e-3, engine.name
        assert np.array_equal(result[~undecided], golden[~undecided]), engine.name


def test_what_cancels_is_not_guessed() -> None:
    x, w = np.zeros((1, 16), np.uint16), np.zeros((16, 16), np.uint16)
    x[0, :3], w[:3] = bits_of([1.0, 2.0**-40, -1.0], "bf16"), bits_of([1.0, 2.0**-40, 1.0], "bf16")[:, np.newaxis]
    for engine in undecided_engines():
        assert (engine.floats(x, w, "bf16") == UNDECIDED).all(), engine.name
    assert (check_floats(x, w, "bf16").view(np.float32) == 2.0**-80).all()
