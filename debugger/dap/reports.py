"""What a client is told when time stands still: why, and whether the program is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from debugger.dap.adapter import Adapter
    from debugger.running import Stopped

CORE = 1  # the only thread
FAULT, HALT = "fault", "halted"  # what a run ends with, and the filters by which clients ask to stop there
PAUSED = "paused"  # why a run stands still that may go on
ENDS = frozenset({FAULT, HALT})
FAULTED = 1  # the exit code of a program that broke a rule
REASONS = {
    "step": "step", "condition": "step", "edit": "step", "goto": "goto", "start": "entry", "paused": "pause",
    "breakpoint": "breakpoint", "watch": "data breakpoint", FAULT: "exception", HALT: "halted",
}  # fmt: skip
DESCRIPTIONS = {"entry": "the start of the run", "exception": "fault", "halted": "the end of the run"}


def report(adapter: Adapter, stopped: Stopped) -> None:
    """Tell where a way through time ended."""
    if stopped.reason in ENDS - adapter.client.stops_at:
        finish(adapter)
    else:
        look_at_breakpoint(adapter, stopped)
        stop(adapter, reason(adapter, stopped), stopped.text, list(stopped.hits))


def look_at_breakpoint(adapter: Adapter, stopped: Stopped) -> None:
    """Look at the line of a breakpoint that is met: a bundle may hold ops of several."""
    there = {each.number: each.where for each in adapter.session.breakpoints}
    adapter.focus = next((there[number] for number in stopped.hits if number in there), adapter.focus)


def reason(adapter: Adapter, stopped: Stopped) -> str:
    """Why a run stopped, in the protocol's words; breakpoints by the request that set them."""
    kinds = [adapter.breakpoints.reason_of(number) for number in stopped.hits]
    return next((kind for kind in kinds if kind), REASONS[stopped.reason])


def stop(adapter: Adapter, why: str, text: str = "", hits: list[int] | None = None) -> None:
    body: dict[str, Any] = {"reason": why, "threadId": CORE, "allThreadsStopped": True}
    if why in DESCRIPTIONS:
        body["description"] = DESCRIPTIONS[why].capitalize()
    if text:
        body["text"] = text
    if hits:
        body["hitBreakpointIds"] = hits
    adapter.event("stopped", **body)


def stand_still(adapter: Adapter) -> None:
    """Tell that a way through time could not be gone."""
    stop(adapter, "step")


def finish(adapter: Adapter) -> None:
    """Tell that the program is over: what its end was, its exit code, and that nothing more will happen."""
    session = adapter.session
    fault = session.fault
    if fault:
        from isa.report import render

        adapter.say(render([fault], session.sources), "stderr")
    adapter.event("exited", exitCode=FAULTED if fault else session.machine.exit_code)
    adapter.event("terminated")
