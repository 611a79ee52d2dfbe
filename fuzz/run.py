"""Fuzz everything for a while, one target after the other: `make fuzz SECONDS=60`.

python -m fuzz.run [--seconds N] [--keep FOLDER] [NAME ...]
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from fuzz.build import HARNESSES, ROOT, build
from fuzz.findings import findings
from fuzz.seeds import write
from fuzz.targets import TARGETS

CORE_FLAGS = ["-max_len=1500", "-timeout=10", "-rss_limit_mb=1500"]
GRACE = 120  # seconds more than a run may take, until it is ended
OK, FOUND = 0, 1


def command_of(name: str, programs: dict[str, Path]) -> list[str]:
    return [str(programs[name]), *CORE_FLAGS] if name in programs else [sys.executable, "-m", "fuzz.python", name]


def fuzz(name: str, command: Sequence[str], seconds: int, folder: Path) -> bool:
    """Run one fuzzer on its corpus; whether it found nothing. What it says is in a file beside the corpus."""
    corpus, found, log = folder / "corpus" / name, folder / "found" / name, folder / f"{name}.log"
    found.mkdir(parents=True, exist_ok=True)
    arguments = [str(corpus), f"-max_total_time={seconds}", f"-artifact_prefix={found}/", "-print_final_stats=1"]
    with log.open("wb") as out:
        try:
            run = subprocess.run(
                [*command, *arguments], stdout=out, stderr=out, cwd=ROOT, timeout=seconds + GRACE, check=False
            )
        except subprocess.TimeoutExpired:
            print(f"{name}: it does not end; see {log}", flush=True)
            return False
    said = log.read_text(encoding="utf-8", errors="replace").splitlines()
    failed = f"found something; see {log} and {found}" if any(found.iterdir()) else f"it fails; see {log}"
    print(f"{name}: {failed if run.returncode else summary(said)}", flush=True)
    return run.returncode == 0


def summary(said: Sequence[str]) -> str:
    """The number of inputs and what they cover, as libFuzzer tells at its end."""
    runs = next((line.split()[-1] for line in said if line.startswith("stat::number_of_executed_units")), "?")
    last = next((line for line in reversed(said) if " cov: " in line), " cov: ?")
    return f"{runs} inputs, {last.partition(' cov: ')[2].split()[0]} edges covered, nothing found"


def begin(folder: Path, names: Sequence[str]) -> None:
    """Corpora: what is there from before, new seeds, and what was found once."""
    write(folder / "corpus", names)
    for name in names:
        for path in findings(name):
            shutil.copy(path, folder / "corpus" / name / f"finding-{path.name}")


def lacking() -> dict[str, str]:
    """What cannot be fuzzed here, and why."""
    found = {} if shutil.which("clang") else dict.fromkeys(HARNESSES, "clang with libFuzzer")
    if importlib.util.find_spec("atheris") is None:
        found |= dict.fromkeys(TARGETS, "atheris (`pip install 'lpu[fuzz]'`)")
    return found


def chosen(names: Sequence[str]) -> list[str]:
    """What is named, or all that can be fuzzed here. Raises ValueError for what cannot."""
    missing = lacking()
    for name in names:
        if name not in (*HARNESSES, *TARGETS):
            raise ValueError(f"there is no {name!r}; there are {', '.join([*HARNESSES, *TARGETS])}")
        if name in missing:
            raise ValueError(f"{name} needs {missing[name]}")
    if names:
        return list(names)
    for need in dict.fromkeys(missing.values()):
        print(f"left out without {need}: {', '.join(name for name in missing if missing[name] == need)}")
    return [name for name in (*HARNESSES, *TARGETS) if name not in missing]


def main() -> int:
    parser = argparse.ArgumentParser(description="fuzz everything for a while")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--keep", type=Path, default=ROOT / "build" / "fuzz", help="where corpora and findings are")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join([*HARNESSES, *TARGETS])}")
    given = parser.parse_args()
    try:
        names = chosen(given.names)
    except ValueError as error:
        parser.error(str(error))
    folder = given.keep.resolve()
    core = [name for name in names if name in HARNESSES]
    try:
        programs = build(folder / "programs", names=core) if core else {}
    except subprocess.CalledProcessError as error:
        parser.error(f"the harnesses of the core do not build: {error.cmd[0]} ended with status {error.returncode}")
    begin(folder, names)
    results = [fuzz(name, command_of(name, programs), given.seconds, folder) for name in names]
    return OK if all(results) else FOUND


if __name__ == "__main__":
    sys.exit(main())
