"""Goes is why backwards: who is said to read a value says so, too, and the other way round."""

from __future__ import annotations

from random import Random

from hypothesis import example, given
from hypothesis import strategies as st
from why_tools import generated, some_spots

from debugger.why.flows import Datum, made_of
from debugger.why.forward import data_of
from debugger.why.lives import life_of
from debugger.why.makers import makers
from debugger.why.replay import Replay
from debugger.why.sources import sources
from debugger.why.spots import MEMORY, Made, Origin, Spot

seeds = st.integers(0, (1 << 32) - 1)
DEEP = 4


@given(seeds)
@example(2435)  # installs a buffer twice that was never loaded
def test_what_an_op_read_goes_to_it(seed: int) -> None:
    """From results back: each source, asked where it goes, names the op and the lane of its result."""
    rng = Random(seed)
    replay = Replay(generated(seed))
    for start in some_spots(replay, rng, 5):
        spot = start
        for _ in range(DEEP):
            part = rng.choice(makers(replay, spot))
            below = sources(replay, part.maker) if isinstance(part.maker, Made) else []
            if not below:
                break
            spot, result = rng.choice(below).spot, part.spot
            assert_goes_to(replay, spot, part.maker, result)


def assert_goes_to(replay: Replay, spot: Spot, made: Made, result: Spot) -> None:
    data = [datum for part in makers(replay, spot) for datum in data_of(replay, part)]
    reached = [
        each
        for datum in data
        if made.event in life_of(replay, datum).readers
        for each in made_of(replay, made.event, datum)
    ]
    assert any(holds(each, result) for each in reached), (spot, made.event, reached, result)


def holds(datum: Datum, spot: Spot) -> bool:
    """Whether a spot is of a datum, wherever on a stream it is by now."""
    return datum.has(spot)


@given(seeds)
def test_what_is_said_to_read_a_value_read_it(seed: int) -> None:
    """From values on: each lane that a reader is said to have made comes, asked why, from the value."""
    rng = Random(seed)
    replay = Replay(generated(seed))
    for spot in some_spots(replay, rng, 5):
        part = rng.choice(makers(replay, spot))
        (datum,) = data_of(replay, part)
        readers = life_of(replay, datum).readers
        for event in rng.sample(readers, min(2, len(readers))):
            for result in made_of(replay, event, datum):
                assert_comes_from(replay, rng, result, event, part.maker)


def assert_comes_from(replay: Replay, rng: Random, result: Datum, event: object, maker: Made | Origin) -> None:
    spot = seen(result, rng)
    if not replay.reaches(spot.cycle):
        return
    above = [part.maker for part in makers(replay, spot) if isinstance(part.maker, Made) and part.maker.event == event]
    assert above, (spot, event)
    found = [part.maker for made in above for source in sources(replay, made) for part in makers(replay, source.spot)]
    if isinstance(maker, Made):
        assert any(isinstance(each, Made) and each.event == maker.event for each in found)
    else:
        assert maker in found


def seen(datum: Datum, rng: Random) -> Spot:
    """Where and when a result can first be looked at, in one of its lanes."""
    lane = rng.choice(datum.lanes) if datum.lanes else -1
    addresses = datum.addresses
    if datum.kind == MEMORY:
        start = rng.randrange(0, len(addresses), datum.width)
        addresses = addresses[start : start + datum.width]
    cycle = datum.since + (datum.kind == "stream")
    return Spot(datum.kind, cycle, datum.number, datum.place, lane, datum.width, addresses)
