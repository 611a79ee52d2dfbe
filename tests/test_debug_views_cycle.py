"""What views say of one cycle: held to what the golden model does in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from view_tools import generated, kernel, stops_of_units, what_issues

from debugger.views import cycle
from isa.image import Image
from vm.engine import RUNNING, Engine
from vm.items import Exit, Value
from vm.machine import Machine

CYCLES = 40


def golden(image: Image) -> Engine:
    return Machine(image, "reference", "zero").engine


def core(image: Image) -> Engine:
    return Machine(image, "core", "zero").engine


@given(st.integers(0, 1 << 20), st.booleans())
def test_the_ops_that_issue_are_those_of_the_golden_model(seed: int, wild: bool) -> None:
    image = generated(seed, wild)
    engine = golden(image)
    engine.set_stops(stops_of_units(image))
    for _ in range(CYCLES):
        found = {
            (unit, issue.pc, issue.slot) for issue in cycle.issues(image, engine.state) for unit in issue.op.claims
        }
        seen = what_issues(engine)
        if engine.fault:
            break
        assert found == seen


@given(st.integers(0, 1 << 20))
def test_what_arrives_and_lands_is_what_streams_hold_a_cycle_later(seed: int) -> None:
    image = generated(seed)
    engine = core(image)
    for _ in range(CYCLES):
        leaving = {**cycle.passing(image, engine.state), **cycle.landing(engine.state)}
        if engine.run(engine.cycle + 1) != RUNNING:
            break
        held = {(item.stream, item.position): item for item in engine.state.tensor if isinstance(item, Value)}
        assert {spot: byte.data for spot, byte in leaving.items()} == {spot: byte.data for spot, byte in held.items()}
        assert all((leaving[spot].pc, leaving[spot].element) == (held[spot].pc, held[spot].element) for spot in held)


@given(st.integers(0, 1 << 20))
def test_values_that_elements_sample_are_marked_as_sampled(seed: int) -> None:
    image = generated(seed)
    engine = core(image)
    for _ in range(CYCLES):
        issues, arriving = cycle.issues(image, engine.state), cycle.passing(image, engine.state)
        landing = cycle.landing(engine.state)
        if engine.run(engine.cycle + 1) != RUNNING:
            break
        spots = {
            (stream, issue.position) for issue in issues for group in cycle.sampled(issue) for stream in group
        } - landing.keys()  # fmt: skip
        held = {(item.stream, item.position): item for item in engine.state.tensor if isinstance(item, Value)}
        assert spots <= held.keys()
        assert all(held[spot].sampled for spot in spots)
        untouched = arriving.keys() - spots - landing.keys()
        assert all(held[spot].sampled == arriving[spot].sampled for spot in untouched)


def test_a_result_stands_at_the_exit_24_cycles_after_its_activations() -> None:
    session = kernel("tensor/gemm_i8.s")
    session.goto(52)
    exits = cycle.at_exits(session.state)
    assert sorted(exits) == [0, 1, 2, 3]
    assert {item.issued for item in exits.values()} == {28}
    assert {item.element for item in exits.values()} == {0}
    session.goto(51)
    assert not cycle.at_exits(session.state)
    assert any(isinstance(item, Exit) for item in session.state.tensor)


def test_nothing_issues_once_a_run_is_over() -> None:
    session = kernel("tensor/vector_add_relu.s")
    session.run()
    assert session.status == "halted"
    assert cycle.issues(session.image, session.state) == []
