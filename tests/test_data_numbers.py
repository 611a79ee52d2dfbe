"""Lines of plain integers are read without the grammar, and nothing shows that they were."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asm.assemble import Assembly, assemble
from asm.syntax import numbers
from asm.tree import DirectiveStmt, LabelDef, Line, Numbers
from asm.write.listing import listing
from isa.elf import write
from isa.types import TYPES

GOOD = ["0", "7", "-7", "127", "-128", "255", "65535", "2147483647", "-2147483648", "4294967295", "0x1f", "-0X80"]
ODD = ["", "007", "1_0", "0x_1", "- 5", "+5", "--1", "1 2", "1.5", "0b11", "'a'", "x", "1f", "0x", "99999999999", "(3)"]
HEADS = ["", "k: ", " k.1 :", "k: l: ", "1: ", "r1: ", "k", "{ "]
TAILS = ["", "  ; a comment", "// another, 1", " \t", ",", " }", " || nop"]
elements = st.lists(st.sampled_from(GOOD) | st.sampled_from(GOOD + ODD), max_size=6)
spaces = st.sampled_from([",", ", ", " ,\t", " , "])
types = st.sampled_from([*TYPES, "I32", "i33"])


@st.composite
def data_lines(draw: st.DrawFn) -> str:
    text = draw(spaces).join(draw(elements))
    gap = draw(st.sampled_from([" ", "  ", "\t", ""]))
    return f"{draw(st.sampled_from(HEADS))}.{draw(types)}{gap}{text}{draw(st.sampled_from(TAILS))}"


def whole(text: str) -> tuple[object, ...]:
    """All that shows of an assembly."""
    result: Assembly = assemble(text)
    return result.diagnostics, write(result.image) if result.image else None, listing(result)


def same(text: str) -> None:
    found = whole(text)
    with patch.object(numbers, "may_hold", lambda _: False):
        assert whole(text) == found


@given(st.lists(data_lines(), min_size=1, max_size=4))
def test_the_grammar_says_the_same(lines: list[str]) -> None:
    same("\n".join(["        .data", *lines, "        .text", "        halt"]))


@pytest.mark.parametrize(
    "text",
    [
        ".macro row a, b\n.i32 \\a, 1\nk\\@: .u8 \\b, 2\n.endm\nrow 3, 4\nrow 5, 600",
        ".set i32 = 3\nk: .i32 1, 2\n.i32 i32",
        ".rept 3\n.i16 1, 2\n.endr\n.if 0\n.i32 1\n.endif",
        "{\n.i32 1, 2\nnop }",
        "k: .i32 1\nk: .i32 2",
        "nop\nk: .i32 1, 2\nld r1, [k + 1]\nhalt",
        ".org 4\n.i8 1\n.i8 2, 3\n.align 4\nx: .u16 65535, 65536",
    ],
)
def test_wherever_the_line_stands(text: str) -> None:
    same(text)


def test_what_is_read() -> None:
    line = Line("a.s", 3, "k:  .u16 1, 0x102")
    assert numbers.read(line.text, line) == [
        LabelDef("k", line, 1, 2),
        DirectiveStmt("u16", (Numbers(b"\1\0\2\1", 2, 10, 18),), line, 5, 9),
    ]
    assert numbers.read("add r1, r2, 3", line) is None
    assert numbers.read(".u8 1, 256", line) is None
