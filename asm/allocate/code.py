"""What a program does to names without a number: a control-flow graph of the linear ops that read or write them.

Names that explicit bundles and timelines touch are left out: what is in flight there is the writer's care, so each
keeps a register of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from asm.facts import FACTS, target_label
from asm.program import AsmOp, Explicit, Item, Label, Linear, Timeline
from asm.scope.registers import COUNT, Registers
from asm.write.verbatim import Raw
from isa.records import NamedTuple, dataclass, field


class Touch(NamedTuple):
    """An op that reads names and then writes one (-1: none). `at` are the values that hold registers."""

    op: AsmOp
    at: tuple[int, ...]
    reads: tuple[int, ...]
    write: int


@dataclass(slots=True)
class Stretch:
    """Straight code: the ops that decide what follows, and the stretches that control may reach from its end."""

    touches: list[Touch] = field(default_factory=list)
    controls: list[AsmOp] = field(default_factory=list)
    ways: list[int] = field(default_factory=list)


class Code(NamedTuple):
    """`entries` are the stretches that are entered from outside; `own` the names that share no register."""

    stretches: list[Stretch]
    entries: list[int]
    own: set[int]


def code_of(items: Iterable[Item | Raw], registers: Registers) -> Code:
    """The graph of a program; its last stretch stands for everything outside. Names are numbered as in `registers`."""
    reader = _Reader(registers)
    for item in items:
        reader.add(item)
    return reader.finish()


class _Reader:
    """Collects stretches; `where` says at which one a label stands."""

    def __init__(self, registers: Registers) -> None:
        self.waiting = {id(op): (op, indices, first) for op, indices, first in registers.waiting}
        self.own = {number for number in registers.pinned if number >= COUNT}
        self.stretches = [Stretch()]
        self.where: dict[str, int] = {}
        self.entered: list[str] = []

    def add(self, item: Item | Raw) -> None:
        if isinstance(item, Linear):
            self._linear(item.op)
        elif isinstance(item, Label):
            self._label(item)
        elif isinstance(item, Explicit):
            self._explicit(item.ops)
        elif isinstance(item, Timeline):
            self._timeline(item)

    def _linear(self, op: AsmOp) -> None:
        if not op.row.tensor and id(op) in self.waiting:
            _, indices, _ = self.waiting.pop(id(op))
            self.stretches[-1].touches.append(_touch(op, indices))
        self._explicit([op])

    def _label(self, label: Label) -> None:
        self._end([])
        self.where[label.name] = len(self.stretches) - 1
        if label.exported:
            self.entered.append(label.name)

    def _explicit(self, ops: list[AsmOp]) -> None:
        controls = [op for op in ops if FACTS[op.row.id].control]
        if controls:
            self._end(controls)

    def _timeline(self, timeline: Timeline) -> None:
        """All of it is one stretch, which may be entered at its labels and left at each of its jumps."""
        self._end([])
        timed = [each for part in (timeline, *timeline.later) for each in part.ops]
        self.where |= {label: len(self.stretches) - 1 for each in timed for label in each.labels}
        self._explicit([each.op for each in timed])

    def _end(self, controls: list[AsmOp]) -> None:
        self.stretches[-1].controls = controls
        self.stretches.append(Stretch())

    # The graph --------------------------------------------------------------------------------
    def finish(self) -> Code:
        entries = [self.where[name] for name in self.entered]
        returns = [number + 1 for number, each in enumerate(self.stretches) if "call" in _kinds(each)]
        for number in range(len(self.stretches)):
            self._connect(number)
        self.stretches.append(Stretch(ways=sorted({*entries, *returns})))
        for op, indices, first in self.waiting.values():
            self.own.update(op.values[index] - first for index in indices)
        return Code(self.stretches, sorted({0, *entries}), {number for number in self.own if number >= COUNT})

    def _connect(self, number: int) -> None:
        """The ways out of a stretch, and those that its hardware loops make at their ends."""
        stretch = self.stretches[number]
        outside = len(self.stretches)
        if _kinds(stretch) <= FALLING:
            stretch.ways.append(number + 1)
        for op in stretch.controls:
            if op.row.control in AWAY:
                target = self.where.get(target_label(op) or "", outside)
                stretch.ways.append(target)
                if op.row.control == "loop" and target < outside:
                    self.stretches[target - 1].ways.append(number + 1)


def _touch(op: AsmOp, indices: tuple[int, ...]) -> Touch:
    facts = FACTS[op.row.id]
    at = tuple(index for index in indices if op.values[index] >= COUNT)
    reads = tuple(op.values[index] for index in facts.reads if index in at)
    return Touch(op, at, reads, op.values[facts.write] if facts.write in at else -1)


def _kinds(stretch: Stretch) -> set[str]:
    return {op.row.control for op in stretch.controls}


FALLING = {"nop", "branch", "call", "loop"}  # control after which the next op may run
AWAY = ("jump", "branch", "call", "loop", "ret")
