"""Verbs of breakpoints and watches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debugger.repl import arguments
from debugger.repl.reply import Result, said
from debugger.repl.verb import Handler, Request
from debugger.trouble import trouble

if TYPE_CHECKING:
    from debugger.breakpoints import Breakpoint
    from debugger.repl.console import Console
    from debugger.session import Session

SHOWN_ADDRESSES = 6


def split_condition(text: str) -> tuple[str, str]:
    """`WHERE if CONDITION` taken apart; without an `if` the condition is ""."""
    where, found, condition = f" {text}".partition(" if ")
    return (where.strip(), condition.strip()) if found else (text, "")


def add(temporary: bool = False) -> Handler:
    """The verb that sets a breakpoint, for one stop or for all."""

    def handler(console: Console, request: Request) -> Result:
        where, condition = split_condition(request.argument)
        where = where or f"*{console.session.pc}"
        condition = checked(console, condition)
        return _made(console, console.session.breakpoints.add(where, condition, temporary=temporary))

    return handler


def watch(kind: str) -> Handler:
    """The verb that watches for "write", "read" or "access"."""

    def handler(console: Console, request: Request) -> Result:
        where, condition = split_condition(arguments.some(request))
        condition = checked(console, condition)
        console.expression = where
        return _made(console, console.session.breakpoints.watch(where, kind, condition))

    return handler


def checked(console: Console, condition: str) -> str:
    """A condition as it is. Raises SourceError for one that has no value."""
    if condition:
        console.expression = condition
        console.session.is_true(condition)
    return condition


def _made(console: Console, made: Breakpoint) -> Result:
    return Result([described(console.session, made)], made.as_data())


def described(session: Session, each: Breakpoint) -> str:
    """`breakpoint 1 at gcd.s:24 (address 12), if r4 == 3`."""
    name = f"{'temporary ' * each.temporary}{'watch' if each.is_watch else 'breakpoint'} {each.number}"
    where = f" of {each.where}" if each.is_watch else f" at {each.where}{addresses_text(session, each)}"
    condition = f", if {each.condition}" if each.condition else ""
    return name + where + condition


def addresses_text(session: Session, each: Breakpoint) -> str:
    """The bundles that a breakpoint stands for, a line's as addresses, an address's as a line."""
    if not each.addresses:
        return ""
    place = session.lines.place_of(each.addresses[0])
    line = f"{place.file}:{place.line}" if place else ""
    shown = ", ".join(map(str, each.addresses[:SHOWN_ADDRESSES]))
    more = f" and {len(each.addresses) - SHOWN_ADDRESSES} more" if len(each.addresses) > SHOWN_ADDRESSES else ""
    bundles = f"address{'es' * (len(each.addresses) > 1)} {shown}{more}"
    return f" ({bundles})" if line in ("", each.where) else f" ({bundles}, {line})"


def condition(console: Console, request: Request) -> Result:
    number, _, text = arguments.some(request).partition(" ")
    chosen = _one(console, number, request)
    return _made(console, console.session.breakpoints.change(chosen, condition=checked(console, text.strip())))


def ignore(console: Console, request: Request) -> Result:
    words = arguments.words(request)
    if len(words) != 2:
        raise trouble("`ignore` takes a number and a count", arguments.usage(request.verb))
    chosen, times = _one(console, words[0], request), arguments.number(words[1], request.verb, "count")
    console.session.breakpoints.change(chosen, ignore=times)
    return said(f"breakpoint {chosen} is passed {times} times", number=chosen, ignore=times)


def _one(console: Console, text: str, request: Request) -> int:
    number = arguments.number(text, request.verb)
    console.session.breakpoints[number]  # raises for a number that no breakpoint has
    return number


# Several ----------------------------------------------------------------------------------------
def delete(console: Console, request: Request) -> Result:
    chosen = _chosen(console, request)
    for number in chosen:
        console.session.breakpoints.remove(number)
    return _done("deleted", chosen)


def enable(on: bool) -> Handler:
    """The verb that lets breakpoints stop runs, or has them passed."""

    def handler(console: Console, request: Request) -> Result:
        chosen = _chosen(console, request)
        for number in chosen:
            console.session.breakpoints.enable(number, on)
        return _done("enabled" if on else "disabled", chosen)

    return handler


def _chosen(console: Console, request: Request) -> list[int]:
    return arguments.numbers(request, [each.number for each in console.session.breakpoints])


def _done(what: str, chosen: list[int]) -> Result:
    return said(f"{what} {', '.join(map(str, chosen)) or 'none: there are no breakpoints'}", numbers=chosen)
