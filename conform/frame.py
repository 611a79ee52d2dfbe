"""Frames with all that control can do at times known beforehand: loops, calls, branches, and code that never runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from conform.build import op
from conform.skeleton import JUMP_CYCLES, Skeleton, Slot
from conform.tensor_ops import BASES
from isa import codec
from isa.conditions import CONDITIONS, EQ, LT, LTU
from isa.table import SCALAR_ROWS

LINK = 28  # the register that calls write
BRANCHES = [row for row in SCALAR_ROWS if row.control == "branch"]
NEVER = range(0)


class Frame(Skeleton):
    """A frame in which `control` weighs loops, jumps, calls, branches and waits against straight code."""

    def __init__(self, rng: Random, length: int, control: float) -> None:
        self.control = control
        super().__init__(rng, length)

    def kinds(self) -> Sequence[Callable[[], None]]:
        if self.rng.random() * (1 + self.control) < 1:
            return (self._straight,)
        return (self._wait, self._jump, self._branch, self._call, self._loop, self._loop_by_register, self._no_loop)

    def _straight(self) -> None:
        for _ in range(self.rng.randint(1, 8)):
            self._slot()

    def _dead(self) -> None:
        """Bundles that are jumped over, and trap if they are not."""
        for _ in range(self.rng.randint(0, 2)):
            self._slot(op("trap [code]", code=self.rng.randrange(256)), cycles=0, rounds=NEVER)

    def _over(self, head: Slot) -> None:
        self._dead()
        head.target = len(self.slots)

    def _jump(self) -> None:
        self._over(self._slot(op("jmp target"), cycles=JUMP_CYCLES))

    def _branch(self) -> None:
        """A comparison of a known register, and a branch by it that is taken or not."""
        known, other, row = self.rng.randrange(len(BASES)), self.rng.randint(-1, 4), self.rng.choice(BRANCHES)
        self._slot(op("cmp ra, imm", u=2, ra=BASES[known], imm=other & 0xFFFFFFFF))
        if CONDITIONS[row.condition] >> order(known, other) & 1:
            self._over(self._slot(codec.make(row), cycles=JUMP_CYCLES))
        else:
            self._slot(codec.make(row)).target = self.rng.randrange(len(self.slots))

    def _call(self) -> None:
        """A call of a function that follows, and behind the call a jump over the function."""
        head = self._slot(op("call rd, target", rd=LINK), cycles=JUMP_CYCLES)
        behind = self._slot(op("jmp target"), cycles=0)
        head.target = len(self.slots)
        self._straight()
        self._slot(op("ret ra", ra=LINK), cycles=JUMP_CYCLES)
        behind.cycles = range(self.now, self.now + 1)
        self.now += JUMP_CYCLES
        behind.target = len(self.slots)

    def _loop_by_register(self) -> None:
        """A loop whose count is in a register."""
        rounds = self.rng.randrange(1, len(BASES))
        head = self._slot(op("loop ra, target", ra=BASES.start + rounds))
        self._body(head, rounds, self.rng.randint(1, 4))

    def _no_loop(self) -> None:
        """A loop of no rounds, which jumps over its body."""
        head = self._slot(op("loop imm, target", imm=self.rng.choice((0, 0xFFFFFFFF))), cycles=JUMP_CYCLES)
        for _ in range(self.rng.randint(1, 2)):
            self._slot(cycles=0, rounds=NEVER)
        head.target = len(self.slots)


def order(known: int, other: int) -> int:
    """What comparing a number with one that is at least -1 records."""
    return EQ if known == other else LT * (known < other) | LTU * (known < other or other < 0)
