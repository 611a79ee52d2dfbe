"""What holds a value, and what made it: a spot of the machine in a cycle, and an element of an op that issued."""

from __future__ import annotations

from isa.codec import Op
from isa.places import flows_west, is_stream
from isa.records import NamedTuple, dataclass, field
from isa.row import STREAM, VECTOR
from vm.flow import offset

REGISTER, V, STREAMS, MEMORY = "register", "vector", "stream", "memory"
ACCUMULATOR, EXIT, ARRAY, BUFFER, MAP = "accumulator", "exit", "array", "buffer", "map"
SCALAR_ELEMENT = -1  # of an op that is no burst


class Spot(NamedTuple):
    """Some bytes as they are at the start of `cycle`, which is what an op that issues then reads.

    "register": `number`, 32 the condition code. "vector": v register `number`. "stream": `width` streams from `number`
    on, on their way out of position `place`. "memory": the bytes at `addresses`. "accumulator": row `number` of plane
    `place`. "exit": of plane `place`. "array", "buffer": weight row `number` of plane `place`. "map": `number` of
    switch `place`. All but registers and memory in `lane`.
    """

    kind: str
    cycle: int
    number: int = -1
    place: int = -1
    lane: int = -1
    width: int = 4
    addresses: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """Element `element` of an op issued in `cycle`; the first element of its burst issued in `started`."""

    pc: int
    slot: int
    cycle: int
    element: int
    started: int = field(compare=False)
    op: Op = field(compare=False)

    @property
    def step(self) -> int:
        """i: which element of its round."""
        return max(self.element, 0) % self.op.fields.get("n", 1)

    @property
    def round(self) -> int:
        """j: which round of the burst."""
        return max(self.element, 0) // self.op.fields.get("n", 1)


@dataclass(frozen=True, slots=True)
class Origin:
    """What no op made: "input", "data", "reset" (as at the start), "nothing" or "edit", in the words of `text`."""

    kind: str
    text: str = ""
    cycle: int = -1


class Made(NamedTuple):
    """A part of what an event made: bytes `first` to `first + width - 1` of lane `lane` of its group `group`.

    Of an op that loads weights, `lane` is the column and `group` the row of the array.
    """

    event: Event
    lane: int = -1
    group: int = 0
    first: int = 0
    width: int = 4


class Group(NamedTuple):
    """`width` streams from `stream` on, which operand `operand` of the row names."""

    operand: int
    stream: int
    width: int

    def part(self, first: int, width: int) -> Group:
        """Some of its streams."""
        return self._replace(stream=self.stream + first, width=min(width, self.width - first))


def groups(op: Op, role: str) -> list[Group]:
    """The groups of streams that the operands of one role name, in order."""
    return [
        Group(index, op[operand.fields[0]] + k * operand.width, operand.width)
        for index, operand in enumerate(op.row.operands)
        if operand.role == role and operand.kind in (STREAM, VECTOR) and is_stream(op[operand.fields[0]])
        for k in range(operand.groups)
    ]


def element_at(op: Op, after: int) -> int | None:
    """The number of the element that issues some cycles after the first of its burst."""
    fields = op.fields
    n, d, m, e = fields.get("n", 1), fields.get("d", 1), fields.get("m", 1), fields.get("e", 0)
    j = min(m - 1, after // e) if m > 1 else 0
    i = (after - j * e) // d
    element = j * n + i
    return element if 0 <= i < n and offset(op, element) == after else None


def upstream(stream: int, position: int) -> int:
    """The position that a stream's values leave a cycle before they come to another."""
    return position + 1 if flows_west(stream) else position - 1


def downstream(stream: int, position: int) -> int:
    return position - 1 if flows_west(stream) else position + 1
