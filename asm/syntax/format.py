"""The formatter: one layout for every program, and never another meaning.

Lines are laid out token by token as the grammar reads them. A line that does not parse stays as it is, and so
does one that would read differently afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asm.syntax.lalr import Parser, TooDeep, Unexpected
from asm.syntax.parse import strip_comment, unexpected
from asm.syntax.shapes import BY_LETTER, MAX_SHAPES, shape_of
from asm.syntax.source import BLOCK_COMMENT
from asm.tree import Line
from isa.diagnostics import Diagnostic
from isa.records import dataclass, field

CODE_COLUMN = 8  # where instructions begin
INNER_COLUMN = 12  # where they begin in a bundle of several lines
MNEMONIC_WIDTH = 8
TIMING_WIDTH = 16
COMMENT_COLUMN = 40
AROUND_SEPARATOR = "  "

TIGHT_BEFORE = {"COMMA", "RPAR", "RSQB", "__ANON_0"}  # __ANON_0 is `..`
TIGHT_AFTER = {"LPAR", "LSQB", "__ANON_0"}
SPACE_AFTER = {"DIRECTIVE", "COMMA", "LBRACE", "RBRACE"}
OPENING = {"LPAR", "LSQB"}
# Spaced on both sides when they were on either.
AS_WRITTEN = {
    "EQUAL", "QMARK", "COLON", "OR", "AND", "BIT_OR", "BIT_XOR", "BIT_AND",
    "EQUALITY", "ORDER", "SHIFT", "SIGN", "PRODUCT",
}  # fmt: skip
# The part that tells, by action: 0 takes where the action's range starts, 1 where it ends.
ROLES = {
    "op": ("mnemonics", 0),
    "unary": ("prefixes", 0),
    "declaration": ("declared", 0),
    "label": ("labels", 1),
    "at": ("timings", 1),
    "plus": ("timings", 1),
    "after": ("timings", 1),
}


@dataclass(frozen=True)
class Formatted:
    """The new text, and one diagnostic for each line that was left because it does not parse."""

    text: str
    diagnostics: list[Diagnostic] = field(default_factory=list)


def format_source(text: str, name: str = "<text>") -> Formatted:
    """Lay out a whole source. Blank lines and comments stay; the text ends with one line end."""
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    keep = lines_of_block_comments("\n".join(lines))
    formatter = Formatter(name)
    out = [line if number in keep else formatter.line(Line(name, number, line)) for number, line in enumerate(lines, 1)]
    return Formatted("\n".join(out).rstrip("\n") + "\n" if text.strip() else "", formatter.diagnostics)


def lines_of_block_comments(text: str) -> set[int]:
    """The numbers of lines that a block comment touches."""
    numbers: set[int] = set()
    for found in BLOCK_COMMENT.finditer(text) if "/*" in text else ():
        if found.group().startswith("/*"):
            first = text.count("\n", 0, found.start()) + 1
            numbers.update(range(first, first + found.group().count("\n") + 1))
    return numbers


@dataclass(slots=True)
class Tokens:
    """A line as the grammar reads it: terminals with their ranges, and what some of them are for."""

    code: str
    tokens: list[tuple[str, int, int]]
    mnemonics: set[int] = field(default_factory=set)  # where they start
    prefixes: set[int] = field(default_factory=set)
    labels: set[int] = field(default_factory=set)  # where they end, colon included
    timings: set[int] = field(default_factory=set)  # where they end
    declared: set[int] = field(default_factory=set)  # where the names of declarations start

    def of(self, code: str) -> Tokens:
        """The same of another line of this shape."""
        return Tokens(code, self.tokens, self.mnemonics, self.prefixes, self.labels, self.timings, self.declared)

    def text(self, index: int) -> str:
        _, start, end = self.tokens[index]
        return self.code[start:end]

    def words(self) -> list[tuple[str, str]]:
        """Terminals and texts: equal words have equal meaning."""
        return [(terminal, self.code[start:end]) for terminal, start, end in self.tokens]


class Roles:
    """Actions that build nothing, and remember which token plays which part."""

    def __init__(self, into: Tokens) -> None:
        self._into = into

    def __getattr__(self, action: str) -> Callable[..., None]:
        role, which = ROLES.get(action, ("", 0))

        def remember(*range_and_parts: Any) -> None:
            if role:
                getattr(self._into, role).add(range_and_parts[which])

        return remember


_known: dict[bytes, Tokens] = {}  # by the shapes of lines, which have their tokens in common: see asm.syntax.shapes


def tokenize(code: str) -> Tokens:
    """Raises Unexpected or TooDeep."""
    shape = shape_of(code)
    known = _known.get(shape)
    if known is not None:
        return known.of(code)
    tokens = _parsed(code)
    if not BY_LETTER.search(shape.decode(errors="surrogatepass")):
        if len(_known) >= MAX_SHAPES:
            _known.clear()
        _known[shape] = tokens
    return tokens


def _parsed(code: str) -> Tokens:
    tokens = Tokens(code, [])
    parser = Parser(code, Roles(tokens))
    parser.run()
    tokens.tokens = parser.tokens
    return tokens


class Formatter:
    """Lays out line after line; knows whether it is inside a bundle."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.diagnostics: list[Diagnostic] = []
        self._inside = False

    def line(self, line: Line) -> str:
        code = strip_comment(line.text)
        comment = line.text[len(code) :].strip()
        if not code.strip():
            indent = "" if line.text.startswith(comment[:1] or " ") else " " * self._column()
            return indent + comment if comment else ""
        try:
            tokens = tokenize(code)
        except Unexpected as error:
            self.diagnostics.append(unexpected(code, line, error))
            return line.text.rstrip()
        except TooDeep:
            return line.text.rstrip()
        new = self._layout(tokens)
        self._follow(tokens)
        if not same(tokens, new):
            return line.text.rstrip()
        return f"{new:{COMMENT_COLUMN - 2}}  {comment}" if comment else new

    def _column(self) -> int:
        return INNER_COLUMN if self._inside else CODE_COLUMN

    def _follow(self, tokens: Tokens) -> None:
        for terminal, _, _ in tokens.tokens:
            if terminal in ("LBRACE", "RBRACE"):
                self._inside = terminal == "LBRACE"

    def _layout(self, tokens: Tokens) -> str:
        """Labels at the margin, the rest at its column; the mnemonic of a line with one op is padded."""
        count = leading_labels(tokens)
        labels = join(tokens, 0, count)
        first = tokens.tokens[count][0] if count < len(tokens.tokens) else ""
        if not first:
            return labels
        column = CODE_COLUMN if first in ("LBRACE", "RBRACE") else self._column()
        if first == "DIRECTIVE" and not labels and tokens.tokens[0][1] == 0:
            column = 0
        start = f"{labels} " if labels else ""
        return f"{start:{column}}{body(tokens, count)}"


def leading_labels(tokens: Tokens) -> int:
    """How many tokens the labels at the beginning take."""
    count = 0
    while count + 1 < len(tokens.tokens) and tokens.tokens[count + 1][2] in tokens.labels:
        count += 2
    return count


def body(tokens: Tokens, first: int) -> str:
    """What follows the labels: one op in columns, or anything else token by token."""
    terminals = [terminal for terminal, _, _ in tokens.tokens[first:]]
    at = [index for index, (_, start, _) in enumerate(tokens.tokens) if start in tokens.mnemonics]
    if len(at) != 1 or "LBRACE" in terminals or "RBRACE" in terminals or separators(tokens):
        return join(tokens, first, len(tokens.tokens))
    mnemonic = at[0]
    timing = next((i + 1 for i, token in enumerate(tokens.tokens) if token[2] in tokens.timings), first)
    timed = f"{join(tokens, first, timing):{TIMING_WIDTH - 1}} " if timing > first else ""
    labels = join(tokens, timing, mnemonic)
    op = f"{tokens.text(mnemonic):{MNEMONIC_WIDTH - 1}} {join(tokens, mnemonic + 1, len(tokens.tokens))}"
    return f"{timed}{labels + ' ' if labels else ''}{op}".rstrip()


def separators(tokens: Tokens) -> set[int]:
    """The tokens `||` that separate ops."""
    found, depth = set(), 0
    for index, (terminal, _, _) in enumerate(tokens.tokens):
        depth += (terminal in ("LPAR", "LSQB")) - (terminal in ("RPAR", "RSQB"))
        if terminal == "OR" and depth == 0:
            found.add(index)
        if terminal == "DIRECTIVE":
            return set()
    return found


def join(tokens: Tokens, first: int, end: int) -> str:
    """Tokens `first` up to `end` as text."""
    between = separators(tokens)
    parts: list[str] = []
    for index in range(first, end):
        if index > first:
            parts.append(AROUND_SEPARATOR if {index - 1, index} & between else gap(tokens, index))
        parts.append(tokens.text(index))
    return "".join(parts)


def gap(tokens: Tokens, index: int) -> str:
    """What stands between a token and the one before it."""
    (before, start, end), (terminal, here, stop) = tokens.tokens[index - 1], tokens.tokens[index]
    if start in tokens.prefixes or stop in tokens.labels or terminal in TIGHT_BEFORE or before in TIGHT_AFTER:
        return ""
    if start in tokens.mnemonics or end in tokens.labels or end in tokens.timings or before in SPACE_AFTER:
        return " "
    if before == "SETTING" or (before == "EQUAL" and tokens.tokens[index - 2][0] == "SETTING"):
        return ""
    if before == "AT_PLUS" or (before == "AT" and tokens.timings) or (terminal in OPENING and before == "NAME"):
        return ""
    if terminal == "COLON" and start in tokens.declared:
        return ""
    if before == "COLON" and tokens.tokens[index - 2][1] in tokens.declared:
        return " "
    operator = index if terminal in AS_WRITTEN and here not in tokens.prefixes else index - 1
    as_written = tokens.tokens[operator][0] in AS_WRITTEN
    return "" if as_written and not spaced(tokens, operator) else " "


def spaced(tokens: Tokens, index: int) -> bool:
    """Whether an operator was written with space on either side."""
    _, start, end = tokens.tokens[index]
    return tokens.code[start - 1 : start].isspace() or tokens.code[end : end + 1].isspace()


def same(tokens: Tokens, text: str) -> bool:
    """Whether the new text reads as the old one did."""
    try:
        return tokenize(text).words() == tokens.words()
    except (Unexpected, TooDeep):
        return False
