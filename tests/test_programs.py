"""The programs: what their comments promise, on both engines, and what NumPy says for other sizes."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import program_models as models
import pytest
from numpy.typing import NDArray

import lpu
from asm.syntax.format import format_source

PROGRAMS = Path(__file__).resolve().parent.parent / "programs"
ENGINES = ("core", "reference")
NUMPY = {"i32": np.int32, "u32": np.uint32, "f32": np.float32, "u8": np.uint8}
PROMISE = re.compile(r"^; expect (\w+) = (\[.*\])$|^; cycles (\d+)", re.MULTILINE)


@dataclass
class Promises:
    """What a program's comments say: outputs to expect, and cycles."""

    expect: dict[str, Any] = field(default_factory=dict)
    cycles: int | None = None


def read_promises(path: Path) -> Promises:
    promises = Promises()
    for name, value, cycles in PROMISE.findall(path.read_text()):
        if cycles:
            promises.cycles = int(cycles)
        else:
            promises.expect[name] = ast.literal_eval(value)
    return promises


def run(
    name: str, engine: str, inputs: dict[str, Any] | None = None, defines: dict[str, int] | None = None
) -> lpu.Machine:
    """A program run to its end; inputs are converted to the declared types."""
    machine = lpu.Machine(lpu.assemble(PROGRAMS / name, defines=defines or {}), engine=engine)
    for symbol, value in (inputs or {}).items():
        machine[symbol] = np.asarray(value, NUMPY[machine.tensors[symbol].dtype])
    assert machine.run(max_cycles=10_000_000) == "halted"
    return machine


def same(actual: NDArray[Any], expected: Any) -> None:
    """Equal in type, shape and every bit that is a number."""
    np.testing.assert_array_equal(actual, np.asarray(expected, actual.dtype), strict=True)


NAMES = sorted(path.name for path in PROGRAMS.glob("*.s"))
SELF_CONTAINED = [name for name in NAMES if name != "digits.s"]


def test_there_are_programs() -> None:
    assert len(NAMES) >= 12


@pytest.mark.parametrize("name", SELF_CONTAINED)
def test_a_program_promises_results_and_cycles(name: str) -> None:
    promises = read_promises(PROGRAMS / name)
    assert promises.expect and promises.cycles


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", SELF_CONTAINED)
def test_a_program_keeps_its_promises(name: str, engine: str) -> None:
    promises = read_promises(PROGRAMS / name)
    machine = run(name, engine)
    for symbol, value in promises.expect.items():
        same(machine[symbol], value)
    assert machine.cycle == promises.cycles


@pytest.mark.parametrize("name", NAMES)
def test_a_program_opens_with_what_it_computes_teaches_and_is_bound_by(name: str) -> None:
    opening = (PROGRAMS / name).read_text().partition("\n\n")[0]
    for heading in ("Computes", "Teaches", "Bound"):
        assert f"; {heading} " in opening


def test_every_program_is_formatted() -> None:
    for path in sorted(PROGRAMS.glob("*.s")):
        text = path.read_text(encoding="utf-8")
        assert format_source(text).text == text, f"run `lpu fmt {path.name}`"


def test_the_gallery_lists_every_program_with_its_cycles() -> None:
    gallery = (PROGRAMS / "README.md").read_text()
    listed = dict(re.findall(r"^\| \[(\w+\.s)\].*\| (\d*) ?\|[^|]*\|$", gallery, re.MULTILINE))
    promised = {name: str(read_promises(PROGRAMS / name).cycles or "") for name in NAMES}
    assert listed == promised


def cases() -> list[Any]:
    return [
        pytest.param(name, case, id=f"{name}-{number}")
        for name, model in models.MODELS.items()
        for number, case in enumerate(model(np.random.default_rng(seed=1)))
    ]


def test_every_program_has_a_model() -> None:
    assert sorted([*models.MODELS, "digits.s", "polynomial.s"]) == NAMES


@pytest.mark.parametrize(("name", "case"), cases())
def test_a_program_agrees_with_numpy(name: str, case: models.Case) -> None:
    machine = run(name, "core", case.inputs, case.defines)
    for symbol, value in case.outputs.items():
        same(machine[symbol], value)
    if case.cycles is not None:
        assert machine.cycle == case.cycles


@pytest.mark.parametrize(("name", "case"), cases())
def test_the_engines_agree_on_a_program(name: str, case: models.Case) -> None:
    core, reference = (run(name, engine, case.inputs, case.defines) for engine in ENGINES)
    assert core.state == reference.state
    assert core.stats == reference.stats
    for symbol in core.tensors:
        same(core[symbol], reference[symbol])


@pytest.mark.parametrize("x", [-3, 0, 1, 7, 10, 100_000])
def test_polynomial_is_a_falling_factorial(x: int) -> None:
    product = 1
    for k in range(7):
        product *= x - k
    machine = run("polynomial.s", "core", defines={"x": x})
    same(machine["y"].view(np.uint32), [product % 2**32])
    assert machine.cycle == 21


def test_f32_product_of_reals_is_within_its_rounding_error() -> None:
    rng = np.random.default_rng(seed=2)
    n, m, k = 5, 31, 8
    a, b = rng.standard_normal((n, m)).astype(np.float32), rng.standard_normal((m, k)).astype(np.float32)
    machine = run("matmul_f32.s", "core", {"A": a, "B": b}, {"n": n, "m": m, "k": k})
    exact = a.astype(np.float64) @ b.astype(np.float64)
    bound = m * 2.0**-23 * (np.abs(a).astype(np.float64) @ np.abs(b))
    assert (np.abs(machine["C"] - exact) <= bound).all()


def test_histogram_traps_on_a_value_outside() -> None:
    with pytest.raises(lpu.MachineFault) as caught:
        run("histogram.s", "core", {"x": [1, 2, 3, 6]}, {"n": 4})
    assert caught.value.diagnostic.code == "E-TRAP"


@pytest.mark.parametrize(
    ("name", "defines", "message"),
    [
        ("matmul_bundles.s", {"m": 10}, "m must be a multiple of 4 and at least 8"),
        ("matmul_bundles.s", {"m": 4}, "m must be a multiple of 4 and at least 8"),
        ("matmul_f32.s", {"k": 6}, "k must be a multiple of 4"),
        ("saxpy.s", {"n": 6}, "n must be a multiple of 4"),
        ("prefix_sum.s", {"n": 6}, "n must be a multiple of 4"),
    ],
)
def test_a_size_that_does_not_fit_is_refused(name: str, defines: dict[str, int], message: str) -> None:
    with pytest.raises(lpu.SourceError) as caught:
        lpu.assemble(PROGRAMS / name, defines=defines)
    assert message in caught.value.diagnostics[0].message


@pytest.fixture
def digits(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(PROGRAMS))
    return __import__("digits_train")


def classify(images: NDArray[np.uint8], engine: str) -> lpu.Machine:
    return run("digits.s", engine, {"images": images}, {"n": len(images)})


def test_digits_are_classified_as_numpy_classifies_them(digits: Any) -> None:
    images, labels = digits.load()
    weights, bias = digits.model()
    scores = images.astype(np.int64) @ weights + bias
    machine = classify(images, "core")
    same(machine["labels"], scores.argmax(axis=1))
    assert (machine["labels"] == labels).mean() > 0.95
    assert machine.cycle == read_promises(PROGRAMS / "digits.s").cycles


def test_digits_on_both_engines(digits: Any) -> None:
    images, _ = digits.load()
    core, reference = (classify(images[:2], engine) for engine in ENGINES)
    assert (core.state, core.stats) == (reference.state, reference.stats)
    same(core["labels"], reference["labels"])


def test_the_committed_weights_fit_a_byte(digits: Any) -> None:
    weights, _ = digits.model()
    assert np.abs(weights).max() == digits.LARGEST_WEIGHT


def test_digits_breaks_ties_like_argmax(digits: Any) -> None:
    blank = np.zeros((1, 64), np.uint8)
    _, bias = digits.model()
    same(classify(blank, "core")["labels"], [bias.argmax()])
