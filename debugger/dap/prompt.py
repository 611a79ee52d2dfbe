"""The client's console as the debugger's prompt: commands, code and expressions; and what may be typed there."""

from __future__ import annotations

from string import ascii_letters, digits
from typing import TYPE_CHECKING, Any

from debugger.dap import inspection, reports
from debugger.dap.arguments import RequestError
from debugger.dap.causes import of_cause
from debugger.dap.set_breakpoints import tell_of
from debugger.dap.wording import coded
from isa.diagnostics import SourceError

if TYPE_CHECKING:
    from debugger.breakpoints import Breakpoint
    from debugger.dap.adapter import Adapter
    from debugger.repl.console import Console
    from debugger.repl.reply import Reply
    from debugger.why import Cause

MAX_OFFERED = 500
WORD = f"{ascii_letters}{digits}_"


def answer(adapter: Adapter, text: str) -> dict[str, Any]:
    """What a line says: a command or code as at the prompt, else the value of an expression. Raises RequestError."""
    console = console_of(adapter)
    if not (console.wants_more or is_command(text)):
        try:
            return inspection.result(adapter, text)
        except SourceError:
            pass  # the prompt knows better what is wrong with it, and abbreviations
    before = {each.number: each for each in console.session.breakpoints}
    place = console.session.cycle, len(console.session.history.edits)
    cause, console.cause = console.cause, None
    replies = [reply for line in text.split("\n") if (reply := console.feed(line))]
    adapter.later(lambda: tell_of_all(adapter, before, place))
    said = result(console, replies)
    if console.cause:
        return unfoldable(adapter, console.cause)
    console.cause = cause
    return {"result": said, "variablesReference": 0}


def unfoldable(adapter: Adapter, cause: Cause) -> dict[str, Any]:
    """The answer to why something is: the first cause, which the client unfolds."""
    node = of_cause("", cause)
    return {"result": node.text, **adapter.nodes.unfolded(node)}


def console_of(adapter: Adapter) -> Console:
    """The prompt of a session, the same from line to line."""
    from debugger.repl.console import Console

    if adapter.console is None:
        adapter.console = Console(adapter.session, show=lambda reply: None)
    return adapter.console


def is_command(text: str) -> bool:
    """Whether a line begins with a verb, or is code."""
    from debugger.repl.command import Code, is_empty, parse
    from debugger.repl.table import BY_NAME

    words = text.split(None, 1)
    if not words or is_empty(text) or words[0].partition("/")[0] in BY_NAME:
        return True
    try:
        return isinstance(parse(text), Code)
    except SourceError:
        return False


def result(console: Console, replies: list[Reply]) -> str:
    """What replies say, a line each. Raises RequestError for one that failed."""
    lines = [line for reply in replies for line in reply.result.lines]
    wrong = [coded(each) for reply in replies for each in reply.diagnostics]
    if wrong:
        raise RequestError("\n".join([*lines, *wrong]))
    return "\n".join([*lines, "..."] if console.wants_more else lines)


def tell_of_all(adapter: Adapter, before: dict[int, Breakpoint], place: tuple[int, int]) -> None:
    """Tell what a command changed: breakpoints, the place in time, the session itself."""
    console = console_of(adapter)
    if console.session is not adapter.session:
        adapter.debug(console.session)
    session = adapter.session
    now = {each.number: each for each in session.breakpoints}
    for number in sorted(before.keys() | now.keys()):
        if before.get(number) != now.get(number):
            tell_of(adapter, "removed" if number not in now else "changed" if number in before else "new", number)
    if (session.cycle, len(session.history.edits)) != place:
        moved(adapter)
    if console.is_over:
        adapter.event("terminated")


def moved(adapter: Adapter) -> None:
    """Tell that we stand elsewhere, or that the state is another."""
    adapter.nodes.clear()
    session, hits = adapter.session, console_of(adapter).last_hits
    ended = session.status if session.status in reports.ENDS else ""
    why = ended or ("breakpoint" if hits else "goto")
    reports.stop(adapter, reports.REASONS[why], session.fault.message if session.fault else "", list(hits))


# Completion -------------------------------------------------------------------------------------
def offered(adapter: Adapter, text: str, column: int) -> list[dict[str, Any]]:
    """What may stand where the cursor is: what the prompt offers, and names that an expression may begin with."""
    from debugger.repl.complete import Choice, choices

    line = text[:column].rpartition("\n")[2]
    found = choices(console_of(adapter), line)
    if not line.strip(WORD):  # the first word, which may begin an expression, too
        found += [Choice(name, 0) for name in names(adapter) if line and name.startswith(line)]
    shift = column - len(line) + adapter.client.first_column
    return [
        {
            "label": each.word,
            "start": each.start + shift,
            "length": len(line) - each.start,
            **({"detail": each.meaning} if each.meaning else {}),
        }
        for each in found[:MAX_OFFERED]
    ]


def names(adapter: Adapter) -> list[str]:
    from debugger import expr

    return expr.names(adapter.session.machine)
