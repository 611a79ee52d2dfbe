"""An op of the tensor face as timelines and checks see it: where it stands, when it issues, what it touches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache

from isa.codec import Op
from isa.machine import MachineSpec
from isa.places import LANE_BYTES, V_COUNT, V_REGISTERS, flows_west, is_scalar, is_stream, place_name
from isa.records import NamedTuple, dataclass
from isa.row import READ, STREAM, VECTOR, WRITE, Row
from isa.units import CLASSES, HEMISPHERE_SLICES, PLANE, SLICE, SXM, VXM, slice_name

ACTIVATIONS = CLASSES["ABC"]
EXITS = V_REGISTERS + V_COUNT  # the number that stands for the exit of plane 0, beside those of isa.places
MOST_BURSTS = 1 << 14  # remembered: programs issue the same ones again and again
TAKES_EXIT = ("acc.set", "acc.add", "acc.emit")  # functions that take the result at the exit of their plane


class Group(NamedTuple):
    """`size` streams from number `first` on, taken `width` at a time; or a v register, or an exit, of `width` bytes.

    `field` is the field of the operand that names them.
    """

    field: str
    first: int
    size: int
    width: int

    @property
    def places(self) -> range:
        return range(self.first, self.first + self.size)


@dataclass(frozen=True, eq=False)
class Burst:
    """An op as encoded, and the position of its unit."""

    op: Op
    position: int = 0

    @property
    def row(self) -> Row:
        return self.op.row

    @cached_property
    def fields(self) -> dict[str, int]:
        return self.op.fields

    @cached_property
    def count(self) -> int:
        """How many elements it has."""
        return self.fields.get("n", 1) * self.fields.get("m", 1)

    @cached_property
    def last(self) -> int:
        """The cycle of the last element, from the first."""
        n, d, m, e = (self.fields.get(name, default) for name, default in (("n", 1), ("d", 1), ("m", 1), ("e", 0)))
        return (n - 1) * d + (m - 1) * e

    @property
    def held(self) -> int:
        """The cycles for which it holds its units: a result of 16 bits keeps a plane for one more."""
        return self.last + self.row.interval

    @cached_property
    def latency(self) -> int:
        return self.op.latency

    @property
    def busy(self) -> int:
        """The cycles for which its elements keep each of its units busy."""
        return self.count * self.row.interval

    @cached_property
    def samples(self) -> tuple[Group, ...]:
        """The streams and v registers it reads; last the exit whose result it takes."""
        return (*self._groups(READ), *(self._exit() if self.row.semantics in TAKES_EXIT else ()))

    @cached_property
    def results(self) -> tuple[Group, ...]:
        """The streams or the v register it writes, or the exit at which its results stand."""
        return (*self._groups(WRITE), *(self._exit() if self.row.units is ACTIVATIONS else ()))

    def _exit(self) -> tuple[Group]:
        return (Group("plane", EXITS + self.fields["plane"], 1, LANE_BYTES),)

    @property
    def where(self) -> str:
        """The place of its unit, for messages."""
        number = self.fields.get(self.row.units.where, 0)
        names = {SLICE: slice_name(number), VXM: "the VXM", PLANE: f"plane {number}", SXM: f"SXM.{'WE'[number % 2]}"}
        return names.get(self.row.units.where, f"link {number}")

    def _groups(self, role: str) -> Iterator[Group]:
        for operand in self.row.operands:
            if operand.kind not in (STREAM, VECTOR) or operand.role != role:
                continue
            number = self.fields[operand.fields[0]]
            size = operand.width * operand.groups if is_stream(number) else 1
            if not is_scalar(number):
                yield Group(operand.fields[0], number, size, operand.width)


def burst_of(spec: MachineSpec, row: Row, values: Sequence[int]) -> Burst:
    """The burst that an op of the tensor face is, its values in the order of the format's fields."""
    return _burst(spec, row, tuple(values))


@lru_cache(MOST_BURSTS)
def _burst(spec: MachineSpec, row: Row, values: tuple[int, ...]) -> Burst:
    op = Op(row, values)
    return Burst(op, _position(spec, row, op.fields))


def _position(spec: MachineSpec, row: Row, fields: Mapping[str, int]) -> int:
    """Where the op samples and answers; links stand at the edge of no stream and count as the centre."""
    where = row.units.where
    if where == SLICE:
        return spec.slice_position(*divmod(fields["slice"], HEMISPHERE_SLICES))
    if where == PLANE:
        return spec.mxm_position(spec.plane_hemisphere(fields["plane"]))
    if where == SXM:
        return spec.sxm_position(fields["hemi"])
    return spec.vxm_position


def hops(stream: int, start: int, end: int) -> int:
    """Cycles that a value of a stream takes from one position to another; not above 0 where it never gets."""
    return start - end if flows_west(stream) else end - start


def name_of(number: int) -> str:
    """A stream, a v register or an exit, for messages."""
    return f"the exit of plane {number - EXITS}" if number >= EXITS else place_name(number)


def names_of(numbers: Iterable[int]) -> str:
    """Several of them: `se0..se3`, or each by itself."""
    each = sorted(numbers)
    if len(each) > 1 and each[-1] - each[0] == len(each) - 1:
        return f"{name_of(each[0])}..{name_of(each[-1])}"
    return ", ".join(map(name_of, each))


def cycles(count: int) -> str:
    return f"{count} cycle" if count == 1 else f"{count} cycles"
