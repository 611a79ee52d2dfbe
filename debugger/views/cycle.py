"""What happens in one cycle, from the state at its start: what issues, what passes each position, what lands.

What an op samples in cycle t is what left the position before in t-1; a result that lands in t leaves in t.
"""

from __future__ import annotations

from collections.abc import Iterator

from debugger.why.spots import element_at
from isa.codec import Op
from isa.image import Image
from isa.places import STREAMS, flows_west, is_stream, place_name
from isa.records import NamedTuple
from isa.row import READ, STREAM, VECTOR, WRITE
from vm.engine import State
from vm.floorplan import position
from vm.flow import op_at
from vm.items import Burst, Exit, Result, Value
from vm.state import is_over
from vm.stats import decoded_bundle, elements_of

Spot = tuple[int, int]  # stream and position


class Issue(NamedTuple):
    """An element that issues: of the op at (pc, slot), begun in `started` with the scalar registers `read`.

    A scalar op is one element and has no position.
    """

    pc: int
    slot: int
    op: Op
    element: int
    started: int
    position: int | None
    read: tuple[int, ...]

    @property
    def key(self) -> tuple[int, int]:
        return self.pc, self.slot

    @property
    def elements(self) -> int:
        """Elements of the whole burst."""
        return elements_of(self.op)

    @property
    def row(self) -> int:
        """How far the element is from the base row: i*stride + j*stride2."""
        j, i = divmod(self.element, self.op.fields.get("n", 1))
        return i * self.op.fields.get("stride", 1) + j * self.op.fields.get("stride2", 0)


def issues(image: Image, state: State) -> list[Issue]:
    """What issues in the cycle of a state, unless it faults there: by unit number."""
    if is_over(state):
        return []
    found = [*_of_bundle(image, state), *_of_bursts(image, state)]
    return sorted(found, key=lambda issue: issue.op.unit_order)


def fetches(image: Image, state: State) -> bool:
    """Whether the bundle at `pc` is fetched in this cycle."""
    return not state.fetch_ended and state.next_fetch <= state.cycle and state.pc < len(image.text)


def running(image: Image, state: State) -> list[Op]:
    """The ops that issue in this cycle or are bursts under way."""
    bursts = (op_at(image, item.pc, item.slot) for item in state.tensor if isinstance(item, Burst))
    return [*(decoded_bundle(image, state.pc) if fetches(image, state) else ()), *(op for op in bursts if op)]


def _of_bundle(image: Image, state: State) -> Iterator[Issue]:
    if fetches(image, state):
        for slot, op in enumerate(decoded_bundle(image, state.pc)):
            read = tuple(state.registers[number] for number in op.registers_read)
            yield Issue(state.pc, slot, op, 0, state.cycle, _position(image, op), read)


def _of_bursts(image: Image, state: State) -> Iterator[Issue]:
    for item in state.tensor:
        op = op_at(image, item.pc, item.slot) if isinstance(item, Burst) else None
        if op is None or not isinstance(item, Burst):
            continue
        element = element_at(op, state.cycle - item.started)
        if element is not None:
            yield Issue(item.pc, item.slot, op, element, item.started, _position(image, op), _words(item.data))


def _words(data: bytes) -> tuple[int, ...]:
    return tuple(int.from_bytes(data[at : at + 4], "little") for at in range(0, len(data), 4))


def _position(image: Image, op: Op) -> int | None:
    """Where an op stands, None for a scalar one and for a slice beyond the machine."""
    if not op.row.tensor:
        return None
    place = position(image.machine, op.row, op.fields)
    return place if 0 <= place < image.machine.positions else None


# Streams ----------------------------------------------------------------------------------------
def passing(image: Image, state: State) -> dict[Spot, Value]:
    """What arrives at each position in this cycle, by stream and position."""
    found = {}
    for item in state.tensor:
        if isinstance(item, Value):
            place = item.position + (-1 if flows_west(item.stream) else 1)
            if 0 <= place < image.machine.positions:
                found[item.stream, place] = item
    return found


def landing(state: State) -> dict[Spot, Result]:
    """The results that leave their positions in this cycle, by stream and position."""
    return {
        (item.stream, item.position): item
        for item in state.tensor
        if isinstance(item, Result) and item.landing == state.cycle
    }


def at_exits(state: State) -> dict[int, Exit]:
    """What stands at the exits of the planes in this cycle, by plane."""
    return {item.plane: item for item in state.tensor if isinstance(item, Exit) and item.landing == state.cycle}


def sampled(issue: Issue) -> list[range]:
    """The groups of streams that an element samples."""
    return list(_groups(issue.op, READ))


def made(op: Op) -> list[range]:
    """The groups of streams that results of an op go to."""
    return list(_groups(op, WRITE))


def _groups(op: Op, role: str) -> Iterator[range]:
    for operand in op.row.operands:
        if operand.kind in (STREAM, VECTOR) and operand.role == role and is_stream(op[operand.fields[0]]):
            first = op[operand.fields[0]]
            yield range(first, first + operand.width * operand.groups)


def group_name(streams: range) -> str:
    """`se4`, `sw0..3`"""
    last = f"..{streams[-1] % STREAMS}" if len(streams) > 1 else ""
    return place_name(streams[0]) + last
