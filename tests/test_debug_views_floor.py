"""The floor plan: its parts held to the state and to what the golden model does, its drawing to its parts."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from view_tools import generated, kernel, session_of, stops_of_units, what_issues

from debugger.views.floor import floor
from debugger.views.floor_text import LABEL, Plan
from debugger.views.floor_value import Floor
from isa.machine import LPU1, LPU_TINY, MachineSpec
from isa.places import flows_west
from vm.items import Result, Value
from vm.machine import Machine


@given(st.integers(0, 1 << 20), st.integers(0, 50), st.booleans())
def test_the_ops_shown_are_those_that_issue(seed: int, cycle: int, wild: bool) -> None:
    image = generated(seed, wild)
    session = session_of(image)
    session.goto(cycle)
    shown = floor(session)
    golden = Machine(image, "reference", "zero").engine
    golden.run(session.cycle)
    golden.set_stops(stops_of_units(image))
    seen = what_issues(golden)
    assert (shown.status == "fault") == (session.status == "fault")
    if golden.fault is None:
        assert {(unit, *each.key) for each in (*shown.acting, *shown.scalar) for unit in each.units} == seen


@example(312, 11)  # of what one op has sent there are other streams left at one position than at another
@given(st.integers(0, 1 << 20), st.integers(0, 50))
def test_streams_shown_are_those_of_the_state(seed: int, cycle: int) -> None:
    session = session_of(generated(seed))
    session.goto(cycle)
    shown, spec = floor(session), session.spec
    moved = [
        (item.stream, item.position + (-1 if flows_west(item.stream) else 1))
        for item in session.state.tensor if isinstance(item, Value)
    ]  # fmt: skip
    arriving = {(stream, place) for stream, place in moved if 0 <= place < spec.positions}
    for west in (False, True):
        expected = Counter(place for stream, place in arriving if flows_west(stream) == west)
        assert shown.occupied(west) == dict(sorted(expected.items()))
    drawn = {(track.streams, place) for track in shown.tracks for place, cell in track.cells.items() if cell.arriving}
    assert {(stream, place) for streams, place in drawn for stream in streams} >= arriving
    leaving = {
        (item.stream, item.position) for item in session.state.tensor
        if isinstance(item, Result) and item.landing == session.cycle
    }  # fmt: skip
    cells = {(track.streams, place): cell for track in shown.tracks for place, cell in track.cells.items()}
    for stream, place in leaving:
        assert any(cell.leaving for (streams, at), cell in cells.items() if at == place and stream in streams)


def track_rows(shown: Floor, width: int) -> list[str]:
    """The lines of the plan that are tracks, without their labels."""
    lines = shown.lines(width)
    first = next(number for number, line in enumerate(lines) if line.startswith("east"))
    rows = [line for line in lines[first : first + len(shown.tracks) + 2] if not line.startswith(("east", "west"))]
    return [row[LABEL:] for row in rows]


def columns(spec: MachineSpec, width: int) -> list[range]:
    """Where the cell of each position stands on a line, worked out from the left."""
    plan, at, found = Plan(spec, width), 0, []
    for position in range(spec.positions):
        at += position in (2, spec.vxm_position, spec.vxm_position + 1, spec.positions - 2)
        found.append(range(at, at + plan.width_of(position)))
        at += plan.width_of(position)
    return found


@pytest.mark.parametrize("width", [80, 120, 200])
@pytest.mark.parametrize(("name", "cycle"), [("tensor/softmax.s", 100), ("tensor/gemm_i8.s", 400)])
def test_letters_stand_under_their_positions(name: str, cycle: int, width: int) -> None:
    session = kernel(name)
    session.goto(cycle)
    shown = floor(session)
    for track, row in zip(shown.tracks, track_rows(shown, width), strict=True):
        for position, place in enumerate(columns(session.spec, width)):
            text = row.ljust(width)[place.start : place.stop]
            cell = track.cells.get(position)
            first, last = (text[-1], text[0]) if track.is_west else (text[0], text[-1])
            assert first == (cell.arriving if cell and cell.arriving else " ")
            if cell and cell.leaving:
                assert last == cell.leaving
            assert ("●" in text) == bool(cell and cell.sampled and (place.stop - place.start > 2 or not cell.leaving))


@pytest.mark.parametrize("spec", [LPU1, LPU_TINY, MachineSpec("wide", quads=16), MachineSpec("one", quads=1)])
@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_a_plan_of_any_machine_fits(spec: MachineSpec, width: int) -> None:
    assert LABEL + columns(spec, width)[-1].stop <= width


def test_values_shown_are_the_rows_of_the_input() -> None:
    session = kernel("tensor/softmax.s")
    session.goto(60)
    flows = {flow.streams: flow for flow in floor(session).flows if "read" in flow.text}
    for name, streams in (("x_west", range(32, 36)), ("x_east", range(4))):
        flow = flows[streams]
        assert flow.type == "f32"
        row = session.machine[name][flow.element]
        np.testing.assert_allclose([float(text) for text in flow.value], row[: len(flow.value)], rtol=1e-3)
        assert (flow.first, flow.last) == (56, 58)  # read in cycles 56 to 58, 2 to land; at the switch a cycle later


def test_products_shown_are_sums_of_the_inputs() -> None:
    session = kernel("tensor/gemm_i8.s")
    session.goto(400)
    (flow,) = (flow for flow in floor(session).flows if flow.text.startswith("acc.add 0"))
    x, w = (session.machine[name].astype(np.int64) for name in ("x_top", "w_left"))
    assert [int(text) for text in flow.value] == (x[flow.element] @ w)[: len(flow.value)].tolist()
    assert flow.type == "i32"


def test_a_load_stands_at_its_bank_with_what_it_reads() -> None:
    session = kernel("matmul.s")
    session.breakpoints.add("41")  # ld r8, [A + ...]
    session.run()
    loads = [each for each in floor(session).scalar if each.text.startswith("ld")]
    assert loads
    for each in loads:
        word = int(each.detail.partition("[")[2].partition("]")[0])
        hemisphere, index, _ = session.spec.bank_place(word // session.spec.words_per_bank)
        assert each.position == session.spec.slice_position(hemisphere, index)


def test_a_faulting_cycle_says_so() -> None:
    session = kernel("debug/hazard.s")
    session.run()
    assert session.status == "fault"
    assert "this cycle faults: what is shown as issuing does not" in floor(session).lines()


def test_waiting_and_ended_fetch_are_told() -> None:
    session = kernel("tensor/vector_add_relu.s")
    session.goto(3)
    assert session.state.next_fetch == 4
    assert "nothing is fetched until cycle 4" in "\n".join(floor(session).lines())
    session.run()
    assert "the run is over" in floor(session).lines()
