"""Verbs that look at the machine and the program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from debugger.repl import arguments
from debugger.repl.places import address_of, line_of
from debugger.repl.position import display_lines, position_data, position_lines
from debugger.repl.reply import Result, said
from debugger.repl.values import shown_lines
from debugger.repl.verb import Request
from debugger.trouble import trouble

if TYPE_CHECKING:
    from debugger.repl.console import Console
    from debugger.session import Session
    from debugger.views.ink import View
    from vm.stats import Stats

AFTER = 14  # lines that `list` shows when it goes on


def viewed(console: Console, view: View) -> Result:
    """A view as this screen can show it."""
    screen = console.screen
    return Result(view.lines(screen.width, screen.colour, screen.unicode), view.as_data())


# Values -----------------------------------------------------------------------------------------
def show(console: Console, request: Request) -> Result:
    shown = console.value(arguments.some(request))
    lines = shown_lines(shown, request.format, console.screen.width)
    return Result(lines, {**shown.as_data(), **({"formatted": lines} if request.format else {})})


def memory(console: Console, request: Request) -> Result:
    from debugger.views.dump import x

    console.expression = request.argument
    return viewed(console, x(console.session, request.format, request.argument))


def display(console: Console, request: Request) -> Result:
    if request.argument:
        shown_lines(console.value(request.argument), request.format, console.screen.width)  # raises what is wrong
        number = max(console.displays, default=0) + 1
        console.displays[number] = (request.argument, request.format)
        return Result(display_lines(console, number), {"number": number})
    lines = [line for number in console.displays for line in display_lines(console, number)]
    return Result(lines, {"displays": {str(number): text for number, (text, _) in console.displays.items()}})


def undisplay(console: Console, request: Request) -> Result:
    chosen = arguments.numbers(request, console.displays)
    for number in chosen:
        del console.displays[number]
    return said(f"not displayed any more: {', '.join(map(str, chosen)) or 'none'}", numbers=chosen)


# The machine ------------------------------------------------------------------------------------
def floor(console: Console, request: Request) -> Result:
    from debugger.views.floor import floor

    arguments.none(request)
    return viewed(console, floor(console.session))


def timeline(console: Console, request: Request) -> Result:
    from debugger.views.timeline import CYCLES, timeline

    cycles = arguments.count(request) if request.argument else CYCLES
    return viewed(console, timeline(console.session, cycles))


def flow(console: Console, request: Request) -> Result:
    from debugger.views.flow import CYCLES, flow

    stream, _, cycles = arguments.some(request).partition(" ")
    count = arguments.number(cycles.strip(), request.verb, "number of cycles") if cycles else CYCLES
    return viewed(console, flow(console.session, stream, count))


def stats(console: Console, request: Request) -> Result:
    arguments.none(request)
    found, session = console.session.machine.stats, console.session
    lines = {f"{file}:{line}": use._asdict() for (file, line), use in found.lines.items()}
    data = {"cycles": found.cycles, "bundles": found.bundles, "ops": found.ops, "lines": lines}
    units = {name: use._asdict() for name, use in found.units.items()}
    return Result(list(_stats(session, found)), {**data, "units": units})


def _stats(session: Session, found: Stats) -> Iterator[str]:
    from vm import stats_text

    yield stats_text.summary(session.status, found, session.spec)
    yield from ("", *stats_text.unit_bars(found), *stats_text.lost_values(found))
    if found.lines:
        texts = {(file, line): session.lines.line_text(file, line) for file, line in found.lines}
        yield from ("", *stats_text.busiest_lines(found, texts))


# The program ------------------------------------------------------------------------------------
def disassembly(console: Console, request: Request) -> Result:
    from debugger.views.code import disas

    address = address_of(console.session, request.argument) if request.argument else None
    return viewed(console, disas(console.session, address))


def listing(console: Console, request: Request) -> Result:
    """Source around a place; asked again without one, what follows."""
    from debugger.views.code import listing

    if request.argument:
        view = listing(console.session, *line_of(console.session, request.argument))
    elif console.listed:
        file, line = console.listed
        if line >= len(console.session.lines.text(file)):
            raise trouble(f"line {line} is the last of {file}", "`list 1` begins again")
        view = listing(console.session, file, line + 1, before=0, after=AFTER)
    else:
        view = listing(console.session)
    console.listed = (view.file, view.rows[-1].number) if view.rows else None
    return viewed(console, view)


def where(console: Console, request: Request) -> Result:
    arguments.none(request)
    return Result(position_lines(console), position_data(console.session))
