"""The report of a loop, as lines and as data: bounds, what was tried, units, how long values live, what would help."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from asm.explain.words import count, percent, ranges
from isa.places import SCALARS, place_name

if TYPE_CHECKING:
    from asm.program import AsmOp
    from asm.schedule.loops.report import Life, LoopReport

Data = dict[str, Any]
MOST = 8  # resources in a line


def lines(report: LoopReport) -> Iterator[str]:
    """The report as text."""
    yield f"{report.place.file}:{report.place.line}: {_verdict(report)}"
    if report.resources:
        yield f"  by units and banks at least: {_resources(report)}"
        yield f"  by recurrence at least: {report.recurrence}{_cycle(report)}"
    for attempt in report.attempts:
        yield f"  interval {attempt.interval}: {attempt.reason or 'fits'}"
    if report.busy and not report.reason:
        yield f"  use: {', '.join(_uses(report))}"
    shared = [life for life in report.lives if len(life.names) > 1 and not report.reason]
    if shared:
        yield f"  names: {', '.join(map(_life, shared))}"
    yield from (f"  help: {each}" for each in advice(report))


def _verdict(report: LoopReport) -> str:
    if report.reason:
        return f"not pipelined: {report.reason}"
    every = "cycle" if report.interval == 1 else f"{report.interval} cycles"
    under_way = "1 round" if report.stages == 1 else f"{report.stages} rounds"
    copies = f"{report.copies} copies, " if report.copies > 1 else ""
    registers = count(report.extra, "more register") if report.extra else "no more registers"
    return f"a round every {every} instead of {report.listed}; {under_way} under way; {copies}{registers}"


def _resources(report: LoopReport) -> str:
    """The bounds by resources, of many the greatest, in their order."""
    shown = sorted(report.resources, key=lambda name: -report.resources[name])[:MOST]
    rest = len(report.resources) - len(shown)
    bounds = ", ".join(f"{name} {bound}" for name, bound in report.resources.items() if name in shown)
    return bounds + (f", {rest} less" if rest else "")


def _cycle(report: LoopReport) -> str:
    ops = " -> ".join(f"`{op.statement.mnemonic}` in line {op.place.line}" for op in report.critical)
    return f" ({ops})" if ops else ""


def _uses(report: LoopReport) -> Iterator[str]:
    """Units by how much of an interval they are busy."""
    alike: dict[int, list[str]] = {}
    for name, busy in report.busy.items():
        alike.setdefault(busy, []).append(name)
    for busy in sorted(alike, reverse=True):
        yield f"{ranges(alike[busy])} {percent(busy / report.interval)}"


def _life(life: Life) -> str:
    names = " ".join(map(_register, life.names))
    return f"{names} for values of {count(life.cycles, 'cycle')}"


def _register(number: int) -> str:
    return place_name(SCALARS + number)


def advice(report: LoopReport) -> Iterator[str]:
    """What keeps rounds from following each other sooner, and what would let them."""
    reached = report.interval or (report.listed if report.resources else 0)
    if reached <= 1:
        return
    full = [name for name, bound in report.resources.items() if bound == reached]
    if report.recurrence == reached and report.critical:
        yield (
            f"a round waits {count(reached, 'cycle')} for the one before it: rounds by turns with values of their own, "
            "joined at the end, would not"
        )
    elif full:
        yield f"{', '.join(full)} {'has' if len(full) == 1 else 'have'} no free cycle: {_lighten(full)}"
    elif report.attempts and report.attempts[0].reason:
        yield f"{count(report.bound, 'cycle')} would do if not for this: {report.attempts[0].reason}"


def _lighten(full: list[str]) -> str:
    if any(name.startswith("bank") for name in full):
        return "data in two banks are read and written twice as fast"
    return "only fewer ops of that kind in a round would make it faster"


def data(report: LoopReport) -> Data:
    """All of the report; `interval` is 0 of a loop that is not pipelined."""
    return {
        "kind": "loop",
        "file": report.place.file,
        "line": report.place.line,
        "reason": report.reason,
        "interval": report.interval,
        "listed": report.listed,
        "bound": report.bound,
        "bounds": {
            "resources": report.resources,
            "recurrence": {"cycles": report.recurrence, "ops": [op_data(op) for op in report.critical]},
        },
        "stages": report.stages,
        "copies": report.copies,
        "registers": report.extra,
        "tried": [{"interval": attempt.interval, "reason": attempt.reason} for attempt in report.attempts],
        "units": [{"name": name, "busy": busy} for name, busy in report.busy.items()],
        "values": [
            {"register": _register(life.register), "cycles": life.cycles, "names": list(map(_register, life.names))}
            for life in report.lives
        ],
        "help": list(advice(report)),
    }


def op_data(op: AsmOp) -> Data:
    """An op by its line."""
    return {"op": op.statement.mnemonic, "line": op.place.line}
