"""Elements as text: the shortest decimal that reads back as the same element."""

from __future__ import annotations

from math import isfinite
from typing import Any

from debugger.expr.values import BOOL, bits_of, number_of
from isa.conditions import EQ, LT, LTU, UN
from isa.types import TYPES

ABSENT = "-"
TRUE, FALSE = "T", "."  # in arrays, where what holds must stand out
SIGN_BIT = 1 << 31
PLAIN = 10  # numbers below it look alike in every base
LEAST, MOST = 2.0**-20, 2.0**31  # a register with the bits of an f32 between them may well be one
CODE_WORDS = {EQ: "equal", LT: "less", LTU: "unsigned less", UN: "unordered"}


def element_text(value: Any, name: str) -> str:
    """An element of an element type, or a number of Python, as Python writes it."""
    if name in TYPES and TYPES[name].kind == "f":
        return _float_text(float(value), name)
    return str(value)


def _float_text(value: float, name: str) -> str:
    if not isfinite(value):
        return str(value)
    from asm.names.floats import decimal_text

    t = TYPES[name]
    return decimal_text(bits_of(value, t), t)


def hex_text(value: Any, name: str) -> str:
    """The bits of an element, or an integer, in hexadecimal."""
    if name not in TYPES:
        return hex(value) if isinstance(value, int) else float(value).hex()
    t = TYPES[name]
    return f"0x{bits_of(value, t):0{max(1, t.bits // 4)}x}"


def in_array(value: Any, name: str) -> str:
    """An element as it stands in an array."""
    if name == BOOL:
        return TRUE if value else FALSE
    return element_text(value, name)


def beside(value: Any, name: str) -> str:
    """What else a word may be, in brackets: hexadecimal, signed, an f32; nothing where that says nothing."""
    if name == "f32" and value != value:
        return f" ({hex_text(value, name)})"
    if name not in ("u32", "i32") or abs(value) < PLAIN:
        return ""
    bits = bits_of(value, TYPES["u32"])
    others = [hex_text(value, name)]
    if bits & SIGN_BIT:
        others.append(f"{bits - 2 * SIGN_BIT} as i32" if name == "u32" else f"{bits} as u32")
    real = number_of(bits, TYPES["f32"])
    if LEAST <= abs(real) < MOST:
        others.append(f"{element_text(real, 'f32')} as f32")
    return f" ({', '.join(others)})"


def code_words(code: int) -> str:
    """What a condition code says, in brackets."""
    words = [word for bit, word in CODE_WORDS.items() if code & bit]
    return f" ({', '.join(words) or 'greater'})"
