"""Integer, logic, compare and move ops: operand values in, the 32-bit result out.

Values are unsigned numbers below 2**32, in the order the operands are written. A function that ends in
`_u32` reads its operands as unsigned; the others read them as signed wherever that makes a difference.
"""

from __future__ import annotations

from collections.abc import Callable

from isa.conditions import EQ, LT, LTU
from vm.reference.trouble import Trouble

BITS = 32
MASK = (1 << BITS) - 1
INT_MIN, INT_MAX = -(1 << (BITS - 1)), (1 << (BITS - 1)) - 1


def signed(value: int) -> int:
    """The two's complement reading of a 32-bit value."""
    return value - (1 << BITS) if value > INT_MAX else value


def add(a: int, b: int) -> int:
    return a + b & MASK


def sub(a: int, b: int) -> int:
    return a - b & MASK


def and_(a: int, b: int) -> int:
    return a & b


def or_(a: int, b: int) -> int:
    return a | b


def xor(a: int, b: int) -> int:
    return a ^ b


def shl(a: int, b: int) -> int:
    return a << b % BITS & MASK


def shr(a: int, b: int) -> int:
    return a >> b % BITS


def sar(a: int, b: int) -> int:
    return signed(a) >> b % BITS & MASK


def min_(a: int, b: int) -> int:
    return min(a, b, key=signed)


def max_(a: int, b: int) -> int:
    return max(a, b, key=signed)


def min_u32(a: int, b: int) -> int:
    return min(a, b)


def max_u32(a: int, b: int) -> int:
    return max(a, b)


def sel(a: int, b: int, holds: bool) -> int:
    return a if holds else b


def mov(a: int) -> int:
    return a


def not_(a: int) -> int:
    return a ^ MASK


def neg(a: int) -> int:
    return -a & MASK


def abs_(a: int) -> int:
    return abs(signed(a))


def clz(a: int) -> int:
    return BITS - a.bit_length()


def popc(a: int) -> int:
    return a.bit_count()


def cmp(a: int, b: int) -> int:
    return EQ * (a == b) | LT * (signed(a) < signed(b)) | LTU * (a < b)


def assert_(a: int, b: int) -> None:
    if a != b:
        raise Trouble("E-ASSERT", value=a, value2=b)


def ext_u32(a: int, position: int, length: int) -> int:
    return a >> position % BITS & (1 << length) - 1


def ext(a: int, position: int, length: int) -> int:
    field = ext_u32(a, position, length)
    sign = 1 << (length - 1)
    return (field ^ sign) - sign & MASK


def ins(a: int, b: int, position: int, length: int) -> int:
    mask = (1 << length) - 1 << position % BITS
    return (a & ~mask | b << position % BITS & mask) & MASK


def mul(a: int, b: int) -> int:
    return a * b & MASK


def mulh(a: int, b: int) -> int:
    return signed(a) * signed(b) >> BITS & MASK


def mulh_u32(a: int, b: int) -> int:
    return a * b >> BITS


def mad(a: int, b: int, c: int) -> int:
    return a * b + c & MASK


def div(a: int, b: int) -> int:
    dividend, divisor = signed(a), signed(b)
    if divisor == 0 or (dividend == INT_MIN and divisor == -1):
        raise Trouble("E-DIV", value=a, value2=b)
    quotient = abs(dividend) // abs(divisor)
    return (quotient if (dividend < 0) == (divisor < 0) else -quotient) & MASK


def rem(a: int, b: int) -> int:
    return signed(a) - signed(div(a, b)) * signed(b) & MASK


def div_u32(a: int, b: int) -> int:
    if b == 0:
        raise Trouble("E-DIV", value=a, value2=b)
    return a // b


def rem_u32(a: int, b: int) -> int:
    return a - div_u32(a, b) * b


SEMANTICS: dict[str, Callable[..., int | None]] = {
    "add": add, "sub": sub, "and": and_, "or": or_, "xor": xor, "shl": shl, "shr": shr, "sar": sar,
    "min": min_, "max": max_, "min.u32": min_u32, "max.u32": max_u32, "sel": sel,
    "mov": mov, "not": not_, "neg": neg, "abs": abs_, "clz": clz, "popc": popc, "cmp": cmp, "assert": assert_,
    "ext": ext, "ext.u32": ext_u32, "ins": ins,
    "mul": mul, "mulh": mulh, "mulh.u32": mulh_u32, "mad": mad,
    "div": div, "div.u32": div_u32, "rem": rem, "rem.u32": rem_u32,
}  # fmt: skip
