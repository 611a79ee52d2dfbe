"""Lines of data that hold nothing but integers, read at once: tables have thousands of lines, and lines thousands."""

from __future__ import annotations

import re
from array import array

from asm.tree import DirectiveStmt, LabelDef, Line, Numbers, Statement
from isa.packed import little
from isa.types import TYPES

CODES = {8: "b", 16: "h", 32: "i"}  # of `array`, by width; those of unsigned types are in upper case
COLUMNS = {name: CODES[to.bits].upper() if to.kind == "u" else CODES[to.bits] for name, to in TYPES.items()
           if to.kind != "f" and to.bits in CODES}  # fmt: skip
NUMBER = "-?+(?:[1-9][0-9]*+|0[xX][0-9a-fA-F]++|0)"
DATA = re.compile(
    rf"[ \t]*+(?:([A-Za-z_](?:\w|\.(?=\w))*+)[ \t]*+:[ \t]*+)?+\.({'|'.join(COLUMNS)})[ \t]++"
    rf"({NUMBER}(?:[ \t]*+,[ \t]*+{NUMBER})*+)",
    re.ASCII,
)


def may_hold(code: str) -> bool:
    """Whether it is worth looking at a line."""
    return ".i" in code or ".u" in code


def read(code: str, line: Line) -> list[Statement] | None:
    """The label, if there is one, and the directive of a line without comment; None where the grammar is asked."""
    found = DATA.fullmatch(code)
    if found is None:
        return None
    label, name, text = found.groups()
    try:
        values = array(COLUMNS[name], _integers(text))
    except OverflowError:
        return None
    column, end = found.start(2), found.end(2) + 1
    numbers = Numbers(little(values), len(values), found.start(3) + 1, found.end(3) + 1)
    directive = DirectiveStmt(name, (numbers,), line, column, end)
    return [LabelDef(label, line, found.start(1) + 1, found.end(1) + 1), directive] if label else [directive]


def _integers(text: str) -> list[int]:
    texts = text.split(",")
    return [int(each, 0) for each in texts] if "x" in text or "X" in text else list(map(int, texts))
