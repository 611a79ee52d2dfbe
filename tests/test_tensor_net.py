"""The convolution on images of other sizes; the network on all handwritten digits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensor_models_net as models
from numpy.typing import NDArray

import lpu

PROGRAMS = Path(__file__).resolve().parent.parent / "programs" / "tensor"


@pytest.mark.parametrize(("rows", "columns"), [(6, 8), (1, 50), (48, 1)])
def test_a_convolution_of_another_size(rows: int, columns: int) -> None:
    inputs, outputs = models.convolved(np.random.default_rng(seed=3), rows, columns)
    executable = lpu.assemble(PROGRAMS / "conv3x3.s", defines={"ROWS": rows, "COLUMNS": columns})
    machine = lpu.Machine(executable, strict=True)
    for name, value in inputs.items():
        machine[name] = value
    machine.run()
    for name, expected in outputs.items():
        np.testing.assert_array_equal(machine[name], expected, strict=True)
    assert machine.cycle == 28 + 9 * rows * columns + 47


@pytest.mark.parametrize(("rows", "columns"), [(33, 32), (1, 47)])
def test_a_convolution_refuses_what_accumulators_or_loads_do_not_allow(rows: int, columns: int) -> None:
    with pytest.raises(lpu.SourceError) as caught:
        lpu.assemble(PROGRAMS / "conv3x3.s", defines={"ROWS": rows, "COLUMNS": columns})
    assert "48 to 1024 pixels" in caught.value.diagnostics[0].message


def test_the_model_of_the_convolution_is_its_definition() -> None:
    rng = np.random.default_rng(seed=4)
    x = rng.integers(0, 256, (4, 5, 2), dtype=np.uint8)
    w = rng.integers(-128, 128, (3, 3, 2, 3), dtype=np.int8)
    sums = models.convolution(x, w)
    assert sums.shape == (2, 3, 3)
    for r, c, o in np.ndindex(*sums.shape):
        window = x[r : r + 3, c : c + 3].astype(int)
        assert sums[r, c, o] == (window * w[..., o]).sum()


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(PROGRAMS))
    return __import__("mlp_train")


def classify(training: Any, images: NDArray[np.uint8], count: int) -> tuple[lpu.Machine, NDArray[np.uint8]]:
    """mlp.s on vectors of five images, and the labels of the first `count` images."""
    vectors = training.vectors(images)
    machine = lpu.Machine(lpu.assemble(PROGRAMS / "mlp.s", defines={"vectors": len(vectors)}), strict=True)
    machine["images"] = vectors
    machine.run()
    return machine, machine["labels"].reshape(-1)[:count]


def test_digits_are_classified_as_the_network_of_integers_classifies_them(training: Any) -> None:
    images, labels = training.load()
    machine, predicted = classify(training, images, len(images))
    np.testing.assert_array_equal(predicted, training.network().predict(images), strict=True)
    assert len(predicted) == 1797
    assert (predicted == labels)[::2].mean() > 0.97  # of the images that did not train it
    assert machine.cycle == 576


@pytest.mark.parametrize("count", [1, 5, 12])
def test_any_number_of_digits(training: Any, count: int) -> None:
    images = training.load()[0][:count]
    machine, predicted = classify(training, images, count)
    np.testing.assert_array_equal(predicted, training.network().predict(images), strict=True)
    assert machine.cycle == 216 + -(-count // 5)


def test_a_network_is_packed_and_unpacked(training: Any) -> None:
    packed = {name: np.load(training.path(name)) for name in training.FILES}
    again = training.pack(training.unpack(packed))
    assert list(again) == list(training.FILES)
    for name, array in packed.items():
        np.testing.assert_array_equal(again[name], array, strict=True)
