"""Arguments of verbs: counts, numbers of breakpoints, words in quotes, names of files."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from debugger.repl.verb import Request, Verb
from debugger.trouble import trouble

MAX_COUNT = 1 << 40


def usage(verb: Verb) -> str:
    return f"usage: `{verb.usage}`"


def none(request: Request) -> None:
    """Raises SourceError where a verb that takes no arguments has some."""
    if request.argument:
        raise trouble(f"`{request.verb.name}` takes no argument, but `{request.argument}` is given")


def some(request: Request) -> str:
    """The argument. Raises SourceError where there is none."""
    return given(request, request.argument)


def given(request: Request, part: str) -> str:
    """A part of the argument. Raises SourceError where it is empty."""
    if not part:
        raise trouble(f"`{request.verb.name}` needs an argument", usage(request.verb))
    return part


def number(text: str, verb: Verb, what: str = "number") -> int:
    """A number that is not negative, in any base. Raises SourceError."""
    try:
        value = int(text, 0)
    except ValueError:
        value = -1
    if not 0 <= value <= MAX_COUNT:
        raise trouble(f"`{text}` is no {what} between 0 and {MAX_COUNT}", usage(verb))
    return value


def count(request: Request) -> int:
    """How many times: 1 unless the argument says otherwise. Raises SourceError."""
    value = number(request.argument, request.verb, "count") if request.argument else 1
    if not value:
        raise trouble(f"`{request.verb.name} 0` would do nothing", usage(request.verb))
    return value


def numbers(request: Request, present: Iterable[int]) -> list[int]:
    """The numbers `2 4-6` out of those that are present; all of them for no argument. Raises SourceError."""
    known = sorted(present)
    chosen: dict[int, None] = {}
    for word in request.argument.replace(",", " ").split():
        first, dash, last = word.partition("-")
        low = number(first, request.verb)
        high = number(last, request.verb) if dash else low
        inside = [each for each in known if low <= each <= high]
        if not inside:
            there = ", ".join(map(str, known)) or "none"
            raise trouble(f"there is no number {word} to `{request.verb.name}`", f"there are {there}")
        chosen.update(dict.fromkeys(inside))
    return list(chosen) if request.argument else known


def words(request: Request) -> list[str]:
    """The argument as words; quotes hold together what has blanks. Raises SourceError."""
    try:
        return shlex.split(request.argument, posix=True)
    except ValueError as error:
        raise trouble(f"`{request.verb.name}`: {str(error).lower()} in `{request.argument}`") from None


def file(request: Request) -> str:
    """The argument as the name of one file. Raises SourceError."""
    found = words(request)
    if len(found) != 1:
        raise trouble(f"`{request.verb.name}` takes the name of one file, not {len(found)}", usage(request.verb))
    return found[0]


def parted(request: Request, word: str) -> tuple[str, str]:
    """The argument before and after the last ` word `, the second "" where there is none."""
    before, found, after = f" {request.argument}".rpartition(f" {word} ")
    return (before.strip(), after.strip()) if found else (request.argument, "")
