"""The scheduler as a whole: blocks, edges, in-flight states and schedules, bundles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from asm.facts import FACTS, cycles_of
from asm.program import AsmOp, Item, Packed
from asm.schedule.blocks import Block, Blocks, split
from asm.schedule.flow import Flow
from asm.schedule.memory import Aliases
from asm.schedule.pack import pack
from asm.schedule.paths import connect, loops
from asm.schedule.units import assign_units
from asm.tree import Line, OpStmt
from isa.diagnostics import Diagnostic
from isa.machine import MachineSpec

RUN_ENDS = ("jump", "call", "ret", "loop", "halt", "trap")  # control after which cycles count anew
NOWHERE = OpStmt("", (), (), None, Line("", 1, ""), 1, 1)  # before the first op nothing is ever added


@dataclass(slots=True)
class Options:
    """`aliases` are pairs of symbols that may share memory (`.alias`)."""

    aliases: Aliases = frozenset()


@dataclass(slots=True)
class Scheduled:
    """`end_labels` stand after the last bundle."""

    bundles: list[Packed]
    end_labels: list[str]
    diagnostics: list[Diagnostic] = field(default_factory=list)


def schedule(items: Iterable[Item], spec: MachineSpec, options: Options | None = None) -> Scheduled:
    """Bundles for a program; errors are in `diagnostics`, with the best bundles that could be made."""
    options = options or Options()
    program = split(items)
    flow = Flow(program.blocks, connect(program), options.aliases)
    result = Scheduled([], [], program.diagnostics)
    _emit(program, flow, result)
    _number_runs(program, result.bundles)
    return result


def _emit(program: Blocks, flow: Flow, result: Scheduled) -> None:
    ends = {end - 1 for _, end in loops(program)}
    labels: list[str] = []
    near = NOWHERE
    for number, block in enumerate(program.blocks):
        labels += block.labels
        near = _last_statement(block) or near
        if block.is_explicit:
            made = [_explicit(bundle.ops, result) for bundle in block.bundles]
        else:
            made = pack(block, flow.placed[number], flow.shortfall(number), number in ends, near)
        if made:
            made[0].labels, labels = labels, []
        result.bundles += made
    result.end_labels = labels


def _last_statement(block: Block) -> OpStmt | None:
    ops = block.bundles[-1].ops if block.bundles else block.ops
    return ops[-1].statement if ops else None


def _explicit(ops: list[AsmOp], result: Scheduled) -> Packed:
    result.diagnostics += assign_units(ops)
    return Packed(ops, explicit=True)


def _number_runs(program: Blocks, bundles: list[Packed]) -> None:
    """Count cycles along each straight run; a run begins where a jump can enter or after one has left."""
    entered = program.entered | program.targets
    cycle = run = 0
    for bundle in bundles:
        if not entered.isdisjoint(bundle.labels):
            cycle, run = 0, run + 1
        bundle.cycle, bundle.run = cycle, run
        control = next((op for op in bundle.ops if FACTS[op.row.id].control), None)
        cycle += cycles_of(control)
        if control is not None and control.row.control in RUN_ENDS:
            cycle, run = 0, run + 1
