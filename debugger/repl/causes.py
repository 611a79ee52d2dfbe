"""Verbs that ask why: causes of values and faults, and what becomes of a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debugger.repl import arguments
from debugger.repl.reply import Result
from debugger.repl.verb import Request
from debugger.trouble import trouble

if TYPE_CHECKING:
    from debugger.repl.console import Console
    from debugger.why import Cause

MAX_DEPTH = 200  # levels of a tree


def why(console: Console, request: Request) -> Result:
    from debugger.why import why

    text, depth = _with_depth(request)
    console.expression = arguments.given(request, text)
    return _tree(console, why(console.session, text), depth)


def goes(console: Console, request: Request) -> Result:
    from debugger.why import goes

    text, depth = _with_depth(request)
    console.expression = arguments.given(request, text)
    return _tree(console, goes(console.session, text), depth)


def whynot(console: Console, request: Request) -> Result:
    from debugger.why import whynot

    text, depth = _with_depth(request)
    if text:
        raise trouble(f"`{request.verb.name}` is about the fault and takes no `{text}`", f"`why {text}` asks about it")
    return _tree(console, whynot(console.session), depth)


def unfold(console: Console, request: Request) -> Result:
    """Go on in the tree that was shown last, at a node of it."""
    path, depth = _with_depth(request)
    if console.cause is None:
        raise trouble("nothing was asked yet that could be unfolded", "`why TARGET` asks")
    return _shown(console.cause.at(path), depth)


def _with_depth(request: Request) -> tuple[str, int | None]:
    """What is asked about, and how many levels are to be shown, if that is said."""
    text, depth = arguments.parted(request, "depth")
    return text, min(arguments.number(depth, request.verb, "depth"), MAX_DEPTH) if depth else None


def _tree(console: Console, cause: Cause, depth: int | None) -> Result:
    console.cause = cause
    return _shown(cause, depth)


def _shown(cause: Cause, depth: int | None) -> Result:
    from debugger.why.cause import DEPTH

    levels = DEPTH if depth is None else depth
    return Result(cause.lines(levels), cause.as_data(levels))
