"""Generated timelines moved past each other do what they do one after the other, or the overlap is refused."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from burst_strategies import Timed, text_of
from engine_pairs import LIMIT, engines
from hypothesis import assume, given
from hypothesis import strategies as st

from asm.check.view import CheckedOp
from asm.link import link
from asm.overlap.steps import landed as landing_of
from asm.overlap.steps import step
from conform.skeleton import Skeleton
from conform.tensor_plan import Planner
from isa.diagnostics import SourceError
from isa.image import Image
from isa.machine import LPU_TINY
from vm.engine import HALTED, Engine
from vm.items import Accumulator, Map, Plane, Vector

SPEC = LPU_TINY
LASTING = (Vector, Plane, Accumulator, Map)
seeds = st.integers(0, (1 << 32) - 1)


class Straight(Skeleton):
    """A frame without jumps and loops."""

    def _jump(self) -> None:
        self._straight()

    def _loop(self) -> None:
        self._straight()


def planned(rng: Random) -> list[Timed]:
    """A legal program of a few ops with their cycles, without its `halt`."""
    planner = Planner(rng, SPEC, Straight(rng, rng.randint(20, 40)))
    for _ in range(rng.choice((1, 2, 3, 5))):
        planner.try_any()
    return [(slot.cycles[0], op) for slot in planner.frame.slots[1:] for op in slot.ops if not op.row.control]


def landed(timed: Sequence[Timed]) -> int:
    return landing_of([step(cycle, CheckedOp(op.row, op.values), SPEC) for cycle, op in timed])


def later(timed: Sequence[Timed], cycles: int) -> list[Timed]:
    return [(cycle + cycles, op) for cycle, op in timed]


def outcome(seed: int, text: Sequence[int]) -> dict[str, Any] | None:
    """What a program leaves behind; None when it faults. The engines are compared elsewhere."""
    _, core = engines(Random(seed), SPEC, text)
    return left_by(core) if core.run(LIMIT) == HALTED else None


def left_by(engine: Engine) -> dict[str, Any]:
    state = engine.state
    lasting = [item for item in state.tensor if isinstance(item, LASTING)]
    return {
        "memory": bytes(engine.sram()), "written": bytes(engine.written()), "registers": state.registers,
        "cc": state.cc, "tensor": lasting,
    }  # fmt: skip


def linked(*programs: Sequence[Timed], overlap: int | str) -> list[int]:
    """The text that programs make together."""
    objects = [Image(SPEC, text_of(list(timed)), name=f"{k}.o") for k, timed in enumerate(programs)]
    return link(objects, overlap=overlap).text


def in_turn(*programs: Sequence[Timed]) -> list[int]:
    """The text of programs each of which begins when nothing of the one before is left, on streams neither."""
    together: list[Timed] = []
    for timed in programs:
        together += later(timed, landed(together) + SPEC.positions)
    return text_of(together)


@given(seeds, st.integers(0, 80))
def test_what_overlaps_computes_what_it_does_one_after_the_other(seed: int, shared: int) -> None:
    rng = Random(seed)
    first, second = planned(rng), planned(rng)
    apart = outcome(seed, in_turn(first, second))
    assume(first and second and apart is not None)
    try:
        text = linked(first, second, overlap=min(shared, landed(first)))
    except SourceError as problem:
        assert {diagnostic.code for diagnostic in problem.diagnostics} == {"E-OVERLAP"}
        text = linked(first, second, overlap="max")
    assert outcome(seed, text) == apart


@given(seeds)
def test_three_in_a_row(seed: int) -> None:
    rng = Random(seed)
    programs = [planned(rng) for _ in range(3)]
    apart = outcome(seed, in_turn(*programs))
    assume(all(programs) and apart is not None)
    assert outcome(seed, linked(*programs, overlap="max")) == apart
