"""When the bundles of a frame issue: its control flow followed one bundle at a time, by the few registers it goes by.

Only what frames are made of is understood: moves and additions of constants, comparisons with them, and control.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from conform.build import op
from conform.skeleton import JUMP_CYCLES, Slot
from isa.codec import Op
from isa.conditions import CONDITIONS, EQ, LT, LTU, RESET
from isa.records import dataclass, field

MASK = 0xFFFFFFFF
SIGN = 1 << 31
MOVE, ADD = op("mov rd, imm").row, op("add rd, ra, imm").row
MOST = 4_000  # bundles that a frame issues, far beyond those of any


@dataclass(slots=True)
class Round:
    """A hardware loop that runs: bundles [start, end), and the rounds still to come, this one included."""

    start: int
    end: int
    remaining: int

    def holds(self, place: int) -> bool:
        return self.start <= place < self.end


@dataclass(slots=True)
class Walk:
    """A run of a frame: where it is, and what its own registers hold."""

    slots: Sequence[Slot]
    registers: Counter[int] = field(default_factory=Counter)
    cc: int = RESET
    loops: list[Round] = field(default_factory=list)
    place: int = 0
    now: int = 0
    stacks: dict[int, list[tuple[int, int]]] = field(default_factory=dict)  # start and end of each entry, by cycle

    def run(self) -> int:
        """Give each bundle the cycles in which it issues; returns the cycle in which fetching has ended."""
        found: list[list[int]] = [[] for _ in self.slots]
        for _ in range(MOST):
            if self.place >= len(self.slots):
                break
            found[self.place].append(self.now)
            self.stacks[self.now] = [(entry.start, entry.end) for entry in self.loops]
            self._bundle(self.slots[self.place])
        else:
            raise AssertionError(f"a frame has not ended after {MOST} bundles")
        for slot, cycles in zip(self.slots, found, strict=True):
            slot.cycles = cycles
        return self.now

    def _bundle(self, slot: Slot) -> None:
        control = next((one for one in slot.ops if one.row.control), None)
        target, cycles = STEPS[control.row.control](self, control, slot.target) if control else (None, 1)
        for one in slot.ops:
            self._compute(one)
        self.now += cycles
        self.place = self._round(self.place + 1) if target is None else target

    def _compute(self, one: Op) -> None:
        """What an op that is no control op leaves in a register or the condition code."""
        if one.row is MOVE:
            self.registers[one["rd"]] = one["imm"]
        elif one.row is ADD:
            self.registers[one["rd"]] = (self.registers[one["ra"]] + one["imm"]) & MASK
        elif one.row.writes_cc:
            self.cc = order(self.registers[one["ra"]], one["imm"])

    def _round(self, following: int) -> int:
        """Where to go from the end of a body."""
        if not self.loops or self.loops[-1].end != following:
            return following
        self.loops[-1].remaining -= 1
        return self.loops[-1].start if self.loops[-1].remaining else self._leave(following)

    def _leave(self, following: int) -> int:
        self.loops.pop()
        return following

    # Control: where to go if not on, and the cycles until then ----------------------------------
    def jump(self, _: Op, target: int) -> tuple[int | None, int]:
        while self.loops and self.loops[-1].holds(self.place) and not self.loops[-1].holds(target):
            self.loops.pop()
        return target, JUMP_CYCLES

    def branch(self, one: Op, target: int) -> tuple[int | None, int]:
        return self.jump(one, target) if CONDITIONS[one.row.condition] >> self.cc & 1 else (None, 1)

    def call(self, one: Op, target: int) -> tuple[int | None, int]:
        self.registers[one["rd"]] = self.place + 1
        return target, JUMP_CYCLES

    def back(self, one: Op, _: int) -> tuple[int | None, int]:
        return self.registers[one["ra"]], JUMP_CYCLES

    def loop(self, one: Op, end: int) -> tuple[int | None, int]:
        count = self.registers[one["ra"]] if one.row.reads else one["imm"]
        if (count ^ SIGN) - SIGN <= 0:
            return self.jump(one, end)
        self.loops.append(Round(self.place + 1, end, count))
        return None, 1

    def wait(self, one: Op, _: int) -> tuple[int | None, int]:
        return None, one["count"]

    def halt(self, _: Op, __: int) -> tuple[int | None, int]:
        return len(self.slots), 1


STEPS: dict[str, Callable[[Walk, Op, int], tuple[int | None, int]]] = {
    "jump": Walk.jump, "branch": Walk.branch, "call": Walk.call, "ret": Walk.back, "loop": Walk.loop,
    "nop": Walk.wait, "halt": Walk.halt,
}  # fmt: skip


def order(a: int, b: int) -> int:
    """What comparing two words records."""
    signed_less = (a ^ SIGN) < (b ^ SIGN)
    return EQ if a == b else LT * signed_less | LTU * (a < b)
