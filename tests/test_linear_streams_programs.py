"""Kernels in linear assembly: the results of those scheduled by hand, as fast, in a third of the lines."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from cli_tools import Command
from test_tensor_programs import MODELS, PROGRAMS, read_promises, run

from asm.assemble import assemble
from asm.syntax.format import format_source
from asm.write.timeline import timeline_text
from isa.machine import LPU1

PATHS = sorted((PROGRAMS / "linear").glob("*.s"))
kernels = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def by_hand(path: Path) -> Path:
    return PROGRAMS / path.name


@kernels
def test_a_kernel_computes_what_its_model_says_in_the_cycles_it_promises(path: Path) -> None:
    inputs, outputs = MODELS[path.stem](np.random.default_rng(1))
    machine = run(path, "core", inputs)
    assert machine.cycle == read_promises(path).cycles
    for name, value in outputs.items():
        np.testing.assert_array_equal(machine[name], value)


@kernels
def test_it_takes_at_most_a_twentieth_longer_than_by_hand(path: Path) -> None:
    assert read_promises(path).cycles <= 1.05 * read_promises(by_hand(path)).cycles


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


@kernels
def test_it_has_a_third_of_the_lines(path: Path) -> None:
    assert lines(path) <= lines(by_hand(path)) / 3
    assert format_source(path.read_text(encoding="utf-8")).text == path.read_text(encoding="utf-8")


def test_the_gallery_compares_every_kernel_with_the_one_by_hand() -> None:
    gallery = (PROGRAMS.parent / "README.md").read_text(encoding="utf-8")
    for path in PATHS:
        cycles = [f"{read_promises(each).cycles:,}" for each in (by_hand(path), path)]
        counts = [str(lines(each)) for each in (by_hand(path), path)]
        assert f"(tensor/linear/{path.name}) | {' | '.join([*cycles, *counts])} |" in gallery


STATEMENT = re.compile(r"^ +(?:v\w+|mmul|minstall|reduce|permute|shift|transpose|ld|mov)[.\w]* .*\n", re.MULTILINE)


@kernels
def test_the_timeline_that_was_found_assembles_to_the_same(path: Path) -> None:
    found = assemble(path)
    (timeline,) = found.found
    text = STATEMENT.sub("", path.read_text(encoding="utf-8")) + timeline_text(timeline, LPU1)
    again = assemble(text, include_paths=[path.parent])
    assert found.image is not None and again.image is not None
    assert again.image.text == found.image.text
    assert again.image.blocks == found.image.blocks
    assert not again.found


def test_the_command_prints_what_was_found(lpu: Command) -> None:
    lpu.write("add.s", (PROGRAMS / "linear" / "vector_add_relu.s").read_text(encoding="utf-8"))
    done = lpu("asm", "add.s", "--emit-timeline")
    assert done.status == 0
    assert "        @4              vadd.f32 v0, se0, se4, n=64\n" in done.out
