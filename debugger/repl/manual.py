"""Verbs about the debugger itself, and the manual of the instructions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from debugger.repl import arguments
from debugger.repl.pages import PAGES
from debugger.repl.reply import NOTHING, Result, did_you_mean
from debugger.repl.verb import Request, Verb
from debugger.trouble import trouble

if TYPE_CHECKING:
    from debugger.repl.console import Console

INTRODUCTION = "A line is a verb, or an instruction or bundle that is assembled and run here and now."
ENDING = (
    "Verbs may be shortened as long as they are one alone. An empty line steps again. `help VERB` says more;",
    f"`help MNEMONIC` is the manual of an instruction. There is more on {', '.join(PAGES)}: `help expressions`.",
)


def json(console: Console, request: Request) -> Result:
    if request.argument not in ("on", "off"):
        raise trouble(f"`json` takes `on` or `off`, not `{request.argument}`")
    console.json = request.argument == "on"
    return NOTHING


def echo(console: Console, request: Request) -> Result:
    return Result([request.argument], {"text": request.argument})


def quit(console: Console, request: Request) -> Result:
    arguments.none(request)
    console.is_over = True
    return NOTHING


# Help -------------------------------------------------------------------------------------------
def help(console: Console, request: Request) -> Result:
    from debugger.repl.instructions import is_mnemonic
    from debugger.repl.table import BY_NAME, NAMES

    name = request.argument
    if not name:
        return Result(list(_overview()), {"groups": _table()})
    if name in BY_NAME:
        return Result(list(_about(BY_NAME[name])), _row(BY_NAME[name]))
    if name in PAGES:
        return Result(PAGES[name].split("\n"), {"page": PAGES[name]})
    if is_mnemonic(name):
        return isa(console, request)
    raise trouble(f"there is no help on `{name}`", did_you_mean(name, [*NAMES, *PAGES], "`help` lists the verbs"))


def _overview() -> Iterator[str]:
    from debugger.repl.table import GROUPS

    yield INTRODUCTION
    for group in GROUPS:
        yield from ("", group.title)
        for verb in group.verbs:
            names = " ".join([verb.name, *verb.short[:1]])
            yield f"  {names:<20} {verb.summary}"
    yield from ("", *ENDING)


def _about(verb: Verb) -> Iterator[str]:
    yield f"{verb.usage}"
    yield f"    {verb.summary}"
    if verb.short:
        yield f"    short: {', '.join(verb.short)}"
    yield from (f"    {line}" for line in verb.details.split("\n") if line)


def _table() -> list[dict[str, Any]]:
    from debugger.repl.table import GROUPS

    return [{"title": group.title, "verbs": [_row(verb) for verb in group.verbs]} for group in GROUPS]


def _row(verb: Verb) -> dict[str, Any]:
    return {
        "name": verb.name, "short": list(verb.short), "usage": verb.usage, "summary": verb.summary,
        "details": verb.details,
    }  # fmt: skip


# Instructions -----------------------------------------------------------------------------------
def isa(console: Console, request: Request) -> Result:
    from isa.emit_manual import index, terminal_section
    from isa.index import FAMILIES
    from isa.table import MNEMONICS

    names = [name.lower() for name in request.argument.split()]
    for name in names:
        if name not in MNEMONICS and name not in FAMILIES:
            raise trouble(f"`{name}` is no instruction", did_you_mean(name, MNEMONICS, "`isa` lists them all"))
    lines = [line for name in names for line in [*terminal_section(name), ""]] if names else list(index())
    return Result(lines[:-1], {"lines": lines[:-1]})
