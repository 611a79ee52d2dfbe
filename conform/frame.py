"""Frames with all that control can do: nested loops, calls, branches by what is counted, waits, code that never runs.

Bundles are put down first, in order of addresses; when they issue is found by walking through them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random

from conform.build import op
from conform.skeleton import JUMP_CYCLES, Skeleton, Slot
from conform.tensor_ops import BASES, COUNTER
from conform.walk import MASK, Walk, order
from isa import codec
from isa.codec import Op
from isa.conditions import CONDITIONS
from isa.records import NamedTuple
from isa.row import Row
from isa.table import SCALAR_ROWS

LINKS = (28, 29, 30)  # the registers that calls write, by how deep they are nested
TRIPS = (21, 22)  # the registers that count down the rounds of loops made of branches
DEEPEST = 4  # hardware loops in each other
END = 1 << 30  # a target that is the end of the text
BRANCHES = [row for row in SCALAR_ROWS if row.control == "branch"]
UNKEPT = -0x80000000 & MASK


class Context(NamedTuple):
    """How deep in hardware loops, calls and loops of branches a bundle is, and how often it issues about."""

    loops: int = 0
    calls: int = 0
    trips: int = 0
    times: int = 1


class Frame(Skeleton):
    """A frame in which `control` weighs loops, jumps, calls, branches and waits against straight code."""

    def __init__(self, rng: Random, length: int, control: float) -> None:
        self.control = control
        self.here = Context()
        self.left = length  # cycles still to be filled
        self.functions: list[Callable[[], None]] = []  # that stand behind the end
        super().__init__(rng, length)

    def fill(self, length: int) -> None:
        while self.left > 0:
            self._statement()
        self._end()
        while self.functions:
            self.functions.pop(0)()
        walk = Walk(self.slots)
        self.now, self.stacks = walk.run(), walk.stacks
        counting = [slot for slot in self.slots if any(one.row.write and one["rd"] == COUNTER for one in slot.ops)]
        self.counts = [cycle for slot in counting for cycle in slot.cycles]

    # Statements -------------------------------------------------------------------------------
    def _statement(self) -> None:
        """Straight code, or something that control does."""
        if self.rng.random() * (1 + self.control) < 1:
            self._straight()
            return
        kinds = [self._wait, self._jump, self._branch, self._no_loop]
        kinds += [self._loop, self._loop_by_register, self._loop] * (self.here.loops < DEEPEST)
        kinds += [self._loop_of_branches] * (self.here.trips < len(TRIPS))
        kinds += [self._call, self._far_call] * (self.here.calls < len(LINKS))
        kinds += [self._halt_or_not] * (self.rng.randrange(4) == 0)
        self.rng.choice(kinds)()

    def _put(self, *ops: Op, cycles: int = 1) -> Slot:
        self.left -= cycles * self.here.times
        return self._slot(*ops)

    def _straight(self) -> None:
        for _ in range(self.rng.randint(1, 8 if self.here.times == 1 else 3)):
            self._put()

    def _wait(self) -> None:
        cycles = self.rng.choice((1, 2, 3, 6, 6, 20 if self.here.times == 1 else 2))
        self._put(op("nop count", count=cycles), cycles=cycles)

    def _dead(self) -> None:
        """Bundles that are jumped over, and trap if they are not."""
        for _ in range(self.rng.randint(0, 2)):
            self._slot(op("trap [code]", code=self.rng.randrange(256)))

    def _jump(self) -> None:
        self._over(op("jmp target"))

    def _over(self, one: Op) -> None:
        """A jump over what would trap."""
        head = self._put(one, cycles=JUMP_CYCLES)
        self._dead()
        head.target = len(self.slots)

    def _end(self) -> None:
        """The end of fetching: a halt, a jump to the end of the text, or, where nothing follows, that end itself."""
        if not self.functions and self.rng.randrange(4) == 0:
            return
        jumps = self.control and self.rng.randrange(4) == 0
        one = op("jmp target") if jumps else op("halt [code]", code=self.rng.randrange(256))
        self._put(one).target = END
        if self.control:
            self._dead()

    # Branches ---------------------------------------------------------------------------------
    def _branch(self) -> None:
        """A branch over a few bundles, or at times to the end of the text."""
        head = self._test()
        for _ in range(self.rng.randint(0, 3)):
            self._put()
        head.target = len(self.slots) if self.rng.randrange(12) else END

    def _halt_or_not(self) -> None:
        """A branch over a halt."""
        head = self._test()
        self._put(op("halt [code]", code=self.rng.randrange(256)))
        head.target = len(self.slots)

    def _test(self) -> Slot:
        """A branch, by a constant or by what has been counted so far."""
        counted = self.here.times > 1 and self.rng.randrange(2) == 0
        self._compare(COUNTER if counted else self.rng.choice(BASES), self.rng.choice((-1, 0, 1, 2, 3, 4)))
        return self._put(codec.make(self.rng.choice(BRANCHES)), cycles=JUMP_CYCLES)

    def _compare(self, register: int, other: int) -> None:
        self._put(op("cmp ra, imm", u=self.rng.randrange(3), ra=register, imm=other & MASK))

    def _loop_of_branches(self) -> None:
        """A loop that a branch at its end makes, whose rounds are counted down in a register."""
        trip, rounds = TRIPS[self.here.trips], self.rng.randint(1, 3)
        self._put(op("mov rd, imm", u=self.rng.randrange(3), rd=trip, imm=rounds))
        start = len(self.slots)
        with self._inside(self.here._replace(trips=self.here.trips + 1, times=self.here.times * rounds)):
            self._inner()
            self._put(op("add rd, ra, imm", u=self.rng.randrange(3), rd=trip, ra=trip, imm=MASK))
            self._compare(trip, 0)
            back = self._put(codec.make(self.rng.choice(going_on())), cycles=JUMP_CYCLES)
        back.target = start

    # Loops ------------------------------------------------------------------------------------
    def _loop(self) -> None:
        rounds = self.rng.choice((1, 2, 2, 3, 5))
        self._hardware_loop(op("loop imm, target", imm=rounds), rounds)

    def _loop_by_register(self) -> None:
        """A loop whose count is in a register."""
        rounds = self.rng.randrange(1, len(BASES))
        self._hardware_loop(op("loop ra, target", ra=BASES.start + rounds), rounds)

    def _hardware_loop(self, one: Op, rounds: int) -> None:
        """A loop whose last bundle counts a round; at times it is jumped into, or left early."""
        jumped = self._put(op("jmp target"), cycles=JUMP_CYCLES) if self.rng.randrange(10) == 0 else None
        head = self._put(one)
        if jumped:
            jumped.target = len(self.slots)
        outside = self.here
        with self._inside(outside._replace(loops=outside.loops + 1, times=outside.times * rounds)):
            self._inner()
            leaving = self._leaving(outside) if self.rng.randrange(3) == 0 else None
            self._put(op("add rd, ra, imm", u=2, rd=COUNTER, ra=COUNTER, imm=1))
        head.target = len(self.slots)
        if leaving:
            is_call = leaving.ops[0].row.write is not None
            leaving.target = len(self.slots) - (0 if is_call else self.rng.randrange(2))
            self.here = self.here._replace(loops=self.here.loops + is_call)

    def _leaving(self, outside: Context) -> Slot:
        """A branch out of a body, or to its last bundle; or a call, which leaves the loop on the stack for good."""
        if outside == Context() and self.rng.randrange(2):
            return self._put(op("call rd, target", rd=LINKS[0]), cycles=JUMP_CYCLES)
        self._compare(COUNTER, self.rng.randrange(4))
        return self._put(codec.make(self.rng.choice(BRANCHES)), cycles=JUMP_CYCLES)

    def _no_loop(self) -> None:
        """A loop of no rounds, which jumps over its body."""
        zero = op("loop ra, target", ra=BASES.start)
        one = self.rng.choice((zero, op("loop imm, target", imm=self.rng.choice((0, MASK, UNKEPT)))))
        head = self._put(one, cycles=JUMP_CYCLES)
        for _ in range(self.rng.randint(1, 2)):
            self._slot()
        head.target = len(self.slots)

    def _inner(self) -> None:
        """A few statements, as long as there is time for them, or else a bundle."""
        for _ in range(self.rng.randint(1, 2)):
            if self.left > 0:
                self._statement()
            else:
                self._put()

    @contextmanager
    def _inside(self, context: Context) -> Iterator[None]:
        outside, self.here = self.here, context
        yield
        self.here = outside

    # Calls ------------------------------------------------------------------------------------
    def _call(self) -> None:
        """A call of a function that follows, and behind the call a jump over the function."""
        link, number = LINKS[self.here.calls], len(self.slots)
        self._put(op("call rd, target", rd=link), cycles=JUMP_CYCLES)
        behind = self._put(op("jmp target"), cycles=JUMP_CYCLES)
        self._function(number, link)
        behind.target = len(self.slots)

    def _far_call(self) -> None:
        """A call of a function that stands behind the end of the program."""
        link, number, context = LINKS[self.here.calls], len(self.slots), self.here
        self._put(op("call rd, target", rd=link), cycles=JUMP_CYCLES)

        def write() -> None:
            with self._inside(context):
                self._function(number, link)

        self.functions.append(write)

    def _function(self, caller: int, link: int) -> None:
        """What the call in a bundle goes to: it returns, or jumps back to behind the call."""
        self.slots[caller].target = len(self.slots)
        with self._inside(self.here._replace(calls=self.here.calls + 1)):
            self._inner()
        back = self._put(op("ret ra", ra=link) if self.rng.randrange(4) else op("jmp target"), cycles=JUMP_CYCLES)
        back.target = caller + 1


def going_on() -> list[Row]:
    """Branches that are taken as long as a count compared with 0 is above it."""
    return [row for row in BRANCHES if holds(row, order(1, 0)) and not holds(row, order(0, 0))]


def holds(row: Row, cc: int) -> bool:
    return bool(CONDITIONS[row.condition] >> cc & 1)
