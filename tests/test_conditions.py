"""Conditions on numbers: which patterns fulfil them, and what there cannot be."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest
from test_stops import PLACES, counting

from debugger.history import History
from isa import layout
from isa.types import TYPES
from vm.conditions import DIFFERS, INSIDE, NAN, OUTSIDE, Condition, Elements, Run, check_elements, order_ranges
from vm.engine import HALTED, STOPPED
from vm.stops import REGISTER, WRITE, Guard, Stops, Watch

NARROW = [name for name, t in TYPES.items() if t.bits <= 16]
LIMITS = (0, 1, -1, 0.5, -0.0, 65504, 65505, 1e-7, -300.25, np.inf, -np.inf)


def numbers(name: str) -> Any:
    """The number that each pattern of a type is, by pattern, float64[patterns]."""
    t = TYPES[name]
    patterns = np.arange(1 << t.bits, dtype=np.uint16)
    if t.bits < 8:
        return np.where(patterns > 7, patterns.astype(np.int64) - 16, patterns).astype(np.float64)
    with np.errstate(invalid="ignore"):
        return patterns.astype(f"<u{t.bits // 8}").view(layout.dtype(t)).astype(np.float64)


def places(name: str) -> Any:
    """Where each pattern stands in order, int64[patterns]."""
    t = TYPES[name]
    patterns, top = np.arange(1 << t.bits, dtype=np.int64), 1 << t.bits - 1
    if t.kind == "f":
        return np.where(patterns & top, len(patterns) - 1 - patterns, patterns | top)
    return patterns ^ top if t.kind == "i" else patterns


@pytest.mark.parametrize("name", NARROW)
def test_ranges_hold_just_the_patterns_that_fulfil_a_condition(name: str) -> None:
    found, order, rng = numbers(name), places(name), Random(name)
    for _ in range(40):
        low, high = sorted((rng.choice(LIMITS), rng.choice(LIMITS)))
        inside = (low <= found) & (found <= high)
        expected = {INSIDE: inside, OUTSIDE: (found < low) | (high < found)}
        expected |= {NAN: np.isnan(found)} if TYPES[name].kind == "f" else {}
        for kind, fulfilled in expected.items():
            held = np.zeros(len(found), np.bool_)
            for first, last in order_ranges(Condition(kind, name, low, high)):
                held |= (first <= order) & (order <= last)
            assert held.tolist() == fulfilled.tolist()


# What there cannot be -------------------------------------------------------------------------
WORDS = Elements(32, 1, (Run(0, 0, 8),))


@pytest.mark.parametrize(
    "condition, elements, message",
    [
        (Condition("colour", "i32"), WORDS, "there is no condition 'colour' on type 'i32'"),
        (Condition(NAN, "i32"), WORDS, "no number of type i32 is a NaN"),
        (Condition(INSIDE, "i32", 2, 1), WORDS, "no number lies between 2 and 1"),
        (Condition(INSIDE, "i32"), Elements(32, 1, ()), "elements come in runs of at least one"),
        (Condition(INSIDE, "i32"), Elements(32, 1, (Run(0, 64, 1), Run(1, 0, 1))), "not in the order of memory"),
        (Condition(INSIDE, "i32"), Elements(32, 1, (Run(0, 8 * 4096 - 24, 1),)), "reach outside SRAM of 4096 bytes"),
        (Condition(INSIDE, "i32"), Elements(32, 1, (Run(0, 4, 1),)), "begin within a byte"),
        (Condition(DIFFERS, "i32", golden=bytes(31)), WORDS, "elements up to number 7; 7 golden ones are known"),
    ],
)
def test_elements_that_cannot_be_are_refused(condition: Condition, elements: Elements, message: str) -> None:
    with pytest.raises(ValueError) as raised:
        check_elements(condition, elements, 4096)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    "stops",
    [
        Stops(watches=(Watch(REGISTER, 0, 0, test=Condition(INSIDE, "f16")),)),
        Stops(watches=(Watch(REGISTER, 0, 0, test=Condition(INSIDE, "i32"), elements=WORDS),)),
        Stops(watches=(Watch(WRITE, 0, 3, test=Condition(INSIDE, "i32")),)),
        Stops(watches=(Watch("read", 0, 3, test=Condition(INSIDE, "i32"), elements=WORDS),)),
        Stops(guards=(Guard(1 << 20),)),
        Stops(guards=(Guard(0, 33),)),
        Stops(guards=(Guard(0, 0, None, -1),)),
    ],
    ids=str,
)
def test_tests_of_what_has_no_such_numbers_are_refused(engine: str, stops: Stops) -> None:
    with pytest.raises(ValueError):
        counting(engine).set_stops(stops)


# Guards in a history --------------------------------------------------------------------------
def test_a_guard_ignores_over_all_pieces_of_a_run_and_nothing_looking_back(engine: str) -> None:
    history = History(counting(engine), spacing=0)
    body = PLACES[1]  # issues in cycles 1, 8, 15
    assert history.run(stops=Stops(guards=(Guard(body, ignore=2),))) == STOPPED
    assert history.cycle == 15
    odd = Guard(body, 1, Condition(INSIDE, "u32", 1, 1), ignore=9)  # r1 is 0, 1, 2 there
    assert history.run() == HALTED
    last = history.last(Stops(guards=(odd,)), history.cycle)
    assert last is not None
    assert (last.kind, last.number, last.cycle, last.pc) == ("guard", 0, 8, body)
