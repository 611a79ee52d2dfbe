"""Where the run stands, and why it stopped there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from debugger.repl.highlight import bold, painted
from debugger.repl.reply import Result
from vm.engine import HALTED

if TYPE_CHECKING:
    from debugger.repl.console import Console
    from debugger.running import Stopped
    from debugger.session import Session
    from isa.diagnostics import Diagnostic

SHOWN_LINES = 8  # source lines of one bundle
PLAIN_REASONS = ("step", "goto", "edit")  # which the position itself says


def stopped_result(console: Console, stopped: Stopped) -> Result:
    """What is shown where a run or step ended."""
    console.last_hits = stopped.hits
    console.stands()
    session = console.session
    lines = [] if stopped.reason in PLAIN_REASONS else [stopped.text]
    if session.fault:
        lines = fault_lines(session.fault, session, console.screen.colour)
    if stopped.reason != HALTED:
        lines += position_lines(console)
    shown = [line for number in console.displays for line in display_lines(console, number)]
    return Result([*lines, *shown], {"stopped": stopped.as_data(), **position_data(session)})


def fault_lines(fault: Diagnostic, session: Session, colour: bool) -> list[str]:
    from isa.report import render

    return render([fault], session.sources, colour).rstrip("\n").split("\n")


def position_lines(console: Console) -> list[str]:
    """The cycle and the bundle about to issue, with the source lines of its ops."""
    session, colour = console.session, console.screen.colour
    if session.state.fetch_ended:
        return [f"{bold(f'cycle {session.cycle}', colour)}  {ending(session)}"]
    place = session.place
    where = f"  {place.file}:{place.line}" if place else ""
    lines = [f"{bold(f'cycle {session.cycle}', colour)}{where}  {address_text(session)}"]
    return lines + [f"{number:>6}  {painted(text, colour)}" for _, number, text in source_lines(session)]


def ending(session: Session) -> str:
    """How the run stands once no bundle is fetched any more."""
    code = session.state.exit_code
    halted = f"halted with code {code}" if code else "halted" if session.has_program else "at rest"
    return halted if session.is_over else "no bundle is fetched any more; what is under way still lands"


def address_text(session: Session) -> str:
    """The address about to be fetched and its label: `pc 12 <loop_k+2>`."""
    label = session.lines.label_of(session.pc)
    waits = session.machine.state.next_fetch - session.cycle
    later = f", fetched in cycle {session.machine.state.next_fetch}" if waits > 0 else ""
    return f"pc {session.pc}{f' <{label}>' if label else ''}{later}"


def source_lines(session: Session) -> list[tuple[str, int, str]]:
    """File, number and text of the lines whose ops are in the bundle about to issue."""
    if session.state.fetch_ended:
        return []
    places = sorted({(place.file, place.line) for place in session.lines.places_of(session.pc)})
    return [(file, number, session.lines.line_text(file, number)) for file, number in places[:SHOWN_LINES]]


def display_lines(console: Console, number: int) -> list[str]:
    """One displayed expression; why there is no value where it has none now."""
    from debugger.repl.values import shown_lines
    from isa.diagnostics import SourceError

    text, form = console.displays[number]
    try:
        lines = shown_lines(console.session.value(text), form, console.screen.width)
    except SourceError as error:
        lines = [f"{text}: {error.diagnostics[0].message}"]
    return [f"{number}: {lines[0]}", *lines[1:]]


# Data -------------------------------------------------------------------------------------------
def position_data(session: Session) -> dict[str, Any]:
    from isa.report import to_json

    lines = [{"file": file, "line": number, "text": text} for file, number, text in source_lines(session)]
    fault = to_json(session.fault) if session.fault else None
    return {"cycle": session.cycle, "pc": session.pc, "status": session.status, "fault": fault, "lines": lines}
