"""What a run did, derived from how often each bundle issued: per unit, per source line, in total."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from isa import codec
from isa.codec import Op
from isa.image import Image
from isa.units import SCALAR_UNITS

Line = tuple[str, int]  # file and 1-based line


@dataclass(frozen=True, slots=True)
class UnitStats:
    """`busy` counts cycles; a scalar op keeps its unit busy for one."""

    ops: int = 0
    busy: int = 0


@dataclass(frozen=True, slots=True)
class LineStats:
    """A source line: ops issued from it, and the cycles spent on bundles whose first op is on it.

    Cycles count a bundle's own cycle, the waiting of a `nop` and the dead cycles of jumps always taken; dead
    cycles of conditional jumps and drained latencies belong to no line.
    """

    ops: int = 0
    cycles: int = 0


@dataclass(frozen=True, slots=True)
class Stats:
    """`cycles` of the run so far; `bundles` and `ops` issued; units by name, lines by place, unused ones left out."""

    cycles: int
    bundles: int
    ops: int
    units: dict[str, UnitStats] = field(default_factory=dict)
    lines: dict[Line, LineStats] = field(default_factory=dict)

    def utilisation(self, unit: str) -> float:
        """Busy cycles of a unit as a fraction of all cycles."""
        return self.units.get(unit, UnitStats()).busy / self.cycles if self.cycles else 0.0


def gather(image: Image, counts: Mapping[int, int], cycles: int) -> Stats:
    """Statistics of a run from its issue counts (bundles by address)."""
    bundles = {address: codec.decode_bundle(image.text, address)[0] for address in counts}
    return Stats(
        cycles=cycles,
        bundles=sum(counts.values()),
        ops=sum(count * len(bundles[address]) for address, count in counts.items()),
        units=_units(bundles, counts),
        lines=_lines(image, bundles, counts),
    )


def _units(bundles: Mapping[int, list[Op]], counts: Mapping[int, int]) -> dict[str, UnitStats]:
    ops: Counter[str] = Counter()
    for address, bundle in bundles.items():
        for op in bundle:
            ops[op.unit] += counts[address]
    return {unit: UnitStats(ops[unit], ops[unit]) for unit in SCALAR_UNITS if ops[unit]}


def _lines(image: Image, bundles: Mapping[int, list[Op]], counts: Mapping[int, int]) -> dict[Line, LineStats]:
    places = {entry.address: (entry.place.file, entry.place.line) for entry in image.lines}
    ops: Counter[Line] = Counter()
    cycles: Counter[Line] = Counter()
    for start, bundle in bundles.items():
        if start in places:
            cycles[places[start]] += counts[start] * bundle_cycles(bundle)
        for address in op_addresses(start, bundle):
            if address in places:
                ops[places[address]] += counts[start]
    return {place: LineStats(ops[place], cycles[place]) for place in sorted(ops.keys() | cycles.keys())}


def bundle_cycles(bundle: list[Op]) -> int:
    """Cycles from a bundle's issue to the next fetch, conditional jumps counted as not taken."""
    waits = [op["count"] for op in bundle if op.row.control == "nop"]
    jumps = [op.row.taken_latency for op in bundle if op.row.control in ("jump", "call", "ret")]
    return max([1, *waits, *jumps])


def op_addresses(start: int, bundle: list[Op]) -> list[int]:
    """The address of each op's first syllable, in encoding order."""
    addresses = []
    for op in bundle:
        addresses.append(start)
        start += len(codec.encode(op))
    return addresses
