"""Conversions of the golden vector ALUs: all inputs of up to 16 bits, edges and any others of 32."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
import softfloatpy as sf
from hypothesis import given
from hypothesis import strategies as st
from lanes_tools import (
    ALL_16,
    BITS,
    DTYPES,
    EDGES,
    FLOATS,
    INFINITY,
    INTEGERS,
    NAN,
    VECTOR_ROWS,
    Array,
    as_bits,
    bits_of_width,
    canonical,
    edge_pairs,
    nearest,
    numbers,
    of_type,
    run,
)

from isa.types import TYPES

# By mnemonic. Python rounds to nearest even.
ROUNDINGS: dict[str, Callable[[Any], int]] = {
    "vcvt": round,
    "vcvtz": math.trunc,
    "vcvtd": math.floor,
    "vcvtu": math.ceil,
}
NARROW = [name for name in DTYPES if TYPES[name].bits <= 16]
WIDE = ("i32", "u32", "f32")


def every(name: str) -> Array:
    """Every pattern of a type of at most 16 bits."""
    return ALL_16 if TYPES[name].bits == 16 else np.arange(256, dtype=np.uint8)


def rounds(to: str, since: str) -> list[str]:
    return list(ROUNDINGS) if to in INTEGERS and since in FLOATS else ["vcvt"]


def pairs(sources: tuple[str, ...] | list[str]) -> list[tuple[str, str, str]]:
    """(mnemonic, target, source) of the conversions from some types."""
    return [(how, to, since) for to, since in product(DTYPES, sources) if to != since for how in rounds(to, since)]


# The oracle: one number at a time ---------------------------------------------------------------
def converted(how: str, to: str, x: Any) -> int:
    """The bits of a number in a type, rounded once as the mnemonic says."""
    return as_float(to, x) if to in FLOATS else as_integer(how, to, x)


def as_integer(how: str, to: str, x: Any) -> int:
    t = TYPES[to]
    return sorted((t.low, rounded(how, x), t.high))[1] % (1 << t.bits)


def rounded(how: str, x: Any) -> int:
    """The integer, at most 2^40 in size; of NaN 0."""
    if math.isnan(x):
        return 0
    return ROUNDINGS[how](x) if abs(x) < 2**40 else int(math.copysign(2**40, x))


def as_float(to: str, x: Any) -> int:
    if math.isnan(x):
        return NAN[to]
    negative = int(math.copysign(1, x) < 0)
    if math.isinf(x):
        return INFINITY[to] | negative << TYPES[to].bits - 1
    if to == "f32":  # float64 holds every number of every type
        return int(np.float64(x).astype(np.float32).view(np.uint32))
    return nearest(Fraction(x), to, negative)


def check(how: str, to: str, since: str, bits: Array) -> None:
    expected = [converted(how, to, x) for x in numbers(bits, since)]
    assert run(f"{how}.{to}.{since}", bits).tolist() == expected


def test_every_conversion_has_an_oracle() -> None:
    names = {f"{how}.{to}.{since}" for how, to, since in pairs(list(DTYPES))}
    assert {row.mnemonic for row in VECTOR_ROWS if row.type2 and row.semantics != "vcvts"} == names


# Sources of at most 16 bits, exhaustively -------------------------------------------------------
@pytest.mark.parametrize("how", ROUNDINGS)
@pytest.mark.parametrize("since", NARROW)
def test_everything_to_integers(since: str, how: str) -> None:
    bits = every(since)
    whole = np.array([rounded(how, x) for x in numbers(bits, since)])
    for to in INTEGERS:
        if to != since and how in rounds(to, since):
            t = TYPES[to]
            expected = np.clip(whole, t.low, t.high) % (1 << t.bits)
            assert np.array_equal(run(f"{how}.{to}.{since}", bits), expected), to


@pytest.mark.parametrize("since", NARROW)
def test_everything_to_floats(since: str) -> None:
    """NumPy and ml_dtypes round a float32 to nearest even, and that holds the sources."""
    bits = every(since)
    with np.errstate(invalid="ignore", over="ignore"):
        x = of_type(bits, since).astype(np.float32)
        for to in FLOATS:
            if to != since:
                expected = canonical(as_bits(x.astype(DTYPES[to])), to)
                assert np.array_equal(run(f"vcvt.{to}.{since}", bits), expected), to


# Sources of 32 bits -----------------------------------------------------------------------------
@pytest.mark.parametrize(("how", "to", "since"), pairs(WIDE))
def test_edges_of_32_bits(how: str, to: str, since: str) -> None:
    check(how, to, since, np.array(EDGES[4], np.uint32))


@given(st.sampled_from(pairs(WIDE)), bits_of_width(4))
def test_any_32_bits(conversion: tuple[str, str, str], bits: Array) -> None:
    check(*conversion, bits)


def near_ties(width: int, span: int) -> st.SearchStrategy[int]:
    """Integers of which only some upper bits are set, and perhaps one of the lowest."""
    upper = st.builds(lambda top, place: top << place, st.integers(0, span), st.integers(0, width - 1))
    return st.builds(lambda x, last: (x + last) % (1 << width), upper, st.sampled_from([-1, 0, 1]))


@given(st.sampled_from([(to, since) for to in FLOATS for since in ("i32", "u32")]), st.lists(near_ties(32, 1 << 12)))
def test_integers_near_ties_of_floats(conversion: tuple[str, str], values: list[int]) -> None:
    check("vcvt", *conversion, np.array(values, np.uint32))


@given(st.integers(0, 0xFFFF), st.sampled_from([0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF, 0xFFF, 0x1000, 0x1001, 0x3000]))
def test_f32_near_ties_of_16_bit_floats(upper: int, lower: int) -> None:
    for to in ("f16", "bf16"):
        check("vcvt", to, "f32", np.array([upper << 16 | lower], np.uint32))


@given(st.integers(-(2**33), 2**33), st.sampled_from([-0.5, -0.25, 0.0, 0.25, 0.5, 0.75]))
def test_f32_near_halves_to_integers(whole: int, part: float) -> None:
    bits = as_bits(np.array([whole / 2**k + part for k in range(0, 33, 3)]).astype(np.float32))
    for how, to, since in pairs(["f32"]):
        if to in INTEGERS:
            check(how, to, since, bits)


@given(bits_of_width(4))
def test_32_bits_to_f16_against_softfloat(bits: Array) -> None:
    def soft(x: sf.Float16) -> int:
        return NAN["f16"] if sf.f16_is_nan(x) else int.from_bytes(x.to_bytes(), "big")

    singles = [sf.Float32.from_bytes(int(x).to_bytes(4, "big")) for x in bits]
    assert run("vcvt.f16.f32", bits).tolist() == [soft(sf.f32_to_f16(x)) for x in singles]
    integers = [sf.Int32.from_bytes(int(x).to_bytes(4, "big")) for x in bits]
    assert run("vcvt.f16.i32", bits).tolist() == [soft(sf.i32_to_f16(x)) for x in integers]


# With a scale -----------------------------------------------------------------------------------
def scaled(to: str, since: str, bits: Array, scale: Array) -> list[int]:
    """Three steps, the first two in NumPy's float32."""
    with np.errstate(invalid="ignore", over="ignore", under="ignore"):
        x = of_type(bits, since).astype(np.float32) * scale.view(np.float32)
    return [converted("vcvt", to, value) for value in numbers(as_bits(x), "f32")]


@pytest.mark.parametrize("since", DTYPES)
def test_every_pair_of_an_edge_and_a_scale(since: str) -> None:
    scales = np.array(
        [0, 0x3F800000, 0x3F000000, 0x3DCCCCCD, 0xBF7FFFFF, 0x42FF0000, 0x7F800000, 0x7FC00001, 1], np.uint32
    )
    edges = np.array(EDGES[TYPES[since].planes], BITS[TYPES[since].planes])
    bits, scale = np.repeat(edges, len(scales)), np.tile(scales, len(edges))
    for to in DTYPES:
        assert run(f"vcvts.{to}.{since}", bits, scale).tolist() == scaled(to, since, bits, scale), to


@given(st.sampled_from(list(DTYPES)), st.sampled_from(list(DTYPES)), st.data())
def test_any_scaled_conversion(to: str, since: str, data: st.DataObject) -> None:
    bits, scale = data.draw(bits_of_width(TYPES[since].planes)), data.draw(bits_of_width(4))
    assert run(f"vcvts.{to}.{since}", bits, scale).tolist() == scaled(to, since, bits, scale)


def test_each_step_of_a_scaled_conversion_rounds() -> None:
    # 2^24 + 1 becomes 2^24 as f32; 3 * 1/3 becomes 1; 2.5 becomes 2.
    bits = np.array([(1 << 24) + 1, 3, 5], np.uint32)
    scale = as_bits(np.array([1, 1 / 3, 0.5], np.float32))
    assert run("vcvts.i32.i32", bits, scale).tolist() == [1 << 24, 1, 2]


def test_requantisation_of_sums_to_bytes() -> None:
    sums, scales = edge_pairs(4)
    assert run("vcvts.i8.i32", sums, scales).tolist() == scaled("i8", "i32", sums, scales)
