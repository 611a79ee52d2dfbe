"""Modulo variable expansion: the names that a register needs so that rounds under way keep their values apart.

A name is taken from the issue of the first write of a round until the last read of that round's value, or until it
has landed: while a write is in flight the register may not be read. Round i has name (i modulo the number of names).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import ceil

from asm.facts import FACTS
from asm.schedule.loops.body import Body
from asm.schedule.loops.modulo import Kernel
from isa.records import NamedTuple

MOST_COPIES = 16


class Names(NamedTuple):
    """`names[r]` are the registers that stand for r in turn, r itself first; the kernel holds `copies` rounds."""

    copies: int
    names: Mapping[int, tuple[int, ...]]

    def slot(self, register: int, number: int) -> int:
        """The register that holds the value of round `number`, counted from 1 past the last."""
        given = self.names.get(register)
        return given[(number + 1) % len(given)] if given else register


def lifetimes(body: Body, kernel: Kernel, registers: Iterable[int]) -> dict[int, int]:
    """For how many cycles a name of each register is taken."""
    ends = {}
    for register in registers:
        last = body.writers[register][-1]
        ends[register] = kernel.times[last] + FACTS[body.ops[last].row.id].latency
    for read in body.reads:
        if read.register in ends and read.definer == body.writers[read.register][-1]:
            time = kernel.times[read.op] + read.carried * kernel.interval
            ends[read.register] = max(ends[read.register], time)
    return {register: ends[register] - kernel.times[body.writers[register][0]] for register in sorted(ends)}


def names_needed(body: Body, kernel: Kernel, renamed: set[int]) -> dict[int, int]:
    """How many names each renamed register needs, powers of two."""
    taken = lifetimes(body, kernel, renamed)
    return {
        register: 1 << (max(1, ceil(cycles / kernel.interval)) - 1).bit_length() for register, cycles in taken.items()
    }


def give_names(needed: Mapping[int, int], free: Sequence[int]) -> Names | None:
    """Names out of free registers, None when there are too few."""
    left = iter(free)
    if sum(needed.values()) - len(needed) > len(free):
        return None
    names = {
        register: (register, *(next(left) for _ in range(count - 1))) for register, count in needed.items() if count > 1
    }
    return Names(max(needed.values(), default=1), names)
