"""The bundles of a plan as the static checks see them; their ops are made for checks that look at them."""

from __future__ import annotations

from collections.abc import Container, Iterable

from asm.check.view import CheckedOp, View, checked
from asm.facts import FACTS, NOP
from asm.kinds import is_fixed
from asm.program import AsmOp
from asm.quick.compose import Composer
from asm.quick.plan import ADDED, LOOSE, OBJECT, Seen
from asm.schedule.emit import NOWHERE
from asm.schedule.pack import Pattern


def view_of(composer: Composer, seen: Seen, externs: Container[str]) -> View:
    """The view of a program that has explicit bundles."""
    viewer = _Viewer(composer, seen, externs)
    view = View(viewer.bundle, linear=[bool(each) for each in seen.linear])
    view.kinds = [composer.kinds[kind] for kind in seen.kinds]
    view.targets = list(seen.targets)
    view.times = list(zip(seen.runs, seen.cycles, strict=True))
    view.entered = {number for number, is_entered in enumerate(seen.entered) if is_entered}
    controls = {number: None if number < 0 else viewer.control(number) for number in set(seen.controls)}
    view.controls = [controls[number] for number in seen.controls]
    return view


class _Viewer:
    """Makes what checks look at: of bundles in the columns bursts and accesses alone, and of these only the rows where
    registers choose their banks."""

    def __init__(self, composer: Composer, seen: Seen, externs: Container[str]) -> None:
        self.composer = composer
        self.seen = seen
        self.externs = externs
        self.shown: dict[int, tuple[list[CheckedOp], list[int]]] = {}  # by likeness of a bundle

    def control(self, number: int) -> CheckedOp:
        """What decides what follows bundles whose control ops are alike: it goes nowhere in particular."""
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
        columns, beat = self.composer.columns, self.seen.beats[number]
        pattern, first = self.composer.plan.entry(self.seen.entries[number])
        if beat < 0:
            return columns.ops(first, first + self.composer.kinds[self.seen.kinds[number]].size)
        packing = self.composer.packings[pattern]
        return beat_ops(packing.pattern, columns.ops(first, first + len(packing.ops)), beat)

    def _checked(self, ops: Iterable[AsmOp]) -> list[CheckedOp]:
        return [checked(op, self.externs) for op in ops]


def beat_ops(pattern: Pattern, ops: list[AsmOp], at: int) -> list[AsmOp]:
    """The ops of a bundle of a block."""
    beat = pattern.beats[at]
    added = [AsmOp(row, list(values), NOWHERE) for row, values, _ in beat.added]
    return [*(ops[number] for number in beat.ops), *added]
