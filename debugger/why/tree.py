"""`why`: from a spot to the op that made what it holds, to what that op read, and so on back to inputs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from debugger.elements import symbol_of
from debugger.why import sums
from debugger.why.cause import MORE, Cause, summed_up
from debugger.why.makers import Part, makers
from debugger.why.replay import Replay
from debugger.why.sources import ADDRESS, SELECTION, Source, sources
from debugger.why.spots import MEMORY, REGISTER, Made, Origin, Spot
from debugger.why.sums import Summand, Term
from debugger.why.types import made_type, moved, moves, spot_type
from debugger.why.values import NOTHING, as_number, bits, condition_text, number_text, text
from debugger.why.words import event_text, place_of, plural, spot_name
from isa.faults import CONDITION_CODE

BEFORE = {ADDRESS: "address: ", SELECTION: "chosen by: "}
FEW = 4  # sources that are shown in operand order


def cause_of(replay: Replay, spot: Spot, type_: str = "", before: str = "") -> Cause:
    """Why a spot holds what it holds. `type_` is the element type that it is read as, where that is known."""
    with replay.visit():
        parts = makers(replay, spot)
        type_ = (type_ if moved(parts) else "") or spot_type(replay, parts, spot) or type_
        value = spot_text(replay, spot, type_)
        said = before + spot_name(replay, spot) + ("" if value == NOTHING else f" = {value}")
        if len(parts) == 1:
            return _of_maker(replay, parts[0], type_, said, value)
        said = f"{said}, made in {plural(len(parts), 'part')}"
        unfold = partial(_of_parts, replay, parts)
        return Cause(said, "bytes", spot.cycle, value=value, lane=spot.lane, unfold=unfold)


def spot_text(replay: Replay, spot: Spot, type_: str) -> str:
    """What a spot holds, in words."""
    held = bits(replay, spot)
    if spot.kind == REGISTER and spot.number == CONDITION_CODE:
        return condition_text(held or 0)
    return text(held, type_, spot.width)


def _of_parts(replay: Replay, parts: Sequence[Part]) -> list[Cause]:
    return [_of_part(replay, part) for part in parts]


def _of_part(replay: Replay, part: Part) -> Cause:
    """Some bytes of a spot that have one maker."""
    spot = part.spot
    value = text(bits(replay, spot), "", spot.width)
    which = f"byte {part.first}" if spot.width == 1 else f"bytes {part.first} to {part.first + spot.width - 1}"
    return _of_maker(replay, part, "", f"{which} = {value}", value)


def _of_maker(replay: Replay, part: Part, type_: str, said: str, value: str) -> Cause:
    """What a maker has to do with a spot that has one."""
    spot, maker = part.spot, part.maker
    if isinstance(maker, Origin):
        symbol = symbol_of(replay.image, spot.addresses[0]) if spot.kind == MEMORY else None
        place = symbol.place if symbol else None
        return Cause(f"{said}: {maker.text}", maker.kind, maker.cycle, place=place, value=value, lane=spot.lane)
    event = maker.event
    return Cause(
        f"{said}, by {event_text(replay, event)}", "op", event.cycle, event.pc, event.slot,
        place_of(replay, event.pc, event.slot), value, event.element, maker.lane,
        unfold=lambda: causes_of(replay, maker, type_),
    )  # fmt: skip


def causes_of(replay: Replay, made: Made, type_: str = "") -> list[Cause]:
    """What a part of a result comes from. `type_` is the type that it is read as."""
    with replay.visit():
        if sums.is_product(made):
            return _products(replay, made)
        if sums.adds(replay, made):
            return _summands(replay, made)
        found = sources(replay, made)
        if moves(made) and type_:
            return [_of_source(replay, source._replace(type=type_), type_) for source in found]
        if len(found) > FEW:
            return _of_many(replay, found, type_)
        return [_of_source(replay, source, type_) for source in found]


def _of_source(replay: Replay, source: Source, type_: str) -> Cause:
    """One operand; what is only moved is of the type that its reader takes it for."""
    inherited = "" if source.role in BEFORE else type_
    return cause_of(replay, source.spot, source.type or inherited, BEFORE.get(source.role, ""))


def _of_many(replay: Replay, found: Sequence[Source], type_: str) -> list[Cause]:
    """Many lanes that one result was made of, the largest first."""

    def size(source: Source) -> float:
        return -sums.size(as_number(bits(replay, source.spot) or 0, source.type or type_))

    ordered = sorted(found, key=size)
    return summed_up(ordered, lambda source: _of_source(replay, source, type_), lambda rest: f"{len(rest)} more lanes")


# Sums -----------------------------------------------------------------------------------------
def _summands(replay: Replay, made: Made) -> list[Cause]:
    """What was added to an accumulator row, the largest first, and the row before that."""
    type_ = made_type(replay, made)
    found, before = sums.summands(replay, made, type_)
    earlier = [cause_of(replay, before, type_, "before that: ")] if before else []
    return [*earlier, *(_summand(replay, each, type_) for each in sums.in_order(found))]


def _summand(replay: Replay, summand: Summand, type_: str) -> Cause:
    return cause_of(replay, summand.exit, type_)


def _products(replay: Replay, made: Made) -> list[Cause]:
    """The terms of a column, the largest first; those that are zero are only counted."""
    found = sums.in_order(sums.terms(replay, made))
    wanted = [each for each in found if each.number != 0]
    zeros = [each for each in found if each.number == 0]
    type_ = made_type(replay, made)

    def rest(terms: Sequence[Term]) -> str:
        return f"{len(terms)} smaller terms, {number_text(sum(each.number for each in terms), type_)} in all"

    shown = summed_up(wanted, lambda each: _term(replay, each, made), rest)
    return [*shown, _zeros(replay, zeros, made)] if zeros else shown


def _zeros(replay: Replay, terms: Sequence[Term], made: Made) -> Cause:
    def rest(others: Sequence[Term]) -> str:
        return f"{plural(len(others), 'more term')} of 0"

    unfold = partial(summed_up, terms, lambda each: _term(replay, each, made), rest)
    return Cause(f"{plural(len(terms), 'term')} of 0", MORE, unfold=unfold)


def _term(replay: Replay, term: Term, made: Made) -> Cause:
    """An activation times a weight."""
    type_ = made_type(replay, made)
    a, w, product = (number_text(number, type_) for number in (term.activation, term.weight, term.number))
    text = f"lane {term.k}: {a} * {w} = {product}"
    unfold = partial(_factors, replay, term)
    return Cause(text, "term", made.event.cycle, value=product, lane=term.k, unfold=unfold)


def _factors(replay: Replay, term: Term) -> list[Cause]:
    return [cause_of(replay, spot, type_) for spot, type_ in zip(term.spots, term.types, strict=True)]
