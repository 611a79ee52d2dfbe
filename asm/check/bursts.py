"""An op of the tensor face as timelines and checks see it: where it stands, when it issues, what it touches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from isa.machine import MachineSpec
from isa.places import flows_west, is_scalar, is_stream
from isa.row import READ, STREAM, VECTOR, WRITE, Row
from isa.units import HEMISPHERE_SLICES, PLANE, SLICE, SXM, VXM, slice_name


class Group(NamedTuple):
    """`size` streams from number `first` on, taken `width` at a time; or a v register of `width` bytes.

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
    """A row, the values of its fields, and the position of its unit."""

    row: Row
    fields: Mapping[str, int]
    position: int

    @property
    def count(self) -> int:
        """How many elements it has."""
        return self.fields.get("n", 1) * self.fields.get("m", 1)

    @property
    def last(self) -> int:
        """The cycle of the last element, from the first."""
        n, d, m, e = (self.fields.get(name, default) for name, default in (("n", 1), ("d", 1), ("m", 1), ("e", 0)))
        return (n - 1) * d + (m - 1) * e

    @property
    def held(self) -> int:
        """The cycles for which it holds its units: a result of 16 bits keeps a plane for one more."""
        return self.last + self.row.interval

    @property
    def latency(self) -> int:
        return self.row.latency + self.fields.get("delay", 0)

    @property
    def claims(self) -> range:
        """The numbers of the units it holds."""
        first, step = self.row.units.order(self.fields), max(1, self.row.units.step)
        return range(first, first + self.row.claims * step, step)

    @cached_property
    def samples(self) -> tuple[Group, ...]:
        """The streams and v registers it reads."""
        return tuple(self._groups(READ))

    @cached_property
    def results(self) -> tuple[Group, ...]:
        """The streams or the v register it writes."""
        return tuple(self._groups(WRITE))

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
    fields = dict(zip(row.format.names, values, strict=True))
    return Burst(row, fields, _position(spec, row, fields))


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
