"""The golden model and the C core do the same on generated programs: state, memory, statistics, faults."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conform.generate import SPEC, broken_programs, legal_programs, noise, registers, wild_programs
from isa import codec
from vm.core import CoreEngine
from vm.engine import HALTED, UNINIT_MODES, Engine
from vm.reference import ReferenceEngine

LIMIT = 3000
cuts = st.lists(st.integers(0, 60), max_size=3).map(sorted)
modes = st.sampled_from(UNINIT_MODES)


def pair(text: list[int], contents: list[int], mode: str) -> tuple[Engine, Engine]:
    """Both engines with a program, with register contents, and with the first and last rows of SRAM written."""
    code = codec.to_bytes(text)
    engines = (ReferenceEngine(SPEC, code, uninit=mode), CoreEngine(SPEC, code, uninit=mode))
    for engine in engines:
        for register, value in enumerate(contents):
            engine.set_register(register, value)
        engine.load(0, bytes(range(40)))
        engine.load(SPEC.sram_bytes // 2, bytes(range(100, 140)))
    return engines


def assert_same(golden: Engine, core: Engine) -> None:
    assert core.fault == golden.fault
    assert core.state == golden.state
    assert core.issue_counts() == golden.issue_counts()
    assert bytes(core.written()) == bytes(golden.written())
    assert bytes(core.sram()) == bytes(golden.sram())


def run_both(engines: tuple[Engine, Engine], cuts: list[int]) -> str:
    """Run to each cut and then to the limit, comparing everything there; returns the status."""
    golden, core = engines
    for until in [*cuts, LIMIT]:
        status = golden.run(until)
        assert core.run(until) == status
        assert_same(golden, core)
    return status


@given(legal_programs(), registers(), cuts)
def test_legal_programs_run_alike_to_their_end(text: list[int], contents: list[int], cuts: list[int]) -> None:
    engines = pair(text, contents, "zero")
    assert run_both(engines, cuts) == HALTED, engines[0].fault


@given(broken_programs(), registers(), cuts, modes)
def test_programs_with_a_mistake_run_alike(text: list[int], contents: list[int], cuts: list[int], mode: str) -> None:
    run_both(pair(text, contents, mode), cuts)


@given(wild_programs(), registers(), cuts, modes)
def test_wild_programs_run_alike(text: list[int], contents: list[int], cuts: list[int], mode: str) -> None:
    run_both(pair(text, contents, mode), cuts)


@given(noise, registers(), modes)
def test_noise_runs_alike(text: list[int], contents: list[int], mode: str) -> None:
    run_both(pair(text, contents, mode), [])


@given(broken_programs(), registers(), st.integers(0, 80))
def test_either_engine_goes_on_from_the_state_of_the_other(text: list[int], contents: list[int], cut: int) -> None:
    golden, core = pair(text, contents, "zero")
    golden.run(cut)
    core.run(cut)
    one, other = golden.state, core.state
    golden.set_state(other)
    core.set_state(one)
    run_both((golden, core), [cut, cut + 1])
