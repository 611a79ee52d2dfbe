"""Requests about the session itself: who is there, what is debugged, and the end of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from debugger.dap import motions, reports
from debugger.dap.arguments import Arguments, RequestError
from debugger.dap.breakpoints import Table
from debugger.dap.launch import source_of
from debugger.dap.set_breakpoints import FILTERS, tell_of
from isa.diagnostics import SourceError

if TYPE_CHECKING:
    from debugger.dap.adapter import Adapter, Body
    from isa.diagnostics import Diagnostic

SUPPORTED = (
    "ConfigurationDoneRequest", "FunctionBreakpoints", "ConditionalBreakpoints", "HitConditionalBreakpoints",
    "EvaluateForHovers", "StepBack", "SetVariable", "GotoTargetsRequest", "CompletionsRequest", "RestartRequest",
    "ExceptionInfoRequest", "LoadedSourcesRequest", "LogPoints", "TerminateRequest", "DataBreakpoints",
    "ReadMemoryRequest", "WriteMemoryRequest", "DisassembleRequest", "BreakpointLocationsRequest",
    "ClipboardContext", "SteppingGranularity", "InstructionBreakpoints", "SetExpression", "ExceptionFilterOptions",
    "DelayedStackTraceLoading",
)  # fmt: skip
PATHS, URIS = "path", "uri"


# Who is there -----------------------------------------------------------------------------------
def initialize(adapter: Adapter, arguments: Arguments) -> Body:
    """What the client is like, and what can be asked of us."""
    form = arguments.text("pathFormat", PATHS)
    if form not in (PATHS, URIS):
        raise RequestError(f"paths are written as `{PATHS}` or as `{URIS}`, not as `{form[:40]}`")
    client = adapter.client
    client.first_line = int(arguments.flag("linesStartAt1", True))
    client.first_column = int(arguments.flag("columnsStartAt1", True))
    client.takes_uris = form == URIS
    client.takes_memory_events = arguments.flag("supportsMemoryEvent")
    client.takes_invalidations = arguments.flag("supportsInvalidatedEvent")
    return {
        **{f"supports{name}": True for name in SUPPORTED},
        "exceptionBreakpointFilters": FILTERS,
        "completionTriggerCharacters": [" ", "."],
    }


# What is debugged -------------------------------------------------------------------------------
def launch(adapter: Adapter, arguments: Arguments) -> Body:
    """Assemble, link and load a program; it runs once everything is configured."""
    from debugger.session import Session

    source = source_of(arguments)
    try:
        session = Session.open(source)
    except SourceError as error:
        show(adapter, error.diagnostics, "stderr")
        raise
    adapter.breakpoints, adapter.console = Table(), None
    adapter.debug(session)
    adapter.client.stops_on_entry = arguments.flag("stopOnEntry")
    adapter.client.only_runs = arguments.flag("noDebug")
    show(adapter, session.diagnostics, "console")
    adapter.later(lambda: adapter.event("initialized"))
    return None


def show(adapter: Adapter, diagnostics: Iterable[Diagnostic], category: str) -> None:
    """Messages of the assembler, each as text that a problem matcher knows."""
    from isa.report import render

    for each in diagnostics:
        adapter.say(render([each]), category)


def configuration_done(adapter: Adapter, arguments: Arguments) -> Body:
    """Breakpoints are set: begin."""
    begin(adapter)
    return None


def begin(adapter: Adapter) -> None:
    """Run from the start, or stand there."""
    session, client = adapter.session, adapter.client
    if client.only_runs:
        client.stops_at = frozenset()
        for each in list(session.breakpoints):
            session.breakpoints.enable(each.number, False)
    if client.stops_on_entry and not client.only_runs:
        adapter.later(lambda: reports.stop(adapter, "entry"))
    else:
        motions.go_on(adapter)


def restart(adapter: Adapter, arguments: Arguments) -> Body:
    """Assemble again, with new arguments if there are some, and begin anew with the same breakpoints."""
    session = adapter.session
    before = session.source
    if arguments.has("arguments"):
        session.source = source_of(arguments.object("arguments"))
    try:
        problems = session.reload()
    except SourceError:
        session.source = before
        raise
    adapter.debug(session)
    adapter.later(lambda: _tell_again(adapter, problems))
    begin(adapter)
    return None


def _tell_again(adapter: Adapter, problems: list[str]) -> None:
    for problem in problems:
        adapter.say(f"{problem}\n", "important")
    for number in adapter.breakpoints.numbers():
        tell_of(adapter, "changed", number)


# The end ----------------------------------------------------------------------------------------
def terminate(adapter: Adapter, arguments: Arguments) -> Body:
    """Give the program up."""
    adapter.motion = None
    adapter.later(lambda: adapter.event("terminated"))
    return None


def disconnect(adapter: Adapter, arguments: Arguments) -> Body:
    """Let the client go."""
    adapter.motion = None
    adapter.is_over = True
    return None


REQUESTS = {
    "initialize": initialize,
    "launch": launch,
    "configurationDone": configuration_done,
    "restart": restart,
    "terminate": terminate,
    "disconnect": disconnect,
}
