"""Ops on their way to bundles: what operand checking makes, what scheduling packs and encoding writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from asm.tree import Attribute, Expr, Line, Operand, OpStmt
from isa.diagnostics import Place
from isa.records import NamedTuple, dataclass, field
from isa.row import Row

if TYPE_CHECKING:
    from asm.kinds import BundleKind
    from asm.streams.region import Region

FREE = -1  # the unit instance of an op that may run on any unit of its class


@dataclass(slots=True)
class Reference:
    """Field `field` of an op gets symbol + addend at link time; `kind` is one of isa.image's TO_*."""

    field: str
    kind: str
    symbol: str
    addend: int


@dataclass(slots=True)
class Access:
    """The memory an op touches, as far as it is known before it runs.

    `symbol` is the data symbol the address is built on ("" for none: then it may be anything); `banks` the
    banks that symbol may lie in (empty: unknown, conflicts with every bank). Two accesses of one symbol with
    equal `index` (the registers and factors added to the base) are `offset` words apart.
    """

    symbol: str
    banks: frozenset[int]
    index: tuple[object, ...]
    offset: int
    width: int = 1  # words or, for lane accesses, bytes


@dataclass(slots=True)
class AsmOp:
    """One op: a row and its values in the order of the format's fields; `u` is FREE until a unit is chosen."""

    row: Row
    values: list[int]
    statement: OpStmt
    references: tuple[Reference, ...] = ()
    access: Access | None = None
    unit_pin: int = FREE
    cycle_pin: int | None = None
    register_pin: str = ""

    @property
    def place(self) -> Place:
        return self.statement.line.place(self.statement.column, self.statement.end)

    def value(self, name: str) -> int:
        return self.values[self.row.format.names.index(name)]

    def written(self, name: str) -> Operand | OpStmt:
        """The operand or attribute that fills a field; the op as a whole when it was left out."""
        operands = self.statement.operands
        for operand, node in zip(self.row.positional, operands, strict=False):
            if name in operand.fields and not isinstance(node, Attribute):
                return node
        settings = (node for node in operands if isinstance(node, Attribute))
        return next((node for node in settings if node.name == name), self.statement)


# What the text of a program is made of, in order ------------------------------------------------
@dataclass(slots=True)
class Label:
    """A program label. `exported` ones and those whose address is taken may be entered from anywhere."""

    name: str
    place: Place
    exported: bool = False


class Linear(NamedTuple):
    """An op of linear assembly: the scheduler chooses unit and cycle."""

    op: AsmOp


class Explicit(NamedTuple):
    """A bundle written in braces (or made by a timeline): issues as it stands."""

    ops: list[AsmOp]
    place: Place

    def control(self, kind: BundleKind) -> AsmOp | None:
        """The op that decides what follows, in a bundle of a kind."""
        return self.ops[kind.control] if kind.control >= 0 else None


class TimedOp(NamedTuple):
    """An op of a timeline. Times and `after` labels are resolved by the scheduler."""

    op: AsmOp
    labels: tuple[str, ...]
    kind: str  # at, plus, after (see tree.Timing)
    value: int
    after: tuple[str, ...]
    place: Place


class CycleCheck(NamedTuple):
    """`.cycles N`, `.drain N` or `.assert`: checked on the code since the region began."""

    kind: str  # cycles, drain, assert
    expr: Expr
    text: str
    line: Line
    place: Place


class Overlap(NamedTuple):
    """`.overlap N`: the cycles that a timeline shares with what comes before it; None for as many as are possible."""

    cycles: int | None
    place: Place


@dataclass(slots=True)
class Timeline:
    """Ops with cycles of their own. `later` are the timelines merged with it, each with the `overlap` that joins it
    to those before. `checks` are of it alone, `so_far` of all that is merged when it ends. `region` explains one that
    the assembler found."""

    ops: list[TimedOp]
    place: Place
    overlap: Overlap | None = None
    checks: list[CycleCheck] = field(default_factory=list)
    so_far: list[CycleCheck] = field(default_factory=list)
    later: list[Timeline] = field(default_factory=list)
    region: Region | None = None


Item: TypeAlias = Label | Linear | Explicit | Timeline | CycleCheck


@dataclass(slots=True)
class Packed:
    """A bundle as it will be encoded: every op has its unit. `labels` stand before it.

    `cycle` counts from the start of the straight run the bundle is in (the first bundle after a label that
    can be entered by a jump, or after a jump), and restarts there; `run` numbers those runs. `raw` is one
    syllable of an `.unchecked` source that stands there in place of ops. `kind` is that of the ops, if known.
    """

    ops: list[AsmOp]
    labels: list[str] = field(default_factory=list)
    explicit: bool = False
    cycle: int = 0
    run: int = 0
    raw: int | None = None
    kind: BundleKind | None = None
