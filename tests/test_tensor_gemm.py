"""What the models of the matrix kernels leave open: arrays of planes, other sizes, and the f16 model itself."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import tensor_models_gemm as models

import lpu
from vm.items import Plane

PROGRAMS = Path(__file__).resolve().parent.parent / "programs" / "tensor"


@pytest.mark.parametrize("engine", ["core", "reference"])
def test_every_plane_holds_its_weights_after_32_cycles(engine: str) -> None:
    inputs, _ = models.weights(np.random.default_rng(seed=3))
    machine = lpu.Machine(lpu.assemble(PROGRAMS / "weights.s"), engine=engine)
    for name, tile in inputs.items():
        machine[name] = tile
    machine.run()
    arrays = {item.plane: item.data for item in machine.state.tensor if isinstance(item, Plane) and item.installed}
    assert machine.cycle == 32
    size = models.LANES**2
    assert {plane: data[:size] for plane, data in arrays.items()} == {
        plane: inputs[f"w{plane}"].tobytes() for plane in range(4)
    }


@pytest.mark.parametrize(("rows", "blocks", "tiles"), [(48, 1, 3), (100, 3, 4), (1024, 1, 3)])
def test_the_large_product_at_other_sizes(rows: int, blocks: int, tiles: int) -> None:
    rng = np.random.default_rng(seed=4)
    x = models.bytes_of_all_values(rng, 2 * rows * blocks, models.LANES * tiles)
    w = models.bytes_of_all_values(rng, models.LANES * tiles, 2 * models.LANES)
    inputs, outputs = models.requantised_gemm(x, w, scale=0.0002)
    defines = {"ROWS": rows, "BLOCKS": blocks, "TILES": tiles}
    machine = lpu.Machine(lpu.assemble(PROGRAMS / "gemm_i8_large.s", defines=defines), strict=True)
    for name, value in inputs.items():
        machine[name] = value
    machine.run()
    for name, expected in outputs.items():
        np.testing.assert_array_equal(machine[name], expected, strict=True)
    assert machine.cycle == 28 + rows * blocks * tiles + 44


def test_the_large_product_refuses_more_rows_than_accumulators() -> None:
    with pytest.raises(lpu.SourceError) as caught:
        lpu.assemble(PROGRAMS / "gemm_i8_large.s", defines={"ROWS": 1025})
    assert "48 to 1024 rows" in caught.value.diagnostics[0].message


def test_the_f16_model_is_the_exact_sum_rounded_once() -> None:
    inputs, outputs = models.gemm_f16(np.random.default_rng(seed=5))
    x, w = inputs["x"][7], inputs["w_left"][:, 11]
    products = [Fraction(float(a)) * Fraction(float(b)) for a, b in zip(x, w, strict=True)]
    tiles = [sum(products[:320]), sum(products[320:])]
    assert all(Fraction(float(tile)) == tile for tile in tiles)  # so a conversion to f32 rounds them once
    assert outputs["y_left"][7, 11] == np.float32(tiles[0]) + np.float32(tiles[1])
