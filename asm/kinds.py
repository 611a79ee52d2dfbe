"""What bundles do to registers, worked out once for all that are alike in rows and registers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, reduce
from operator import or_
from typing import TYPE_CHECKING

from asm.facts import FACTS, Uses, uses_of
from isa.records import dataclass
from isa.row import Row
from isa.table import ROWS

if TYPE_CHECKING:
    from asm.check.view import CheckedOp
    from asm.program import AsmOp

MOST_KINDS = 1 << 16  # remembered


@dataclass(frozen=True, slots=True, eq=False)
class BundleKind:
    """`reads` are the registers that a bundle reads, `writes` those it writes, each with the latency of its op, and
    `touched` has a bit for each of these.

    `control` is the number of the op that decides what follows, -1 for none. `has_target` says that an op takes a
    program address, `clashes` that a register is written twice by scalar ops, `accesses` how many scalar ops touch
    memory, `fixed` how many of them a bank that no register chooses, `is_checked` that the numbers of a scalar op alone
    can break a rule. Kinds are compared by identity.
    """

    size: int
    reads: frozenset[int]
    writes: tuple[tuple[int, int], ...]
    touched: int
    control: int
    has_target: bool
    has_tensor_ops: bool
    clashes: bool
    accesses: int
    fixed: int
    is_checked: bool


def kind_of(ops: Sequence[AsmOp] | Sequence[CheckedOp]) -> BundleKind:
    """The kind of a bundle, the same for all that are alike."""
    return _kind(tuple(map(uses_of, ops)))


def is_fixed(row: Row) -> bool:
    """Whether no register chooses the bank that a scalar op touches; one may choose the lane."""
    names = row.format.names
    return bool(row.memory) and "ra" not in names and "rc" not in names and (row.width > 0 or "rb" not in names)


@lru_cache(MOST_KINDS)
def _kind(alike: tuple[Uses, ...]) -> BundleKind:
    facts = [FACTS[uses.row] for uses in alike]
    scalar = [(FACTS[uses.row], uses) for uses in alike if not ROWS[uses.row].tensor]
    written = [uses.write for _, uses in scalar if uses.write >= 0]
    return BundleKind(
        size=len(alike),
        reads=frozenset(register for uses in alike for register in uses.reads),
        writes=tuple((uses.write, FACTS[uses.row].latency) for uses in alike if uses.write >= 0),
        touched=reduce(or_, [uses.mask for uses in alike], 0),
        control=next((index for index, each in enumerate(facts) if each.control), -1),
        has_target=any(each.target >= 0 for each in facts),
        has_tensor_ops=len(scalar) < len(alike),
        clashes=len(set(written)) < len(written),
        accesses=sum(bool(each.memory) for each, _ in scalar),
        fixed=sum(is_fixed(ROWS[uses.row]) for _, uses in scalar),
        is_checked=any(each.checked for each, _ in scalar),
    )
