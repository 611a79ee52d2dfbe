"""Values asked of a target, row by row, and held against the oracles."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from conform.program import Program
from conform.target import Target
from conform.values import scalar, tensor
from conform.values.bench import Ended, require
from conform.values.case import Case
from conform.values.cases import cases
from conform.values.oracle import by_element, computes, trusts
from isa.machine import MachineSpec
from isa.records import NamedTuple
from isa.row import Row
from isa.table import ROWS
from isa.units import PLANE, SXM, VXM

COUNT = 2_048  # elements of a case, about
ASKED = {VXM: tensor.on_alu, SXM: tensor.on_switch, PLANE: tensor.on_plane}


class Wrong(NamedTuple):
    """A value that is not what it must be, of an op with some fields and operands, and a program that asks for it."""

    row: Row
    fields: dict[str, int]
    operands: tuple[int, ...]
    expected: str
    observed: str
    program: Program

    @property
    def what(self) -> str:
        """The op and its operands as bits."""
        fields = [f"{name} {value:#x}" for name, value in self.fields.items()]
        return ", ".join([self.row.key, *fields, *(f"{bits:#x}" for bits in self.operands)])


class Told(NamedTuple):
    """What was asked of a row: how many values, and the first wrong one."""

    row: Row
    trusts: str
    values: int
    wrong: Wrong | None


def rows_of(spec: MachineSpec) -> list[Row]:
    """The rows that compute, and that a machine has."""
    return [row for row in ROWS if computes(row) and tensor.is_here(spec, row)]


def told(target: Target, spec: MachineSpec, row: Row, seed: int = 0, count: int = COUNT) -> Told:
    """Ask for values of a row, the same ones for a seed. Raises TargetError, OracleMissing, BenchError."""
    asked = 0
    for case in cases(spec, row, Random(f"{seed}/{row.key}"), count):
        wrong = first_wrong(target, spec, case)
        asked += len(case.sources[0])
        if wrong:
            return Told(row, trusts(row), asked, wrong)
    return Told(row, trusts(row), asked, None)


def first_wrong(target: Target, spec: MachineSpec, case: Case) -> Wrong | None:
    """The first value of a case that is wrong, by a program that asks for it alone where that shows it, too."""
    asked = question(spec, case)
    expected = case.expected()
    try:
        observed = asked.answer(target)
    except Ended as end:
        return Wrong(case.row, dict(case.fields), (), "halted", str(end), asked.program)
    place = next((k for k, (a, b) in enumerate(zip(expected, observed, strict=True)) if a != b), None)
    if place is None:
        return None
    each = by_element(case.row, case.fields) is not None
    operands = tuple(source[place] for source in case.sources) if each else ()
    values = f"{expected[place]:#x}", f"{observed[place]:#x}"
    found = Wrong(case.row, dict(case.fields), operands, *values, asked.program)
    return alone(target, spec, found) if each and len(case.sources[0]) > spec.lanes else found


def alone(target: Target, spec: MachineSpec, wrong: Wrong) -> Wrong:
    """The same value asked for in every lane of one row, or as the one word."""
    count = spec.lanes if wrong.row.tensor else 1
    case = Case(wrong.row, wrong.fields, tuple([bits] * count for bits in wrong.operands))
    return first_wrong(target, spec, case) or wrong


def question(spec: MachineSpec, case: Case) -> tensor.Asked | scalar.Asked:
    """The program that asks for the values of a case. Raises BenchError for a machine that is too small."""
    where = case.row.units.where
    return ASKED[where](spec, case) if where in ASKED else scalar.Asked(spec, case)


def all_told(target: Target, spec: MachineSpec, seed: int = 0, count: int | None = None) -> Iterator[Told]:
    """Row after row of the table. Raises what `told` does."""
    require(spec)
    return (told(target, spec, row, seed, count or COUNT) for row in rows_of(spec))
