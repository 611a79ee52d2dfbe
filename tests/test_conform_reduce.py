"""The reducer: what is left still fails, nothing of it can be left out, and what need not move keeps its cycle."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from conform.build import op
from conform.edits import ops_of, without_bundles, without_ops
from conform.program import WAIT, Bundle, Chunk, Program
from conform.reduce import reduce
from conform.strategies import sample
from isa.codec import Op
from isa.machine import LPU_TINY

MOV = "mov rd, imm"


def mov(rd: int, imm: int) -> Bundle:
    return (op(MOV, rd=rd, imm=imm),)


def wait(count: int) -> Bundle:
    return (op("nop count", count=count),)


def program(*bundles: Bundle, memory: tuple[Chunk, ...] = ()) -> Program:
    return Program(LPU_TINY, bundles, memory)


def movs(one: Program, start: int = 0, stop: int | None = None) -> list[Op]:
    return [each for bundle in one.bundles[start:stop] for each in bundle if each.row.key == MOV]


def issues(one: Program) -> list[tuple[int, str]]:
    """(cycle, mnemonic) of straight code, waits left out."""
    found, cycle = [], 0
    for bundle in one.bundles:
        found += [(cycle, each.row.mnemonic) for each in bundle if each.row.control != "nop"]
        cycle += max(each["count"] if each.row.control == "nop" else 1 for each in bundle)
    return found


def test_what_is_not_needed_goes_and_numbers_become_simple() -> None:
    whole = program(mov(3, 77), wait(9), mov(4, 5), mov(9, 1 << 20), wait(3), mov(5, 6))
    found = reduce(
        whole, lambda one: any(each.row.key == MOV and each["imm"] >= 100 for b in one.bundles for each in b)
    )
    assert found == program(mov(0, 100))


def test_a_distance_in_time_is_kept() -> None:
    def fails(one: Program) -> bool:
        at = {name: cycle for cycle, name in reversed(issues(one))}
        return "mov" in at and "halt" in at and at["halt"] - at["mov"] >= 5

    whole = program(wait(4), mov(1, 2), mov(2, 3), wait(2), mov(3, 4), wait(30), (op("halt [code]", code=7),))
    found = reduce(whole, fails)
    assert issues(found) == [(0, "mov"), (5, "halt")]
    assert found == program((*mov(0, 0), *wait(5)), (op("halt [code]", code=0),))


def test_memory_shrinks_to_the_words_needed_and_to_zeros() -> None:
    data = bytes(range(1, 65))

    def fails(one: Program) -> bool:
        return any(
            c.address <= 128 and c.address + len(c.data) > 131 and c.data[131 - c.address] == 32 for c in one.memory
        )

    found = reduce(program((WAIT,), memory=(Chunk(0, data), Chunk(100, data), Chunk(400, data))), fails)
    assert found.memory == (Chunk(128, bytes([0, 0, 0, 32])),)


def test_jumps_go_where_they_went() -> None:
    def fails(one: Program) -> bool:
        targets = [each["target"] for bundle in one.bundles for each in bundle if each.row.control == "jump"]
        return any(each["rd"] == 3 for target in targets for each in movs(one, target, target + 1))

    jump = (op("jmp target", target=3),)
    found = reduce(program(mov(1, 1), jump, mov(2, 2), mov(3, 3), mov(4, 4)), fails)
    assert found == program((op("jmp target", target=0), *mov(3, 0)))


@given(st.integers(0, 1 << 32))
def test_the_result_fails_and_is_minimal(seed: int) -> None:
    rng = Random(seed)
    whole = sample(rng)
    wanted = {one.row for number, slot in ops_of(whole) for one in [whole.bundles[number][slot]] if rng.random() < 0.3}

    def fails(one: Program) -> bool:
        return wanted <= {each.row for bundle in one.bundles for each in bundle}

    found = reduce(whole, fails)
    assert fails(found)
    assert found.memory == ()
    assert not any(fails(without_ops(found, [place])) for place in ops_of(found))
    assert len(found.bundles) == 1 or not any(
        fails(without_bundles(found, range(number, number + 1))) for number in range(len(found.bundles))
    )


@given(st.integers(0, 1 << 32), st.integers(0, 30))
def test_tries_are_bounded_and_the_result_depends_on_nothing_else(seed: int, limit: int) -> None:
    whole = sample(Random(seed))
    tried: list[Program] = []

    def fails(one: Program) -> bool:
        tried.append(one)
        return one.ops >= 1

    found = reduce(whole, fails, limit)
    assert len(tried) <= limit
    assert found == reduce(whole, lambda one: one.ops >= 1, limit)
