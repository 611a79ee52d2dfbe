"""The bundles of an emission as the static checks see them; their ops are made for checks that look at them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Iterable, Sequence

from asm.check.view import UNKNOWN, CheckedOp, View, checked, fallible, first_target
from asm.facts import target_label
from asm.kinds import BundleKind, is_fixed, kind_of
from asm.program import AsmOp, Packed
from asm.quick.blocks import ColumnBundle
from asm.quick.emit import Emission, Span
from asm.schedule.emit import NOWHERE
from isa.records import NamedTuple, dataclass, field, replace

EMPTY = kind_of(())


def view_of(emission: Emission, entered: Iterable[str], externs: Container[str]) -> View:
    """Of a program without explicit bundles only ops that can break a rule by themselves are shown, as in
    asm.check.view; those in the columns cannot."""
    is_explicit = [False] * emission.count
    for number in emission.explicit:
        is_explicit[number] = True
    for number, (_, packed) in emission.packed.items():
        is_explicit[number] = packed.explicit
    viewer = _Viewer(emission, externs, not any(is_explicit))
    view = View(viewer.bundle, linear=[not each for each in is_explicit])
    view.entered = {emission.where[label] for label in entered if label in emission.where}
    view.times = emission.times
    view.kinds, view.controls = [EMPTY] * emission.count, [None] * emission.count
    view.targets = [UNKNOWN] * emission.count
    if not viewer.all_linear:
        for span in emission.spans:
            viewer.show_span(view, span)
    for number, bundle in emission.explicit.items():
        viewer.show_bundle(view, number, bundle)
    for number, (_, packed) in emission.packed.items():
        viewer.show(view, number, viewer.packed_ops(packed))
    return view


class Beats(NamedTuple):
    """What the bundles of a block are, the same for all that are alike: kinds, the ops that are shown when none of them
    chooses its bank by itself, and those that the assembler added and that decide what follows. `control` is the
    bundle with the block's own."""

    kinds: list[BundleKind]
    shown: list[list[CheckedOp]]
    added: list[tuple[int, CheckedOp]]
    control: int


@dataclass(slots=True)
class _Viewer:
    emission: Emission
    externs: Container[str]
    all_linear: bool
    alike: dict[tuple[int, int], Beats] = field(default_factory=dict)  # by pattern and kind of the block
    shown: dict[BundleKind, tuple[list[CheckedOp], list[int]]] = field(default_factory=dict)

    def bundle(self, number: int) -> list[CheckedOp]:
        """The ops of a bundle that are shown: of one in the columns accesses alone, and of these only the rows where
        registers choose their banks."""
        home = self.emission.packed.get(number)
        if home is not None:
            return [checked(op, self.externs) for op in self.packed_ops(home[1])]
        bundle = self.emission.explicit.get(number)
        if bundle is not None:
            return self._explicit(bundle)
        span = self.emission.spans[bisect_right(self.emission.spans, number, key=_first) - 1]
        at, beats = number - span.first, self._beats(span)
        return self._checked(_beat(span, at)) if beats.kinds[at].fixed else beats.shown[at]

    def _explicit(self, bundle: ColumnBundle) -> list[CheckedOp]:
        kind = bundle.kind
        if kind.clashes:
            return self._checked(bundle.ops)
        if kind not in self.shown:
            ops = bundle.ops
            self.shown[kind] = rows_of(ops), [number for number, op in enumerate(ops) if is_fixed(op.row)]
        shown, fixed = self.shown[kind]
        made = [bundle.columns.op(bundle.first + number) for number in fixed]
        return [*shown, *self._checked(made)] if made else shown

    def _checked(self, ops: Iterable[AsmOp]) -> list[CheckedOp]:
        return [checked(op, self.externs) for op in ops]

    def packed_ops(self, bundle: Packed) -> Sequence[AsmOp]:
        return fallible(bundle.ops) if self.all_linear else bundle.ops

    def show(self, view: View, number: int, ops: Sequence[AsmOp]) -> None:
        """Show a bundle of objects."""
        kind = view.kinds[number] = kind_of(ops)
        if kind.control >= 0:
            view.controls[number] = checked(ops[kind.control], self.externs)
        label = first_target(ops) if kind.has_target else None
        view.targets[number] = UNKNOWN if label is None else self.emission.where.get(label, UNKNOWN)

    def show_bundle(self, view: View, number: int, bundle: ColumnBundle) -> None:
        """Show a bundle in the columns."""
        view.kinds[number] = bundle.kind
        if bundle.decides is not None:
            self._lead(view, number, bundle.decides)

    def show_span(self, view: View, span: Span) -> None:
        """Show the bundles of a block in the columns."""
        beats = self._beats(span)
        view.kinds[span.first : span.first + len(beats.kinds)] = beats.kinds
        for at, control in beats.added:
            view.controls[span.first + at] = control
        if span.block.control is not None:
            self._lead(view, span.first + beats.control, span.block.control)

    def _lead(self, view: View, number: int, control: AsmOp) -> None:
        """Show what decides what follows a bundle."""
        view.controls[number] = checked(control, self.externs)
        label = target_label(control)
        view.targets[number] = UNKNOWN if label is None else self.emission.where.get(label, UNKNOWN)

    def _beats(self, span: Span) -> Beats:
        key = id(span.pattern), id(span.block.kind)
        if key not in self.alike:
            bundles = [_beat(span, at) for at in range(len(span.pattern.beats))]
            kinds = [replace(kind_of(bundle), is_checked=False) for bundle in bundles]
            own = len(span.block.ops) - 1
            control = next((at for at, beat in enumerate(span.pattern.beats) if own in beat.ops), -1)
            added = [
                (at, checked(bundles[at][kind.control], self.externs))
                for at, kind in enumerate(kinds)
                if kind.control >= len(span.pattern.beats[at].ops)
            ]
            self.alike[key] = Beats(kinds, list(map(rows_of, bundles)), added, control)
        return self.alike[key]


def rows_of(ops: Iterable[AsmOp]) -> list[CheckedOp]:
    """The accesses among some ops whose banks registers choose, without their numbers."""
    return [CheckedOp(op.row, ()) for op in ops if op.row.memory and not is_fixed(op.row)]


def _first(span: Span) -> int:
    return span.first


def _beat(span: Span, at: int) -> list[AsmOp]:
    """The ops of a bundle in the columns."""
    beat, ops = span.pattern.beats[at], span.block.ops
    added = [AsmOp(row, list(values), NOWHERE) for row, values, _ in beat.added]
    return [*(ops[number] for number in beat.ops), *added]
