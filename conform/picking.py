"""Rows of the tensor face by what they need and do, and ops of them, for what breaks rules."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from conform import tensor_supply as supply
from conform.breaking import Breaker
from conform.spacetime import require
from conform.tensor_supply import target_of
from isa.codec import Op
from isa.row import READ, STREAM, VECTOR, Operand, Row
from isa.table import TENSOR_ROWS
from isa.units import LINK, PLANE

Filter = Callable[[Row], bool]


@cache
def rows_of(fits: Filter, planes: bool) -> list[list[Row]]:
    """Rows that fit, by what they do, so that none is drawn more often for having many types."""
    found: dict[str, list[Row]] = {}
    for row in TENSOR_ROWS:
        if row.units.where != LINK and (planes or row.units.where != PLANE) and fits(row):
            found.setdefault(row.semantics, []).append(row)
    return list(found.values())


def drawn(b: Breaker, fits: Filter) -> Op:
    """An op of a row that fits. Raises Refused where the machine has none."""
    rows = rows_of(fits, b.spec.mxm_planes > 0)
    require(bool(rows))
    return b.of_row(b.rng.choice(b.rng.choice(rows)))


def samples(row: Row) -> bool:
    """Whether all ops of a row sample streams."""
    return any(each.kind == STREAM and each.role == READ for each in row.operands)


def makes(row: Row) -> bool:
    target = target_of(row)
    return target is not None


def reads_vectors(row: Row) -> bool:
    return bool(row.vector_reads)


def first_source(row: Row) -> Operand:
    """The first operand that a vector op reads."""
    return next(each for each in row.operands if each.kind == VECTOR and each.role == READ)


def wide(row: Row) -> bool:
    """Whether the first source of a vector op takes four streams."""
    return reads_vectors(row) and first_source(row).width == supply.WIDEST


def halved(row: Row) -> bool:
    """Whether it takes two."""
    return reads_vectors(row) and first_source(row).width == supply.ENTRY_WIDTH


def loads_pairs(row: Row) -> bool:
    """Whether a load of weights is for both planes of a pair."""
    return row.semantics == "lw" and row.claims > 1


def takes_exit(row: Row) -> bool:
    return "E-ACC-EMPTY" in row.faults


def has_base(row: Row) -> bool:
    """Whether a base row is in a scalar register."""
    return bool(row.reads)


@cache
def does(*semantics: str) -> Filter:
    """Rows by what they do."""
    return lambda row: row.semantics in semantics


@cache
def at(where: str) -> Filter:
    """Rows whose ops can sample, by where they stand."""
    return lambda row: row.units.where == where and (samples(row) or reads_vectors(row))
