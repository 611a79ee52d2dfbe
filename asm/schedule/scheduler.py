"""The scheduler as a whole: blocks, edges, in-flight states and schedules, bundles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from asm.check import check_bundles
from asm.check.cycles import check_region
from asm.names.expr import Environment
from asm.program import Item, Packed
from asm.schedule.alike import NO_OPS, Kinds
from asm.schedule.blocks import Blocks, split
from asm.schedule.emit import Scheduled, emit
from asm.schedule.flow import Flow
from asm.schedule.loops.find import Stated, candidates
from asm.schedule.memory import Aliases
from asm.schedule.oracle import Oracle
from asm.schedule.paths import connect
from asm.schedule.pins import far_pins
from asm.schedule.reserve import Held, assign_bursts
from isa.diagnostics import ERROR, Diagnostic
from isa.machine import MachineSpec
from isa.records import dataclass, field

if TYPE_CHECKING:
    from asm.schedule.loops.report import LoopReport


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


def schedule(items: Iterable[Item], spec: MachineSpec, options: Options | None = None) -> Scheduled:
    """Bundles for a program; errors are in `diagnostics`, with the best bundles that could be made."""
    options = options or Options()
    program = split(items, spec, options.externs)
    far = far_pins(program.blocks)
    kinds = Kinds(options.aliases)
    _find_kinds(kinds, program)
    loops = pipeline(program, options)
    _find_kinds(kinds, program)
    flow = Flow(program.blocks, connect(program))
    flow = options.oracle.flow(flow) if options.oracle else flow
    result = Scheduled([], [], far, loops, flow)
    spans = emit(program, flow, result, options.aliases)
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


def _find_kinds(kinds: Kinds, program: Blocks) -> None:
    """Give a kind to every block that has none."""
    for block in program.blocks:
        if block.kind is NO_OPS:
            block.kind = kinds.of(block.ops)


def pipeline(program: Blocks, options: Options) -> list[LoopReport]:
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
