"""Kernels that are loops over tiles: for every number of tiles the rows that the models say, a round at its bound."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from test_tensor_programs import MODELS, PROGRAMS, read_promises, run

from asm.assemble import assemble
from asm.syntax.format import format_source
from asm.write.timeline import found_text

PATHS = sorted((PROGRAMS / "linear" / "loops").glob("*.s"))
TILES = {"gemm_i8": (32, 10), "vector_add_relu": (8, 8)}  # rows of a tile in each tensor that is written, and the most
kernels = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def test_every_kernel_is_tested() -> None:
    assert sorted(TILES) == [path.stem for path in PATHS]


@kernels
def test_a_kernel_computes_the_rows_of_its_tiles(path: Path) -> None:
    inputs, outputs = MODELS[path.stem](np.random.default_rng(1))
    rows, most = TILES[path.stem]
    for tiles in (0, 1, 2, 3, most):
        empty = {name: np.zeros_like(value) for name, value in outputs.items()}
        machine = run(path, "core", inputs | empty, {"tiles": tiles})
        for name, value in outputs.items():
            np.testing.assert_array_equal(machine[name][: rows * tiles], value[: rows * tiles])
            np.testing.assert_array_equal(machine[name][rows * tiles :], 0)
    assert machine.cycle == read_promises(path).cycles


@kernels
def test_a_round_is_as_short_as_units_allow(path: Path) -> None:
    (report,) = assemble(path).loops
    assert report.interval == report.bound < report.listed


@kernels
def test_rounds_that_are_added_take_an_interval_each(path: Path) -> None:
    (report,) = assemble(path).loops
    inputs, _ = MODELS[path.stem](np.random.default_rng(1))
    cycles = [run(path, "core", inputs, {"tiles": tiles}).cycle for tiles in (report.stages, report.stages + 3)]
    assert cycles[1] - cycles[0] == 3 * report.interval


@kernels
def test_a_kernel_is_formatted(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert format_source(text).text == text


def test_the_gallery_shows_every_loop() -> None:
    gallery = (PROGRAMS.parent / "README.md").read_text(encoding="utf-8")
    for path in PATHS:
        (report,) = assemble(path).loops
        cycles = [read_promises(each).cycles for each in (PROGRAMS / path.name, path)]
        lines = len(path.read_text(encoding="utf-8").splitlines())
        cells = " | ".join(map(str, (*cycles, report.interval, lines)))
        assert f"(tensor/linear/loops/{path.name}) | {cells} |" in gallery


@kernels
def test_what_a_loop_became_can_be_written_in_its_place(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    result = assemble(source)
    before, _, rest = source.partition("        loop    r2, done\n")
    written = found_text(result.found, result.tiles, result.scope.spec)
    again = assemble(f"{before}{written}done:{rest.partition('done:')[2]}")
    assert again.diagnostics == []
    assert again.text.syllables == result.text.syllables
