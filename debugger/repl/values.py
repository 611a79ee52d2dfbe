"""Values of expressions in the formats of `print`: the same bits as other numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debugger.trouble import trouble

if TYPE_CHECKING:
    from debugger.expr import Shown

HEX, BINARY, NUMBERS = "x", "b", {"d": "i", "u": "u", "f": "f"}
FORMATS = (HEX, *NUMBERS, BINARY)
WORD_BITS = 32
WORDS = {"d": "signed", "u": "unsigned", "f": "floats"}
INDENT = "  "


def shown_lines(shown: Shown, form: str, width: int) -> list[str]:
    """A value as it prints itself, or in a format. Raises SourceError for a format that does not fit."""
    if not form:
        return shown.lines(width)
    if form == HEX:
        return shown._replace(in_hex=True).lines(width)
    if form == BINARY:
        return binary_lines(shown, width)
    if form in NUMBERS:
        return as_numbers(shown, form).lines(width)
    raise trouble(f"`/{form}` is no format of `print`", f"the formats are {', '.join(FORMATS)}: `p/x r3`")


def as_numbers(shown: Shown, form: str) -> Shown:
    """The bits of a value as signed or unsigned integers or floats of as many bits. Raises SourceError."""
    from debugger.expr.errors import Problem
    from debugger.expr.values import Value, viewed
    from isa.types import TYPES

    size = bits_of_type(shown)
    name = f"{NUMBERS[form]}{size}"
    if name not in TYPES:
        raise trouble(f"there are no {WORDS[form]} of {size} bits, which {shown.text} has")
    if isinstance(shown.value, int) and not -(1 << size - 1) <= shown.value < 1 << size:
        raise trouble(f"{shown.text} does not fit {size} bits", f"`p/{HEX}` and `p` take numbers of any size")
    try:
        found = viewed(Value(shown.value, shown.dtype, shown.held), name)
    except Problem as problem:
        raise trouble(problem.message, problem.help) from None
    return shown._replace(value=found.data, dtype=name, notes=(), compared=None)


def bits_of_type(shown: Shown) -> int:
    """The bits of an element; numbers of Python count as words."""
    from isa.types import TYPES

    return TYPES[shown.dtype].bits if shown.dtype in TYPES else WORD_BITS


def binary_lines(shown: Shown, width: int) -> list[str]:
    """A value in binary. Raises SourceError."""
    from debugger.expr.rows import rows

    size = bits_of_type(shown)
    unsigned = as_numbers(shown, "u")
    if not shown.shape or shown.is_absent:
        return unsigned.lines(width) if shown.is_absent else [f"{shown.text} = 0b{unsigned.value:0{size}b}"]
    head = f"{shown.text} = {shown.dtype}[{', '.join(map(str, shown.shape))}]"
    return [head, *(INDENT + row for row in rows(unsigned.value, shown.held, lambda n: f"{n:0{size}b}", width - 2))]
