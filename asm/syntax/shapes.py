"""Lines that differ only in letters and digits parse alike: one parse per shape, the rest is filled in.

The shape of a line is its text with every letter made `a` and every digit `0`. Equal shapes have the same
tokens at the same columns (grammar.lark sees to that), so their trees differ in the leaves only. A template
is the tree as functions from text to what makes nodes of a line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias, TypeVar

from asm.syntax.literals import local_label, number
from asm.tree import (
    Attribute,
    Binary,
    Brace,
    Bundle,
    Call,
    Conditional,
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
    Statement,
    Timing,
    Unary,
    Virtual,
)
from isa.records import NamedTuple

T = TypeVar("T")
new = tuple.__new__  # makes a named tuple without the way through its own constructor
Make: TypeAlias = Callable[[str], Any]
MakeAt: TypeAlias = Callable[[Line], Statement]
MakeStatement: TypeAlias = Callable[[str], MakeAt]

MAX_SHAPES = 20_000  # then the cache starts again
MAX_TEXTS = 20_000
MAX_MEMO = 256  # operands remembered in one place of one shape
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
TO_SHAPE = bytes.maketrans((LETTERS + "0123456789").encode(), b"a" * len(LETTERS) + b"0" * 10)
# Where letters matter: after `@` (but not in `@0` and `@+0`), in exponents, escapes and macro parameters.
BY_LETTER = re.compile(r"""@(?!\+?0)|[\\"']|(?<![\w.])\.?0[0a.]*a[+-]""")
# Where a numeric label may be: `1:`, `1b`, `1f`.
NUMERIC_LABEL = re.compile(r"(?<![\w.])0+(?:a(?!\w)|\s*:)")

# Kinds of statements, a letter each: see _is_plain.
PLAIN = re.compile(r"l*([ot]*|\{o+\})")
PLAIN_BUNDLE = re.compile(r"l*\{o+\}")


class Text(NamedTuple):
    """Makes the statements of a text, wherever it stands; `numeric` when they may hold numeric labels.

    A plain text holds labels and ops only, or after so many `labels` a whole bundle, whose opening brace is `brace`:
    there is nothing in it that expansion obeys but uses of macros.
    """

    makers: tuple[MakeAt, ...]
    numeric: bool
    is_plain: bool
    brace: Brace | None
    labels: int

    def build(self, line: Line) -> list[Statement]:
        return [make(line) for make in self.makers]

    def build_plain(self, line: Line) -> list[Statement]:
        """The same of a plain text, its bundle as one."""
        if self.brace is None:
            return [make(line) for make in self.makers]
        labels = [make(line) for make in self.makers[: self.labels]]
        ops: tuple[Any, ...] = tuple([make(line) for make in self.makers[self.labels + 1 : -1]])
        return [*labels, Bundle(ops, line, self.brace.column, self.brace.end)]


class Template(NamedTuple):
    """Makes the same of each text of a shape."""

    makers: tuple[MakeStatement, ...]
    numeric: bool
    is_plain: bool
    brace: Brace | None
    labels: int

    def fill(self, code: str) -> Text | None:
        """None when a number is malformed: the parser says so at its place."""
        try:
            return new(Text, (tuple([make(code) for make in self.makers]), *self[1:]))
        except ValueError:
            return None


_templates: dict[bytes, Template | None] = {}
_texts: dict[str, Text] = {}


def known(code: str) -> Text | None:
    """What makes the statements of a line, if it or its shape was seen before."""
    text = _texts.get(code)
    if text is None:
        template = _templates.get(shape_of(code))
        text = None if template is None else template.fill(code)
        if text is not None:
            if len(_texts) >= MAX_TEXTS:
                _texts.clear()
            _texts[code] = text
    return text


def remember(code: str, statements: list[Statement]) -> None:
    """Keep the template of a parsed line; a shape with parts that have none is known to have none."""
    key = shape_of(code)
    shape = key.decode(errors="surrogatepass")
    if len(_templates) >= MAX_SHAPES:
        _templates.clear()
    _templates[key] = None if BY_LETTER.search(shape) else _template(shape, statements)


def forget() -> None:
    """Empty the caches."""
    _templates.clear()
    _texts.clear()


class NoTemplate(Exception):
    """A node that is parsed anew every time."""


def shape_of(code: str) -> bytes:
    """The shape of a line as UTF-8."""
    return code.encode(errors="surrogatepass").translate(TO_SHAPE)


def _template(shape: str, statements: list[Statement]) -> Template | None:
    has_several_ops = sum(type(each) is OpStmt for each in statements) > 1
    try:
        makers = tuple([_maker(statement, has_several_ops) for statement in statements])
    except NoTemplate:
        return None
    numeric, is_plain = NUMERIC_LABEL.search(shape) is not None, _is_plain(shape, statements)
    brace = next((each for each in statements if type(each) is Brace), None)
    return Template(makers, numeric, is_plain, brace, sum(type(each) is LabelDef for each in statements))


def _maker(statement: Statement, has_several_ops: bool) -> MakeStatement:
    """What makes a statement of a line; ops that stand with others are made once for all words they have there."""
    make = STATEMENTS[type(statement)](statement)
    return _op_once(make, statement) if has_several_ops and isinstance(statement, OpStmt) else make


def _is_plain(shape: str, statements: Iterable[Statement]) -> bool:
    """Whether a line is of labels and ops, or of labels and one bundle; see Text."""
    kinds = "".join(map(_letter, statements))
    return (PLAIN if "||" not in shape else PLAIN_BUNDLE).fullmatch(kinds) is not None


def _letter(statement: Statement) -> str:
    """A letter for the kind of a statement."""
    if isinstance(statement, OpStmt):
        return "o" if statement.timing is None else "t"
    if isinstance(statement, Brace):
        return "{" if statement.open else "}"
    return "l" if isinstance(statement, LabelDef) else "d"


def _part(node: Any) -> Make:
    maker = PARTS.get(type(node))
    if maker is None:
        raise NoTemplate
    return maker(node)


def _parts(nodes: tuple[Any, ...]) -> tuple[Make, ...]:
    return tuple(_part(node) for node in nodes)


def _once(make: Callable[[str], T], start: int, stop: int) -> Callable[[str], T]:
    """The same for a part of the text that is made once for all words it has had there: nobody changes nodes."""
    memo: dict[str, T] = {}

    def made(text: str) -> T:
        words = text[start:stop]
        found = memo.get(words)
        if found is None:
            if len(memo) >= MAX_MEMO:
                memo.clear()
            found = memo[words] = make(text)
        return found

    return made


def _operand(node: Any) -> Make:
    return _once(_part(node), node.column - 1, node.end - 1)


def _operands(nodes: tuple[Any, ...]) -> tuple[Make, ...]:
    return tuple(_operand(node) for node in nodes)


# Expressions and operands: from node to a function from text to a node like it -----------------------
def _name(node: Name) -> Make:
    if local_label(node.text):
        return _number(node)
    column, end = node.column, node.end
    start, stop = column - 1, end - 1
    return lambda text: Name(text[start:stop], column, end)


def _number(node: Number | Name) -> Make:
    column, end = node.column, node.end
    start, stop = column - 1, end - 1

    def make(text: str) -> Number | Name:
        digits = text[start:stop]
        if local_label(digits):
            return Name(digits, column, end)
        return Number(number(digits), column, end)

    return make


def _unary(node: Unary) -> Make:
    operator, operand, column, end = node.operator, _part(node.operand), node.column, node.end
    return lambda text: Unary(operator, operand(text), column, end)


def _binary(node: Binary) -> Make:
    operator, left, right, column, end = node.operator, _part(node.left), _part(node.right), node.column, node.end
    return lambda text: Binary(operator, left(text), right(text), column, end)


def _conditional(node: Conditional) -> Make:
    test, yes, no, column, end = _part(node.test), _part(node.yes), _part(node.no), node.column, node.end
    return lambda text: Conditional(test(text), yes(text), no(text), column, end)


def _call(node: Call) -> Make:
    arguments, column, end = _parts(node.arguments), node.column, node.end
    start, stop = column - 1, column - 1 + len(node.function)
    return lambda text: Call(text[start:stop], tuple([make(text) for make in arguments]), column, end)


def _memory(node: Memory) -> Make:
    inner, column, end = _part(node.inner), node.column, node.end
    return lambda text: Memory(inner(text), column, end)


def _indexed(node: Indexed) -> Make:
    inner, column, end = _part(node.inner), node.column, node.end
    start, stop = column - 1, column - 1 + len(node.base)
    return lambda text: Indexed(text[start:stop], inner(text), column, end)


def _virtual(node: Virtual) -> Make:
    column, end = node.column, node.end
    return lambda text: Virtual(text[column : end - 1], column, end)


def _attribute(node: Attribute) -> Make:
    value, column, end = _part(node.value), node.column, node.end
    start, stop = column - 1, column - 1 + len(node.name)
    return lambda text: Attribute(text[start:stop], value(text), column, end)


def _timing(node: Timing) -> Make:
    if node.value is None:
        raise NoTemplate
    kind, value, column, end = node.kind, _part(node.value), node.column, node.end
    return lambda text: Timing(kind, value(text), (), column, end)


def _pin(node: Pin) -> Make:
    column, end = node.column, node.end
    stop = column + len(node.name)
    if node.value is None:
        return lambda text: Pin(text[column:stop], None, column, end)
    value = _part(node.value)
    return lambda text: Pin(text[column:stop], value(text), column, end)


PARTS: dict[type, Callable[[Any], Make]] = {
    Name: _name,
    Number: _number,
    Unary: _unary,
    Binary: _binary,
    Conditional: _conditional,
    Call: _call,
    Memory: _memory,
    Indexed: _indexed,
    Virtual: _virtual,
    Attribute: _attribute,
    Timing: _timing,
    Pin: _pin,
}


# Statements ------------------------------------------------------------------------------------------
def _label(node: LabelDef) -> MakeStatement:
    column, end = node.column, node.end
    start, stop = column - 1, end - 1

    def make(text: str) -> MakeAt:
        name = text[start:stop]
        return lambda line: LabelDef(name, line, column, end)

    return make


def _op(node: OpStmt) -> MakeStatement:
    column, end, operands, pins = node.column, node.end, _operands(node.operands), _operands(node.pins)
    start, stop = column - 1, end - 1
    timing = _part(node.timing) if node.timing is not None else None

    def make(text: str) -> MakeAt:
        mnemonic = text[start:stop].lower()
        mine: tuple[Operand, ...] = tuple([make(text) for make in operands])
        pinned: tuple[Pin, ...] = tuple([make(text) for make in pins])
        timed = timing(text) if timing is not None else None
        return lambda line: new(OpStmt, (mnemonic, mine, pinned, timed, line, column, end))

    return make


def _op_once(make: MakeStatement, node: OpStmt) -> MakeStatement:
    """An op among others, from its time to its last operand or pin."""
    parts = (node, *node.operands, *node.pins)
    return _once(make, (node.timing or node).column - 1, max(each.end for each in parts) - 1)


def _directive(node: DirectiveStmt) -> MakeStatement:
    column, end, arguments = node.column, node.end, _operands(node.arguments)
    stop = end - 1

    def make(text: str) -> MakeAt:
        name = text[column:stop].lower()
        mine: tuple[Expr, ...] = tuple([make(text) for make in arguments])
        return lambda line: DirectiveStmt(name, mine, line, column, end)

    return make


def _brace(node: Brace) -> MakeStatement:
    is_open, column, end = node.open, node.column, node.end
    return lambda text: lambda line: Brace(is_open, line, column, end)


STATEMENTS: dict[type, Callable[[Any], MakeStatement]] = {
    LabelDef: _label,
    OpStmt: _op,
    DirectiveStmt: _directive,
    Brace: _brace,
}
