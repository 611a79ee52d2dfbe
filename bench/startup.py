"""What a whole `lpu run programs/dot.s` costs beside `python -c "import numpy"`: wall time and peak memory.

Both are new processes, run in turn, so that a busy machine slows both; medians are compared. Both find their
bytecode cached, as in any installation that was used once.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tables import Table, show

ROOT = Path(__file__).resolve().parent.parent
HEAD = ("process", "wall, ms", "times `import numpy`", "peak memory, MiB", "more, MiB")
COMMANDS = {
    "import numpy": [sys.executable, "-c", "import numpy"],
    "lpu run programs/dot.s": [str(Path(sys.executable).with_name("lpu")), "run", "programs/dot.s"],
}


def cost(command: Sequence[str], environment: Mapping[str, str]) -> tuple[float, float]:
    """(wall seconds, peak resident MiB) of one process, its output thrown away. Raises RuntimeError if it fails."""
    start = time.perf_counter()
    silence = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    pid = os.posix_spawn(command[0], list(command), environment, file_actions=silence)
    _, status, usage = os.wait4(pid, 0)
    if status:
        raise RuntimeError(f"{' '.join(command)} failed")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def costs(rounds: int) -> dict[str, tuple[float, float]]:
    """Medians over interleaved rounds, after one round that fills the caches."""
    samples: dict[str, list[tuple[float, float]]] = {name: [] for name in COMMANDS}
    with tempfile.TemporaryDirectory() as caches:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": caches, "PYTHONDONTWRITEBYTECODE": ""}
        for number in range(rounds + 1):
            for name, command in COMMANDS.items():
                sample = cost(command, environment)
                if number:
                    samples[name].append(sample)
    return {
        name: (statistics.median(wall for wall, _ in taken), statistics.median(memory for _, memory in taken))
        for name, taken in samples.items()
    }


def measure(quick: bool) -> list[Table]:
    """The costs, and each beside the first."""
    os.chdir(ROOT)
    found = costs(3 if quick else 15)
    base_wall, base_memory = found["import numpy"]
    rows = (
        (f"`{name}`", 1e3 * wall, wall / base_wall, peak, peak - base_memory) for name, (wall, peak) in found.items()
    )
    return [Table("Start-up", HEAD, tuple(rows))]


if __name__ == "__main__":
    show(measure, __doc__)
