"""Tensors of every type and layout through files: what `-i` puts in, `-o` gives back, raw and as `.npy`."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest
from cli_tools import Command

from isa.types import TYPES

MACHINE = 'name = "small"\nsuperlanes = 2\nquads = 4\nrows = 128\n'
SHAPE = (40, 35)  # over 32 lanes in both directions
LAYOUTS = {"rows": "mw", "tiles": "me", "mxm": "mw"}  # and the hemisphere that they are put in


def numbers(name: str) -> Any:
    """Small numbers that every type holds, of either sign where it has one."""
    t = TYPES[name]
    low = 0 if t.kind == "u" else -8
    dtype = getattr(np, t.numpy, None) or getattr(ml_dtypes, t.numpy)
    return np.random.default_rng(t.bits).integers(low, 8, SHAPE).astype(dtype)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", TYPES)
def test_tensors_go_in_and_come_out(lpu: Command, name: str, layout: str) -> None:
    values = numbers(name)
    lpu.write("small.toml", MACHINE)
    side, slices = LAYOUTS[layout], 16 if layout == "mxm" else TYPES[name].planes
    place = f"{side}0..{side}{slices - 1}.1 layout {layout}"
    lpu.write("keep.s", f".tensor x: {name}[40, 35] @ {place}\n.input x\n.output x\n    halt\n")
    np.save(lpu.directory / "x.npy", values)
    run = ("run", "keep.s", "--machine", "small.toml")
    raw = lpu(*run, "-i", "x=x.npy", "-o", "x=x.bin")
    assert (raw.status, raw.err) == (0, "")
    array = lpu(*run, "-i", "x.bin", "-o", "x=y.npy")
    assert (array.status, array.err) == (0, "")
    assert (lpu.directory / "y.npy").read_bytes() == (lpu.directory / "x.npy").read_bytes()
