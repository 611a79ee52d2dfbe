"""What the statements of a run need of each resource at least, and the bounds that follow: moves are not counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import ceil

from asm.explain.limits import Limits, positions
from asm.explain.words import place_at
from asm.streams.graph import ANYWHERE, Node, Value
from isa.codec import Op
from isa.machine import EAST, HEMISPHERES, WEST
from isa.records import NamedTuple, dataclass, field
from isa.units import SLICE, SXM, VXM, slice_name

ALUS, PLANES, READS, WRITES, BANKS = "vector ALUs", "planes", "read ports", "write ports", "banks"
PORTS = {"RP": READS, "WP": WRITES}


class Need(NamedTuple):
    """A node needs a resource for `busy` cycles, of which none is among the first `before` or the last `after`."""

    node: Node
    busy: int
    before: int = 0
    after: int = 0


class Bound(NamedTuple):
    """No schedule takes less than `cycles`: the `busy` cycles of `bursts` go on `units` alike, `before` them and
    `after` them come what leads there. `names` are resources with the same needs."""

    resource: str
    names: tuple[str, ...]
    units: int
    bursts: int
    busy: int
    before: int
    after: int

    @property
    def cycles(self) -> int:
        return self.before + ceil(self.busy / self.units) + self.after


@dataclass(slots=True)
class Demand:
    """What is needed of `units` alike: a kind of resource, and which."""

    resource: str
    name: str
    units: int
    needs: list[Need] = field(default_factory=list)


def bounds(nodes: Sequence[Node], limits: Limits) -> list[Bound]:
    """The bounds by all resources, the greatest first."""
    alike: dict[tuple[str, int, tuple[Need, ...]], list[str]] = {}
    for demand in _Demands(nodes, limits).all():
        if demand.needs:
            alike.setdefault((demand.resource, demand.units, tuple(demand.needs)), []).append(demand.name)
    made = [_bound(resource, names, units, needs) for (resource, units, needs), names in alike.items()]
    return sorted(made, key=lambda bound: -bound.cycles)


def _bound(resource: str, names: list[str], units: int, needs: tuple[Need, ...]) -> Bound:
    before, after = min(need.before for need in needs), min(need.after for need in needs)
    return Bound(resource, tuple(names), units, len(needs), sum(need.busy for need in needs), before, after)


class _Demands:
    """The needs of nodes, resource by resource."""

    def __init__(self, nodes: Sequence[Node], limits: Limits) -> None:
        self.nodes = nodes
        self.spec = limits.spec
        self.limits = limits
        self.tails = limits.tails()

    def all(self) -> Iterator[Demand]:
        yield from self._scalar()
        yield from self._alus()
        yield from self._switches()
        yield from self._planes()
        yield from self._ports()
        yield from self._banks()
        yield from self._ways()

    def _need(self, node: Node) -> Need:
        """What a node needs of a unit that it holds from its first element to its last."""
        return Need(node, node.span, self.limits.early(node), max(0, self.tails[node] - node.span))

    # Units ------------------------------------------------------------------------------------
    def _scalar(self) -> Iterator[Demand]:
        """Units of scalar ops, which take a cycle each."""
        nodes = [node for node in self.nodes if not node.op.row.tensor]
        for units in {node.op.row.units.name: node.op.row.units for node in nodes}.values():
            needs = [self._need(node) for node in nodes if node.op.row.units is units]
            yield Demand("scalar units", " ".join(units.names), len(units.names), needs)

    def _alus(self) -> Iterator[Demand]:
        """Some ops run on the first ALUs alone."""
        nodes = [node for node in self.nodes if node.op.row.units.where == VXM]
        for count in sorted({min(node.op.row.instances, self.spec.vxm_alus) for node in nodes}):
            needs = [self._need(node) for node in nodes if min(node.op.row.instances, self.spec.vxm_alus) <= count]
            yield Demand(ALUS, f"V0..V{count - 1}", count, needs)
        for pin in sorted({node.op.unit_pin for node in nodes} - {ANYWHERE}):
            yield Demand(ALUS, f"V{pin}", 1, [self._need(node) for node in nodes if node.op.unit_pin == pin])

    def _switches(self) -> Iterator[Demand]:
        """The units of one switch for what is pinned to it, those of both for all."""
        nodes = [node for node in self.nodes if node.op.row.units.where == SXM]
        for units in {node.op.row.units.name: node.op.row.units for node in nodes}.values():
            alike = [node for node in nodes if node.op.row.units is units]
            what = f"units to {units.what.partition(',')[0]}"
            names = " ".join(units.names)
            yield Demand(what, names, HEMISPHERES * len(units.names), list(map(self._need, alike)))
            for side in range(HEMISPHERES):
                pinned = [self._need(node) for node in alike if node.hemisphere == side]
                yield Demand(what, " ".join(f"{'WE'[side]}.{name}" for name in units.names), len(units.names), pinned)

    def _planes(self) -> Iterator[Demand]:
        """A plane for all vectors that flow, or two."""
        nodes = [node for node in self.nodes if node.tiles and node.results]
        for side, names in ((None, ""), (WEST, "W"), (EAST, "E")):
            needs = [self._plane(node) for node in nodes if side is None or node.hemisphere == side]
            planes = self.spec.mxm_planes // (1 if side is None else HEMISPHERES)
            yield Demand(PLANES, names, max(1, planes), needs)

    def _plane(self, node: Node) -> Need:
        """What a product needs: its planes from the first vector to the last, the cycles between them included."""
        vectors = len(node.tiles) * node.count // node.wide
        held = (vectors - 1) * node.spacing + node.op.row.interval
        return Need(node, held * node.op.row.claims, self.limits.early(node), max(0, self.tails[node] - held))

    # Memory -----------------------------------------------------------------------------------
    def _ports(self) -> Iterator[Demand]:
        found: dict[tuple[str, int], Demand] = {}
        for need, op, planes in self._accesses():
            for number in range(op["slice"], op["slice"] + max(op.row.width, planes)):
                name = PORTS[op.row.units.name]
                found.setdefault((name, number), Demand(name, slice_name(number), 1)).needs.append(need)
        yield from (found[key] for key in sorted(found))

    def _accesses(self) -> Iterator[tuple[Need, Op, int]]:
        """The bursts on ports, with those that bring weights: products may share what they read at once."""
        weights: set[Op] = set()
        for node in self.nodes:
            if node.op.row.units.where == SLICE:
                yield self._need(node), Op(node.op.row, tuple(node.op.values)), node.planes
            for tile in node.tiles:
                made = [Op(op.row, tuple(op.values)) for op in tile.reads]
                yield from ((Need(node, tile.steps), op, 1) for op in made if op not in weights)
                weights.update(made)

    def _banks(self) -> Iterator[Demand]:
        """Rows whose bank is known before the run; those of weights once."""
        found: dict[tuple[int, int], Demand] = {}
        weights: set[tuple[int, int]] = set()
        for node in self.nodes:
            tiles = [tile.rows for tile in node.tiles if (tile.rows.first, tile.rows.low) not in weights]
            weights.update((rows.first, rows.low) for rows in tiles)
            for rows in tiles if node.tiles else filter(None, [node.rows]):
                for bank, busy in sorted(Counter(row // self.spec.rows for row in rows.order).items()):
                    for number in range(rows.first, rows.first + rows.width):
                        name = f"{slice_name(number)}.{bank}"
                        found.setdefault((number, bank), Demand(BANKS, name, 1)).needs.append(Need(node, busy))
        yield from (found[key] for key in sorted(found))

    # Streams ----------------------------------------------------------------------------------
    def _ways(self) -> Iterator[Demand]:
        """What must pass from one position to the next, by any way that a value takes."""
        for here in range(self.spec.positions - 1):
            for west in (False, True):
                values = [value for node in self.nodes for value in node.results]
                needs = [need for value in values for need in self._passing(value, here, west)]
                name = place_at(self.spec, here + west)
                yield Demand(f"{'westward' if west else 'eastward'} streams", name, self.spec.streams, needs)

    def _passing(self, value: Value, here: int, west: bool) -> Iterator[Need]:
        starts = positions(value.maker, self.spec)
        ends = [positions(node, self.spec) for node, _ in value.users]
        if west:
            passes = min(starts) > here and any(max(end) <= here for end in ends)
        else:
            passes = max(starts) <= here and any(min(end) > here for end in ends)
        if passes:
            yield Need(value.maker, value.width * value.count, self.limits.early(value.maker) + value.maker.latency)
