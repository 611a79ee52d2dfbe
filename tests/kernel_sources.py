"""Random loops in linear assembly: accesses that walk through memory, at times over an edge, and several ways out."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from isa.machine import LPU_TINY

BANK, WORDS = LPU_TINY.words_per_bank, LPU_TINY.sram_bytes // 4
WALKERS, VALUES = range(1, 5), range(8, 14)  # registers that count, and those that are computed with
FORMS = ("r1", "r1", "r2", "r1 * 2", "r3 * 3 + r1", "r1 * 4 + r3", "r1 * r4 + r2", "r9")
STEPS = ("add r1, r1, 1", "add r1, r1, 2", "sub r1, r1, 1", "add r2, r2, 1", "add r2, r2, 4", "add r3, r3, r4")
ALU = ("add rD, rA, rB", "add rD, rD, rA", "mul rD, rA, rB", "sub rD, rA, 3", "xor rD, rA, rB", "min rD, rA, rB")
MOST_DEPTH = 3


class Kernel:
    """Writes one program for lpu-tiny."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._depth = rng.choice((1, 1, 2, MOST_DEPTH))
        self._labels = 0

    def text(self) -> str:
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        rng = self._rng
        size = rng.choice((40, 100, 200))
        yield ".machine lpu-tiny"
        yield f".array xs: i32[{size}] = each(i, i * 7 + 3)"
        yield f".array ys: i32[{size}] = each(i, 500 - i)"
        yield f".array zs: i32[{size}]"
        yield from (f"mov r{register}, {rng.choice((0, 0, 1, 2, 3, size - 1, 97))}" for register in WALKERS)
        yield from (f"mov r{register}, {rng.randrange(1, 200)}" for register in VALUES)
        yield from ("mov r15, 0", "mov r30, 3", "outer:")
        yield from self._loop(0)
        yield from (f"mov r{register}, {rng.choice((0, 0, 1, 2, size - 1))}" for register in WALKERS[:3])
        yield from ("sub r30, r30, 1", "cmp r30, 0", "jgt outer")

    def _loop(self, level: int) -> Iterator[str]:
        """A hardware loop, or one that counts, or one that is left where memory says so."""
        rng = self._rng
        self._labels += 1
        me, counter, rounds = self._labels, f"r{20 + level}", rng.choice((1, 2, 3, 9, 20, 30, 60))
        is_hardware = rng.random() < 0.3
        body = [self._op() for _ in range(rng.randrange(1, 7))]
        if rng.random() < 0.3:
            body.insert(rng.randrange(len(body) + 1), f"cmp r8, r{rng.choice(VALUES)}\njgt out{me}")
        if level + 1 < self._depth:
            middle = len(body) // 2
            body[middle:middle] = self._loop(level + 1)
        body += rng.sample(STEPS, rng.randrange(1, 3))
        yield f"mov {counter}, {rounds if is_hardware else 0}"
        yield f"loop {counter}, end{me}" if is_hardware else f"again{me}:"
        yield from body
        if is_hardware:
            yield f"end{me}: nop 1"
        else:
            yield f"add {counter}, {counter}, {rng.choice((1, 1, 2))}\ncmp {counter}, {rounds}\njlt again{me}"
        yield f"out{me}: nop 1"

    def _op(self) -> str:
        rng = self._rng
        kinds = [self._load, self._store, self._compute, self._check]
        return rng.choices(kinds, (7, 4, 8, 1))[0]()

    def _value(self) -> str:
        return f"r{self._rng.choice(VALUES)}"

    def _load(self) -> str:
        return f"ld {self._value()}, {self._address(('xs', 'xs', 'ys', 'ys', 'zs'))}"

    def _store(self) -> str:
        return f"st {self._address(('xs', 'ys', 'zs', 'zs'))}, {self._value()}"

    def _compute(self) -> str:
        text = self._rng.choice(ALU)
        return text.replace("rD", self._value()).replace("rA", self._value()).replace("rB", self._value())

    def _check(self) -> str:
        """What may fault: a division, or an assertion of what memory holds; or an index that is not known before."""
        value = self._value()
        checks = (
            f"div {value}, {self._value()}, {self._value()}",
            f"ld r14, {self._address(('zs',))}\nassert r14, r15",
            f"and r9, {value}, 31",
        )
        return self._rng.choice(checks)

    def _address(self, bases: tuple[str, ...]) -> str:
        rng = self._rng
        base = rng.choice(bases) + rng.choice(("", "", " + 1", " + 3"))
        if rng.random() < 0.04:
            base = str(rng.choice((BANK, 2 * BANK, WORDS)) - rng.randrange(60))
        return f"[{base} + {rng.choice(FORMS)}]"
