"""The special functions of f32 in both engines: each other, mpmath, the hardest inputs, and every 16-bit float."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from special_hard import HARD
from special_library import SOURCES, Special, Words, compiled, function, into

from vm.reference.special import SPECIAL, settled

NAN, INF, NEGATIVE = 0x7FC00000, 0x7F800000, 0x80000000
UNARY = [name for name in SPECIAL if name != "div"]


# The oracle ---------------------------------------------------------------------------------------
EXACT: dict[str, Callable[..., Any]] = {
    "exp": mpmath.exp, "exp2": lambda x: mpmath.mpf(2) ** x, "log2": lambda x: mpmath.log(x, 2), "tanh": mpmath.tanh,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)), "rsqrt": lambda x: 1 / mpmath.sqrt(x), "recip": lambda x: 1 / x,
    "sqrt": mpmath.sqrt, "div": lambda x, y: x / y,
}  # fmt: skip


def number(bits: int) -> Any:
    return mpmath.mpf(float(np.uint32(bits).view(np.float32)))


def rounded(exact: Any) -> int:
    """The f32 bits nearest to a finite number that is not 0, ties to even."""
    step = max(int(mpmath.floor(mpmath.log(abs(exact), 2))) - 23, -149)
    units = mpmath.nint(mpmath.ldexp(exact, -step))
    with np.errstate(over="ignore"):
        value = np.float32(float(mpmath.ldexp(units, step))) if step < 200 else np.float32(np.inf)
    return int(np.copysign(value, float(mpmath.sign(exact))).view(np.uint32))


def oracle(name: str, *operands: int) -> int:
    """For operands that are finite, where the result is finite and not 0."""
    with mpmath.workprec(250):
        return rounded(EXACT[name](*(number(bits) for bits in operands)))


def is_ordinary(name: str, bits: int) -> bool:
    """Whether the oracle is meant for an operand."""
    positive = name in ("log2", "rsqrt", "sqrt")
    value = float(np.uint32(bits).view(np.float32))
    return bool(np.isfinite(value)) and value != (name == "log2") and (value > 0 if positive else value != 0)


# The engines --------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    return compiled(SOURCES / "special.c", tmp_path_factory.mktemp("core") / "special.so")


@pytest.fixture(scope="module")
def careless(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """The core with estimates that are trusted so little that many lanes are decided the slow way."""
    folder = tmp_path_factory.mktemp("careless")
    text = (SOURCES / "special.c").read_text(encoding="utf-8")
    assert text.count("BOUND = 0x1p-47;") == 1
    (folder / "special.c").write_text(text.replace("BOUND = 0x1p-47;", "BOUND = 0x1p-26;"), encoding="utf-8")
    return compiled(folder / "special.c", folder / "special.so")


@pytest.fixture(params=["reference", "core"])
def engine(request: pytest.FixtureRequest, core: ctypes.CDLL) -> Callable[[str], Special]:
    return SPECIAL.__getitem__ if request.param == "reference" else lambda name: function(core, name)


def words(*bits: int) -> Words:
    return np.array(bits, np.uint32)


def every_half() -> Words:
    with np.errstate(invalid="ignore"):
        return np.arange(1 << 16, dtype=np.uint16).view(np.float16).astype(np.float32).view(np.uint32)


def every_brain() -> Words:
    return np.arange(1 << 16, dtype=np.uint32) << np.uint32(16)


# Where results overflow, become subnormal, vanish or saturate, and the ends of the operands.
THRESHOLDS = {
    "exp": (88.72284, -87.336544, -103.278929, -103.972084), "exp2": (128, -126, -149, -150), "log2": (1,),
    "tanh": (9.010913,), "sigmoid": (17.32868, -87.336544, -103.278929, -103.972084),
}  # fmt: skip
EDGES = [
    0, 1, 2, 0x7FFFFF, 0x800000, 0x800001, 0x33000000, 0x33800000, 0x34000000, 0x3F000000, 0x3F800000, 0x3FC00000,
    0x40000000, 0x7E800000, 0x7F000000, 0x7F7FFFFF, INF, 0x7F800001, 0x7FBFFFFF, NAN, 0x7FFFFFFF,
]  # fmt: skip


def inputs(name: str, count: int) -> Words:
    """The hardest, those around the edges, and `count` each of any pattern and of moderate size, of both signs."""
    rng = np.random.default_rng(24)
    edges = [*EDGES, *(int(np.float32(abs(x)).view(np.uint32)) for x in THRESHOLDS.get(name, ()))]
    near = np.add.outer(np.array(edges, np.int64), np.arange(-9, 10)).clip(0, 0x7FFFFFFF).ravel()
    moderate = rng.integers(100 << 23, 135 << 23, count)
    one_sign = np.concatenate([HARD.get(name, []), near, moderate, rng.integers(0, 1 << 31, count)]).astype(np.uint32)
    return np.unique(np.concatenate([one_sign, one_sign ^ np.uint32(NEGATIVE)]))


def shuffled(name: str, count: int, seed: int) -> Words:
    return np.random.default_rng(seed).permutation(inputs(name, 2 * count))[:count]


# Against mpmath -----------------------------------------------------------------------------------
@cache
def with_oracle(name: str) -> tuple[Words, Words]:
    operands = words(*(bits for bits in inputs(name, 400).tolist() if is_ordinary(name, bits)))
    return operands, words(*(oracle(name, bits) for bits in operands.tolist()))


@pytest.mark.parametrize("name", UNARY)
def test_results_are_the_exact_ones_rounded_once(engine: Callable[[str], Special], name: str) -> None:
    operands, expected = with_oracle(name)
    np.testing.assert_array_equal(engine(name)(operands), expected)


def test_quotients_are_the_exact_ones_rounded_once(engine: Callable[[str], Special]) -> None:
    a, b = shuffled("div", 3000, 1), shuffled("div", 3000, 2)
    rng = np.random.default_rng(3)  # and subnormals by few bits, which make many ties
    a = np.append(a, rng.integers(1, 1 << 12, 500, dtype=np.uint32))
    b = np.append(b, rng.integers(127 << 3, 131 << 3, 500, dtype=np.uint32) << np.uint32(20))
    ordinary = [is_ordinary("div", x) and is_ordinary("div", y) for x, y in zip(a.tolist(), b.tolist(), strict=True)]
    a, b = a[ordinary], b[ordinary]
    expected = [oracle("div", x, y) for x, y in zip(a.tolist(), b.tolist(), strict=True)]
    np.testing.assert_array_equal(engine("div")(a, b), words(*expected))


@pytest.mark.parametrize("name", UNARY)
@given(data=st.data())
def test_any_ordinary_operand(core: ctypes.CDLL, name: str, data: st.DataObject) -> None:
    bits = data.draw(st.integers(0, 0xFFFFFFFF).filter(lambda bits: is_ordinary(name, bits)))
    expected = [oracle(name, bits)]
    assert SPECIAL[name](words(bits)).tolist() == expected
    assert function(core, name)(words(bits)).tolist() == expected


@pytest.mark.parametrize("name", UNARY)
def test_deciding_alone_gives_the_same(name: str) -> None:
    operands, expected = with_oracle(name)
    is_small, magnitude = np.abs(operands.view(np.float32)) < 90, expected & 0x7FFFFFFF
    chosen = np.flatnonzero(is_small & (magnitude > 0) & (magnitude < INF))[::20]
    assert len(chosen) > 20
    assert [settled(name, int(operands[i])) for i in chosen] == expected[chosen].tolist()


# Special cases ------------------------------------------------------------------------------------
ONE, HALF = 0x3F800000, 0x3F000000
SPECIAL_CASES = {
    "exp": {0: ONE, NEGATIVE: ONE, INF: INF, NEGATIVE | INF: 0},
    "exp2": {0: ONE, NEGATIVE: ONE, INF: INF, NEGATIVE | INF: 0, 0xC3150000: 1, 0xC3160000: 0, 0x43000000: INF},
    "log2": {0: NEGATIVE | INF, NEGATIVE: NEGATIVE | INF, INF: INF, NEGATIVE | INF: NAN, NEGATIVE | 1: NAN, ONE: 0},
    "tanh": {0: 0, NEGATIVE: NEGATIVE, INF: ONE, NEGATIVE | INF: NEGATIVE | ONE, 1: 1, NEGATIVE | 1: NEGATIVE | 1},
    "sigmoid": {0: HALF, NEGATIVE: HALF, INF: ONE, NEGATIVE | INF: 0, 1: HALF},
    "rsqrt": {0: INF, NEGATIVE: NEGATIVE | INF, INF: 0, NEGATIVE | INF: NAN, NEGATIVE | 1: NAN, 0x40800000: HALF},
    "recip": {0: INF, NEGATIVE: NEGATIVE | INF, INF: 0, NEGATIVE | INF: NEGATIVE, 1: INF, 0x7F000000: 0x00400000},
    "sqrt": {0: 0, NEGATIVE: NEGATIVE, INF: INF, NEGATIVE | INF: NAN, NEGATIVE | 1: NAN, 0x40800000: 0x40000000},
}
QUOTIENTS = {
    (0, 0): NAN, (0, NEGATIVE): NAN, (INF, INF): NAN, (INF, NEGATIVE | INF): NAN, (ONE, 0): INF, (INF, 0): INF,
    (ONE, NEGATIVE): NEGATIVE | INF, (NEGATIVE | ONE, INF): NEGATIVE, (INF, NEGATIVE | ONE): NEGATIVE | INF,
    (0, ONE): 0, (NEGATIVE, ONE): NEGATIVE, (1, 0x40000000): 0, (3, 0x40000000): 2, (NAN, ONE): NAN, (ONE, NAN): NAN,
}  # fmt: skip


@pytest.mark.parametrize("name", UNARY)
def test_special_cases(engine: Callable[[str], Special], name: str) -> None:
    cases = SPECIAL_CASES[name]
    assert dict(zip(cases, engine(name)(words(*cases)).tolist(), strict=True)) == cases


def test_special_quotients(engine: Callable[[str], Special]) -> None:
    a, b = (words(*column) for column in zip(*QUOTIENTS, strict=True))
    assert dict(zip(QUOTIENTS, engine("div")(a, b).tolist(), strict=True)) == QUOTIENTS


@pytest.mark.parametrize("name", UNARY)
def test_every_nan_gives_the_canonical_one(engine: Callable[[str], Special], name: str) -> None:
    assert engine(name)(words(NAN, 0xFFC00000, 0x7F800001, 0xFF800001, 0x7FFFFFFF)).tolist() == [NAN] * 5


# Against each other -------------------------------------------------------------------------------
@pytest.mark.parametrize("name", UNARY)
def test_the_engines_agree(core: ctypes.CDLL, name: str) -> None:
    operands = np.concatenate([every_half(), every_brain(), inputs(name, 50_000)])
    np.testing.assert_array_equal(function(core, name)(operands), SPECIAL[name](operands))


def test_the_engines_agree_on_quotients(core: ctypes.CDLL) -> None:
    a = np.concatenate([every_half(), every_brain(), inputs("div", 50_000)])
    for b in (np.random.default_rng(4).permutation(a), np.roll(a, 1), np.roll(a, 7)):
        np.testing.assert_array_equal(function(core, "div")(a, b), SPECIAL["div"](a, b))


@pytest.mark.parametrize("name", HARD)
def test_no_estimate_is_needed(name: str, careless: ctypes.CDLL) -> None:
    operands = np.concatenate([every_half(), inputs(name, 20_000)])
    np.testing.assert_array_equal(function(careless, name)(operands), SPECIAL[name](operands))


# Arrays -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("lanes", [0, 1, 15, 16, 17, 33, 320])
def test_any_number_of_lanes_and_none_beyond(core: ctypes.CDLL, lanes: int) -> None:
    a, b = shuffled("div", 340, 5), shuffled("div", 340, 6)
    for name in SPECIAL:
        result = np.full(340, 0xDEADBEEF, np.uint32)
        into(core, name, result, a, b, lanes)
        expected = SPECIAL[name](a, b) if name == "div" else SPECIAL[name](a)
        assert result.tolist() == [*expected[:lanes].tolist(), *[0xDEADBEEF] * (340 - lanes)]


def test_the_result_may_replace_an_operand(core: ctypes.CDLL) -> None:
    a, b = shuffled("div", 37, 7), shuffled("div", 37, 8)
    expected, first, second = SPECIAL["div"](a, b), a.copy(), b.copy()
    into(core, "div", first, first, b, 37)
    into(core, "div", second, a, second, 37)
    np.testing.assert_array_equal(first, expected)
    np.testing.assert_array_equal(second, expected)


def test_arrays_of_any_shape() -> None:
    a = inputs("sigmoid", 90)[:600].reshape(20, 30)
    np.testing.assert_array_equal(SPECIAL["sigmoid"](a.T), SPECIAL["sigmoid"](a.ravel()).reshape(20, 30).T)


def test_without_clones_the_bits_are_the_same(core: ctypes.CDLL, tmp_path: Path) -> None:
    plain = compiled(SOURCES / "special.c", tmp_path / "plain.so", "-DLPU_NO_CLONES", "-O1")
    for name in HARD:
        operands = inputs(name, 20_000)
        np.testing.assert_array_equal(function(plain, name)(operands), function(core, name)(operands))
