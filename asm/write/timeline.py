"""Schedules that were found as timelines that could have been written: to read, to keep, to go on from by hand."""

from __future__ import annotations

from collections.abc import Iterator

from asm.program import AsmOp, Timeline
from asm.syntax.format import format_source
from asm.write.print_op import Names, op_text
from isa.codec import Op
from isa.machine import MachineSpec


def timeline_text(timeline: Timeline, spec: MachineSpec) -> str:
    """The lines of a timeline; assembled in the place of what it was made from, they give the same bytes."""
    return format_source("\n".join(_lines(timeline, spec))).text


def _lines(timeline: Timeline, spec: MachineSpec) -> Iterator[str]:
    yield f".timeline ; {timeline.place.file}:{timeline.place.line}"
    for timed in timeline.ops:
        yield f"@{timed.value} {_op(timed.op, spec)}"
    yield ".endtimeline"


def _op(op: AsmOp, spec: MachineSpec) -> str:
    references = {each.field: _sum(each.symbol, each.addend) for each in op.references}
    return op_text(Op(op.row, tuple(op.values)), Names(spec, references=references), pinned=True)


def _sum(symbol: str, addend: int) -> str:
    """`x`, `x + 3`, `x - 3`"""
    return f"{symbol} {'-' if addend < 0 else '+'} {abs(addend)}" if addend else symbol
