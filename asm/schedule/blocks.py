"""A program cut into basic blocks, in layout order, with the edges on which control can pass between them.

A block is linear (ops to be scheduled, a control op only as the last) or explicit (bundles as written). Blocks
end at labels, at control ops, where linear and explicit code meet, at region checks, and at a bound.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from asm.facts import FACTS, control_of, target_label
from asm.kinds import BundleKind, kind_of
from asm.program import AsmOp, CycleCheck, Explicit, Item, Label, Linear, Packed, Timeline
from asm.schedule.alike import NO_OPS, Kind
from asm.schedule.overlap import expand
from asm.tree import Binary, Call, Conditional, Expr, Unary
from isa.diagnostics import Diagnostic
from isa.image import TO_TARGET
from isa.machine import MachineSpec
from isa.records import dataclass, field

MAX_OPS = 1 << 15
MAX_ACCESSES = 256  # bounds the pairs of memory ops that are compared
TIME_FUNCTIONS = ("cycle", "used")
IN_BRACES = "put it in a bundle, `{ ... }`, or in a timeline"
OUTSIDE = -1  # a block that is not in this program, or not known


@dataclass(slots=True)
class Block:
    """`ops` of a linear block, or `bundles` of an explicit one; `control` is the op that decides what follows.

    `continues` says that the block goes on where the one before it became too long, `is_pipelined` that it is the
    scheduler's own: bundles, or ops in an order that is a schedule already. `kind` is that of its ops, once known,
    `kinds` are those of its bundles.
    """

    labels: list[str] = field(default_factory=list)
    ops: list[AsmOp] = field(default_factory=list)
    bundles: list[Explicit] = field(default_factory=list)
    is_explicit: bool = False
    control: AsmOp | None = None
    continues: bool = False
    is_pipelined: bool = False
    kind: Kind = NO_OPS
    kinds: list[BundleKind] = field(default_factory=list)

    def bundle_kinds(self) -> list[BundleKind]:
        """What each bundle does to registers."""
        if len(self.kinds) < len(self.bundles):
            self.kinds = [kind_of(bundle.ops) for bundle in self.bundles]
        return self.kinds

    @property
    def is_empty(self) -> bool:
        return not self.ops and not self.bundles

    def ends_with(self, control: str) -> bool:
        """Whether the op that decides what follows is of a kind."""
        return self.control is not None and self.control.row.control == control

    def text(self) -> str:
        """The block as assembly-like lines, to be read and compared."""
        kind = "explicit" if self.is_explicit else "linear"
        lines = [f"{label}:" for label in self.labels] + [f"  ; {kind}"]
        lines += [f"  {op_text(op)}" for op in self.ops]
        lines += [f"  {{ {' || '.join(map(op_text, bundle.ops))} }}" for bundle in self.bundles]
        return "\n".join(lines)


def op_text(op: AsmOp) -> str:
    fields = " ".join(f"{name}={value}" for name, value in zip(op.row.format.names, op.values, strict=True))
    return f"{op.row.mnemonic} {fields}".rstrip()


@dataclass(slots=True)
class Check:
    """A region check and the blocks [start, end) that it is about, or the bundles of a timeline merged with others."""

    item: CycleCheck
    start: int
    end: int
    alone: list[Packed] | None = None


@dataclass(slots=True)
class Blocks:
    """`where` maps a label to its block; `entered` are the labels that can be entered from anywhere, `targets`
    those that a control op of this program names."""

    blocks: list[Block]
    checks: list[Check]
    where: dict[str, int]
    entered: set[str]
    targets: set[str]
    diagnostics: list[Diagnostic]
    joints: list[Diagnostic] = field(default_factory=list)  # of timelines that overlap, to be said if all else is well


def uses_time(expr: Expr) -> bool:
    """Whether an expression calls cycle() or used()."""
    if isinstance(expr, Call):
        return expr.function in TIME_FUNCTIONS or any(map(uses_time, expr.arguments))
    if isinstance(expr, Binary):
        return uses_time(expr.left) or uses_time(expr.right)
    if isinstance(expr, Conditional):
        return uses_time(expr.test) or uses_time(expr.yes) or uses_time(expr.no)
    return isinstance(expr, Unary) and uses_time(expr.operand)


def split(items: Iterable[Item], spec: MachineSpec, externs: Container[str] = ()) -> Blocks:
    """Cut a program into blocks; timelines must have become explicit bundles before."""
    splitter = Splitter(spec, externs)
    for item in items:
        if isinstance(item, Linear):
            splitter.linear(item.op)
        else:
            splitter.add(item)
    return splitter.finish()


class Splitter:
    """Collects blocks; `current` is the one being filled.

    `seam` says that the block before cannot hold the wait that the block after may need, or the last bundle
    of a loop: it ends with a control op or where a region is measured. An empty block then goes between them.
    """

    def __init__(self, spec: MachineSpec, externs: Container[str]) -> None:
        self.spec = spec
        self.externs = externs
        self.result = Blocks([], [], {}, set(), set(), [])
        self.current = self._new_block()
        self.accesses = 0  # of the current block
        self.seam = False
        self.region = 0
        self.stated: int | None = None  # where the region began that was stated last, since the last label

    def add(self, item: Label | Explicit | CycleCheck | Timeline) -> None:
        if isinstance(item, Explicit):
            self._explicit(item)
        elif isinstance(item, Label):
            self._label(item)
        elif isinstance(item, CycleCheck):
            self._check(item)
        else:
            self._timeline(item)

    def finish(self) -> Blocks:
        self._close()
        return self.result

    def _close(self) -> None:
        block = self.current
        if block.is_empty and not block.labels:
            return
        self.result.blocks.append(block)
        self.seam = block.control is not None and not block.is_explicit
        self.current = self._new_block()
        self.accesses = 0

    def _new_block(self) -> Block:
        return Block()

    def _close_seam(self) -> None:
        self._close()
        if self.seam:
            self.result.blocks.append(self.current)
            self.current = self._new_block()
            self.seam = False

    def _label(self, label: Label) -> None:
        self._close_seam()
        self.current.labels.append(label.name)
        self.region, self.stated = len(self.result.blocks), None
        self.result.where[label.name] = self.region
        if label.exported:
            self.result.entered.add(label.name)

    def linear(self, op: AsmOp) -> None:
        """Add an op whose cycle is left to the scheduler, which only those of the scalar face may leave."""
        if op.row.tensor:
            message = f"`{op.row.mnemonic}` needs a cycle of its own: on streams nothing waits"
            self.result.diagnostics.append(Diagnostic("E-BUNDLE", message, op.place, help=IN_BRACES))
            return
        if self.current.is_explicit:
            self._close()
        elif len(self.current.ops) >= MAX_OPS or self.accesses >= MAX_ACCESSES:
            self._close()
            self.current.continues = True
        facts = FACTS[op.row.id]
        self.current.ops.append(op)
        if facts.memory:
            self.accesses += 1
        if op.references or facts.control:
            self._end_with((op,))

    def _explicit(self, bundle: Explicit) -> None:
        if not self.current.is_explicit:
            self._begin_explicit()
        self.current.bundles.append(bundle)
        self._end_with(bundle.ops)

    def _begin_explicit(self) -> None:
        """Labels right before a bundle belong to it: what has to be waited for is waited for before them.

        So does the start of a hardware loop's body: the wait comes before the loop, not in every round.
        """
        if self.current.ops or not self.current.labels:
            self._close_seam()
        self.current.is_explicit = True
        for block, before in self._empty_before():
            block.is_explicit = bool(block.labels) or before.ends_with("loop")

    def _empty_before(self) -> Iterator[tuple[Block, Block]]:
        """The empty blocks that end what there is, last first, each with the block before it."""
        blocks = self.result.blocks
        for number in range(len(blocks) - 1, -1, -1):
            if not blocks[number].is_empty:
                return
            yield blocks[number], blocks[number - 1] if number else Block()

    def _end_with(self, ops: Iterable[AsmOp]) -> None:
        """A control op ends its block; labels used other than as its target may be entered from anywhere."""
        for op in ops:
            if op.references:
                self._note_addresses(op)
        self.current.control = control_of(ops)
        if self.current.control is not None:
            self._close()

    def _note_addresses(self, op: AsmOp) -> None:
        as_target = target_label(op)
        for reference in op.references:
            if reference.kind == TO_TARGET:
                known = self.result.targets if reference.symbol == as_target else self.result.entered
                known.add(reference.symbol)

    def _check(self, item: CycleCheck) -> None:
        if item.kind == "assert" and not uses_time(item.expr):
            self.result.checks.append(Check(item, self.region, self.region))
            return
        self._close()
        end = len(self.result.blocks)
        self.seam = end > 0 and not self.result.blocks[-1].is_explicit
        start = self.region if self.stated is None or self.region < end else self.stated  # nothing in between
        self.result.checks.append(Check(item, start, end))
        if item.kind != "assert":
            self.stated, self.region = start, end

    def _timeline(self, item: Timeline) -> None:
        expanded = expand(item, self.spec, self.externs)
        self.result.diagnostics += expanded.diagnostics
        self.result.joints += expanded.joints
        self.result.checks += [Check(check, 0, 0, alone) for check, alone in expanded.checks]
        if not self.current.labels or self.current.ops:
            self._close_seam()
            self.region = len(self.result.blocks)
        for bundle in expanded.bundles:
            self._explicit(bundle)
