"""The stream registers: what each of the 64 streams holds at each position, shifted every cycle, literally."""

from __future__ import annotations

from typing import TypeAlias

from isa.faults import NOWHERE
from isa.machine import MachineSpec
from isa.places import V_REGISTERS, WEST_FLOW
from isa.records import dataclass
from vm.reference.program import Group
from vm.reference.trouble import Trouble
from vm.reference.values import Maker, Value

STREAMS = V_REGISTERS  # stream numbers are 0 to 63
STREAM_OF_EXITS = -1
Lines: TypeAlias = list[list[Value | None]]  # [stream][position]
Place: TypeAlias = tuple[int, int]  # stream, position


@dataclass(frozen=True, slots=True)
class Loss:
    """A result that nobody sampled: on a stream, or (`stream` -1) at the exit of `plane`; what overwrote it, if any."""

    maker: Maker
    stream: int
    position: int
    plane: int = NOWHERE
    overwriter: Maker | None = None


class Streams:
    """`out` is what left each position at the end of the last cycle; `due` what will land, by cycle."""

    def __init__(self, spec: MachineSpec) -> None:
        self.positions = spec.positions
        self.out: Lines = [[None] * spec.positions for _ in range(STREAMS)]
        self.due: dict[int, dict[Place, Value]] = {}

    def moved(self) -> Lines:
        """What arrives at each position: every value one hop further, nothing at the first position."""
        east = [[None, *line[:-1]] for line in self.out[:WEST_FLOW]]
        return east + [[*line[1:], None] for line in self.out[WEST_FLOW:]]

    def dropped(self) -> list[Loss]:
        """The values never sampled that the next hop carries off the edge."""
        ends = [self.positions - 1] * WEST_FLOW + [0] * WEST_FLOW
        leaving = [(stream, last, self.out[stream][last]) for stream, last in enumerate(ends)]
        return [Loss(value.maker, stream, last) for stream, last, value in leaving if value and not value.sampled]

    @property
    def idle(self) -> bool:
        return not self.due and not any(map(any, self.out))


def held(arriving: Lines, source: Group, k: int, position: int) -> Value:
    """What the k-th stream of a group brings to a position. Raises Trouble when that is nothing."""
    value = arriving[source.stream + k][position]
    if value is None:
        raise Trouble("E-STREAM-EMPTY", operand=source.operand, stream=source.stream + k, position=position)
    return value


def check_whole(group: list[Value], source: Group, position: int) -> None:
    """A group holds bytes of width 1, or bytes 0 to w-1 of one result. Raises Trouble at the first that does not."""
    for k, value in enumerate(group if len(group) > 1 else []):
        if not fits(group[0], value, k):
            where = {"operand": source.operand, "stream": source.stream + k, "position": position}
            raise Trouble("E-STREAM-TORN", **where, **value.maker.as_other)


def fits(first: Value, value: Value, k: int) -> bool:
    """Whether a value can be the k-th of a group that begins with `first`."""
    if first.width == 1:
        return value.width == 1
    same_result = (value.maker.issued, value.maker.unit) == (first.maker.issued, first.maker.unit)
    return same_result and value.byte == k
