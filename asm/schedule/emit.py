"""The bundles of all blocks, in order, with the straight runs in which their cycles are counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from asm.facts import cycles_of
from asm.kinds import BundleKind
from asm.program import AsmOp, Explicit, Packed
from asm.schedule.blocks import Block, Blocks
from asm.schedule.flow import Flow
from asm.schedule.memory import Aliases
from asm.schedule.pack import Pattern, pack, pattern_of
from asm.schedule.paths import body_ends
from asm.schedule.pins import missed_pins
from asm.schedule.proof import flaw
from asm.schedule.units import assign_units
from asm.tree import Line, OpStmt
from isa.diagnostics import Diagnostic
from isa.records import dataclass, field

if TYPE_CHECKING:
    from asm.schedule.loops.report import LoopReport

RUN_ENDS = ("jump", "call", "ret", "loop", "halt", "trap")  # control after which cycles count anew
NOWHERE = OpStmt("", (), (), None, Line("", 1, ""), 1, 1)  # before the first op nothing is ever added


@dataclass(slots=True)
class Scheduled:
    """`end_labels` stand after the last bundle; `loops` and `flow` say what became of innermost loops and of
    blocks."""

    bundles: list[Packed]
    end_labels: list[str]
    diagnostics: list[Diagnostic] = field(default_factory=list)
    loops: list[LoopReport] = field(default_factory=list)
    flow: Flow | None = None


def emit(program: Blocks, flow: Flow, result: Scheduled, aliases: Aliases) -> list[int]:
    """Make the bundles of all blocks; returns the number of bundles before each block, and in all."""
    emitter = Emitter(program, flow, result, aliases, body_ends(program))
    spans = [0]
    for number, block in enumerate(program.blocks):
        emitter.block(number, block)
        spans.append(len(result.bundles))
    result.end_labels = emitter.labels
    return spans


@dataclass(slots=True)
class Emitter:
    """Walks the blocks. `labels` wait for the next bundle, which is in a cycle of a straight run: that begins where a
    jump can enter, or after one has left. `near` is the statement that was met last."""

    program: Blocks
    flow: Flow
    result: Scheduled
    aliases: Aliases
    ends: set[int]
    labels: list[str] = field(default_factory=list)
    near: OpStmt = NOWHERE
    cycle: int = 0
    run: int = 0
    entered: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self.entered = self.program.entered | self.program.targets

    def block(self, number: int, block: Block) -> None:
        if block.labels:
            self.labels += block.labels
        self.near = _last_statement(block) or self.near
        if block.is_explicit:
            for bundle, kind in zip(block.bundles, block.bundle_kinds(), strict=True):
                self._explicit(bundle, kind, block.is_pipelined)
        else:
            self._linear(number, block)
        placed = self.flow.placed[number]
        if placed.missed:
            self.result.diagnostics += missed_pins(self.flow.graph(number), placed)

    def _linear(self, number: int, block: Block) -> None:
        pattern = pattern_of(block, self.flow.placed[number], self.flow.shortfall(number), number in self.ends)
        if not pattern.beats:
            return
        labels = self._enter()
        made = pack(pattern, block.ops, self.near, self.cycle, self.run)
        made[0].labels = labels
        self.result.bundles += made
        if not pattern.is_proved:
            self.result.diagnostics += proved(pattern, block, made, self.aliases)
        self._pass(pattern.length, block.control)

    def _explicit(self, bundle: Explicit, kind: BundleKind, is_pipelined: bool) -> None:
        """A bundle as it stands; the units of a pipelined one are chosen."""
        if not is_pipelined:
            self.result.diagnostics += assign_units(bundle.ops)
        labels = self._enter()
        self.result.bundles.append(Packed(bundle.ops, labels, not is_pipelined, self.cycle, self.run, None, kind))
        control = bundle.control(kind)
        self._pass(cycles_of(control), control)

    def _pass(self, cycles: int, control: AsmOp | None) -> None:
        """So many cycles on; a run ends with control that leaves."""
        self.cycle += cycles
        if control is not None and control.row.control in RUN_ENDS:
            self.cycle, self.run = 0, self.run + 1

    def _enter(self) -> list[str]:
        """The labels of the next bundle; a run begins with it when one of them is entered by a jump."""
        labels, self.labels = self.labels, []
        if labels and not self.entered.isdisjoint(labels):
            self.cycle, self.run = 0, self.run + 1
        return labels


def proved(pattern: Pattern, block: Block, made: list[Packed], aliases: Aliases) -> Iterator[Diagnostic]:
    """E-SCHEDULE when the bundles made of a block would not do what its lines say: a mistake of the assembler."""
    found = flaw(block.ops, made, aliases)
    pattern.is_proved = not found
    if found:
        message = f"the schedule found for this block is wrong: {found}"
        yield Diagnostic(
            "E-SCHEDULE", message, block.ops[0].place, help="please report it; braces or `!cycle` avoid it"
        )


def _last_statement(block: Block) -> OpStmt | None:
    ops = block.bundles[-1].ops if block.bundles else block.ops
    return ops[-1].statement if ops else None
