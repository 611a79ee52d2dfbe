"""Every cause of every fault: a program can be made of it, and ends with that fault in that cycle on both engines."""

from __future__ import annotations

from random import Random

import pytest

from conform.strategies import CAUSES, VIOLATIONS, Mix, sample_violation
from conform.target import LIMIT, EngineTarget
from isa.faults import CODES
from isa.machine import LPU_TINY, MachineSpec
from isa.table import ROWS
from vm.engine import FAULT

ROOMY = Mix(items=(0, 2), length=(60, 80))
SMALL = MachineSpec("small", superlanes=2, quads=2, banks=1, rows=64, vxm_alus=4, mxm_planes=2)
LACKING = ("E-ILLEGAL.absent", "E-RANGE.bank")  # what only machines can break that lack something


@pytest.mark.parametrize("cause", CAUSES)
def test_a_cause_is_the_fault_told(cause: str) -> None:
    found = sample_violation(Random(cause), SMALL if cause in LACKING else LPU_TINY, ROOMY, cause)
    assert (found.cause, found.code) == (cause, cause.split(".")[0])
    program = found.program
    for engine in ("reference", "core"):
        target = EngineTarget(engine)
        target.load(program.image(), program.uninit, program.strict)
        run = target.run(LIMIT)
        assert run.fault is not None
        assert (run.status, run.fault.name, run.cycle) == (FAULT, found.code, found.cycle)


def test_there_is_a_cause_for_every_fault() -> None:
    assert CODES[1:] == VIOLATIONS
    assert {code for row in ROWS for code in row.faults} <= set(VIOLATIONS)
