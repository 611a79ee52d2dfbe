"""What the bursts of a body need at once, whichever of several units or streams alike they get.

That is less than what `asm.streams.table` demands, which chooses one by one: what is impossible here is so there.
Weights are left out, as they may be loaded early, and so are bursts with gaps, which others may run in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from asm.streams.burst import Channel, Piece
from asm.streams.table import along, banks_of, claims_of
from asm.streams.taken import pulses
from isa.machine import HEMISPHERES, MachineSpec
from isa.records import NamedTuple
from isa.units import PLANE, SLICE, SXM, VXM, slice_name


class Use(NamedTuple):
    """Of `capacity` alike, called `name`, `demand` are needed for `length` cycles from cycle `begin` of the body on."""

    name: str
    capacity: int
    demand: int
    begin: int
    length: int


def uses_of(pieces: Iterable[Piece], spec: MachineSpec) -> list[Use]:
    """The needs of a body's bursts."""
    pieces = list(pieces)
    loading = {piece for head in pieces for load in head.loads for piece in load.pieces}
    return [use for piece in pieces if piece not in loading for use in _uses(piece, spec)]


def _uses(piece: Piece, spec: MachineSpec) -> Iterator[Use]:
    yield from _units(piece, spec)
    if piece.rows is not None:
        yield from _banks(piece, spec)
    channel = piece.result
    if channel is None or piece.plane:
        return
    if channel.west is None:
        yield Use("v registers", spec.vxm_alus, 1, channel.ready, piece.span)
    elif channel.spacing == 1:
        yield from _stream(channel, spec)


def _units(piece: Piece, spec: MachineSpec) -> Iterator[Use]:
    units, values = piece.row.units, piece.values
    if units.where == SLICE:
        for name in claims_of(piece, values):
            yield Use(name, 1, 1, piece.time, piece.held)
    elif units.where == VXM:
        for count in sorted({spec.vxm_alus, min(piece.row.instances, spec.vxm_alus)}):
            yield Use(f"V0 to V{count - 1}", count, 1, piece.time, piece.held)
    elif units.where == SXM:
        yield Use(f"{units.name} at {piece.position}", len(units.names), 1, piece.time, piece.held)
    elif units.where == PLANE:
        planes = spec.mxm_planes // HEMISPHERES
        yield Use(f"{units.name} at {piece.position}", planes, piece.row.claims, piece.time, piece.held)


def _banks(piece: Piece, spec: MachineSpec) -> Iterator[Use]:
    rows = piece.rows
    assert rows is not None
    for bank, mask in banks_of(rows, piece.spacing, spec.rows).items():
        first = (mask & -mask).bit_length() - 1
        length = mask.bit_length() - first
        if mask >> first == pulses(length, 1):
            for number in range(rows.first, rows.first + rows.width):
                yield Use(f"{slice_name(number)}.{bank}", 1, 1, piece.time + first, length)


def _stream(channel: Channel, spec: MachineSpec) -> Iterator[Use]:
    """At each position that a value passes on leaving it, counted along the diagonal on which it moves."""
    way = "west" if channel.west else "east"
    near = along(spec, channel.west, channel.start)
    far = max(along(spec, channel.west, channel.reach), near + 1)
    for position in range(near, far):
        yield Use(f"{way} {position}", spec.streams, channel.width, channel.ready - near, channel.count)
