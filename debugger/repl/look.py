"""Verbs that look at the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debugger.repl import arguments
from debugger.repl.position import display_lines, position_data, position_lines
from debugger.repl.reply import Result, said
from debugger.repl.values import shown_lines
from debugger.repl.verb import Request

if TYPE_CHECKING:
    from debugger.repl.console import Console
    from debugger.views.ink import View


def show(console: Console, request: Request) -> Result:
    shown = console.session.value(arguments.some(request))
    return Result(shown_lines(shown, request.format, console.screen.width), shown.as_data())


def viewed(console: Console, view: View) -> Result:
    """A view as this screen can show it."""
    screen = console.screen
    return Result(view.lines(screen.width, screen.colour, screen.unicode), view.as_data())


def floor(console: Console, request: Request) -> Result:
    from debugger.views.floor import floor

    arguments.none(request)
    return viewed(console, floor(console.session))


def display(console: Console, request: Request) -> Result:
    if request.argument:
        console.session.value(request.argument)  # raises where there is no such thing
        number = max(console.displays, default=0) + 1
        console.displays[number] = (request.argument, request.format)
        return Result(display_lines(console, number), {"number": number})
    lines = [line for number in console.displays for line in display_lines(console, number)]
    return Result(lines, {"displays": {str(number): text for number, (text, _) in console.displays.items()}})


def undisplay(console: Console, request: Request) -> Result:
    chosen = arguments.numbers(request, console.displays)
    for number in chosen:
        del console.displays[number]
    return said(f"displays that are gone: {', '.join(map(str, chosen)) or 'none'}", numbers=chosen)


def where(console: Console, request: Request) -> Result:
    arguments.none(request)
    return Result(position_lines(console), position_data(console.session))
