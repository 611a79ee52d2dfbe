"""Verbs that change the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debugger.repl import arguments, code
from debugger.repl.reply import Result, one_line, said
from debugger.repl.verb import Request
from debugger.trouble import trouble

if TYPE_CHECKING:
    from debugger.repl.console import Console


def assign(console: Console, request: Request) -> Result:
    target, equals, value = request.argument.partition("=")
    if not equals or not target.strip() or not value.strip():
        raise trouble("`set` takes a target, `=` and a value", arguments.usage(request.verb))
    console.value(value.strip())  # which quotes it where it has none
    console.expression = target.strip()
    console.session.set(target.strip(), value.strip())
    shown = console.value(target.strip())
    return Result(shown.lines(console.screen.width), shown.as_data())


def load(console: Console, request: Request) -> Result:
    words = arguments.words(request)
    if len(words) != 2:
        raise trouble("`load` takes a name and a file", arguments.usage(request.verb))
    name, path = words
    console.expression = name
    console.session.set(name, f"load({path!r})")
    return said(f"{name} is filled from {path}", name=name, file=path)


def undo(console: Console, request: Request) -> Result:
    from debugger.repl.position import position_data, position_lines

    arguments.none(request)
    text = console.session.undo()
    if text is None:
        raise trouble("there is no change to undo")
    lines = [f"undone: {one_line(text)}", *position_lines(console)]
    return Result(lines, {"undone": text, **position_data(console.session)})


def execute(console: Console, request: Request) -> Result:
    return code.execute(console, arguments.some(request))
