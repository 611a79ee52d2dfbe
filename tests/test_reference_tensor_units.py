"""Sections 16 to 18 of docs/machine.md clause by clause, on both engines: matrix planes, switches, lost values."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest
from numpy.typing import NDArray
from tensor_tools import HALT, LANES, ME, MW, SE, SW, Ops, V, elements, get, machine, ran, random_bytes, read, write

from conform.build import op
from isa.codec import Op
from isa.tensor import TYPE_CODE
from vm.items import Exit, Lost, Plane
from vm.machine import Machine

Rows = dict[tuple[int, int], NDArray[Any]]


# Matrix planes ----------------------------------------------------------------------------------
# Sixteen slices feed MXM.W, all by cycle 8: a read in (position + 2) cycles before. Weights lie in their first rows.
FEEDS = {ME + 4: 0, ME: 1, MW: 3, MW + 4: 4}  # first slice of four: the cycle in which its read issues
LOADED = 8
VECTOR_ROW = 64  # activations lie in the second bank of mw4 and mw5
FEED_CYCLES = 4  # from a read of mw4 to MXM.W
ANSWER = 2 + 5  # cycles from an emitting op at MXM.W to me0


def weight_rows(type_name: str, weights: NDArray[Any]) -> NDArray[np.uint8]:
    """What the 16 streams bring for a matrix [32, 32]: uint8[elements, 16, 32], as `lw` defines it."""
    if type_name == "i4":
        low, high = weights[0::2] & 0xF, weights[1::2] & 0xF
        return (low | high << 4).astype(np.uint8)[np.newaxis]
    size = weights.itemsize
    planes = np.ascontiguousarray(weights).view(np.uint8).reshape(-1, 16 // size, LANES, size)
    return planes.transpose(0, 1, 3, 2).reshape(-1, 16, LANES)


def weight_data(elements: NDArray[np.uint8]) -> Rows:
    slices = [first + k for first in FEEDS for k in range(4)]
    return {(slice_, row): element[j] for row, element in enumerate(elements) for j, slice_ in enumerate(slices)}


def feeding(count: int, start: int = 0, row: int = 0) -> Ops:
    """Reads that bring `count` elements of weights to MXM.W on sw0..sw15, from cycle 8 (+ start) on."""
    reads = enumerate(FEEDS.items())
    return {
        start + cycle: [read(SW + 4 * k + j, first + j, row, n=count) for j in range(4)]
        for k, (first, cycle) in reads
    }  # fmt: skip


def lw(type_name: str, plane: int = 0, **fields: int) -> Op:
    return op(f"lw.{type_name} plane, stream", plane=plane, stream=SW, **fields)


def iw(plane: int = 0) -> Op:
    return op("iw plane", plane=plane)


def abc(type_name: str, plane: int = 0, **fields: int) -> Op:
    return op(f"abc.{type_name} plane, stream", plane=plane, stream=SW + 16, **fields)


def acc(key: str, row: int = 0, plane: int = 0, stream: int = SE, **fields: int) -> Op:
    places = {"acc": row, "stream": stream}
    return op(key, plane=plane, **{name: places[name] for name in places if name in key.partition(" ")[2]}, **fields)


def vector_data(vectors: NDArray[Any]) -> Rows:
    return {(MW + 4, VECTOR_ROW + i): vector for i, vector in enumerate(vectors)}


TYPES: dict[str, Any] = {"i8": np.int8, "u8": np.uint8, "i4": np.int8, "f16": np.float16, "bf16": ml_dtypes.bfloat16}


def numbers(type_name: str, seed: int, *shape: int) -> NDArray[Any]:
    """Random elements; those of floats are eighths, so that sums of their products are exact in float64."""
    rng = np.random.default_rng(seed)
    if type_name == "i4":
        return rng.integers(-8, 8, shape, np.int8)
    if type_name in ("f16", "bf16"):
        return (rng.integers(-100, 100, shape) / 8).astype(TYPES[type_name])
    return rng.integers(0, 256, shape, np.uint8).view(TYPES[type_name])


def products(x: NDArray[Any], w: NDArray[Any]) -> NDArray[Any]:
    """x @ w as i32, or as f32 rounded once."""
    if x.dtype.kind in "iu":
        return (x.astype(np.int64) @ w.astype(np.int64)).astype(np.int32)
    return (x.astype(np.float64) @ w.astype(np.float64)).astype(np.float32)


@pytest.mark.parametrize(("weights", "activations"), [
    ("i8", "i8"), ("i8", "u8"), ("u8", "i8"), ("i4", "i8"), ("f16", "f16"), ("bf16", "bf16"),
])  # fmt: skip
def test_products(engine: str, weights: str, activations: str) -> None:
    w, x = numbers(weights, 1, LANES, LANES), numbers(activations, 2, 3, LANES)
    elements = weight_rows(weights, w)
    count, width = len(elements), x.itemsize
    start = LOADED + count + 1
    ops = feeding(count) | {
        LOADED: [lw(weights, n=count)], LOADED + count: [iw()],
        start - FEED_CYCLES: [read(SW + 16, MW + 4, VECTOR_ROW, width, n=3, d=width)],
        start: [abc(activations, n=3, d=width)], start + 24: [acc("acc.emit plane, stream", n=3, d=width)],
        start + 24 + ANSWER: [write(ME, SE, 10, 4, n=3, d=width)],
    }  # fmt: skip
    run = ran(engine, ops, weight_data(elements) | vector_data(x))
    expected = products(x, w)
    for row in range(3):
        assert (get(run.engine, ME, 10 + row, expected.dtype) == expected[row]).all()


def test_planes_of_the_east_are_the_mirror_image(engine: str) -> None:
    """One element of i4 fills the matrix; sw becomes se, MXM.W becomes MXM.E, and distances are those from the east."""
    w, x = numbers("i4", 1, LANES, LANES), numbers("i8", 2, LANES)
    (element,) = weight_rows("i4", w)
    slices = [MW + 4, MW, ME, ME + 4]
    data = {(first + k, 0): element[4 * j + k] for j, first in enumerate(slices) for k in range(4)}
    ops: Ops = {cycle: [read(SE + 4 * j, slices[j], 0, 4)] for j, cycle in enumerate((0, 1, 3, 4))}
    ops |= {
        8: [op("lw.i4 plane, stream", plane=3, stream=SE)], 9: [iw(3)], 6: [read(SE + 16, ME + 4, VECTOR_ROW)],
        10: [op("abc.i8 plane, stream", plane=3, stream=SE + 16)],
        34: [acc("acc.emit plane, stream", plane=3, stream=SW)], 34 + 2 + 3: [write(ME, SW, 10, 4)],
    }  # fmt: skip
    run = ran(engine, ops, data | {(ME + 4, VECTOR_ROW): x})
    assert (get(run.engine, ME, 10, np.int32) == products(x, w)).all()


@pytest.mark.parametrize("type_name", ["i8", "f16"])
def test_accumulators(engine: str, type_name: str) -> None:
    """Set, add and emit, add, read, each of one result or row; the two planes of a hemisphere are one in 16 bits."""
    w, x = numbers(type_name, 3, LANES, LANES), numbers(type_name, 4, 4, LANES)
    elements, width = weight_rows(type_name, w), x.itemsize
    start = LOADED + len(elements) + 1
    out = [start + 24 + k * width for k in range(4)]
    ops = feeding(len(elements)) | {
        LOADED: [lw(type_name, n=len(elements))], start - 1: [iw()], start: [abc(type_name, n=4, d=width)],
        start - FEED_CYCLES: [read(SW + 16, MW + 4, VECTOR_ROW, width, n=4, d=width)],
        out[0]: [acc("acc.set plane, acc", 5)], out[1]: [acc("acc.add plane, acc, stream", 5)],
        out[2]: [acc("acc.add plane, acc", 5)], out[3]: [acc("acc.set plane, acc, stream", 6)],
        out[3] + 1: [acc("accr plane, acc, stream", 5)],
        out[1] + ANSWER: [write(ME, SE, 10, 4)], out[3] + ANSWER: [write(ME, SE, 11, 4, n=2)],
    }  # fmt: skip
    run = ran(engine, ops, weight_data(elements) | vector_data(x), strict=True)
    y = products(x, w)
    expected = [y[0] + y[1], y[3], y[0] + y[1] + y[2]]
    for row, sums in enumerate(expected):
        assert (get(run.engine, ME, 10 + row, y.dtype) == sums).all()


def test_a_row_may_be_set_from_streams_and_sums_wrap(engine: str) -> None:
    bias, x = np.full(LANES, 0x7FFFFFFF, np.int32), np.ones((1, LANES), np.int8)
    w = np.ones((LANES, LANES), np.int8)
    ops = feeding(2) | {
        LOADED: [lw("i8", n=2)], 10: [iw()], 7: [read(SW + 16, MW + 4, VECTOR_ROW)], 11: [abc("i8")],
        20: [read(SW + 20, MW, 70, 4)], 25: [acc("accw plane, acc, stream", 1023, stream=SW + 20)],
        35: [acc("acc.add plane, acc, stream", 1023)], 35 + ANSWER: [write(ME, SE, 10, 4)],
    }  # fmt: skip
    run = ran(engine, ops, weight_data(weight_rows("i8", w)) | vector_data(x) | {(MW, 70): bias})
    assert (get(run.engine, ME, 10, np.int32) == np.int32(-(2**31) + LANES - 1)).all()


def test_new_weights_are_installed_without_a_bubble(engine: str) -> None:
    """`iw` in cycle 30, beside the first element of the next load: activations of 30 see the old array."""
    old, new, x = numbers("i8", 5, LANES, LANES), numbers("i8", 6, LANES, LANES), numbers("i8", 7, 4, LANES)
    elements = np.concatenate([weight_rows("i8", old), weight_rows("i8", new)])
    ops = feeding(2) | feeding(2, start=18, row=2) | {
        LOADED: [lw("i8", n=2)], 10: [iw()], 26: [lw("i8", n=2)], 29: [abc("i8", n=4)], 30: [iw()],
        29 - FEED_CYCLES: [read(SW + 16, MW + 4, VECTOR_ROW, n=4)],
        53: [acc("acc.emit plane, stream", n=4)], 53 + ANSWER: [write(ME, SE, 10, 4, n=4)],
    }  # fmt: skip
    run = ran(engine, ops, weight_data(elements) | vector_data(x))
    expected = [*products(x[:2], old), *products(x[2:], new)]
    for row in range(4):
        assert (get(run.engine, ME, 10 + row, np.int32) == expected[row]).all()


def planes(run: Machine) -> dict[tuple[int, int], tuple[int, NDArray[np.uint8]]]:
    """Type code and weights, by plane and whether they are installed; of a buffer the rows marked as loaded."""
    found = {}
    for item in run.state.tensor:
        if isinstance(item, Plane):
            table = np.frombuffer(item.data, np.uint8)
            weights, loaded = table[: LANES * LANES].reshape(LANES, LANES), table[LANES * LANES :].astype(bool)
            assert not weights[~loaded].any()
            found[item.plane, item.installed] = item.type, weights[loaded]
    return found


def test_a_load_in_the_cycle_of_an_install_stays_in_the_buffer(engine: str) -> None:
    elements = weight_rows("i8", numbers("i8", 8, LANES, LANES))
    run = ran(engine, feeding(2) | {LOADED: [lw("i8", n=2)], LOADED + 1: [iw()]}, weight_data(elements))
    found = planes(run)
    assert (found[0, 1][1][:16] == elements[0]).all() and not found[0, 1][1][16:].any()
    assert (found[0, 0][1] == elements[1]).all()


def test_rows_past_the_last_lane_are_dropped(engine: str) -> None:
    elements = weight_rows("i8", numbers("i8", 8, LANES, LANES))
    run = ran(engine, feeding(1) | {LOADED: [lw("i8", row0=24)]}, weight_data(elements))
    code, weights = planes(run)[0, 0]
    assert code == TYPE_CODE["i8"] and (weights == elements[0, :8]).all()


def test_weights_of_another_type_empty_a_buffer(engine: str) -> None:
    elements = weight_rows("u8", random_bytes(9, 64, LANES))
    ops = feeding(4) | {LOADED: [lw("i8")], LOADED + 1: [lw("f16")], LOADED + 2: [lw("u8", 1, row0=16)]}
    run = machine(engine, ops | {30: [HALT]}, weight_data(elements))
    run.step(LOADED + 2)
    found = planes(run)
    assert {place: code for place, (code, _) in found.items()} == {(0, 0): TYPE_CODE["f16"], (1, 0): TYPE_CODE["f16"]}
    assert (found[0, 0][1] == elements[1, 0::2]).all() and (found[1, 0][1] == elements[1, 1::2]).all()
    run.step()
    found = planes(run)
    assert list(found) == [(1, 0)] and found[1, 0][0] == TYPE_CODE["u8"]
    assert (found[1, 0][1] == elements[2]).all()


def test_weights_of_four_bits_are_sign_extended(engine: str) -> None:
    w = numbers("i4", 1, LANES, LANES)
    run = ran(engine, feeding(1) | {LOADED: [lw("i4")], LOADED + 1: [iw()]}, weight_data(weight_rows("i4", w)))
    assert (planes(run)[0, 1][1].view(np.int8) == w).all()


def test_arrays_of_16_bits_stand_in_both_planes_or_in_none(engine: str) -> None:
    elements = weight_rows("u8", random_bytes(9, 64, LANES))
    ops = feeding(4) | {LOADED: [lw("f16")], LOADED + 1: [iw(), lw("u8", 1)], LOADED + 2: [iw(1)]}
    run = machine(engine, ops | {30: [HALT]}, weight_data(elements))
    run.step(LOADED + 2)
    half = TYPE_CODE["f16"]
    assert {place: code for place, (code, _) in planes(run).items()} == {
        (0, 1): half, (1, 1): half, (1, 0): TYPE_CODE["u8"],
    }  # fmt: skip
    run.step()
    assert {place: code for place, (code, _) in planes(run).items()} == {(1, 1): TYPE_CODE["u8"]}


def test_installing_an_empty_buffer_leaves_no_array(engine: str) -> None:
    elements = weight_rows("u8", random_bytes(9, 64, LANES))
    run = ran(engine, feeding(2) | {LOADED: [lw("u8")], 10: [iw()], 11: [iw()]}, weight_data(elements))
    assert planes(run) == {}


# Lost values ------------------------------------------------------------------------------------
def lost(run: Machine) -> list[tuple[int, int, int]]:
    """(slot, stream, how many) of the values that ops of the first bundle lost."""
    items = [item for item in run.state.tensor if isinstance(item, Lost)]
    return [(item.slot, item.stream, item.losses) for item in items if item.pc == 0]


def test_values_that_leave_unsampled_are_counted_byte_by_byte(engine: str) -> None:
    ops = {0: [read(SE, MW, n=2), read(SE + 4, MW + 4, width=2)], 4: [write(ME, SE)], 30: [HALT]}
    run = ran(engine, ops, {(MW, 0): elements(1, 1), (MW, 1): elements(1, 2), (MW + 4, 0): elements(2, 3)})
    assert lost(run) == [(0, SE, 1), (1, SE + 4, 1), (1, SE + 5, 1)]


def test_what_is_still_on_its_way_at_the_end_is_not_lost(engine: str) -> None:
    """It leaves W.q0 in 2, MXM.E in 7, and would be dropped in cycle 8, which is not executed if the run is over."""
    for cycle, expected in ((7, []), (8, [(0, SE, 1)])):
        assert lost(ran(engine, {0: [read(SE, MW)], cycle: [HALT]}, {(MW, 0): elements(1, 1)})) == expected


def test_an_overwritten_value_is_lost_unless_it_is_sampled_by_that_cycle(engine: str) -> None:
    overwrite = {4: [op("vmov.u8 dst, imm", dst=SE, imm=1, u=1)]}
    rows: Rows = {(MW, 0): elements(1, 1), (MW, 1): elements(1, 2)}
    run = ran(engine, {0: [read(SE, MW, n=2)], 30: [HALT]} | {3: overwrite[4], 4: overwrite[4]}, rows)
    assert lost(run) == [(0, SE, 2)]
    sampling = [op("vmov.u8 dst, sa", dst=V, sa=SE), *overwrite[4]]
    run = ran(engine, {0: [read(SE, MW, n=2)], 3: sampling, 4: overwrite[4], 30: [HALT]}, rows)
    assert lost(run) == [(0, SE, 1)]


def test_a_result_that_is_not_taken_is_lost(engine: str) -> None:
    w, x = numbers("i8", 1, LANES, LANES), numbers("i8", 2, 2, LANES)
    ops = feeding(2) | {
        LOADED: [lw("i8", n=2)], 10: [iw()], 11: [abc("i8", n=2)],
        11 - FEED_CYCLES: [read(SW + 16, MW + 4, VECTOR_ROW, n=2)],
        35: [acc("acc.set plane, acc")], 60: [HALT],
    }  # fmt: skip
    run = machine(engine, ops, weight_data(weight_rows("i8", w)) | vector_data(x))
    run.step(35)
    exits = [item for item in run.state.tensor if isinstance(item, Exit)]
    assert [(item.landing, item.element, item.floats) for item in exits] == [(35, 0, 0), (36, 1, 0)]
    assert (np.frombuffer(exits[1].data, np.int32) == products(x[1], w)).all()
    run.run()
    assert [(item.stream, item.losses) for item in run.state.tensor if isinstance(item, Lost)] == [(-1, 1)]
    assert [(entry.unit, entry.stream, entry.losses) for entry in run.stats.lost] == [("P0.abc", -1, 1)]
