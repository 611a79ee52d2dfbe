"""SCALE-Sim, a simulator of systolic arrays, on a matrix product; it needs old NumPy, so an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

PEER = Path(__file__).resolve().parent / "peers" / "scale_sim_run.py"
PACKAGES = ("scalesim==3.0.0", "numpy<2")
SRAM_KIB = 4096  # enough for each matrix, so that memory never makes the array wait
CONFIGURATION = """
[general]
run_name = product
[architecture_presets]
ArrayHeight = {size}
ArrayWidth = {size}
ifmapsramszkB = {sram}
filtersramszkB = {sram}
ofmapsramszkB = {sram}
IfmapOffset = 0
FilterOffset = 10000000
OfmapOffset = 20000000
Dataflow = ws
Bandwidth = {size}
ReadRequestBuffer = 64
WriteRequestBuffer = 64
[layout]
IfmapCustomLayout = False
FilterCustomLayout = False
IfmapSRAMBankBandwidth = {size}
IfmapSRAMBankNum = 16
IfmapSRAMBankPort = 2
FilterSRAMBankBandwidth = {size}
FilterSRAMBankNum = 16
FilterSRAMBankPort = 2
[sparsity]
SparsitySupport = false
[run_presets]
InterfaceBandwidth = CALC
UseRamulatorTrace = False
"""


@dataclass(frozen=True)
class Run:
    """A product simulated: its cycles, and the processor time it took."""

    version: str
    cycles: int
    seconds: float


def measure(rows: int, columns: int, depth: int, size: int) -> Run | str:
    """One run, or why there is none."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            python = environment()
            write_inputs(folder, rows, columns, depth, size)
            done = subprocess.run([python, PEER], cwd=folder, check=True, capture_output=True, text=True, timeout=600)
        except (OSError, subprocess.SubprocessError) as problem:
            return f"not measured: {type(problem).__name__}"
    return Run(**json.loads(done.stdout.splitlines()[-1]))


def environment() -> Path:
    """The Python of a virtual environment with SCALE-Sim, made in the user's cache when there is none."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lpu-bench" / "scalesim"
    python, ready = cache / "bin" / "python", cache / "ready"
    if not ready.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", cache], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True, capture_output=True)
        ready.touch()
    return python


def write_inputs(folder: Path, rows: int, columns: int, depth: int, size: int) -> None:
    """The files it reads: machine, product, and a layout that leaves everything as it is."""
    (folder / "machine.cfg").write_text(CONFIGURATION.format(size=size, sram=SRAM_KIB))
    (folder / "product.csv").write_text(f"Layer, M, N, K,\nproduct, {rows}, {columns}, {depth},\n")
    (folder / "layout.csv").write_text("Layer,\n")
