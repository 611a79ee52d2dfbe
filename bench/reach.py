"""What is aimed at, each as a number of one run: the first table of docs/performance.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import assembler_rate
import builder_rate
import python_rate
import tensor_rate
from tables import Cell, Table, shown

HEAD = ("what", "measured", "at least", "aim")
Found = Callable[[Sequence[Table]], float | None]


@dataclass(frozen=True)
class Goal:
    """A number of the tables; what is better is larger unless `at_most`."""

    what: str
    found: Found
    least: float
    aim: float | None = None
    at_most: bool = False


def number(title: str, row: str, column: str, end: str = "") -> Found:
    """A cell of the table whose title begins and ends so."""

    def find(tables: Sequence[Table]) -> float | None:
        meant = (table for table in tables if table.title.startswith(title) and table.title.endswith(end))
        numbers = (table.number(row, column) for table in meant)
        return next((each for each in numbers if each is not None), None)

    return find


def ratio(above: Found, below: Found) -> Found:
    def find(tables: Sequence[Table]) -> float | None:
        top, bottom = above(tables), below(tables)
        return top / bottom if top is not None and bottom else None

    return find


def matmul(row: str, column: str) -> Found:
    return number("int32 matrix product, 128", row, column)


def assembling(row: str) -> Found:
    return number("Assembling", row, assembler_rate.NET)


def product(threads: str) -> Found:
    """The larger i8 product beside onnxruntime."""
    kernel = "`gemm_i8_large.s`, every cycle simulated"
    return number("i8 matrix product, 2560", kernel, tensor_rate.RATES[-1], threads)


def vector(kernel: str) -> Found:
    """The least of the sizes of a kernel."""
    return worst("Vector kernels", "times NumPy's speed", kernel, least=True)


def called(name: str) -> Found:
    return number(python_rate.CALLS, name, python_rate.MICROSECONDS)


def worst(title: str, column: str, row: str = "", least: bool = False) -> Found:
    """The most (or the least) of a column of the rows that begin so."""

    def find(tables: Sequence[Table]) -> float | None:
        meant = [table for table in tables if table.title.startswith(title)]
        names = [(table, str(each[0])) for table in meant for each in table.rows if str(each[0]).startswith(row)]
        numbers = [found for table, name in names if (found := table.number(name, column)) is not None]
        return (min if least else max)(numbers) if numbers else None

    return find


GOALS = (
    Goal(
        "`matmul.s`, interpreted, times Unicorn",
        matmul("`matmul.s`, linear assembly, interpreted", "times Unicorn"),
        2,
        4,
    ),
    Goal(
        "`matmul.s`, translated, times qemu-user",
        matmul("`matmul.s`, linear assembly, translated", "times qemu-user"),
        1,
        2.5,
    ),
    Goal("i8 product on four planes, times onnxruntime, 1 thread", product("1 thread"), 0.6, 1),
    Goal("the same, 2 threads each", product("2 threads"), 0.6, 1),
    Goal(
        "f16 product, exact sums, times sgemm, 1 thread",
        number("f16", "`gemm_f16.s`, every cycle simulated", tensor_rate.F16[-1], "1 thread"),
        0.25,
        1,
    ),
    Goal("vector_add_relu, times NumPy's speed", vector("vector_add_relu"), 0.3, 1),
    Goal("softmax, times NumPy's speed", vector("softmax"), 0.3, 1),
    Goal("layernorm, times NumPy's speed", vector("layernorm"), 0.3, 1),
    Goal(
        "busy cycles of all planes a second, 2 threads",
        number("Cycles", tensor_rate.OURS, "cycles/s", "2 threads"),
        300_000,
    ),
    Goal("idle cycles, ns each, of 61 million", number("Scaling: idle", "61,000,003", "ns a cycle"), 1.0, 0.0, True),
    Goal(
        "assembler, 100,000 mixed lines, times keystone's lines/s",
        ratio(assembling("`lpu asm`, mixed"), assembling("keystone, x86-64 (C++ from Python)")),
        1,
        4,
    ),
    Goal("one `step()` from Python, microseconds", called("`step()`, scalar"), 1.0, None, True),
    Goal(
        "snapshot of 220 MiB with 1 MiB dirty, microseconds",
        called("`snapshot()`, 1 MiB stored to since the last"),
        1000.0,
        None,
        True,
    ),
    Goal(
        "memory of a run, times image + 1.1 x touched, worst",
        worst(python_rate.MEMORY, python_rate.MEMORY_HEAD[-1]),
        1.0,
        None,
        True,
    ),
    Goal("builder, ops/s", number("Building", "`lpu.Builder`, columns", builder_rate.RATE), 1_000_000.0),
    Goal(
        "`lpu run`, times `import numpy`",
        number("Start-up", "`lpu run programs/dot.s`", "times `import numpy`"),
        1.5,
        1.1,
        True,
    ),
)


def table(tables: Sequence[Table]) -> Table:
    """All goals with what was measured."""
    return Table("What is aimed at", HEAD, tuple(row(goal, goal.found(tables)) for goal in GOALS))


def row(goal: Goal, found: float | None) -> tuple[Cell, ...]:
    if found is None:
        return (goal.what, "not measured", goal.least, goal.aim)
    is_met = found <= goal.least if goal.at_most else found >= goal.least
    least = f"{'<=' if goal.at_most else '>='} {shown(goal.least)}{'' if is_met else ' (missed)'}"
    return (goal.what, found, least, goal.aim)
