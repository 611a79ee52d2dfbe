"""The golden model and the core do the same on generated tensor programs: states, memory, statistics, faults."""

from __future__ import annotations

from random import Random

from engine_pairs import LIMIT, assert_same, engines, run_both
from hypothesis import given
from hypothesis import strategies as st

from conform.tensor_broken import break_some
from conform.tensor_crowd import crowd
from conform.tensor_plan import plan, planned
from conform.tensor_planted import planted
from conform.tensor_wild import any_machine, wild_program
from isa.faults import NUMBER
from vm.engine import HALTED, UNINIT_MODES
from vm.items import Lost

seeds = st.integers(0, (1 << 32) - 1)
modes = st.sampled_from(UNINIT_MODES)
cuts = st.lists(st.integers(0, 90), max_size=2).map(sorted)
parts = st.sampled_from([1.0, 0.5])


@given(seeds, cuts)
def test_legal_programs_run_alike_to_their_end(seed: int, cuts: list[int]) -> None:
    rng = Random(seed)
    spec = any_machine(rng)
    program = planned(rng, spec)
    pair = engines(rng, spec, program.text())
    assert run_both(pair, cuts) == HALTED, (pair[0].fault, program)


@given(seeds, cuts, modes, st.booleans(), parts)
def test_broken_programs_run_alike(seed: int, cuts: list[int], mode: str, strict: bool, part: float) -> None:
    rng = Random(seed)
    spec = any_machine(rng)
    program = planned(rng, spec)
    break_some(rng, spec, program)
    run_both(engines(rng, spec, program.text(), mode, strict, part), cuts)


@given(seeds, modes, st.booleans(), parts)
def test_one_fault_of_many_in_a_cycle_is_the_same(seed: int, mode: str, strict: bool, part: float) -> None:
    rng = Random(seed)
    spec = any_machine(rng)
    program = planned(rng, spec)
    crowd(rng, spec, program)
    run_both(engines(rng, spec, program.text(), mode, strict, part))


@given(seeds, cuts, modes, st.booleans(), parts)
def test_wild_programs_run_alike(seed: int, cuts: list[int], mode: str, strict: bool, part: float) -> None:
    rng = Random(seed)
    spec = any_machine(rng)
    run_both(engines(rng, spec, wild_program(rng, spec).text(), mode, strict, part), cuts)


@given(seeds)
def test_the_states_of_all_cycles_are_equal(seed: int) -> None:
    rng = Random(seed)
    spec = any_machine(rng)
    golden, core = engines(rng, spec, planned(rng, spec).text())
    for cycle in range(LIMIT):
        status = golden.run(cycle)
        assert core.run(cycle) == status
        assert_same(golden, core)
        if status == HALTED:
            break


@given(seeds, st.integers(0, 90), modes)
def test_either_engine_goes_on_from_the_state_of_the_other(seed: int, cut: int, mode: str) -> None:
    rng = Random(seed)
    spec = any_machine(rng)
    program = planned(rng, spec)
    if rng.randrange(2):
        break_some(rng, spec, program)
    golden, core = engines(rng, spec, program.text(), mode)
    golden.run(cut)
    core.run(cut)
    one, other = golden.state, core.state
    golden.set_state(other)
    core.set_state(one)
    run_both((golden, core), [cut, cut + 1])


@given(seeds)
def test_the_fault_of_a_program_is_the_one_planted(seed: int) -> None:
    rng = Random(seed)
    spec = any_machine(rng)
    program, told = planted(rng, spec)
    pair = engines(rng, spec, program.text())
    run_both(pair)
    fault = pair[0].fault
    assert told == ((fault.cycle, fault.code) if fault else None), program


@given(seeds)
def test_the_values_lost_are_those_that_nobody_samples(seed: int) -> None:
    rng = Random(seed)
    spec = any_machine(rng)
    planner = plan(rng, spec)
    golden, _ = pair = engines(rng, spec, planner.frame.text())
    assert run_both(pair) == HALTED
    lost = [cycle for cycle, _ in planner.losses() if cycle < golden.state.cycle]
    assert sum(item.losses for item in golden.state.tensor if isinstance(item, Lost)) == len(lost), planner.frame
    strict = engines(rng, spec, planner.frame.text(), strict=True)
    run_both(strict)
    fault = strict[0].fault
    assert (fault and (fault.code, fault.cycle)) == ((NUMBER["E-STREAM-LOST"], lost[0]) if lost else None), (
        planner.frame
    )
