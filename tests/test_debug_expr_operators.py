"""Operators and functions of expressions: integers are exact, arrays are what NumPy computes with 64-bit integers."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import pytest
from expr_tools import (
    Array,
    as_doubles,
    assert_same,
    error_of,
    kind,
    machine_of,
    machine_with,
    random_elements,
    tensors,
)
from hypothesis import given
from hypothesis import strategies as st

from debugger.expr import assign, evaluate, holds
from isa.image import Tensor
from isa.types import TYPES

OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul}
COMPARISONS = {"==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt}
SCALAR = {**OPERATORS, "//": operator.floordiv, "%": operator.mod, "&": operator.and_, "|": operator.or_,
          "^": operator.xor}  # fmt: skip


def registers(**values: int) -> Any:
    machine = machine_of(Tensor("X", "i32", (1,)))
    for name, value in values.items():
        assign(machine, name, str(value))(machine)
    return machine


def widened(array: Array) -> Array:
    """Integers with 64 bits, floats as they are."""
    return array.astype(np.int64) if array.dtype.name in ("int4", "uint4") or array.dtype.kind in "iu" else array


# Numbers ----------------------------------------------------------------------------------------
SIGNED = st.integers(-(2**31), 2**31 - 1)


@given(SIGNED, SIGNED, st.sampled_from(sorted(SCALAR)))
def test_arithmetic_of_registers_is_exact(a: int, b: int, symbol: str) -> None:
    if b == 0 and symbol in "//%":
        assert "divides by zero" in error_of(registers(r1=a), f"r1 {symbol} r2").message
        return
    found = evaluate(registers(r1=a, r2=b), f"r1 {symbol} r2")
    assert (found.value, found.dtype) == (SCALAR[symbol](a, b), "int")


@given(st.integers(0, 2**32 - 1))
def test_a_register_looked_at_as_other_types_has_its_low_bits(bits: int) -> None:
    machine = registers(r9=bits)
    for name, t in TYPES.items():
        raw = np.array([bits], "<u4").view(np.uint8)[: max(1, t.bits // 8)]
        if t.bits < 8:
            expected = ((bits & 15) ^ 8) - 8
        else:
            expected = raw.view(machine_of(Tensor("X", name, (1,)))["X"].dtype)[0].item()
        np.testing.assert_array_equal(evaluate(machine, f"r9.{name}").value, expected)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7), ("2 ** 10", 1024), ("-7 // 2", -4), ("7 / 2", 3.5), ("~5", -6), ("1 << 40", 2**40),
        ("0xff & 0b1010 | 1", 11), ("3 < 5 < 7", True), ("3 < 5 < 5", False), ("not 3", False), ("5 if 0 else 6", 6),
        ("0 and 1 // 0", False), ("1 or 1 // 0", True), ("True + 1", 2), ("abs(-3)", 3), ("1e3", 1000.0),
        ("(1 << 32) .u32", 0), ("(0 - 1).u32", 2**32 - 1), ("(1 << 31).i32", -(2**31)), ("0x3f800000 .f32", 1.0),
        ("nan == nan", False), ("inf > 10 ** 300", True), ("any(0)", False), ("count(7)", 1), ("min(3)", 3),
    ],
)  # fmt: skip
def test_numbers(text: str, value: float | bool) -> None:
    found = evaluate(registers(), text).value
    assert found == value
    assert type(found) is type(value)


# Arrays -----------------------------------------------------------------------------------------
def largest(numbers: Array | float) -> int:
    """The largest magnitude of integers, exactly; 0 of anything else."""
    array = np.asarray(numbers)
    return max((abs(int(each)) for each in array.flat), default=0) if kind(array) == "i" else 0


@given(st.data(), tensors(), st.integers(0, 99))
def test_operators_on_arrays_are_those_of_numpy(data: st.DataObject, tensor: Tensor, seed: int) -> None:
    machine = machine_of(tensor)
    machine["X"] = array = random_elements(tensor, seed)
    symbol = data.draw(st.sampled_from([*OPERATORS, *COMPARISONS]))
    other = data.draw(st.sampled_from(["3", "X", "X[..., 0:1]", "2.5"]))
    if "." in other[1:2] and TYPES[tensor.dtype].kind != "f":
        expected_other: Any = 2.5
    else:
        expected_other = {"3": 3, "2.5": 2.5, "X": widened(array), "X[..., 0:1]": widened(array[..., 0:1])}[other]
    if symbol == "*" and largest(widened(array)) * largest(expected_other) >= 2**63:
        assert "does not fit integers of 64 bits" in error_of(machine, f"X * {other}").message
        return
    with np.errstate(all="ignore"):
        expected = {**OPERATORS, **COMPARISONS}[symbol](widened(array), expected_other)
    found = evaluate(machine, f"X {symbol} {other}")
    assert_same(found.value, expected)
    assert found.shape == array.shape


@given(tensors(), st.integers(0, 99))
def test_reductions_are_those_of_numpy(tensor: Tensor, seed: int) -> None:
    machine = machine_of(tensor)
    machine["X"] = array = random_elements(tensor, seed)
    wide = widened(array)
    doubles = as_doubles(array)
    with np.errstate(all="ignore"):
        expected = {
            "any(X)": bool((doubles != 0).any()), "all(X)": bool((doubles != 0).all()),
            "count(X)": int((doubles != 0).sum()), "count(nan(X))": int(np.isnan(doubles).sum()),
            "count(inf(X))": int(np.isinf(doubles).sum()), "min(X)": wide.min(), "max(X)": wide.max(),
            "sum(X)": wide.sum() if kind(wide) == "i" else doubles.sum(), "abs(X)": abs(wide),
            "shape(X)": np.array(array.shape), "where(X > 0, X, 1)": np.where(wide > 0, wide, np.ones((), wide.dtype)),
        }  # fmt: skip
    for text, value in expected.items():
        assert_same(evaluate(machine, text).value, value)


@given(tensors(), st.integers(0, 99))
def test_the_first_that_holds_is_where_numpy_finds_it(tensor: Tensor, seed: int) -> None:
    machine = machine_of(tensor)
    machine["X"] = array = random_elements(tensor, seed)
    where = np.argwhere(as_doubles(array) > 0)
    if not len(where):
        assert "there is no first" in error_of(machine, "first(X > 0)").message
        return
    np.testing.assert_array_equal(np.atleast_1d(evaluate(machine, "first(X > 0)").value), where[0])
    assert_same(np.asarray(evaluate(machine, "X[first(X > 0)]").value), np.asarray(array[tuple(where[0])].item()))


@given(tensors(), st.integers(0, 99))
def test_an_array_of_booleans_chooses(tensor: Tensor, seed: int) -> None:
    machine = machine_of(tensor)
    machine["X"] = array = random_elements(tensor, seed)
    assert_same(evaluate(machine, "X[X > 0]").value, array[as_doubles(array) > 0])


def test_integers_of_arrays_do_not_wrap() -> None:
    machine = machine_with("u32", np.array([2**32 - 1, 5], np.uint32))
    assert evaluate(machine, "X + X").value.tolist() == [2**33 - 2, 10]
    assert evaluate(machine, "X - 6").value.tolist() == [2**32 - 7, -1]
    assert evaluate(machine, "sum(X)").value == 2**32 + 4
    assert "does not fit integers of 64 bits" in error_of(machine, "X * X * X").message
    assert "does not fit integers of 64 bits" in error_of(machine, "X << 40").message


def test_elements_that_hold_nothing_take_no_part() -> None:
    machine = machine_of(Tensor("X", "f32", (4,)))
    assign(machine, "X[1:3]", "2.5")(machine)
    found = evaluate(machine, "X")
    assert found.held.tolist() == [False, True, True, False]
    assert evaluate(machine, "X == 2.5").value.tolist() == [False, True, True, False]
    assert evaluate(machine, "X != 2.5").value.tolist() == [False] * 4
    assert evaluate(machine, "min(X)").value == 2.5
    assert evaluate(machine, "mean(X)").value == 2.5
    assert evaluate(machine, "count(X)").value == 2
    assert not holds(machine, "all(X == 2.5)")
    assert not holds(machine, "X[0] == 0")
    assert not holds(machine, "not X[0]")
    assert evaluate(machine, "X + 1").held.tolist() == [False, True, True, False]
    assert "no element here holds anything" in error_of(machine, "max(X[0:1])").message


def test_and_or_not_are_element_by_element() -> None:
    machine = machine_with("i32", np.arange(6, dtype=np.int32))
    assert evaluate(machine, "X > 1 and X < 4").value.tolist() == [False, False, True, True, False, False]
    assert evaluate(machine, "X < 1 or X > 4").value.tolist() == [True, False, False, False, False, True]
    assert evaluate(machine, "1 < X < 4").value.tolist() == [False, False, True, True, False, False]
    assert evaluate(machine, "not X").value.tolist() == [True] + [False] * 5
    assert evaluate(machine, "(X > 1) & (X < 4) ^ True").value.tolist() == [True, True, False, False, True, True]


def test_a_condition_of_several_elements_is_refused() -> None:
    machine = machine_with("i32", np.arange(6, dtype=np.int32))
    with pytest.raises(Exception, match="neither true nor false"):
        holds(machine, "X > 3")
    assert holds(machine, "any(X > 3)")
    assert holds(machine, "X[4:5] > 3")


# Distances --------------------------------------------------------------------------------------
FLOATS = ["f16", "bf16", "f32"]


@given(st.sampled_from(FLOATS), st.integers(0, 2**31 - 1), st.integers(-300, 300))
def test_distances_count_the_numbers_between(name: str, bits: int, steps: int) -> None:
    """The magnitude of a float's bits is its place in the order of numbers; signs mirror it."""
    t = TYPES[name]
    bits %= ((1 << t.exponent) - 1) << (t.significand - 1)  # finite
    to = bits + steps
    other = to if to >= 0 else -to | 1 << (t.bits - 1)
    if not abs(to) < ((1 << t.exponent) - 1) << (t.significand - 1):
        return
    machine = machine_of(Tensor("X", name, (2,)))
    raw = np.array([bits, other], f"<u{t.bits // 8}")
    machine["X"] = raw.view(machine["X"].dtype)
    assert evaluate(machine, "ulp(X[1], X[0])").value == steps
    assert evaluate(machine, "ulp(X[0], X[1])").value == -steps


def test_distances_of_integers_and_of_what_is_no_number() -> None:
    machine = machine_with("f32", np.array([1.0, np.nan, -0.0, np.inf], np.float32))
    assert evaluate(machine, "ulp(X, X)").value.tolist() == [0, 0, 0, 0]
    assert evaluate(machine, "ulp(X, 1.0)").value.tolist()[1] == 2**32
    assert evaluate(machine, "ulp(X[2], 0.0)").value == 0
    assert evaluate(machine_with("i8", np.array([-128, 5], np.int8)), "ulp(X, X[1])").value.tolist() == [-133, 0]
    assert "units in the last place" in error_of(machine, "ulp(1.0, 2.0)").message


# Conversions ------------------------------------------------------------------------------------
@given(tensors().filter(lambda tensor: TYPES[tensor.dtype].kind == "f"), st.integers(0, 99))
def test_conversion_rounds_once(tensor: Tensor, seed: int) -> None:
    machine = machine_of(tensor)
    array = np.random.default_rng(seed).normal(size=tensor.shape).astype(machine["X"].dtype)
    machine["X"] = array
    for name in FLOATS:
        expected = array.astype(machine_of(Tensor("Y", name, (1,)))["Y"].dtype)
        assert_same(evaluate(machine, f"{name}(X)").value, expected)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("i8(128)", "128 does not fit i8, which holds -128 to 127"),
        ("u8(-1)", "-1 does not fit u8, which holds 0 to 255"),
        ("i32(1.5)", "1.5 is no integer, and i32 takes no others"),
        ("f16(1e9)", "1000000000.0 is too large for f16"),
        ("i32(nan)", "nan is no integer, and i32 takes no others"),
        ("i4(8)", "8 does not fit i4, which holds -8 to 7"),
    ],
)
def test_what_a_type_does_not_hold(text: str, message: str) -> None:
    assert error_of(registers(), text).message == message
