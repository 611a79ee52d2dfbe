"""One line of text to statements: the actions of grammar.lark, comments, and errors in plain words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from asm.syntax import shapes
from asm.syntax.lalr import MAX_DEPTH, Parser, TooDeep, Unexpected
from asm.syntax.literals import Malformed, character, local_label, number, unescape
from asm.tree import (
    Attribute,
    Binary,
    Brace,
    Call,
    Conditional,
    Declaration,
    DirectiveStmt,
    Expr,
    Indexed,
    LabelDef,
    Line,
    Memory,
    Name,
    Number,
    Operand,
    OpStmt,
    Pin,
    PlaceRange,
    Statement,
    String,
    Timing,
    Unary,
    Virtual,
)
from isa.diagnostics import Diagnostic, SourceError

MAX_CHAIN = 200  # binary operators below one another: `a + b + c` has two

T = TypeVar("T")
COMMENT = re.compile(r"""("(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)[^']*'|[^;/"']+|/(?!/)|')*""")


def parse_line(line: Line) -> list[Statement]:
    """The statements of a line; raises SourceError with one diagnostic."""
    code = strip_comment(line.text)
    if not code:
        return []
    text = shapes.known(code)
    return parse_new(code, line) if text is None else text.build(line)


def parse_new(code: str, line: Line) -> list[Statement]:
    """The statements of a line without its comment, whose shape is remembered."""
    statements = parse(code, line)
    shapes.remember(code, statements)
    return statements


def parse(code: str, line: Line) -> list[Statement]:
    """The statements of a line without its comment, by the grammar alone."""
    try:
        statements: list[Statement] = Parser(code, Builder(code, line)).run()
    except Unexpected as error:
        raise SourceError(unexpected(code, line, error)) from None
    except TooDeep as error:
        message = f"the line nests deeper than {MAX_DEPTH} levels"
        _fail(line, error.position, error.position + 1, "E-LIMIT", message, "name a part of it with .equ")
    return statements


def strip_comment(text: str) -> str:
    """The text up to a comment, without the space before it."""
    if ";" not in text and "//" not in text:
        return text.rstrip()
    if '"' not in text and "'" not in text:
        return text.partition(";")[0].partition("//")[0].rstrip()
    found = COMMENT.match(text)
    return found.group().rstrip() if found else text


def unexpected(code: str, line: Line, error: Unexpected) -> Diagnostic:
    """What was found, and what could stand there."""
    from asm.syntax.expected import describe

    found, expected, help_ = describe(code, error.position, error.state)
    place = line.place(error.position + 1, error.position + 1 + max(1, len(found)))
    what = f"`{found}` is not expected here" if found else "the line ends too early"
    return Diagnostic("E-SYNTAX", f"{what}; {expected}", place, help=help_)


def _fail(line: Line, start: int, end: int, code: str, message: str, help_: str = "") -> NoReturn:
    raise SourceError(Diagnostic(code, message, line.place(start + 1, end + 1), help=help_))


class Builder:
    """The actions of the grammar. Each gets the range it was made from, then the values of its parts."""

    def __init__(self, code: str, line: Line) -> None:
        self.code = code
        self.line = line
        self.chain: dict[int, int] = {}  # id of a Binary: binary operators on the longest way down

    def checked(self, convert: Callable[[str], T], text: str, start: int, end: int) -> T:
        """`convert(text)`, with what is malformed reported at the range."""
        try:
            return convert(text)
        except Malformed as error:
            _fail(self.line, start, end, "E-SYNTAX", str(error), error.mend)

    # Lists and statements
    def first(self, start: int, end: int, item: Any) -> list[Any]:
        return [item]

    def more(self, start: int, end: int, items: list[Any], item: Any) -> list[Any]:
        items.append(item)
        return items

    def join(self, start: int, end: int, *parts: list[Statement] | None) -> list[Statement]:
        """One list of all; the first one grows, so that long lines take linear time."""
        present = [part for part in parts if part]
        for part in present[1:]:
            present[0].extend(part)
        return present[0] if present else []

    def open(self, start: int, end: int) -> list[Statement]:
        return [Brace(True, self.line, start + 1, end + 1)]

    def close(self, start: int, end: int) -> list[Statement]:
        return [Brace(False, self.line, start + 1, end + 1)]

    def label(self, start: int, end: int, name: str) -> list[Statement]:
        stop = start + len(name)
        if "\\" in name:
            self.refuse_parameter(start, stop, name)
        if name[0] in ".0123456789" and not name.isdigit():
            _fail(self.line, start, stop, "E-SYNTAX", f"`{name}` is not a label", "a label is a name or decimal digits")
        return [LabelDef(name, self.line, start + 1, stop + 1)]

    def op(
        self, start: int, end: int, name: str, operands: list[Operand] | None, extras: list[Pin | Attribute] | None
    ) -> list[Statement]:
        stop = start + len(name)
        if "\\" in name:
            self.refuse_parameter(start, stop, name)
        pins = tuple(extra for extra in extras or () if isinstance(extra, Pin))
        settings = (extra for extra in extras or () if isinstance(extra, Attribute))
        return [OpStmt(name.lower(), (*(operands or ()), *settings), pins, None, self.line, start + 1, stop + 1)]

    def timed(
        self, start: int, end: int, timing: Timing, labels: list[Statement] | None, op: list[Statement]
    ) -> list[Statement]:
        timed = [each._replace(timing=timing) if isinstance(each, OpStmt) else each for each in op]
        return [*(labels or []), *timed]

    def pin(self, start: int, end: int, name: str, value: Expr | None) -> Pin:
        return Pin(name[1:], value, start + 1, end + 1)

    def at(self, start: int, end: int, value: Expr) -> Timing:
        return Timing("at", value, (), start + 1, end + 1)

    def plus(self, start: int, end: int, value: Expr) -> Timing:
        return Timing("plus", value, (), start + 1, end + 1)

    def after(self, start: int, end: int, word: str, names: list[Name]) -> Timing:
        return Timing("after", None, tuple(names), start + 1, end + 1)

    def directive(self, start: int, end: int, name: str, arguments: list[Operand] | None) -> list[Statement]:
        if "\\" in name:
            self.refuse_parameter(start, start + len(name), name)
        stop = start + len(name)
        return [DirectiveStmt(name[1:].lower(), tuple(arguments or ()), self.line, start + 1, stop + 1)]

    def macro_head(self, start: int, end: int, name: str, macro: Name, parameters: list[Operand]) -> list[Statement]:
        return self.directive(start, end, name, [macro, *parameters])

    # Operands and arguments
    def memory(self, start: int, end: int, inner: Expr) -> Memory:
        return Memory(inner, start + 1, end + 1)

    def indexed(self, start: int, end: int, base: str, inner: Expr) -> Indexed:
        return Indexed(base, inner, start + 1, end + 1)

    def virtual(self, start: int, end: int, name: str) -> Virtual:
        return Virtual(name[1:], start + 1, end + 1)

    def attribute(self, start: int, end: int, name: str, value: Operand) -> Attribute:
        return Attribute(name, value, start + 1, end + 1)

    def range(self, start: int, end: int, first: str, last: str) -> PlaceRange:
        return self.place(start, end, first, last)

    def place(self, start: int, end: int, first: str, last: str | None) -> PlaceRange:
        first, bank = self.bank(start, end, first)
        last, last_bank = self.bank(start, end, last) if last else (first, bank)
        return PlaceRange(first, last, max(bank, last_bank), start + 1, end + 1)

    def bank(self, start: int, end: int, text: str) -> tuple[str, int]:
        """`mw4.1` is slice mw4, bank 1."""
        name, dot, digits = text.partition(".")
        if dot and not (digits.isdigit() and len(digits) < 4):
            help_ = f"write `{name}.0` or `{name}.1`"
            _fail(self.line, start, end, "E-SYNTAX", f"`{digits}` is not a bank number", help_)
        return name, int(digits) if dot else -1

    def located(self, start: int, end: int, name: str, place: PlaceRange) -> Declaration:
        return Declaration(name, "", (), place, "", None, start + 1, end + 1)

    def declaration(
        self,
        start: int,
        end: int,
        name: str,
        type_: str,
        dims: list[Expr] | None,
        place: PlaceRange | None,
        layout: str | None,
        value: Expr | None,
    ) -> Declaration:
        return Declaration(name, type_.lower(), tuple(dims or ()), place, layout or "", value, start + 1, end + 1)

    def dims(self, start: int, end: int, dims: list[Expr]) -> list[Expr]:
        return dims

    def layout(self, start: int, end: int, word: str, name: str) -> str:
        if word.lower() != "layout":
            stop = start + len(word)
            _fail(self.line, start, stop, "E-SYNTAX", f"`{word}` is not expected here; `layout NAME` could stand here")
        return name.lower()

    # Expressions
    def name(self, start: int, end: int, text: str) -> Name:
        if "\\" in text:
            self.refuse_parameter(start, end, text)
        return Name(text, start + 1, end + 1)

    def refuse_parameter(self, start: int, end: int, text: str) -> NoReturn:
        message = f"`{text}` names a macro parameter, and there is none of that name here"
        _fail(self.line, start, end, "E-MACRO", message, "`\\name` is replaced in the body of a macro or an .irp only")

    def number(self, start: int, end: int, text: str) -> Number | Name:
        if local_label(text):
            return Name(text, start + 1, end + 1)
        return Number(self.checked(number, text, start, end), start + 1, end + 1)

    def string(self, start: int, end: int, text: str) -> String:
        return String(self.checked(unescape, text[1:-1], start, end), start + 1, end + 1)

    def character(self, start: int, end: int, text: str) -> Number:
        return Number(self.checked(character, text, start, end), start + 1, end + 1)

    def group(self, start: int, end: int, inner: Expr) -> Expr:
        return inner

    def unary(self, start: int, end: int, operator: str, operand: Expr) -> Unary:
        return Unary(operator, operand, start + 1, end + 1)

    def binary(self, start: int, end: int, left: Expr, operator: str, right: Expr) -> Binary:
        node = Binary(operator, left, right, start + 1, end + 1)
        self.chain[id(node)] = depth = 1 + max(self.chain.get(id(left), 0), self.chain.get(id(right), 0))
        if depth > MAX_CHAIN:
            message = f"an expression holds more than {MAX_CHAIN} operators one after the other"
            _fail(self.line, start, end, "E-LIMIT", message, "name a part of it with .equ")
        return node

    def conditional(self, start: int, end: int, test: Expr, yes: Expr, no: Expr) -> Conditional:
        return Conditional(test, yes, no, start + 1, end + 1)

    def call(self, start: int, end: int, function: str, arguments: list[Expr] | None) -> Call:
        return Call(function, tuple(arguments or ()), start + 1, end + 1)
