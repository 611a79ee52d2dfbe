"""Timelines and streams over time: held to a run of the golden model; looking changes nothing."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from view_tools import everything, generated, kernel, session_of, stops_of_units, what_issues

from debugger.session import Session
from debugger.views.flow import flow
from debugger.views.timeline import Timeline, timeline
from debugger.views.units import running
from isa.diagnostics import SourceError
from isa.image import Image
from isa.places import flows_west, place_name
from vm.items import Result, Value
from vm.machine import Machine


def golden_issues(image: Image, first: int, last: int, uninit: str = "zero") -> dict[tuple[int, int, int], set[int]]:
    """By unit, pc and slot the cycles in which the golden model issues elements."""
    engine = Machine(image, "reference", uninit).engine
    engine.run(first)
    engine.set_stops(stops_of_units(image))
    found = defaultdict(set)
    while engine.cycle <= last:
        cycle = engine.cycle
        for each in what_issues(engine):
            found[each].add(cycle)
        if engine.cycle == cycle:  # over, or a fault
            break
    return dict(found)


def shown_issues(view: Timeline) -> dict[tuple[int, int, int], set[int]]:
    found = defaultdict(set)
    for bar in view.bars:
        for unit in bar.units:
            found[(unit, *bar.key)] |= set(bar.cycles)
    return dict(found)


@given(st.integers(0, 1 << 20), st.integers(0, 40), st.integers(1, 40), st.booleans())
def test_a_timeline_shows_what_the_golden_model_issues(seed: int, cycle: int, cycles: int, wild: bool) -> None:
    image = generated(seed, wild)
    session = session_of(image)
    session.goto(cycle)
    before = everything(session.machine), session.history.status
    view = timeline(session, cycles)
    assert (everything(session.machine), session.history.status) == before
    assert view.first == max(0, session.cycle - cycles // 3)
    assert shown_issues(view) == golden_issues(image, view.first, view.first + cycles - 1)


def test_bars_begin_and_end_as_written_in_the_program() -> None:
    session = kernel("tensor/gemm_i8.s")
    session.goto(380)
    bars = {bar.text: bar for bar in timeline(session).bars}
    x, product, first, second = (
        bars[text] for text in ("read sw16, me0[x_top], n=640", "abc.i8 0, sw16, n=640", "acc.set 0, 0, n=320",
                                "acc.add 0, 0, se0, n=320")
    )  # fmt: skip
    assert [(bar.started, bar.last) for bar in (x, product, first, second)] == [
        (11, 650), (28, 667), (52, 371), (372, 691),
    ]  # fmt: skip


def test_a_burst_shows_its_letter_where_it_begins_and_now() -> None:
    session = kernel("tensor/vector_add_relu.s")
    session.goto(12)
    view = timeline(session, 30)
    (bar,) = (bar for bar in view.bars if bar.text.startswith("vadd"))
    row = next(line for line in view.lines(80) if line.startswith("V0 "))
    assert bar.started == 4
    assert row[12:].startswith(" " * (4 - view.first) + bar.letter + "━")
    assert row[12 + 12 - view.first] == bar.letter


@pytest.mark.parametrize(("name", "ending"), [("matmul.s", "over in cycle 483"), ("debug/hazard.s", "E-HAZARD")])
def test_the_end_of_a_run_is_told(name: str, ending: str) -> None:
    session = Session.open(str(kernel(name).source.paths[0]))
    session.run()
    end = session.cycle
    view = timeline(session)
    assert session.cycle == end
    assert (view.end, view.now) == (end, end)
    assert ending in " ".join(view.lines())
    session.goto(end - 30)
    assert timeline(session).end == end


def test_a_looked_at_future_can_still_be_changed() -> None:
    session = kernel("matmul.s")
    session.goto(20)
    timeline(session)
    session.history.edit(lambda machine: machine.engine.set_register(6, 77), "r6 = 77")
    assert session.state.registers[6] == 77
    session.undo()
    session.run()
    assert session.cycle == 483


# One stream -------------------------------------------------------------------------------------
@given(st.integers(0, 1 << 20), st.integers(0, 40), st.integers(1, 24))
def test_a_stream_over_time_is_what_the_states_hold(seed: int, cycle: int, cycles: int) -> None:
    image = generated(seed)
    session = session_of(image)
    session.goto(cycle)
    spec = session.spec
    held = [item.stream for item in session.state.tensor if isinstance(item, Value)]
    stream = held[seed % len(held)] if held else 0
    before = everything(session.machine)
    view = flow(session, place_name(stream), cycles)
    assert everything(session.machine) == before
    engine = Machine(image, "core", "zero").engine
    for at in range(view.first, view.last + 1):
        engine.run(at)
        step = -1 if flows_west(stream) else 1
        arriving = {
            item.position + step: item for item in engine.state.tensor
            if isinstance(item, Value) and item.stream == stream and 0 <= item.position + step < spec.positions
        }  # fmt: skip
        landing = {
            item.position: item for item in engine.state.tensor
            if isinstance(item, Result) and item.stream == stream and item.landing == at
        }  # fmt: skip
        shown = {place: cell for (when, place), cell in view.cells.items() if when == at}
        assert shown.keys() == arriving.keys() | landing.keys()
        for place, cell in shown.items():
            item = arriving.get(place) or landing[place]
            assert (*cell.key, cell.element, cell.leaves) == (item.pc, item.slot, item.element, place in landing)


def test_a_value_flows_one_position_a_cycle() -> None:
    session = kernel("tensor/vector_add_relu.s")
    session.goto(15)
    view = flow(session, "se8", 12)
    first = {at: place for (at, place), cell in view.cells.items() if cell.element == 0 and not cell.leaves}
    cycles = sorted(first)
    assert [first[at] - at for at in cycles] == [first[cycles[0]] - cycles[0]] * len(cycles)
    assert len(cycles) >= 5


@pytest.mark.parametrize("name", ["se32", "x", "", "sw99", "v0"])
def test_no_stream_of_that_name(name: str) -> None:
    with pytest.raises(SourceError, match="is no stream of lpu1"):
        flow(kernel("matmul.s"), name)


# Bursts -----------------------------------------------------------------------------------------
@given(st.integers(0, 1 << 20), st.integers(1, 40))
def test_elements_done_are_those_that_issued(seed: int, cycle: int) -> None:
    image = generated(seed)
    session = session_of(image)
    session.goto(cycle)
    issued = golden_issues(image, 0, session.cycle - 1)
    for each in running(session):
        done = {at for at in issued.get((each.op.unit_order, each.pc, each.slot), set()) if at >= each.started}
        assert each.elements - each.left == len(done)
