"""Sections 11 to 15 of docs/machine.md clause by clause, on both engines: streams, bursts, MEM, VXM."""

from __future__ import annotations

import numpy as np
import pytest
from tensor_tools import (
    E_Q0,
    HALT,
    LANES,
    ME,
    MW,
    MXM_E,
    SE,
    SW,
    VXM,
    W_Q0,
    W_Q1,
    Bytes,
    Ops,
    R,
    V,
    get,
    machine,
    mov,
    put,
    ran,
    random_bytes,
    read,
    timeline,
    vadd,
    vmov,
    write,
)

from conform.build import addresses, image, op
from isa.machine import LPU1, LPU_TINY
from vm.engine import HALTED
from vm.items import Burst, Value
from vm.machine import Machine


def held(machine: Machine) -> dict[tuple[int, int], Bytes]:
    """What streams hold, by stream and position."""
    values = (item for item in machine.state.tensor if isinstance(item, Value))
    return {(item.stream, item.position): np.frombuffer(item.data, np.uint8) for item in values}


X, Y = random_bytes(1), random_bytes(2)


# The worked example -----------------------------------------------------------------------------
def test_the_worked_example_takes_75_cycles(engine: str) -> None:
    """Section 10 of the machine's design: z = relu(x + y), f32[64, 320]."""
    ops = {
        0: [read(SE + 4, MW + 4, width=4, n=64)],
        1: [read(SE + 0, MW + 0, width=4, n=64)],
        4: [vadd(V + 0, SE + 0, SE + 4, 0, "f32", n=64)],
        7: [op("vrelu.f32 dst, sa", dst=SE + 8, sa=V + 0, u=1, n=64)],
        11: [write(ME + 0, SE + 8, width=4, n=64), HALT],
    }
    run = Machine(image(*timeline(ops), machine=LPU1), engine, strict=True)
    x, y = np.random.default_rng(3).standard_normal((2, 64, 320)).astype(np.float32)
    for row in range(64):
        put(run.engine, MW + 0, row, x[row])
        put(run.engine, MW + 4, row, y[row])
    assert (run.run(), run.cycle) == (HALTED, 75)
    z = np.stack([get(run.engine, ME + 0, row, np.float32) for row in range(64)])
    assert (z == np.maximum(x + y, 0)).all()


# Streams ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("stream", "slice_", "places"), [
    (SE + 3, MW, [W_Q0, VXM, E_Q0]), (SW + 3, ME, [E_Q0, VXM, W_Q0]), (SW + 3, MW, [W_Q0, W_Q1, W_Q1 - 1]),
])  # fmt: skip
def test_a_result_leaves_its_position_and_moves_one_a_cycle(
    engine: str, stream: int, slice_: int, places: list[int]
) -> None:
    run = machine(engine, {0: [read(stream, slice_)], 20: [HALT]}, {(slice_, 0): X})
    run.step(2)
    assert held(run) == {}
    for place in places:
        run.step()
        assert list(held(run)) == [(stream, place)]
        assert (held(run)[stream, place] == X).all()


def test_a_value_is_sampled_downstream_and_taken_from_nobody(engine: str) -> None:
    ops = {0: [read(SE, MW)], 4: [write(ME, SE)], 5: [write(ME + 4, SE), write(ME + 5, SE)]}
    run = ran(engine, ops, {(MW, 0): X})
    assert all((get(run.engine, slice_, 0) == X).all() for slice_ in (ME, ME + 4, ME + 5))


def test_a_value_replaced_at_a_place_can_still_be_sampled_there(engine: str) -> None:
    ops = {
        0: [read(SE, MW, n=4)], 3: [vadd(SE, SE, R + 1, n=4)],
        7: [write(ME, SE, n=4)], 1: [mov(1, 5)], 12: [HALT],
    }  # fmt: skip
    rows = {(MW, row): X + np.uint8(row) for row in range(4)}
    run = ran(engine, ops, rows, strict=True)
    for row in range(4):
        assert (get(run.engine, ME, row) == X + np.uint8(row + 5)).all()


def test_any_byte_of_a_result_may_be_sampled_and_the_low_ones_as_a_group(engine: str) -> None:
    words = np.random.default_rng(4).integers(0, 1 << 32, LANES, np.uint32)
    ops = {0: [read(SE, MW, width=4)], 4: [write(ME, SE, width=2)], 5: [write(ME + 4, SE + 3)]}
    run = ran(engine, ops, {(MW, 0): words})
    assert (get(run.engine, ME, 0, np.uint16) == words.astype(np.uint16)).all()
    assert (get(run.engine, ME + 4, 0) == words >> 24).all()


def test_single_bytes_make_a_group(engine: str) -> None:
    ops = {0: [read(SE, MW), read(SE + 1, MW + 1)], 4: [write(ME, SE, width=2)]}
    run = ran(engine, ops, {(MW, 0): X, (MW + 1, 0): Y})
    assert (get(run.engine, ME, 0, np.uint16) == X + 256 * Y.astype(np.uint16)).all()


def test_values_fall_off_the_edge(engine: str) -> None:
    run = machine(engine, {0: [read(SE, MW)], 20: [HALT]}, {(MW, 0): X})
    run.step(2 + MXM_E - W_Q0 + 1)
    assert list(held(run)) == [(SE, MXM_E)]
    run.step()
    assert held(run) == {}


def test_streams_as_arrays(engine: str) -> None:
    run = machine(engine, {0: [read(SW + 2, ME)], 20: [HALT]}, {(ME, 0): X})
    run.step(4)
    data, mask = run.streams
    assert data.shape == (2, 32, 9, LANES) and mask.sum() == 1 and mask[1, 2, VXM]
    assert (data[1, 2, VXM] == X).all()


# The end, bursts --------------------------------------------------------------------------------
@pytest.mark.parametrize(("ops", "cycles"), [
    ({0: [read(SE, MW), HALT]}, 2),
    ({0: [read(SE, MW, n=3, d=4), HALT]}, 2 * 4 + 2),
    ({0: [read(SE, MW, n=2, m=3, e=5), HALT]}, 2 * 5 + 1 + 2),
    ({0: [read(SE, MW)], 3: [vmov(V, SE, delay=15), HALT]}, 3 + 16),
    ({0: [read(SE, MW)], 30: [HALT]}, 31),
])  # fmt: skip
def test_a_run_ends_when_all_has_landed(engine: str, ops: Ops, cycles: int) -> None:
    assert ran(engine, ops, {(MW, row): X for row in range(3)}).cycle == cycles


def test_elements_of_two_levels_of_repeat(engine: str) -> None:
    """Element (j, i) in cycle j*e + i*d, from row 1 + i*2 + j*10; read three positions away, at the VXM."""
    rows = {(MW, row): np.full(LANES, row, np.uint8) for row in range(64)}
    source = read(SE, MW, 1, n=3, d=2, stride=2, m=2, e=7, stride2=10)
    issues = [j * 7 + i * 2 for j in range(2) for i in range(3)]
    sinks = {4 + issue: [write(ME, SE, k)] for k, issue in enumerate(issues)}
    run = ran(engine, {0: [source]} | sinks, rows)
    assert [int(get(run.engine, ME, k)[0]) for k in range(6)] == [1, 3, 5, 11, 13, 15]
    run = ran(engine, {0: [source], 4: [write(ME, SE, 9, n=3, d=2, stride=-1, m=2, e=7, stride2=-4)]}, rows)
    assert [int(get(run.engine, ME, row)[0]) for row in (9, 8, 7, 5, 4, 3)] == [1, 3, 5, 11, 13, 15]


def test_registers_are_read_in_the_first_cycle(engine: str) -> None:
    ops = {
        0: [mov(1, 2), mov(2, 100, 1)],
        1: [op("read stream, slice[row + ra]", stream=SE, slice=MW, ra=1, n=4)],
        2: [mov(1, 50)],
        4: [vadd(SE, SE, R + 2, n=4), mov(2, 0)],
        8: [write(ME, SE, n=4)],
    }
    run = ran(engine, ops, {(MW, row): np.full(LANES, row, np.uint8) for row in range(6)})
    assert [int(get(run.engine, ME, row)[0]) for row in range(4)] == [102, 103, 104, 105]


def test_a_unit_is_free_after_the_last_element(engine: str) -> None:
    ops = {0: [read(SE, MW, n=3, d=2)], 5: [read(SE, MW + 1), read(SE + 1, MW)]}
    assert ran(engine, ops, {(MW, 0): X, (MW, 1): X, (MW, 2): X, (MW + 1, 0): X}).cycle == 7


def test_loops_and_dead_cycles_do_not_disturb_bursts(engine: str) -> None:
    """A burst of 12 beside a loop of three rounds and a jump."""
    bundles = [
        [read(SE, MW, n=12)], [op("nop count", count=3)], [write(ME, SE, n=12)],
        [op("loop imm, target", imm=3, target=0)], [mov(1, 7)], [op("jmp target", target=0)], [HALT],
    ]  # fmt: skip
    starts = addresses(*bundles)
    bundles[3], bundles[5] = [op("loop imm, target", imm=3, target=starts[5])], [op("jmp target", target=starts[6])]
    run = Machine(image(*bundles), engine, strict=False)
    for row in range(12):
        put(run.engine, MW, row, X + np.uint8(row))
    assert run.run() == HALTED
    assert all((get(run.engine, ME, row) == X + np.uint8(row)).all() for row in range(12))
    assert run.cycle == 4 + 12


def test_running_bursts_are_part_of_the_state(engine: str) -> None:
    ops = {0: [mov(1, 2)], 1: [op("read stream, slice[row + ra]", stream=SE, slice=MW, ra=1, n=4, d=3)], 30: [HALT]}
    run = machine(engine, ops, {(MW, row): X for row in range(6)})
    run.step(1 + 9)
    (burst,) = (item for item in run.state.tensor if isinstance(item, Burst))
    assert (burst.started, burst.data) == (1, (2).to_bytes(4, "little"))
    run.step()
    assert not [item for item in run.state.tensor if isinstance(item, Burst)]


# Memory slices ----------------------------------------------------------------------------------
def test_rows_count_on_into_the_second_bank(engine: str) -> None:
    last = LPU_TINY.rows - 1
    rows = {(MW, last): X, (MW, last + 1): Y}
    run = ran(engine, {0: [read(SE, MW, last, n=2)], 4: [write(ME, SE, 2 * last, n=2)]}, rows)
    assert (get(run.engine, ME, 2 * last) == X).all() and (get(run.engine, ME, 2 * last + 1) == Y).all()


def test_writes_are_visible_in_the_next_cycle(engine: str) -> None:
    ops = {0: [read(SE, MW)], 4: [write(ME, SE)], 5: [read(SW, ME)], 9: [write(MW, SW, 1)]}
    run = ran(engine, ops, {(MW, 0): X})
    assert (get(run.engine, MW, 1) == X).all()


def test_scalar_loads_see_what_streams_wrote_and_the_reverse(engine: str) -> None:
    word = address_of(ME)
    ops = {
        0: [read(SE, MW)], 4: [write(ME, SE)], 5: [op("ld rt, [disp]", rt=1, disp=word)],
        10: [op("st [disp], rt", disp=address_of(MW), rt=1)], 11: [read(SE, MW)], 15: [write(ME, SE, 1)],
    }  # fmt: skip
    run = ran(engine, ops, {(MW, 0): X})
    assert int(run.regs[1]) == int(X[:4].view("<u4")[0])
    assert (get(run.engine, ME, 1) == X).all()


def address_of(slice_: int) -> int:
    return LPU_TINY.word_address(*divmod(slice_, 64), 0, 0)


def test_gather_takes_a_row_for_each_superlane(engine: str) -> None:
    rows = {(MW, row): random_bytes(row) for row in range(5)}
    entries = np.repeat(np.array([4, 1], np.uint16), 16) + np.arange(LANES, dtype=np.uint16) % 16 * 7
    ops = {
        0: [read(SE, MW + 4, width=2)],
        3: [op("gather stream, slice.bank, map", stream=SE + 4, slice=MW, map=SE)],
        3 + 4 + E_Q0 - W_Q0: [write(ME, SE + 4)],
    }
    run = ran(engine, ops, rows | {(MW + 4, 0): entries})
    expected = np.concatenate([rows[MW, 4][:16], rows[MW, 1][16:]])
    assert (get(run.engine, ME, 0) == expected).all()


def test_scatter_writes_a_row_for_each_superlane(engine: str) -> None:
    entries = np.repeat(np.array([4, 1], np.uint16), 16)
    ops = {
        0: [read(SE, MW + 4, width=2), read(SE + 4, MW + 6)],
        5: [op("scatter slice.bank, stream, map", slice=ME, bank=1, stream=SE + 4, map=SE)],
    }
    run = ran(engine, ops, {(MW + 4, 0): entries, (MW + 6, 0): X, (ME, 64 + 4): Y, (ME, 64 + 1): Y})
    assert (get(run.engine, ME, 64 + 4) == np.concatenate([X[:16], Y[16:]])).all()
    assert (get(run.engine, ME, 64 + 1) == np.concatenate([Y[:16], X[16:]])).all()


@pytest.mark.parametrize(("mode", "byte"), [("zero", 0), ("poison", 0xDB)])
def test_what_was_never_written_reads_as_the_mode_says(engine: str, mode: str, byte: int) -> None:
    ops = {
        0: [read(SE, MW)], 3: [vadd(SE, SE, V + 5)], 7: [write(ME, SE)],
        8: [op("accr plane, acc, stream", plane=2, acc=3, stream=SW + 4)], 13: [write(ME + 1, SW + 6)], 20: [HALT],
    }  # fmt: skip
    run = ran(engine, ops, uninit=mode)
    assert (get(run.engine, ME, 0) == 2 * byte % 256).all()
    assert (get(run.engine, ME + 1, 0) == byte).all()


# Vector ALUs ------------------------------------------------------------------------------------
def test_a_v_register_is_read_from_its_landing_cycle_until_overwritten(engine: str) -> None:
    ops = {
        0: [read(SE, MW), read(SE + 1, MW + 1)],
        3: [vmov(V, SE), vmov(V + 1, SE + 1, 1)],
        4: [vadd(V, V, V + 1)],
        6: [vmov(SE, V, 2)],
        7: [vmov(SE, V, 2)],
        8: [write(ME, SE, 0, n=2)],
    }
    run = ran(engine, ops, {(MW, 0): X, (MW + 1, 0): Y})
    assert (get(run.engine, ME, 0) == X).all()
    assert (get(run.engine, ME, 1) == X + Y).all()


def test_a_v_register_may_be_read_narrower(engine: str) -> None:
    words = np.random.default_rng(5).integers(0, 1 << 32, LANES, np.uint32)
    ops = {
        0: [read(SE, MW, width=4)], 3: [vmov(V, SE, 0, "u32")], 4: [vmov(SE, V, 1, "u16")], 6: [write(ME, SE, width=2)],
    }  # fmt: skip
    run = ran(engine, ops, {(MW, 0): words})
    assert (get(run.engine, ME, 0, np.uint16) == words.astype(np.uint16)).all()


@pytest.mark.parametrize("delay", [0, 1, 15])
def test_a_move_may_be_delayed(engine: str, delay: int) -> None:
    run = ran(engine, {0: [read(SE, MW)], 3: [vmov(SE, SE, delay=delay)], 5 + delay: [write(ME, SE)]}, {(MW, 0): X})
    assert (get(run.engine, ME, 0) == X).all()


def test_scalars_and_immediates_are_broadcast_by_their_low_bits(engine: str) -> None:
    ops = {
        0: [mov(3, 0x12345678)],
        1: [vmov(SE, R + 3, 0, "u16"), op("vmov.f32 dst, imm", dst=SE + 4, imm=0x3FC00000, u=1)],
        3: [write(ME, SE, width=2)],
        4: [write(ME + 4, SE + 4, width=4)],
    }
    run = ran(engine, ops)
    assert (get(run.engine, ME, 0, np.uint16) == 0x5678).all()
    assert (get(run.engine, ME + 4, 0, np.float32) == 1.5).all()


@pytest.mark.parametrize(("key", "latency"), [
    ("vmul.f32 dst, sa, sb", 3), ("vfma.f32 dst, sa, sb, sc", 4), ("vexp.f32 dst, sa", 8), ("vdiv.f32 dst, sa, sb", 8),
    ("vcvts.f32.i32 dst, sa, imm", 4), ("vcvt.f32.i32 dst, sa", 3),
])  # fmt: skip
def test_latencies(engine: str, key: str, latency: int) -> None:
    ops = {0: [mov(1, 1)], 1: [op(key, dst=V, **{name: R + 1 for name in ("sa", "sb", "sc") if name in key}), HALT]}
    assert ran(engine, ops).cycle == 1 + latency


def test_interleaved_sums_in_one_register(engine: str) -> None:
    """v0 = v0 + x every cycle keeps as many partial sums as the latency."""
    ops = {
        0: [op("vmov.u8 dst, imm", dst=V, imm=0, n=3)], 1: [read(SE, MW, n=6)], 4: [vadd(V, V, SE, n=6)],
        10: [vmov(SE, V, 1, n=3)], 12: [write(ME, SE, n=3)],
    }  # fmt: skip
    rows = {(MW, row): random_bytes(row) for row in range(6)}
    run = ran(engine, ops, rows)
    for row in range(3):
        assert (get(run.engine, ME, row) == rows[MW, row] + rows[MW, row + 3]).all()
