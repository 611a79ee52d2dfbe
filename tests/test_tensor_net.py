"""The convolution on images of other sizes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tensor_models_net as models

import lpu

PROGRAMS = Path(__file__).resolve().parent.parent / "programs" / "tensor"


@pytest.mark.parametrize("engine", ["core", "reference"])
@pytest.mark.parametrize(("rows", "columns"), [(6, 8), (1, 50)])
def test_a_convolution_of_another_size(rows: int, columns: int, engine: str) -> None:
    inputs, outputs = models.convolved(np.random.default_rng(seed=3), rows, columns)
    executable = lpu.assemble(PROGRAMS / "conv3x3.s", defines={"ROWS": rows, "COLUMNS": columns})
    machine = lpu.Machine(executable, engine=engine, strict=True)
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
