"""Macros and repetition as text: heads, calls, and bodies with their parameters replaced."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import NoReturn, TypeAlias

from asm.tree import Attribute, DirectiveStmt, Line, Name, OpStmt
from isa.diagnostics import Diagnostic, Note, Place, SourceError
from isa.records import NamedTuple

Trail: TypeAlias = tuple[tuple[str, Place], ...]

PARAMETER = re.compile(r"\\(@|\(\)|[A-Za-z_]\w*)", re.ASCII)
PIECE = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)[^']*'|\|\||[^"'|]|.""")
GROUPING = re.compile(r"""["'()\[\]|}]""")  # what may keep a comma from separating arguments, or end them
OP_ENDS = ("||", "}")
NONE: frozenset[int] = frozenset()
MOST_LINES = 1 << 13  # remembered, of those in bodies


class Parameter(NamedTuple):
    """`default` is text, None when an argument must be given; a `rest` parameter takes all that are left."""

    name: str
    default: str | None = None
    rest: bool = False


class Macro(NamedTuple):
    name: str
    parameters: tuple[Parameter, ...]
    body: tuple[Line, ...]
    place: Place


def split_arguments(text: str, start: int, ends: tuple[str, ...] = (), begins: frozenset[int] = NONE) -> list[str]:
    """The arguments from `start` up to one of `ends`, split at commas; neither counts inside brackets or strings.

    An argument at one of the columns `begins` has no comma before it, or need not.
    """
    if not begins and not GROUPING.search(text, start):
        rest = text[start:]
        return [argument.strip() for argument in rest.split(",")] if rest.strip() else []
    pieces: list[list[str]] = [[]]
    depth = 0
    for found in PIECE.finditer(text, start):
        piece = found.group()
        if depth == 0 and piece in ends:
            break
        depth += (piece in ("(", "[")) - (piece in (")", "]"))
        if found.start() + 1 in begins and "".join(pieces[-1]).strip():
            pieces.append([])
        if piece == "," and depth == 0:
            pieces.append([])
        else:
            pieces[-1].append(piece)
    arguments = ["".join(piece).strip() for piece in pieces]
    return arguments if arguments != [""] else []


def parameters_of(head: DirectiveStmt, code: str) -> tuple[Parameter, ...]:
    """The parameters that `.macro name a, b=default, rest...` declares; raises SourceError (E-MACRO)."""
    texts = split_arguments(code, head.end - 1)
    texts[0] = texts[0].partition(" ")[2].strip()
    texts = [text for text in texts if text]
    parameters: list[Parameter] = []
    for argument, text in zip(head.arguments[1:], texts, strict=True):
        if isinstance(argument, Attribute):
            parameter = Parameter(argument.name, text.partition("=")[2].strip())
        elif isinstance(argument, Name):
            parameter = Parameter(argument.text.removesuffix("..."), rest=argument.text.endswith("..."))
        else:
            fail(head.line, argument.column, argument.end, f"`{text}` is not a parameter", "parameters are names")
        if parameter.name in [earlier.name for earlier in parameters]:
            fail(head.line, argument.column, argument.end, f"the parameter `{parameter.name}` is there twice")
        if parameters and parameters[-1].rest:
            message = f"`{parameters[-1].name}...` takes all arguments that are left"
            fail(head.line, argument.column, argument.end, message, "put it last")
        parameters.append(parameter)
    return tuple(parameters)


def fail(line: Line, column: int, end: int, message: str, help_: str = "", notes: tuple[Note, ...] = ()) -> NoReturn:
    raise SourceError(Diagnostic("E-MACRO", message, line.place(column, end), notes, help_))


def bind(macro: Macro, call: OpStmt, code: str) -> dict[str, str]:
    """Texts for the parameters of a call; raises SourceError (E-MACRO)."""
    given: dict[str, str] = {}
    positional: list[str] = []
    names = [parameter.name for parameter in macro.parameters]
    begins = frozenset(operand.column for operand in call.operands if isinstance(operand, Attribute))
    for operand, text in zip(call.operands, split_arguments(code, call.end - 1, OP_ENDS, begins), strict=True):
        if not (isinstance(operand, Attribute) and operand.name in names):
            positional.append(text)
        elif operand.name in given:
            fail(call.line, operand.column, operand.end, f"`{operand.name}` is given twice")
        else:
            given[operand.name] = text.partition("=")[2].strip()
    return _fill(macro, call, given, positional)


def _fill(macro: Macro, call: OpStmt, given: dict[str, str], positional: list[str]) -> dict[str, str]:
    texts: dict[str, str] = {}
    here = (Note(f"`{macro.name}` is defined here", macro.place),)
    for parameter in macro.parameters:
        if parameter.name in given:
            texts[parameter.name] = given[parameter.name]
        elif parameter.rest:
            texts[parameter.name], positional = ", ".join(positional), []
        elif positional:
            texts[parameter.name] = positional.pop(0)
        elif parameter.default is not None:
            texts[parameter.name] = parameter.default
        else:
            message = f"the macro `{macro.name}` needs a value for `{parameter.name}`"
            fail(call.line, call.column, call.end, message, notes=here)
    if positional:
        message = f"the macro `{macro.name}` takes {len(macro.parameters)} arguments, not {len(call.operands)}"
        fail(call.line, call.column, call.end, message, notes=here)
    return texts


def called(macro: Macro, here: Place, trail: Trail) -> Trail:
    """What leads to the lines of a macro that is used at a place."""
    return ((f"in the macro `{macro.name}`, called here", here), *trail)


def substitute(line: Line, texts: Mapping[str, str], serial: int, trail: Trail) -> Line:
    """A body line with `\\name`, `\\@` (the serial number) and `\\()` (nothing) replaced; others stay."""
    if "\\" not in line.text:
        return Line(line.file, line.number, line.text, trail)
    known = {**texts, "@": str(serial), "()": ""}
    text, edits = _replaced(line.text, tuple([known.get(name) for name in _names(line.text)]))
    return Line(line.file, line.number, text, trail, edits)


@lru_cache(MOST_LINES)
def _names(text: str) -> tuple[str, ...]:
    """What a line names behind backslashes."""
    return tuple(PARAMETER.findall(text))


@lru_cache(MOST_LINES)
def _replaced(line: str, texts: tuple[str | None, ...]) -> tuple[str, tuple[tuple[int, int, int], ...]]:
    """A line with texts for what it names, None where that stays; and the edits. Many uses of a macro are the same."""
    parts: list[str] = []
    edits: list[tuple[int, int, int]] = []
    column, done = 1, 0
    for found, text in zip(PARAMETER.finditer(line), texts, strict=True):
        if text is None:
            continue
        column += found.start() - done
        parts += line[done : found.start()], text
        edits.append((column, len(text), len(found.group())))
        column, done = column + len(text), found.end()
    return "".join(parts) + line[done:], tuple(edits)


def expansion(body: tuple[Line, ...], texts: Mapping[str, str], serial: int, trail: Trail) -> Iterator[Line]:
    """One copy of a body."""
    for line in body:
        yield substitute(line, texts, serial, trail)


def rounds(
    body: tuple[Line, ...], each: Iterator[Mapping[str, str]], serial: Callable[[], int], place: Place, what: str
) -> Iterator[Line]:
    """A body once for every mapping of `each`."""
    for number, texts in enumerate(each, 1):
        here = Place(place.file, place.line, place.column, place.end_column)
        trail = ((f"in round {number} of this {what}", here), *place.trail)
        yield from expansion(body, texts, serial(), trail)
