"""Measure against the peers, print the tables, put them into docs/performance.md and docs/performance.json.

make bench                    everything, under ten minutes
python bench/run.py --quick   small sizes and few rounds, printed only
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import measure
import reach
from tables import Table, as_data, from_json

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "performance.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
PARTS = (  # and how many threads each has
    ("matmul_rate", 1), ("assembler_rate", 1), ("builder_rate", 1), ("tensor_rate", 1), ("tensor_rate", 2),
    ("vector_rate", 1), ("python_rate", 1), ("startup", 1), ("scaling", 1),
)  # fmt: skip


def part(name: str, threads: int, quick: bool) -> list[Table]:
    """The tables of a script, which runs as a process of its own: no part meets the caches or threads of another."""
    command = [sys.executable, str(HERE / f"{name}.py"), "--json", *(["--quick"] if quick else [])]
    environment = os.environ | {"OPENBLAS_NUM_THREADS": str(threads), "LPU_THREADS": str(threads)}
    start = time.monotonic()
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    print(f"{name}: {time.monotonic() - start:.0f} s", file=sys.stderr)
    if done.returncode:
        return [Table(name, ("not measured",), ((done.stderr.strip().splitlines()[-1],),))]
    return from_json(done.stdout)


def facts() -> list[tuple[str, str]]:
    return [("date", datetime.date.today().isoformat()), *measure.host()]


def as_page(host: Sequence[tuple[str, str]], tables: Sequence[Table]) -> str:
    lines = "\n".join(f"* {name}: {value}" for name, value in host)
    return "\n\n".join([f"Made by `make bench`.\n\n{lines}", *(table.markdown() for table in tables)])


def put_into_page(text: str) -> None:
    page = PAGE.read_text()
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")


def main() -> None:
    parser = argparse.ArgumentParser(description="measure against the peers")
    parser.add_argument("--quick", action="store_true", help="small and few; the pages stay as they are")
    options = parser.parse_args()
    os.chdir(HERE.parent)
    host = facts()
    tables = [table for name, threads in PARTS for table in part(name, threads, options.quick)]
    tables.insert(0, reach.table(tables))
    text = as_page(host, tables)
    print(text)
    if not options.quick:
        put_into_page(text)
        PAGE.with_suffix(".json").write_text(
            json.dumps({"host": dict(host), "tables": as_data(tables)}, indent=1) + "\n"
        )


if __name__ == "__main__":
    main()
