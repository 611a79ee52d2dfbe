"""The scalar frame of a tensor program: bundles to be filled, with the cycles in which each of them issues."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from conform.build import op
from conform.tensor_ops import BASES, COUNTER
from conform.timetable import encoded, op_text
from isa.codec import Op
from isa.records import dataclass, field

JUMP_CYCLES = 3
FILLER = op("mov rd, ra", u=2, rd=20, ra=20)


@dataclass(slots=True, eq=False)
class Slot:
    """A bundle: the cycles in which it issues, its ops, and the bundle that its control op goes to."""

    cycles: Sequence[int]
    ops: list[Op] = field(default_factory=list)
    target: int = 0


class Skeleton:
    """Straight code, waits, jumps and loops, to `length` cycles or a little more; the first bundle sets the bases."""

    def __init__(self, rng: Random, length: int) -> None:
        self.rng = rng
        self.slots: list[Slot] = []
        self.now = 0
        self.counts: list[int] = []  # cycles in which the counter goes up
        self._slot(*(op("mov rd, imm", u=n, rd=register, imm=n + 1) for n, register in enumerate(BASES[1:])))
        self.fill(length)
        self.by_cycle = {cycle: slot for slot in self.slots[1:] for cycle in slot.cycles}

    def fill(self, length: int) -> None:
        """What follows the first bundle."""
        while self.now < length:
            self.rng.choice(self.kinds())()
        if self.rng.randrange(4):  # else fetching ends at the end of the text
            self._slot(op("halt [code]", code=self.rng.randrange(256)))

    def kinds(self) -> Sequence[Callable[[], None]]:
        """What is drawn from for the next bundles."""
        return (*[self._straight] * 4, self._wait, self._jump, self._loop)

    def counted(self, cycle: int) -> int:
        """What the counter holds for ops of a cycle."""
        return sum(count < cycle for count in self.counts)

    def _slot(self, *ops: Op, cycles: int = 1, rounds: range | None = None) -> Slot:
        cycles_of = range(self.now, self.now + 1) if rounds is None else rounds
        slot = Slot(cycles_of, list(ops), len(self.slots) + 1)
        self.slots.append(slot)
        self.now += cycles
        return slot

    def _straight(self) -> None:
        for _ in range(self.rng.randint(1, 20)):
            self._slot()

    def _wait(self) -> None:
        cycles = self.rng.randint(1, 6)
        self._slot(op("nop count", count=cycles), cycles=cycles)

    def _jump(self) -> None:
        self._slot(op("jmp target"), cycles=JUMP_CYCLES)

    def _loop(self) -> None:
        """A loop whose last bundle counts a round."""
        rounds, length = self.rng.choice((1, 2, 3, 4, 20)), self.rng.randint(1, 8)
        self._body(self._slot(op("loop imm, target", imm=rounds)), rounds, length)

    def _body(self, head: Slot, rounds: int, length: int) -> None:
        start = self.now
        for offset in range(length):
            self._slot(cycles=0, rounds=range(start + offset, start + rounds * length, length))
        self.slots[-1].ops.append(op("add rd, ra, imm", u=2, rd=COUNTER, ra=COUNTER, imm=1))
        self.counts += self.slots[-1].cycles
        head.target = len(self.slots)
        self.now = start + rounds * length

    def text(self) -> list[int]:
        """The syllables; bundles without ops get one that does nothing."""
        bundles = [slot.ops or [FILLER] for slot in self.slots]
        places = [0]
        for bundle in bundles:
            places.append(places[-1] + len(encoded(bundle)))
        found = []
        for slot, bundle in zip(self.slots, bundles, strict=True):
            address = places[min(slot.target, len(self.slots))]
            found += encoded([one.with_field("target", address) if has_target(one) else one for one in bundle])
        return found

    def __repr__(self) -> str:
        """The bundles as text, for tests that fail."""
        return "".join(
            f"\n{list(slot.cycles)}: {' || '.join(map(op_text, slot.ops))}" for slot in self.slots if slot.ops
        )


def has_target(one: Op) -> bool:
    return "target" in one.row.format.names
