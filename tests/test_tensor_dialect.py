"""Programs of the tensor face at the command line, as a user meets them: data in and out, reports, faults, checks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cli_tools import Command, Result
from numpy.random import default_rng
from tensor_models_gemm import MODELS as PRODUCTS
from tensor_models_memory import MODELS as MOVES

KERNELS = Path(__file__).resolve().parents[1] / "programs" / "tensor"
ADD, TRANSPOSE = KERNELS / "vector_add_relu.s", KERNELS / "transpose.s"
ENGINES = ("core", "reference")
LAYOUTS = {"vector_add_relu": "rows", "transpose": "mxm", "gemm_i8": "tiles", "gather": "linear"}  # that they use


def inputs(lpu: Command, name: str) -> tuple[list[str], dict[str, Any]]:
    """The `-i` options of a kernel, their files written; and the outputs to expect."""
    given, expected = {**MOVES, **PRODUCTS}[name](default_rng(seed=3))
    for symbol, array in given.items():
        np.save(lpu.directory / f"{symbol}.npy", array)
    return [text for symbol in given for text in ("-i", f"{symbol}={symbol}.npy")], expected


def run_add(lpu: Command, *arguments: str) -> Result:
    return lpu("run", ADD, *inputs(lpu, "vector_add_relu")[0], *arguments)


def changed(lpu: Command, old: str, new: str) -> Path:
    """The first kernel with one line of its own."""
    text = ADD.read_text(encoding="utf-8")
    assert old in text
    return lpu.write("changed.s", text.replace(old, new).replace(".drain", "; .drain"))


# Data in and out --------------------------------------------------------------------------------
@pytest.mark.parametrize("name", LAYOUTS)
def test_arrays_go_through_a_kernel(lpu: Command, name: str) -> None:
    given, expected = inputs(lpu, name)
    wanted = [text for symbol in expected for text in ("-o", f"{symbol}=made_{symbol}.npy")]
    result = lpu("run", KERNELS / f"{name}.s", *given, *wanted, "--strict")
    assert (result.status, result.err) == (0, "")
    for symbol, array in expected.items():
        np.testing.assert_array_equal(np.load(lpu.directory / f"made_{symbol}.npy"), array, strict=True)


def test_raw_bytes_go_through_a_kernel(lpu: Command) -> None:
    a = default_rng(seed=4).integers(-128, 128, (320, 320), dtype=np.int8)
    lpu.write("a.bin", a.tobytes())
    assert lpu("run", TRANSPOSE, "-i", "a.bin", "-o", "t.bin").status == 0
    assert (lpu.directory / "t.bin").read_bytes() == a.T.tobytes()


def test_an_executable_runs_as_its_source_does(lpu: Command) -> None:
    given, expected = inputs(lpu, "transpose")
    assert lpu("asm", TRANSPOSE, "-o", "t.o").status == 0
    assert lpu("link", "t.o", "-o", "t.lpu").status == 0
    assert lpu("run", "t.lpu", *given, "-o", "t=t.npy").status == 0
    np.testing.assert_array_equal(np.load(lpu.directory / "t.npy"), expected["t"], strict=True)


def test_a_constant_sets_the_size_of_a_kernel(lpu: Command) -> None:
    x, y = default_rng(seed=5).standard_normal((2, 100, 320)).astype(np.float32)
    lpu.write("xy.bin", x.tobytes() + y.tobytes())
    result = lpu("run", ADD, "-D", "rows=100", "-i", "xy.bin", "-o", "z=z.npy")
    assert result.out.startswith("halted after 111 cycles ")
    np.testing.assert_array_equal(np.load(lpu.directory / "z.npy"), np.maximum(x + y, 0), strict=True)


@pytest.mark.parametrize(
    ("array", "complaint"),
    [
        (np.zeros((64, 319), np.float32), "x is declared as float32[64, 320]; it cannot take float32[64, 319]"),
        (np.zeros((64, 320)), "x is declared as float32[64, 320]; it cannot take float64[64, 320]"),
    ],
)
def test_an_array_that_does_not_fit_is_refused(lpu: Command, array: Any, complaint: str) -> None:
    np.save(lpu.directory / "x.npy", array)
    result = lpu("run", ADD, "-i", "x=x.npy")
    assert (result.status, result.err) == (2, f"error[E-INPUT]: x.npy: {complaint}\n")


# Reports ----------------------------------------------------------------------------------------
def test_stats_show_the_units_of_the_tensor_face(lpu: Command) -> None:
    shown = {line.split()[0]: line.split()[1:4] for line in run_add(lpu, "--stats").out.splitlines() if "|" in line}
    assert shown["V0"] == shown["V1"] == ["1", "64", "85.3"]
    assert [unit for unit in shown if unit.startswith("m")] == ["mw0.rp..mw7.rp", "me0.wp..me3.wp"]


def test_the_document_counts_elements(lpu: Command) -> None:
    documents = [run_add(lpu, "--json", "--stats", "--engine", engine).document for engine in ENGINES]
    assert documents[0] == documents[1]
    units = documents[0]["units"]
    used = ["B0", *(f"mw{i}.rp" for i in range(8)), *(f"me{i}.wp" for i in range(4)), "V0", "V1"]
    assert list(units) == used
    assert all(units[name] == {"ops": 1, "busy": 64, "elements": 64} for name in used[1:])
    assert documents[0]["outputs"]["z"]["shape"] == [64, 320]
    assert documents[0]["cycles"] == 75


def test_a_kernel_that_takes_too_long_is_stopped(lpu: Command) -> None:
    result = run_add(lpu, "--max-cycles", "74", "-o", "z=z.npy")
    assert result.status == 3
    assert not (lpu.directory / "z.npy").exists()


# Values that nobody samples ---------------------------------------------------------------------
@pytest.mark.parametrize("engine", ENGINES)
def test_lost_values_are_counted_and_with_strict_a_fault(lpu: Command, engine: str) -> None:
    source = changed(lpu, "@7              vrelu", "@8              vmov.f32 se12, v0\n        @7              vrelu")
    command = ("run", source, *inputs(lpu, "vector_add_relu")[0], "--engine", engine)
    assert "lost: 1 value on se12, made by V2 at " in lpu(*command, "--stats").out
    strict = lpu(*command, "--strict")
    assert strict.status == 1
    assert "error[E-STREAM-LOST]: the value of `vmov.f32` on se12 left the machine at MXM.E in cycle 23" in strict.err


# Bytes that nobody wrote ------------------------------------------------------------------------
@pytest.mark.parametrize("engine", ENGINES)
def test_a_missing_input_is_named(lpu: Command, engine: str) -> None:
    given, _ = inputs(lpu, "vector_add_relu")
    result = lpu("run", ADD, *given[:2], "--engine", engine)
    assert result.status == 1
    assert result.err.startswith(
        "error[E-UNINIT]: `read.4` reads lane 0 of row 0 of mw4.0 (y), which was never written"
    )
    assert "`-i y=FILE.npy`" in result.err


def test_taint_names_what_an_output_depends_on(lpu: Command) -> None:
    given, _ = inputs(lpu, "vector_add_relu")
    taint = ("--uninit", "taint", "--engine", "reference")
    clean = lpu("run", ADD, *given, *taint)
    assert "depends on" not in clean.out
    lines = lpu("run", ADD, *given[:2], *taint).out.splitlines()
    assert lines[1:3] == [f"z[0, {j}] depends on y[0, {j}], never written" for j in range(2)]
    assert lines[9] == f"and {64 * 320 - 8} elements of z more"


def test_taint_is_followed_through_a_switch(lpu: Command) -> None:
    order = default_rng(seed=6).permutation(320).astype(np.uint16)
    for side in "we":
        np.save(lpu.directory / f"order_{side}.npy", order)
    np.save(lpu.directory / "x_e.npy", np.ones((2, 320), np.float32))
    given = [text for name in ("order_w", "order_e", "x_e") for text in ("-i", f"{name}={name}.npy")]
    command = ("run", KERNELS / "permute.s", "-D", "rows=2", *given, "--uninit", "taint", "--engine", "reference")
    tainted = lpu(*command, "--json").document["tainted"]
    assert tainted["y_e"] == []
    assert tainted["y_w"] == [
        {"index": [i, lane], "origin": f"x_w[{i}, {order[lane]}], never written"}
        for i in range(2)
        for lane in range(320)
    ]


def test_taint_names_the_place_of_bytes_that_belong_to_nothing(lpu: Command) -> None:
    copy = "        { read se0, mw0[row(x) + 3] }\n        nop 3\n        { write me0[y], se0 }\n"
    places = ".tensor x: u8[2, 32] @ mw0\n.tensor y: u8[1, 32] @ me0\n.output y\n"
    lpu.write("beyond.s", places + copy)
    command = ("run", "beyond.s", "--machine", "lpu-tiny", "--uninit", "taint", "--engine", "reference")
    assert "y[0, 5] depends on byte 1 of word 25, lane 5 of row 3 of mw0.0, never written\n" in lpu(*command).out


# Checks -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", LAYOUTS)
def test_kernels_are_clean(lpu: Command, name: str) -> None:
    result = lpu("check", KERNELS / f"{name}.s")
    assert (result.status, result.out, result.err) == (0, "", "")


@pytest.mark.parametrize(
    ("old", "new", "code", "help"),
    [
        ("@4 ", "@5 ", "E-STREAM-EMPTY", "issue `vadd.f32` 1 cycle earlier"),
        ("@11             write", "@10             write", "E-STREAM-EMPTY", "issue `write.4` 1 cycle later"),
        ("write.4 me0[z]", "write.4 mw0[z]", "E-PLACE", "write `mw0[row(z)]` if that row of mw0 is meant"),
        ("write.4 me0[z], se8", "write.4 me0[z], se9", "E-STREAM", "near it are se8 and se12"),
        ("vrelu", "vreul", "E-MNEMONIC", "did you mean `vrelu.f32`?"),
        ("@ mw4..mw7", "@ mw4..mw8", "E-PLACE", "it takes 4 adjacent slices of one quad"),
    ],
)
def test_a_slip_is_told_with_what_mends_it(lpu: Command, old: str, new: str, code: str, help: str) -> None:
    result = lpu("check", changed(lpu, old, new))
    assert result.status == 2
    assert result.err.startswith(f"error[{code}]: ")
    assert f"  help: {help}" in result.err
