"""Programs of the public strategies: legal ones run to their end, others fault as told, on both engines."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from profile_tools import part_of_examples

from conform.compare import difference
from conform.program import Program
from conform.strategies import machines, programs, sample, sample_violation
from conform.target import LIMIT, EngineTarget, Outcome
from isa.machine import MachineSpec
from vm.engine import FAULT, HALTED

seeds = st.integers(0, (1 << 32) - 1)
ENGINES = ("reference", "core")


def outcome(engine: str, program: Program) -> Outcome:
    target = EngineTarget(engine)
    target.load(program.image(), program.uninit, program.strict)
    return target.run(LIMIT)


@part_of_examples(4)
@given(programs())
def test_legal_programs_run_to_their_end(program: Program) -> None:
    for engine in ENGINES:
        assert outcome(engine, program).status == HALTED
    assert difference(EngineTarget("reference"), EngineTarget("core"), program) is None


@part_of_examples(4)
@given(seeds, machines())
def test_a_violation_is_the_fault_told(seed: int, spec: MachineSpec) -> None:
    found = sample_violation(Random(seed), spec)
    for engine in ENGINES:
        run = outcome(engine, found.program)
        assert run.fault is not None
        assert (run.status, run.fault.name, run.cycle) == (FAULT, found.code, found.cycle)


@part_of_examples(4)
@given(seeds)
def test_a_seed_is_a_program(seed: int) -> None:
    assert sample(Random(seed)) == sample(Random(seed))


def test_a_code_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="'E-BNAK' is no fault; those that can be asked for are E-PC"):
        sample(Random(1), violation="E-BNAK")
