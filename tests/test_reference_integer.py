"""Integer ops of the golden model against NumPy's fixed-width arithmetic."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isa.conditions import CONDITIONS
from vm.reference.integer import SEMANTICS
from vm.reference.trouble import Trouble

EDGES = [0, 1, 2, 31, 32, 33, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFFFFFE, 0xFFFFFFFF]
words = st.one_of(st.sampled_from(EDGES), st.integers(0, 0xFFFFFFFF))


def i32(bits: int) -> Any:
    return np.array(bits, np.uint32).view(np.int32)[()]


def bits(value: Any) -> int:
    """The low 32 bits of a NumPy integer."""
    return int(np.array(value).astype(np.int64)) & 0xFFFFFFFF


@given(words, words)
def test_arithmetic_wraps(a: int, b: int) -> None:
    x, y = i32(a), i32(b)
    with np.errstate(over="ignore"):
        wanted = {
            "add": x + y, "sub": x - y, "mul": x * y, "and": x & y, "or": x | y, "xor": x ^ y,
            "min": min(x, y), "max": max(x, y), "min.u32": min(a, b), "max.u32": max(a, b),
            "mulh": np.int64(x) * np.int64(y) >> 32, "mulh.u32": int(np.uint64(a) * np.uint64(b) >> np.uint64(32)),
        }  # fmt: skip
    assert {name: SEMANTICS[name](a, b) for name in wanted} == {name: bits(value) for name, value in wanted.items()}


@given(words, words, words)
def test_multiply_and_add(a: int, b: int, c: int) -> None:
    with np.errstate(over="ignore"):
        assert SEMANTICS["mad"](a, b, c) == bits(i32(a) * i32(b) + i32(c))


@given(words, words)
def test_shift_amounts_count_modulo_32(a: int, b: int) -> None:
    amount = b % 32
    assert SEMANTICS["shl"](a, b) == bits(np.left_shift(np.uint32(a), np.uint32(amount)))
    assert SEMANTICS["shr"](a, b) == bits(np.right_shift(np.uint32(a), np.uint32(amount)))
    assert SEMANTICS["sar"](a, b) == bits(np.right_shift(i32(a), np.int32(amount)))


@given(words)
def test_one_operand(a: int) -> None:
    with np.errstate(over="ignore"):
        assert SEMANTICS["neg"](a) == bits(-i32(a))
        assert SEMANTICS["abs"](a) == bits(abs(i32(a)))
    assert SEMANTICS["not"](a) == bits(~i32(a))
    assert SEMANTICS["mov"](a) == a
    digits = format(a, "032b")
    assert SEMANTICS["popc"](a) == digits.count("1")
    assert SEMANTICS["clz"](a) == (digits + "1").index("1")


@given(words, words)
def test_comparison_and_what_each_condition_makes_of_it(a: int, b: int) -> None:
    x, y = i32(a), i32(b)
    cc = SEMANTICS["cmp"](a, b)
    assert isinstance(cc, int)
    wanted = {
        "eq": a == b, "ne": a != b, "lt": x < y, "le": x <= y, "gt": x > y, "ge": x >= y,
        "ltu": a < b, "leu": a <= b, "gtu": a > b, "geu": a >= b,
    }  # fmt: skip
    assert {name: bool(mask >> cc & 1) for name, mask in CONDITIONS.items()} == {k: bool(v) for k, v in wanted.items()}


@given(words, words, st.booleans())
def test_select(a: int, b: int, holds: bool) -> None:
    assert SEMANTICS["sel"](a, b, holds) == (a if holds else b)


@given(words, words, st.integers(1, 32))
def test_fields_of_words(a: int, position: int, length: int) -> None:
    digits = format(a, "032b")[::-1].ljust(96, "0")  # bit i is digits[i]; bits past 31 read as zero
    start = position % 32
    field = digits[start : start + length]
    assert SEMANTICS["ext.u32"](a, position, length) == int(field[::-1], 2)
    assert SEMANTICS["ext"](a, position, length) == int((field + field[-1] * (32 - length))[::-1], 2)


@given(words, words, words, st.integers(1, 32))
def test_insert_replaces_just_the_field(a: int, b: int, position: int, length: int) -> None:
    start = position % 32
    old, new = format(a, "032b")[::-1], format(b, "032b")[::-1]
    wanted = (old[:start] + new[:length] + old[start + length :])[:32]
    assert SEMANTICS["ins"](a, b, position, length) == int(wanted[::-1], 2)


@given(words, words.filter(bool))
def test_unsigned_division(a: int, b: int) -> None:
    assert SEMANTICS["div.u32"](a, b) == bits(np.uint32(a) // np.uint32(b))
    assert SEMANTICS["rem.u32"](a, b) == bits(np.uint32(a) % np.uint32(b))


@given(words, words.filter(bool))
def test_signed_division_goes_toward_zero(a: int, b: int) -> None:
    if (a, b) == (0x80000000, 0xFFFFFFFF):
        return
    x, y = np.int64(i32(a)), np.int64(i32(b))
    assert SEMANTICS["div"](a, b) == bits(np.trunc(x / y))
    assert SEMANTICS["rem"](a, b) == bits(np.fmod(x, y))


@pytest.mark.parametrize("name", ["div", "rem", "div.u32", "rem.u32"])
def test_division_by_zero_is_trouble_with_both_numbers(name: str) -> None:
    with pytest.raises(Trouble) as raised:
        SEMANTICS[name](7, 0)
    assert raised.value.numbers == {"value": 7, "value2": 0}


@pytest.mark.parametrize("name", ["div", "rem"])
def test_the_one_signed_quotient_that_does_not_fit(name: str) -> None:
    with pytest.raises(Trouble) as raised:
        SEMANTICS[name](0x80000000, 0xFFFFFFFF)
    assert raised.value.numbers == {"value": 0x80000000, "value2": 0xFFFFFFFF}
    assert SEMANTICS["div.u32"](0x80000000, 0xFFFFFFFF) == 0
