"""Tainted runs: a byte never written is followed to the outputs it spoils, lane by lane; and options of `lpu run`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from cli_tools import Command
from tensor_tools import (
    HALT,
    LANES,
    ME,
    MW,
    SE,
    SW,
    E,
    Ops,
    R,
    V,
    address,
    machine,
    mov,
    put,
    random_bytes,
    read,
    vadd,
    vmov,
    write,
)

from conform.build import image, op
from isa.diagnostics import SourceError
from isa.image import DATA, LOCAL, Image, Symbol, Tensor
from isa.layout import dtype as layout_dtype
from isa.machine import LPU_TINY
from isa.types import TYPES
from vm.engine import CLEAN, HALTED, REGISTER
from vm.machine import Machine

X = random_bytes(1)
GAP = 20  # the lane of a row that `holed` leaves out


def tainted(ops: Ops, rows: dict[tuple[int, int], Any], holes: list[tuple[int, int, int]]) -> Machine:
    """A tainted run, with bytes (slice, row, lane) of its rows never written."""
    run = machine("reference", ops, rows, uninit="taint")
    written = bytearray(run.engine.written())
    for slice_, row, lane in holes:
        byte, bit = divmod(address(slice_, row) + lane, 8)
        written[byte] &= ~(1 << bit)
    run.engine.set_written(bytes(written))
    assert run.run(1000) == HALTED
    return run


def origins(run: Machine, slice_: int, row: int) -> dict[int, int]:
    """The lanes of a row that depend on bytes never written, and on which."""
    found = run.engine.taint(address(slice_, row), LANES)  # type: ignore[attr-defined]  # of the golden model
    return {lane: int(origin) for lane, origin in enumerate(found) if origin != CLEAN}


# Through the units ------------------------------------------------------------------------------
def test_through_vector_ops_and_registers_to_sram() -> None:
    """x + y, of which x[20] and y[20], y[7] are missing: what is named is the first source's."""
    ops: Ops = {
        0: [read(SE, MW), read(SE + 1, MW + 1)],
        3: [vadd(V, SE, SE + 1)],
        6: [op("vmul.u8.w dst, sa, imm", dst=SE, sa=V, imm=3, u=1)],
        10: [write(ME, SE)],
        11: [read(SW, ME)],
        15: [write(MW, SW, 5)],
    }
    run = tainted(ops, {(MW, 0): X, (MW + 1, 0): X}, [(MW, 0, 20), (MW + 1, 0, 20), (MW + 1, 0, 7)])
    expected = {20: address(MW, 0) + 20, 7: address(MW + 1, 0) + 7}
    assert origins(run, ME, 0) == origins(run, MW, 5) == expected


def test_any_byte_of_an_element_spoils_all_of_the_result() -> None:
    ops: Ops = {0: [read(SE, MW, width=2)], 3: [vadd(SE, SE, SE, 0, "u16.w")], 7: [write(ME, SE, width=2)]}
    run = tainted(ops, {(MW, 0): X, (MW + 1, 0): X}, [(MW + 1, 0, 9)])
    assert origins(run, ME, 0) == origins(run, ME + 1, 0) == {9: address(MW + 1, 0) + 9}


@pytest.mark.parametrize(("key", "fields", "latency", "lanes"), [
    ("shift.up hemi, stream, from, amount", {"amount": 3}, 4, [GAP + 3]),
    ("shift.down.edge hemi, stream, from, amount", {"amount": 3}, 4, [GAP - 3]),
    ("select hemi, stream, from, with, amount", {"amount": 10, "with": SE + 1}, 4, []),
    ("select hemi, stream, from, with, amount", {"amount": 30, "with": SE + 1}, 4, [GAP]),
    ("permute hemi, stream, from, number", {"number": 2}, 4, [LANES - 1 - GAP]),
    ("distribute hemi, stream, from, number", {"number": 3}, 4, list(range(16, 32))),
])  # fmt: skip
def test_through_switches(key: str, fields: dict[str, int], latency: int, lanes: list[int]) -> None:
    """Map 2 reverses all lanes; map 3 takes lane 4 of each superlane everywhere."""
    reverse, fourth = np.arange(LANES)[::-1].astype(np.uint16), np.full(LANES, GAP % 16, np.uint16)
    ops: Ops = {
        0: [read(SE + 8, ME, width=2)], 1: [read(SE + 8, ME, 1, width=2)],
        4: [op("lmap hemi, number, from", hemi=E, number=2, **{"from": SE + 8}), read(SE, MW), read(SE + 1, MW + 1)],
        5: [op("lmap hemi, number, from", hemi=E, number=3, **{"from": SE + 8})],
        10: [op(key, hemi=E, stream=SW, **{"from": SE}, **fields)],
        10 + latency + 2: [write(ME, SW, 5)],
    }  # fmt: skip
    rows = {(MW, 0): X, (MW + 1, 0): X} | {(ME, 0): reverse, (ME, 1): fourth}
    run = tainted(ops, rows, [(MW, 0, GAP)])
    assert origins(run, ME, 5) == dict.fromkeys(lanes, address(MW, 0) + GAP)


def test_through_a_transpose_and_a_reduction() -> None:
    sources = {MW + 4: 0, MW: 1, ME: 3, ME + 4: 4}
    ops: Ops = {cycle: [read(SE + 4 * k, first, 0, 4)] for k, (first, cycle) in enumerate(sources.items())}
    ops[7] = [op("transpose hemi, stream, from", hemi=E, stream=SW, **{"from": SE})]
    ops[7] += [op("reduce.add.i32 hemi, stream, from", hemi=E, stream=SW + 16, span=1, **{"from": SE + 4})]
    ops[29] = [write(ME, SW + 4, 1, 4)]
    ops[32] = [write(MW + 4, SW + 16, 1, 4)]
    rows = {(first + k, 0): X for first in sources for k in range(4)}
    run = tainted(ops, rows, [(MW + 2, 0, GAP)])
    spoilt = address(MW + 2, 0) + GAP
    # mw2 is on stream 6: lane 16 + 4 of it becomes lane 16 + 6 of output 4.
    assert [origins(run, ME + k, 1) for k in range(4)] == [{22: spoilt}, {}, {}, {}]
    assert origins(run, MW + 4, 1) == dict.fromkeys(range(16, 32), spoilt)


def matrix(holes: list[tuple[int, int, int]]) -> Machine:
    """acc row 1 = x @ W + x @ W, of i4 weights on sixteen slices and x in row 64 of mw4; emitted to me0..me3, row 9."""
    feeds = {ME + 4: 0, ME: 1, MW: 3, MW + 4: 4}
    ops: Ops = {cycle: [read(SW + 4 * k, first, 0, 4)] for k, (first, cycle) in enumerate(feeds.items())}
    ops |= {
        6: [read(SW + 16, MW + 4, 64, n=2)],
        8: [op("lw.i4 plane, stream", plane=0, stream=SW)],
        9: [op("iw plane")],
        10: [op("abc.i8 plane, stream", plane=0, stream=SW + 16, n=2)],
        34: [op("acc.set plane, acc", plane=0, acc=1)],
        35: [op("acc.add plane, acc, stream", plane=0, acc=1, stream=SE)],
        42: [write(ME, SE, 9, 4)],
    }
    rows = {(first + k, 0): X for first in feeds for k in range(4)} | {(MW + 4, 64): X, (MW + 4, 65): X}
    return tainted(ops, rows, holes)


def test_a_weight_spoils_its_column() -> None:
    run = matrix([(ME, 0, 5)])
    assert origins(run, ME, 9) == {5: address(ME, 0) + 5}


def test_an_activation_spoils_the_whole_sum() -> None:
    run = matrix([(MW + 4, 65, 3)])
    assert origins(run, ME + 3, 9) == dict.fromkeys(range(LANES), address(MW + 4, 65) + 3)


def test_the_first_of_the_vector_is_named_where_several_are_missing() -> None:
    run = matrix([(MW + 4, 64, 30), (ME + 4, 0, 5)])  # me4 holds rows 0 and 1 of the weights
    assert origins(run, ME, 9)[5] == address(ME + 4, 0) + 5
    assert origins(run, ME, 9)[6] == address(MW + 4, 64) + 30


def test_rows_that_maps_name_depend_on_the_map() -> None:
    gather = op("gather stream, slice.bank, map", stream=SE + 4, slice=MW, map=SE)
    rows = {(MW, 0): X, (MW + 4, 0): np.zeros(LANES, np.uint16)}
    run = tainted({0: [read(SE, MW + 4, width=2)], 3: [gather], 9: [write(ME, SE + 4)]}, rows, [(MW, 0, 3)])
    assert origins(run, ME, 0) == {3: address(MW, 0) + 3}
    poison = {(MW, row): X for row in range(64)} | {(MW + 4, 0): np.zeros(LANES, np.uint16)}
    scatter = op("scatter slice.bank, stream, map", slice=ME, bank=0, stream=SE + 4, map=SE)
    ops: Ops = {0: [read(SE, MW + 4, width=2), read(SE + 4, MW + 6)], 5: [scatter]}
    run = tainted(ops, poison | {(MW + 6, 0): X}, [(MW + 6, 0, 17)])
    assert origins(run, ME, 0) == {17: address(MW + 6, 0) + 17}


def test_registers_never_set() -> None:
    run = tainted({0: [vmov(SE, V + 3)], 2: [write(ME, SE)]}, {}, [])
    assert origins(run, ME, 0) == dict.fromkeys(range(LANES), REGISTER)


def test_clean_stores_make_clean() -> None:
    ops: Ops = {
        0: [read(SE, MW)], 4: [write(ME, SE)], 5: [op("st [disp], rt", disp=address(ME, 0) // 4 + 1, rt=1)],
        6: [vmov(SE, R)], 8: [write(ME, SE, 1)],
    }  # fmt: skip
    run = tainted(ops, {(MW, 0): X}, [(MW, 0, 5), (MW, 0, 9)])
    assert origins(run, ME, 0) == {9: address(MW, 0) + 9}
    assert origins(run, ME, 1) == {}
    put(run.engine, ME, 0, X)
    assert origins(run, ME, 0) == {}


# Elements ---------------------------------------------------------------------------------------
def with_tensors(*bundles: Any, **layouts: tuple[str, tuple[int, ...], str, int]) -> Image:
    """A program with typed symbols: dtype, shape, layout, first slice."""
    made = image(*bundles)
    for name, (dtype, shape, layout, slice_) in layouts.items():
        word = LPU_TINY.word_address(*divmod(slice_, 64), 0, 0)
        made.symbols.append(Symbol(name, DATA, LOCAL, value=word, size=1))
        made.tensors.append(Tensor(name, dtype, shape, layout, slice=slice_, row=0, is_output=True, output_order=0))
    return made


@pytest.mark.parametrize(("dtype", "shape", "layout"), [
    ("f32", (3, 40), "rows"), ("u16", (2, 3, 33), "tiles"), ("i4", (2, 70), "rows"), ("i8", (40, 50), "mxm"),
    ("i4", (7,), "linear"), ("bf16", (5, 3), "linear"), ("i32", (4,), "linear"),
])  # fmt: skip
def test_the_addresses_of_an_element_are_those_of_the_bytes_it_changes(
    dtype: str, shape: tuple[int, ...], layout: str
) -> None:
    run = Machine(with_tensors([HALT], x=(dtype, shape, layout, MW)), "reference")
    addresses = run.addresses("x")
    assert addresses.shape == (*shape, TYPES[dtype].planes)
    for index in (tuple(0 for _ in shape), tuple(n - 1 for n in shape)):
        value = np.zeros(shape, np.uint8)
        value[index] = 1
        ones = (value * np.uint8(0xFF)) if TYPES[dtype].kind == "u" else -value.astype(np.int8)
        run["x"] = ones.astype(layout_dtype(TYPES[dtype]))
        changed = set(map(int, np.flatnonzero(run.sram)))
        assert changed <= set(map(int, addresses[index])) and changed


def test_spoilt_elements_of_outputs() -> None:
    program = with_tensors(
        [read(SE, MW, width=4, n=2)], [op("nop count", count=3)], [write(ME, SE, width=4, n=2)],
        x=("f32", (2, 8), "rows", MW), z=("f32", (2, 8), "rows", ME), never=("u8", (1, 3), "rows", ME + 4),
    )  # fmt: skip
    run = Machine(program, "reference", "taint")
    run["x"] = np.ones((2, 8), np.float32)
    hole = int(run.addresses("x")[1, 5, 2])
    (bits,) = run.engine.written(hole // 8, 1)
    run.engine.set_written(bytes([bits & ~(1 << hole % 8)]), hole // 8)
    assert run.run() == HALTED
    assert run.tainted("z") == {(1, 5): hole}
    assert run.tainted("never") == {(0, k): address(ME + 4, 0) + k for k in range(3)}


def test_only_tainted_runs_of_the_golden_model_follow_bytes() -> None:
    program = with_tensors([HALT], z=("f32", (2, 8), "rows", ME))
    with pytest.raises(ValueError, match="the core follows no bytes"):
        Machine(program, "core").tainted("z")
    with pytest.raises(ValueError, match="uninit is poison"):
        Machine(program, "reference", "poison").tainted("z")
    with pytest.raises(SourceError, match="uninit is 'taint'; it must be one of fault, zero, poison") as raised:
        Machine(program, "core", "taint")
    assert raised.value.diagnostics[0].help == "run with `--engine reference`"


# The command ------------------------------------------------------------------------------------
ADD = """\
        .machine lpu-tiny
        .tensor x: u8[2, 32] @ mw0
        .tensor y: u8[2, 32] @ mw1 = "y.npy"
        .tensor z: u8[2, 32] @ me0
        .output z
        .timeline
        @0      read    se0, mw0[x], n=2
        @0      read    se1, mw1[y], n=2
        @3      vadd.u8.w se2, se0, se1, n=2
        @7      write   me0[z], se2, n=2
        @20     halt
        .endtimeline
"""


def run_of(lpu: Command, *options: str) -> Any:
    np.save(lpu.directory / "y.npy", np.ones((2, 32), np.uint8))
    lpu.write("add.s", ADD)
    return lpu("run", "add.s", *options)


def test_the_report_of_a_tainted_run(lpu: Command) -> None:
    result = run_of(lpu, "--engine", "reference", "--uninit", "taint")
    assert result.status == 0, result.err
    assert "z[0, 0] depends on x[0, 0], never written\n" in result.out
    assert "and 56 elements of z more\n" in result.out
    document = run_of(lpu, "--engine", "reference", "--uninit", "taint", "--json").document
    assert document["tainted"]["z"][33] == {"index": [1, 1], "origin": "x[1, 1], never written"}
    assert run_of(lpu, "--uninit", "taint").status == 2


def test_lost_values_in_statistics_and_strict_runs(lpu: Command) -> None:
    for engine in ("reference", "core"):
        result = run_of(lpu, "--engine", engine, "--uninit", "zero", "--stats")
        assert "lost" not in result.out
        (ports,) = (line.split() for line in result.out.splitlines() if line.startswith("mw0.rp"))
        assert ports[1:3] == ["1", "2"]
        lpu.write("add.s", ADD.replace("@3      vadd.u8.w se2, se0, se1", "@3      vadd.u8.w se2, se0, se0"))
        result = lpu("run", "add.s", "--engine", engine, "--uninit", "zero", "--stats")
        assert "lost: 2 values on se1, made by mw1.rp at add.s:8\n" in result.out
        document = lpu("run", "add.s", "--engine", engine, "--uninit", "zero", "--json").document
        assert document["lost"] == [{"file": "add.s", "line": 8, "unit": "mw1.rp", "stream": "se1", "values": 2}]
        assert document["units"]["V0"] == {"ops": 1, "busy": 2, "elements": 2}
        strict = lpu("run", "add.s", "--engine", engine, "--uninit", "zero", "--strict")
        assert strict.status == 1 and "error[E-STREAM-LOST]: the value of `read` on se1 left the machine" in strict.err


def test_registers_are_read_as_the_mode_says() -> None:
    run = tainted({0: [mov(1, 3)], 1: [op("ld rt, [disp]", rt=2, disp=0)], 9: [HALT]}, {}, [])
    assert int(run.regs[2]) == 0xDBDBDBDB
