"""Loads and stores of many levels, weights that ops make, and products with wide matrices in linear tensor code."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ml_dtypes import int4
from numpy.typing import NDArray

import lpu
from isa.diagnostics import SourceError
from isa.machine import LPU1, LPU_TINY, MachineSpec
from vm.items import Plane

Array = NDArray[Any]
ROWS = 40
NAMES = (("n", "stride"), ("m", "stride2"), ("m3", "stride3"), ("m4", "stride4"))


def ran(text: str, inputs: dict[str, Array], machine: MachineSpec = LPU1) -> lpu.Machine:
    """A program run to its end on a machine that faults when a value is lost."""
    found = lpu.Machine(lpu.assemble(text, machine=machine), strict=True)
    for name, value in inputs.items():
        found[name] = value
    assert found.run(max_cycles=100_000) == "halted"
    return found


def message(text: str, machine: MachineSpec = LPU_TINY) -> str:
    with pytest.raises(SourceError) as caught:
        lpu.assemble(text, machine=machine)
    return "\n".join(str(each) for each in caught.value.diagnostics)


# Loads and stores -------------------------------------------------------------------------------
Levels = list[tuple[int, int]]  # how often, and the rows between, from the innermost


def visited(row: int, levels: Levels) -> list[int]:
    """The rows of a nest of loops, the last level outermost."""
    turns = product(*(range(times) for times, _ in reversed(levels)))
    return [row + sum(i * stride for i, (_, stride) in zip(turn, reversed(levels), strict=True)) for turn in turns]


def written(row: int, levels: Levels) -> str:
    said = [f"row={row}"]
    for (times, stride), level in zip(levels, NAMES, strict=False):
        said += [f"{name}={value}" for name, value in zip(level, (times, stride), strict=True)]
    return ", ".join(said)


@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(0, 3)), min_size=1, max_size=4),
    st.integers(0, ROWS - 25),
    st.sampled_from(["u8", "f32"]),
)
def test_a_load_goes_through_rows_as_nested_loops_do(levels: Levels, row: int, dtype: str) -> None:
    rows = visited(row, levels)
    text = f"""
        .tensor x: {dtype}[{ROWS}, {LPU_TINY.lanes}] @ auto
        .tensor y: {dtype}[{len(rows)}, {LPU_TINY.lanes}] @ auto
        .input  x
        .output y
        vload   %x, x, {written(row, levels)}
        vstore  y, %x
    """
    x = (
        np.random.default_rng(1)
        .integers(0, 256, (ROWS, LPU_TINY.lanes))
        .astype(np.dtype({"u8": "u1", "f32": "f4"}[dtype]))
    )
    np.testing.assert_array_equal(ran(text, {"x": x}, LPU_TINY)["y"], x[rows])


@given(st.permutations([(2, 1), (2, 2), (3, 4), (2, 12)]), st.integers(0, ROWS - 24))
def test_a_store_goes_through_rows_as_nested_loops_do(levels: Levels, row: int) -> None:
    rows = visited(row, levels)
    text = f"""
        .tensor x: u8[{len(rows)}, {LPU_TINY.lanes}] @ auto
        .tensor y: u8[{ROWS}, {LPU_TINY.lanes}] @ auto
        .tensor z: u8[{len(rows)}, {LPU_TINY.lanes}] @ auto
        .input  x
        .output y
        .output z
        vload   %x, x
        vstore  y, %x, {written(row, levels)}
        vload   %z, y, {written(row, levels)}
        vstore  z, %z
    """
    x = np.random.default_rng(2).integers(0, 256, (len(rows), LPU_TINY.lanes)).astype(np.uint8)
    machine = lpu.Machine(lpu.assemble(text, machine=LPU_TINY), strict=True, uninit="zero")
    machine["x"] = x
    assert machine.run(max_cycles=10_000) == "halted"
    for vector, place in zip(x, rows, strict=True):
        np.testing.assert_array_equal(machine["y"][place], vector)
    np.testing.assert_array_equal(machine["z"], x)


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ("m3=0", "m3 is 0; a burst has at least one element"),
        ("n=4, m=2, stride2=4, m3=2, stride3=8, m4=2, stride4=30", "row 40 is not one of `x`; its rows are 0 to 39"),
        ("row=r1, n=2, m3=2", "with a register for a row a load or store has two levels, those of a burst"),
        ("n=2, m5=2", "`vload` has no attribute `m5`"),
    ],
)
def test_what_is_wrong_with_levels_is_said(attributes: str, said: str) -> None:
    text = f".tensor x: u8[{ROWS}, 8] @ auto\n.tensor y: u8[{ROWS}, 8] @ auto\nvload %x, x, {attributes}\nvstore y, %x"
    assert said in message(text)


# Weights that are values, and those that stay -----------------------------------------------------
QUADS = "".join(f"        vload   %w{quad}, w, quad={quad}\n" for quad in range(4))
VALUES = "%w0, %w1, %w2, %w3"
BYTES = {"i8": np.int8, "u8": np.uint8, "i4": int4}


def some(rng: np.random.Generator, type_: str, *shape: int) -> Array:
    low, high = {"i8": (-128, 128), "u8": (0, 256), "i4": (-8, 8)}[type_]
    return rng.integers(low, high, shape).astype(BYTES[type_])


@pytest.mark.parametrize("pin", ["", "!W", "!P3"])
@pytest.mark.parametrize(("vectors", "weights"), [("i8", "i8"), ("u8", "i8"), ("i8", "i4"), ("u8", "u8")])
def test_weights_may_be_values_that_ops_have_made(vectors: str, weights: str, pin: str) -> None:
    """The weights as they lie in memory, and the complement of their bits."""
    mnemonic = f"mmul.{vectors}" if vectors == weights else f"mmul.{vectors}.{weights}"
    text = f"""
        .tensor x: {vectors}[9, 320] @ me0
        .tensor w: {weights}[320, 200] @ mw0..mw15 layout mxm
        .tensor y: i32[9, 320] @ auto
        .tensor z: i32[9, 320] @ auto
        .input  x, w
        .output y, z
        vload   %x, x
{QUADS}
        {mnemonic} %y, %x, {VALUES} {pin}
        vstore  y, %y
        .irp quad, 0, 1, 2, 3
        vnot.u32 %w\\quad, %w\\quad
        .endr
        {mnemonic} %z, %x, {VALUES}
        vstore  z, %z
    """
    rng = np.random.default_rng(3)
    x, w = some(rng, vectors, 9, 320), some(rng, weights, 320, 200)
    machine = ran(text, {"x": x, "w": w})
    product = x.astype(np.int32) @ w.astype(np.int32)
    complement = x.astype(np.int32) @ (w.astype(np.int32) ^ (-1 if weights != "u8" else 255))
    np.testing.assert_array_equal(machine["y"][:, :200], product)
    np.testing.assert_array_equal(machine["z"][:, :200], complement)


def arrays(machine: lpu.Machine) -> dict[int, bytes]:
    return {item.plane: item.data for item in machine.state.tensor if isinstance(item, Plane) and item.installed}


def test_a_matrix_is_left_in_a_plane_that_a_product_does_not_take() -> None:
    """Two matrices stay, one made of weights that an op changed; the product has one plane of the west left."""
    text = f"""
        .tensor x: i8[30, 320] @ me0
        .tensor v: i8[320, 320] @ mw28..mw43 layout mxm
        .tensor w: i8[320, 320] @ me12..me27 layout mxm
        .tensor y: i32[30, 320] @ auto
        .input  x, v, w
        .output y
        minstall.i8 v !P0
{QUADS}
        .irp quad, 0, 1, 2, 3
        vnot.u32 %w\\quad, %w\\quad
        .endr
        minstall.i8 {VALUES} !P2
        vload   %x, x
        mmul.i8 %y, %x, w !W
        vstore  y, %y
    """
    rng = np.random.default_rng(4)
    x, v, w = some(rng, "i8", 30, 320), some(rng, "i8", 320, 320), some(rng, "i8", 320, 320)
    machine = ran(text, {"x": x, "v": v, "w": w})
    assert {plane: data[: v.size] for plane, data in arrays(machine).items()} == {
        plane: each.tobytes() for plane, each in ((0, v), (1, w), (2, ~w))
    }
    np.testing.assert_array_equal(machine["y"], x.astype(np.int32) @ w.astype(np.int32))


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        ("minstall.i8 w, w", "`minstall.i8` takes a matrix: `minstall.i8 w`"),
        ("minstall.u8 w", "`w` is no matrix for `minstall.u8`"),
        ("minstall.i8 deep", "`deep` has 2 tiles; a plane holds one"),
        ("minstall.i8 w !P4", "`!P4` is no unit or register for `iw`"),
        ("minstall.f16 f !P1", "`minstall.f16` cannot run on P1"),
        ("vload %a, w, quad=4", "the quads of `w` are 0 to 3"),
        ("vload %a, x, quad=0", "`x` is no tensor whose rows could flow"),
        ("vload %a, w, quad=0\nminstall.i8 %a, %a", "takes a matrix, or a value for each of 4 quads of weights"),
        ("vload %a, x\nminstall.i8 %a, %a, %a, %a", "`%a` is 1 wide; weights that are values are 4: of a quad"),
        (
            "vload %a, w, quad=0, n=1\nvload %b, w, quad=1\nminstall.i8 %b, %b, %b, %a",
            "`%a` has 1 vectors; a plane takes 20 of each of the four",
        ),
        ("vload %a, w, quad=0\nminstall.f16 %a, %a, %a, %a", "weights of f16 come from a tensor"),
        ("minstall.i8 w !P0\nminstall.i8 w !P0", "P0.array"),
    ],
)
def test_what_is_wrong_with_weights_is_said(statements: str, said: str) -> None:
    tensors = """
        .tensor w: i8[320, 320] @ auto layout mxm
        .tensor deep: i8[640, 320] @ auto layout mxm
        .tensor f: f16[320, 320] @ auto layout mxm
        .tensor x: i8[4, 320] @ auto
    """
    assert said in message(tensors + statements, LPU1)


# Wide matrices ------------------------------------------------------------------------------------
@pytest.mark.parametrize("pin", ["", "!E"])
@pytest.mark.parametrize(
    ("rows", "deep", "wide", "weights"),
    [(1, 900, 700, "i8"), (1, 320, 900, "i4"), (1, 1280, 320, "i8"), (2, 640, 640, "u8"), (30, 640, 650, "i8")],
)
def test_vectors_meet_all_tiles_of_a_wide_matrix(rows: int, deep: int, wide: int, weights: str, pin: str) -> None:
    """Each tile along a row takes the same vectors; sums of `rows` vectors come column after column of tiles."""
    down, along = -(-deep // 320), -(-wide // 320)
    text = f"""
        .tensor x: i8[{rows}, {deep}] @ me0 layout tiles
        .tensor w: {weights}[{deep}, {wide}] @ auto layout mxm
        .tensor y: i32[{rows}, {wide}] @ auto layout tiles
        .input  x, w
        .output y
        vload   %x, x, n={rows}, m={along}, stride2=0, m3={down}, stride3={rows}
        mmul.i8 %y, %x, w {pin}
        vstore  y, %y
    """
    rng = np.random.default_rng(rows)
    x, w = some(rng, "i8", rows, deep), some(rng, weights, deep, wide)
    machine = ran(text, {"x": x, "w": w})
    np.testing.assert_array_equal(machine["y"], x.astype(np.int32) @ w.astype(np.int32))
    assert machine.cycle < 130 + max(rows, 21 if weights != "i4" else 11) * down * along


def test_a_tile_along_a_row_is_multiplied_by_itself() -> None:
    """Columns of tiles one after the other, on planes as they come; results row by row."""
    text = """
        .tensor x: i8[50, 640] @ me0 layout tiles
        .tensor w: i8[640, 900] @ mw0..mw15 layout mxm
        .tensor y: i32[50, 900] @ auto
        .input  x, w
        .output y
        .set    t = 0
        .rept   3
        vload   %x, x
        mmul.i8 %y, %x, w, tile=t
        vstore  y, %y, row=t, stride=3, n=50
        .set    t = t + 1
        .endr
    """
    rng = np.random.default_rng(6)
    x, w = some(rng, "i8", 50, 640), some(rng, "i8", 640, 900)
    np.testing.assert_array_equal(ran(text, {"x": x, "w": w})["y"], x.astype(np.int32) @ w.astype(np.int32))


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        ("vload %x, x\nmmul.i8 %y, %x, w", "4 vectors flow to the 6 tiles of `w`, which is not as many to each"),
        ("vload %x, x, n=601, stride=0\nmmul.i8 %y, %x, w", "each flows once for each of 3 columns of tiles"),
        ("vload %x, x\nmmul.i8 %y, %x, w, tile=3", "the tiles along a row of the matrix are 0 to 2"),
        ("vload %x, x\nmmul.i8 %y, %x, w, row=3", "`mmul.i8` takes `tile=`, once, and no other attribute"),
        ("vload %x, x, n=6000, stride=0\nmmul.i8 %y, %x, w", "multiply a column of tiles at a time"),
        ("vload %x, x\nmmul.i8 %y, %x, w, %x", "`mmul.i8` takes a matrix, or a value for each of 4 quads of weights"),
    ],
)
def test_what_is_wrong_with_wide_products_is_said(statements: str, said: str) -> None:
    tensors = ".tensor x: i8[4, 320] @ auto\n.tensor w: i8[640, 900] @ auto layout mxm\n"
    assert said in message(f"{tensors}{statements}\n", LPU1)


# One vector with many -----------------------------------------------------------------------------
@given(st.permutations(["%a", "%b", "%c"]), st.integers(0, 20), st.sampled_from(["mw0..mw3", "me4..me7"]))
def test_one_vector_goes_with_all(names: list[str], wait: int, place: str) -> None:
    """Three rows of one tensor, the last negated, each added to what flows, `wait` ops of latency between them."""
    text = [
        f".tensor x: i32[9, {LPU_TINY.lanes}] @ mw4..mw7",
        f".tensor k: i32[3, {LPU_TINY.lanes}] @ {place}",
        f".tensor y: i32[9, {LPU_TINY.lanes}] @ me0..me3\n.input x, k\n.output y\nvload %x, x",
        *(f"vload %{name}, k, row={row}, n=1" for row, name in enumerate("abc")),
        "vneg.i32.w %c, %c",
        f"vadd.i32.w %x, %x, {names[0]}",
        *["vnot.i32 %x, %x"] * (wait % 6),
        f"vadd.i32.w %x, %x, {names[1]}",
        *["vnot.i32 %x, %x"] * (wait // 6),
        f"vsub.i32.w %x, {names[2]}, %x\nvadd.i32.w %x, %x, %a\nvstore y, %x",
    ]
    rng = np.random.default_rng(wait)
    x, k = (rng.integers(-(2**31), 2**31, (rows, LPU_TINY.lanes)).astype(np.int32) for rows in (9, 3))
    held = {"%a": k[0], "%b": k[1], "%c": -k[2]}
    y = x + held[names[0]]
    y = ~y if wait % 6 % 2 else y
    y = y + held[names[1]]
    y = ~y if wait // 6 % 2 else y
    y = held[names[2]] - y + held["%a"]
    np.testing.assert_array_equal(ran("\n".join(text), {"x": x, "k": k}, LPU_TINY)["y"], y)


def test_one_vector_is_not_many_where_nothing_holds_it() -> None:
    text = (
        f".tensor x: u8[4, {LPU_TINY.lanes}] @ auto\nvload %a, x\nvload %b, x, n=1\nselect %c, %a, %b, 3\nvstore x, %c"
    )
    assert "`%a` has 4 elements and `%b` 1" in message(text) or "`%b` has 1 elements and `%a` 4" in message(text)
