"""Timing that can be trusted on a busy machine: interleaved repetitions, medians, and processor time."""

from __future__ import annotations

import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path


@dataclass(frozen=True)
class Time:
    """Seconds of wall clock, and of processor time (user and system).

    `spread` is of the processor time of several runs: half of what lies between its quartiles, as a part of the median.
    """

    wall: float
    cpu: float
    spread: float = 0.0

    def __sub__(self, other: Time) -> Time:
        return Time(self.wall - other.wall, self.cpu - other.cpu)


Contestant = Callable[[], Time]


def interleaved(contestants: dict[str, Contestant], rounds: int) -> dict[str, Time]:
    """The median time of each contestant, all run once in every round."""
    taken: dict[str, list[Time]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, run in contestants.items():
            taken[name].append(run())
    return {name: median(times) for name, times in taken.items()}


def median(times: Sequence[Time]) -> Time:
    middle = statistics.median(t.cpu for t in times)
    low, _, high = statistics.quantiles([t.cpu for t in times], n=4)
    return Time(statistics.median(t.wall for t in times), middle, (high - low) / 2 / middle if middle else 0.0)


def process(command: Sequence[str | Path]) -> Contestant:
    """A whole process. Raises CalledProcessError when it does not end with 0."""

    def run() -> Time:
        before = children_cpu()
        start = time.perf_counter()
        subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)
        wall = time.perf_counter() - start
        return Time(wall, children_cpu() - before)

    return run


def children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def call(function: Callable[[], object]) -> Contestant:
    """A call in this process."""

    def run() -> Time:
        cpu, wall = time.process_time(), time.perf_counter()
        function()
        return Time(time.perf_counter() - wall, time.process_time() - cpu)

    return run


def tool(name: str) -> str | None:
    """The path of a program: beside this Python first (a virtual environment), then on PATH."""
    beside = Path(sys.executable).parent / name
    return str(beside) if os.access(beside, os.X_OK) else shutil.which(name)


def version_line(command: str) -> str:
    """The first line of `command --version`, or `not installed`."""
    path = tool(command)
    if path is None:
        return "not installed"
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).splitlines()[0]


def package_version(name: str) -> str:
    """A Python package's version, or `not installed`."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def cpu_model() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def host() -> list[tuple[str, str]]:
    """What the numbers depend on: processor, cores, load, system, compilers, packages."""
    return [
        ("processor", cpu_model()),
        ("cores", str(os.cpu_count())),
        ("load average at the start", f"{os.getloadavg()[0]:.1f}"),
        ("system", f"{platform.system()} {platform.release()} {platform.machine()}"),
        ("Python", platform.python_version()),
        ("cc", version_line("cc")),
        ("riscv64 gcc", version_line("riscv64-linux-gnu-gcc")),
        ("GNU as", version_line("riscv64-linux-gnu-as")),
        ("spike (PyPI)", package_version("spike")),
        ("llvm-mc", version_line("llvm-mc")),
        ("keystone-engine (PyPI)", package_version("keystone-engine")),
        ("Unicorn", package_version("unicorn")),
        ("wasmtime", package_version("wasmtime")),
        ("qemu-user", version_line("qemu-riscv64")),
        ("bronzebeard (PyPI)", package_version("bronzebeard")),
        ("NumPy", package_version("numpy")),
        ("onnxruntime", package_version("onnxruntime")),
    ]
