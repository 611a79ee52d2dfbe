"""Integer ops of the golden vector ALUs against Python's integers: every pair of bytes, and edges of wider types."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lanes_tools import (
    ALL_16,
    DTYPES,
    INTEGERS,
    SIGNED,
    VECTOR_ROWS,
    Array,
    as_bits,
    bits_of_width,
    edge_pairs,
    numbers,
    run,
)

from isa.types import TYPES

BYTES = np.arange(256, dtype=np.uint8)
PAIRS = np.repeat(BYTES, 256), np.tile(BYTES, 256)  # every pair of bytes

Function = Callable[..., Any]
ARITHMETIC: dict[str, Function] = {"vadd": operator.add, "vsub": operator.sub, "vmul": operator.mul}
PLAIN: dict[str, Function] = {
    "vmin": min, "vmax": max, "vand": operator.and_, "vor": operator.or_, "vxor": operator.xor,
}  # fmt: skip
COMPARISONS: dict[str, Function] = {
    "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge,
}  # fmt: skip


def wrapped(x: int, name: str) -> int:
    """The integer of a type that is x modulo the number of its values."""
    t = TYPES[name]
    return (x - t.low) % (1 << t.bits) + t.low


def saturated(x: int, name: str) -> int:
    t = TYPES[name]
    return sorted((t.low, x, t.high))[1]


def binary_oracles(name: str) -> dict[str, Function]:
    """What each op of two sources does to integers of a type, by mnemonic."""
    bits = TYPES[name].bits
    oracles: dict[str, Function] = {}
    for stem, function in ARITHMETIC.items():
        oracles[f"{stem}.{name}.w"] = lambda a, b, f=function: wrapped(f(a, b), name)
        oracles[f"{stem}.{name}.s"] = lambda a, b, f=function: saturated(f(a, b), name)
    for stem, function in PLAIN.items():
        oracles[f"{stem}.{name}"] = function
    oracles[f"vshl.{name}"] = lambda a, b: wrapped(a << b % bits, name)
    oracles[f"{'vsar' if name in SIGNED else 'vshr'}.{name}"] = lambda a, b: a >> b % bits
    for condition, function in COMPARISONS.items():
        oracles[f"vcmp.{condition}.{name}"] = lambda a, b, f=function: 0xFF if f(a, b) else 0
    return oracles


def unary_oracles(name: str) -> dict[str, Function]:
    oracles: dict[str, Function] = {f"vnot.{name}": lambda a: wrapped(~a, name)}
    if name in SIGNED:
        oracles[f"vrelu.{name}"] = lambda a: max(a, 0)
        for stem, function in (("vneg", operator.neg), ("vabs", abs)):
            oracles[f"{stem}.{name}.w"] = lambda a, f=function: wrapped(f(a), name)
            oracles[f"{stem}.{name}.s"] = lambda a, f=function: saturated(f(a), name)
    return oracles


BINARY = {mnemonic: (name, f) for name in INTEGERS for mnemonic, f in binary_oracles(name).items()}
UNARY = {mnemonic: (name, f) for name in INTEGERS for mnemonic, f in unary_oracles(name).items()}
COPYING = ("vmov", "vsel")
ON_BYTES = [mnemonic for mnemonic, (name, _) in BINARY.items() if TYPES[name].bits == 8]
ON_WIDE = [mnemonic for mnemonic, (name, _) in BINARY.items() if TYPES[name].bits > 8]


def check(mnemonic: str, name: str, function: Function, *operands: Array) -> None:
    """The op on bits, against the function on the integers of a type."""
    lanes = zip(*(numbers(bits, name) for bits in operands), strict=True)
    expected = np.array([function(*lane) for lane in lanes])
    result = run(mnemonic, *operands)
    dtype = result.dtype if mnemonic.startswith("vcmp") else DTYPES[name]
    assert np.array_equal(result.view(dtype), expected)


def test_every_integer_op_has_an_oracle() -> None:
    computing = [row for row in VECTOR_ROWS if row.type in INTEGERS and not row.type2 and row.semantics not in COPYING]
    assert {row.mnemonic for row in computing} == {*BINARY, *UNARY}


@pytest.mark.parametrize("mnemonic", ON_BYTES)
def test_every_pair_of_bytes(mnemonic: str) -> None:
    check(mnemonic, *BINARY[mnemonic], *PAIRS)


@pytest.mark.parametrize("mnemonic", [m for m, (name, _) in UNARY.items() if TYPES[name].bits < 32])
def test_every_byte_and_every_16_bits(mnemonic: str) -> None:
    name, function = UNARY[mnemonic]
    check(mnemonic, name, function, BYTES if TYPES[name].bits == 8 else ALL_16)


@pytest.mark.parametrize("width", [2, 4])
@given(st.data())
def test_pairs_of_wider_integers(width: int, data: st.DataObject) -> None:
    mnemonic = data.draw(st.sampled_from([m for m in ON_WIDE if TYPES[BINARY[m][0]].planes == width]))
    check(mnemonic, *BINARY[mnemonic], data.draw(bits_of_width(width)), data.draw(bits_of_width(width)))


@pytest.mark.parametrize("mnemonic", ON_WIDE)
def test_every_pair_of_edges(mnemonic: str) -> None:
    name, function = BINARY[mnemonic]
    check(mnemonic, name, function, *edge_pairs(TYPES[name].planes))


@pytest.mark.parametrize("mnemonic", [m for m, (name, _) in UNARY.items() if TYPES[name].bits == 32])
@given(bits=bits_of_width(4))
def test_32_bit_integers_alone(mnemonic: str, bits: Array) -> None:
    check(mnemonic, *UNARY[mnemonic], bits)


# Copies, nibbles --------------------------------------------------------------------------------
@given(st.sampled_from(list(DTYPES)), st.data())
def test_moves_and_selects_copy_bits(name: str, data: st.DataObject) -> None:
    width = TYPES[name].planes
    a, b, mask = data.draw(bits_of_width(width)), data.draw(bits_of_width(width)), data.draw(bits_of_width(1))
    assert np.array_equal(run(f"vmov.{name}", a), a)
    assert run(f"vsel.{name}", mask, a, b).tolist() == [x if m else y for m, x, y in zip(mask, a, b, strict=True)]


def i4(nibble: int) -> int:
    return nibble - 16 if nibble > 7 else nibble


def test_every_byte_unpacks_to_two_nibbles() -> None:
    assert run("vunpk.lo.i4", BYTES).view(np.int8).tolist() == [i4(x & 15) for x in range(256)]
    assert run("vunpk.hi.i4", BYTES).view(np.int8).tolist() == [i4(x >> 4) for x in range(256)]


def test_every_pair_of_bytes_packs_to_nibbles_that_saturate() -> None:
    low, high = (np.clip(bits.view(np.int8), -8, 7) for bits in PAIRS)
    packed = run("vpack.i4", *PAIRS)
    assert np.array_equal(run("vunpk.lo.i4", packed), as_bits(low))
    assert np.array_equal(run("vunpk.hi.i4", packed), as_bits(high))
