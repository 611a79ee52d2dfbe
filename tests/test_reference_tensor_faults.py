"""Every fault of the tensor face with its whole record, on both engines: section 19 of docs/machine.md, row by row."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

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
    E,
    Ops,
    R,
    V,
    address,
    machine,
    mov,
    pc,
    random_bytes,
    read,
    vadd,
    vmov,
    write,
)

from conform.build import image, op
from isa.faults import NUMBER, RawFault
from isa.machine import LPU_TINY
from isa.tensor import TYPE_CODE
from isa.units import UNIT_NAMES
from vm.engine import FAULT
from vm.machine import Machine

X = random_bytes(1)
ROWS = {(MW, row): X for row in range(8)} | {(MW + 1, row): X for row in range(4)} | {(ME, 0): X}


def fault(engine: str, ops: Ops, rows: Any = ROWS, **options: Any) -> RawFault:
    """The record of the fault that a program ends with; nothing of its cycle happened."""
    run = machine(engine, ops, rows, **options)
    assert run.engine.run(1000) == FAULT
    record = run.engine.fault
    assert record is not None
    assert run.state.cycle == record.cycle
    there = run.state, bytes(run.engine.sram()), run.engine.issue_counts()
    assert run.engine.run(1000) == FAULT
    assert (run.state, bytes(run.engine.sram()), run.engine.issue_counts()) == there
    again = machine(engine, ops, rows, **options)
    again.engine.run(record.cycle)
    assert (again.state, bytes(again.engine.sram())) == there[:2]
    return record


def record(code: str, ops: Ops, cycle: int, issued: int | None = None, slot: int = 0, **numbers: int) -> RawFault:
    """A record by name: the faulting op was issued with the bundle of cycle `issued`, or with that of the fault."""
    made = RawFault(NUMBER[code], cycle, pc(ops, cycle if issued is None else issued), slot)
    return replace(made, **({"element": 0} | numbers))


def other(ops: Ops, issued: int, slot: int = 0, cycle: int | None = None, **numbers: int) -> dict[str, int]:
    """The other party: an op of the bundle of cycle `issued`, whose element issued in `cycle`."""
    found = {"other_pc": pc(ops, issued), "other_slot": slot, "other_cycle": issued if cycle is None else cycle}
    return found | {"other_element": 0} | {f"other_{name}": value for name, value in numbers.items()}


# Links, units, registers ------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["send", "receive", "deskew", "sync", "notify"])
def test_links(engine: str, name: str) -> None:
    ops: Ops = {0: [op(f"{name} link, stream" if name in ("send", "receive") else f"{name} link", link=3)]}
    assert fault(engine, ops) == record("E-LINK", ops, 0, resource=3)


def test_a_unit_that_a_burst_holds(engine: str) -> None:
    ops: Ops = {1: [read(SE, MW, n=3, d=2)], 3: [HALT, read(SE + 4, MW, width=2)]}
    expected = record(
        "E-UNIT-BUSY", ops, 3, slot=1, resource=UNIT_NAMES.index("mw0.rp"),
        **other(ops, 1, element=-1, landing=6),
    )  # fmt: skip
    assert fault(engine, ops) == expected
    ops = {1: [read(SE, MW + 1, n=2, m=3, e=10)], 20: [read(SE + 4, MW, width=4)]}
    found = fault(engine, ops)
    assert (found.name, UNIT_NAMES[found.resource], found.other_landing) == ("E-UNIT-BUSY", "mw1.rp", 1 + 20 + 1 + 1)


def test_a_16_bit_activation_holds_both_planes_for_two_cycles(engine: str) -> None:
    rows = {(MW + k, row): X for k in range(8) for row in range(2)} | {(ME + k, 0): X for k in range(8)}
    feed = {0: [read(SW + k, ME + 4 + k) for k in range(4)], 1: [read(SW + 4 + k, ME + k) for k in range(4)]}
    feed |= {3: [read(SW + 8 + k, MW + k) for k in range(4)], 4: [read(SW + 12 + k, MW + 4 + k) for k in range(4)]}
    abc = [op("abc.f16 plane, stream", plane=0, stream=SW + 16)]
    ops: Ops = feed | {
        6: [read(SW + 16, MW + 4, 1, 2)], 8: [op("lw.f16 plane, stream", plane=0, stream=SW)], 9: [op("iw plane")],
        10: abc, 11: [op("abc.i8 plane, stream", plane=1, stream=SW)],
    }  # fmt: skip
    expected = record(
        "E-UNIT-BUSY", ops, 11, resource=UNIT_NAMES.index("P1.abc"), **other(ops, 10, element=-1, landing=12)
    )
    assert fault(engine, ops, rows) == expected


def test_a_base_register_in_flight(engine: str) -> None:
    ops: Ops = {
        0: [op("mul rd, ra, imm", rd=4, imm=1)],
        2: [op("read stream, slice[row + ra]", stream=SE, slice=MW, ra=4)],
    }
    expected = record("E-HAZARD", ops, 2, operand=0, resource=4, **other(ops, 0, landing=3, element=-1))
    assert fault(engine, ops) == expected


def test_a_broadcast_register_in_flight(engine: str) -> None:
    ops: Ops = {0: [op("mul rd, ra, imm", rd=4, imm=1)], 2: [vadd(V + 5, R + 1, R + 4, 5)]}
    expected = record("E-HAZARD", ops, 2, operand=1, resource=4, **other(ops, 0, landing=3, element=-1))
    assert fault(engine, ops) == expected


# Streams ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("cycle", [2, 4])
def test_nothing_on_a_stream(engine: str, cycle: int) -> None:
    ops: Ops = {0: [read(SE, MW)], cycle: [vadd(V, SE, SE + 1)]}
    assert fault(engine, ops) == record("E-STREAM-EMPTY", ops, cycle, operand=1, stream=SE, position=VXM)


def test_the_first_operand_stream_and_element_that_find_nothing(engine: str) -> None:
    ops: Ops = {0: [read(SE, MW, n=2), read(SE + 1, MW + 1, n=1)], 3: [vadd(V, SE, SE + 1, n=2)]}
    expected = record("E-STREAM-EMPTY", ops, 4, 3, element=1, operand=2, stream=SE + 1, position=VXM)
    assert fault(engine, ops) == expected
    ops = {0: [read(SE, MW), read(SE + 1, MW + 1)], 4: [write(ME, SE, width=4)]}
    assert fault(engine, ops) == record("E-STREAM-EMPTY", ops, 4, operand=1, stream=SE + 2, position=E_Q0)


def test_groups_that_are_no_one_result(engine: str) -> None:
    """A byte of a wider result after a single byte; bytes of a wider result that are not its first."""
    rows = {(MW + k, 0): X for k in range(4)}
    ops: Ops = {0: [read(SE, MW, width=2)], 2: [vmov(SE, R)], 4: [write(ME, SE, width=2)]}
    expected = record("E-STREAM-TORN", ops, 4, operand=1, stream=SE + 1, position=E_Q0, **other(ops, 0))
    assert fault(engine, ops, rows) == expected
    ops = {0: [read(SE, MW, width=4)], 4: [write(ME, SE + 2, width=2)]}
    expected = record("E-STREAM-TORN", ops, 4, operand=1, stream=SE + 2, position=E_Q0, **other(ops, 0))
    assert fault(engine, ops, rows) == expected


def test_a_group_of_two_elements_of_one_burst(engine: str) -> None:
    """Byte 1 of the first element of a burst where byte 1 of the second should be."""
    ops: Ops = {
        0: [read(SE, MW, width=2, n=2)], 3: [vmov(SE + 1, SE + 1)], 5: [write(ME, SE, width=2)],
    }  # fmt: skip
    found = fault(engine, ops, {(MW + k, row): X for k in range(2) for row in range(2)})
    assert (found.name, found.stream, found.other_cycle, found.other_pc) == ("E-STREAM-TORN", SE + 1, 3, pc(ops, 3))


def test_emptiness_of_any_operand_comes_before_tornness(engine: str) -> None:
    rows = {(MW + k, 0): X for k in range(4)}
    torn = {0: [read(SE, MW, width=4)], 3: [op("vadd.u16.w dst, sa, sb", dst=V, sa=SE + 2, sb=SE + 4)]}
    assert fault(engine, torn, rows) == record("E-STREAM-EMPTY", torn, 3, operand=2, stream=SE + 4, position=VXM)


def test_two_results_for_one_place(engine: str) -> None:
    ops: Ops = {
        0: [mov(1, 1)],
        1: [op("vdiv.f32 dst, sa, sb", dst=SE, sa=R + 1, sb=R + 1)],
        6: [vmov(SE + 2, R + 1, 1, "u16", delay=2)],
    }
    expected = record("E-STREAM-CLASH", ops, 6, stream=SE + 2, position=VXM, address=9, **other(ops, 1, landing=9))
    assert fault(engine, ops) == expected
    ops = {0: [vmov(SE, R, 0), vmov(SE, R, 1)]}
    expected = record("E-STREAM-CLASH", ops, 0, slot=1, stream=SE, position=VXM, address=1, **other(ops, 0, landing=1))
    assert fault(engine, ops) == expected


# Types, exits -----------------------------------------------------------------------------------
def test_a_v_register_read_wider_than_written(engine: str) -> None:
    ops: Ops = {0: [vmov(V + 2, R, 2, "u16")], 1: [vadd(V, R, V + 2, 0, "u32.w")]}
    assert fault(engine, ops) == record("E-TYPE", ops, 1, operand=2, resource=V + 2, value=2, value2=4)


def test_an_activation_without_an_array(engine: str) -> None:
    ops: Ops = {0: [read(SE, ME)], 5: [op("abc.u8 plane, stream", plane=2, stream=SE)]}
    expected = record("E-TYPE", ops, 5, resource=2, value=-1, value2=TYPE_CODE["u8"])
    assert fault(engine, ops) == expected


def test_a_plane_without_a_result(engine: str) -> None:
    for key in ("acc.set plane, acc", "acc.add plane, acc, stream", "acc.emit plane, stream"):
        ops: Ops = {4: [op(key, plane=3, **({"stream": SW} if "stream" in key else {}))]}
        assert fault(engine, ops) == record("E-ACC-EMPTY", ops, 4, resource=3)


# Ranges -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("fields", "numbers"), [
    ({"slice": ME + 8}, {"address": 5, "value": ME + 8}),
    ({"slice": MW + 7, "width": 2}, {"address": 5, "value": MW + 7}),
    ({"slice": MW, "row": 128}, {"address": 128, "value": MW}),
    ({"slice": MW, "row": 1, "stride": -2, "n": 2}, {"address": 0xFFFFFFFF, "value": MW, "element": 1}),
])  # fmt: skip
def test_rows_and_slices_that_are_not_there(engine: str, fields: dict[str, int], numbers: dict[str, int]) -> None:
    values = {"row": 5} | fields
    width, slice_, row = values.pop("width", 1), values.pop("slice"), values.pop("row")
    ops: Ops = {0: [read(SE, slice_, row, width, **values)]}
    cycle = numbers.get("element", 0)
    rows = {(MW, row): X for row in range(8)}
    assert fault(engine, ops, rows) == record("E-RANGE", ops, cycle, 0, **numbers)


def test_an_op_on_a_slice_that_is_not_there_samples_nothing(engine: str) -> None:
    ops: Ops = {0: [write(ME + 63, SE, 7)]}
    assert fault(engine, ops) == record("E-RANGE", ops, 0, address=7, value=ME + 63)
    ops = {0: [op("gather stream, slice.bank, map", stream=SE, slice=MW + 8, bank=1, map=SE + 2)]}
    assert fault(engine, ops) == record("E-RANGE", ops, 0, address=0, value=MW + 8)


def test_rows_that_a_map_names(engine: str) -> None:
    entries = np.zeros(LANES, np.uint16)
    entries[5], entries[16] = 999, 64
    gather = op("gather stream, slice.bank, map", stream=SE + 4, slice=MW, map=SE)
    ops: Ops = {0: [read(SE, MW + 4, width=2)], 3: [gather]}
    rows = ROWS | {(MW + 4, 0): (entries & 0xFF).astype(np.uint8), (MW + 5, 0): (entries >> 8).astype(np.uint8)}
    assert fault(engine, ops, rows) == record("E-RANGE", ops, 3, address=64, value=MW, lane=16)


def test_accumulator_and_weight_rows(engine: str) -> None:
    ops: Ops = {0: [op("accr plane, acc, stream", plane=2, acc=1023, stream=SW, n=2)]}
    found = fault(engine, ops, uninit="zero")
    assert found == record("E-RANGE", ops, 1, 0, element=1, resource=2, address=1024)
    feed: Ops = {cycle: [read(SE + 4 * k + j, first + j) for j in range(4)]
                 for k, (first, cycle) in enumerate({MW + 4: 0, MW: 1, ME: 3, ME + 4: 4}.items())}  # fmt: skip
    ops = feed | {8: [op("lw.i8 plane, stream", plane=2, stream=SE, row0=LANES)]}
    rows = {(first + k, 0): X for first in (MW, ME) for k in range(8)}
    assert fault(engine, ops, rows) == record("E-RANGE", ops, 8, resource=2, address=LANES)


@pytest.mark.parametrize(("key", "limit"), [("permute", LANES), ("distribute", 16)])
def test_lanes_that_a_map_names(engine: str, key: str, limit: int) -> None:
    entries = np.zeros(LANES, np.uint16)
    entries[4], entries[9], entries[12] = 0xFFFF, limit, 0xFFFE
    ops: Ops = {
        0: [read(SE + 8, MW + 4, width=2)],
        2: [read(SE, MW)],
        7: [op("lmap hemi, number, from", hemi=E, number=6, **{"from": SE + 8})],
        8: [op(f"{key} hemi, stream, from, number", hemi=E, stream=SW, number=6, **{"from": SE})],
    }
    rows = ROWS | {(MW + 4, 0): (entries & 0xFF).astype(np.uint8), (MW + 5, 0): (entries >> 8).astype(np.uint8)}
    assert fault(engine, ops, rows) == record("E-RANGE", ops, 8, resource=6, address=limit, lane=9)


# Memory -----------------------------------------------------------------------------------------
def test_a_bank_accessed_by_both_faces(engine: str) -> None:
    bank = LPU_TINY.bank_number(0, 1, 0)
    word = address(MW + 1, 3) // 4
    ops: Ops = {0: [read(SE, MW, width=4, n=3)], 1: [HALT, op("ld rt, [disp]", rt=1, disp=word)]}
    rows = {(MW + k, row): X for k in range(4) for row in range(4)}
    expected = record("E-BANK", ops, 1, 0, element=1, resource=bank, **other(ops, 1, 1, element=-1))
    assert fault(engine, ops, rows) == expected


def test_a_bank_read_and_written(engine: str) -> None:
    ops: Ops = {0: [read(SE, MW)], 4: [write(ME, SE, 9), read(SW, ME, n=2)]}
    expected = record("E-BANK", ops, 4, resource=LPU_TINY.bank_number(1, 0, 0), **other(ops, 4, 1))
    assert fault(engine, ops) == expected


def test_bytes_never_written(engine: str) -> None:
    run_rows = {(MW, 0): X[:20], (MW + 1, 0): X[:8], (MW + 2, 0): X, (MW + 3, 0): X}
    ops: Ops = {0: [read(SE, MW, width=4)]}
    expected = record("E-UNINIT", ops, 0, address=address(MW, 0) + 20, lane=20)
    assert fault(engine, ops, run_rows) == expected


def test_registers_never_set(engine: str) -> None:
    ops: Ops = {0: [vadd(V, R, V + 3)]}
    assert fault(engine, ops) == record("E-UNINIT", ops, 0, operand=2, resource=V + 3, address=-1)
    ops = {0: [op("accr plane, acc, stream", plane=0, acc=7, stream=SE)]}
    assert fault(engine, ops) == record("E-UNINIT", ops, 0, resource=0, address=7, value=-1)
    permute = op("permute hemi, stream, from, number", hemi=E, stream=SW, number=2, **{"from": SE})
    ops = {0: [read(SE, MW)], 6: [permute]}
    assert fault(engine, ops) == record("E-UNINIT", ops, 6, resource=2, address=-1)


def test_two_results_for_one_v_register(engine: str) -> None:
    ops: Ops = {0: [op("vdiv.f32 dst, sa, sb", dst=V, sa=R, sb=R)], 7: [vmov(V, R)]}
    expected = record("E-WRITE-CLASH", ops, 7, resource=V, address=8, **other(ops, 0, landing=8))
    assert fault(engine, ops) == expected


# Strict machines --------------------------------------------------------------------------------
def test_a_value_dropped_off_the_edge(engine: str) -> None:
    ops: Ops = {0: [read(SE, MW, n=2)], 30: [HALT]}
    expected = record("E-STREAM-LOST", ops, 8, 0, stream=SE, position=MXM_E)
    assert fault(engine, ops, strict=True) == expected


def test_a_value_overwritten(engine: str) -> None:
    ops: Ops = {0: [read(SE, MW)], 2: [vmov(SE, R, 3)]}
    expected = record("E-STREAM-LOST", ops, 3, 0, stream=SE, position=VXM, **other(ops, 2, landing=3))
    assert fault(engine, ops | {9: [HALT]}, strict=True) == expected


def test_the_first_of_several_lost_values(engine: str) -> None:
    """By unit of the maker, then stream: mw1's port comes after mw0's, whatever their streams."""
    ops: Ops = {0: [read(SE, MW + 1), read(SE + 7, MW)], 30: [HALT]}
    expected = record("E-STREAM-LOST", ops, 8, 0, slot=1, stream=SE + 7, position=MXM_E)
    assert fault(engine, ops, strict=True) == expected


# Order ------------------------------------------------------------------------------------------
def test_faults_of_one_cycle_are_ordered_by_code_then_unit(engine: str) -> None:
    empty, absent, clash = vmov(V, SE), read(SW, ME + 9), vmov(SW + 4, V + 9, 1)
    ops: Ops = {0: [empty, absent, clash, op("trap [code]", code=1)]}
    assert fault(engine, ops).name == "E-STREAM-EMPTY"
    ops = {0: [absent, clash, op("trap [code]", code=1)]}
    assert fault(engine, ops).name == "E-RANGE"
    ops = {0: [read(SW, ME + 3), read(SW + 1, MW + 5), clash]}
    found = fault(engine, ops)
    assert (found.name, found.slot, found.lane) == ("E-UNINIT", 1, 0)


def test_a_fault_beats_a_halt_and_an_illegal_bundle_everything(engine: str) -> None:
    ops: Ops = {0: [HALT, vmov(V, SE)]}
    assert fault(engine, ops).name == "E-STREAM-EMPTY"
    spec = replace(LPU_TINY, name="small", vxm_alus=4, mxm_planes=2, streams=8)
    for one in (vmov(V + 4, R, 4), vmov(SE + 8, R), vmov(V, V + 9), op("iw plane", plane=1)):
        run = Machine(image([op("sync link"), one], machine=spec), engine)
        run.engine.run(10)
        assert run.engine.fault == RawFault(NUMBER["E-ILLEGAL"], 0, 0)
