"""What is to be said of a run of linear tensor code, gathered when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from asm.explain.demand import Bound, bounds
from asm.explain.limits import Limits, Step
from asm.explain.parts import Part, chain, parts
from asm.explain.usage import Traffic, Use, channels, traffic, uses
from asm.streams.burst import Channel, Piece
from asm.streams.placing import Placed
from asm.streams.region import Region
from asm.tree import OpStmt
from isa.diagnostics import Place
from isa.records import NamedTuple, dataclass


class Flow(NamedTuple):
    """A value on streams or in a v register: `maker` writes it from cycle `first` on, `last` is when the last element
    is at the end of its way or taken; `takers` sample it, each from a cycle on. Tiles of weights flow side by side."""

    channels: tuple[Channel, ...]
    maker: Piece
    first: int
    last: int
    takers: tuple[tuple[Piece, int], ...]


@dataclass(eq=False)
class RunReport:
    """A run of linear tensor code: its bounds, its parts in time, what each unit and stream does."""

    region: Region
    place: Place

    @property
    def statements(self) -> list[OpStmt]:
        """What it explains."""
        return [node.statement for node in self.region.nodes]

    @cached_property
    def limits(self) -> Limits:
        return Limits(self.region.nodes, self.region.spec)

    @cached_property
    def cycles(self) -> int:
        """The cycles from the first to the last landing."""
        return max(each.end for each in self.region.placed)

    @cached_property
    def bounds(self) -> list[Bound]:
        """The bounds by resources, the greatest first."""
        return bounds(self.region.nodes, self.limits)

    @cached_property
    def bound(self) -> int:
        """The cycles that no schedule can do without."""
        return max([self.limits.landing, *(bound.cycles for bound in self.bounds)])

    @cached_property
    def parts(self) -> list[Part]:
        return parts(self.region)

    @cached_property
    def last(self) -> Part:
        """The part that ends last."""
        return _shown(self.parts)

    @cached_property
    def chain(self) -> list[Step]:
        """What every cycle of the part that ends last is for."""
        return chain(self.last)

    @cached_property
    def uses(self) -> list[Use]:
        return uses(self.region.placed)

    @cached_property
    def traffic(self) -> list[Traffic]:
        return list(traffic(self.region.placed, self.region.spec))

    @cached_property
    def kinds(self) -> dict[int, list[int]]:
        """Parts of the same statements in the same order, by the one of them that is shown: that which ends last."""
        alike: dict[tuple[str, ...], list[Part]] = {}
        for part in self.parts:
            alike.setdefault(tuple(node.statement.mnemonic for node in part.nodes), []).append(part)
        return {_shown(same).number: [part.number for part in same] for same in alike.values()}

    def lines(self) -> Iterator[str]:
        """The report as text."""
        from asm.explain.text import lines

        return lines(self)

    def data(self) -> dict[str, Any]:
        """The report as data."""
        from asm.explain.data import run_data

        return run_data(self)

    def part_of(self, piece: Piece) -> int:
        """The number of the part that a burst belongs to."""
        return next(part.number for part in self.parts if piece.node in part.nodes)


def _shown(parts: list[Part]) -> Part:
    return max(parts, key=lambda part: (part.placed.end, -part.number))


def flows(placed: Placed) -> Iterator[Flow]:
    """Where the values of a part are, and when."""
    makers = {piece.result: piece for piece in reversed(placed.pieces) if piece.result is not None}
    for channel in channels(placed):
        beside = tuple(sorted(channel.beside, key=lambda each: each.number)) or (channel,)
        if channel is not (channel.beside or beside)[0]:
            continue
        users = [piece for piece in placed.pieces if any(each in piece.sources.values() for each in beside)]
        takers = sorted(((piece, placed.start + piece.time) for piece in users), key=lambda taker: taker[1])
        rest = (channel.count - 1) * channel.spacing
        arrival = channel.at(channel.reach) if channel.west is not None else channel.ready
        last = max([placed.start + arrival, *(cycle for _, cycle in takers)])
        first = placed.start + min(each.ready for each in beside)
        yield Flow(beside, makers[channel], first, last + rest, tuple(takers))
