"""Which memory ops of a block must keep their order, and which cannot share a cycle."""

from __future__ import annotations

from collections.abc import Sequence

from asm.facts import Facts
from asm.program import Access, AsmOp
from isa.records import dataclass

Aliases = frozenset[frozenset[str]]
NO_BANKS: frozenset[int] = frozenset()


@dataclass(slots=True)
class Touch:
    """A memory op of a block. `writers` are the ops that last wrote the registers of its address."""

    op: int
    symbol: str
    index: tuple[object, ...]
    writers: tuple[int, ...]
    offset: int
    is_word: bool
    banks: frozenset[int]


def touch(number: int, op: AsmOp, facts: Facts, last_writer: Sequence[int]) -> Touch:
    """The memory that op `number` of a block touches; `last_writer` holds an op or -1 per register."""
    values = op.values
    writers = tuple([last_writer[values[index]] for index in facts.address])
    access = op.access or Access("", NO_BANKS, (object(),), 0)
    return Touch(number, access.symbol, access.index, writers, access.offset, not op.row.width, access.banks)


def may_overlap(a: Touch, b: Touch, aliases: Aliases) -> bool:
    """Whether two ops may touch one word; `aliases` are pairs of symbols declared to share memory."""
    if a.symbol != b.symbol:
        if not a.symbol or not b.symbol:
            return not a.banks or not b.banks or not a.banks.isdisjoint(b.banks)
        return frozenset((a.symbol, b.symbol)) in aliases
    if not (a.is_word and b.is_word) or a.index != b.index or a.writers != b.writers:
        return True
    return a.offset == b.offset


def share_a_bank(a: frozenset[int], b: frozenset[int]) -> bool:
    """Whether accesses that may touch these banks can meet in one; no banks means any."""
    return not a or not b or not a.isdisjoint(b)
