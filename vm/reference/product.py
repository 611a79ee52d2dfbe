"""Products of a matrix plane: out[n] = sum over k of x[k] * w[k, n], exact for integers, rounded once for floats.

An exact sum of float products needs no wide arithmetic until the end: the products of one column that share an
exponent are added as integers, and those few sums, each shifted to its place, make one Python integer.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from isa.records import dataclass
from isa.types import TYPES, ElementType
from vm.reference.floats import INF, NAN, Real, encode, least_exponent, power_of_two, real

F32 = TYPES["f32"]


def integer_product(x: NDArray[np.uint8], w: NDArray[np.uint8], x_signed: bool, w_signed: bool) -> NDArray[np.int32]:
    """The wrapping i32 products [lanes] of bytes x [lanes] and w [lanes, lanes], each taken as i8 or as u8."""
    wrapping: NDArray[np.int32] = np.einsum("k,kn->n", numbers(x, x_signed), numbers(w, w_signed))
    return wrapping


def numbers(data: NDArray[np.uint8], is_signed: bool) -> NDArray[np.int32]:
    return (data.view(np.int8) if is_signed else data).astype(np.int32)


def float_product(x: NDArray[np.uint16], w: NDArray[np.uint16], type_name: str) -> NDArray[np.uint32]:
    """The bits of the f32 products [lanes] of f16 or bf16 bits x [lanes] and w [lanes, lanes]."""
    t = TYPES[type_name]
    a, b = Floats.decode(x[:, np.newaxis], t), Floats.decode(w, t)
    sums = exact_sums(a, b, t)
    zero_signs = (a.negative != b.negative).all(axis=0).tolist()
    results = [
        real(total, int(zero_sign)) if special is None else special
        for special, total, zero_sign in zip(special_sums(a, b), sums, zero_signs, strict=True)
    ]
    return np.array([encode(result, F32) for result in results], np.uint32)


@dataclass(frozen=True)
class Floats:
    """An array of floats, taken apart: finite ones are (-1)**negative * significand * 2**step times the least."""

    negative: NDArray[np.bool_]
    significand: NDArray[np.int64]
    step: NDArray[np.int64]  # 0 for subnormals and the lowest normal exponent
    is_infinite: NDArray[np.bool_]
    is_nan: NDArray[np.bool_]

    @classmethod
    def decode(cls, bits: NDArray[np.uint16], t: ElementType) -> Floats:
        hidden, special = 1 << (t.significand - 1), (1 << t.exponent) - 1
        fraction = bits.astype(np.int64) & (hidden - 1)
        exponent = bits.astype(np.int64) >> (t.significand - 1) & special
        return cls(
            negative=bits >= 1 << (t.bits - 1),
            significand=fraction + hidden * (exponent > 0),
            step=np.maximum(exponent, 1) - 1,
            is_infinite=(exponent == special) & (fraction == 0),
            is_nan=(exponent == special) & (fraction > 0),
        )

    @property
    def is_zero(self) -> NDArray[np.bool_]:
        zero: NDArray[np.bool_] = self.significand == 0
        return zero


def exact_sums(a: Floats, b: Floats, t: ElementType) -> list[Fraction]:
    """The sum of each column's products; what is not finite counts as some finite value."""
    product = np.where(a.negative != b.negative, -1, 1) * a.significand * b.significand
    step = a.step + b.step
    steps, lanes = 2 << t.exponent, step.shape[1]
    # Sums of 512 products of 22 bits: float64, in which bincount adds, is exact.
    place = np.arange(lanes) * steps + step
    by_step = np.bincount(place.ravel(), product.ravel(), lanes * steps).astype(np.int64).reshape(lanes, steps)
    used = np.flatnonzero(by_step.any(axis=0)).tolist()
    unit = power_of_two(2 * (least_exponent(t) - t.significand + 1))
    columns = by_step[:, used].tolist()
    return [unit * sum(n << e for n, e in zip(column, used, strict=True)) for column in columns]


def special_sums(a: Floats, b: Floats) -> list[Real | None]:
    """What NaN and infinities among each column's products make of its sum; None where there are none."""
    negative, infinite = a.negative != b.negative, a.is_infinite | b.is_infinite
    invalid = a.is_nan | b.is_nan | (infinite & (a.is_zero | b.is_zero))
    plus, minus = (infinite & ~negative).any(axis=0), (infinite & negative).any(axis=0)
    nan = invalid.any(axis=0) | (plus & minus)
    return [
        NAN if is_nan else Real(int(below), special=INF) if above or below else None
        for is_nan, above, below in zip(nan, plus, minus, strict=True)
    ]
