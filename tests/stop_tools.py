"""Random stops for a machine and a text, and runs from stop to stop."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from engine_pairs import Pair, assert_same

from isa.machine import MachineSpec
from vm.engine import STOPPED, Engine, State
from vm.stops import (
    ACCESS,
    ACCUMULATOR,
    ANYWHERE,
    READ,
    REGISTER,
    STREAM,
    UNIT,
    VECTOR,
    WRITE,
    Stop,
    Stops,
    Watch,
)  # fmt: skip

MOST = 40  # stops looked at
Seen = tuple[tuple[Stop, ...], State]  # all stops of a cycle, and the state there


def some_stops(rng: Random, spec: MachineSpec, length: int) -> Stops:
    """A few breakpoints and watches, most of what programs do use."""
    breakpoints = frozenset(rng.randrange(length) for _ in range(rng.randrange(3))) if length else frozenset()
    return Stops(breakpoints, tuple(some_watch(rng, spec) for _ in range(rng.randrange(5))))


def some_watch(rng: Random, spec: MachineSpec) -> Watch:
    kind = rng.choice((WRITE, READ, ACCESS, REGISTER, VECTOR, ACCUMULATOR, STREAM, UNIT))
    limits = {REGISTER: 33, VECTOR: 16, ACCUMULATOR: 40, STREAM: 64, UNIT: 333}
    limit = limits.get(kind, spec.sram_bytes)
    first = rng.randrange(limit)
    last = min(limit - 1, first + rng.choice((0, 0, 3, 40, limit)))
    places = {ACCUMULATOR: range(4), STREAM: range(ANYWHERE, spec.positions)}
    return Watch(kind, first, last, rng.choice(places.get(kind, (ANYWHERE,))))


def stopping(engine: Engine, until: int) -> Iterator[Seen]:
    """Run to a cycle, from stop to stop."""
    while engine.run(until) == STOPPED:
        yield engine.stops_hit, engine.state


def stop_alike(engines: Pair, stops: Stops, until: int) -> None:
    """Go from stop to stop in both, then to the end without them."""
    golden, core = engines
    for engine in engines:
        engine.set_stops(stops)
    status, count = STOPPED, 0
    while status == STOPPED and count < MOST:
        status, count = golden.run(until), count + 1
        assert core.run(until) == status
        assert core.stops_hit == golden.stops_hit
        assert_same(golden, core)
    for engine in engines:
        engine.set_stops(Stops())
    assert core.run(until) == golden.run(until)
    assert_same(golden, core)
