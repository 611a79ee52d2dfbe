"""What random programs are made of: how often each unit, family and row comes up, how long and how full they are."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

from isa.faults import CODES
from isa.index import BY_KEY, FAMILIES
from isa.machine import MachineSpec
from isa.records import dataclass, field
from isa.row import Row
from isa.table import ROWS
from isa.units import CLASSES, LINK, PLANE

Item = TypeVar("Item")
RANGES = ("items", "length", "rows_written")
WEIGHTS = ("units", "families", "rows")


class MixError(ValueError):
    """A mix that cannot be followed; the message names the weight, its rule and a spelling that mends it."""


class Wheel(Generic[Item]):
    """Things with weights, to be drawn from. Raises MixError where all weights are 0."""

    def __init__(self, weighted: Iterable[tuple[Item, float]]) -> None:
        kept = [(item, weight) for item, weight in weighted if weight > 0]
        if not kept:
            raise MixError("every weight is 0; leave at least one kind of op above it")
        self.items = [item for item, _ in kept]
        self.sums = list(accumulate(weight for _, weight in kept))

    def draw(self, rng: Random) -> Item:
        return self.items[min(bisect(self.sums, rng.random() * self.sums[-1]), len(self.items) - 1)]


@dataclass(frozen=True)
class Mix:
    """How programs are tuned. Weights are relative, 1 where none is given; ranges include both ends.

    `scalar` and `tensor` weigh the two faces, `control` loops, jumps, calls and waits against straight code. `units`
    weighs classes of units (`A`, `RP`, `V` ...), `families` mnemonics without their types, `rows` keys of the table
    (`add rd, ra, imm`). `items` is how many ops are asked for, what they need not counted; `length` the cycles in
    which they issue; `rows_written` the rows of memory with contents that no op needs. `crowded` is the chance that
    an op goes where another is already, `faults` weighs the codes of faults that are planted.
    """

    scalar: float = 1
    tensor: float = 1
    control: float = 1
    units: Mapping[str, float] = field(default_factory=dict)
    families: Mapping[str, float] = field(default_factory=dict)
    rows: Mapping[str, float] = field(default_factory=dict)
    faults: Mapping[str, float] = field(default_factory=dict)
    items: tuple[int, int] = (1, 8)
    length: tuple[int, int] = (6, 40)
    rows_written: tuple[int, int] = (0, 3)
    crowded: float = 0.25

    def __post_init__(self) -> None:
        known = {"units": list(CLASSES), "families": list(FAMILIES), "rows": list(BY_KEY), "faults": list(CODES[1:])}
        for name, names in known.items():
            check_weights(name, getattr(self, name), names)
        check_weights("mix", {name: getattr(self, name) for name in ("scalar", "tensor", "control")}, [])
        for name in RANGES:
            low, high = getattr(self, name)
            if not 0 <= low <= high:
                raise MixError(f"{name} is ({low}, {high}); it must be (least, most), neither below 0")
        if not 0 <= self.crowded <= 1:
            raise MixError(f"crowded is {self.crowded}; it must be a chance between 0 and 1")

    def weight(self, row: Row) -> float:
        """How much a row weighs within its unit class and family."""
        return self.rows.get(row.key, 1)

    def fault(self, rng: Random, codes: Sequence[str]) -> str:
        """One of some codes of faults."""
        return Wheel((code, self.faults.get(code, 1)) for code in codes).draw(rng) if self.faults else rng.choice(codes)

    def draw(self, rng: Random, spec: MachineSpec) -> Row:
        """A row of an op that is no control op: its class of units first, then its family, then its types."""
        wheel = self._with_planes if spec.mxm_planes else self._without_planes
        return wheel.draw(rng).draw(rng).draw(rng)

    def draw_of(self, rng: Random, name: str) -> Row:
        """A row of a class of units whose ops need no planes."""
        return self._by_class[name].draw(rng).draw(rng)

    @cached_property
    def _by_class(self) -> dict[str, Wheel[Wheel[Row]]]:
        return {name: wheel for name, families in tree(False).items() for wheel in [self._wheel(families)] if wheel}

    @cached_property
    def _with_planes(self) -> Wheel[Wheel[Wheel[Row]]]:
        return self._wheel_of_units(True)

    @cached_property
    def _without_planes(self) -> Wheel[Wheel[Wheel[Row]]]:
        return self._wheel_of_units(False)

    def _wheel_of_units(self, planes: bool) -> Wheel[Wheel[Wheel[Row]]]:
        found = []
        for name, families in tree(planes).items():
            share = self.tensor if CLASSES[name].where else self.scalar
            weight, wheel = share * self.units.get(name, 1), self._wheel(families)
            if weight and wheel:
                found.append((wheel, weight))
        return Wheel(found)

    def _wheel(self, families: Mapping[str, list[Row]]) -> Wheel[Wheel[Row]] | None:
        """The families of a class of units; None where no row of them has a weight."""
        weighted = [(family, self.families.get(family, 1)) for family in families]
        kept = [(rows, weight) for family, weight in weighted for rows in [self._kept(families[family])] if rows]
        return Wheel((Wheel(rows), each) for rows, each in kept) if any(each for _, each in kept) else None

    def _kept(self, rows: list[Row]) -> list[tuple[Row, float]]:
        return [(row, self.weight(row)) for row in rows if self.weight(row) > 0]


def tree(planes: bool) -> dict[str, dict[str, list[Row]]]:
    """Rows by class of units and family; those that control or only fault left out, or need planes there are none."""
    found: dict[str, dict[str, list[Row]]] = {}
    for row in ROWS:
        if not row.control and row.units.where != LINK and (planes or row.units.where != PLANE):
            found.setdefault(row.units.name, {}).setdefault(row.family, []).append(row)
    return found


def check_weights(name: str, weights: Mapping[str, float], known: list[str]) -> None:
    """Raises MixError for a name that is none of those known, where some are, or a weight below 0."""
    for key, weight in weights.items():
        if known and key not in known:
            near = get_close_matches(key, known, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise MixError(f"{name}: the table has no {key!r}{hint}")
        if not weight >= 0:
            raise MixError(f"{name}: the weight of {key!r} is {weight}; it must not be below 0")
