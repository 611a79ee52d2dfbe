"""Requests that move through time, forward and backward."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from debugger.dap import reports
from debugger.dap.arguments import Arguments, RequestError
from debugger.dap.breakpoints import logged
from debugger.dap.references import text_reference

if TYPE_CHECKING:
    from debugger.dap.adapter import Adapter, Body
    from debugger.running import Stopped
    from debugger.session import Session

INSTRUCTION = "instruction"  # the granularity that is a bundle; the others are a line
NEXT, LAST = 1, 2  # of the targets of a line


# Going on ---------------------------------------------------------------------------------------
def go_on(adapter: Adapter) -> None:
    """Run to a breakpoint or the end; what is only to be logged there is logged on the way."""
    session = adapter.session
    adapter.move(lambda: heeding_logs(adapter, session.run), is_resumable=True)


def continue_(adapter: Adapter, arguments: Arguments) -> Body:
    """Go on; a program that is over ends."""
    if adapter.session.status in reports.ENDS:
        adapter.later(lambda: reports.finish(adapter))
    else:
        go_on(adapter)
    return {"allThreadsContinued": True}


def reverse_continue(adapter: Adapter, arguments: Arguments) -> Body:
    """Go back to a breakpoint or the beginning."""
    session = adapter.session
    adapter.move(lambda: heeding_logs(adapter, session.reverse))
    return None


def heeding_logs(adapter: Adapter, run: Callable[[], Stopped]) -> Stopped:
    """Run until something else than log points stops it, or a message comes."""
    while True:
        stopped = run()
        if not tell_logs(adapter, stopped):
            return stopped
        if adapter.is_asked:
            return stopped._replace(reason=reports.PAUSED, hits=())


def tell_logs(adapter: Adapter, stopped: Stopped) -> bool:
    """Say what log points say; whether there was nothing else to stop for."""
    templates = [adapter.breakpoints.log_of(number) for number in stopped.hits]
    for template in templates:
        if template:
            adapter.say(f"{logged(adapter.session, template)}\n")
    return bool(templates) and all(templates)


def pause(adapter: Adapter, arguments: Arguments) -> Body:
    """Stand still: the run was interrupted when this came."""
    if adapter.motion:
        adapter.motion = None
        stopped = adapter.session.paused()
        adapter.later(lambda: reports.report(adapter, stopped))
    return None


# Steps ------------------------------------------------------------------------------------------
def next_(adapter: Adapter, arguments: Arguments) -> Body:
    """A line or a bundle further."""
    unit = by(arguments)
    return _step(adapter, lambda session: session.step(1, unit))


def step_back(adapter: Adapter, arguments: Arguments) -> Body:
    """A line or a bundle back."""
    unit = by(arguments)
    return _step(adapter, lambda session: session.back(1, unit))


def step_out(adapter: Adapter, arguments: Arguments) -> Body:
    """Out of the innermost loop; where there is none, to the next kernel."""
    from debugger.stepping import regions_around

    unit = "loop" if regions_around(adapter.session) else "kernel"
    return _step(adapter, lambda session: session.step(1, unit))


def by(arguments: Arguments) -> str:
    """The unit of steps that a client asks for."""
    return "bundle" if arguments.text("granularity", "") == INSTRUCTION else "line"


def _step(adapter: Adapter, go: Callable[[Session], Stopped]) -> Body:
    """Step; a log point that is met is a step's end like any other place."""

    session = adapter.session

    def step() -> Stopped:
        stopped = go(session)
        return stopped._replace(reason="step", hits=()) if tell_logs(adapter, stopped) else stopped

    adapter.move(step)
    return None


# Through time to a line -------------------------------------------------------------------------
def goto_targets(adapter: Adapter, arguments: Arguments) -> Body:
    """The next and the last time that a line issues."""
    file = adapter.sources.taken(arguments.object("source"))
    line = arguments.number("line") + 1 - adapter.client.first_line
    addresses = adapter.session.lines.addresses(file, line)
    if not addresses:
        return {"targets": []}
    adapter.goto_place = f"{file}:{line}"
    common = {"line": arguments.number("line"), "instructionPointerReference": text_reference(addresses[0])}
    return {"targets": [
        {"id": NEXT, "label": f"on to the next time that line {line} issues", **common},
        {"id": LAST, "label": f"back to the last time that line {line} issued", **common},
    ]}  # fmt: skip


def goto(adapter: Adapter, arguments: Arguments) -> Body:
    """Move through time to a target of `goto_targets`."""
    session, place = adapter.session, adapter.goto_place
    direction = arguments.number("targetId", low=NEXT, high=LAST)
    if not place:
        raise RequestError("ask for the targets of a line first")

    def go() -> Stopped:
        with only(session, place):
            stopped = session.run() if direction == NEXT else session.reverse()
        return session.stopped("goto") if stopped.hits else stopped

    adapter.move(go)
    adapter.focus = place
    return None


@contextmanager
def only(session: Session, place: str) -> Iterator[None]:
    """While a way is gone that one place alone shall end."""
    others = [each.number for each in session.breakpoints if each.enabled]
    for number in others:
        session.breakpoints.enable(number, False)
    own = session.breakpoints.add(place).number
    try:
        yield
    finally:
        session.breakpoints.remove(own)
        for number in others:
            session.breakpoints.enable(number)


REQUESTS = {
    "continue": continue_,
    "reverseContinue": reverse_continue,
    "pause": pause,
    "next": next_,
    "stepIn": next_,
    "stepOut": step_out,
    "stepBack": step_back,
    "gotoTargets": goto_targets,
    "goto": goto,
}
