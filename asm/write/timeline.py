"""Schedules that were found as timelines that could have been written: to read, to keep, to go on from by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from asm.program import AsmOp, Item, Label, Linear, Timeline
from asm.syntax.format import format_source
from asm.write.print_op import Names, op_text
from isa.codec import Op
from isa.diagnostics import Place
from isa.machine import MachineSpec


def found_text(runs: Iterable[Timeline], loops: Iterable[Sequence[Item]], spec: MachineSpec) -> str:
    """What all runs and loops over tensor code became, in the order of their lines."""
    found = [(run.place.line, timeline_text(run, spec)) for run in runs]
    found += [(_place(loop[0]).line, loop_text(loop, spec)) for loop in loops]
    return "\n".join(text for _, text in sorted(found, key=lambda each: each[0]))


def timeline_text(timeline: Timeline, spec: MachineSpec) -> str:
    """The lines of a timeline; assembled in the place of what it was made from, they give the same bytes."""
    return format_source("\n".join(_lines(timeline, spec))).text


def loop_text(items: Sequence[Item], spec: MachineSpec) -> str:
    """The lines of what a loop over tensor code became, in the place of the loop without the label where it ends."""
    return format_source("\n".join(line for item in items for line in _item(item, spec))).text


def _place(item: Item) -> Place:
    return item.op.place if isinstance(item, Linear) else item.place


def _item(item: Item, spec: MachineSpec) -> Iterator[str]:
    if isinstance(item, Label):
        yield f"{_label(item.name)}:"
    elif isinstance(item, Linear):
        yield _op(item.op, spec)
    elif isinstance(item, Timeline):
        yield from _lines(item, spec)


def _label(name: str) -> str:
    """A label of the assembler's own as it may be written."""
    return name.replace("~", "_").replace(".", "_") if name.startswith("~") else name


def _lines(timeline: Timeline, spec: MachineSpec) -> Iterator[str]:
    yield f".timeline ; {timeline.place.file}:{timeline.place.line}"
    for timed in timeline.ops:
        yield f"@{timed.value} {_op(timed.op, spec)}"
    yield ".endtimeline"


def _op(op: AsmOp, spec: MachineSpec) -> str:
    references = {each.field: _sum(_label(each.symbol), each.addend) for each in op.references}
    return op_text(Op(op.row, tuple(op.values)), Names(spec, references=references), pinned=True)


def _sum(symbol: str, addend: int) -> str:
    """`x`, `x + 3`, `x - 3`"""
    return f"{symbol} {'-' if addend < 0 else '+'} {abs(addend)}" if addend else symbol
