"""One line to statements: our driver against lark, cached parses against fresh ones, errors in plain words."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lark import Transformer
from lark.exceptions import UnexpectedInput
from source_strategies import LINES, SOUP

from asm.syntax import emit, shapes
from asm.syntax.lalr import Parser, Unexpected
from asm.syntax.parse import parse, parse_line, strip_comment
from asm.tree import (
    Attribute,
    Binary,
    Brace,
    Call,
    Conditional,
    Declaration,
    DirectiveStmt,
    Indexed,
    LabelDef,
    Line,
    Memory,
    Name,
    Number,
    OpStmt,
    Pin,
    PlaceRange,
    String,
    Timing,
    Unary,
    Virtual,
)
from isa.diagnostics import Diagnostic, SourceError


def line(text: str) -> Line:
    return Line("t.s", 1, text)


def error(text: str) -> Diagnostic:
    with pytest.raises(SourceError) as caught:
        parse_line(line(text))
    return caught.value.diagnostics[0]


# The table and its driver ----------------------------------------------------------------------------
def test_the_table_is_current() -> None:
    assert emit.TABLE.read_text(encoding="utf-8") == emit.table()


def test_no_rule_of_the_grammar_names_a_mnemonic_or_directive() -> None:
    from isa.table import MNEMONICS

    words = {word.strip('"/,()[]|:') for word in emit.GRAMMAR.read_text(encoding="utf-8").split() if word[0] in '"/'}
    assert not words & set(MNEMONICS)


class AsTuples:
    """Actions that build what was called."""

    def __getattr__(self, name: str) -> Any:
        return lambda start, end, *parts: (name, *parts)


class LarkAsTuples(Transformer):  # type: ignore[type-arg]  # lark gives no parameter for mixed trees
    def __default__(self, data: Any, children: Any, meta: Any) -> Any:
        return (str(data), *children)

    def __default_token__(self, token: Any) -> str:
        return str(token)


@cache
def lark() -> Any:
    return emit.load_grammar()


def by_lark(text: str) -> Any:
    try:
        return LarkAsTuples().transform(lark().parse(text))
    except UnexpectedInput:
        return None


def by_us(text: str) -> Any:
    try:
        return Parser(text, AsTuples()).run()
    except Unexpected:
        return None


@given(LINES)
def test_lines_parse_as_lark_parses_them(text: str) -> None:
    code = strip_comment(text)
    if code.strip():
        ours = by_us(code)
        assert ours is not None
        assert ours == by_lark(code)


@given(SOUP)
def test_soup_is_taken_or_refused_as_by_lark(text: str) -> None:
    if text.strip():
        assert by_us(text) == by_lark(text)


# The cache -------------------------------------------------------------------------------------------
def altered(text: str, seed: int) -> str:
    """Another line of the same shape."""
    pick = random.Random(seed)
    letters, digits = "abefxoXEF_Zq", "0123456789"
    return "".join(
        pick.choice(letters) if c.isalpha() or c == "_" else pick.choice(digits) if c.isdigit() else c for c in text
    )


def outcome(parse_one: Any, *arguments: Any) -> Any:
    try:
        return parse_one(*arguments)
    except SourceError as failure:
        return [(d.code, d.message, d.place, d.help) for d in failure.diagnostics]


@given(st.one_of(LINES, SOUP), st.integers(0, 1 << 30))
def test_a_cached_parse_equals_a_fresh_one(text: str, seed: int) -> None:
    outcome(parse_line, line(text))  # learns the shape, when it has one
    for other in (text, altered(text, seed)):
        code = strip_comment(other)
        if code.strip():
            assert outcome(parse_line, line(other)) == outcome(parse, code, line(other))


def test_shapes_are_used_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes.forget()
    monkeypatch.setattr(shapes, "MAX_SHAPES", 8)
    for count in range(30):
        parse_line(line("add " + "r" * (count + 1) + "1"))
    assert shapes.known("add " + "q" * 30 + "7") is not None
    assert shapes.known("add q7") is None


# Trees -----------------------------------------------------------------------------------------------
def test_an_op() -> None:
    text = "loop: ld  r8, [A + r4*m], %v, mw4[x], n=64 !L1 !cycle=2+3"
    here = line(text)
    label, op = parse_line(here)
    assert label == LabelDef("loop", here, 1, 5)
    assert isinstance(op, OpStmt)
    assert (op.mnemonic, op.column, op.end) == ("ld", 7, 9)
    product = Binary("*", Name("r4", 20, 22), Name("m", 23, 24), 20, 24)
    assert op.operands == (
        Name("r8", 11, 13),
        Memory(Binary("+", Name("A", 16, 17), product, 16, 24), 15, 25),
        Virtual("v", 27, 29),
        Indexed("mw4", Name("x", 35, 36), 31, 37),
        Attribute("n", Number(64, 41, 43), 39, 43),
    )
    five = Binary("+", Number(2, 55, 56), Number(3, 57, 58), 55, 58)
    assert op.pins == (Pin("L1", None, 44, 47), Pin("cycle", five, 48, 58))


@pytest.mark.parametrize("tail", ["s, n=64 !V0 d = 2", "s n=64, d=2 !V0", "s !V0, n=64 d=2", "s, n=64, d=2 !V0"])
def test_attributes_and_pins_follow_the_operands(tail: str) -> None:
    (op,) = parse_line(line(f"add {tail}"))
    assert isinstance(op, OpStmt)
    assert [type(operand) for operand in op.operands] == [Name, Attribute, Attribute]
    given = [(operand.name, operand.value) for operand in op.operands if isinstance(operand, Attribute)]
    values = [(name, value.value) for name, value in given if isinstance(value, Number)]
    assert (values, [pin.name for pin in op.pins]) == ([("n", 64), ("d", 2)], ["V0"])


def test_a_pin_may_name_the_place_of_its_unit() -> None:
    (op,) = parse_line(line("add r1 !W.sh1"))
    assert isinstance(op, OpStmt)
    assert [pin.name for pin in op.pins] == ["W.sh1"]


def test_bundles_and_their_separators() -> None:
    kinds = [type(part) for part in parse_line(line("{ add r1, r2 || sub r3, (a || b) }"))]
    assert kinds == [Brace, OpStmt, OpStmt, Brace]
    assert [type(part) for part in parse_line(line("} x: {"))] == [Brace, LabelDef, Brace]
    assert [type(part) for part in parse_line(line("|| add r1 ||"))] == [OpStmt]


def test_in_a_directive_two_bars_are_a_logical_or() -> None:
    (directive,) = parse_line(line(".if a || b && c"))
    assert isinstance(directive, DirectiveStmt)
    (test,) = directive.arguments
    assert isinstance(test, Binary)
    assert test.operator == "||"


@pytest.mark.parametrize(
    ("text", "timing"),
    [
        ("@5 add r1", Timing("at", Number(5, 2, 3), (), 1, 3)),
        ("@+3 add r1", Timing("plus", Number(3, 3, 4), (), 1, 4)),
        ("@After a, b add r1", Timing("after", None, (Name("a", 8, 9), Name("b", 11, 12)), 1, 12)),
    ],
)
def test_timings(text: str, timing: Timing) -> None:
    (op,) = parse_line(line(text))
    assert isinstance(op, OpStmt)
    assert op.timing == timing


def test_a_label_may_stand_after_the_timing() -> None:
    label, op = parse_line(line("@0  lx: read r1"))
    assert isinstance(label, LabelDef)
    assert isinstance(op, OpStmt)
    assert op.timing is not None
    assert op.mnemonic == "read"


def test_declarations() -> None:
    (tensor,) = parse_line(line('.tensor x: F32[64, n] @ mw0..mw3 layout tiles = "x.npy"'))
    assert isinstance(tensor, DirectiveStmt)
    (declared,) = tensor.arguments
    assert isinstance(declared, Declaration)
    assert (declared.name, declared.type, declared.layout) == ("x", "f32", "tiles")
    assert declared.dims == (Number(64, 16, 18), Name("n", 20, 21))
    assert declared.place == PlaceRange("mw0", "mw3", -1, 25, 33)
    assert declared.value == String("x.npy", 49, 56)
    (extern,) = parse_line(line(".extern A @ mw4.1"))
    assert isinstance(extern, DirectiveStmt)
    assert extern.arguments == (Declaration("A", "", (), PlaceRange("mw4", "mw4", 1, 13, 18), "", None, 9, 18),)
    (scalar,) = parse_line(line(".array n: i32"))
    assert isinstance(scalar, DirectiveStmt)
    assert scalar.arguments == (Declaration("n", "i32", (), None, "", None, 8, 14),)
    (valued,) = parse_line(line(".array n: i32[2] = 4, m"))
    assert isinstance(valued, DirectiveStmt)
    dims = (Number(2, 15, 16),)
    assert valued.arguments == (Declaration("n", "i32", dims, None, "", Number(4, 20, 21), 8, 21), Name("m", 23, 24))


def test_macro_heads() -> None:
    (head,) = parse_line(line(".macro f a, b=4, rest..."))
    assert isinstance(head, DirectiveStmt)
    texts = [part.text if isinstance(part, Name) else part for part in head.arguments]
    assert texts == ["f", "a", Attribute("b", Number(4, 15, 16), 13, 16), "rest..."]


def expression(text: str) -> Any:
    (directive,) = parse_line(line(f".if {text}"))
    assert isinstance(directive, DirectiveStmt)
    return directive.arguments[0]


def test_conditional_call_and_unary() -> None:
    tree = expression("-a ? min(1, 2) : ~b")
    assert isinstance(tree, Conditional)
    assert isinstance(tree.test, Unary)
    assert isinstance(tree.yes, Call)
    assert tree.yes.function == "min"
    assert tree.no == Unary("~", Name("b", 23, 24), 22, 24)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0), ("007", None), ("42", 42), ("1_000", 1000), ("0x2A", 42), ("0XfF", 255), ("0o17", 15), ("0b101", 5),
        ("1.5", 1.5), ("1.", 1.0), (".5", 0.5), ("1e3", 1000.0), ("2.5e-1", 0.25), ("1e+2", 100.0), ("'A'", 65),
        (r"'\n'", 10), (r"'\''", 39), (r"'\x7e'", 126), ("'é'", 233), (r"'\u00e9'", 233), ("0b2", None), ("0x", None),
        ("12ab", None), ("1e999", None), ("'ab'", None), ("1..2", None),
    ],
)  # fmt: skip
def test_numbers(text: str, value: int | float | None) -> None:
    if value is None:
        assert error(f".if {text}").code == "E-SYNTAX"
        return
    node = expression(text)
    assert isinstance(node, Number)
    assert type(value) is int or isinstance(node.value, float)
    assert node.value == value


def test_strings() -> None:
    assert expression(r'"a;b // \"q\" \u00e9\t/* no comment */"').value == 'a;b // "q" é\t/* no comment */'


# Comments --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("add r1 ; c", "add r1"),
        ("add r1 // c ; d", "add r1"),
        ("mov r1, a/b", "mov r1, a/b"),
        ('.ascii "a;b" ; "c', '.ascii "a;b"'),
        ("mov r1, ';' ; '", "mov r1, ';'"),
        ('.ascii "a\\";" // x', '.ascii "a\\";"'),
        ("; all", ""),
        ("halt ; it's; \"odd", "halt"),
    ],
)
def test_comments(text: str, code: str) -> None:
    assert strip_comment(text) == code


# Errors ----------------------------------------------------------------------------------------------
ERRORS = [
    ("add r1, r2 r3", 12, "`r3` is not expected here; an operator, a comma or the end of the line could stand here",
     ""),
    ("add r1,", 8, "the line ends too early; an operand could stand here", ""),
    ("add r1 n 3", 8, "`n` is not expected here; an operator, a comma or the end of the line could stand here", ""),
    ("add r1 !A1 r2", 12, "`r2` is not expected here; `=`, a comma or the end of the line could stand here", ""),
    ("add r1 !A1, r2", 13, "`r2` is not expected here; an attribute could stand here", ""),
    ("ld r1, [a +", 12, "the line ends too early; a value could stand here", "close the `[` with `]`"),
    ("add r1, (2 + 3", 15, "the line ends too early; `)` could stand here", "close the `(` with `)`"),
    ("-3", 1, "`-` is not expected here; a label, an instruction or a directive could stand here", ""),
    ('.ascii "abc', 8, '`"` is not expected here; an operand or the end of the line could stand here',
     'the text that begins here has no closing "'),
    ("mov r1, #5", 9, "`#` is not expected here; an operand could stand here",
     "comments begin with `;` or `//`, and immediates have no `#`"),
    ("mov r1, é", 9, "`é` is not expected here; an operand could stand here",
     "U+00E9 may stand in comments and strings only"),
    ("{ mov r1, 1 || 2 }", 18, "`}` is not expected here; `:` could stand here",
     "`||` separates the ops of a bundle; a logical or is written in parentheses: `(a || b)`"),
    (".array x: 5", 11, "`5` is not expected here; a name could stand here", ""),
    ("mov r1, 09", 9, "`09` is not a number", "a decimal number does not begin with 0; write 9, or 0o9 for octal"),
    ("mov r1, 0xg", 9, "`0xg` is not a number", "the digits after `0x` are 0-9 and a-f"),
    ("mov r1, 2x", 9, "`2x` is not a number",
     "numbers look like 42, 0x2A, 0b101, 0o52, 1_000, 1.5 or 1e-3; names do not begin with a digit"),
    ("mov r1, 'ab'", 9, "'ab' holds 2 characters; a character constant holds one", "use a string"),
    (r'.ascii "a\q"', 8, r"`\q` is not an escape", r"escapes are \n \t \r \0 \e \\ \" \' \xHH \uHHHH"),
    (r'.ascii "\xff"', 8, r"`\xff` is not ASCII", r"write \u00ff for the character, or a byte with .u8"),
    (".array x: i32 @ mw4.q", 17, "`q` is not a bank number", "write `mw4.0` or `mw4.1`"),
    (".array x: i32 lay out", 15, "`lay` is not expected here; `layout NAME` could stand here", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "column", "message", "help_"), ERRORS)
def test_syntax_errors(text: str, column: int, message: str, help_: str) -> None:
    found = error(text)
    assert (found.code, found.message, found.help) == ("E-SYNTAX", message, help_)
    assert found.place is not None
    assert (found.place.line, found.place.column) == (1, column)


@pytest.mark.parametrize("text", ["{ mov r1, (1 || 2 }", "{ mov r1, (1 || 2 3) }", "2 }"])
def test_only_a_bare_or_is_taken_for_a_separator(text: str) -> None:
    assert "||" not in error(text).help


def test_a_macro_parameter_outside_a_macro() -> None:
    found = error(r"mov r1, \a")
    assert found.code == "E-MACRO"
    assert found.message == r"`\a` names a macro parameter, and there is none of that name here"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mov r1, " + "(" * 5000 + "1" + ")" * 5000, "the line nests deeper than 120 levels"),
        ("mov r1, " + "-" * 5000 + "1", "the line nests deeper than 120 levels"),
        ("mov r1, " + "1+" * 5000 + "1", "an expression holds more than 200 operators one after the other"),
        ("mov r1, " + "1?2:" * 5000 + "3", "the line nests deeper than 120 levels"),
    ],
    ids=["parentheses", "signs", "sum", "conditionals"],
)
def test_nesting_is_bounded(text: str, message: str) -> None:
    found = error(text)
    assert (found.code, found.message, found.help) == ("E-LIMIT", message, "name a part of it with .equ")


def test_numbers_too_long() -> None:
    found = error("mov r1, " + "9" * 4001)
    assert found.message == "a number has 4001 digits; 4000 is the most"
    found = error("mov r1, 0x" + "9" * 4001)
    assert found.message == "a number has 16004 bits; 14000 is the most"


@given(st.text(max_size=40))
def test_any_text_parses_or_is_refused(text: str) -> None:
    try:
        statements = parse_line(line(text))
    except SourceError as failure:
        assert failure.diagnostics
        return
    assert all(statement.line.text == text for statement in statements)
