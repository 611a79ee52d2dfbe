"""A program as the static checks see it: bundles in order, where each leads, and where it may be entered.

Made from scheduled bundles or from the text of an image, so that one analysis serves assembling and linking.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence

from asm.facts import FACTS, target_label
from asm.kinds import BundleKind, kind_of
from asm.program import AsmOp, Packed
from isa.codec import CodecError, bundle_starts, decode_bundle, encode
from isa.diagnostics import Place
from isa.image import TEXT, Image
from isa.records import NamedTuple, dataclass, field
from isa.row import Row

NOTHING: frozenset[str] = frozenset()
UNKNOWN = -1  # a target outside the program, or one that is not known yet


class CheckedOp(NamedTuple):
    """An op with all its numbers but those of `open_fields`, which linking fills in; `source` is what it was
    written as, when that is at hand. `is_placed` says that linking keeps its banks: it refers to no other object."""

    row: Row
    values: Sequence[int]
    open_fields: frozenset[str] = frozenset()
    source: AsmOp | None = None
    address_place: Place | None = None
    is_placed: bool = False

    @property
    def place(self) -> Place | None:
        return self.source.place if self.source is not None else self.address_place

    def value(self, name: str) -> int | None:
        """The value of a field, None when the format lacks it or linking fills it in."""
        names = self.row.format.names
        return self.values[names.index(name)] if name in names and name not in self.open_fields else None

    @property
    def unit(self) -> str:
        position = FACTS[self.row.id].unit
        return self.row.units.names[self.values[position] if position >= 0 else 0]

    def operand_place(self, name: str) -> Place | None:
        """Where the operand that fills a field is written; the mnemonic when that is not known."""
        if self.source is None:
            return self.place
        node = self.source.written(name)
        return self.source.statement.line.place(node.column, node.end)


Bundle = list[CheckedOp]
Edge = tuple[int, int]  # the bundle that follows, and after how many cycles


@dataclass(slots=True)
class View:
    """`kinds[i]` is what bundle i does to registers, `controls[i]` the op of it that decides what follows, `targets[i]`
    the bundle that leads to, the number of bundles for the end.

    `entered` are bundles that may be entered from anywhere. `linear` are those the scheduler made, which keeps
    the rules of time itself. `times` are (run, cycle) as the listing shows them, empty when there is none. The
    program begins at bundle `start`; a `complete` one is an executable, which no other code can jump into. `make`
    makes the ops of a bundle, which few checks look at.
    """

    make: Callable[[int], Bundle]
    kinds: Sequence[BundleKind] = ()
    controls: Sequence[CheckedOp | None] = ()
    targets: Sequence[int] = ()
    entered: set[int] = field(default_factory=set)
    linear: Sequence[int] = ()
    times: Sequence[tuple[int, int]] = ()
    start: int = 0
    complete: bool = False
    made: dict[int, Bundle] = field(default_factory=dict)
    ways: list[list[Edge]] | None = None  # see asm.check.hazards.ways_out

    @property
    def has_tensor_ops(self) -> bool:
        return any(kind.has_tensor_ops for kind in self.kinds)

    def bundle(self, number: int) -> Bundle:
        """The ops of a bundle, the same whenever they are asked for."""
        if number not in self.made:
            self.made[number] = self.make(number)
        return self.made[number]


def from_packed(
    bundles: Sequence[Packed], end_labels: Iterable[str], entered: Iterable[str], externs: Container[str]
) -> View:
    """The view of scheduled bundles; `entered` are labels that may be entered from anywhere.

    Of a program without explicit bundles only the ops that can break a rule by themselves are shown.
    """
    where = {label: number for number, bundle in enumerate(bundles) for label in bundle.labels}
    where |= dict.fromkeys(end_labels, len(bundles))
    linear = [not bundle.explicit for bundle in bundles]
    all_linear = all(linear)
    ops = [fallible(bundle.ops) if all_linear else bundle.ops for bundle in bundles]
    view = View(lambda number: [checked(op, externs) for op in ops[number]], linear=linear)
    view.entered = {where[label] for label in entered if label in where}
    view.times = [(bundle.run, bundle.cycle) for bundle in bundles]
    known = [None if all_linear else bundle.kind for bundle in bundles]
    view.kinds = [kind or kind_of(each) for kind, each in zip(known, ops, strict=True)]
    both = list(zip(ops, view.kinds, strict=True))
    view.controls = [checked(each[kind.control], externs) if kind.control >= 0 else None for each, kind in both]
    labels = [first_target(each) if kind.has_target else None for each, kind in both]
    view.targets = [UNKNOWN if label is None else where.get(label, UNKNOWN) for label in labels]
    return view


def fallible(ops: Sequence[AsmOp]) -> list[AsmOp]:
    """Those of some ops that can break a rule by themselves."""
    return [op for op in ops if FACTS[op.row.id].checked]


def first_target(ops: Iterable[AsmOp]) -> str | None:
    """The first label that is the target of one of some ops."""
    return next((label for op in ops if (label := target_label(op)) is not None), None)


def checked(op: AsmOp, externs: Container[str]) -> CheckedOp:
    if not op.references:
        return CheckedOp(op.row, op.values, NOTHING, op, is_placed=True)
    open_fields = frozenset([reference.field for reference in op.references])
    is_placed = not any(reference.symbol in externs for reference in op.references)
    return CheckedOp(op.row, op.values, open_fields, op, is_placed=is_placed)


def from_image(image: Image) -> View:
    """The view of an image's text. A bundle that does not decode is empty: it faults only if it is fetched."""
    starts = bundle_starts(image.text)
    where = {address: number for number, address in enumerate(starts)} | {len(image.text): len(starts)}
    places = {entry.address: entry.place for entry in image.lines}
    pending: dict[int, set[str]] = {}
    for relocation in () if image.executable else image.relocations:
        if relocation.field:
            pending.setdefault(relocation.address, set()).add(relocation.field)
    bundles = [_decoded(image.text, address, places, pending) for address in starts]
    view = View(bundles.__getitem__, linear=[False] * len(starts), start=where[image.entry], complete=image.executable)
    view.kinds = [kind_of(bundle) for bundle in bundles]
    both = zip(bundles, view.kinds, strict=True)
    view.controls = [bundle[kind.control] if kind.control >= 0 else None for bundle, kind in both]
    view.targets = [_target(bundle, where) for bundle in bundles]
    view.entered = {where[s.value] for s in image.symbols if s.kind == TEXT and s.value in where} | {where[image.entry]}
    return view


def _decoded(text: list[int], address: int, places: dict[int, Place], pending: dict[int, set[str]]) -> Bundle:
    try:
        ops, _ = decode_bundle(text, address)
    except CodecError:
        return []
    bundle = []
    for op in ops:
        open_fields = frozenset(pending.get(address, ()))
        bundle.append(CheckedOp(op.row, op.values, open_fields, address_place=places.get(address)))
        address += len(encode(op))
    return bundle


def _target(bundle: Bundle, where: dict[int, int]) -> int:
    targets = [target for op in bundle if (target := op.value("target")) is not None]
    return where.get(targets[0], UNKNOWN) if targets else UNKNOWN
