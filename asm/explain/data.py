"""The report of a run as data for other programs: docs/explain.md has the schema."""

from __future__ import annotations

from typing import Any

from asm.explain.advice import advice
from asm.explain.limits import Step
from asm.explain.parts import Blocked, Part, Wait, chain
from asm.explain.report import Flow, RunReport, flows
from asm.explain.text import on
from asm.explain.words import place_at
from asm.streams.burst import Piece
from asm.streams.graph import Node
from isa.machine import MachineSpec

Data = dict[str, Any]


def run_data(report: RunReport) -> Data:
    """All of a report: cycles count from the start of the run."""
    return {
        "kind": "run",
        "file": report.place.file,
        "line": report.place.line,
        "ops": len(report.region.nodes),
        "cycles": report.cycles,
        "bound": report.bound,
        "bounds": {
            "chain": {"cycles": report.limits.landing, "steps": [_step(step) for step in report.limits.chain()]},
            "resources": [
                {**bound._asdict(), "names": list(bound.names), "cycles": bound.cycles} for bound in report.bounds
            ],
        },
        "parts": [_part(report, part) for part in report.parts],
        "units": [use._asdict() for use in report.uses],
        "bandwidth": [_traffic(report, number) for number in range(len(report.traffic))],
        "help": list(advice(report)),
    }


def _traffic(report: RunReport, number: int) -> Data:
    each = report.traffic[number]
    return {"what": each.what, "bytes": each.busy * each.lanes, "peak": each.units * each.lanes}


def _part(report: RunReport, part: Part) -> Data:
    return {
        "part": part.number,
        "start": part.placed.start,
        "end": part.placed.end,
        "shortest": part.shortest,
        "ops": [_op(node) for node in part.nodes],
        "loads": {"writer": _op(part.writer), "cycle": part.memory} if part.writer is not None else None,
        "blocked": [_blocked(report, blocked) for blocked in part.blocked],
        "tried": [way._asdict() for way in part.ways],
        "chain": [_step(step) for step in chain(part)],
        "waits": [_wait(wait) for wait in part.waits],
        "values": [_flow(report.region.spec, flow) for flow in flows(part.placed)],
    }


def _op(node: Node) -> Data:
    """An op by what is written, and the line that calls the outermost macro it is in."""
    place = node.place
    called = place.trail[-1][1].line if place.trail else 0
    return {
        "op": node.statement.mnemonic,
        "file": place.file,
        "line": place.line,
        "called": called,
        "tensor": node.tensor,
    }


def _step(step: Step) -> Data:
    return {
        "op": _op(step.node),
        "cycle": step.cycle,
        "link": step.link,
        "way": step.way,
        "slack": step.slack,
        "latency": step.node.latency,
        "span": step.node.span,
    }


def _blocked(report: RunReport, blocked: Blocked) -> Data:
    return {
        "cycle": blocked.cycle,
        "until": blocked.until,
        "resource": blocked.what,
        "available": blocked.available,
        "wanted": _op(blocked.piece.node),
        "holder": _op(blocked.holder.node),
        "part": report.part_of(blocked.holder),
    }


def _wait(wait: Wait) -> Data:
    return {
        "value": wait.value.name,
        "line": wait.value.place.line,
        "cycles": wait.cycles,
        "user": _op(wait.user),
        "for": wait.late.name if wait.late is not None else "",
        "splits": wait.splits,
        "moves": wait.moves,
        "turns": wait.turns,
        "copies": wait.copies,
    }


def _flow(spec: MachineSpec, flow: Flow) -> Data:
    first, position = flow.channels[0], flow.maker.position
    return {
        "value": first.name,
        "line": flow.maker.node.place.line,
        "on": on(flow),
        "from": place_at(spec, first.start),
        "to": place_at(spec, first.reach) if first.west is not None else place_at(spec, position),
        "first": flow.first,
        "last": flow.last,
        "takers": [_taker(piece, cycle) for piece, cycle in flow.takers],
    }


def _taker(piece: Piece, cycle: int) -> Data:
    return {"op": piece.row.mnemonic, "line": piece.node.place.line, "cycle": cycle}
