"""Every computing instruction on the core, thousands of operands at a time: NumPy, SoftFloat, the golden model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ml_dtypes
import numpy as np
import pytest
import softfloatpy as sf
from numpy.typing import NDArray

from conform.build import addresses, op, text
from isa import codec
from isa.codec import Op
from isa.conditions import CONDITIONS
from isa.index import BY_KEY
from isa.machine import LPU1
from isa.row import REG, WRITE, Row
from isa.table import ROWS
from vm.core import CoreEngine
from vm.engine import HALTED
from vm.reference import floats, integer

Words = NDArray[np.uint32]
BANK = LPU1.words_per_bank
NAN = 0x7FC00000
A, B, C, D, INDEX = 1, 2, 3, 4, 10  # registers of the program below
REGISTERS = {"ra": A, "rb": B, "rc": C, "rd": D}
GOLDEN: dict[str, Callable[..., Any]] = {**integer.SEMANTICS, **floats.SEMANTICS}
FOREVER = 1 << 60

INTEGERS = [0, 1, 2, 3, 5, 31, 32, 33, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFE, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]
FLOATS = [
    0x00000000, 0x80000000, 0x00000001, 0x807FFFFF, 0x00800000, 0x3F800000, 0xBF800000, 0x3F800001, 0x3FC00000,
    0x7F7FFFFF, 0xFF7FFFFF, 0x7F800000, 0xFF800000, 0x7FC00000, 0x7F800001, 0xFFC12345, 0x4F000000, 0xCF000000,
    0x4F800000, 0x4EFFFFFF, 0x3F000000, 0x477FE000, 0x477FF000, 0x33000000, 0x33000001, 0x38800000, 0x7F7F8000,
]  # fmt: skip
rng = np.random.default_rng(20)
RANDOM = rng.integers(0, 1 << 32, 4000, dtype=np.uint32)
SIGNS, EXPONENTS = rng.integers(0, 2, 4000), rng.integers(90, 160, 4000)
NEAR = (SIGNS << 31 | EXPONENTS << 23 | rng.integers(0, 1 << 23, 4000)).astype(np.uint32)


def operands() -> tuple[Words, Words, Words]:
    """Edge cases against edge cases, anything, and floats of like size."""
    edges = np.array(INTEGERS + FLOATS, np.uint32)
    a, b = (each.ravel() for each in np.meshgrid(edges, edges))
    more = [RANDOM, NEAR]
    columns = [np.concatenate([a, *more]), np.concatenate([b, *(np.roll(x, 1) for x in more)])]
    columns.append(np.concatenate([np.roll(a, 7), *(np.roll(x, 2) for x in more)]))
    return columns[0], columns[1], columns[2]


def program(tested: Sequence[Op], count: int) -> list[int]:
    """For each i: a, b, c from banks 0, 2 and 4, the ops of one bundle, d to bank 6."""
    load = [op("ld rt, [disp + rb]", u=i % 2, rt=A + i, disp=2 * i * BANK, rb=INDEX) for i in range(3)]
    bundles = [
        [op("loop imm, target", imm=count)],
        load[:2],
        load[2:],
        [op("nop count", count=3)],
        list(tested),
        [op("nop count", count=20)],
        [op("st [disp + rb], rt", disp=6 * BANK, rb=INDEX, rt=D), op("add rd, ra, imm", rd=INDEX, ra=INDEX, imm=1)],
        [op("halt [code]")],
    ]
    bundles[0] = [bundles[0][0].with_field("target", addresses(*bundles)[7])]
    return text(*bundles)


def computed(tested: Sequence[Op], columns: Sequence[Words]) -> Words:
    """d for every row of the operand columns, as the core computes it."""
    count = len(columns[0])
    engine = CoreEngine(LPU1, codec.to_bytes(program(tested, count)))
    for number, column in enumerate(columns):
        engine.load(2 * number * BANK * 4, column.tobytes())
    assert engine.run(FOREVER) == HALTED, engine.fault
    return np.frombuffer(engine.sram(), np.uint32)[6 * BANK : 6 * BANK + count]


def canonical(values: Any) -> Words:
    bits: Words = np.asarray(values, np.float32).view(np.uint32).copy()
    bits[np.isnan(np.asarray(values, np.float32))] = NAN
    return bits


def f32(bits: Words) -> NDArray[np.float32]:
    return bits.view(np.float32)


def i32(bits: Words) -> NDArray[np.int32]:
    return bits.view(np.int32)


def saturated(values: Any, low: int, high: int) -> Words:
    wide = np.nan_to_num(values.astype(np.float64), nan=0.0, posinf=2.0**40, neginf=-(2.0**40))
    return np.clip(wide, low, high).astype(np.int64).astype(np.uint32)


def half_bits(values: Any) -> Words:
    halves = values.astype(np.float16)
    return np.where(np.isnan(halves), 0x7E00, halves.view(np.uint16)).astype(np.uint32)


def brain_bits(values: Any) -> Words:
    brains = values.astype(ml_dtypes.bfloat16)
    return np.where(np.isnan(brains.astype(np.float32)), 0x7FC0, brains.view(np.uint16)).astype(np.uint32)


def low_half(bits: Words, dtype: Any) -> Any:
    return bits.astype(np.uint16).view(dtype)


ORACLES: dict[str, Callable[[Words, Words, Words], Any]] = {
    "add rd, ra, rb": lambda a, b, c: a + b,
    "sub rd, ra, rb": lambda a, b, c: a - b,
    "xor rd, ra, rb": lambda a, b, c: a ^ b,
    "shl rd, ra, rb": lambda a, b, c: a << (b & 31),
    "shr rd, ra, rb": lambda a, b, c: a >> (b & 31),
    "sar rd, ra, rb": lambda a, b, c: (i32(a) >> (b & 31).astype(np.int32)).view(np.uint32),
    "min rd, ra, rb": lambda a, b, c: np.minimum(i32(a), i32(b)).view(np.uint32),
    "max.u32 rd, ra, rb": lambda a, b, c: np.maximum(a, b),
    "abs rd, ra": lambda a, b, c: np.abs(i32(a)).view(np.uint32),
    "popc rd, ra": lambda a, b, c: np.bitwise_count(a),
    "mul rd, ra, rb": lambda a, b, c: a * b,
    "mad rd, ra, rb, rc": lambda a, b, c: a * b + c,
    "mulh.u32 rd, ra, rb": lambda a, b, c: a.astype(np.uint64) * b >> np.uint64(32),
    "mulh rd, ra, rb": lambda a, b, c: (i32(a).astype(np.int64) * i32(b) >> 32).astype(np.int32).view(np.uint32),
    "add.f32 rd, ra, rb": lambda a, b, c: canonical(f32(a) + f32(b)),
    "sub.f32 rd, ra, rb": lambda a, b, c: canonical(f32(a) - f32(b)),
    "mul.f32 rd, ra, rb": lambda a, b, c: canonical(f32(a) * f32(b)),
    "div.f32 rd, ra, rb": lambda a, b, c: canonical(f32(a) / f32(b)),
    "sqrt.f32 rd, ra": lambda a, b, c: canonical(np.sqrt(f32(a))),
    "cvt.f32.i32 rd, ra": lambda a, b, c: canonical(i32(a).astype(np.float32)),
    "cvt.f32.u32 rd, ra": lambda a, b, c: canonical(a.astype(np.float32)),
    "cvt.i32.f32 rd, ra": lambda a, b, c: saturated(np.rint(f32(a)), -(2**31), 2**31 - 1),
    "cvt.u32.f32 rd, ra": lambda a, b, c: saturated(np.rint(f32(a)), 0, 2**32 - 1),
    "cvtz.i32.f32 rd, ra": lambda a, b, c: saturated(np.trunc(f32(a)), -(2**31), 2**31 - 1),
    "cvtz.u32.f32 rd, ra": lambda a, b, c: saturated(np.trunc(f32(a)), 0, 2**32 - 1),
    "cvt.f16.f32 rd, ra": lambda a, b, c: half_bits(f32(a)),
    "cvt.bf16.f32 rd, ra": lambda a, b, c: brain_bits(f32(a)),
    "cvt.f16.i32 rd, ra": lambda a, b, c: half_bits(i32(a).astype(np.float64)),
    "cvt.f32.f16 rd, ra": lambda a, b, c: canonical(low_half(a, np.float16)),
    "cvt.f32.bf16 rd, ra": lambda a, b, c: canonical(low_half(a, ml_dtypes.bfloat16).astype(np.float32)),
    "cvt.bf16.f16 rd, ra": lambda a, b, c: brain_bits(low_half(a, np.float16).astype(np.float32)),
}  # fmt: skip


@pytest.mark.parametrize("key", ORACLES)
def test_results_are_numpys(key: str) -> None:
    columns = operands()
    row = BY_KEY[key]
    with np.errstate(all="ignore"):
        expected = np.asarray(ORACLES[key](*columns)).astype(np.uint32)
    tested = op(key, **{name: REGISTERS[name] for name in row.format.names if name in REGISTERS})
    np.testing.assert_array_equal(computed([tested], columns), expected)


def test_fused_multiply_add_is_softfloats() -> None:
    columns = [column[-4200:-3000] for column in operands()]  # anything, and floats of like size
    with np.errstate(all="ignore"):
        columns[2] = canonical(-(f32(columns[0]) * f32(columns[1])))  # what is left is the error of the product

    def soft(a: int, b: int, c: int) -> int:
        values = (sf.Float32.from_bytes(int(x).to_bytes(4, "big")) for x in (a, b, c))
        result = sf.f32_mul_add(*values)
        return NAN if sf.f32_is_nan(result) else int.from_bytes(result.to_bytes(), "big")

    tested = op("fma.f32 rd, ra, rb, rc", rd=D, ra=A, rb=B, rc=C)
    expected = [soft(a, b, c) for a, b, c in zip(*columns, strict=True)]
    np.testing.assert_array_equal(computed([tested], columns), np.array(expected, np.uint32))


def test_every_half_converts_as_numpy_does() -> None:
    every = np.arange(1 << 16, dtype=np.uint32)
    for key, dtype in (("cvt.f32.f16 rd, ra", np.float16), ("cvt.f32.bf16 rd, ra", ml_dtypes.bfloat16)):
        got = computed([op(key, rd=D, ra=A)], [every, every, every])
        np.testing.assert_array_equal(got, canonical(low_half(every, dtype).astype(np.float32)))


# The golden model, which has oracles of its own --------------------------------------------------
COMPUTING = [row for row in ROWS if row.write and not row.memory and not row.control]


def golden(row: Row, one: Op, values: dict[str, int], cc: int) -> int:
    read = [operand for operand in row.operands if operand.role != WRITE]
    known = [values[o.fields[0]] if o.kind == REG else one[o.fields[0]] for o in read]
    return int(GOLDEN[row.semantics](*known, *([CONDITIONS[row.condition] >> cc & 1] if row.condition else [])))


def safe(row: Row, a: Words, b: Words) -> NDArray[np.bool_]:
    """Where a division by b does not fault."""
    overflow = (a == 0x80000000) & (b == 0xFFFFFFFF)
    return (b != 0) & ~overflow if "E-DIV" in row.faults else np.ones(len(a), bool)


@pytest.mark.parametrize("row", COMPUTING, ids=lambda row: row.key)
def test_results_are_the_golden_models(row: Row) -> None:
    a, b, c = operands()
    fields = {name: REGISTERS[name] for name in row.format.names if name in REGISTERS}
    constants = {"imm": 0x80000003, "pos": 5, "len": 13}
    one = op(row.key, **fields, **{name: constants[name] for name in constants if name in row.format.names})
    picked = np.flatnonzero(safe(row, a, b))[::9]
    columns = [a[picked], b[picked], c[picked]]
    expected = [
        golden(row, one, {"ra": int(x), "rb": int(y), "rc": int(z)}, cc=1) for x, y, z in zip(*columns, strict=True)
    ]
    np.testing.assert_array_equal(computed([one], columns), np.array(expected, np.uint32))
