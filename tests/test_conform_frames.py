"""Frames of programs: bundles issue when they are said to, and all that control can do is among them."""

from __future__ import annotations

from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from conform.compose import Composer
from conform.frame import DEEPEST, Frame
from conform.mix import Mix
from conform.program import Program
from conform.target import LIMIT, EngineTarget, Target
from conform.timetable import encoded
from isa.machine import LPU_TINY
from isa.table import SCALAR_ROWS
from vm.engine import HALTED

seeds = st.integers(0, (1 << 32) - 1)
EMPTY = Mix(control=3, items=(0, 0), length=(4, 40))


LONG = Mix(control=9, items=(0, 0), length=(80, 120))


def empty(seed: int, mix: Mix = EMPTY) -> tuple[Frame, Program]:
    """A frame, and the program that it is when nothing is entered."""
    composer = Composer(Random(seed), LPU_TINY, mix)
    assert isinstance(composer.frame, Frame)
    return composer.frame, composer.program()


def addresses(program: Program) -> list[int]:
    """Where each bundle begins."""
    found = [0]
    for bundle in program.bundles:
        found.append(found[-1] + len(encoded(bundle)))
    return found[:-1]


def loaded(engine: str, program: Program) -> Target:
    target = EngineTarget(engine)
    target.load(program.image())
    return target


@given(seeds)
def test_bundles_issue_in_the_cycles_told(seed: int) -> None:
    """Each as often as it is told, and, after every cycle told, once more than before it."""
    frame, program = empty(seed)
    target = loaded("core", program)
    places = addresses(program)
    for cycle, slot in sorted(frame.by_cycle.items()):
        place = places[frame.slots.index(slot)]
        target.run(cycle)
        before = target.counts().get(place, 0)
        target.run(cycle + 1)
        assert target.counts()[place] == before + 1
    assert target.run(LIMIT).status == HALTED
    assert target.counts() == {
        place: len(slot.cycles) for place, slot in zip(places, frame.slots, strict=True) if slot.cycles
    }


@given(seeds)
def test_fetching_ends_in_the_cycle_told(seed: int) -> None:
    frame, program = empty(seed)
    for engine in ("reference", "core"):
        target = loaded(engine, program)
        assert target.run(LIMIT)[:2] == (HALTED, frame.now)
        assert target.state().fetch_ended


def test_all_that_control_can_do_is_reached() -> None:
    """Every control op, loops as deep as the stack, calls in calls, entries that stay on the stack, dead bundles."""
    rows: Counter[str] = Counter()
    depths, links, dead = set(), set(), 0
    for seed in range(60):
        frame, program = empty(seed, LONG)
        live = [one for slot in frame.slots if slot.cycles for one in slot.ops]
        rows.update(one.row.key for one in live)
        links |= {one["rd"] for one in live if one.row.control == "call"}
        dead += any(not slot.cycles for slot in frame.slots)
        target = loaded("core", program)
        for cycle in frame.by_cycle:
            target.run(cycle)
            depths.add(len(target.state().loops))
        target.run(LIMIT)
        depths.add(("at the end", bool(target.state().loops)))
    assert {row.key for row in SCALAR_ROWS if row.control and row.control != "trap"} <= set(rows)
    assert {*range(DEEPEST + 1), ("at the end", True)} <= depths
    assert len(links) > 1
    assert dead
