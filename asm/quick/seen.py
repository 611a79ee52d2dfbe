"""The bundles of a plan as the static checks see them; their ops are made for checks that look at them."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from itertools import compress
from typing import TypeVar, overload

from asm.check.view import CheckedOp, View, checked
from asm.facts import FACTS, NOP
from asm.kinds import BundleKind, is_fixed
from asm.program import AsmOp
from asm.quick.compose import Composer
from asm.quick.plan import ADDED, LOOSE, OBJECT, Seen
from asm.schedule.emit import NOWHERE
from asm.schedule.pack import Pattern

T = TypeVar("T")


def view_of(composer: Composer, seen: Seen, externs: Container[str]) -> View:
    """The view of a program that has explicit bundles."""
    viewer = _Viewer(composer, seen, externs)
    view = View(viewer.bundle, linear=seen.linear)
    view.kinds = _Column(len(seen.kinds), viewer.kind)
    view.controls = _Column(len(seen.controls), viewer.control)
    view.times = _Column(len(seen.cycles), viewer.time)
    view.targets = seen.targets
    view.entered = {*compress(range(len(seen.entered)), seen.entered)}
    return view


class _Column(Sequence[T]):
    """Something of each bundle, found when it is asked for."""

    def __init__(self, count: int, find: Callable[[int], T]) -> None:
        self.size = count
        self.find = find

    def __len__(self) -> int:
        return self.size

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: int | slice) -> T | list[T]:
        found = range(self.size)[index]
        return self.find(found) if isinstance(found, int) else [self.find(number) for number in found]


class _Viewer:
    """Makes what checks look at: of bundles in the columns bursts and accesses alone, and of these only the rows where
    registers choose their banks."""

    def __init__(self, composer: Composer, seen: Seen, externs: Container[str]) -> None:
        self.composer = composer
        self.seen = seen
        self.externs = externs
        self.shown: dict[int, tuple[list[CheckedOp], list[int]]] = {}  # by likeness of a bundle
        self.controls: dict[int, CheckedOp | None] = {-1: None}  # by number

    def kind(self, number: int) -> BundleKind:
        return self.composer.kinds[self.seen.kinds[number]]

    def time(self, number: int) -> tuple[int, int]:
        """The run and the cycle of a bundle."""
        return self.seen.runs[number], self.seen.cycles[number]

    def control(self, number: int) -> CheckedOp | None:
        """What decides what follows a bundle: it goes nowhere in particular, and is the same for all that are alike."""
        alike = self.seen.controls[number]
        if alike not in self.controls:
            self.controls[alike] = self._control(alike)
        return self.controls[alike]

    def _control(self, number: int) -> CheckedOp:
        form, cycles = self.composer.plan.control(number)
        if form == ADDED:
            return CheckedOp(NOP, [cycles])
        if form == LOOSE:
            return checked(self.composer.loose[cycles], self.externs)
        if form == OBJECT:
            return self._of_object(cycles)
        row = self.composer.columns.recipes.forms[form].row
        return CheckedOp(row, [cycles if name == "count" else 0 for name in row.format.names])

    def _of_object(self, number: int) -> CheckedOp:
        ops, _ = self.composer.objects[number]
        return checked(next(op for op in ops if FACTS[op.row.id].control), self.externs)

    def bundle(self, number: int) -> list[CheckedOp]:
        beat = self.seen.beats[number]
        if beat < -1:
            return self._checked(self.composer.objects[-2 - beat][0])
        kind = self.seen.kinds[number]
        if kind not in self.shown:
            ops = self._ops(number)
            whole = [at for at, op in enumerate(ops) if op.row.tensor or is_fixed(op.row)]
            shown = [CheckedOp(op.row, ()) for at, op in enumerate(ops) if op.row.memory and at not in whole]
            self.shown[kind] = shown, whole
        shown, whole = self.shown[kind]
        if not whole:
            return shown
        ops = self._ops(number)
        return [*shown, *self._checked([ops[at] for at in whole])]

    def _ops(self, number: int) -> list[AsmOp]:
        """The ops of a bundle in the columns."""
        beat = self.seen.beats[number]
        if beat < 0:
            return self.composer.explicit_ops(self.seen, number)
        pattern, first = self.composer.plan.entry(self.seen.entries[number])
        packing = self.composer.packings[pattern]
        return beat_ops(packing.pattern, self.composer.columns.ops(first, first + len(packing.ops)), beat)

    def _checked(self, ops: Iterable[AsmOp]) -> list[CheckedOp]:
        return [checked(op, self.externs) for op in ops]


def beat_ops(pattern: Pattern, ops: list[AsmOp], at: int) -> list[AsmOp]:
    """The ops of a bundle of a block."""
    beat = pattern.beats[at]
    added = [AsmOp(row, list(values), NOWHERE) for row, values, _ in beat.added]
    return [*(ops[number] for number in beat.ops), *added]
