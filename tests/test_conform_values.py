"""Expected values of every op that computes: the oracles against each other, and the engines against them."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conform.finding import from_image
from conform.target import EngineTarget
from conform.values import libraries
from conform.values.bench import Bench, BenchError
from conform.values.check import Told, rows_of, told
from conform.values.elements import by_ml_dtypes, by_numpy
from conform.values.libraries import OracleMissing
from conform.values.numbers import is_nan, nan, nearest, of_real, real
from conform.values.oracle import by_element, computes, expected, trusts
from conform.values.switches import SWITCHES
from isa.codec import Op
from isa.image import Image
from isa.index import BY_KEY
from isa.machine import LPU_TINY, MachineSpec
from isa.row import Row
from isa.table import ROWS
from isa.types import TYPES

FLOATS = ("f16", "bf16", "f32")
DTYPES: dict[str, Any] = {"f16": np.float16, "bf16": ml_dtypes.bfloat16, "f32": np.float32}
BITS: dict[str, Any] = {"f16": np.uint16, "bf16": np.uint16, "f32": np.uint32}
FEW = 32  # values of a case, on the golden model
ODD = MachineSpec("odd", superlanes=3, quads=2, banks=1, rows=40, streams=16, vxm_alus=3, mxm_planes=2)


# The table --------------------------------------------------------------------------------------
def test_every_row_that_computes_has_an_oracle() -> None:
    for row in ROWS:
        if computes(row):
            has = by_element(row, {"pos": 0, "len": 1}) or row.semantics in SWITCHES or row.units.name in ("ABC", "ACC")
            assert has, row.key


def test_all_others_move_or_control_or_only_fault() -> None:
    others = [row for row in ROWS if not computes(row)]
    assert {row.family for row in others if not row.memory and not row.control} == {
        "assert", "lw", "iw", "acc.set", "acc.emit", "accr", "accw", "lmap",
        "send", "receive", "deskew", "sync", "notify",
    }  # fmt: skip


# The engines ------------------------------------------------------------------------------------
def wrong(found: Told) -> str:
    return f"{found.wrong.what}: {found.wrong.expected}, not {found.wrong.observed}" if found.wrong else ""


@pytest.mark.parametrize("part", range(4))
def test_the_core_computes_what_is_expected(part: int) -> None:
    target = EngineTarget("core")
    for row in rows_of(LPU_TINY)[part::4]:
        assert wrong(told(target, LPU_TINY, row, seed=part, count=FEW)) == ""


def sample_of_each(attribute: Callable[[Row], Any]) -> list[Row]:
    """The first row of each kind."""
    found: dict[Any, Row] = {}
    for row in rows_of(LPU_TINY):
        found.setdefault(attribute(row), row)
    return list(found.values())


@pytest.mark.parametrize("row", sample_of_each(lambda row: row.semantics), ids=lambda row: row.mnemonic)
def test_the_golden_model_computes_what_is_expected(row: Row) -> None:
    assert wrong(told(EngineTarget("reference"), LPU_TINY, row, count=FEW)) == ""


FORMATS = sample_of_each(lambda row: (row.units.name, row.format.name))


@pytest.mark.parametrize("row", FORMATS, ids=lambda row: row.mnemonic)
def test_an_odd_machine_computes_the_same(row: Row) -> None:
    if row in rows_of(ODD):
        assert wrong(told(EngineTarget("core"), ODD, row, count=FEW)) == ""


def test_the_same_values_are_asked_for_a_seed() -> None:
    row = BY_KEY["add rd, ra, rb"]
    assert told(EngineTarget("core"), LPU_TINY, row, 3) == told(EngineTarget("core"), LPU_TINY, row, 3)


# Sharpness --------------------------------------------------------------------------------------
class Swapped(EngineTarget):
    """An implementation that takes a row for another of the same format."""

    def __init__(self, instead: dict[str, str]) -> None:
        super().__init__("core")
        self.instead = {BY_KEY[wanted]: BY_KEY[done] for wanted, done in instead.items()}

    def load(self, image: Image, uninit: str = "fault", strict: bool = False) -> None:
        program = from_image(image)
        bundles = tuple(
            tuple(Op(self.instead.get(one.row, one.row), one.values) for one in bundle) for bundle in program.bundles
        )
        super().load(program._replace(bundles=bundles).image(), uninit, strict)


CONFUSED = {
    "add rd, ra, rb": "sub rd, ra, rb",
    "mulh rd, ra, rb": "mulh.u32 rd, ra, rb",
    "sar rd, ra, imm": "shr rd, ra, imm",
    "sel.ltu rd, ra, rb": "sel.lt rd, ra, rb",
    "cvt.i32.f32 rd, ra": "cvtz.i32.f32 rd, ra",
    "ext rd, ra, pos, len": "ext.u32 rd, ra, pos, len",
    "vadd.i8.s dst, sa, sb": "vadd.i8.w dst, sa, sb",
    "vmin.f16 dst, sa, sb": "vmax.f16 dst, sa, sb",
    "vcvtd.i8.bf16 dst, sa": "vcvtu.i8.bf16 dst, sa",
    "vtanh.f32 dst, sa": "vsigmoid.f32 dst, sa",
    "vmul.bf16 dst, sa, sb": "vmul.f16 dst, sa, sb",
    "vcmp.lt.u16 dst, sa, imm": "vcmp.le.u16 dst, sa, imm",
    "shift.up.edge hemi, stream, from, amount": "shift.up hemi, stream, from, amount",
    "reduce.max.f32 hemi, stream, from": "reduce.max.i32 hemi, stream, from",
    "abc.i8 plane, stream": "abc.u8 plane, stream",
}


@pytest.mark.parametrize("key", CONFUSED)
def test_one_op_for_another_is_noticed(key: str) -> None:
    found = told(Swapped({key: CONFUSED[key]}), LPU_TINY, BY_KEY[key], count=256)
    assert found.wrong is not None
    assert found.wrong.expected != found.wrong.observed


def test_a_wrong_value_is_shown_by_a_program_that_asks_for_it_alone() -> None:
    target = Swapped({"mulh rd, ra, rb": "mulh.u32 rd, ra, rb"})
    found = told(target, LPU_TINY, BY_KEY["mulh rd, ra, rb"], count=256).wrong
    assert found is not None
    a, b = found.operands
    signed = (a - (a >> 31 << 32)) * (b - (b >> 31 << 32))
    assert int(found.expected, 16) == signed >> 32 & 0xFFFFFFFF
    assert int(found.observed, 16) == a * b >> 32
    assert sum(len(chunk.data) for chunk in found.program.memory) == 8


# The oracles ------------------------------------------------------------------------------------
@given(st.sampled_from(FLOATS), st.fractions(-65504, 65504))
def test_fractions_round_to_the_nearest_float(name: str, value: Fraction) -> None:
    """No float is nearer, and of two as near it is the even one."""
    bits = nearest(value, name)
    magnitude = bits & (1 << TYPES[name].bits - 1) - 1
    error = abs(abs(Fraction(real(magnitude, name))) - abs(value))
    for beside in (magnitude - 1, magnitude + 1):
        if beside >= 0 and math.isfinite(real(beside, name)):
            other = abs(Fraction(real(beside, name)) - abs(value))
            assert error < other or (error == other and magnitude % 2 == 0)


@given(st.floats(width=64))
def test_rounding_agrees_with_numpy(x: float) -> None:
    assert of_real(x, "f16") == by_numpy(x, "f16")
    assert of_real(x, "f32") == by_numpy(x, "f32")


@given(st.floats(width=32))
def test_rounding_agrees_with_ml_dtypes(x: float) -> None:
    assert of_real(x, "bf16") == by_ml_dtypes(x)


@pytest.mark.parametrize("name", ["f16", "bf16"])
def test_16_bit_floats_are_the_numbers_they_are(name: str) -> None:
    every = np.arange(0, 1 << 16, 7, dtype=np.uint16)
    with np.errstate(invalid="ignore"):
        values = every.view(DTYPES[name]).astype(np.float64)
    for bits, value in zip(every.tolist(), values.tolist(), strict=True):
        assert is_nan(bits, name) == math.isnan(value)
        assert math.isnan(value) or real(bits, name) == value
        assert of_real(value, name) == (nan(name) if math.isnan(value) else bits)


def test_expected_values_are_bytes_of_bytes() -> None:
    ones = np.array([1, 2.5, -0.0], np.float16)
    sums = expected(BY_KEY["vadd.f16 dst, sa, sb"], [ones.tobytes(), ones.tobytes()])
    assert sums == (ones + ones).tobytes()
    product = expected(BY_KEY["mad rd, ra, rb, rc"], [b"\3\0\0\0", b"\5\0\0\0", b"\7\0\0\0"])
    assert product == b"\26\0\0\0"
    lanes = np.arange(32, dtype=np.uint8)
    shifted = expected(BY_KEY["shift.down hemi, stream, from, amount"], [lanes.tobytes()], {"amount": 30})
    assert shifted == bytes([30, 31, *[0] * 30])


def test_products_are_numpy_s() -> None:
    rng = np.random.default_rng(1)
    x, w = rng.integers(-128, 128, 32, np.int8), rng.integers(-128, 128, (32, 32), np.int8)
    code = list(TYPES).index("i8")
    found = expected(BY_KEY["abc.i8 plane, stream"], [x.tobytes(), w.tobytes()], {"weights": code})
    assert found == (x.astype(np.int32) @ w.astype(np.int32)).tobytes()


# What does not work -----------------------------------------------------------------------------
def test_a_library_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "import_module", refused)
    with pytest.raises(OracleMissing, match=r"from softfloatpy, which is not installed: pip install 'lpu\[conform\]'"):
        expected(BY_KEY["add.f32 rd, ra, rb"], [bytes(4), bytes(4)])


def refused(name: str) -> None:
    raise ImportError(name)


def test_a_machine_that_is_too_small_is_named() -> None:
    small = MachineSpec("small", superlanes=1, quads=1, rows=8)
    with pytest.raises(BenchError, match="machines with quads = 2 or more; small has 1"):
        Bench(small)


def test_rows_of_16_bit_products_need_both_planes() -> None:
    assert {row.mnemonic for row in rows_of(LPU_TINY)} - {row.mnemonic for row in rows_of(ODD)} == {
        "abc.f16",
        "abc.bf16",
    }


def test_what_rows_trust_is_told() -> None:
    assert trusts(BY_KEY["vexp.f32 dst, sa"]) == "mpmath"
    assert trusts(BY_KEY["vfma.f32 dst, sa, sb, sc"]) == "SoftFloat"
    assert trusts(BY_KEY["abc.bf16 plane, stream"]) == "exact fractions"
