"""What engines tell of where memory was changed, by which checkpoints find what to copy."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from tensor_tools import ME, MW, Ops, timeline

from conform.build import image, op
from isa.machine import LPU1
from vm._core import lib
from vm.engine import HALTED
from vm.machine import Machine
from vm.pages import PAGE_BYTES

ROW_BYTES = LPU1.lanes


def storing(rng: Random) -> Ops:
    """Stores of words and lanes, and of rows, some of which lie across two pages."""
    across = [
        row for row in range(LPU1.rows) if row * ROW_BYTES // PAGE_BYTES < ((row + 1) * ROW_BYTES - 1) // PAGE_BYTES
    ]
    at = {"slice": MW + 40, "row": 0, "stream": 0, "n": 4, "d": 1, "stride": 0}
    ops: Ops = {0: [op("read.4 stream, slice[row]", **at)]}
    first = LPU1.slice_position(0, 40)
    for k, slice_ in enumerate((MW + 36, MW + 32, MW + 28)):
        cycle = LPU1.slice_position(*divmod(slice_, ME)) - first + 2
        row = rng.choice(across) if k else rng.randrange(LPU1.rows)
        ops[cycle] = [op("write.4 slice[row], stream", slice=slice_, row=row, stream=0, n=1, d=1, stride=1)]
    for cycle in range(20, 24):
        ops[cycle] = [op("st [disp], rt", disp=rng.randrange(LPU1.words))]
        ops[cycle + 10] = [op("stl.4 slice[row], lane, rt", slice=ME + 4 * cycle % 40, row=rng.randrange(4096))]
    return ops


@pytest.mark.parametrize("seed", range(5))
def test_pages_are_changed_where_bytes_were_written(engine: str, seed: int) -> None:
    rng = Random(seed)
    made = Machine(image(*timeline(storing(rng)), machine=LPU1), engine, "zero")
    made.engine.load(PAGE_BYTES * 7 - 1, b"ab")
    assert made.run() == HALTED
    written = np.frombuffer(made.engine.written(), np.uint8).reshape(-1, PAGE_BYTES // 8).any(axis=1)
    changed = np.frombuffer(made.engine.changed(), np.uint8) != 0
    assert 24 < written.sum() < 60
    assert changed.tolist() == written.tolist()


def test_the_core_counts_by_the_pages_of_checkpoints() -> None:
    assert lib.LPU_CHANGED_BYTES == PAGE_BYTES
