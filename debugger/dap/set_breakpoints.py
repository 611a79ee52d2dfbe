"""Requests that set breakpoints: of lines, labels, addresses, data, and the ends of a run."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from debugger.dap.arguments import Arguments, RequestError
from debugger.dap.breakpoints import DATA, FUNCTION, INSTRUCTION, SOURCE, Made, Wanted
from debugger.dap.reports import ENDS
from debugger.dap.wording import first_sentence
from isa.diagnostics import SourceError

if TYPE_CHECKING:
    from debugger.dap.adapter import Adapter, Body

ACCESSES = {"write": "write", "read": "read", "readWrite": "access"}
FILTERS = [
    {"filter": "fault", "label": "Faults", "default": True,
     "description": "Stop where the program breaks a rule of the machine; otherwise it ends there."},
    {"filter": "halted", "label": "The end of the run", "default": True,
     "description": "Stop at the end, to look at results and go back; otherwise the session ends there."},
]  # fmt: skip


# Lines --------------------------------------------------------------------------------------------
def set_breakpoints(adapter: Adapter, arguments: Arguments) -> Body:
    """Breakpoints at lines of a file; one at a line without code moves to the next that has some."""
    asked = arguments.objects("breakpoints")
    try:
        file = adapter.sources.taken(arguments.object("source"))
    except RequestError as error:
        return {"breakpoints": [{"verified": False, "message": str(error)} for _ in asked]}
    wanted = [_wanted(each, f"{file}:{_line(adapter, file, each)}") for each in asked]
    return _set(adapter, SOURCE, file, wanted)


def _line(adapter: Adapter, file: str, asked: Arguments) -> int:
    """The line itself, or the next one with code."""
    line = asked.number("line") + 1 - adapter.client.first_line
    with_code = adapter.session.lines.lines_with_code(file)
    place = bisect_left(with_code, line)
    return with_code[place] if place < len(with_code) else line


def breakpoint_locations(adapter: Adapter, arguments: Arguments) -> Body:
    """The lines of a range that have code."""
    file = adapter.sources.taken(arguments.object("source"))
    shift = 1 - adapter.client.first_line
    first = arguments.number("line")
    last = arguments.number("endLine", first)
    found = [line - shift for line in adapter.session.lines.lines_with_code(file) if first <= line - shift <= last]
    return {"breakpoints": [{"line": line} for line in found]}


# Labels, addresses ------------------------------------------------------------------------------
def set_function_breakpoints(adapter: Adapter, arguments: Arguments) -> Body:
    """Breakpoints at labels; at any place that the debugger knows, too: `@120`, `M0@120`, `*0x10`."""
    wanted = [_wanted(each, each.text("name")) for each in arguments.objects("breakpoints")]
    return _set(adapter, FUNCTION, "", wanted)


def set_instruction_breakpoints(adapter: Adapter, arguments: Arguments) -> Body:
    """Breakpoints at addresses of the text, in syllables."""
    wanted = [_wanted(each, f"*{_address(each)}") for each in arguments.objects("breakpoints")]
    return _set(adapter, INSTRUCTION, "", wanted)


def _address(asked: Arguments) -> int:
    from debugger.dap.references import number

    offset = asked.number("offset", 0, low=-(1 << 53))
    return max(0, number(asked.text("instructionReference")) + offset)


# Data -------------------------------------------------------------------------------------------
def data_breakpoint_info(adapter: Adapter, arguments: Arguments) -> Body:
    """Whether something can be watched, and for what."""
    from debugger.dap.inspection import expression_of

    text = expression_of(adapter, arguments)
    try:
        accesses = watchable(adapter, text)
    except SourceError as error:
        return {"dataId": None, "description": first_sentence(error)}
    return {"dataId": text, "description": text, "accessTypes": accesses, "canPersist": True}


def watchable(adapter: Adapter, text: str) -> list[str]:
    """The kinds of access that something can be watched for. Raises SourceError for what cannot be watched at all."""
    from debugger import expr, predicates
    from debugger.breakpoints import PREDICATES

    if PREDICATES.match(text):
        predicates.parse(adapter.session.machine, text)
        return ["write"]
    expr.watches(adapter.session.machine, text, "write")
    try:
        expr.watches(adapter.session.machine, text, "read")
    except SourceError:
        return ["write"]
    return list(ACCESSES)


def set_data_breakpoints(adapter: Adapter, arguments: Arguments) -> Body:
    """Watches of what `data_breakpoint_info` named; of what becomes true of a tensor, too: `nan C`."""
    wanted = []
    for each in arguments.objects("breakpoints"):
        access = each.text("accessType", "write")
        if access not in ACCESSES:
            raise RequestError(f"there is no access {access!r}; there are {', '.join(ACCESSES)}")
        wanted.append(_wanted(each, each.text("dataId"), ACCESSES[access]))
    return _set(adapter, DATA, "", wanted)


# The ends of a run ------------------------------------------------------------------------------
def set_exception_breakpoints(adapter: Adapter, arguments: Arguments) -> Body:
    """At which ends of a run to stop."""
    asked = [*arguments.texts("filters"), *(each.text("filterId") for each in arguments.objects("filterOptions"))]
    adapter.client.stops_at = frozenset(asked) & ENDS
    known = [{"verified": True} if each in ENDS else _unknown(each) for each in asked]
    return {"breakpoints": known}


def _unknown(name: str) -> dict[str, Any]:
    return {"verified": False, "message": f"there is no filter `{name}`; there are {', '.join(sorted(ENDS))}"}


# All --------------------------------------------------------------------------------------------
def _wanted(asked: Arguments, where: str, access: str = "") -> Wanted:
    condition, hits, log = (asked.text(name, "") for name in ("condition", "hitCondition", "logMessage"))
    return Wanted(where, access, condition.strip(), hits.strip(), log)


def _set(adapter: Adapter, kind: str, about: str, wanted: list[Wanted]) -> Body:
    made = adapter.breakpoints.replace(adapter.session, kind, about, wanted)
    return {"breakpoints": [described(adapter, each) for each in made]}


def described(adapter: Adapter, made: Made) -> dict[str, Any]:
    """A breakpoint as the protocol's Breakpoint."""
    found: dict[str, Any] = {"verified": bool(made.number)}
    if made.problem:
        found["message"] = made.problem
    if not made.number:
        return found
    found |= {"id": made.number, **_placed(adapter, made.number)}
    return found


def _placed(adapter: Adapter, number: int) -> dict[str, Any]:
    """Where a breakpoint is: file and line as it was set, and its first address."""
    from debugger.dap.references import text_reference

    breakpoint = adapter.session.breakpoints[number]
    if breakpoint.problem:
        return {"verified": False, "message": breakpoint.problem}
    if not breakpoint.addresses:
        return {}
    file, line = _line_of(adapter, breakpoint.where, breakpoint.addresses[0])
    found: dict[str, Any] = {"instructionReference": text_reference(breakpoint.addresses[0])}
    if line:
        found |= {"source": adapter.sources.given(file), "line": line - 1 + adapter.client.first_line}
    return found


def _line_of(adapter: Adapter, where: str, address: int) -> tuple[str, int]:
    file, colon, line = where.rpartition(":")
    if colon and line.isdecimal():
        return file, int(line)
    place = adapter.session.lines.place_of(address)
    return (place.file, place.line) if place else ("", 0)


def tell_of(adapter: Adapter, why: str, number: int) -> None:
    """Tell that a breakpoint became another, is new, or is gone."""
    gone = why == "removed"
    body = {"id": number, "verified": False} if gone else described(adapter, Made(number))
    adapter.event("breakpoint", reason=why, breakpoint=body)


REQUESTS = {
    "setBreakpoints": set_breakpoints,
    "breakpointLocations": breakpoint_locations,
    "setFunctionBreakpoints": set_function_breakpoints,
    "setInstructionBreakpoints": set_instruction_breakpoints,
    "dataBreakpointInfo": data_breakpoint_info,
    "setDataBreakpoints": set_data_breakpoints,
    "setExceptionBreakpoints": set_exception_breakpoints,
}
