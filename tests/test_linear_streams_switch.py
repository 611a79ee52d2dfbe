"""Switches in linear tensor code: maps as values, rows that maps name, blocks that are turned."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import lpu
from asm.assemble import assemble
from isa.diagnostics import SourceError
from isa.machine import LANES_PER_SUPERLANE, LPU1, LPU_TINY

Array = NDArray[Any]
LANES = LPU_TINY.lanes
ROWS = 6
FOUR_TO_FOUR = ", ".join(["stream"] * 4 + ["from"] * 4)
NOTHING = 0xFFFF  # of a map: zero
TYPES = {1: np.uint8, 2: np.uint16, 4: np.uint32}
PLACES = {1: ("mw0", "me0", "mw4"), 2: ("mw0..mw1", "me0..me1", "mw4..mw5"), 4: ("mw0..mw3", "me0..me3", "mw4..mw7")}


def ran(text: str, inputs: dict[str, Array], engine: str = "core") -> lpu.Machine:
    """A program for the small machine, assembled without a message and run to its end."""
    machine = lpu.Machine(lpu.assemble(text, machine=LPU_TINY), engine=engine, strict=True)
    for name, value in inputs.items():
        machine[name] = value
    assert machine.run(max_cycles=100_000) == "halted"
    return machine


def suffix(width: int) -> str:
    return f".{width}" if width > 1 else ""


def some(rng: np.random.Generator, width: int, rows: int = ROWS) -> Array:
    return rng.integers(1 << 8 * width, size=(rows, LANES), dtype=TYPES[width])


def some_maps(rng: np.random.Generator, mnemonic: str, rows: int) -> Array:
    """Maps with entries of all lanes that an op takes, and some of nothing."""
    top = LANES if mnemonic == "permute" else LANES_PER_SUPERLANE
    maps = rng.integers(top, size=(rows, LANES)).astype(np.uint16)
    maps[rng.random(maps.shape) < 0.1] = NOTHING
    return maps


def mapped(mnemonic: str, x: Array, maps: Array) -> Array:
    """What an op makes of rows; each has a map, or all have the one."""
    first = 0 if mnemonic == "permute" else np.arange(LANES) // LANES_PER_SUPERLANE * LANES_PER_SUPERLANE
    maps = np.broadcast_to(maps, x.shape)
    lanes = np.where(maps == NOTHING, 0, maps) + first
    return np.where(maps == NOTHING, 0, np.take_along_axis(x, lanes, 1)).astype(x.dtype)


@given(
    st.sampled_from(("permute", "distribute")),
    st.sampled_from((1, 2, 4)),
    st.booleans(),
    st.sampled_from(("", " !W", " !E")),
    st.integers(0, 2),
    st.booleans(),
)
def test_a_map_says_where_lanes_come_from(
    mnemonic: str, width: int, each: bool, pin: str, place: int, computed: bool
) -> None:
    """One map for all vectors, or one for each; from memory, or from an op."""
    rng = np.random.default_rng(width)
    x, maps = some(rng, width), some_maps(rng, mnemonic, ROWS if each else 1)
    text = f".tensor x: u{8 * width}[{ROWS}, {LANES}] @ {PLACES[width][place]}\n"
    text += f".tensor maps: u16[{len(maps)}, {LANES}] @ me4..me5\n.tensor y: u{8 * width}[{ROWS}, {LANES}] @ auto\n"
    text += ".input x, maps\n.output y\nvload %m, maps\nvload %x, x\n"
    text += "vnot.u16 %m, %m\n" if computed else ""
    text += f"{mnemonic}{suffix(width)} %y, %x, %m{pin}\nvstore y, %y\n"
    machine = ran(text, {"x": x, "maps": ~maps if computed else maps})
    np.testing.assert_array_equal(machine["y"], mapped(mnemonic, x, maps))


STEPS = st.tuples(
    st.sampled_from(("permute", "distribute", "add", "turn")),
    st.sampled_from(("%one", "%each")),
    st.sampled_from(("", "", " !W", " !E")),
)


@given(
    st.lists(STEPS, min_size=1, max_size=5),
    st.sampled_from(("mw0..mw3", "me0..me3")),
    st.sampled_from(("mw4..mw5", "me6..me7")),
)
def test_values_go_through_maps_and_meet_again(steps: list[tuple[str, str, str]], place: str, beside: str) -> None:
    """One map for all and one for each vector, shared by all steps; both say where lanes of superlanes come from."""
    rng = np.random.default_rng(len(steps))
    x = some(rng, 4)
    maps = {"%one": some_maps(rng, "distribute", 1), "%each": some_maps(rng, "distribute", ROWS)}
    text = f".input x: u32[{ROWS}, {LANES}] @ {place}, one: u16[1, {LANES}] @ me4..me5\n"
    text += f".input each: u16[{ROWS}, {LANES}] @ {beside}\n.output y: u32[{ROWS}, {LANES}] @ auto\nvload %x, x\n"
    used = {name for kind, name, _ in steps if kind in ("permute", "distribute")}
    text += "".join(f"vload {name}, {name[1:]}\n" for name in maps if name in used)
    text += "vnot.u32 %y, %x\n"
    wanted = ~x
    for kind, name, pin in steps:
        if kind in ("permute", "distribute"):
            text += f"{kind}.4 %y, %y, {name}{pin}\n"
            wanted = mapped(kind, wanted, maps[name])
        else:
            text += "vadd.u32.w %y, %y, %x\n" if kind == "add" else f"shift.up.4 %y, %y, 2{pin}\n"
            wanted = wanted + x if kind == "add" else np.pad(wanted, ((0, 0), (2, 0)))[:, :LANES]
    machine = ran(f"{text}vstore y, %y\n", {"x": x, "one": maps["%one"], "each": maps["%each"]})
    np.testing.assert_array_equal(machine["y"], wanted)


@pytest.mark.parametrize("count", [2, 5, 12])
def test_ops_share_a_map(count: int) -> None:
    """Each op takes it when its own vectors come: the map is loaded for each, and more than registers can wait."""
    rng = np.random.default_rng(count)
    names = range(count)
    xs, maps = [some(rng, 4) for _ in names], some_maps(rng, "permute", 1)
    text = f".tensor m: u16[{LANES}] @ me4..me5\n.input m\n"
    for n in names:
        text += f".tensor x{n}: u32[{ROWS}, {LANES}] @ mw0..mw3\n.tensor y{n}: u32[{ROWS}, {LANES}] @ me0..me3\n"
        text += f".input x{n}\n.output y{n}\n"
    text += "vload %m, m\n"
    text += "".join(f"vload %x, x{n}\npermute.4 %y, %x, %m\nvstore y{n}, %y\n" for n in names)
    machine = ran(text, {"m": maps[0]} | {f"x{n}": x for n, x in enumerate(xs)})
    for n, x in enumerate(xs):
        np.testing.assert_array_equal(machine[f"y{n}"], mapped("permute", x, maps))


def test_a_map_that_is_stored_over_keeps_its_meaning() -> None:
    """The load of the second op would come after the store, so both take the first."""
    rng = np.random.default_rng(3)
    x, maps = some(rng, 4), some_maps(rng, "permute", 2)
    text = f".tensor x: u32[{ROWS}, {LANES}] @ mw0..mw3\n.tensor m: u16[2, {LANES}] @ me4..me5\n.input x, m\n"
    text += f".tensor y: u32[{ROWS}, {LANES}] @ me0..me3\n.output y, m\n"
    text += "vload %m, m, row=0, n=1\nvload %n, m, row=1, n=1\nvload %x, x\npermute.4 %x, %x, %m\n"
    text += "vstore m, %n, row=0\npermute.4 %x, %x, %m\nvstore y, %x\n"
    machine = ran(text, {"x": x, "m": maps})
    np.testing.assert_array_equal(machine["y"], mapped("permute", mapped("permute", x, maps[0]), maps[0]))
    np.testing.assert_array_equal(machine["m"], maps[[1, 1]])


@given(st.permutations(range(64)), st.integers(1, 8), st.sampled_from((1, 2, 4)), st.booleans())
def test_rows_are_scattered_to_where_a_map_says(rows: list[int], count: int, width: int, computed: bool) -> None:
    """Lane 0 of each superlane of a map names the row of that superlane."""
    rng = np.random.default_rng(count)
    x, table = some(rng, width, count), some(rng, width, 64)
    maps = rng.integers(1 << 16, size=(count, LANES), dtype=np.uint16)
    wanted = table.copy()
    for superlane in range(0, LANES, LANES_PER_SUPERLANE):
        chosen = rows[superlane:] + rows[:superlane]
        maps[:, superlane] = chosen[:count]
        lanes = slice(superlane, superlane + LANES_PER_SUPERLANE)
        wanted[chosen[:count], lanes] = ~x[:, lanes] if computed else x[:, lanes]
    text = f".tensor x: u{8 * width}[{count}, {LANES}] @ {PLACES[width][0]}\n"
    text += f".tensor table: u{8 * width}[64, {LANES}] @ {PLACES[width][1]}.1\n"
    text += f".input x, table, maps: u16[{count}, {LANES}] @ me4..me5\n.output table\nvload %m, maps\nvload %x, x\n"
    text += f"vnot.u{8 * width} %x, %x\n" if computed else ""
    for engine in ("core", "reference"):
        machine = ran(text + "vscatter table, %m, %x\n", {"x": x, "table": table, "maps": maps}, engine)
        np.testing.assert_array_equal(machine["table"], wanted)


def test_lookups_and_scatters_keep_their_order() -> None:
    """A row that is scattered, gathered and scattered again."""
    rng = np.random.default_rng(4)
    x, table = some(rng, 4, 2), some(rng, 4, 64)
    maps = np.repeat(np.array([[9], [40]], np.uint16), LANES, 1)
    text = f".input x: u32[2, {LANES}] @ mw0..mw3, table: u32[64, {LANES}] @ me0..me3.1\n"
    text += f".input maps: u16[2, {LANES}] @ me4..me5\n.output table\n"
    text += "vload %m, maps\nvload %x, x\nvscatter table, %m, %x\n"
    text += "vgather %y, table, %m\nvnot.u32 %y, %y\nvscatter table, %m, %y\n"
    wanted = table.copy()
    wanted[[9, 40]] = ~x
    machine = ran(text, {"x": x, "table": table, "maps": maps})
    np.testing.assert_array_equal(machine["table"], wanted)


def test_bursts_of_one_vector_follow_each_other_every_cycle() -> None:
    """Each row shifted by another amount: as long as one burst of all rows would take."""
    x = np.random.default_rng(7).integers(1 << 32, size=(64, LANES), dtype=np.uint32)
    declared = f".input x: u32[64, {LANES}] @ mw0..mw3\n.output y: u32[64, {LANES}] @ me0..me3\n"
    apart = "\n".join(
        f"vload %a, x, row={row}, n=1\nshift.up.4 %a, %a, {row % LANES}\nvstore y, %a, row={row}" for row in range(64)
    )
    machine = ran(declared + apart, {"x": x})
    together = ran(f"{declared}vload %a, x\nshift.up.4 %a, %a, 1\nvstore y, %a\n", {"x": x})
    assert machine.cycle == together.cycle
    for row in range(64):
        np.testing.assert_array_equal(machine["y"][row], np.pad(x[row], (row % LANES, 0))[:LANES])


def test_ops_of_one_body_that_want_one_thing_at_once_come_one_after_the_other() -> None:
    """Rows and their neighbours from one port, and four shifts on the two units of a switch; results meet."""
    x = np.random.default_rng(8).integers(1 << 32, size=(9, LANES), dtype=np.uint32)
    text = f".input x: u32[9, {LANES}] @ mw0..mw3\n.output y: u32[8, {LANES}] @ me0..me3\n"
    text += "vload %y, x, row=0, n=8\nvload %b, x, row=1, n=8\nvsub.u32.w %y, %y, %b\n"
    wanted = x[:8] - x[1:]
    for lanes in range(1, 5):
        text += f"shift.up.4 %s, %b, {lanes} !W\nvadd.u32.w %y, %y, %s\n"
        wanted = wanted + np.pad(x[1:], ((0, 0), (lanes, 0)))[:, :LANES]
    np.testing.assert_array_equal(ran(f"{text}vstore y, %y\n", {"x": x})["y"], wanted)


def test_what_has_passed_comes_again_from_the_vector_unit() -> None:
    """A map that goes west by its table in cycle 3 can be there again in 6 at the soonest."""
    text = f".input x: u32[1, {LANES}] @ mw0..mw3, maps: u16[1, {LANES}] @ me4..me5\n"
    text += f".output table: u32[64, {LANES}] @ me0..me3.1\nvload %m, maps !cycle=0\nvload %x, x\n"
    for cycle in (4, 5):
        with pytest.raises(SourceError) as caught:
            lpu.assemble(f"{text}vscatter table, %m, %x !cycle={cycle}\n", machine=LPU_TINY)
        message = f"`vscatter` cannot issue in cycle {cycle}; 6 is the first in which it can"
        assert caught.value.diagnostics[0].message == message
    x, maps = some(np.random.default_rng(6), 4, 1), np.full((1, LANES), 7, np.uint16)
    machine = ran(f"{text}vscatter table, %m, %x !cycle=6\n", {"x": x, "maps": maps})
    assert machine.cycle == 7


def turned(xs: list[Array]) -> list[Array]:
    """Rows of four values of four bytes with each block of 16 streams by 16 lanes transposed."""
    rows, lanes = xs[0].shape
    streams = np.concatenate([x.view(np.uint8).reshape(rows, lanes, 4) for x in xs], 2)
    blocks = streams.reshape(rows, -1, LANES_PER_SUPERLANE, LANES_PER_SUPERLANE).swapaxes(2, 3)
    parts = blocks.reshape(rows, lanes, 4, 4).transpose(2, 0, 1, 3)
    return [np.ascontiguousarray(part).view(np.uint32)[..., 0] for part in parts]


@pytest.mark.parametrize("pin", ["", " !W", " !E", " !E.tr1"])
@pytest.mark.parametrize("computed", [(), (0,), (1, 3), (0, 1, 2, 3)])
def test_blocks_are_transposed(pin: str, computed: tuple[int, ...]) -> None:
    """Of values from memory, and from ops; what it makes goes to memory, and through ops."""
    rng = np.random.default_rng(len(computed))
    xs = [rng.integers(1 << 32, size=(ROWS, LPU1.lanes), dtype=np.uint32) for _ in range(4)]
    text = ""
    for n in range(4):
        text += f".input x{n}: u32[{ROWS}, {LPU1.lanes}] @ mw{4 * n}..mw{4 * n + 3}\n"
        text += f".output y{n}: u32[{ROWS}, {LPU1.lanes}] @ auto\nvload %{n}, x{n}\n".replace("%", "%x")
        text += f"vnot.u32 %x{n}, %x{n}\n" if n in computed else ""
    text += f"transpose %a, %b, %x2, %x3, %x0, %x1, %x2, %x3{pin}\nvneg.i32.w %b, %b\n"
    text += "".join(f"vstore y{n}, {name}\n" for n, name in enumerate(("%a", "%b", "%x2", "%x3")))
    machine = lpu.Machine(lpu.assemble(text), strict=True)
    for n, x in enumerate(xs):
        machine[f"x{n}"] = x
    assert machine.run(max_cycles=10_000) == "halted"
    wanted = turned([~x if n in computed else x for n, x in enumerate(xs)])
    wanted[1] = -wanted[1]
    for n, value in enumerate(wanted):
        np.testing.assert_array_equal(machine[f"y{n}"], value)


def test_a_tensor_of_sixteen_slices_is_four_values() -> None:
    """What is gathered from all slices of a matrix in layout mxm and scattered again lies in another order."""
    rng = np.random.default_rng(5)
    lanes = LPU1.lanes
    a = rng.integers(-128, 128, (lanes, lanes), np.int8)
    rows = lanes // 16
    order = rng.permutation(rows)
    text = f".input a: i8[{lanes}, {lanes}] @ mw0..mw15 layout mxm, from: u16[{rows}, {lanes}] @ me0..me1\n"
    text += f".output b: i8[{lanes}, {lanes}] @ me28..me43 layout mxm\n.input to: u16[{rows}, {lanes}] @ me4..me5\n"
    text += "vload %f, from\nvgather %p, %q, %r, %s, a, %f\nvload %t, to\nvscatter b, %t, %p, %q, %r, %s\n"
    machine = lpu.Machine(lpu.assemble(text), strict=True)
    machine["a"] = a
    machine["from"] = np.repeat(np.arange(rows, dtype=np.uint16)[:, None], lanes, 1)
    machine["to"] = np.repeat(order.astype(np.uint16)[:, None], lanes, 1)
    assert machine.run(max_cycles=10_000) == "halted"
    np.testing.assert_array_equal(machine["b"].reshape(rows, 16, lanes)[order], a.reshape(rows, 16, lanes))


def errors(lines: str) -> list[str]:
    text = f".tensor x: u32[{ROWS}, {LANES}] @ mw0..mw3\n.tensor m: u16[3, {LANES}] @ me4..me5\n"
    with pytest.raises(SourceError) as caught:
        lpu.assemble(f"{text}vload %x, x\nvload %m, m\n{lines}\nvstore x, %x\n", machine=LPU_TINY)
    return [f"{problem.code}: {problem.message}" for problem in caught.value.diagnostics]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("permute.4 %x, %x, %x", "E-TYPE: `%x` is 4 bytes wide and a map takes 2 bytes"),
        ("permute.4 %x, %x, 0", "E-OPERAND: in linear code it is written `permute.4 stream, from, map`"),
        ("permute.4 %x, %x, r1", "E-OPERAND: `permute.4` takes a value such as `%a` here"),
        ("vscatter %m, x", "E-OPERAND: `vscatter` takes a tensor, a map and a value: `vscatter x, %map, %a`"),
        ("vscatter x, %m, %x, %x", "E-OPERAND: `x` takes 4 slices, so `vscatter` takes a value, not 2"),
        ("vscatter x, %x, %x", "E-TYPE: `%x` is 4 bytes wide and a map takes 2 bytes"),
        ("vscatter x, %m, %m", "E-TYPE: `%m` is 2 bytes wide and a row of `x` takes 4 bytes"),
        ("vscatter x, %m, %x", f"E-RANGE: `%m` has 3 elements and `%x` {ROWS}"),
        ("transpose %x, %x", f"E-OPERAND: in linear code it is written `transpose {FOUR_TO_FOUR}`"),
        (
            "transpose %a, %b, %c, %x, %x, %x, %x, %x",
            "E-OPERAND: `%x` goes to a `transpose` already, and has one place beside others",
        ),
        ("transpose %a, %b, %c, %x, %m, %m, %m, %m", "E-TYPE: `%m` is 2 bytes wide and `transpose` takes 4 bytes"),
        ("distribute.4 %x, %x, %m", f"E-RANGE: `%x` has {ROWS} elements and `%m` 3"),
    ],
)
def test_what_is_no_map_is_refused(line: str, message: str) -> None:
    assert errors(line)[0] == message


@given(st.text("%abmxy,1=!WEr0 []each(i)+/.:32uf@\n", max_size=40))
def test_no_text_is_a_traceback(text: str) -> None:
    declared = ".input x: u32[8, 32] @ me0..me3.0, m: u16[32] @ auto\nvload %a, x\nvload %m, m\n"
    for mnemonic in (
        "permute.4 %b, %a,",
        "distribute",
        "transpose",
        "vgather",
        "vscatter x,",
        ".input",
        ".output y: u8",
    ):
        assemble(f"{declared}{mnemonic} {text}\nvstore x, %a\n", machine=LPU_TINY)
    assemble(f".array a: i8[2, 2] = each({text}", machine=LPU_TINY)
