"""Where the run stands, and why it stopped there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from debugger.repl.highlight import bold, painted
from debugger.repl.reply import Result
from isa.records import NamedTuple
from vm.engine import HALTED

if TYPE_CHECKING:
    from debugger.repl.console import Console
    from debugger.running import Stopped
    from debugger.session import Session
    from isa.diagnostics import Diagnostic, Place

SHOWN_LINES = 8  # source lines of one bundle
PLAIN_REASONS = ("step", "goto", "edit")  # which the position itself says


class Issuing(NamedTuple):
    """A source line and its ops in the bundle about to issue; `is_made`: they are not written there as they are."""

    file: str
    line: int
    text: str
    ops: tuple[str, ...]
    is_made: bool


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
    return lines + [line for each in issuing(session) for line in issuing_lines(each, colour)]


def issuing_lines(each: Issuing, colour: bool) -> list[str]:
    """A line and, where they are not written there, the ops made of it."""
    line = f"{each.line:>6}  {painted(each.text, colour)}"
    return [line, f"{'=':>14} {painted(' || '.join(each.ops), colour)}"] if each.is_made else [line]


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


def issuing(session: Session) -> list[Issuing]:
    """The lines whose ops are in the bundle about to issue, by file and number."""
    if session.state.fetch_ended:
        return []
    found: dict[tuple[str, int], list[tuple[str, Place]]] = {}
    for text, place in ops_about_to_issue(session):
        found.setdefault((place.file, place.line), []).append((text, place))
    return [of_line(session, *where, ops) for where, ops in sorted(found.items())[:SHOWN_LINES]]


def ops_about_to_issue(session: Session) -> Iterator[tuple[str, Place]]:
    """The ops of the next bundle that were written somewhere."""
    for slot in range(len(session.lines.places_of(session.pc))):
        place = session.op_place(session.pc, slot)
        if place:
            yield session.op_text(session.pc, slot), place


def of_line(session: Session, file: str, line: int, ops: list[tuple[str, Place]]) -> Issuing:
    """A line with its ops, which are made of it if it is a macro's, or names other instructions."""
    text = session.lines.line_text(file, line)
    words = text.lower().replace("{", " ").split()
    is_made = any(place.trail or op.split()[0] not in words for op, place in ops)
    return Issuing(file, line, text, tuple(op for op, _ in ops), is_made)


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

    lines = [
        {"file": each.file, "line": each.line, "text": each.text, "ops": list(each.ops)} for each in issuing(session)
    ]
    fault = to_json(session.fault) if session.fault else None
    return {"cycle": session.cycle, "pc": session.pc, "status": session.status, "fault": fault, "lines": lines}
