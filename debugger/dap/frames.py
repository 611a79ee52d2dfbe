"""The stack: the next bundle, the macro calls that made it, and the hardware loops around it with rounds left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from debugger.dap import reports
from debugger.dap.arguments import Arguments, RequestError
from debugger.dap.references import text_reference
from debugger.lines import lines_of
from isa.records import NamedTuple
from vm.items import Burst

if TYPE_CHECKING:
    from debugger.dap.adapter import Adapter, Body
    from debugger.session import Session
    from isa.diagnostics import Place
    from vm.engine import Loop

MADE = "~"  # how labels begin that the assembler made
MAX_TRAIL = 100  # macro calls shown; a recursive macro may have very many


class Frame(NamedTuple):
    """What a frame is called, where it is written, and the address of its bundle."""

    name: str
    place: Place | None
    address: int


def threads(adapter: Adapter, arguments: Arguments) -> Body:
    """The core is the only thread."""
    return {"threads": [{"id": reports.CORE, "name": "core"}]}


def stack_trace(adapter: Adapter, arguments: Arguments) -> Body:
    """Frames from one on, innermost first."""
    found = list(frames(adapter.session, adapter.focus))
    first = arguments.number("startFrame", 0)
    count = arguments.number("levels", 0) or len(found)
    shown = [described(adapter, number, found[number]) for number in range(len(found))[first : first + count]]
    return {"stackFrames": shown, "totalFrames": len(found)}


def frames(session: Session, focus: str = "") -> Iterator[Frame]:
    """The next bundle; macros, innermost first; loops, innermost first. Behind the last bundle, what still runs."""
    place = in_focus(session, focus)
    yield Frame(standing(session), place, session.pc)
    if session.state.fetch_ended:
        yield from running(session)
    for message, called in (place.trail if place else ())[:MAX_TRAIL]:
        yield Frame(message, called, session.pc)
    for loop in reversed(session.state.loops):
        yield Frame(loop_name(session, loop), session.lines.place_of(loop.start), loop.start)


def in_focus(session: Session, focus: str) -> Place | None:
    """Where the next bundle was written: the line that is looked at, if an op of it is there, else its first op's."""
    if session.place is None:
        return None
    places = session.lines.places_of(session.pc)
    looked_at = (place for place in places if focus in [f"{file}:{line}" for file, line in lines_of(place)])
    return next(looked_at, session.place)


def standing(session: Session) -> str:
    """The next bundle by its label, and the cycle; what is awaited where none issues in this cycle."""
    state = session.state
    if state.fetch_ended:
        return f"{'over' if session.is_over else 'fetching has ended'}, cycle {state.cycle}"
    name = label(session, state.pc)
    waits = f", issues in {state.next_fetch}" if state.next_fetch > state.cycle else ""
    return f"{name}, cycle {state.cycle}{waits}"


def label(session: Session, address: int) -> str:
    """An address by its label, one that the assembler made having no meaning for a reader."""
    found = session.lines.label_of(address)
    return found if found and not found.startswith(MADE) else f"address {address}"


def running(session: Session) -> Iterator[Frame]:
    """The bursts that have not ended, as ops."""
    for item in session.state.tensor:
        if isinstance(item, Burst):
            yield Frame(session.op_text(item.pc, item.slot), session.op_place(item.pc, item.slot), item.pc)


def loop_name(session: Session, loop: Loop) -> str:
    end = label(session, loop.end)
    rounds = f"{loop.remaining} round{'s' * (loop.remaining != 1)}"
    return f"loop to {end}, {rounds} left"


def described(adapter: Adapter, number: int, frame: Frame) -> dict[str, Any]:
    """A frame as the protocol's StackFrame. Frames are numbered from 1 on, anew at every stop."""
    client, place = adapter.client, frame.place
    found: dict[str, Any] = {
        "id": number + 1, "name": frame.name, "line": 0, "column": 0,
        "instructionPointerReference": text_reference(frame.address),
    }  # fmt: skip
    if place:
        found["source"] = adapter.sources.given(place.file)
        found["line"] = place.line - 1 + client.first_line
        found["column"] = place.column - 1 + client.first_column
        if place.end_column > place.column:
            found |= {"endLine": found["line"], "endColumn": place.end_column - 1 + client.first_column}
    return found


def exception_info(adapter: Adapter, arguments: Arguments) -> Body:
    """The fault that the program stands at: its code, what broke which rule, what mends it, and why."""
    fault = adapter.session.fault
    if fault is None:
        raise RequestError("the program stands at no fault")
    help = f"\n{fault.help}" if fault.help else ""
    details: dict[str, Any] = {"message": fault.message, "typeName": fault.code, "fullTypeName": fault.code}
    details["stackTrace"] = "\n".join(why_not(adapter.session))
    return {
        "exceptionId": fault.code,
        "description": f"{fault.message}{help}",
        "breakMode": "always" if "fault" in adapter.client.stops_at else "never",
        "details": details,
    }


def why_not(session: Session) -> Iterator[str]:
    """The fault as it is shown in a terminal, and the tree of its causes."""
    from debugger.why import whynot
    from isa.report import render

    if session.fault:
        yield from render([session.fault], session.sources).splitlines()
        yield ""
        yield from whynot(session).lines()


REQUESTS = {"threads": threads, "stackTrace": stack_trace, "exceptionInfo": exception_info}
