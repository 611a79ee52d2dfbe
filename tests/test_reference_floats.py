"""Float ops of the golden model against NumPy, ml_dtypes, Berkeley SoftFloat and exact mpmath."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ml_dtypes
import mpmath
import numpy as np
import pytest
import softfloatpy as sf
from hypothesis import assume, example, given
from hypothesis import strategies as st

from isa.conditions import CONDITIONS
from vm.reference.floats import SEMANTICS

NAN = {"f32": 0x7FC00000, "f16": 0x7E00, "bf16": 0x7FC0}
CARRIER: dict[str, tuple[Any, Any]] = {
    "f32": (np.uint32, np.float32), "f16": (np.uint16, np.float16), "bf16": (np.uint16, ml_dtypes.bfloat16),
    "i32": (np.uint32, np.int32), "u32": (np.uint32, np.uint32),
}  # fmt: skip
BOUNDS = {"i32": (-(2**31), 2**31 - 1), "u32": (0, 2**32 - 1)}

# Every sign, mostly exponents near one another, significands that are all ones, all zeros or anything.
exponents = st.one_of(st.integers(0, 255), st.integers(120, 135), st.sampled_from([0, 1, 2, 253, 254, 255]))
fractions = st.one_of(st.integers(0, 0x7FFFFF), st.sampled_from([0, 1, 0x400000, 0x7FFFFE, 0x7FFFFF, 0x1000, 0x3000]))
floats = st.builds(lambda s, e, f: s << 31 | e << 23 | f, st.integers(0, 1), exponents, fractions)
halves = st.integers(0, 0xFFFF)
words = st.one_of(st.integers(0, 0xFFFFFFFF), st.integers(0, 1 << 26), st.integers(0xFF000000, 0xFFFFFFFF))


def number(bits: int, name: str = "f32") -> Any:
    """The NumPy scalar with these bits."""
    carrier, dtype = CARRIER[name]
    return np.array(bits, carrier).view(dtype)[()]


def pattern(value: Any, name: str = "f32") -> int:
    """The bits of a NumPy scalar, every NaN as the canonical one."""
    carrier, dtype = CARRIER[name]
    scalar = np.array(value, dtype)
    return NAN[name] if scalar != scalar else int(scalar.view(carrier))


def soft(bits: int) -> sf.Float32:
    return sf.Float32.from_bytes(bits.to_bytes(4, "big"))


def soft_pattern(value: sf.Float32) -> int:
    return NAN["f32"] if sf.f32_is_nan(value) else int.from_bytes(value.to_bytes(), "big")


@pytest.mark.parametrize("name", ["add", "sub", "mul", "div"])
@given(a=floats, b=floats)
def test_two_operand_arithmetic(name: str, a: int, b: int) -> None:
    ours = SEMANTICS[f"{name}.f32"](a, b)
    operator = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide}[name]
    with np.errstate(all="ignore"):
        assert ours == pattern(operator(number(a), number(b)))
    assert ours == soft_pattern(getattr(sf, f"f32_{name}")(soft(a), soft(b)))


@given(floats)
@example(0x80000000)
def test_square_root(a: int) -> None:
    with np.errstate(invalid="ignore"):
        assert SEMANTICS["sqrt.f32"](a) == pattern(np.sqrt(number(a)))
    assert SEMANTICS["sqrt.f32"](a) == soft_pattern(sf.f32_sqrt(soft(a)))


@given(floats, floats, floats)
@example(0x3F800001, 0x3F800001, 0xBF800002)  # the product's last bits survive only without a rounding between
@example(0x00000001, 0x3F000000, 0x80000000)
def test_fused_multiply_add_against_softfloat(a: int, b: int, c: int) -> None:
    assert SEMANTICS["fma.f32"](a, b, c) == soft_pattern(sf.f32_mul_add(soft(a), soft(b), soft(c)))


@given(floats, floats, floats)
def test_fused_multiply_add_is_the_exact_value_rounded_once(a: int, b: int, c: int) -> None:
    x, y, z = (float(number(bits)) for bits in (a, b, c))
    assume(all(np.isfinite([x, y, z])))
    with mpmath.workprec(2000):
        exact = mpmath.mpf(x) * mpmath.mpf(y) + mpmath.mpf(z)
    assume(mpmath.ldexp(1, -126) <= abs(exact) < mpmath.ldexp(1, 127))
    with mpmath.workprec(24):
        rounded = +exact
    assert SEMANTICS["fma.f32"](a, b, c) == pattern(np.float32(float(rounded)))


@given(floats)
def test_sign_ops(a: int) -> None:
    assert SEMANTICS["neg.f32"](a) == pattern(-number(a))
    assert SEMANTICS["abs.f32"](a) == pattern(abs(number(a)))


@given(floats, floats)
@example(0x80000000, 0)
@example(0, 0x80000000)
@example(0x7F800001, 0x3F800000)
def test_minimum_and_maximum(a: int, b: int) -> None:
    x, y = number(a), number(b)
    low, high = np.minimum(x, y), np.maximum(x, y)
    if x == y == 0:  # NumPy does not order the zeros; IEEE 754-2019 does
        low, high = (-0.0, 0.0) if np.signbit(x) != np.signbit(y) else (x, x)
    assert SEMANTICS["min.f32"](a, b) == pattern(low)
    assert SEMANTICS["max.f32"](a, b) == pattern(high)


@given(floats, floats)
@example(0x80000000, 0)
@example(0x7FC00000, 0x7FC00000)
def test_comparison_and_what_each_condition_makes_of_it(a: int, b: int) -> None:
    x, y = number(a), number(b)
    cc = SEMANTICS["cmp.f32"](a, b)
    wanted = {"eq": x == y, "ne": x != y, "lt": x < y, "le": x <= y, "gt": x > y, "ge": x >= y}
    wanted |= {f"{name}u": wanted[name] for name in ("lt", "le", "gt", "ge")}
    assert {name: bool(mask >> cc & 1) for name, mask in CONDITIONS.items()} == {k: bool(v) for k, v in wanted.items()}


@pytest.mark.parametrize("source", ["f16", "bf16"])
def test_widening_is_exact_for_every_pattern(source: str) -> None:
    widen, narrow = SEMANTICS[f"cvt.f32.{source}"], SEMANTICS[f"cvt.{source}.f32"]
    carrier, dtype = CARRIER[source]
    everything = np.arange(1 << 16, dtype=carrier)
    with np.errstate(invalid="ignore"):
        wide = everything.view(dtype).astype(np.float32)
    wanted = np.where(np.isnan(wide), NAN["f32"], wide.view(np.uint32)).tolist()
    assert [widen(bits) for bits in range(1 << 16)] == wanted
    back = np.where(np.isnan(wide), NAN[source], everything).tolist()
    assert [narrow(bits) for bits in wanted] == back


@given(floats)
@example(0x477FF000)  # halfway between the largest f16 and the next: becomes infinity
@example(0x477FEFFF)
@example(0x33000000)  # half the least f16: rounds to even, zero
@example(0x33000001)
def test_narrowing_rounds_once(a: int) -> None:
    with np.errstate(all="ignore"):
        assert SEMANTICS["cvt.f16.f32"](a) == pattern(number(a).astype(np.float16), "f16")
        assert SEMANTICS["cvt.bf16.f32"](a) == pattern(number(a).astype(ml_dtypes.bfloat16), "bf16")


@given(halves, st.integers(0, 0xFFFF))
def test_between_the_16_bit_types(a: int, ignored: int) -> None:
    register = ignored << 16 | a
    with np.errstate(all="ignore"):
        to_f16 = number(a, "bf16").astype(np.float32).astype(np.float16)
        to_bf16 = number(a, "f16").astype(np.float32).astype(ml_dtypes.bfloat16)
    assert SEMANTICS["cvt.f16.bf16"](register) == pattern(to_f16, "f16")
    assert SEMANTICS["cvt.bf16.f16"](register) == pattern(to_bf16, "bf16")


def rounded_to(value: int, precision: int) -> float:
    """An integer rounded to a binary precision, ties to even."""
    with mpmath.workprec(precision):
        return float(+mpmath.mpf(value))


@pytest.mark.parametrize("source", ["i32", "u32"])
@given(bits=words)
def test_integers_to_floats_round_once(source: str, bits: int) -> None:
    value = int(number(bits, source))
    with np.errstate(over="ignore"):
        assert SEMANTICS[f"cvt.f16.{source}"](bits) == pattern(np.float64(value).astype(np.float16), "f16")
    assert SEMANTICS[f"cvt.f32.{source}"](bits) == pattern(rounded_to(value, 24))
    assert SEMANTICS[f"cvt.bf16.{source}"](bits) == pattern(rounded_to(value, 8), "bf16")


def saturated(value: float, to: str, rounding: Callable[[float], int]) -> int:
    """A float as the bits of an integer type: NaN is 0, what is too far out is the nearest end."""
    low, high = BOUNDS[to]
    return 0 if np.isnan(value) else min(max(rounding(min(max(value, low), high)), low), high) & 0xFFFFFFFF


@pytest.mark.parametrize("to", ["i32", "u32"])
@given(bits=st.one_of(floats, words))
@example(bits=0x3F000000)  # 0.5 rounds to even
@example(bits=0x4F000000)  # 2**31
@example(bits=0x4F800000)  # 2**32
@example(bits=0xBF000001)
def test_floats_to_integers_round_and_saturate(to: str, bits: int) -> None:
    for source in ("f32", "f16", "bf16"):
        value = float(number(bits if source == "f32" else bits & 0xFFFF, source))
        assert SEMANTICS[f"cvt.{to}.{source}"](bits) == saturated(value, to, round)
    assert SEMANTICS[f"cvtz.{to}.f32"](bits) == saturated(float(number(bits)), to, int)


@given(words)
def test_integers_to_integers_saturate(bits: int) -> None:
    assert SEMANTICS["cvt.i32.u32"](bits) == min(bits, 2**31 - 1)
    assert SEMANTICS["cvt.u32.i32"](bits) == max(int(number(bits, "i32")), 0)
