"""Dependences between the ops of a loop's body, each with the rounds that it spans.

An edge (a, b, latency, distance) says: b of round i + distance issues no earlier than `latency` cycles after a of
round i. A register that is `renamed` has a name of its own in every round that needs it, so only its flow counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from asm.facts import FACTS
from asm.program import Access
from asm.schedule.loops.body import Body, address_terms
from asm.schedule.memory import Aliases, Touch, may_overlap, share_a_bank
from isa.records import NamedTuple

WIDEST = 64  # rounds that may be under way at once
WORDS = 1 << 32


class Dependence(NamedTuple):
    start: int
    end: int
    latency: int
    distance: int


def dependences(body: Body, renamed: set[int], aliases: Aliases) -> list[Dependence]:
    """All edges of a body, the strictest of each kind between two ops."""
    edges = [*_flow(body), *_order(body), *_reuse(body, renamed), *_memory(body, aliases)]
    strictest: dict[tuple[int, int, int], int] = {}
    for start, end, latency, distance in edges:
        key = start, end, distance
        strictest[key] = max(latency, strictest.get(key, latency))
    return [Dependence(start, end, latency, distance) for (start, end, distance), latency in strictest.items()]


def _latency(body: Body, number: int) -> int:
    return FACTS[body.ops[number].row.id].latency


def _flow(body: Body) -> Iterator[Dependence]:
    for read in body.reads:
        yield Dependence(read.definer, read.op, _latency(body, read.definer), int(read.carried))


def _order(body: Body) -> Iterator[Dependence]:
    """Within a round a register has one name: writes land in order, and after the reads before them."""
    for writers in body.writers.values():
        for first, second in pairwise(writers):
            yield Dependence(first, second, max(1, _latency(body, first) - _latency(body, second) + 1), 0)
    for read in body.reads:
        if not read.carried:
            later = [writer for writer in body.writers[read.register] if writer > read.definer and writer != read.op]
            if later:
                yield Dependence(read.op, later[0], 0, 0)


def _reuse(body: Body, renamed: set[int]) -> Iterator[Dependence]:
    """The next round writes the same name."""
    for register, writers in body.writers.items():
        if register not in renamed:
            first, last = writers[0], writers[-1]
            yield Dependence(last, first, max(1, _latency(body, last) - _latency(body, first) + 1), 1)
    for read in body.reads:
        writers = body.writers[read.register]
        if read.register not in renamed and read.definer == writers[-1] and read.op != writers[0]:
            yield Dependence(read.op, writers[0], 0, 0 if read.carried else 1)


# Memory ---------------------------------------------------------------------------------------
def _memory(body: Body, aliases: Aliases) -> Iterator[Dependence]:
    touches = [number for number, op in enumerate(body.ops) if op.row.memory]
    for first in touches:
        for second in touches:
            if "store" in (body.ops[first].row.memory, body.ops[second].row.memory):
                distance = _meeting(body, first, second, aliases)
                if distance is not None and not (distance and body.independent):
                    yield Dependence(first, second, 1, distance)


def _meeting(body: Body, first: int, second: int, aliases: Aliases) -> int | None:
    """After how many rounds, at the earliest, `second` may touch a word that `first` touched; None for never."""
    earliest = 0 if first < second else 1
    one, other = _touch(body, first), _touch(body, second)
    apart = _distance_in_words(body, first, second)
    if apart is None or one.symbol != other.symbol:
        return earliest if may_overlap(one, other, aliases) else None
    offset, step = apart
    return next((n for n in range(earliest, WIDEST) if (offset + n * step) % WORDS == 0), None)


def _access(body: Body, number: int) -> Access:
    return body.ops[number].access or Access("", frozenset(), (object(),), 0)


def _touch(body: Body, number: int) -> Touch:
    """For comparing places in different rounds, where equal registers need not hold equal numbers."""
    access = _access(body, number)
    return Touch(number, access.symbol, (object(),), (), access.offset, not body.ops[number].row.width, access.banks)


def _distance_in_words(body: Body, first: int, second: int) -> tuple[int, int] | None:
    """(offset, step): how far `second` is from `first` in the same round, and what each further round adds."""
    one, other = _place(body, first), _place(body, second)
    if one is None or other is None or one[0] != other[0]:
        return None
    return other[1] - one[1], other[2]


def _place(body: Body, number: int) -> tuple[tuple[tuple[int, int], ...], int, int] | None:
    """A word address as (registers times constants, offset at round 0, advance a round); None if not of that form."""
    op = body.ops[number]
    access = op.access
    if access is None or op.row.width or "rc" in op.row.format.names:
        return None
    offset, advance = access.offset, 0
    terms = []
    drifting = {drift.field: drift for drift in body.drifts.get(number, ())}
    for name, scale in address_terms(op):
        register = op.value(name)
        terms.append((register, scale))
        if register in body.steps:
            drift = drifting[name]
            advance += scale * drift.step
            offset += 0 if drift.carried else scale * drift.step
        elif register in body.writers:
            return None
    return tuple(sorted(terms)), offset, advance


def bank_conflicts(body: Body) -> Callable[[int, int], bool]:
    """Whether two memory ops of a body may meet in a bank."""
    banks = {number: _access(body, number).banks for number, op in enumerate(body.ops) if op.row.memory}

    def conflict(one: int, other: int) -> bool:
        return share_a_bank(banks[one], banks[other])

    return conflict
