"""Generation aimed at what is not covered: mixes that favour the rows, units and faults with most of it left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache
from random import Random

from conform.breaking import VIOLATIONS
from conform.cover.coverage import Coverage
from conform.mix import Mix
from isa.index import BY_KEY, FAMILIES
from isa.records import replace
from isa.row import Row
from isa.table import MNEMONICS, ROWS
from isa.units import CLASSES

LEAST = 0.02  # the weight of what has nothing left, where what has most weighs 1
EVEN = 0.5  # weights go with this power of what is left, so that a few kinds do not take all
FLATTER = (0, 0.1, 0.2)  # the same of classes of units, drawn for each mix: what meets needs all of them
VALUES = ("value", "pair")
MOST_CORNERS = 0.4  # the share of programs of arithmetic, when all that is left is values


def steer(coverage: Coverage, rng: Random, mix: Mix) -> Mix:
    """A mix as large as another, its units weighed as there, and all by what is left to cover."""
    rows, faults, units = left(coverage)
    families, classes = Counter[str](), Counter[str](units)
    for row in ROWS:
        families[row.family] += rows[row.key]
        classes[row.units.name] += rows[row.key]
    found = weights(classes, CLASSES, rng.choice(FLATTER))
    return replace(
        mix,
        rows=weights(rows, BY_KEY),
        families=weights(families, FAMILIES),
        units={name: weight * mix.units.get(name, 1) for name, weight in found.items()},
        faults=weights(faults, VIOLATIONS),
    )


def weights(found: Counter[str], names: Iterable[str], power: float = EVEN) -> dict[str, float]:
    """Weights by how much is left."""
    most = max(found.values(), default=0) or 1
    return {name: max(LEAST, (found[name] / most) ** power) for name in names}


def corners(coverage: Coverage) -> float:
    """The share of programs that are arithmetic at its corners, by the share of what is left that is values."""
    names = Counter(point[0] for point in coverage.uncovered())
    return MOST_CORNERS * sum(names[name] for name in VALUES) / max(1, names.total())


def left(coverage: Coverage) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """How many points are left that an op of each row could reach, a fault of each code, a unit of each class."""
    rows, faults, units = Counter[str](), Counter[str](), Counter[str]()
    for point in coverage.uncovered():
        if point[0] in ("fault", "cause"):
            faults[point[2] if point[0] == "fault" else point[1]] += 1
        else:
            rows.update(rows_of(point[1]))
            units.update(word for word in point[1:3] if word in CLASSES)
    return rows, faults, units


@cache
def rows_of(word: str) -> list[str]:
    """The rows that the first word of a point names: one, those of a mnemonic, those of a family."""
    found: Iterable[Row] = [BY_KEY[word]] if word in BY_KEY else MNEMONICS.get(word) or FAMILIES.get(word, ())
    return [row.key for row in found]
