"""Why: a tree's ops, worked out again from what it says they read, give what it says they made."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st
from why_tools import again, generated, some_spots

from debugger.why.makers import makers
from debugger.why.replay import Replay
from debugger.why.sources import sources
from debugger.why.spots import Made, Spot
from debugger.why.values import bits

seeds = st.integers(0, (1 << 32) - 1)
DEEP = 6


@given(seeds)
def test_ops_worked_out_again_give_what_they_made(seed: int) -> None:
    rng = Random(seed)
    history = generated(seed, "reference" if seed % 8 == 0 else "core")
    replay = Replay(history)
    for spot in some_spots(replay, rng, 8):
        follow(replay, spot, rng)
    assert history.cycle == history.end


def follow(replay: Replay, spot: Spot, rng: Random) -> None:
    """Down from a spot on a random way, as far as ops go."""
    for _ in range(DEEP):
        part = rng.choice(makers(replay, spot))
        if not isinstance(part.maker, Made):
            return
        held, expected = bits(replay, part.spot), again(replay, part.maker)
        assert expected is None or held == expected, (part, expected)
        below = sources(replay, part.maker)
        if not below:
            return
        spot = rng.choice(below).spot
