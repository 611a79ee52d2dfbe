"""Conformance programs as values, and comparing two targets on them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from profile_tools import part_of_examples

from asm.assemble import assemble
from conform.build import op
from conform.compare import difference
from conform.generate import legal_programs
from conform.program import Chunk, Program, from_text
from conform.target import EngineTarget, Outcome
from conform.tensor_plan import planned
from conform.tensor_wild import any_machine
from isa import codec
from isa.machine import LPU_TINY
from vm.engine import State
from vm.loader import load


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """A scalar or a tensor program, with bytes of memory anywhere."""
    rng = draw(st.randoms(use_true_random=False))
    if draw(st.booleans()):
        spec, text = LPU_TINY, draw(legal_programs())
    else:
        spec = any_machine(rng)
        text = planned(rng, spec).text()
    address = 4 * rng.randrange(spec.words)
    return from_text(
        spec, text, [Chunk(address, rng.randbytes(4 * rng.randrange(1 + min(200, spec.words - address // 4))))], "zero"
    )


@part_of_examples(4)
@given(programs())
def test_an_image_is_the_program(program: Program) -> None:
    image = program.image()
    assert from_text(program.spec, image.text, program.memory, program.uninit) == program
    (chunk,) = program.memory
    engine = load(image, "core")
    assert bytes(engine.sram()[chunk.address : chunk.address + len(chunk.data)]) == chunk.data
    assert sum(byte.bit_count() for byte in engine.written()) == len(chunk.data)


@part_of_examples(4)
@given(programs())
def test_the_source_of_a_program_is_the_program(program: Program) -> None:
    result = assemble(program.source(), machine=program.spec)
    assert result.image is not None
    assert result.image.text == program.text()


@part_of_examples(4)
@given(programs())
def test_the_engines_conform(program: Program) -> None:
    assert difference(EngineTarget("reference"), EngineTarget("core"), program, limit=200) is None


@given(st.lists(st.integers(0, codec.SYLLABLE_MASK), max_size=3), st.integers(0, 5), st.integers(1, 2))
def test_what_stands_behind_the_bundles_is_kept(rest: list[int], beyond: int, times: int) -> None:
    """Syllables that are no bundles, jumps behind the end of all, and a bundle that claims a unit twice."""
    moves = (op("mov rd, imm", u=1, rd=3, imm=1 << 31),) * times
    tail = (codec.NO_BUNDLE, *rest)
    program = Program(LPU_TINY, (moves, (op("jmp target", target=2 + beyond),)), tail=tail)
    text = program.text()
    assert text[-len(tail) :] == list(tail)
    assert codec.decode(text, len(text) - len(tail) - 1)[0]["target"] == len(text) - len(tail) + beyond
    assert from_text(LPU_TINY, text) == program


def test_a_jump_into_a_bundle_is_kept() -> None:
    two = [*codec.encode(op("mov rd, imm", rd=1)), *codec.encode(op("mov rd, imm", u=1, rd=2), stop=True)]
    text = [*codec.encode(op("jmp target", target=2), stop=True), *two, *codec.encode(op("halt [code]"), stop=True)]
    program = from_text(LPU_TINY, text)
    assert program.text() == text
    assert (len(program.bundles), list(program.tail)) == (1, text[1:])


class Wrong(EngineTarget):
    """An implementation with a bit of r1 wrong from a cycle on."""

    def __init__(self, since: int) -> None:
        super().__init__("core")
        self.since = since

    def run(self, until: int) -> Outcome:
        found = super().run(until)
        if found.cycle >= self.since:
            self.engine.set_register(1, self.engine.state.registers[1] ^ 4)
        return found


@pytest.mark.parametrize("since", [1, 2, 17, 40])
def test_the_first_cycle_with_a_difference_is_found(since: int) -> None:
    program = from_text(LPU_TINY, assembled("nop 50\n        halt 0\n"))
    found = difference(EngineTarget("reference"), Wrong(since), program)
    assert found is not None
    assert (found.cycle, found.what, found.expected, found.observed) == (since, "r1", "0x00000000", "0x00000004")


def assembled(source: str) -> list[int]:
    result = assemble(f"        {source}", machine=LPU_TINY)
    assert result.image is not None
    return result.image.text


def test_states_are_states() -> None:
    target = EngineTarget("core")
    target.load(from_text(LPU_TINY, assembled("halt 3\n")).image())
    assert target.run(9) == Outcome("halted", 1)
    assert isinstance(target.state(), State)
    assert target.state().exit_code == 3
