"""The pool's threads: they lose nothing, survive fork(), and change no result of a machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from core_library import SOURCES
from process_tools import PATIENCE

ROOT = SOURCES.parent
STRESS = Path(__file__).with_name("pool_stress.c")
RUNS = """
import hashlib, os, sys
import numpy as np
import lpu

def digest(kernel):
    machine, rng = lpu.Machine(lpu.assemble(kernel), uninit="zero"), np.random.default_rng(1)
    for name in ("x", "x_top", "x_bottom", "w_left", "w_right"):
        if name in machine.tensors:
            machine[name] = rng.integers(-9, 10, machine[name].shape).astype(machine[name].dtype)
    states = hashlib.sha256()
    for until in (40, 41, 200, 333, None):
        machine.run(until)
        states.update(repr(machine.engine.state).encode())
    for name in ("y_left", "y_right", "y_top_left", "y_bottom_right"):
        if name in machine.tensors:
            states.update(machine[name].tobytes())
    return states.hexdigest()

print(*map(digest, sys.argv[1:]), flush=True)
child = os.fork()
if child == 0:
    print(*map(digest, sys.argv[1:]), flush=True)
    os._exit(0)
os.waitpid(child, 0)
"""


@pytest.fixture(scope="module")
def stress(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("pool") / "stress"
    sources = [str(STRESS), str(SOURCES / "pool.c")]
    flags = ["-std=c11", "-O1", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", f"-I{SOURCES}", "-pthread"]
    subprocess.run([os.environ.get("CC", "cc"), *flags, *sources, "-o", str(out), "-lm"], check=True)
    return out


@pytest.mark.parametrize("threads", ["1", "2", "4", "many"])
def test_no_work_is_lost(stress: Path, threads: str) -> None:
    subprocess.run([stress], check=True, timeout=PATIENCE, env={**os.environ, "LPU_THREADS": threads})


def digests(threads: str) -> list[str]:
    """Of runs of two kernels, paused here and there, in a process and then in a child of it."""
    kernels = [str(ROOT / "programs" / "tensor" / name) for name in ("gemm_i8.s", "gemm_f16.s")]
    done = subprocess.run(
        [sys.executable, "-c", RUNS, *kernels], check=True, timeout=PATIENCE, capture_output=True, text=True, cwd=ROOT,
        env={**os.environ, "LPU_THREADS": threads},
    )  # fmt: skip
    return done.stdout.splitlines()


def test_threads_change_no_cycle_and_no_bit() -> None:
    alone, child = digests("1")
    assert [alone, child] == digests("3") and alone == child
