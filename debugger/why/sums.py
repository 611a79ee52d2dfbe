"""Sums of the matrix planes: an accumulator row as the products added to it, a product as the terms of its column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from debugger.why.edits import edit_of
from debugger.why.makers import TYPE_NAMES
from debugger.why.replay import Replay
from debugger.why.sources import Source, sources, term
from debugger.why.spots import ACCUMULATOR, EXIT, Event, Made, Spot
from debugger.why.values import as_number, bits
from isa.records import NamedTuple
from isa.types import TYPES
from vm import stops
from vm.stops import Watch

MOST_SUMMANDS = 16  # that are followed back at once
Number = int | float


class Summand(NamedTuple):
    """What stood at an exit and was put in or added to an accumulator row."""

    exit: Spot
    number: Number


class Term(NamedTuple):
    """Product k of a column: activation times weight, and where they were."""

    k: int
    activation: Number
    weight: Number
    spots: tuple[Spot, Spot]
    types: tuple[str, str]

    @property
    def number(self) -> Number:
        return self.activation * self.weight


def size(number: Number) -> float:
    """By what sums are ordered; a NaN comes first."""
    return abs(number) if number == number else float("inf")


def adds(replay: Replay, made: Made) -> bool:
    """Whether an op added what stood at an exit to an accumulator row."""
    return {ACCUMULATOR, EXIT} <= {source.spot.kind for source in _sources_of_row(replay, made)}


def _sources_of_row(replay: Replay, made: Made) -> list[Source]:
    return sources(replay, made) if made.event.op.row.units.name == "ACC" else []


def summands(replay: Replay, made: Made, type_: str) -> tuple[list[Summand], Spot | None]:
    """What was added to an accumulator row, the last first; and the row as it was before, where that was not empty."""
    found: list[Summand] = []
    earlier = _setters(replay, made)
    while True:
        spots = {source.spot.kind: source.spot for source in _sources_of_row(replay, made)}
        found.append(Summand(spots[EXIT], as_number(bits(replay, spots[EXIT]) or 0, type_)))
        if ACCUMULATOR not in spots:
            return found, None
        row = spots[ACCUMULATOR]
        event = earlier.pop() if earlier else None
        setter = Made(event, made.lane) if event else None
        sets = setter and any(each.spot.kind == EXIT for each in _sources_of_row(replay, setter))
        if setter is None or not sets or edit_of(replay, row, setter.event.cycle + 1):
            return found, row
        made = setter


def _setters(replay: Replay, made: Made) -> list[Event]:
    """The elements that set the row of one before it did, in order, with the states in which they did at hand."""
    op, row = made.event.op, made.event.op["acc"] + made.event.step
    watch = Watch(stops.ACCUMULATOR, row, row, op["plane"])
    found = replay.last_stops(watch, made.event.cycle + 1, MOST_SUMMANDS)
    events = (replay.event(stop.pc, stop.slot, stop.cycle - 1) for stop in found)
    return [event for event in events if event and replay.state(event.cycle)]


def is_product(made: Made) -> bool:
    """Whether an op multiplied a vector with an array."""
    return made.event.op.row.units.name == "ABC"


def terms(replay: Replay, made: Made) -> list[Term]:
    """The terms of a column, in the order of lanes."""
    return list(_terms(replay, made))


def _terms(replay: Replay, made: Made) -> Iterator[Term]:
    event = made.event
    held = replay.contents(event.cycle).plane(event.op["plane"], installed=True)
    weights = TYPE_NAMES[held.type] if held else ""
    if weights and TYPES[weights].bits < 8:
        weights = "i8"  # as which a plane holds them
    for k in range(replay.spec.lanes):
        one, other = (source.spot for source in term(replay, made, k))
        a, w = (bits(replay, spot) or 0 for spot in (one, other))
        types = event.op.row.type, weights
        yield Term(k, as_number(a, types[0]), as_number(w, types[1]), (one, other), types)


Summed = TypeVar("Summed", Summand, Term)


def in_order(items: Sequence[Summed]) -> list[Summed]:
    """The largest first."""
    return sorted(items, key=lambda item: -size(item.number))
