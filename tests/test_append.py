"""Text appended behind a program: it changes nothing for the program, and runs where a state leads there."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from engine_pairs import LIMIT, Pair, assert_same, engines, run_both
from hypothesis import given
from hypothesis import strategies as st

from conform.build import addresses, image, op, text
from conform.generate import SPEC, legal_programs, wild_programs
from conform.tensor_plan import planned
from conform.tensor_wild import any_machine, wild_program
from isa import codec
from isa.codec import CodecError, Op
from isa.faults import NUMBER
from isa.machine import LPU_TINY
from vm.engine import FAULT, HALTED, RUNNING, STOPPED, Engine, State
from vm.machine import Machine
from vm.stops import Stops

seeds = st.integers(0, (1 << 32) - 1)
cycles = st.integers(0, 60)
COUNT = op("add rd, ra, imm", rd=1, ra=1, imm=1)
HALT = op("halt [code]")


def append(pair: tuple[Engine, ...], syllables: list[int]) -> int:
    """Append to both engines, which put it at one address."""
    (address,) = {engine.append(codec.to_bytes(syllables)) for engine in pair}
    return address


def enter(pair: tuple[Engine, ...], address: int) -> None:
    for engine in pair:
        state = engine.state
        engine.set_state(replace(state, pc=address, fetch_ended=False, exit_code=0, next_fetch=state.cycle))


def loaded(engine: str, *bundles: list[Op]) -> Engine:
    return Machine(image(*bundles), engine).engine


# What it changes ------------------------------------------------------------------------------
def test_no_bundle_is_one() -> None:
    with pytest.raises(CodecError):
        codec.decode_bundle([codec.NO_BUNDLE, codec.NO_BUNDLE], 0)
    assert codec.bundle_starts([codec.NO_BUNDLE, 0]) == [0, 1]


@given(legal_programs(), seeds, cycles, st.integers(1, 3))
def test_a_program_runs_on_as_if_nothing_had_been_appended(
    program: list[int], seed: int, cycle: int, times: int
) -> None:
    plain, pair = (engines(Random(seed), SPEC, program) for _ in range(2))
    run_to(plain, cycle)
    run_to(pair, cycle)
    for _ in range(times):
        append(pair, text([COUNT], [HALT]))
    assert run_both(pair) == HALTED
    plain[0].run(LIMIT)
    assert_same(plain[0], pair[1])


@given(seeds, cycles)
def test_a_tensor_program_runs_on_as_if_nothing_had_been_appended(seed: int, cycle: int) -> None:
    rng = Random(seed)
    spec = any_machine(rng)
    program = (planned if rng.randrange(2) else wild_program)(rng, spec).text()
    plain, pair = (engines(Random(seed), spec, program) for _ in range(2))
    run_to(plain, cycle)
    run_to(pair, cycle)
    append(pair, planned(rng, spec).text())
    run_both(pair)
    plain[0].run(LIMIT)
    assert_same(plain[0], pair[1])


def run_to(pair: Pair, cycle: int) -> None:
    for engine in pair:
        engine.run(cycle)


# What runs there ------------------------------------------------------------------------------
@given(seeds, st.booleans())
def test_a_tensor_program_does_behind_another_what_it_does_alone(seed: int, is_first: bool) -> None:
    rng = Random(seed)
    spec = any_machine(rng)
    program = planned(rng, spec).text() + text([HALT])
    alone, pair = (engines(Random(seed), spec, text) for text in (program, text([COUNT], [HALT])))
    if not is_first:
        append(pair, text([COUNT]))
    address = append(pair, moved_text(program, 3 if is_first else 5))
    enter(pair, address)
    assert run_both(alone) == run_both(pair) == HALTED
    assert moved(alone[0].state, address) == pair[0].state
    assert bytes(alone[0].sram()) == bytes(pair[0].sram())


def moved_text(program: list[int], address: int) -> list[int]:
    """A program for another address; its jumps go where they went."""
    bundles = [codec.decode_bundle(program, start)[0] for start in codec.bundle_starts(program)]
    return text(*([op_moved(one, address) for one in bundle] for bundle in bundles))


def op_moved(one: Op, address: int) -> Op:
    return one.with_field("target", one["target"] + address) if "target" in one.row.format.names else one


def moved(state: State, address: int) -> State:
    """The state of a program that stands elsewhere."""
    items = tuple(item._replace(pc=item.pc + address) if hasattr(item, "pc") else item for item in state.tensor)
    return replace(state, pc=state.pc + address, tensor=items)


@given(wild_programs(), wild_programs(), seeds, cycles)
def test_both_engines_run_wild_programs_behind_others_alike(
    first: list[int], second: list[int], seed: int, cycle: int
) -> None:
    pair = engines(Random(seed), SPEC, first)
    run_to(pair, cycle)
    enter(pair, append(pair, second))
    run_both(pair, [cycle + 5])


@given(seeds)
def test_both_engines_run_wild_tensor_programs_behind_others_alike(seed: int) -> None:
    rng = Random(seed)
    spec = any_machine(rng)
    pair = engines(Random(seed), spec, wild_program(rng, spec).text(), strict=rng.randrange(2) == 0)
    run_to(pair, rng.randrange(60))
    enter(pair, append(pair, wild_program(rng, spec).text()))
    run_both(pair, [rng.randrange(60)])


# Where it begins and ends ---------------------------------------------------------------------
def test_the_program_ends_where_it_did(engine: str) -> None:
    machine = loaded(engine, [COUNT])
    end = addresses([COUNT])[-1]
    assert machine.append(codec.to_bytes(text([COUNT]))) == end + 1
    assert machine.run(LIMIT) == HALTED
    assert machine.state.registers[1] == 1 and machine.state.pc == end


def test_what_is_appended_ends_in_no_bundle_where_a_breakpoint_may_be(engine: str) -> None:
    machine = loaded(engine, [HALT])
    address = machine.append(codec.to_bytes(text([COUNT], [COUNT])))
    after = address + addresses([COUNT], [COUNT])[-1]
    enter((machine,), address)
    machine.set_stops(Stops(frozenset({after})))
    assert machine.run(LIMIT) == STOPPED
    assert (machine.state.pc, machine.state.registers[1]) == (after, 2)
    assert sum(machine.issue_counts().values()) == 2
    assert machine.run(LIMIT) == FAULT
    assert machine.fault is not None and machine.fault.code == NUMBER["E-ILLEGAL"]


@pytest.mark.parametrize("beyond", [0, 1])
def test_a_breakpoint_at_the_end_of_the_program_is_no_stop(engine: str, beyond: int) -> None:
    machine = loaded(engine, [COUNT])
    machine.append(codec.to_bytes(text([COUNT])))
    machine.set_stops(Stops(frozenset({addresses([COUNT])[-1] + beyond})))
    assert machine.run(LIMIT) == HALTED


def test_loops_of_the_program_do_not_reach_what_is_appended(engine: str) -> None:
    program = [[op("loop imm, target", imm=2, target=9)], [COUNT]]
    end = addresses(*program)[-1]
    machine = loaded(engine, [program[0][0].with_field("target", end + 2)], [COUNT])
    machine.append(codec.to_bytes(text([COUNT], [COUNT])))
    assert machine.run(LIMIT) == FAULT
    assert machine.fault is not None and machine.fault.code == NUMBER["E-LOOP"]


def test_loops_run_in_what_is_appended_up_to_its_end(engine: str) -> None:
    machine = loaded(engine, [HALT])
    start = addresses([HALT])[-1] + 1
    loop = op("loop imm, target", imm=5, target=start)
    body = start + addresses([loop])[-1]
    loop = loop.with_field("target", body + 1)
    assert machine.append(codec.to_bytes(text([loop], [COUNT]))) == start
    enter((machine,), start)
    machine.set_stops(Stops(frozenset({body + 1})))
    assert machine.run(LIMIT) == STOPPED
    assert machine.state.registers[1] == 5 and not machine.state.loops


def test_the_program_may_call_and_return_there(engine: str) -> None:
    machine = loaded(engine, [HALT], [COUNT], [op("ret ra", ra=31)])
    address = machine.append(codec.to_bytes(text([op("call rd, target", target=1, rd=31)], [COUNT])))
    enter((machine,), address)
    machine.set_stops(Stops(frozenset({address + 2})))
    assert machine.run(LIMIT) == STOPPED
    assert machine.state.registers[1] == 2


def test_states_of_what_is_appended_come_back(engine: str) -> None:
    machine = loaded(engine, [HALT])
    address = machine.append(codec.to_bytes(text([op("mul rd, ra, rb", rd=2, ra=1, rb=1)], [COUNT], [COUNT])))
    enter((machine,), address)
    assert machine.run(1) == RUNNING
    kept = machine.state
    machine.run(2)
    machine.set_state(kept)
    assert machine.state == kept and kept.in_flight[0].pc == address


def test_there_is_room_up_to_the_size_of_the_store(engine: str) -> None:
    spec = replace(LPU_TINY, text_syllables=8)
    machine = Machine(image([HALT], machine=spec), engine).engine
    machine.append(codec.to_bytes(text(*[[COUNT]] * 5)))
    with pytest.raises(ValueError, match=r"1 more syllables do not fit; lpu-tiny has room for 0"):
        machine.append(codec.to_bytes(text([COUNT])))
    assert machine.run(LIMIT) == HALTED


def test_half_a_syllable_is_no_text(engine: str) -> None:
    with pytest.raises(ValueError, match="12 bytes"):
        loaded(engine, [HALT]).append(bytes(12))
