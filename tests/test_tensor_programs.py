"""The kernels of the tensor face: what their comments promise, and what their models say, bit for bit."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.random import Generator
from numpy.typing import NDArray

import lpu
from asm.syntax.format import format_source

HERE = Path(__file__).resolve().parent
PROGRAMS = HERE.parent / "programs" / "tensor"
PATHS = sorted(PROGRAMS.glob("*.s"))
SLOW = 1500  # cycles from which on the golden model takes too long for a test
CYCLES = re.compile(r"^; cycles (\d+)", re.MULTILINE)
USE = re.compile(r"^; use (\S+) ([\d.]+) %", re.MULTILINE)
SMALL = re.compile(r"^; small (\w+)=(\d+)", re.MULTILINE)
LOSES = re.compile(r"^; loses ", re.MULTILINE)

Arrays = dict[str, NDArray[Any]]
Model = Callable[[Generator], tuple[Arrays, Arrays]]  # inputs and expected outputs by tensor name


def models() -> dict[str, Model]:
    """All models of tests/tensor_models_*.py, by the name of the kernel."""
    return {
        name: model
        for path in sorted(HERE.glob("tensor_models_*.py"))
        for name, model in import_module(path.stem).MODELS.items()
    }


MODELS = models()
kernels = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


@dataclass
class Promises:
    """What a kernel's comments say: cycles, per cent of the cycles that a unit is busy, whether values get lost.

    `small` are the sizes with which the golden model is quick enough.
    """

    cycles: int = 0
    use: dict[str, float] = field(default_factory=dict)
    loses: bool = False
    small: dict[str, int] = field(default_factory=dict)


def read_promises(path: Path) -> Promises:
    text = path.read_text(encoding="utf-8")
    use = {unit: float(percent) for unit, percent in USE.findall(text)}
    (cycles,) = CYCLES.findall(text)
    small = {name: int(size) for name, size in SMALL.findall(text)}
    return Promises(int(cycles), use, bool(LOSES.search(text)), small)


def run(path: Path, engine: str, inputs: Arrays, defines: dict[str, int] | None = None) -> lpu.Machine:
    """A kernel run to its end, on what of the inputs fits; to lose a value is a fault unless its comment says so."""
    image = lpu.assemble(path, defines=defines)
    machine = lpu.Machine(image, engine=engine, strict=not read_promises(path).loses)
    for name, value in inputs.items():
        machine[name] = value[tuple(map(slice, machine.tensors[name].shape))]
    assert machine.run(max_cycles=1_000_000) == "halted"
    return machine


def test_every_kernel_has_a_model() -> None:
    assert sorted(MODELS) == [path.stem for path in PATHS]


@kernels
def test_a_kernel_promises_cycles_and_use(path: Path) -> None:
    promises = read_promises(path)
    assert promises.cycles and promises.use


@kernels
def test_a_kernel_opens_with_what_it_computes_teaches_and_is_bound_by(path: Path) -> None:
    opening = path.read_text(encoding="utf-8").partition("\n\n")[0]
    for heading in ("Computes", "Teaches", "Bound"):
        assert f"; {heading} " in opening


@kernels
def test_a_kernel_is_formatted(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert format_source(text).text == text, f"run `lpu fmt {path}`"


@kernels
def test_a_kernel_keeps_its_promises_and_agrees_with_its_model(path: Path) -> None:
    promises = read_promises(path)
    inputs, outputs = MODELS[path.stem](np.random.default_rng(seed=1))
    machine = run(path, "core", inputs)
    for name, expected in outputs.items():
        np.testing.assert_array_equal(machine[name], expected, strict=True)
        assert machine[name].tobytes() == expected.tobytes()
    assert machine.cycle == promises.cycles
    use = {unit: round(100 * machine.stats.utilisation(unit), 1) for unit in promises.use}
    assert use == promises.use


@pytest.mark.parametrize(
    "path",
    [path for path in PATHS if read_promises(path).small or read_promises(path).cycles < SLOW],
    ids=lambda path: path.stem,
)
def test_the_engines_agree_on_a_kernel(path: Path) -> None:
    inputs, _ = MODELS[path.stem](np.random.default_rng(seed=2))
    small = read_promises(path).small
    core, reference = (run(path, engine, inputs, small) for engine in ("core", "reference"))
    assert core.state == reference.state
    assert core.stats == reference.stats
    assert core.sram.tobytes() == reference.sram.tobytes()


def test_the_gallery_lists_every_kernel_with_its_cycles() -> None:
    gallery = (PROGRAMS.parent / "README.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| \[tensor/(\w+)\.s\]\(tensor/\1\.s\) \|[^|]*\| ([\d,]+) \|", gallery, re.MULTILINE))
    assert listed == {path.stem: f"{read_promises(path).cycles:,}" for path in PATHS}


def test_the_gallery_tells_the_use_that_kernels_promise() -> None:
    gallery = (PROGRAMS.parent / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[tensor/(\w+)\.s\](?:[^|]*\|){3}[^|]* ([\d.]+) % \|", gallery, re.MULTILINE)
    assert len(rows) == len(PATHS)
    for name, percent in rows:
        assert float(percent) in read_promises(PROGRAMS / f"{name}.s").use.values(), name
