"""Blocks of ops that are columns: they become objects when somebody looks at them."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import TypeGuard

from asm.kinds import BundleKind, kind_of
from asm.program import AsmOp, CycleCheck, Explicit, Item, Label, Linear
from asm.quick.columns import Columns
from asm.quick.front import AT_LABEL, LINEAR, Piece, Taken, Unfit
from asm.schedule.alike import NO_OPS, Kinds
from asm.schedule.blocks import MAX_ACCESSES, MAX_OPS, Block, Blocks, Splitter
from asm.write.verbatim import Raw
from isa.diagnostics import Place
from isa.machine import MachineSpec
from isa.records import dataclass


@dataclass(slots=True, eq=False)
class ColumnBundle:
    """A bundle of ops [first, end) of the columns, whose kind has a number; `decides` says what follows it. Among
    others it stands for an Explicit."""

    columns: Columns
    first: int
    end: int
    number: int
    kind: BundleKind
    decides: AsmOp | None

    @property
    def ops(self) -> list[AsmOp]:
        return self.columns.ops(self.first, self.end)

    @property
    def place(self) -> Place:
        return self.columns.op(self.first).place

    def control(self, kind: BundleKind) -> AsmOp | None:
        """The op that decides what follows."""
        return self.decides


class ColumnBlock(Block):
    """A block of linear code, ops [first, end) of the columns, or one that was made of objects (end is 0)."""

    __slots__ = ("columns", "end", "first", "made")

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.first = self.end = 0
        self.made: list[AsmOp] | None = None
        super().__init__()

    @property
    def ops(self) -> list[AsmOp]:  # made when asked for
        if self.made is None:
            self.made = self.columns.ops(self.first, self.end)
            if self.control is not None and self.end:
                self.made[-1] = self.control  # it is one and the same
        return self.made

    @ops.setter
    def ops(self, ops: list[AsmOp]) -> None:
        self.made = ops

    @property
    def is_empty(self) -> bool:
        return not self.end and not self.made and not self.bundles

    def settle(self) -> None:
        """Go on as objects."""
        self.made = self.ops
        self.first = self.end = 0


class ColumnSplitter(Splitter):
    """Cuts programs with parts in columns; `exported` are labels that may be entered from anywhere."""

    def __init__(
        self, columns: Columns, exported: Container[str], spec: MachineSpec, externs: Container[str] = ()
    ) -> None:
        self.columns = columns
        self.exported = exported
        super().__init__(spec, externs)

    def _new_block(self) -> Block:
        return ColumnBlock(self.columns)

    def split(self, items: Iterable[Item | Raw | Taken]) -> Blocks:
        for item in items:
            if isinstance(item, Taken):
                self._taken(item.pieces)
            elif isinstance(item, Linear):
                self.linear(item.op)
            elif isinstance(item, CycleCheck | Raw):
                raise Unfit  # it looks at bundles
            else:
                self.add(item)
        return self.finish()

    def _taken(self, pieces: Iterable[Piece]) -> None:
        for kind, first, second, third, fourth in pieces:
            if kind == AT_LABEL:
                name = self.columns.front.names[first]
                self._label(Label(name, Place(self.columns.name, second), name in self.exported))
            elif kind == LINEAR:
                self._ops(first, second, bool(third), fourth)
            else:
                self._column_bundle(first, second, third, fourth)

    def linear(self, op: AsmOp) -> None:
        if isinstance(self.current, ColumnBlock) and not self.current.is_explicit:
            self.current.settle()
        super().linear(op)

    def _ops(self, first: int, end: int, has_control: bool, accesses: int) -> None:
        if self.current.is_explicit:
            self._close()
        block = self.current
        assert isinstance(block, ColumnBlock)
        start = first if block.is_empty else block.first
        follows = block.is_empty or (block.end > 0 and block.end == first)
        if not follows or end - start >= MAX_OPS or self.accesses + accesses >= MAX_ACCESSES:
            for op in self.columns.ops(first, end):
                self.linear(op)
            return
        block.made = None
        block.first, block.end = start, end
        self.accesses += accesses
        if has_control:
            self._end_with((self.columns.op(end - 1),))

    def _column_bundle(self, first: int, end: int, number: int, control: int) -> None:
        if not self.current.is_explicit:
            self._begin_explicit()
        kind = self.columns.bundle_kind(number, first, end)
        op = self.columns.control(control) if control >= 0 else None
        bundle = ColumnBundle(self.columns, first, end, number, kind, op)
        self.current.bundles.append(bundle)  # type: ignore[arg-type]  # it stands for one
        self.current.kinds.append(kind)
        if op is not None:
            self._end_with((op,))

    def _explicit(self, bundle: Explicit) -> None:
        if not self.current.is_explicit:
            self._begin_explicit()
        self.current.kinds.append(kind_of(bundle.ops))
        super()._explicit(bundle)


def is_in_columns(block: Block) -> TypeGuard[ColumnBlock]:
    """Whether a block can go on without objects."""
    return isinstance(block, ColumnBlock) and not block.is_explicit and (block.end > 0 or block.is_empty)


def find_kinds(kinds: Kinds, program: Blocks) -> None:
    """Give a kind to every block that has none."""
    for block in program.blocks:
        if block.kind is not NO_OPS:
            continue
        if isinstance(block, ColumnBlock) and block.end:
            block.kind = block.columns.kind(block.first, block.end, kinds)
        elif block.ops:
            block.kind = kinds.of(block.ops)
