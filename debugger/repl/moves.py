"""Verbs that go through time, and what is shown where they stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debugger.repl import arguments
from debugger.repl.position import stopped_result
from debugger.repl.reply import Result
from debugger.repl.verb import Handler, Request
from debugger.trouble import trouble
from vm.machine import FOREVER

if TYPE_CHECKING:
    from debugger.repl.console import Console
    from debugger.running import Stopped


def run(console: Console, request: Request) -> Result:
    arguments.none(request)
    return stopped_result(console, console.session.run_again())


def go_on(console: Console, request: Request) -> Result:
    passes = arguments.count(request) - 1
    if passes:
        _pass(console, passes)
    return stopped_result(console, console.session.run())


def _pass(console: Console, times: int) -> None:
    """Have the breakpoints that stopped the run last pass some times."""
    hits = console.last_hits
    if not hits:
        raise trouble("`continue N` passes the breakpoint that stopped the run, but none did", "`continue` goes on")
    for number in hits:
        console.session.breakpoints.change(number, ignore=times)


def until(console: Console, request: Request) -> Result:
    console.expression = arguments.some(request)
    return stopped_result(console, console.session.until(request.argument))


def reverse(console: Console, request: Request) -> Result:
    arguments.none(request)
    return stopped_result(console, console.session.reverse())


def earlier(console: Console, request: Request) -> Result:
    arguments.none(request)
    return stopped_result(console, console.session.earlier())


def later(console: Console, request: Request) -> Result:
    arguments.none(request)
    return stopped_result(console, console.session.later())


# Steps ------------------------------------------------------------------------------------------
def forward(by: str) -> Handler:
    """The verb that goes on by "cycle", "bundle", "line", "round" or "kernel", some times."""
    return lambda console, request: stopped_result(console, console.session.step(arguments.count(request), by))


def back(by: str) -> Handler:
    """The verb that goes back by as much."""
    return lambda console, request: stopped_result(console, console.session.back(arguments.count(request), by))


# Any cycle --------------------------------------------------------------------------------------
def goto(console: Console, request: Request) -> Result:
    return stopped_result(console, _goto(console, arguments.some(request), request))


def _goto(console: Console, where: str, request: Request) -> Stopped:
    session = console.session
    if where in session.marks:
        return session.goto(where)
    if where == "start":
        return session.goto(session.history.start)
    if where == "end":
        return session.goto(FOREVER)
    if where[0] in "+-":
        distance = arguments.number(where[1:].strip(), request.verb, "number of cycles")
        return session.goto(max(session.cycle + (distance if where[0] == "+" else -distance), session.history.start))
    if where[0].isdigit():
        return session.goto(arguments.number(where, request.verb, "cycle"))
    return session.goto(where)  # which says what marks there are
