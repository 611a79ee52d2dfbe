"""Streams, v registers, accumulators, weights and maps as expressions name them, on both engines."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from expr_tools import error_of
from hypothesis import given
from hypothesis import strategies as st
from tensor_tools import HALT, LANES, ME, MW, SE, SPEC, SW, Ops, R, V, machine, mov, random_bytes, read, vmov, write

from debugger.expr import Target, assign, evaluate, resolve, watched, watches
from isa.diagnostics import SourceError
from isa.places import place_name
from isa.tensor import TYPE_CODE
from isa.types import TYPES
from vm.engine import STOPPED, State
from vm.items import Accumulator, Item, Map, Plane, Value, in_order
from vm.machine import Machine
from vm.stops import Stops, Watch

WORDS = random_bytes(7, LANES * 4).view(np.float32)
ROWS: dict[tuple[int, int], Any] = {(MW, 3): WORDS, (ME + 1, 0): random_bytes(8)}
READ: Ops = {
    0: [read(SE + 4, MW, 3, 4), read(SW + 1, ME + 1)],
    2: [vmov(V + 2, R + 1, 2, "u16"), mov(1, 0x1234)],
    8: [HALT],
}
PLACES = ["mxm_w", "sxm_w", "mw4", "mw0", "vxm", "me0", "me4", "sxm_e", "mxm_e"]


def at(engine: str, cycle: int, ops: Ops = READ) -> Machine:
    made = machine(engine, ops, ROWS, uninit="zero")
    made.run(cycle)
    return made


# Streams ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("cycle", range(12))
def test_a_stream_at_a_place_is_what_an_op_there_would_sample(cycle: int, engine: str) -> None:
    """Section 11 of the machine: in(p, s, t) is out(p-1, s, t-1) for a stream that flows east, out(p+1, ...) west."""
    made = at(engine, cycle)
    out = {(item.stream, item.position): item.data for item in made.state.tensor if isinstance(item, Value)}
    for stream in (SE + 4, SE + 7, SW + 1):
        step = -1 if stream >= SW else 1
        for place, name in enumerate(PLACES):
            if not 0 <= place - step < SPEC.positions:
                continue
            found = evaluate(made, f"{place_name(stream)}@{name}")
            expected = out.get((stream, place - step))
            assert bool(found.held is None) == (expected is not None)
            if expected is not None:
                assert found.value.tobytes() == expected


def test_a_group_of_streams_is_the_vector_that_was_read(engine: str) -> None:
    made = at(engine, 3)  # read in 0, leaves mw0 in 2, at the VXM in 3
    found = evaluate(made, "se4@vxm.f32")
    np.testing.assert_array_equal(found.value.view(np.uint32), WORDS.view(np.uint32))
    assert (found.dtype, found.shape, found.held) == ("f32", (LANES,), None)
    np.testing.assert_array_equal(evaluate(made, "se4@vxm.u16").value, WORDS.view(np.uint16)[::2])
    np.testing.assert_array_equal(evaluate(made, "se6@vxm.w2").value, WORDS.view(np.uint16)[1::2])
    np.testing.assert_array_equal(evaluate(made, "se5@vxm").value, WORDS.view(np.uint8)[1::4])
    assert evaluate(made, "se4@vxm.u32[5]").value == WORDS.view(np.uint32)[5]
    assert evaluate(made, "2 * se4@vxm.u32[5] + 1").value == 2 * int(WORDS.view(np.uint32)[5]) + 1
    assert evaluate(made, "-se4@vxm.i32[5]").value == -int(WORDS.view(np.int32)[5])


def test_where_nothing_is_no_element_holds_anything(engine: str) -> None:
    made = at(engine, 3)
    found = evaluate(made, "se4@me0.f32")
    assert found.held is not None and not found.held.any()
    assert found.lines()[0] == "se4@me0.f32 = f32[32], se4..se7 at E.q0 in cycle 3: nothing"
    assert found.lines()[1].startswith("  the next value comes to E.q0 in cycle 4: `read.4`")
    assert evaluate(made, "count(se4@me0)").value == 0


def test_what_is_at_the_place_where_its_stream_begins_is_refused(engine: str) -> None:
    made = at(engine, 3)
    assert "nothing comes to mxm_w on se4" in error_of(made, "se4@mxm_w").message
    assert "nothing comes to mxm_e on sw1" in error_of(made, "sw1@mxm_e").message
    assert "begins at a multiple of 4, not at se5" in error_of(made, "se5@vxm.f32").message


def test_a_watch_of_a_stream_stops_when_it_is_there(engine: str) -> None:
    made = at(engine, 0)
    made.set_stops(Stops(watches=watches(made, "se4@me0.f32")))
    assert made.run(100) == STOPPED
    assert made.cycle == 4
    np.testing.assert_array_equal(evaluate(made, "se4@me0.u32").value, WORDS.view(np.uint32))


# Written and read back --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("target", "value"),
    [
        ("v2", "9"), ("v2.f32", "1.5"), ("v2[3]", "7"), ("v9.bf16[0:4]", "-2.0"), ("acc0[5]", "-17"),
        ("acc0[5].f32", "0.1"), ("acc2[1023][3]", "5"), ("acc0[7, 3:9]", "8"), ("se4@vxm", "200"),
        ("se4@vxm.f32", "2.25"), ("se4@vxm.f32[31]", "-1"), ("se7@vxm[0]", "3"), ("r5", "-1"),
        ("r5.f32", "-0.5"), ("r5.u32", "4294967295"), ("cc", "9"), ("mem[100]", "77"), ("mem[100:104].f32", "1.25"),
        ("mw3[5]", "250"), ("mw0[9].f32", "3.5"), ("me1[0, 4:8].u16", "500"), ("mem[100:102].i4", "-3"),
    ],
)  # fmt: skip
def test_what_is_assigned_is_read_back_and_nothing_else_changes(target: str, value: str, engine: str) -> None:
    made = at(engine, 3)
    before, memory = made.state, bytes(made.engine.sram())
    assign(made, target, value)(made)
    found = evaluate(made, target)
    assert np.all(found.value == float(value))
    assert found.held is None
    whole = resolve(made, target)
    if whole.kind == "memory":
        changed = np.flatnonzero(np.frombuffer(memory, np.uint8) != made.sram)
        assert set(changed.tolist()) <= set(whole.bytes)
        assert made.state == before
    else:
        assert bytes(made.engine.sram()) == memory
        assert made.state != before
        assert without(made.state, whole) == without(before, whole)


PLACES_OF = ["v9", "acc0[5]", "acc3[1023]", "se4@vxm", "mem[64:80]", "mw3[5]", "me1[0:2]", "r7"]
PARTS = ["", "[0]", "[3:9]", "[::-2]", "[-1]"]


@given(st.data(), st.sampled_from(PLACES_OF), st.sampled_from(sorted(TYPES)), st.sampled_from(PARTS))
def test_a_number_of_any_type_is_read_back(data: st.DataObject, place: str, name: str, part: str) -> None:
    """Small whole numbers, which all types hold, but for unsigned ones those below zero."""
    made = at(data.draw(st.sampled_from(["core", "reference"])), 3)
    text = f"({place}).{name}{part}"
    number = data.draw(st.integers(0 if TYPES[name].kind == "u" else -8, 7))
    try:
        resolve(made, text)
    except SourceError:
        assert TYPES[name].bits < 8 or "acc" in place or place == "r7"  # some places have no such elements
        return
    assign(made, text, str(number))(made)
    found = evaluate(made, text)
    assert found.dtype == name
    assert found.held is None
    assert np.all(found.value == number)


def without(state: State, target: Target) -> Any:
    """A state with what a target names left out."""
    number, place = target.number, target.place
    if target.kind == "register":
        registers = tuple(value for k, value in enumerate(state.registers) if k != number)
        return registers, state.tensor, state.in_flight, number == 32 or state.cc
    group = range(number, number + target.element_bytes)
    gone = {
        "vector": lambda item: type(item).__name__ == "Vector" and item.register == number,
        "accumulator": lambda item: type(item).__name__ == "Accumulator" and item[:2] == (place, number),
        "stream": lambda item: isinstance(item, Value) and item.stream in group and item.position == place,
    }[target.kind]
    return state.registers, state.cc, [item for item in state.tensor if not gone(item)]


def test_what_is_assigned_to_a_stream_is_what_is_written(engine: str) -> None:
    """The write samples the value that was put there, not the one that was read."""
    ops = {**READ, 4: [write(ME, SE + 4, 9, 4)]}
    made = at(engine, 4, ops)
    assign(made, "se4@me0.f32", "0.125")(made)
    made.run(20)
    np.testing.assert_array_equal(evaluate(made, "me0[9].f32").value, np.full(LANES, 0.125, np.float32))


def test_only_a_value_that_is_there_can_be_changed(engine: str) -> None:
    made = at(engine, 3)
    with pytest.raises(Exception, match="se4@me0 holds nothing in cycle 3; only a value that is there can be changed"):
        assign(made, "se4@me0", "1")


def test_a_v_register_is_as_wide_as_it_was_last_written(engine: str) -> None:
    made = at(engine, 6)
    assert evaluate(made, "v2").dtype == "u16"
    assert evaluate(made, "v2").value.tolist() == [0] * LANES  # r1 as it was when the move issued
    assert evaluate(made, "v2.u8").shape == (LANES,)
    assert "last written with 2 bytes a lane; f32 takes 4" in error_of(made, "v2.f32").message
    assert evaluate(made, "v7").lines() == ["v7 = u8[32]: never written"]


# Weights, maps ----------------------------------------------------------------------------------
def holding(engine: str, *found: Item) -> Machine:
    """A machine whose state holds these items."""
    made = at(engine, 0)
    made.engine.set_state(replace(made.state, tensor=in_order(list(found))))
    return made


def test_weights_are_the_matrix_that_was_loaded(engine: str) -> None:
    data, loaded = random_bytes(11, LANES * LANES), bytes([1] * LANES)
    made = holding(engine, Plane(0, 1, TYPE_CODE["i8"], data.tobytes() + loaded))
    found = evaluate(made, "P0")
    assert (found.dtype, found.shape, found.held) == ("i8", (LANES, LANES), None)
    np.testing.assert_array_equal(found.value, data.view(np.int8).reshape(LANES, LANES))
    assert evaluate(made, "P0[3, 4:6]").value.tolist() == data.view(np.int8).reshape(LANES, LANES)[3, 4:6].tolist()
    assert evaluate(made, "P0.buffer").lines() == ["P0.buffer = u8[32, 32]: nothing"]


def test_the_buffer_holds_the_rows_that_were_loaded(engine: str) -> None:
    data = random_bytes(12, LANES, LANES)
    data[4:] = 0
    made = holding(engine, Plane(2, 0, TYPE_CODE["u8"], data.tobytes() + bytes([1] * 4 + [0] * (LANES - 4))))
    found = evaluate(made, "P2.buffer")
    np.testing.assert_array_equal(found.value, data)
    np.testing.assert_array_equal(found.held, np.repeat([[True]] * 4 + [[False]] * (LANES - 4), LANES, axis=1))


def test_weights_of_two_bytes_are_in_two_planes(engine: str) -> None:
    words = np.random.default_rng(5).normal(size=(LANES, LANES)).astype(np.float16)
    loaded = bytes([1] * LANES)
    halves = [words.view(np.uint8)[:, k::2].tobytes() + loaded for k in range(2)]
    made = holding(engine, *(Plane(2 + k, 1, TYPE_CODE["f16"], half) for k, half in enumerate(halves)))
    for name in ("P2", "P3"):
        found = evaluate(made, name)
        assert found.dtype == "f16"
        np.testing.assert_array_equal(found.value, words)


def test_weights_of_half_a_byte_are_numbers(engine: str) -> None:
    data = np.random.default_rng(6).integers(-8, 8, (LANES, LANES), np.int8)
    made = holding(engine, Plane(1, 1, TYPE_CODE["i4"], data.tobytes() + bytes([1] * LANES)))
    found = evaluate(made, "P1")
    assert found.dtype == "i4"
    np.testing.assert_array_equal(found.value.astype(np.int8), data)


def test_maps_and_accumulators(engine: str) -> None:
    entries, sums = random_bytes(13, LANES * 2), random_bytes(14, LANES * 4)
    made = holding(engine, Map(1, 5, entries.tobytes()), Accumulator(3, 8, sums.tobytes()))
    np.testing.assert_array_equal(evaluate(made, "mape5").value, entries.view(np.uint16))
    assert not evaluate(made, "mapw5").held.any()
    np.testing.assert_array_equal(evaluate(made, "acc3[8]").value, sums.view(np.int32))
    np.testing.assert_array_equal(evaluate(made, "acc3[8].u32[3:9]").value, sums.view(np.uint32)[3:9])
    np.testing.assert_array_equal(evaluate(made, "acc3[8:10, 2]").held, [True, False])
    assert evaluate(made, "acc3").held.sum() == LANES
    assert "accumulators hold 4 bytes a lane, not f16" in error_of(made, "acc3.f16").message


# Watches ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("r7", "write", Watch("register", 7, 7)), ("cc", "write", Watch("register", 32, 32)),
        ("v3.f32", "write", Watch("vector", 3, 3)), ("acc1[9]", "write", Watch("accumulator", 9, 9, 1)),
        ("acc1", "write", Watch("accumulator", 0, 1023, 1)), ("sw4@vxm.f32", "write", Watch("stream", 36, 39, 5)),
        ("se2@vxm", "write", Watch("stream", 2, 2, 3)), ("M0", "write", Watch("unit", 3, 3)),
        ("mem[5]", "read", Watch("read", 20, 23)), ("mem[5:9]", "access", Watch("access", 20, 35)),
    ],
)  # fmt: skip
def test_watches(text: str, kind: str, expected: Watch) -> None:
    assert watches(at("core", 0), text, kind) == (expected,)


@pytest.mark.parametrize(("text", "kind", "message"), [
    ("r7", "read", "r7 is watched for writes only"), ("r7 + 1", "write", "r7 \\+ 1 is a value"),
    ("pc", "write", "pc is a value"), ("mem[1]", "touch", "there is no watch for touch"),
    ("mem[3:3]", "write", "has no elements"), ("mem[::2]", "write", "lies in 8192 pieces"),
])  # fmt: skip
def test_what_is_not_watched(text: str, kind: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        watches(at("core", 0), text, kind)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("r7 == 3 and v2[0] > 1", {Watch("register", 7, 7), Watch("vector", 2, 2)}),
        ("mem[r3] > 5", {Watch("register", 3, 3), Watch("write", 0, SPEC.sram_bytes - 1)}),
        ("mem[5] > 5 or any(nan(acc1[9].f32))", {Watch("write", 20, 23), Watch("accumulator", 9, 9, 1)}),
        ("nan == inf", set()),
    ],
)
def test_what_a_value_is_made_of(text: str, expected: set[Watch]) -> None:
    found = watched(at("core", 0), text)
    assert found is not None and set(found) == expected


@pytest.mark.parametrize(
    "text", ["cycle > 5", "pc == 3", "loops[0] == 1", "se4@vxm[0] == 3", "P0[0, 0] == 1", "r1 + mapw0[0]"]
)
def test_what_changes_untouched_cannot_be_watched(text: str) -> None:
    assert watched(at("core", 0), text) is None
