"""Items in one block: a tuple of them to whoever looks, and back into machines, this one and others."""

from __future__ import annotations

import pickle
from pathlib import Path
from random import Random

import pytest

import lpu
from isa.records import replace
from vm._core import ffi, lib
from vm.items import HEADER, Packed, blocks
from vm.machine import Machine

PROGRAMS = Path(__file__).resolve().parent.parent / "programs" / "tensor"
SOFTMAX = lpu.assemble(PROGRAMS / "softmax.s", defines={"rows": 8})


def busy(engine: str = "core", cycle: int = 40) -> Machine:
    """A run with values on streams, results on their way, v registers and bursts."""
    made = Machine(SOFTMAX, engine, uninit="zero")
    made.step(cycle)
    return made


def block_of(made: Machine) -> bytes:
    found = made.state.tensor
    assert isinstance(found, Packed)
    return bytes(found.block)


def test_it_is_like_the_tuple_of_the_golden_model() -> None:
    packed, items = busy().state.tensor, busy("reference").state.tensor
    assert packed and "all" not in vars(packed)  # nobody looked yet
    assert isinstance(packed, Packed) and isinstance(items, tuple) and items
    assert packed == items and items == packed and packed == busy().state.tensor
    assert busy().state == busy("reference").state and busy().state != busy(cycle=41).state
    assert bool(packed) and len(packed) == len(items) and list(packed) == list(items) and packed[1:] == items[1:]
    assert hash(packed) == hash(items) and repr(packed) == repr(items)
    assert pickle.loads(pickle.dumps(packed)) == items
    assert sum(map(len, blocks(packed))) == sum(HEADER.size + -(-len(item.data) // 8) * 8 for item in items)


def test_an_idle_face_has_no_items() -> None:
    assert busy(cycle=0).state.tensor == ()


@pytest.mark.parametrize("engine", ["core", "reference"])
def test_runs_go_on_from_it_alike(engine: str) -> None:
    first, other = busy(), Machine(SOFTMAX, engine, uninit="zero")
    saved = first.snapshot()
    for made in (first, other):
        made.restore(saved)
        assert made.state == saved.state
        made.step(30)
        assert made.state == busy(cycle=70).state


def test_what_is_of_another_cycle_is_looked_at_in_detail() -> None:
    made = busy()
    before = made.state
    with pytest.raises(ValueError, match="cannot be"):
        made.engine.set_state(replace(before, cycle=before.cycle - 20, next_fetch=before.cycle, settled=0))
    assert made.state == before


def test_what_is_of_another_program_is_refused() -> None:
    before = busy().state
    other = Machine(lpu.assemble(PROGRAMS / "vector_add_relu.s"), uninit="zero")
    with pytest.raises(ValueError, match="no run of this program leaves"):
        other.engine.set_state(replace(before, pc=0))
    assert other.state.tensor == ()


@pytest.mark.parametrize("seed", range(20))
def test_damaged_blocks_harm_nothing(seed: int) -> None:
    rng, made = Random(seed), busy()
    damaged, state = bytearray(block_of(made)), made.state
    for _ in range(rng.choice([1, 3, 50])):
        damaged[rng.randrange(len(damaged)) // 8 * 8 + rng.randrange(8)] = rng.randrange(256)
    del damaged[rng.choice([len(damaged), rng.randrange(len(damaged))]) :]
    made.engine.set_state(replace(state, tensor=()))
    lib.lpu_unpack_items(made.engine._machine, ffi.from_buffer("uint8_t[]", damaged), len(damaged))  # type: ignore[attr-defined]
    made.engine.set_state(state)
    made.run()
    whole = busy()
    whole.run()
    assert made.state == whole.state and made.outputs() == whole.outputs()


def test_scalars_are_the_state_without_items(engine: str) -> None:
    made = busy(engine)
    assert made.engine.scalars == replace(made.state, tensor=())
    assert not made.halted and made.run() == "halted" and made.halted
