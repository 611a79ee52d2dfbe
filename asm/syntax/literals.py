"""Numbers, strings and character constants as written."""

from __future__ import annotations

import re

MAX_DIGITS = 4000  # of a decimal number
MAX_BITS = 14_000  # of any integer: what Python turns into decimal digits, for messages, without being asked

INTEGER = re.compile(r"0|[1-9][0-9_]*|0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+")
FLOAT = re.compile(r"(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9]+)?")
LOCAL = re.compile(r"([0-9]+)([bf])")
ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)")
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "e": "\x1b", "\\": "\\", '"': '"', "'": "'"}


class Malformed(ValueError):
    """What is wrong, in a sentence, and what mends it."""

    def __init__(self, message: str, mend: str = "") -> None:
        super().__init__(message)
        self.mend = mend


class Decimal(float):
    """A float that remembers how it was written, so that any type can be rounded from it once."""

    text: str

    def __new__(cls, text: str) -> Decimal:
        self = super().__new__(cls, text)
        self.text = text
        return self

    def __neg__(self) -> Decimal:
        return Decimal(self.text[1:] if self.text.startswith("-") else "-" + self.text)


def number(text: str) -> int | float:
    """The value of a number; floats are Decimal. Raises Malformed."""
    if text.isdigit() and (text[0] != "0" or text == "0") and len(text) <= MAX_DIGITS:
        return int(text)
    if len(text) > MAX_DIGITS and not text[1:2].isalpha():
        raise Malformed(f"a number has {len(text)} digits; {MAX_DIGITS} is the most")
    if INTEGER.fullmatch(text):
        return _integer(text)
    if FLOAT.fullmatch(text) and not text.isdigit():
        return _decimal(text.replace("_", ""))
    raise Malformed(f"`{_short(text)}` is not a number", _number_help(text))


def _integer(text: str) -> int:
    digits = text.replace("_", "")
    bases = {"x": 16, "o": 8, "b": 2}
    base = bases.get(digits[1:2].lower(), 10)
    if base != 10:
        digits = digits[2:]
    if not digits:
        raise Malformed(f"`{text}` has no digits", "write a digit after the prefix")
    value = int(digits, base)
    if value.bit_length() > MAX_BITS:
        raise Malformed(f"a number has {value.bit_length()} bits; {MAX_BITS} is the most")
    return value


def _decimal(text: str) -> Decimal:
    value = Decimal(text)
    if value in (float("inf"), float("-inf")):
        raise Malformed(f"`{_short(text)}` is too large for any float type", "the largest is about 1.8e308")
    return value


def _number_help(text: str) -> str:
    if text.isdigit():
        digits = text.lstrip("0") or "0"
        return f"a decimal number does not begin with 0; write {digits}, or 0o{digits} for octal"
    if text[0] == "0" and text[1:2].lower() in ("x", "o", "b"):
        digits = {"x": "0-9 and a-f", "o": "0-7", "b": "0 and 1"}[text[1].lower()]
        return f"the digits after `{text[:2]}` are {digits}"
    return "numbers look like 42, 0x2A, 0b101, 0o52, 1_000, 1.5 or 1e-3; names do not begin with a digit"


def local_label(text: str) -> bool:
    """Whether this is `1b` or `1f`: a numeric label before or after."""
    return LOCAL.fullmatch(text) is not None


def unescape(body: str) -> str:
    """The text between the quotes with its escapes resolved. Raises Malformed."""
    return ESCAPE.sub(_escape, body) if "\\" in body else body


def _escape(found: re.Match[str]) -> str:
    code = found.group(1)
    if len(code) > 1:
        return _code_point(code)
    if code not in ESCAPES:
        raise Malformed(f"`\\{code}` is not an escape", "escapes are \\n \\t \\r \\0 \\e \\\\ \\\" \\' \\xHH \\uHHHH")
    return ESCAPES[code]


def _code_point(code: str) -> str:
    value = int(code[1:], 16)
    if code[0] == "x" and value > 0x7F:
        raise Malformed(f"`\\{code}` is not ASCII", f"write \\u00{code[1:]} for the character, or a byte with .u8")
    if 0xD800 <= value <= 0xDFFF:
        raise Malformed(f"`\\{code}` is half of a surrogate pair", "write the character itself")
    return chr(value)


def character(text: str) -> int:
    """The code point of a character constant, quotes included. Raises Malformed."""
    body = unescape(text[1:-1])
    if len(body) != 1:
        raise Malformed(f"{_short(text)} holds {len(body)} characters; a character constant holds one", "use a string")
    return ord(body)


def _short(text: str, width: int = 40) -> str:
    return text if len(text) <= width else text[: width - 3] + "..."
