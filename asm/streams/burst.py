"""Bursts in time, and what carries values between them."""

from __future__ import annotations

from asm.program import AsmOp
from asm.streams.graph import ANYWHERE, Node, Rows
from isa.records import NamedTuple, dataclass, field
from isa.row import Row
from isa.units import SXM

ARRAY, BUFFER, SUMS = "array", "buffer", "sums"  # what a plane has beside units


@dataclass(eq=False, slots=True)
class Channel:
    """What carries a value: a stream that flows `west` or not, from `start` at least to `reach`, or a v register.

    Its first element leaves, or lands in the register, in cycle `ready`, the others `spacing` cycles apart. `pin` is
    the number it must have.
    """

    width: int
    count: int
    spacing: int
    ready: int
    start: int
    west: bool | None  # None: a v register
    name: str
    pin: int = ANYWHERE
    reach: int = ANYWHERE
    number: int = ANYWHERE  # once it is chosen
    until: int = ANYWHERE  # of a v register: the cycle in which a value that stays has been taken by all
    beside: list[Channel] = field(default_factory=list)  # those that take the groups of streams side by side with it

    def at(self, position: int) -> int:
        """The cycle in which the first element is at a position downstream; of a register when it is there."""
        return self.ready + abs(position - self.start)

    def take(self, position: int) -> None:
        """Something at a position takes the value."""
        if self.reach == ANYWHERE or abs(position - self.start) > abs(self.reach - self.start):
            self.reach = position


class Keep(NamedTuple):
    """What of a plane a burst keeps from others, from cycle `since` to before `until`."""

    what: str
    since: int
    until: int


@dataclass(eq=False, slots=True)
class Piece:
    """A burst in time, an element every `spacing` cycles: of a node, or what brings its value on its way."""

    node: Node
    row: Row
    values: dict[str, int]
    time: int
    position: int
    latency: int
    count: int
    spacing: int
    result: Channel | None = None
    sources: dict[str, Channel] = field(default_factory=dict)
    own: bool = True  # whether it is the node itself, not something on the way
    map: Channel | None = None  # what brings its map to the switch
    plane: int = 0  # of a lookup, and the stream of its group that the burst writes
    follows: bool = False  # whether it goes on with the burst of another piece, on its stream
    rows: Rows | None = None  # the memory that it touches
    op: AsmOp | None = None  # what it is as an op, with references; none of a burst on the way, or of a plane
    team: list[Piece] = field(default_factory=list)  # of the first: what shares its plane or map register
    keeps: list[Keep] = field(default_factory=list)
    loads: list[Load] = field(default_factory=list)  # of the head of a product
    twin: Piece | None = None  # that reads the same weights in the same cycle, so that one burst will do

    @property
    def span(self) -> int:
        """The cycles from its first element to its last, both included."""
        return (self.count - 1) * self.spacing + 1

    @property
    def held(self) -> int:
        """The cycles for which it holds its units."""
        return self.span + self.row.interval - 1

    @property
    def is_turn(self) -> bool:
        """Whether it sends a value back at a switch."""
        return not self.own and self.row.units.where == SXM

    @property
    def result_field(self) -> str:
        return next(operand.fields[0] for operand in self.row.operands if operand.role == "w")


@dataclass(eq=False, slots=True)
class Load:
    """What brings a tile of weights, the burst into the buffer first: `early` cycles before it must, from cycle `since`
    on at the earliest; it is installed in cycle `until`."""

    pieces: list[Piece]
    since: int
    until: int
    early: int = 0

    @property
    def first(self) -> int:
        return min(piece.time for piece in self.pieces)

    def begin(self, early: int) -> None:
        """Put it in time so many cycles before it must begin."""
        for piece in self.pieces:
            piece.time += self.early - early
            if piece.result is not None:
                piece.result.ready += self.early - early
        self.early = early
        self.pieces[0].keeps = [Keep(BUFFER, self.pieces[0].time, self.until)]
