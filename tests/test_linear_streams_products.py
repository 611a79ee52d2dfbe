"""Products in linear tensor code: any plane, any weights that one holds, tiles added up."""

from __future__ import annotations

import re
from time import process_time
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ml_dtypes import bfloat16, int4
from numpy.typing import NDArray
from test_tensor_programs import PROGRAMS

import lpu
from asm.assemble import assemble
from asm.write.timeline import timeline_text
from isa.machine import LPU1

Array = NDArray[Any]
LANES = LPU1.lanes
WEIGHTS = {"i8": (-128, 128, np.int8), "u8": (0, 256, np.uint8), "i4": (-8, 8, int4)}


def text(vectors: str, weights: str, pin: str, rows: int, deep: int, wide: int) -> str:
    return f"""
        .tensor x: {vectors}[{rows}, {deep}] @ me0 layout tiles
        .tensor w: {weights}[{deep}, {wide}] @ auto layout mxm
        .tensor y: i32[{rows}, {wide}] @ me4..me7
        .irp name, x, w
        .input  \\name
        .endr
        .output y
        vload   %x, x
        mmul.{vectors} %y, %x, w {pin}
        vstore  y, %y
"""


def some(rng: np.random.Generator, type_: str, *shape: int) -> Array:
    low, high, dtype = WEIGHTS[type_]
    return rng.integers(low, high, shape).astype(dtype)


@pytest.mark.parametrize("pin", ["", "!W", "!E"])
@pytest.mark.parametrize(("rows", "deep", "wide"), [(1, 320, 320), (7, 100, 33), (25, 640, 320), (20, 900, 5)])
@pytest.mark.parametrize(("vectors", "weights"), [("i8", "i8"), ("u8", "i8"), ("i8", "u8"), ("u8", "i4")])
def test_a_product_is_that_of_its_matrices(
    vectors: str, weights: str, rows: int, deep: int, wide: int, pin: str
) -> None:
    rng = np.random.default_rng(rows)
    x, w = some(rng, vectors, rows, deep), some(rng, weights, deep, wide)
    image = lpu.assemble(text(vectors, weights, pin, rows, deep, wide))
    machine = lpu.Machine(image, strict=True)
    machine["x"], machine["w"] = x, w
    assert machine.run(max_cycles=10_000) == "halted"
    np.testing.assert_array_equal(machine["y"], x.astype(np.int32) @ w.astype(np.int32))


def test_a_pin_chooses_the_hemisphere() -> None:
    for pin, plane in (("!W", 0), ("!E", 2)):
        (timeline,) = assemble(text("i8", "i8", pin, 4, 320, 320)).found
        assert f"iw      {plane}\n" in timeline_text(timeline, LPU1)


def test_products_take_turns_on_the_planes() -> None:
    """Eight products of different vectors with one matrix: two a plane, one after the other."""
    rng = np.random.default_rng(5)
    count = 8
    names = range(count)
    lines = [
        f".tensor x{n}: i8[30, 320] @ me{n}\n.input x{n}\n.tensor y{n}: i32[30, 320] @ auto\n.output y{n}"
        for n in names
    ]
    lines += [".tensor w: i8[320, 320] @ mw28..mw43 layout mxm\n.input w"]
    lines += [f"vload %x, x{n}\nmmul.i8 %y, %x, w\nvstore y{n}, %y" for n in names]
    machine = lpu.Machine(lpu.assemble("\n".join(lines)), strict=True)
    w = some(rng, "i8", 320, 320)
    xs = [some(rng, "i8", 30, 320) for _ in names]
    machine["w"] = w
    for n, x in enumerate(xs):
        machine[f"x{n}"] = x
    assert machine.run(max_cycles=10_000) == "halted"
    for n, x in enumerate(xs):
        np.testing.assert_array_equal(machine[f"y{n}"], x.astype(np.int32) @ w.astype(np.int32))


def timeline_of(source: str) -> str:
    """What a source with one run becomes, as text."""
    (timeline,) = assemble(source).found
    return timeline_text(timeline, LPU1)


def cycles_of(timeline: str, mnemonic: str) -> list[int]:
    """The cycles in which ops of a mnemonic issue."""
    return [int(cycle) for cycle in re.findall(rf"@(\d+) +{re.escape(mnemonic)} ", timeline)]


@pytest.mark.parametrize("pin", ["", "!W", "!E"])
@pytest.mark.parametrize(("rows", "deep", "wide"), [(1, 320, 320), (9, 64, 40), (30, 640, 7), (3, 1000, 320)])
@pytest.mark.parametrize(("type_", "dtype"), [("f16", np.float16), ("bf16", bfloat16)])
def test_a_product_of_floats_takes_two_planes(
    type_: str, dtype: type, rows: int, deep: int, wide: int, pin: str
) -> None:
    """Small integers, so that every sum is exact."""
    rng = np.random.default_rng(deep)
    x, w = (rng.integers(-8, 9, shape).astype(dtype) for shape in ((rows, deep), (deep, wide)))
    source = f"""
        .input  x: {type_}[{rows}, {deep}] @ me0..me1 layout tiles
        .input  w: {type_}[{deep}, {wide}] @ auto layout mxm
        .output y: f32[{rows}, {wide}] @ me4..me7
        vload   %x, x
        mmul.{type_} %y, %x, w {pin}
        vstore  y, %y
"""
    machine = lpu.Machine(lpu.assemble(source), strict=True)
    machine["x"], machine["w"] = x, w
    assert machine.run(max_cycles=10_000) == "halted"
    np.testing.assert_array_equal(machine["y"], x.astype(np.float32) @ w.astype(np.float32))


PAIR = """
        .input  x0: i8[40, 640] @ me0 layout tiles
        .input  x1: i8[40, 640] @ me1 layout tiles
        .input  w: i8[640, 320] @ mw28..mw43 layout mxm
        .output y0: i32[40, 320] @ mw0..mw3
        .output y1: i32[40, 320] @ mw4..mw7
        .irp n, 0, 1
        vload   %x, x\\n
        mmul.i8 %y, %x, w !W
        vstore  y\\n, %y
        .endr
"""


def test_products_of_the_same_weights_side_by_side_share_what_reads_them() -> None:
    found = timeline_of(PAIR)
    starts = cycles_of(found, "abc.i8")
    assert len(starts) == 2 and starts[0] == starts[1]
    assert len(cycles_of(found, "lw.i8")) == 2 * 2  # planes, tiles
    assert len(re.findall(r"\[w", found)) == 2 * 4  # tiles, quads


def test_the_next_product_of_a_plane_begins_right_after_the_last_vector() -> None:
    """The other plane is taken by a product that lasts longer."""
    found = timeline_of("""
        .input  long: i8[600, 320] @ me1
        .input  x0: i8[50, 640] @ me0.0 layout tiles
        .input  x1: i8[50, 640] @ me0.1 layout tiles
        .input  w0: i8[640, 320] @ mw28..mw43 layout mxm
        .input  w1: i8[640, 320] @ mw12..mw27 layout mxm
        .input  w2: i8[320, 320] @ me28..me43 layout mxm
        .output y: i32[600, 320] @ mw4..mw7
        .output y0: i32[50, 320] @ mw0..mw3.0
        .output y1: i32[50, 320] @ mw0..mw3.1
        vload   %x, long
        mmul.i8 %y, %x, w2 !W
        vstore  y, %y
        .irp n, 0, 1
        vload   %x, x\\n
        mmul.i8 %y, %x, w\\n !W
        vstore  y\\n, %y
        .endr
""")
    planes = dict.fromkeys(re.findall(r"abc.i8 +(\d)", found))
    assert list(planes) == ["0", "1"]
    first, second = (int(cycle) for cycle in re.findall(r"@(\d+) +abc.i8 +1", found))
    assert second == first + 100


def many_products(count: int) -> str:
    """One matrix x times `count` others, of two tiles each, by turns in the west and the east."""
    homes = ["mw28..mw43", "me28..me43", "mw12..mw27", "me12..me27"]
    lines = [".input x: i8[60, 640] @ me0 layout tiles"]
    lines += [f".input w{n}: i8[640, 320] @ {homes[n % 4]} layout mxm" for n in range(count)]
    lines += [f".output y{n}: i32[60, 320] @ auto" for n in range(count)]
    return "\n".join([*lines, "vload %x, x", *(f"mmul.i8 %y, %x, w{n}\nvstore y{n}, %y" for n in range(count))])


@pytest.mark.parametrize(("count", "loads"), [(2, 1), (4, 1), (8, 2)])
def test_a_value_goes_to_as_many_planes_as_there_are_and_is_loaded_again_for_more(count: int, loads: int) -> None:
    """With two products a hemisphere the weights of one are loaded before they must: x leaves no room for both."""
    source = many_products(count)
    assert len(cycles_of(timeline_of(source), "read")) == loads
    rng = np.random.default_rng(count)
    x, ws = some(rng, "i8", 60, 640), [some(rng, "i8", 640, 320) for _ in range(count)]
    machine = lpu.Machine(lpu.assemble(source), strict=True)
    machine["x"] = x
    for n, w in enumerate(ws):
        machine[f"w{n}"] = w
    assert machine.run(max_cycles=10_000) == "halted"
    for n, w in enumerate(ws):
        np.testing.assert_array_equal(machine[f"y{n}"], x.astype(np.int32) @ w.astype(np.int32))


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("E-TYPE", "mmul.i8 %y, %x, halves"),
        ("E-TYPE", "mmul.f16 %y, %h, w"),
        ("E-TYPE", "mmul.bf16 %y, %h, halves"),
        ("E-TYPE", "mmul.f16 %y, %x, halves"),
        ("E-RANGE", "mmul.i8 %y, %long, deep"),
        ("E-RANGE", "mmul.i8 %y, %odd, deep"),
    ],
)
def test_what_cannot_be_multiplied_is_named(code: str, text: str) -> None:
    source = f"""
        .input  x: i8[8, 320] @ me0
        .input  h: f16[8, 320] @ me2..me3
        .input  long: i8[2050, 320] @ me1
        .input  w: i8[320, 320] @ mw28..mw43 layout mxm
        .input  deep: i8[640, 320] @ mw12..mw27 layout mxm
        .input  halves: f16[320, 320] @ me28..me43 layout mxm
        .output y: i32[8, 320] @ mw0..mw3
        vload   %x, x
        vload   %h, h
        vload   %long, long, row=r1, n=2050
        vload   %odd, long, n=7
        {text}
"""
    (line,) = (number for number, line in enumerate(source.splitlines(), 1) if text in line)
    (found,) = (each for each in assemble(source).diagnostics if each.place.line == line)
    assert (found.code, bool(found.help)) == (code, True)


Shape = tuple[str, str, int, int, int, str]  # types of vectors and weights, rows, depth, width, pin


@st.composite
def products(draw: st.DrawFn) -> list[Shape]:
    shapes = []
    for _ in range(draw(st.integers(1, 4))):
        weights = draw(st.sampled_from(["i4", "i8", "u8", "f16", "bf16"]))
        vectors = draw(st.sampled_from(["i8", "u8"])) if weights in WEIGHTS else weights
        rows, deep = draw(st.sampled_from([1, 2, 7, 19, 33])), draw(st.sampled_from([64, 320, 500, 960]))
        shapes.append((vectors, weights, rows, deep, draw(st.sampled_from([9, 320])), draw(st.sampled_from(PINS))))
    return shapes


PINS = ["", "!W", "!E"]
FLOATS = {"f16": np.float16, "bf16": bfloat16}


@given(products(), st.integers(0, 2**32 - 1))
def test_products_of_all_kinds_run_beside_each_other(shapes: list[Shape], seed: int) -> None:
    rng = np.random.default_rng(seed)
    data, lines, code, expected = {}, [], [], {}
    for n, (vectors, weights, rows, deep, wide, pin) in enumerate(shapes):
        is_float = weights in FLOATS
        for name, type_, shape in ((f"x{n}", vectors, (rows, deep)), (f"w{n}", weights, (deep, wide))):
            data[name] = rng.integers(-4, 5, shape).astype(FLOATS[type_]) if is_float else some(rng, type_, *shape)
            lines.append(f".input {name}: {type_}{list(shape)} @ auto layout {'tiles' if name[0] == 'x' else 'mxm'}")
        result = np.float32 if is_float else np.int32
        lines.append(f".output y{n}: {'f32' if is_float else 'i32'}[{rows}, {wide}] @ auto")
        code.append(f"vload %x, x{n}\nmmul.{vectors} %y, %x, w{n} {pin}\nvstore y{n}, %y")
        expected[f"y{n}"] = data[f"x{n}"].astype(result) @ data[f"w{n}"].astype(result)
    machine = lpu.Machine(lpu.assemble("\n".join(lines + code)), strict=True)
    for name, value in data.items():
        machine[name] = value
    assert machine.run(max_cycles=100_000) == "halted"
    for name, value in expected.items():
        np.testing.assert_array_equal(machine[name], value)


def test_a_dozen_layers_follow_each_other() -> None:
    """More matrices than there are places for at once: those that share slices begin with a quad as well."""
    layers, rng = 12, np.random.default_rng(12)
    lines = [f".input w{n}: i4[320, 320] @ auto layout mxm" for n in range(layers)]
    code = [f"mmul.i8 %y, %x, w{n}\nvsar.i32 %y, %y, 5\nvcvt.i8.i32 %x, %y" for n in range(layers)]
    data = ".input x: i8[50, 320] @ auto\n.output y: i8[50, 320] @ auto\nvload %x, x"
    machine = lpu.Machine(lpu.assemble("\n".join([*lines, data, *code, "vstore y, %x"])), strict=True)
    x = machine["x"] = some(rng, "i8", 50, 320)
    for n in range(layers):
        w = machine[f"w{n}"] = some(rng, "i4", 320, 320)
        x = (x.astype(np.int32) @ w.astype(np.int32) >> 5).clip(-128, 127)
    assert machine.run(max_cycles=10_000) == "halted"
    np.testing.assert_array_equal(machine["y"], x)


TALL = """
        .input  x: i8[{rows}, 640] @ me0 layout tiles
        .input  w: i8[640, 320] @ auto layout mxm
        .input  bias: i32[320] @ auto
        .output y: i32[{rows}, 320] @ auto
        .output z: i32[{rows}, 320] @ auto
        vload   %x, x{how}
        vmov.i8 %most, 100, n=2 * {rows}
        vmin.i8 %x, %x, %most
        mmul.i8 %y, %x, w
        vload   %bias, bias, n={rows}, stride=0
        vadd.i32.w %z, %y, %bias
        vstore  y, %y
        vstore  z, %z
"""


@pytest.mark.parametrize(
    ("rows", "how"),
    [
        (1025, ""),
        (1300, ""),
        (2049, ", n=2049, m=2, stride2=2049"),
        (1400, ", n=100, m=14, stride2=100, m3=2, stride3=1400"),
    ],
)
def test_a_product_of_more_vectors_than_sums_is_done_in_blocks(rows: int, how: str) -> None:
    """All that shares values with it as well; the load of the bias is one row again and again."""
    rng = np.random.default_rng(rows)
    machine = lpu.Machine(lpu.assemble(TALL.format(rows=rows, how=how)), strict=True)
    x, w = some(rng, "i8", rows, 640), some(rng, "i8", 640, 320)
    machine["x"], machine["w"], bias = x, w, rng.integers(-1000, 1000, 320).astype(np.int32)
    machine["bias"] = bias
    assert machine.run(max_cycles=20_000) == "halted"
    y = np.minimum(x, 100).astype(np.int32) @ w.astype(np.int32)
    np.testing.assert_array_equal(machine["y"], y)
    np.testing.assert_array_equal(machine["z"], y + bias)


@pytest.mark.parametrize("what", ["vload   se4, x", "vload   %x, x, row=r1, n=2600", "vload   %x, x !cycle=40"])
def test_blocks_need_freedom(what: str) -> None:
    """What is pinned, or begins where a register says, is done at once or not at all."""
    source = TALL.format(rows=1300, how="").replace("vload   %x, x", what)
    source = source.replace("vmin.i8 %x, %x", "vmin.i8 %x, se4") if "se4" in what else source
    (found,) = assemble(source).diagnostics
    assert (found.code, found.message) == (
        "E-RANGE",
        "1300 vectors flow to each of the 2 tiles of `w`; a plane keeps 1024 sums",
    )
    assert found.help == "multiply in parts: `vload ..., n=650, m=2, stride2=1300` is the first"


@pytest.mark.parametrize("kernel", ["gemm_i8", "gemm_i4", "gemm_f16", "gemm_i8_large", "attention"])
def test_a_kernel_is_scheduled_in_less_than_two_seconds(kernel: str) -> None:
    start = process_time()
    assert assemble(PROGRAMS / "linear" / f"{kernel}.s").image is not None
    assert process_time() - start < 2
