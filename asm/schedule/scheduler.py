"""The scheduler as a whole: blocks, edges, in-flight states and schedules, bundles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asm.check import check_bundles
from asm.check.cycles import check_region
from asm.facts import control_of, cycles_of
from asm.names.expr import Environment
from asm.program import AsmOp, Item, Packed
from asm.schedule.blocks import Block, Blocks, split
from asm.schedule.flow import Flow
from asm.schedule.loops.find import Stated, candidates
from asm.schedule.memory import Aliases
from asm.schedule.oracle import Oracle
from asm.schedule.pack import pack
from asm.schedule.paths import body_ends, connect
from asm.schedule.pins import far_pins, missed_pins
from asm.schedule.proof import flaw
from asm.schedule.reserve import Held, assign_bursts
from asm.schedule.units import assign_units
from asm.tree import Line, OpStmt
from isa.diagnostics import ERROR, Diagnostic
from isa.machine import MachineSpec

if TYPE_CHECKING:
    from asm.schedule.loops.report import LoopReport

RUN_ENDS = ("jump", "call", "ret", "loop", "halt", "trap")  # control after which cycles count anew
NOWHERE = OpStmt("", (), (), None, Line("", 1, ""), 1, 1)  # before the first op nothing is ever added


@dataclass(slots=True)
class Options:
    """`aliases` are pairs of symbols that may share memory (`.alias`), `externs` symbols of other objects.

    `environment` gives names and functions their values in `.cycles`, `.drain` and `.assert`; without one these
    are not checked. `loops` is what the writer states about loops. An `oracle` is asked instead of the heuristics.
    `held` are units that what ran before may hold, with the first cycle in which they are free.
    """

    aliases: Aliases = frozenset()
    environment: Environment | None = None
    externs: frozenset[str] = frozenset()
    loops: Stated = field(default_factory=Stated)
    oracle: Oracle | None = None
    held: Held = field(default_factory=dict)


@dataclass(slots=True)
class Scheduled:
    """`end_labels` stand after the last bundle; `loops` and `flow` say what became of innermost loops and of
    blocks."""

    bundles: list[Packed]
    end_labels: list[str]
    diagnostics: list[Diagnostic] = field(default_factory=list)
    loops: list[LoopReport] = field(default_factory=list)
    flow: Flow | None = None


def schedule(items: Iterable[Item], spec: MachineSpec, options: Options | None = None) -> Scheduled:
    """Bundles for a program; errors are in `diagnostics`, with the best bundles that could be made."""
    options = options or Options()
    program = split(items, spec, options.externs)
    far = far_pins(program.blocks)
    loops = _pipeline(program, options)
    flow = Flow(program.blocks, connect(program), options.aliases)
    flow = options.oracle.flow(flow) if options.oracle else flow
    result = Scheduled([], [], far, loops, flow)
    spans = _emit(program, flow, result, options.aliases)
    _number_runs(program, result.bundles)
    homeless = assign_bursts(result.bundles, spec, options.held)
    if program.diagnostics:
        result.diagnostics = program.diagnostics  # what ops left out of a timeline break is no error of its own
    elif homeless:
        result.diagnostics += homeless  # nor what ops without a unit break
    else:
        externs = options.externs
        result.diagnostics += check_bundles(result.bundles, result.end_labels, program.entered, spec, externs)
        if not any(problem.severity == ERROR for problem in result.diagnostics):
            result.diagnostics += program.joints
        result.diagnostics += _check_regions(program, spans, result.bundles, options.environment)
    return result


def _pipeline(program: Blocks, options: Options) -> list[LoopReport]:
    """Pipeline innermost loops; programs without any do not pay for it."""
    found = list(candidates(program))
    if not found:
        return []
    from asm.schedule.loops.rewrite import pipeline_loops

    return pipeline_loops(program, found, options.aliases, options.loops, options.oracle)


def _check_regions(
    program: Blocks, spans: list[int], bundles: list[Packed], environment: Environment | None
) -> Iterator[Diagnostic]:
    if environment is not None:
        for check in program.checks:
            region = bundles[spans[check.start] : spans[check.end]] if check.alone is None else check.alone
            yield from check_region(check.item, region, environment)


def _emit(program: Blocks, flow: Flow, result: Scheduled, aliases: Aliases) -> list[int]:
    """Make the bundles of all blocks; returns the number of bundles before each block, and in all."""
    spans = [0]
    ends = body_ends(program)
    labels: list[str] = []
    near = NOWHERE
    for number, block in enumerate(program.blocks):
        labels += block.labels
        near = _last_statement(block) or near
        if block.is_explicit and block.is_pipelined:
            made = [Packed(bundle.ops) for bundle in block.bundles]
        elif block.is_explicit:
            made = [_explicit(bundle.ops, result) for bundle in block.bundles]
        else:
            made = pack(block, flow.placed[number], flow.shortfall(number), number in ends, near)
            result.diagnostics += _proved(block, made, aliases)
        if made:
            made[0].labels, labels = labels, []
        result.bundles += made
        result.diagnostics += missed_pins(flow.graphs[number], flow.placed[number])
        spans.append(len(result.bundles))
    result.end_labels = labels
    return spans


def _proved(block: Block, made: list[Packed], aliases: Aliases) -> Iterator[Diagnostic]:
    """E-SCHEDULE when the bundles made of a block would not do what its lines say: a mistake of the assembler."""
    found = flaw(block.ops, made, aliases)
    if found:
        message = f"the schedule found for this block is wrong: {found}"
        yield Diagnostic(
            "E-SCHEDULE", message, block.ops[0].place, help="please report it; braces or `!cycle` avoid it"
        )


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
        control = control_of(bundle.ops)
        cycle += cycles_of(control)
        if control is not None and control.row.control in RUN_ENDS:
            cycle, run = 0, run + 1
