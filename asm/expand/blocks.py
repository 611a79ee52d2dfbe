"""Blocks of lines: collecting bodies, and choosing the branch of an `.if`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from asm.syntax.parse import strip_comment
from asm.tree import Line
from isa.diagnostics import Diagnostic, Note, Place, SourceError
from isa.records import dataclass

CONDITIONS = ("if", "ifdef", "ifndef", "ifb", "ifnb")
CLOSERS = {"macro": "endm", "rept": "endr", "irp": "endr", **dict.fromkeys(CONDITIONS, "endif")}
BEGINNINGS = {"if": "endif", "irp": "endr", "rep": "endr", "macr": "endm"}  # of openers that do not exist
WORD = re.compile(r"\s*(?:[\w.\\@]+\s*:\s*)*\.([a-z]+)(?!\w)", re.IGNORECASE | re.ASCII)
MOST_WORDS = 256  # remembered: names of directives


@dataclass(slots=True)
class Branches:
    """An `.if` that is open: whether a branch was taken, and where `.else` was."""

    name: str
    place: Place
    taken: bool = False
    otherwise: Place | None = None


def directive_of(line: Line) -> str:
    """The directive a line begins with, "" for none; the line need not parse."""
    found = WORD.match(line.text) if "." in line.text else None
    return found.group(1).lower() if found else ""


@lru_cache(MOST_WORDS)
def closer_of(word: str) -> str | None:
    """The directive that closes the block a word opens, be it a word like `ifeq` that we do not have."""
    guesses = (closer for beginning, closer in BEGINNINGS.items() if word.startswith(beginning))
    return CLOSERS.get(word) or next(guesses, None)


def collect(lines: Iterator[Line], opener: str, place: Place) -> tuple[Line, ...]:
    """The lines up to the closer of a block just opened, which is taken too; raises SourceError (E-DIRECTIVE)."""
    closer, depth = closer_of(opener), 0
    body: list[Line] = []
    for line in lines:
        word = directive_of(line)
        if closer_of(word) == closer:
            depth += 1
        elif word == closer:
            if depth == 0:
                check_alone(line, word)
                return tuple(body)
            depth -= 1
        body.append(line)
    raise SourceError(unclosed(opener, place))


def skip(lines: Iterator[Line]) -> Line | None:
    """Pass over a branch; the `.elif`, `.else` or `.endif` line that ends it, None if nothing does."""
    depth = 0
    for line in lines:
        word = directive_of(line)
        if closer_of(word) == "endif":
            depth += 1
        elif word == "endif" and depth:
            depth -= 1
        elif word in ("elif", "else", "endif") and not depth:
            return line
    return None


def check_alone(line: Line, closer: str) -> None:
    """A closer has its line for itself: a label there would belong to nothing."""
    code = strip_comment(line.text)
    if code.strip().lower() != f".{closer}":
        message = f"`.{closer}` stands alone on its line"
        raise SourceError(Diagnostic("E-DIRECTIVE", message, line.place(1, len(code) + 1)))


def unclosed(opener: str, place: Place) -> Diagnostic:
    message = f"`.{opener}` is never closed"
    help_ = f"close it with `.{closer_of(opener)}` in the same file or body"
    return Diagnostic("E-DIRECTIVE", message, place, help=help_)


def unopened(closer: str, place: Place) -> Diagnostic:
    openers = [f"`.{opener}`" for opener, closing in CLOSERS.items() if closing == closer] or ["`.if`"]
    return Diagnostic("E-DIRECTIVE", f"`.{closer}` closes nothing: no {' or '.join(openers[:2])} is open here", place)


def after_else(name: str, place: Place, otherwise: Place) -> Diagnostic:
    return Diagnostic("E-DIRECTIVE", f"`.{name}` comes after `.else`", place, (Note("`.else` is here", otherwise),))
