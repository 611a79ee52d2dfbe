"""Switches in linear tensor code: maps as values, rows that maps name, blocks that are turned."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import lpu
from isa.diagnostics import SourceError
from isa.machine import LANES_PER_SUPERLANE, LPU_TINY

Array = NDArray[Any]
LANES = LPU_TINY.lanes
ROWS = 6
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
        ("distribute.4 %x, %x, %m", f"E-RANGE: `%x` has {ROWS} elements and `%m` 3"),
    ],
)
def test_what_is_no_map_is_refused(line: str, message: str) -> None:
    assert errors(line)[0] == message
