"""Linear tensor statements as a graph: nodes are bursts, values are what flows between them."""

from __future__ import annotations

from collections.abc import Sequence

from asm.operands.slot import Form
from asm.program import AsmOp
from asm.streams.knots import in_order
from asm.tree import OpStmt
from isa.diagnostics import Place
from isa.machine import MachineSpec
from isa.records import dataclass, field, replace
from isa.row import WRITE
from isa.table import ROWS
from isa.units import VXM

ANYWHERE = -1
WEIGHTS = ("w0", "w1", "w2", "w3")  # the fields of weights that are values: a quad of the streams of a plane each
MAP = "number"  # the field of a map register
HELD = next(row.latency for row in ROWS if "delay" in row.format.names)  # of what brings a value to a v register
LOAD_MAP = next(row for row in ROWS if MAP in row.format.names and all(o.role != WRITE for o in row.operands))


@dataclass(frozen=True, slots=True)
class Rows:
    """Memory that a burst touches: rows [low, high] of `width` slices from number `first` on, one after the other those
    of `order`; there is no order when a `register` says where they are: then they are `offsets` from what it holds."""

    first: int
    width: int
    low: int
    high: int
    order: Sequence[int]
    count: int
    writes: bool
    register: int = ANYWHERE
    offsets: Sequence[int] = ()

    def meets(self, other: Rows) -> bool:
        """Whether two bursts touch a row of one slice and one of them writes."""
        same = self.register != ANYWHERE and self.register == other.register
        return self.may_meet(other) and not (same and set(self.offsets).isdisjoint(other.offsets))

    def may_meet(self, other: Rows) -> bool:
        """The same, whatever registers hold."""
        slices = self.first < other.first + other.width and other.first < self.first + self.width
        return (self.writes or other.writes) and slices and self.low <= other.high and other.low <= self.high

    def covers(self, other: Rows) -> bool:
        """Whether whatever meets the other burst meets this one, that is taken to write."""
        slices = self.first <= other.first and other.first + other.width <= self.first + self.width
        return slices and self.register == ANYWHERE and self.low <= other.low and other.high <= self.high

    def wait(self, spacing: int, other: Rows, its_spacing: int) -> int:
        """Cycles from the first element of this burst to the first that another, after it, may have; both have an
        element every so many cycles."""
        same = bool(self.path) and (self.first, self.register, self.path) == (other.first, other.register, other.path)
        return 1 + (self.count - 1) * (max(0, spacing - its_spacing) if same else spacing)

    @property
    def path(self) -> Sequence[int]:
        """The rows in order, as far as is known: with a register what is added to it."""
        return self.order or self.offsets


NOWHERE = Rows(0, 0, 0, -1, (), 0, False)


@dataclass(eq=False, slots=True)
class Value:
    """What one definition makes: a burst of `count` elements of `width` bytes. `pin` is a stream or v register."""

    name: str
    width: int
    count: int
    place: Place
    maker: Node
    pin: int = ANYWHERE
    users: list[tuple[Node, str]] = field(default_factory=list)  # and the field that takes it


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile of weights: what reads it, side by side; where it lies, and the cycles to load it."""

    reads: list[AsmOp]
    rows: Rows
    steps: int


@dataclass(eq=False, slots=True)
class Node:
    """A statement: `op` is its burst without streams, unit and count; `sources` the values by field.

    `position` is where it stands, unknown (ANYWHERE) of an op of a switch until `hemisphere` is chosen; `rows` are
    those of the `tensor` that it loads or stores; `after` the nodes that touch the same rows before, or the same words
    and registers, then with the cycles to keep in `waits`. It has an element every `spacing` cycles, as has all its
    body. A lookup is one burst in each of `planes` slices from that of `op` on. Scalar ops are nodes as well.
    """

    number: int
    statement: OpStmt
    op: AsmOp
    form: Form
    count: int
    position: int
    sources: dict[str, Value] = field(default_factory=dict)
    results: list[Value] = field(default_factory=list)
    hemisphere: int = ANYWHERE
    rows: Rows | None = None
    after: list[Node] = field(default_factory=list)
    waits: dict[Node, int] = field(default_factory=dict)
    spacing: int = 1
    tensor: str = ""
    planes: int = 1
    rest: list[AsmOp] = field(default_factory=list)  # bursts as long as that of `op`, right after it
    tiles: list[Tile] = field(default_factory=list)  # of a product, with their type
    weights: str = ""
    wide: int = 1  # tiles along a row of the matrix
    plane: int = ANYWHERE  # that it is pinned to
    ahead: int = 0  # at most so many cycles before they are installed it begins to read weights
    extra: int = 0  # cycles by which its result is later than the latency of its row

    @property
    def result(self) -> Value | None:
        """What it makes, or the first of that."""
        return self.results[0] if self.results else None

    @property
    def latency(self) -> int:
        """The cycles from its first element to its first result; of a product that of the last row of tiles."""
        earlier = max(0, len(self.tiles) // self.wide - 1) * self.count * self.spacing
        return self.op.row.latency + self.extra + earlier

    @property
    def is_batch_1(self) -> bool:
        """Whether it is a product in which one vector meets each of several tiles."""
        return len(self.tiles) > 1 and self.count == self.wide

    @property
    def installed(self) -> int:
        """The cycles before the first vector of a tile in which this is made the array: right before, or as early as
        the vector before it allows. Without vectors that is all there is to do."""
        if not self.results:
            return 0
        return self.spacing if self.is_batch_1 else 1

    @property
    def span(self) -> int:
        """The cycles from its first element to its last, both included."""
        return (self.count - 1) * self.spacing + 1

    @property
    def place(self) -> Place:
        return self.op.place

    def stands(self, spec: MachineSpec, hemisphere: int) -> int:
        """The position of its switch or planes in a hemisphere."""
        return spec.mxm_position(hemisphere) if self.tiles else spec.sxm_position(hemisphere)

    def lead(self, field: str) -> int:
        """The cycles before its first element in which it takes a source: weights, or a map, must be there."""
        if field in WEIGHTS:
            return self.installed + (self.tiles[0].steps - 1) * self.spacing + 1
        if field == MAP:
            return LOAD_MAP.latency
        return HELD if self.stays(field) and self.sources[field].maker.position != self.position else 0

    def stays(self, field: str) -> bool:
        """Whether a source is one vector that is there for the whole burst: a map in its register, or what a v register
        holds."""
        return self.sources[field].count == 1 and (field == MAP or (self.count > 1 and self.op.row.units.where == VXM))

    def meets(self, other: Node) -> bool:
        """Whether both touch the same rows of memory and one of them writes."""
        return self.rows is not None and other.rows is not None and self.rows.meets(other.rows)

    def wait(self, other: Node) -> int:
        """The cycles to keep from the first element of a node before it."""
        if self.rows is None or other.rows is None:
            return self.waits[other]
        return other.rows.wait(other.spacing, self.rows, self.spacing) + self.early

    @property
    def early(self) -> int:
        """The cycles before its first element in which it may begin to read."""
        return self.ahead + self.installed if self.tiles else 0

    def keep(self, other: Node, cycles: int) -> None:
        """Begin at least so many cycles after a node before it, one of the two being a scalar op."""
        if other not in self.waits:
            self.after.append(other)
        self.waits[other] = max(self.waits.get(other, cycles), cycles)

    @property
    def result_field(self) -> str:
        """The field that names where the result goes."""
        return next(o.fields[0] for o in self.op.row.operands if o.role == "w")


@dataclass(eq=False, slots=True)
class Body:
    """Nodes whose times hang together, in the order of the file."""

    nodes: list[Node]

    @property
    def values(self) -> list[Value]:
        return [value for node in self.nodes for value in node.results]


def bodies(nodes: list[Node]) -> list[Body]:
    """The connected parts of a graph in an order in which none waits for a later one; knots of parts are one body."""
    parts = _joined([[node] for node in nodes])
    return [_in_step(sorted(part, key=lambda node: node.number)) for part in in_order(parts)]


def _in_step(nodes: list[Node]) -> Body:
    """What flows into each other flows at one pace, that of the slowest."""
    spacing = max(node.spacing for node in nodes)
    for node in nodes:
        node.spacing = spacing
    return Body(nodes)


def _neighbours(node: Node) -> list[Node]:
    return [value.maker for value in node.sources.values()]


def _joined(parts: list[list[Node]]) -> list[list[Node]]:
    """Parts that share a value become one."""
    where = {node: part for part in parts for node in part}
    for node in list(where):
        for other in _neighbours(node):
            into, part = where[other], where[node]
            if into is not part:
                into += part
                where.update(dict.fromkeys(part, into))
    return list({id(part): part for part in where.values()}.values())


def taken_apart(body: Body, nodes: list[Node]) -> list[Node]:
    """The loads of a body that several nodes take from, once more for half of those: they need not keep step."""
    found: list[Node] = []
    for load in body.nodes:
        value = load.result
        if value is None or load.sources or load.rows is None or load.op.cycle_pin is not None or value.pin != ANYWHERE:
            continue
        users = list(dict.fromkeys(user for user, _ in value.users))
        if len(users) > 1:
            found.append(_again(load, value, users[(len(users) + 1) // 2 :]))
            for node in nodes:
                if load in node.after:
                    node.after.append(found[-1])
                if load in node.waits:
                    node.waits[found[-1]] = node.waits[load]
    return found


def _again(load: Node, value: Value, users: list[Node]) -> Node:
    """A load for some of those that take its value."""
    copy = replace(load, after=list(load.after), waits=dict(load.waits), results=[])
    copied = replace(value, maker=copy, users=[each for each in value.users if each[0] in users])
    copy.results.append(copied)
    value.users = [each for each in value.users if each[0] not in users]
    for user, name in copied.users:
        user.sources[name] = copied
    return copy
