"""The formatter: one layout, applied twice it changes nothing, and the program means what it meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from source_strategies import LINES, SOUP

import asm.syntax.format
from asm.syntax.format import format_source, tokenize
from asm.syntax.lalr import TooDeep, Unexpected
from asm.syntax.parse import parse_line, strip_comment
from asm.tree import Line
from isa.diagnostics import SourceError

MESSY = """\
;  multiply
.param m = 4
.equ X=3+ 4
    .tensor x:f32[64,320]@mw0..mw3 layout tiles="a.npy"
 .array m :i32[2,2] = 1,- 2,3 ,4


loop_i:mov r5,0;counter
  ld r8,[A+r4 * m+r7]     // load
{ld r8,[r20+r7]||ld r9,[r21 + r22] || add r7,r7,-1}
  {
 add r1,r2, r3   !A1   !cycle=3
 mov r1 , ! x
  } ; end
foo: bar: 1: jmp 1b
   ; indented
a_label_that_is_long: sub r1,r1,( a+b )*c
@0 lx:read se0,mw4[x],n=64
@+3 add r1,r2
@after lx , ly  vadd.i8.w sw2,se0,%se1,n=64
@ 4 write.2  mw0[ y+2 ],sw2 !mw0.wp n=4  d = 2 ,m= 3
.if a||b?c:d
x:y: .i32 1,2,-3,(4 + 5)*6,max(1,2)
.extern A@mw4.1
/* a block   comment
   stays */ add   r1,r2
.macro inc reg,by=1,rest...
 add\\@  \\reg,\\by
.endm


"""
NEAT = """\
;  multiply
.param m = 4
.equ X=3 + 4
        .tensor x: f32[64, 320] @ mw0..mw3 layout tiles="a.npy"
        .array m: i32[2, 2] = 1, -2, 3, 4


loop_i: mov     r5, 0                   ;counter
        ld      r8, [A+r4 * m+r7]       // load
        { ld r8, [r20+r7]  ||  ld r9, [r21 + r22]  ||  add r7, r7, -1 }
        {
            add     r1, r2, r3 !A1 !cycle=3
            mov     r1, !x
        }                               ; end
foo: bar: 1: jmp     1b
        ; indented
a_label_that_is_long: sub     r1, r1, (a+b)*c
        @0              lx: read    se0, mw4[x], n=64
        @+3             add     r1, r2
        @after lx, ly   vadd.i8.w sw2, se0, %se1, n=64
        @4              write.2 mw0[y+2], sw2 !mw0.wp n=4 d=2, m=3
.if a||b?c:d
x: y:   .i32 1, 2, -3, (4 + 5)*6, max(1, 2)
.extern A @ mw4.1
/* a block   comment
   stays */ add   r1,r2
.macro inc reg, by=1, rest...
        add\\@   \\reg, \\by
.endm
"""


def test_the_layout() -> None:
    formatted = format_source(MESSY)
    assert formatted.text == NEAT
    assert formatted.diagnostics == []


def test_what_is_neat_stays() -> None:
    assert format_source(NEAT).text == NEAT


@pytest.mark.parametrize("path", sorted(Path(__file__).parent.parent.glob("programs/*.s")), ids=lambda path: path.name)
def test_programs_keep_their_meaning(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    formatted = format_source(text)
    assert formatted.diagnostics == []
    assert meanings(formatted.text) == meanings(text)
    assert format_source(formatted.text).text == formatted.text


def without_places(node: Any) -> Any:
    """A statement as plain data, columns and lines left out."""
    if type(node) in (tuple, list):
        return [without_places(part) for part in node]
    if not hasattr(node, "_fields"):
        return node
    left_out = ("column", "end", "line")
    fields = [without_places(getattr(node, name)) for name in node._fields if name not in left_out]
    return [type(node).__name__, *fields]


def meaning(text: str) -> Any:
    """The statements of a line; its words, where a macro would have to fill it in; else all of its text."""
    try:
        return without_places(parse_line(Line("t.s", 1, text)))
    except SourceError:
        pass
    try:
        return tokenize(strip_comment(text)).words()
    except (Unexpected, TooDeep):
        return text.rstrip()


def meanings(text: str) -> list[Any]:
    return [meaning(line) for line in text.rstrip("\n").split("\n")]


def comments(text: str) -> list[str]:
    return [line[len(strip_comment(line)) :].strip() for line in text.rstrip("\n").split("\n")]


SOURCES = st.lists(st.tuples(LINES | SOUP, st.sampled_from(["", " ; c", "//  d", "\t;"])).map("".join), max_size=6)


@given(SOURCES.map("\n".join))
def test_formatting_twice_is_formatting_once(text: str) -> None:
    once = format_source(text).text
    assert format_source(once).text == once


class Nothing(dict[bytes, Any]):
    """Remembers nothing."""

    def __setitem__(self, key: bytes, value: Any) -> None:
        pass


@given(SOURCES.map("\n".join))
def test_lines_of_one_shape_are_read_once(text: str) -> None:
    found = format_source(text)
    assert format_source(text) == found
    with patch.object(asm.syntax.format, "_known", Nothing()):
        assert format_source(text) == found


@given(SOURCES.map("\n".join))
def test_the_meaning_and_the_comments_stay(text: str) -> None:
    formatted = format_source(text).text
    if text.strip():
        assert meanings(formatted) == meanings(text)
        assert comments(formatted) == comments(text)


def test_lines_that_do_not_parse_are_left_and_reported() -> None:
    formatted = format_source("add  r1,r2\n)  (   \nadd  r3,r4", "f.s")
    assert formatted.text == "        add     r1, r2\n)  (\n        add     r3, r4\n"
    (found,) = formatted.diagnostics
    assert (found.code, found.place and (found.place.file, found.place.line)) == ("E-SYNTAX", ("f.s", 2))


def test_spaces_that_matter_stay() -> None:
    assert format_source("halt ! x\n").text == "halt ! x\n"  # `!x` would be a pin


def test_odd_texts() -> None:
    assert format_source("").text == ""
    assert format_source("\n\n").text == ""
    assert format_source("halt\n ").text == "        halt\n"
    assert format_source("halt\r\n\r\nhalt").text == "        halt\n\n        halt\n"
    deep = "mov r1, " + "(" * 300 + "1" + ")" * 300
    assert format_source(deep).text == deep + "\n"


def test_values_and_pins_may_hold_macro_parameters() -> None:
    text = ".macro m half\nmmul.i8 %y\\half,%x_\\half\\()_1,w !P\\half\n.endm\n"
    assert not format_source(text).diagnostics
    assert "        mmul.i8 %y\\half, %x_\\half\\()_1, w !P\\half\n" in format_source(text).text
