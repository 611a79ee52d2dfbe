"""Values of expressions, against an independent reading of C's precedence and rounding."""

from __future__ import annotations

import math
import operator
import sys
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asm.names.expr import Address, Bits, Value, evaluate, names_in
from asm.names.symbols import EQU, PARAM, Symbols
from asm.syntax.literals import MAX_BITS, Decimal
from asm.syntax.parse import parse_line
from asm.tree import DirectiveStmt, Expr, Line, Name, String
from isa.diagnostics import Diagnostic, SourceError


def tree(text: str) -> tuple[Expr, Line]:
    line = Line("t.s", 1, f".if {text}")
    (directive,) = parse_line(line)
    assert isinstance(directive, DirectiveStmt)
    argument = directive.arguments[0]
    assert isinstance(argument, Expr)
    return argument, line


def value(text: str, **names: int | float | str) -> Value:
    return evaluate(*tree(text), Symbols(names))


def error(text: str, **names: int | float | str) -> Diagnostic:
    with pytest.raises(SourceError) as caught:
        value(text, **names)
    return caught.value.diagnostics[0]


# Against a precedence climber of our own --------------------------------------------------------------
# C11 6.5.5 to 6.5.14, loosest first.
LEVELS = [
    ["||"], ["&&"], ["|"], ["^"], ["&"], ["==", "!="], ["<", ">", "<=", ">="], ["<<", ">>"], ["+", "-"],
    ["*", "/", "%"],
]  # fmt: skip
ORACLE: dict[str, Callable[[int, int], int]] = {
    "||": lambda a, b: int(bool(a) or bool(b)),
    "&&": lambda a, b: int(bool(a) and bool(b)),
    "|": operator.or_,
    "^": operator.xor,
    "&": operator.and_,
    "==": lambda a, b: int(a == b),
    "!=": lambda a, b: int(a != b),
    "<": lambda a, b: int(a < b),
    ">": lambda a, b: int(a > b),
    "<=": lambda a, b: int(a <= b),
    ">=": lambda a, b: int(a >= b),
    "<<": lambda a, b: a * 2**b,
    ">>": lambda a, b: math.floor(Fraction(a, 2**b)),
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda a, b: math.trunc(Fraction(a, b)),
    "%": lambda a, b: a - b * math.trunc(Fraction(a, b)),
}


def climb(words: list[int | str], level: int = 0) -> int:
    """The value of numbers and operators in turn: split at the last operator of the loosest level."""
    if level == len(LEVELS):
        (number,) = words
        assert isinstance(number, int)
        return number
    at = [index for index, word in enumerate(words) if word in LEVELS[level]]
    if not at:
        return climb(words, level + 1)
    left, right = climb(words[: at[-1]], level), climb(words[at[-1] + 1 :], level + 1)
    return ORACLE[str(words[at[-1]])](left, right)


@given(st.lists(st.tuples(st.sampled_from(sorted(ORACLE)), st.integers(0, 12)), max_size=8), st.integers(0, 12))
def test_precedence_and_rounding_are_those_of_c(links: list[tuple[str, int]], first: int) -> None:
    words: list[int | str] = [first]
    for symbol, number in links:
        words += [symbol, number]
    text = " ".join(map(str, words))
    try:
        expected = climb(words)
    except (ZeroDivisionError, OverflowError, TypeError):
        return  # division by zero and negative shifts, which have tests of their own
    if any(symbol in ("<<", ">>", "/", "%") for symbol, _ in links) and ("||" in text or "&&" in text):
        return  # the oracle does not skip what && and || skip
    assert value(text) == expected


@given(st.integers(-(10**30), 10**30), st.integers(-(10**12), 10**12).filter(bool))
def test_division_truncates_toward_zero(a: int, b: int) -> None:
    assert value("a / b", a=a, b=b) == math.trunc(Fraction(a, b))
    assert value("(a / b) * b + a % b", a=a, b=b) == a
    assert value("a % b", a=a, b=b) in range(-abs(b) + 1, abs(b))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 ? 2 : 3 ? 4 : 5", 2), ("0 ? 2 : 0 ? 4 : 5", 5), ("0 && 1/0", 0), ("1 || 1/0", 1), ("1 ? 7 : 1/0", 7),
        ("!0 + !5", 1), ("~0", -1), ("- -3", 3), ("-7 / 2", -3), ("-7 % 2", -1), ("-7 >> 1", -4), ("1 << -1", 0),
        ("8 >> -1", 16), ("1 << 100", 1 << 100), ("0 << 99999999999", 0), ("5 >> 99999999999", 0), ("-5 >> 99999", -1),
        ("1.5 + 1", 2.5), ("7.5 % 2", 1.5), ("1 / 2.0", 0.5), ("1 < 1.5", 1), ('"a" == "a"', 1), ('"a" != "b"', 1),
        ('"a" == 1', None), ("min(3, 1, 2)", 1), ("max(1, 2.5)", 2.5), ("abs(-3)", 3), ("abs(-2.5)", 2.5),
        ("log2(1)", 0),
        ("log2(1000)", 9), ("log2(8.0)", 3.0), ("align(13, 8)", 16), ("align(-3, 8)", 0), ("align(16, 8)", 16),
        ("f32bits(0x3F800000)", 0x3F800000), ("val(n)", 5), ("n * 2", 10), ("'A' + 1", 66),
    ],
)  # fmt: skip
def test_values(text: str, expected: int | float | None) -> None:
    if expected is None:
        assert error(text, n=5).code == "E-EXPR"
        return
    found = value(text, n=5)
    assert found == expected
    assert isinstance(found, float) == isinstance(expected, float)


def test_bits_are_marked_and_arithmetic_on_them_is_not() -> None:
    assert isinstance(value("f32bits(5)"), Bits)
    assert not isinstance(value("f32bits(5) + 1"), Bits)


def test_a_float_keeps_its_digits_through_its_sign() -> None:
    found = value("-0.1000000000000000055511151231257827021181583404541015626")
    assert isinstance(found, Decimal)
    assert found.text == "-0.1000000000000000055511151231257827021181583404541015626"
    assert Fraction(found.text) != Fraction(float(found))


def test_the_largest_integers_can_be_named_in_messages() -> None:
    largest = (1 << MAX_BITS) - 1
    assert len(str(largest)) <= sys.int_info.default_max_str_digits


@pytest.mark.parametrize(
    ("text", "message", "columns"),
    [
        ("1 / 0", "`/` by zero", (5, 10)),
        ("7 % (2 - 2)", "`%` by zero", (5, 16)),
        ("1.0 / 0", "`/` by zero", (5, 12)),
        ("1 << 14000", "the shifted value has more than 14000 bits, the most an integer may have", (5, 15)),
        ("1 << 1 << 13999", "the shifted value has more than 14000 bits, the most an integer may have", (5, 20)),
        ("(1 << 10000) * (1 << 10000)", "the product has more than 14000 bits, the most an integer may have", (5, 32)),
        ("1.5 & 1", "`&` works on integers only, not on floats", (5, 12)),
        ("~1.5", "`~` works on integers only, not on floats", (5, 9)),
        ("1e308 * 10.0", "the result is too large for a float", (5, 17)),
        ("(1 << 2000) * 1.5", "the result is too large for a float", (5, 22)),
        ('"a" + 1', "`+` does not work on a string", (5, 12)),
        ('-"a"', "`-` does not work on a string", (5, 9)),
        ('"a" ? 1 : 2', "a string is neither true nor false", (5, 8)),
        ("log2(0)", "`log2` of the integer 0 does not exist", (5, 12)),
        ("align(1, 0)", "`align` rounds up to a multiple of 0, which must be above 0", (14, 15)),
        ("f32bits(1 << 32)", "`f32bits` takes an integer of 32 bits, and this is the integer 4294967296", (13, 20)),
        ("min()", "`min` takes at least 1 argument", (5, 10)),
        ("abs(1, 2)", "`abs` takes 1 argument, not 2", (5, 14)),
        ('max(1, "a")', "`max` takes numbers, and this is a string", (12, 15)),
        ("align(1.5, 2)", "`align` takes integers, and this is the float 1.5", (11, 14)),
    ],
)
def test_errors(text: str, message: str, columns: tuple[int, int]) -> None:
    found = error(text)
    assert (found.code, found.message) == ("E-EXPR", message)
    assert found.place is not None
    assert (found.place.column, found.place.end_column) == columns


def test_an_unknown_function_is_answered_with_the_nearest() -> None:
    found = error("aling(1, 2)")
    assert (found.message, found.help) == ("there is no function `aling`", "did you mean `align`?")


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    found = error("2 + cuont * 3", count=1)
    assert (found.code, found.message, found.help) == ("E-UNDEFINED", "`cuont` is not defined", "did you mean `count`?")
    assert found.place is not None
    assert (found.place.column, found.place.end_column) == (9, 14)


def test_long_sums_need_no_deep_stack() -> None:
    assert value(" + ".join(["1"] * 200)) == 200


# Addresses -------------------------------------------------------------------------------------------
class Placed(Symbols):
    """Two labels whose distance is known."""

    def distance(self, left: Address, right: Address) -> int | None:
        places = {"a": 10, "b": 4}
        if left.symbol in places and right.symbol in places:
            return places[left.symbol] + left.addend - places[right.symbol] - right.addend
        return None


def placed(text: str) -> Value:
    symbols = Placed()
    line = Line("t.s", 9, "")
    for name in ("a", "b", "c"):
        symbols.define(name, "label", line.place(1, 2))
    return evaluate(*tree(text), symbols)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", Address("label", "a", 0)),
        ("a + 3 - 1", Address("label", "a", 2)),
        ("5 + a", Address("label", "a", 5)),
        ("(c + 5) - (c + 2)", 3),
        ("a - b", 6),
        ("(a + 1) - b", 7),
        ("a > b", 1),
        ("c == c", 1),
    ],
)
def test_addresses(text: str, expected: Value) -> None:
    assert placed(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a - c", "the distance between `a` and `c` is not known yet"),
        ("a * 2", "`*` does not work on the address of `a` and the integer 2"),
        ("5 - a", "`-` does not work on the integer 5 and the address of `a`"),
        ("a + b", "`+` does not work on the address of `a` and the address of `b`"),
        ("-a", "`-` does not work on the address of `a`"),
        ("a ? 1 : 2", "the address of `a` is neither true nor false"),
        ("max(a, 1)", "`max` takes numbers, and this is the address of `a`"),
    ],
)
def test_what_addresses_cannot_do(text: str, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        placed(text)
    assert caught.value.diagnostics[0].message == message


# Symbols ---------------------------------------------------------------------------------------------
def define(symbols: Symbols, name: str, text: str, number: int = 1, kind: str = EQU) -> None:
    expr, line = tree(text)
    line = line._replace(number=number)
    symbols.constant(name, kind, expr, line, line.place(1, 2))


def test_constants_may_be_defined_after_their_use() -> None:
    symbols = Symbols()
    define(symbols, "a", "b + 1")
    define(symbols, "b", "c * 2")
    define(symbols, "c", "5")
    assert evaluate(*tree("a"), symbols) == 11


def test_a_cycle_is_named_once() -> None:
    symbols = Symbols()
    for number, (name, text) in enumerate([("a", "b + 1"), ("b", "c"), ("c", "a")], 1):
        define(symbols, name, text, number)
    found = list(symbols.check_constants())
    assert [(d.code, d.message) for d in found] == [("E-CYCLE", "`a` is defined in terms of itself: a -> b -> c -> a")]
    assert [(note.message, note.place and note.place.line) for note in found[0].notes] == [
        ("`b` is defined here", 2),
        ("`c` is defined here", 3),
    ]
    with pytest.raises(SourceError) as caught:
        evaluate(*tree("c"), symbols)
    assert caught.value.diagnostics == []


def test_a_long_chain_backwards_is_bounded_and_forwards_is_not() -> None:
    symbols = Symbols()
    define(symbols, "f0", "0")
    for count in range(1, 2000):
        define(symbols, f"f{count}", f"f{count - 1} + 1")
    assert evaluate(*tree("f1999"), symbols) == 1999
    backwards = Symbols()
    for count in range(2000):
        define(backwards, f"b{count}", f"b{count + 1}")
    define(backwards, "b2000", "0")
    found = list(backwards.check_constants())
    assert found[0].code == "E-LIMIT"
    assert found[0].message == "`b50` ends a chain of over 50 constants defined after their use"


def test_options_win_over_the_file() -> None:
    symbols = Symbols({"m": 64, "extra": "text"})
    define(symbols, "m", "4", kind=PARAM)
    assert evaluate(*tree("m"), symbols) == 64
    assert evaluate(*tree("extra"), symbols) == "text"


@pytest.mark.parametrize("name", ["r0", "R31", "v15", "V0", "se3", "SW3", "mw43", "me0", "add", "Loop"])
def test_reserved_names(name: str) -> None:
    with pytest.raises(SourceError) as caught:
        define(Symbols(), name, "1")
    found = caught.value.diagnostics[0]
    assert found.code == "E-RESERVED"
    assert found.message.startswith(f"`{name}` is reserved: it names ")


@pytest.mark.parametrize("name", ["r", "rx", "v", "se", "n", "A", "add_", "loop_i"])
def test_names_that_are_free(name: str) -> None:
    symbols = Symbols()
    define(symbols, name, "1")
    assert evaluate(*tree(name), symbols) == 1


def test_duplicates_show_both_places_and_case_matters() -> None:
    symbols = Symbols()
    define(symbols, "n", "1", 3)
    define(symbols, "N", "2", 4)
    with pytest.raises(SourceError) as caught:
        define(symbols, "n", "5", 7)
    found = caught.value.diagnostics[0]
    assert (found.code, found.message) == ("E-DUPLICATE", "`n` is already defined as a constant")
    assert found.place is not None
    assert found.place.line == 7
    assert [(note.message, note.place and note.place.line) for note in found.notes] == [("first defined here", 3)]


def test_names_in_an_expression() -> None:
    node, _ = tree('a + min(b, -c) * (d ? e : 1) + "s"')
    assert [name.text for name in names_in(node)] == ["a", "b", "c", "d", "e"]
    assert list(names_in(Name("x", 1, 2))) == [Name("x", 1, 2)]
    assert list(names_in(String("x", 1, 2))) == []
