"""What a run did, derived from how often each bundle issued and what still runs: per unit, per line, in total."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from isa import codec
from isa.codec import Op
from isa.image import Image
from isa.records import NamedTuple, dataclass, field
from isa.units import UNIT_NAMES
from vm.engine import State
from vm.items import Burst, Lost

Line = tuple[str, int]  # file and 1-based line


class UnitStats(NamedTuple):
    """`busy` counts cycles: one for a scalar op, one for each of the `elements` of an op of the tensor face.

    Activations of a 16-bit type keep their units busy for two.
    """

    ops: int = 0
    busy: int = 0
    elements: int = 0


class LostStats(NamedTuple):
    """Values that an op made for a stream (`stream` -1: for the exit of a plane) and that nobody sampled."""

    unit: str
    stream: int
    losses: int
    line: Line | None


class LineStats(NamedTuple):
    """A source line: ops issued from it, and the cycles spent on bundles whose first op is on it.

    Cycles count a bundle's own cycle, the waiting of a `nop` and the dead cycles of jumps always taken; dead
    cycles of conditional jumps and drained latencies belong to no line.
    """

    ops: int = 0
    cycles: int = 0


@dataclass(frozen=True, slots=True)
class Stats:
    """`cycles` of the run so far; `bundles` and `ops` issued; units by name, lines by place, unused ones left out.

    `lost` is in the order of the text.
    """

    cycles: int
    bundles: int
    ops: int
    units: dict[str, UnitStats] = field(default_factory=dict)
    lines: dict[Line, LineStats] = field(default_factory=dict)
    lost: tuple[LostStats, ...] = ()

    def utilisation(self, unit: str) -> float:
        """Busy cycles of a unit as a fraction of all cycles."""
        return self.units.get(unit, UnitStats()).busy / self.cycles if self.cycles else 0.0


def gather(image: Image, counts: Mapping[int, int], state: State) -> Stats:
    """Statistics of a run from its issue counts (bundles by address) and its state."""
    bundles = {address: codec.decode_bundle(image.text, address)[0] for address in counts}
    places = {entry.address: (entry.place.file, entry.place.line) for entry in image.lines}
    return Stats(
        cycles=state.cycle,
        bundles=sum(counts.values()),
        ops=sum(count * len(bundles[address]) for address, count in counts.items()),
        units=_units(bundles, counts, state),
        lines=_lines(places, bundles, counts),
        lost=tuple(_lost(places, bundles, state)),
    )


def _units(bundles: Mapping[int, list[Op]], counts: Mapping[int, int], state: State) -> dict[str, UnitStats]:
    """In unit order."""
    ahead = _still_to_issue(bundles, state)
    ops: Counter[int] = Counter()
    elements: Counter[int] = Counter()
    busy: Counter[int] = Counter()
    for address, bundle in bundles.items():
        for slot, op in enumerate(bundle):
            issued = counts[address] * elements_of(op) - ahead[address, slot]
            for unit in op.claims:
                ops[unit] += counts[address]
                elements[unit] += issued * op.row.tensor
                busy[unit] += issued * op.row.interval
    return {UNIT_NAMES[unit]: UnitStats(ops[unit], busy[unit], elements[unit]) for unit in sorted(ops) if ops[unit]}


def elements_of(op: Op) -> int:
    """Elements of one burst, 1 of an op that is none."""
    fields = op.fields if op.row.tensor else {}
    return fields.get("n", 1) * fields.get("m", 1)


def _still_to_issue(bundles: Mapping[int, list[Op]], state: State) -> Counter[tuple[int, int]]:
    """Elements of running bursts that issue in this cycle or later, by (pc, slot) of the op."""
    found: Counter[tuple[int, int]] = Counter()
    for item in state.tensor:
        op = _op_at(bundles, item) if isinstance(item, Burst) else None
        if op and isinstance(item, Burst):
            found[item.pc, item.slot] += elements_from(op, state.cycle - item.started)
    return found


def elements_from(op: Op, offset: int) -> int:
    """Elements of a burst that issue `offset` cycles after its first, or later."""
    fields = op.fields
    n, d, m, e = fields.get("n", 1), fields.get("d", 1), fields.get("m", 1), fields.get("e", 0)
    before = min(m, offset // e) if m > 1 else 0
    begun = before * n + min(n, -(-(offset - before * e) // d)) if before < m else m * n
    return m * n - begun


def _op_at(bundles: Mapping[int, list[Op]], item: Burst | Lost) -> Op | None:
    """The op that an item names, where one was counted."""
    bundle = bundles.get(item.pc, [])
    return bundle[item.slot] if item.slot < len(bundle) else None


def _lost(places: Mapping[int, Line], bundles: Mapping[int, list[Op]], state: State) -> Iterator[LostStats]:
    for item in state.tensor:
        op = _op_at(bundles, item) if isinstance(item, Lost) else None
        if op and isinstance(item, Lost):
            address = op_addresses(item.pc, bundles[item.pc])[item.slot]
            yield LostStats(op.unit, item.stream, item.losses, places.get(address))


def _lines(
    places: Mapping[int, Line], bundles: Mapping[int, list[Op]], counts: Mapping[int, int]
) -> dict[Line, LineStats]:
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


def decoded_bundle(image: Image, address: int) -> list[Op]:
    """The ops of the bundle at an address, none when it is illegal."""
    if not 0 <= address < len(image.text):
        return []
    try:
        return codec.decode_bundle(image.text, address)[0]
    except codec.CodecError:
        return []


def op_addresses(start: int, bundle: list[Op]) -> list[int]:
    """The address of each op's first syllable, in encoding order."""
    addresses = []
    for op in bundle:
        addresses.append(start)
        start += len(codec.encode(op))
    return addresses
