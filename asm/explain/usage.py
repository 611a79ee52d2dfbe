"""How long the bursts of a run hold each unit, port and stream, and what they move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from asm.explain.words import place_at
from asm.streams.burst import Channel, Piece
from asm.streams.placing import Placed
from isa.codec import Op
from isa.machine import MachineSpec
from isa.records import NamedTuple
from isa.units import UNIT_NAMES


class Use(NamedTuple):
    """A unit has something to do in `busy` cycles, in `moves` of them for what only brings values on their way."""

    resource: str
    name: str
    busy: int
    moves: int


class Traffic(NamedTuple):
    """`busy` cycles of single streams or ports, of which there are `units`, for `lanes` bytes each."""

    what: str
    busy: int
    units: int
    lanes: int


def uses(placed: Iterable[Placed]) -> list[Use]:
    """Every unit that is used at all, in unit order."""
    what: dict[int, str] = {}
    busy: Counter[int] = Counter()
    moves: Counter[int] = Counter()
    for piece in _pieces(placed):
        cycles = piece.count * piece.row.interval
        for unit in Op(piece.row, tuple(piece.values.values())).claims:
            what[unit] = piece.row.units.what.partition(",")[0]
            busy[unit] += cycles
            moves[unit] += 0 if piece.own else cycles
    return [Use(what[unit], UNIT_NAMES[unit], busy[unit], moves[unit]) for unit in sorted(busy)]


def traffic(placed: list[Placed], spec: MachineSpec) -> Iterator[Traffic]:
    """What passes the ports of all slices, and where most passes on streams, each way."""
    for row, what in (("read", "read"), ("write", "written")):
        taken = [piece for piece in _pieces(placed) if piece.row.memory == row]
        busy = sum(piece.count * max(1, piece.row.width) for piece in taken)
        yield Traffic(what, busy, 2 * spec.slices, spec.lanes)
    for west in (False, True):
        passing = Counter(dict(_passing(placed, west)))
        if passing:
            where, busy = max(passing.items(), key=lambda each: (each[1], -each[0]))
            way = "westward" if west else "eastward"
            yield Traffic(f"{way} at {place_at(spec, where)}", busy, spec.streams, spec.lanes)


def channels(each: Placed) -> list[Channel]:
    """The streams and v registers that a part writes, in the order in which they begin."""
    made = dict.fromkeys(piece.result for piece in each.pieces if piece.result is not None)
    return sorted(made, key=lambda channel: channel.ready)


def _passing(placed: list[Placed], west: bool) -> Iterator[tuple[int, int]]:
    """For each position the elements of single streams that leave it one way."""
    found: Counter[int] = Counter()
    for each in placed:
        for channel in channels(each):
            if channel.west is west:
                for where in range(min(channel.start, channel.reach), max(channel.start, channel.reach)):
                    found[where + west] += channel.count * channel.width
    yield from found.items()


def _pieces(placed: Iterable[Placed]) -> Iterator[Piece]:
    return (piece for each in placed for piece in each.pieces)
