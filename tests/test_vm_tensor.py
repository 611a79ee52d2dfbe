"""The tensor face as state: snapshots anywhere in a run, states that no run reaches, streams, statistics."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tensor_tools import (
    E_Q1,
    HALT,
    LANES,
    ME,
    MW,
    SE,
    SW,
    VXM,
    E,
    Ops,
    R,
    V,
    machine,
    mov,
    pc,
    random_bytes,
    read,
    timeline,
    vadd,
    vmov,
    write,
)

from conform.build import image, op
from isa.tensor import TYPE_CODE
from isa.units import UNIT_NAMES
from vm import items
from vm.engine import HALTED, State
from vm.items import in_order
from vm.machine import Machine
from vm.snapshot import SnapshotError, from_bytes
from vm.stats import LostStats, UnitStats

X = random_bytes(1)
ROWS = {(MW + k, row): random_bytes(8 * row + k) for k in range(8) for row in range(4)}
ROWS |= {(ME + k, row): random_bytes(100 + 8 * row + k) for k in range(8) for row in range(4)}
FEED: Ops = {
    cycle: [read(SW + 4 * k + j, first + j, n=2) for j in range(4)]
    for k, (first, cycle) in enumerate({ME + 4: 0, ME: 1, MW: 3, MW + 4: 4}.items())
}
EVERYTHING: Ops = FEED | {
    2: [mov(1, 77)],
    7: [read(SW + 16, MW + 4, 1, n=2), vmov(V + 3, R + 1, 3, "u16")],
    8: [op("lw.i8 plane, stream", plane=0, stream=SW, n=2), read(SE + 8, MW, 2, 2)],
    10: [op("iw plane")],
    11: [op("abc.i8 plane, stream", plane=0, stream=SW + 16, n=2), vadd(SE + 12, R + 1, R + 1, 5, n=20, d=2)],
    12: [op("vexp.f32 dst, sa", dst=V + 6, sa=R + 1, u=6)],
    14: [op("lmap hemi, number, from", hemi=E, number=5, **{"from": SE + 8})],
    35: [op("acc.set plane, acc, stream", plane=0, acc=9, stream=SE, n=2)],
    42: [write(ME, SE, 3, 4)],
    70: [HALT],
}


def everything(run: Machine) -> tuple[Any, ...]:
    return run.state, run.engine.issue_counts(), bytes(run.engine.sram()), bytes(run.engine.written())


def test_the_program_has_items_of_all_kinds() -> None:
    run = machine("reference", EVERYTHING, ROWS)
    seen: set[type] = set()
    while run.step() != HALTED:
        seen |= {type(item) for item in run.state.tensor}
    assert seen == set(items.KINDS)


@given(cut=st.integers(0, 71), engines=st.permutations(["reference", "core"]))
def test_a_run_goes_on_in_either_engine_from_a_snapshot_anywhere(cut: int, engines: list[str]) -> None:
    first = machine(engines[0], EVERYTHING, ROWS)
    first.engine.run(cut)
    data = first.snapshot().to_bytes()
    second = Machine(first.image, engines[1])
    second.restore(data)
    assert everything(second) == everything(first)
    assert second.snapshot().to_bytes() == data
    first.run()
    second.run()
    assert everything(second) == everything(first)
    assert second.stats == first.stats


# States that no run reaches ---------------------------------------------------------------------
def state_with(*found: items.Item, cycle: int = 20, **numbers: Any) -> State:
    made = Machine(image(*timeline(EVERYTHING)), "reference").state
    return replace(made, cycle=cycle, next_fetch=cycle, tensor=in_order(list(found)), **numbers)


ROW, WORDS, TABLE = bytes(LANES), bytes(4 * LANES), bytes(LANES * LANES)
READ = {"unit": UNIT_NAMES.index("me4.rp"), "pc": 0, "slot": 0, "element": 1}
VALUE = items.Value(SW, VXM, 5, **READ, width=1, byte=0, sampled=0, data=ROW)
RESULT = items.Result(21, SW, E_Q1, 19, **READ, width=1, byte=0, data=ROW)
VECTOR = items.Vector(3, 2, 2 * ROW)
VECTOR_WRITE = items.VectorWrite(23, 6, 15, pc(EVERYTHING, 12), 0, 0, 4, WORDS)
PLANE = items.Plane(0, 0, TYPE_CODE["i8"], TABLE + ROW)
EXIT = items.Exit(0, 29, 5, pc(EVERYTHING, 11), 0, 1, 0, WORDS)
ACCUMULATOR = items.Accumulator(3, 1023, WORDS)
MAP = items.Map(1, 7, 2 * ROW)
LOST = items.Lost(pc(EVERYTHING, 11), 0, -1, 4)
BURST = items.Burst(0, 0, 19, b"")
GOOD = [VALUE, RESULT, VECTOR, VECTOR_WRITE, PLANE, EXIT, ACCUMULATOR, MAP, LOST, BURST]
HALF = items.Plane(0, 1, TYPE_CODE["f16"], TABLE + b"\1" * LANES)
LIES: list[tuple[list[items.Item], str]] = [
    ([VALUE._replace(stream=64)], "the stream of a Value cannot be 64"),
    ([VALUE._replace(position=9)], "the position of a Value cannot be 9"),
    ([VALUE._replace(issued=20)], "the issued of a Value cannot be 20"),
    ([VALUE._replace(unit=10_000)], "the unit of a Value"),
    ([VALUE._replace(width=3)], "the width of a Value"),
    ([VALUE._replace(width=0)], "the width of a Value"),
    ([VALUE._replace(byte=1)], "the byte of a Value"),
    ([VALUE._replace(sampled=2)], "the sampled of a Value"),
    ([VALUE._replace(data=b"")], "a Value holds 32 bytes here, not 0"),
    ([VALUE, VALUE._replace(issued=6)], "there are 2 of Value with stream 32, position 4"),
    ([VALUE._replace(stream=SW + 1)], "no run of this program leaves a Value with stream 33"),
    ([VALUE._replace(unit=9)], "no run of this program leaves a Value"),
    ([VALUE._replace(pc=1 << 20)], "no run of this program leaves a Value"),
    ([VALUE._replace(slot=7)], "no run of this program leaves a Value"),
    ([VALUE._replace(element=2)], "no run of this program leaves a Value"),
    ([VALUE._replace(issued=18)], "no run of this program leaves a Value"),
    ([RESULT._replace(landing=19)], "the landing of a Result cannot be 19"),
    ([RESULT._replace(landing=40)], "the landing of a Result cannot be 40"),
    ([RESULT._replace(landing=22)], "no run of this program leaves a Result"),
    ([RESULT._replace(position=VXM)], "no run of this program leaves a Result"),
    ([RESULT, RESULT._replace(issued=18)], "there are 2 of Result"),
    ([VECTOR._replace(register=16)], "the register of a Vector"),
    ([VECTOR._replace(width=4)], "a Vector holds 128 bytes here, not 64"),
    ([VECTOR_WRITE._replace(landing=20)], "the landing of a VectorWrite"),
    ([VECTOR_WRITE._replace(issued=16)], "no run of this program leaves a VectorWrite"),
    ([VECTOR_WRITE._replace(register=7)], "no run of this program leaves a VectorWrite"),
    ([VECTOR_WRITE._replace(pc=0)], "no run of this program leaves a VectorWrite"),
    ([PLANE._replace(plane=4)], "the plane of a Plane"),
    ([PLANE._replace(type=TYPE_CODE["f32"])], "the type of a Plane"),
    ([PLANE._replace(data=TABLE)], "a Plane holds 1056 bytes here, not 1024"),
    ([PLANE._replace(data=TABLE + b"\2" * LANES)], "the rows of a Plane are marked 2"),
    ([PLANE._replace(installed=1)], "the rows of a Plane are marked 0"),
    ([PLANE._replace(data=b"\1" + TABLE[1:] + ROW)], "a row of weights that was not loaded is not zero"),
    ([PLANE._replace(type=TYPE_CODE["i4"], data=b"\x08" + TABLE[1:] + b"\1" * LANES)], "a weight of type i4"),
    ([HALF], "plane 0 holds half of an array of f16"),
    ([HALF, HALF._replace(plane=1, type=TYPE_CODE["bf16"])], "holds half of an array"),
    ([EXIT._replace(landing=30)], "the landing of a Exit cannot be 30"),
    ([EXIT._replace(floats=2)], "the floats of a Exit"),
    ([EXIT._replace(floats=1)], "no run of this program leaves a Exit"),
    ([EXIT._replace(plane=1)], "no run of this program leaves a Exit"),
    ([EXIT._replace(pc=0)], "no run of this program leaves a Exit"),
    ([ACCUMULATOR._replace(row=1024)], "the row of a Accumulator"),
    ([MAP._replace(hemi=2)], "the hemi of a Map"),
    ([MAP._replace(number=8)], "the number of a Map"),
    ([LOST._replace(losses=0)], "the losses of a Lost"),
    ([LOST._replace(stream=-2)], "the stream of a Lost"),
    ([LOST._replace(pc=0)], "no run of this program leaves a Lost"),
    ([BURST._replace(data=b"123")], "a Burst holds 0 or 4 or 8 or 12 bytes here, not 3"),
    ([BURST._replace(data=b"1234")], "no run of this program leaves a Burst"),
    ([BURST._replace(pc=1 << 20)], "no run of this program leaves a Burst"),
    ([BURST._replace(slot=7)], "no run of this program leaves a Burst"),
    ([BURST._replace(pc=pc(EVERYTHING, 2))], "no run of this program leaves a Burst"),
    ([BURST._replace(started=5)], "the burst begun in cycle 5 held its units until 6 only"),
    ([BURST, items.Burst(pc(EVERYTHING, 7), 1, 19, bytes(4))], "the burst begun in cycle 19 held"),
]


def test_good_items_are_taken() -> None:
    for name in ("reference", "core"):
        run = machine(name, EVERYTHING, ROWS)
        state = state_with(*GOOD, settled=23)
        run.engine.set_state(state)
        assert run.state == state


@pytest.mark.parametrize(("found", "complaint"), LIES, ids=[complaint for _, complaint in LIES])
def test_items_that_no_run_reaches_are_refused(found: list[items.Item], complaint: str) -> None:
    run = machine("reference", EVERYTHING, ROWS)
    run.engine.run(15)
    there = run.state
    with pytest.raises(ValueError, match=complaint):
        run.engine.set_state(state_with(*found))
    assert run.state == there
    core = machine("core", EVERYTHING, ROWS)
    with pytest.raises(ValueError):
        core.engine.set_state(state_with(*found))


def test_items_out_of_order_and_settled_out_of_bounds_are_refused() -> None:
    run = machine("reference", EVERYTHING, ROWS)
    with pytest.raises(ValueError, match="out of order"):
        run.engine.set_state(replace(state_with(), tensor=(RESULT, VALUE)))
    with pytest.raises(ValueError, match="settled is 1000"):
        run.engine.set_state(state_with(settled=1000))


@given(st.data())
def test_hostile_items_in_a_snapshot_do_no_harm(data: st.DataObject) -> None:
    """Any one number of any one item, changed to another: refused, or a state that both engines run from alike."""
    run = machine("reference", EVERYTHING, ROWS)
    run.engine.run(data.draw(st.sampled_from([5, 9, 12, 36])))
    saved = run.snapshot()
    found = list(saved.state.tensor)
    index = data.draw(st.integers(0, len(found) - 1))
    numbers = [name for name in found[index]._fields if name != "data"]
    name = data.draw(st.sampled_from(numbers))
    found[index] = found[index]._replace(**{name: data.draw(st.integers(-2, 70) | st.integers(0, 1 << 64))})
    changed = replace(saved, state=replace(saved.state, tensor=in_order(found))).to_bytes()
    ends = []
    for engine in ("reference", "core"):
        again = Machine(run.image, engine)
        try:
            again.restore(changed)
        except SnapshotError:
            ends.append(None)
        else:
            again.engine.run(200)
            ends.append((again.state, again.engine.fault))
    assert ends[0] == ends[1]


def test_the_data_of_items_is_measured_before_it_is_believed() -> None:
    run = machine("reference", EVERYTHING, ROWS)
    run.engine.run(12)
    saved = run.snapshot()
    first = saved.state.tensor[0]
    short = replace(saved, state=replace(saved.state, tensor=(first._replace(data=b"12"), *saved.state.tensor[1:])))
    with pytest.raises(SnapshotError, match="a Value holds 32 bytes here, not 2"):
        from_bytes(short.to_bytes())


# Statistics -------------------------------------------------------------------------------------
def test_elements_and_busy_cycles_of_units(engine: str) -> None:
    ops: Ops = {0: [read(SE, MW, width=4, n=3, d=5, m=2, e=20)], 60: [HALT]}
    run = machine(engine, ops, {(MW + k, row): X for k in range(4) for row in range(3)})
    for cycle, elements in ((0, 0), (1, 1), (5, 1), (6, 2), (20, 3), (21, 4), (31, 6), (61, 6)):
        run.engine.run(cycle)
        expected = {f"mw{k}.rp": UnitStats(1, elements, elements) for k in range(4)} if cycle else {}
        assert {unit: use for unit, use in run.stats.units.items() if unit != "B0"} == expected
    assert run.stats.ops == 3


def test_16_bit_activations_keep_both_planes_busy_for_two_cycles(engine: str) -> None:
    feed = {cycle: [replace_n(one) for one in bundle] for cycle, bundle in FEED.items()}
    ops: Ops = feed | {
        6: [read(SW + 16, MW + 4, 2, 2, n=3, d=2)],
        8: [op("lw.f16 plane, stream", plane=0, stream=SW)],
        9: [op("iw plane")],
        10: [op("abc.f16 plane, stream", plane=0, stream=SW + 16, n=3, d=2)],
        60: [HALT],
    }
    run = machine(engine, ops, ROWS | {(MW + 4 + k, row): X for k in range(2) for row in range(2, 5)})
    run.run()
    units = run.stats.units
    assert units["P0.abc"] == units["P1.abc"] == UnitStats(1, 6, 3)
    assert units["P0.lw"] == units["P1.lw"] == UnitStats(1, 1, 1)
    assert run.stats.lost[-1] == LostStats("P0.abc", -1, 3, ("test.s", pc_line(ops, 10)))


def replace_n(one: Any) -> Any:
    return one.with_field("n", 1)


def pc_line(ops: Ops, cycle: int) -> int:
    """The line of the bundle that issues in a cycle: waits have lines of their own."""
    return len(timeline({now: bundle for now, bundle in ops.items() if now <= cycle}))


def test_lost_values_by_op_and_stream(engine: str) -> None:
    run = machine(engine, {0: [read(SE, MW, n=2), read(SE + 4, MW + 4, width=2)], 30: [HALT]}, ROWS)
    run.run()
    assert run.stats.lost == (
        LostStats("mw0.rp", SE, 2, ("test.s", 1)),
        LostStats("mw4.rp", SE + 4, 1, ("test.s", 1)),
        LostStats("mw4.rp", SE + 5, 1, ("test.s", 1)),
    )


def test_streams_are_a_copy(engine: str) -> None:
    run = machine(engine, {0: [read(SW, ME)], 9: [HALT]}, ROWS)
    run.step(4)
    data, held = run.streams
    assert np.argwhere(held).tolist() == [[1, 0, VXM]]
    assert (data[1, 0, VXM] == ROWS[ME, 0]).all()
    data[:] = 0
    assert (run.streams[0][1, 0, VXM] == ROWS[ME, 0]).all()
