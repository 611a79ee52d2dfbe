"""What is aimed at, each as a number of one run: the first table of docs/performance.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import assembler_rate
import builder_rate
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


def number(title: str, row: str, column: str) -> Found:
    """A cell of the table whose title begins so."""

    def find(tables: Sequence[Table]) -> float | None:
        numbers = (table.number(row, column) for table in tables if table.title.startswith(title))
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
    Goal(
        "i8 product on four planes, times onnxruntime",
        number("i8 matrix product, 2560", "`gemm_i8_large.s`, every cycle simulated", tensor_rate.RATES[-1]),
        0.6,
        1,
    ),
    Goal("busy cycles of all planes a second", number("Cycles", tensor_rate.OURS, "cycles/s"), 300_000),
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
