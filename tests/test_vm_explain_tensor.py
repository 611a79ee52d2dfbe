"""What a fault of the tensor face says, the same of both engines, and that the number in its help mends it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tensor_tools import HALT, LANES, ME, MW, SE, SW, E, Ops, R, V, machine, mov, random_bytes, read, vadd, vmov, write

from conform.build import image, op
from isa.diagnostics import Diagnostic
from isa.image import DATA, LOCAL, Symbol
from isa.machine import LPU_TINY
from isa.table import ROWS as TABLE
from vm.explain_tensor import TENSOR_EXPLANATIONS
from vm.machine import Machine, MachineFault

X = random_bytes(1)
ROWS = {(MW + k, row): X for k in range(8) for row in range(8) if k != 2} | {(ME, 0): X, (ME, 1): X}


def fault_of(ops: Ops, rows: Any = ROWS, **options: Any) -> Diagnostic:
    said = []
    for engine in ("reference", "core"):
        run = machine(engine, ops, rows, **options)
        with pytest.raises(MachineFault) as raised:
            run.run(1000)
        said.append(raised.value.diagnostic)
    assert said[0] == said[1]
    return said[0]


def said(fault: Diagnostic) -> tuple[str, str, str, list[str]]:
    return fault.code, fault.message, fault.help, [note.message for note in fault.notes]


def test_every_code_is_explained() -> None:
    from_ops = {code for row in TABLE if row.tensor for code in row.faults}
    of_time = {"E-UNIT-BUSY", "E-STREAM-EMPTY", "E-STREAM-TORN", "E-STREAM-CLASH", "E-STREAM-LOST", "E-WRITE-CLASH"}
    assert set(TENSOR_EXPLANATIONS) == from_ops | of_time


def mul(rd: int) -> Any:
    return op("mul rd, ra, imm", rd=rd, imm=1)


SLOW = op("vdiv.f32 dst, sa, sb", dst=SE, sa=R + 1, sb=R + 1, n=4)

SENTENCES: list[tuple[Ops, tuple[str, str, str, list[str]]]] = [
    ({0: [op("send link, stream", link=3)]}, (
        "E-LINK", "`send` uses link 3; no link is connected", "a machine of one chip has no use for ops on links", [],
    )),
    ({1: [read(SE, MW, n=3, d=2)], 3: [read(SE + 4, MW, width=2)]}, (
        "E-UNIT-BUSY", "`read.2` needs mw0.rp in cycle 3; `read`, begun in 1, holds it until 5",
        "issue it 3 cycles later, in 6, when mw0.rp is free", ["holds mw0.rp until cycle 5"],
    )),
    ({0: [mul(4)], 2: [vadd(V + 5, R + 1, R + 4, 5)]}, (
        "E-HAZARD", "r4 is read 2 cycles after `mul` issues; it is ready after 3",
        "issue this bundle 1 cycle later, or put `nop 1` before line 3",
        ["read in cycle 2", "written here, ready in cycle 3"],
    )),
    ({0: [read(SE, MW)], 2: [vmov(V, SE)]}, (
        "E-STREAM-EMPTY", "`vmov.u8` finds nothing on se0 at the VXM in cycle 2; the next value arrives in 1 cycle",
        "issue it 1 cycle later", ["made here, at the VXM in cycle 3"],
    )),
    ({0: [read(SW, MW + 4)], 1: [op("abc.i8 plane, stream", plane=0, stream=SW)]}, (
        "E-STREAM-EMPTY", "`abc.i8` finds nothing on sw0 at MXM.W in cycle 1; the next value arrives in 3 cycles",
        "issue it 3 cycles later", ["made here, at MXM.W in cycle 4"],
    )),
    ({0: [read(SE, MW)], 5: [vmov(V, SE)]}, (
        "E-STREAM-EMPTY", "`vmov.u8` finds nothing on se0 at the VXM in cycle 5; the last value passed 2 cycles ago",
        "issue it 2 cycles earlier", ["made here, at the VXM in cycle 3"],
    )),
    ({0: [vmov(SE, R)], 3: [write(MW, SE)]}, (
        "E-STREAM-EMPTY", "`write` finds nothing on se0 at W.q0 in cycle 3, and nothing is on its way there",
        "put a result on se0 upstream of W.q0", [],
    )),
    ({0: [read(SE, MW, n=2)], 3: [vmov(V, SE, n=3)]}, (
        "E-STREAM-EMPTY", "element 2 of `vmov.u8` finds nothing on se0 at the VXM in cycle 5; its source has ended",
        "let the source have as many elements, or `vmov.u8` no more than it has", ["made here, at the VXM in cycle 4"],
    )),
    ({0: [read(SE, MW + 4, width=2)], 3: [vmov(SE, R)], 5: [write(ME, SE, width=2)]}, (
        "E-STREAM-TORN",
        "`write.2` samples se0 to se1 at E.q0 in cycle 5, but se1 holds byte 1 of 2 from `read.2` (cycle 0)",
        "a group holds 2 single bytes, or bytes 0 to 1 of one result, in order", ["made here in cycle 0"],
    )),
    ({0: [mov(1, 1)], 1: [SLOW], 6: [vmov(SE + 2, R + 1, 1, "u16", delay=2)]}, (
        "E-STREAM-CLASH", "the result of `vmov.u16` would leave the VXM on se2 in cycle 9, as that of `vdiv.f32` does",
        "issue it 4 cycles later, or use other streams", ["issued in cycle 1"],
    )),
    ({0: [vmov(V + 2, R, 2, "u16")], 1: [vadd(V, R, V + 2, 0, "u32.w")]}, (
        "E-TYPE", "`vadd.u32.w` reads 4 bytes of v2, which was last written with 2",
        "write v2 with a type of 4 bytes, or read it with one of 2", [],
    )),
    ({0: [read(SE, ME)], 5: [op("abc.u8 plane, stream", plane=2, stream=SE)]}, (
        "E-TYPE", "`abc.u8` needs an array of i4, i8 or u8 in plane 2, which holds no weights",
        "load weights with `lw` and install them with `iw` in an earlier cycle", [],
    )),
    ({4: [op("acc.emit plane, stream", plane=3, stream=SW)]}, (
        "E-ACC-EMPTY", "`acc.emit` finds no result at the exit of plane 3 in cycle 4, and none is on its way",
        "a result stands there 24 cycles after its `abc` issued, for one cycle", [],
    )),
    ({0: [read(SE, ME + 8)]}, (
        "E-RANGE", "`read` accesses slice me8", "the last slice of lpu-tiny is me7", [],
    )),
    ({0: [read(SE, MW + 7, width=2)]}, (
        "E-RANGE", "`read.2` accesses 2 slices from mw7 on, which are not in one quad",
        "the first slice of 2 in this quad is at most 6", [],
    )),
    ({0: [read(SE, MW, 7, stride=121, n=2)]}, (
        "E-RANGE", "element 1 of `read` accesses row 128 of mw0", "a slice of lpu-tiny has rows 0 to 127", [],
    )),
    ({0: [read(SE, MW)], 4: [write(ME, SE, 9), read(SW, ME, n=2)]}, (
        "E-BANK", "`read` and `write` access bank me0.0 in cycle 4",
        "issue `write` 2 cycles later, or place their data in different banks", ["the other access"],
    )),
    ({0: [read(SE, MW + 2)]}, (
        "E-UNINIT", "`read` reads lane 0 of row 0 of mw2.0, which was never written",
        "initialise it, or run with `--uninit=zero` to read zeros", [],
    )),
    ({0: [vadd(V, R, V + 3)]}, (
        "E-UNINIT", "`vadd.u8.w` reads v3, which was never written",
        "write v3 first, or run with `--uninit=zero` to read zeros", [],
    )),
    ({0: [op("accr plane, acc, stream", plane=0, acc=7, stream=SE)]}, (
        "E-UNINIT", "`accr` reads accumulator row 7 of plane 0, which was never set",
        "set it with `acc.set` first, or run with `--uninit=zero` to read zeros", [],
    )),
    ({0: [read(SE, MW)], 6: [op("permute hemi, stream, from, number", hemi=E, stream=SW, number=2, **{"from": SE})]}, (
        "E-UNINIT", "`permute` uses map 2, which was never loaded", "load it with `lmap` in an earlier cycle", [],
    )),
    ({0: [op("vdiv.f32 dst, sa, sb", dst=V, sa=R, sb=R)], 7: [vmov(V, R)]}, (
        "E-WRITE-CLASH", "`vmov.u8` would write v0 in cycle 8, as `vdiv.f32` does",
        "issue it 1 cycle later, or on another ALU, which has its own register", ["issued in cycle 0"],
    )),
]  # fmt: skip


@pytest.mark.parametrize(("ops", "expected"), SENTENCES, ids=[expected[1][:40] for _, expected in SENTENCES])
def test_sentences(ops: Ops, expected: tuple[str, str, str, list[str]]) -> None:
    assert said(fault_of(ops)) == expected


LATER = re.compile(r"issue (?:it|this bundle|`\S+`) (\d+) cycles? (later|earlier)")
NUMBERED = [(ops, expected) for ops, expected in SENTENCES if LATER.search(expected[2])]


@pytest.mark.parametrize(("ops", "expected"), NUMBERED, ids=[expected[1][:40] for _, expected in NUMBERED])
def test_the_number_in_the_help_mends_it(ops: Ops, expected: tuple[str, str, str, list[str]]) -> None:
    """The op at fault is the first of the last bundle; it moves, and the fault does not come again."""
    found = LATER.search(expected[2])
    assert found is not None
    by = int(found[1]) if found[2] == "later" else -int(found[1])
    last = max(ops)
    first, *rest = ops[last]
    moved = {cycle: bundle for cycle, bundle in ops.items() if cycle != last} | ({last: rest} if rest else {})
    run = machine("core", moved | {last + by: [first]}, ROWS, uninit="zero")
    run.engine.run(1000)
    assert run.engine.fault is None or run.engine.fault.name != expected[0]


def test_a_map_that_names_too_much() -> None:
    entries = np.zeros(LANES, np.uint16)
    entries[16] = 64
    rows = ROWS | {(MW + 4, 0): (entries & 0xFF).astype(np.uint8), (MW + 5, 0): (entries >> 8).astype(np.uint8)}
    gather = op("gather stream, slice.bank, map", stream=SE + 4, slice=MW, map=SE)
    assert said(fault_of({0: [read(SE, MW + 4, width=2)], 3: [gather]}, rows)) == (
        "E-RANGE",
        "`gather` accesses row 64 of mw0.0 in superlane 1, as lane 16 of its map says",
        "a bank of lpu-tiny has rows 0 to 63",
        [],
    )
    ops: Ops = {
        0: [read(SE + 8, MW + 4, width=2)],
        2: [read(SE, MW)],
        7: [op("lmap hemi, number, from", hemi=E, number=6, **{"from": SE + 8})],
        8: [op("distribute hemi, stream, from, number", hemi=E, stream=SW, number=6, **{"from": SE})],
    }
    assert said(fault_of(ops, rows))[1:3] == (
        "`distribute` finds lane 64 at entry 16 of map 6", "an entry is a lane from 0 to 15, or 0xFFFF for zero",
    )  # fmt: skip


def test_accumulator_rows_past_the_last() -> None:
    fault = fault_of({0: [op("accr plane, acc, stream", plane=2, acc=1023, stream=SW, n=2)]}, uninit="zero")
    assert said(fault)[1:3] == (
        "element 1 of `accr` accesses accumulator row 1024 of plane 2", "a plane has accumulator rows 0 to 1023",
    )  # fmt: skip


def test_an_input_that_was_not_given() -> None:
    ops: Ops = {0: [read(SE, MW + 2)]}
    run = machine("core", ops)
    word = run.image.machine.word_address(0, 2, 0, 0)
    run.image.symbols.append(Symbol("A", DATA, LOCAL, value=word, size=8))
    with pytest.raises(MachineFault) as raised:
        run.run()
    assert raised.value.diagnostic.message == "`read` reads lane 0 of row 0 of mw2.0 (A), which was never written"


def test_lost_values_of_a_strict_machine() -> None:
    help = "sample it on its way, or do not make it; without --strict lost values are only counted"
    assert said(fault_of({0: [read(SE, MW, n=2)], 30: [HALT]}, strict=True)) == (
        "E-STREAM-LOST", "the value of `read` on se0 left the machine at MXM.E in cycle 8, never sampled", help, [],
    )  # fmt: skip
    overwritten: Ops = {0: [read(SE, MW)], 2: [vmov(SE, R, 3)], 9: [HALT]}
    assert said(fault_of(overwritten, strict=True)) == (
        "E-STREAM-LOST", "the value of `read` on se0 was overwritten at the VXM in cycle 3 by `vmov.u8`, never sampled",
        help, ["overwritten by this"],
    )  # fmt: skip


def test_a_bundle_for_a_bigger_machine() -> None:
    run = Machine(image([vmov(V + 4, R, 4)], machine=replace(LPU_TINY, name="small", vxm_alus=4)), "reference")
    with pytest.raises(MachineFault) as raised:
        run.run()
    why = "`vmov.u8` needs V4, which small has not"
    assert raised.value.diagnostic.message == f"the bundle at address 0 is illegal: {why}"
