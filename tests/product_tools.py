"""The C products as NumPy functions, one for each way to multiply that this processor has, and an exact oracle."""

from __future__ import annotations

import ctypes
import math
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
FLAGS = ["-std=c11", "-O2", "-fPIC", "-shared", "-ffp-contract=off", "-fno-wrapv"]
UNDECIDED = 0xDEADBEEF  # what tests/product_undecided.c answers
DTYPES: dict[str, Any] = {"f16": np.float16, "bf16": ml_dtypes.bfloat16}
GUARD = 64  # bytes after every buffer that C writes, and what they hold
GUARD_BYTE = 0xA5
CANONICAL_NAN = 0x7FC00000

Words = NDArray[np.uint16]


@cache
def library(*flags: str, exact: str = "csrc/exact_dot.c") -> ctypes.CDLL:
    """csrc/product*.c compiled with these flags, loaded."""
    sources = sorted(str(path) for path in (ROOT / "csrc").glob("product*.c"))
    with tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/product.so"
        command = ["cc", *FLAGS, *flags, f"-I{ROOT / 'csrc'}", *sources, str(ROOT / exact), "-o", out, "-lm"]
        subprocess.run(command, check=True)
        loaded = ctypes.CDLL(out)
    size, pointer, integer = ctypes.c_size_t, ctypes.c_void_p, ctypes.c_int
    loaded.product_weights_bytes.argtypes, loaded.product_weights_bytes.restype = [size], size
    loaded.product_path_at.argtypes, loaded.product_path_at.restype = [size], pointer
    loaded.product_path_name.argtypes, loaded.product_path_name.restype = [pointer], ctypes.c_char_p
    loaded.product_pack_integer.argtypes = [pointer, pointer, integer, size]
    loaded.product_pack_float.argtypes = [pointer, pointer, integer, size]
    loaded.product_pack_integer_for.argtypes = [pointer, *loaded.product_pack_integer.argtypes]
    loaded.product_pack_float_for.argtypes = [pointer, *loaded.product_pack_float.argtypes]
    loaded.product_integer.argtypes = [pointer, pointer, integer, size, pointer]
    loaded.product_integer_rows.argtypes = [pointer, pointer, integer, integer, size]
    loaded.product_float.argtypes = [pointer, pointer, size, pointer]
    return loaded


@dataclass
class Guarded:
    """A buffer for C to write: an array, in memory that goes on behind it with bytes that must stay."""

    memory: NDArray[np.uint8]
    offset: int
    size: int

    @classmethod
    def of(cls, size: int, offset: int = 0) -> Guarded:
        return cls(np.full(offset + size + GUARD, GUARD_BYTE, np.uint8), offset, size)

    @property
    def address(self) -> int:
        return self.memory.ctypes.data + self.offset

    def array(self, dtype: type, shape: tuple[int, ...]) -> NDArray[Any]:
        return self.memory[self.offset : self.offset + self.size].view(dtype).reshape(shape)

    def check(self) -> None:
        assert (self.memory[: self.offset] == GUARD_BYTE).all(), "wrote before its buffer"
        assert (self.memory[self.offset + self.size :] == GUARD_BYTE).all(), "wrote past its buffer"


@dataclass(frozen=True)
class Engine:
    """One way to multiply: a path of a compiled library."""

    name: str
    library: ctypes.CDLL
    path: int

    def weights(self, lanes: int, offset: int) -> Guarded:
        return Guarded.of(self.library.product_weights_bytes(lanes), offset)

    def integer(
        self, x: NDArray[np.uint8], w: NDArray[np.uint8], x_signed: bool, w_signed: bool, offset: int = 0
    ) -> NDArray[np.int32]:
        """i32 [count, lanes] of x [count, lanes] and w [lanes, lanes]; the weights lie `offset` bytes off."""
        count, lanes = x.shape
        weights, out = self.weights(lanes, offset), Guarded.of(4 * count * lanes)
        rows = (ctypes.c_void_p * lanes)(*(row.ctypes.data for row in w))
        self.library.product_pack_integer_for(self.path, weights.address, rows, w_signed, lanes)
        self.library.product_integer(weights.address, x.ctypes.data, x_signed, count, out.address)
        weights.check(), out.check()
        return out.array(np.int32, x.shape)

    def added(
        self, x: NDArray[np.uint8], w: NDArray[np.uint8], x_signed: bool, w_signed: bool, sums: NDArray[np.int32]
    ) -> NDArray[np.int32]:
        """i32 [count, lanes] of sums [count, lanes] and on top of them x w, vectors and sums taken from the last on."""
        count, lanes = x.shape
        weights, out = self.weights(lanes, 0), Guarded.of(4 * count * lanes)
        out.array(np.int32, x.shape)[:] = sums
        rows = (ctypes.c_void_p * lanes)(*(row.ctypes.data for row in w))
        pairs = [(x.ctypes.data + i * lanes, out.address + 4 * i * lanes) for i in reversed(range(count))]
        vectors = np.array(pairs, np.uintp)
        self.library.product_pack_integer_for(self.path, weights.address, rows, w_signed, lanes)
        self.library.product_integer_rows(weights.address, vectors.ctypes.data, x_signed, True, count)
        weights.check(), out.check()
        return out.array(np.int32, x.shape)

    def floats(self, x: Words, w: Words, type_name: str, offset: int = 0) -> NDArray[np.uint32]:
        """Bits of f32 [count, lanes] of x [count, lanes] and w [lanes, lanes]; the weights lie `offset` bytes off."""
        count, lanes = x.shape
        weights, out = self.weights(lanes, offset), Guarded.of(4 * count * lanes)
        self.library.product_pack_float_for(self.path, weights.address, w.ctypes.data, type_name == "bf16", lanes)
        self.library.product_float(weights.address, x.ctypes.data, count, out.address)
        weights.check(), out.check()
        return out.array(np.uint32, x.shape)


def paths(name: str, loaded: ctypes.CDLL) -> list[Engine]:
    engines: list[Engine] = []
    while path := loaded.product_path_at(len(engines)):
        engines.append(Engine(f"{name}: {loaded.product_path_name(path).decode()}", loaded, path))
    return engines


@cache
def engines() -> tuple[Engine, ...]:
    """All paths of the default build, and the one of a build without extensions."""
    return (*paths("default", library()), *paths("LPU_PORTABLE", library("-DLPU_PORTABLE")))


@cache
def undecided_engines() -> tuple[Engine, ...]:
    """The same paths, with UNDECIDED for every sum that needs the exact one."""
    return tuple(paths("default", library(exact="tests/product_undecided.c")))


# The oracle: Python's fractions ----------------------------------------------------------------
def bits_of(values: Any, type_name: str) -> Words:
    """Numbers, which the type must hold, as bits."""
    array = np.asarray(values, np.float64).astype(DTYPES[type_name])
    same = array.astype(np.float64) == np.asarray(values, np.float64)
    assert (same | np.isnan(np.asarray(values, np.float64))).all(), "no value of the type"
    return array.view(np.uint16)


def numbers(bits: Words, type_name: str) -> list[float]:
    return [float(value) for value in bits.view(DTYPES[type_name])]


def nearest_f32(exact: Fraction) -> int:
    """The bits of the f32 nearest to a number that is not zero, ties to even: the best of three neighbours."""
    sign = 0x80000000 if exact < 0 else 0
    magnitude = abs(exact)
    if magnitude >= 2**128 - 2**103:
        return sign | 0x7F800000
    middle = int(np.float32(min(float(magnitude), float(np.finfo(np.float32).max))).view(np.uint32))
    near = [bits for bits in (middle - 1, middle, middle + 1) if 0 <= bits < 0x7F800000]
    return sign | min(near, key=lambda bits: (abs(f32_value(bits) - magnitude), bits & 1))


def f32_value(bits: int) -> Fraction:
    return Fraction(float(np.uint32(bits).view(np.float32)))


def dot(x: Sequence[float], w: Sequence[float]) -> int:
    """The bits of the f32 that the sum of the products of two sequences of f16 or bf16 values must give."""
    products = [a * b for a, b in zip(x, w, strict=True)]  # exact in double, infinities and NaN included
    infinite = {p for p in products if math.isinf(p)}
    if any(map(math.isnan, products)) or len(infinite) == 2:
        return CANONICAL_NAN
    if infinite:
        return 0x7F800000 if infinite.pop() > 0 else 0xFF800000
    exact = sum(map(Fraction, products), Fraction(0))
    if exact == 0:
        return 0x80000000 if all(math.copysign(1, p) < 0 for p in products) else 0
    return nearest_f32(exact)
