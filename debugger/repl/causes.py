"""Verbs that ask why: causes of values and faults, and what becomes of a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from debugger.repl import arguments
from debugger.repl.reply import Result
from debugger.repl.verb import Request

if TYPE_CHECKING:
    from debugger.repl.console import Console

DEPTH = 4  # levels of a tree that are shown unless a depth is given
MAX_DEPTH = 200


def why(console: Console, request: Request) -> Result:
    from debugger.why import why

    text, depth = _with_depth(request)
    return _tree(why(console.session, text), depth)


def goes(console: Console, request: Request) -> Result:
    from debugger.why import goes

    text, depth = _with_depth(request)
    return _tree(goes(console.session, text), depth)


def whynot(console: Console, request: Request) -> Result:
    from debugger.why import whynot

    arguments.none(request)
    return _tree(whynot(console.session), DEPTH)


def _with_depth(request: Request) -> tuple[str, int]:
    """What is asked about, and how many levels are to be shown."""
    text, depth = arguments.parted(request, "depth")
    arguments.some(request)
    return text, min(arguments.number(depth, request.verb, "depth"), MAX_DEPTH) if depth else DEPTH


def _tree(cause: Any, depth: int) -> Result:
    return Result(cause.lines(depth), cause.as_data(depth))
