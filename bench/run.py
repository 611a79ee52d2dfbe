"""Measure against the peers, print the tables and put them into docs/performance.md.

    make bench                    everything, some minutes
    python bench/run.py --quick   small sizes and few rounds, printed only
"""

from __future__ import annotations

import argparse
import datetime
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import assembler_rate
import builder_rate
import matmul_rate
import measure

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
SPIKE = "Spike, C at -O2"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table; all columns but the first are right-aligned."""
    names = list(head)
    rule = ["---", *["---:"] * (len(names) - 1)]
    return "\n".join("| " + " | ".join(row) + " |" for row in (names, rule, *rows))


def rate(amount: float, seconds: float, digits: int = 0) -> str:
    """Amount per second; a time too short to be measured gives none."""
    return f"{amount / seconds:,.{digits}f}" if seconds > 0 else "-"


def matmul_table(results: list[matmul_rate.Result], size: int) -> str:
    spike = next((r.time for r in results if r.name == SPIKE), None)

    def row(result: matmul_rate.Result) -> list[str]:
        time = result.time
        if time is None:
            return [result.name, result.note, "", ""]
        rates = [rate(size**3 / 1e6, seconds, 1) for seconds in (time.wall, time.cpu)]
        return [result.name, *rates, rate(spike.cpu, time.cpu, 2) if spike else ""]

    head = ("million multiply-accumulates/s", "by wall clock", "by processor time", "times Spike")
    return table(head, map(row, results))


def assembler_table(results: list[assembler_rate.Result]) -> str:
    def row(result: assembler_rate.Result) -> list[str]:
        if result.time is None or result.net is None:
            return [result.name, result.note, "", "", ""]
        time, net = result.time, result.net
        rates = [rate(result.lines, seconds) for seconds in (time.wall, net.cpu)]
        return [result.name, *rates, f"{time.wall:.2f}", f"{time.cpu:.2f}"]

    head = ("", "lines/s by wall clock", "lines/s by processor time, less start-up", "wall s", "processor s")
    return table(head, map(row, results))


def builder_table(results: list[builder_rate.Result]) -> str:
    rows = [[r.name, rate(r.ops, r.time.wall), rate(r.ops, r.time.cpu)] for r in results]
    return table(("", "ops/s by wall clock", "ops/s by processor time"), rows)


def startup_table(rounds: int) -> str:
    """What bench/startup.py prints; a process of its own, because a child's peak memory is never below its parent's."""
    command = [sys.executable, str(ROOT / "bench" / "startup.py"), "--rounds", str(rounds)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else f"not measured: {done.stderr.strip().splitlines()[-1]}"


def tensor_tables(quick: bool) -> str:
    """What bench/tensor_rate.py prints; a process of its own, because OpenBLAS counts its threads when it starts."""
    command = [sys.executable, str(ROOT / "bench" / "tensor_rate.py"), *(["--quick"] if quick else [])]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    return done.stdout.strip() if done.returncode == 0 else f"not measured: {done.stderr.strip().splitlines()[-1]}"


def report(quick: bool) -> str:
    """All measurements of one run, as Markdown."""
    sizes, rounds, lines = ((32,), 3, 2_000) if quick else ((64, 128), 9, 30_000)
    parts = [host_section()]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for size in sizes:
            parts += [f"### int32 matrix product, {size} x {size} x {size}",
                      matmul_table(matmul_rate.measure(size, rounds, folder), size)]  # fmt: skip
        results = assembler_rate.measure(lines, max(3, rounds // 2), folder)
        parts += [f"### Assembling {lines:,} lines", assembler_table(results + assembler_rate.in_process(lines, 3))]
    ops = lines * 40
    parts += [f"### Building {ops:,} ops", builder_table(builder_rate.measure(ops, 3))]
    parts += [tensor_tables(quick), "### Start-up", startup_table(rounds)]
    return "\n\n".join(parts)


def host_section() -> str:
    when = datetime.date.today().isoformat()
    facts = "\n".join(f"* {name}: {value}" for name, value in measure.host())
    return f"Made by `make bench` on {when}.\n\n{facts}"


def put_into_page(text: str) -> None:
    page = PAGE.read_text()
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")


def main() -> None:
    parser = argparse.ArgumentParser(description="measure against the peers")
    parser.add_argument("--quick", action="store_true", help="small and few; docs/performance.md stays as it is")
    options = parser.parse_args()
    os.chdir(ROOT)
    text = report(options.quick)
    print(text)
    if not options.quick:
        put_into_page(text)


if __name__ == "__main__":
    main()
