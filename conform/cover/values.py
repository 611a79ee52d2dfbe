"""Coverage of values: the class of each value that an op read, and of both where it read two."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any, TypeAlias

from conform.cover.classes import UNSIGNED, Codes, classes_of
from conform.cover.instructions import never_issues
from conform.cover.points import Group, Judged, Point, group
from isa.machine import MachineSpec
from isa.places import V_REGISTERS, is_scalar, is_stream
from isa.records import NamedTuple
from isa.row import IMM, READ, REG, STREAM, VECTOR, Operand, Row
from isa.table import ROWS
from isa.types import TYPES
from vm.reference.bursts import Element
from vm.reference.issue import Issue
from vm.reference.values import Value, gathered

WORD = "i32"
BITS = "bits"  # the type of an immediate that is looked at as no number
VALUES = (REG, STREAM, VECTOR)  # kinds of operands that are values where they are read
PAIR_SHIFT = 4  # there are fewer classes than 1 << PAIR_SHIFT
Classed: TypeAlias = "int | Codes"


class Source(NamedTuple):
    """An operand whose values are looked at, as of an element type."""

    operand: Operand
    field: str
    type: str


@cache
def sources(row: Row) -> tuple[Source, ...]:
    """The operands of a row that are values; of control ops only the count of a loop is one."""
    if row.control not in ("", "loop"):
        return ()
    read = (each for each in row.operands if each.kind == IMM or (each.role == READ and each.kind in VALUES))
    return tuple(Source(each, each.fields[0], type_of(row, each)) for each in read)


def type_of(row: Row, operand: Operand) -> str:
    """As what type the values of an operand are looked at."""
    if operand.kind == STREAM:
        own = TYPES.get(row.type)
        return own.name if own and own.bits == 8 * operand.width else UNSIGNED[operand.width]
    if operand.kind == IMM and operand.type in (WORD, BITS):
        others = [each.type for each in row.operands if each.kind == REG and each.role == READ and each.type]
        return (others or [WORD])[0]
    return operand.type or WORD


class ValueWatcher:
    """Notes the classes of what is read, cycle by cycle."""

    def __init__(self, spec: MachineSpec, seen: set[Point]) -> None:
        self.seen = seen

    def see(self, issue: Issue) -> None:
        sampled = iter(issue.tensor.sampled) if issue.tensor else iter(())
        for element in issue.elements:
            row = element.op.row
            found = list(tensor_values(issue, element, sampled) if row.tensor else scalar_values(issue, element))
            for source, codes in found:
                self._note(row, source, codes)
            if len(found) == 2 == len(sources(row)):
                self._note_pair(row, found[0], found[1])

    def _note(self, row: Row, source: Source, codes: Classed) -> None:
        names = classes_of(source.type).names
        for code in every(codes):
            self.seen.add(("value", row.key, source.field, names[code]))

    def _note_pair(self, row: Row, first: tuple[Source, Classed], second: tuple[Source, Classed]) -> None:
        (a, a_codes), (b, b_codes) = first, second
        names = classes_of(a.type).names, classes_of(b.type).names
        for both in every((a_codes << PAIR_SHIFT) + b_codes):
            self.seen.add(("pair", row.mnemonic, names[0][both >> PAIR_SHIFT], names[1][both & (1 << PAIR_SHIFT) - 1]))


def every(codes: Any) -> set[int]:
    return {codes} if isinstance(codes, int) else set(codes.tolist())


def scalar_values(issue: Issue, element: Element) -> Iterator[tuple[Source, Classed]]:
    """The classes of what a scalar op reads."""
    fields, registers = element.op.fields, issue.state.registers
    for source in sources(element.op.row):
        number = fields[source.field]
        word = number if source.operand.kind == IMM else registers[number]
        yield source, of_word(source.type, word)


def of_word(type_name: str, word: int) -> int:
    """The class of the low bits of a register."""
    return classes_of(type_name).of_word(word & (1 << TYPES[type_name].bits) - 1)


def tensor_values(issue: Issue, element: Element, sampled: Iterator[Value]) -> Iterator[tuple[Source, Classed]]:
    """The classes of what an element reads, lane by lane; `sampled` goes on by the streams that it samples."""
    assert issue.tensor
    scalars = iter(element.read)
    for source in sources(element.op.row):
        operand, number = source.operand, element.op.fields[source.field]
        if operand.kind == IMM or (operand.kind == VECTOR and is_scalar(number)):
            yield source, of_word(source.type, number if operand.kind == IMM else next(scalars))
        elif is_stream(number):
            for _ in range(operand.groups):
                words = gathered(list(islice(sampled, operand.width))).words()
                yield source, classes_of(source.type).of_lanes(words)
        elif number - V_REGISTERS in issue.tensor.face.vectors:
            words = issue.tensor.face.vectors[number - V_REGISTERS].words(operand.width)
            yield source, classes_of(source.type).of_lanes(words)


# What there is --------------------------------------------------------------------------------
def values(spec: MachineSpec) -> Iterator[Judged]:
    for row in ROWS:
        for number, source in enumerate(sources(row)):
            for name in classes_of(source.type).names:
                divides = "E-DIV" in row.faults and number == 1 and name == "zero"
                yield (row.key, source.field, name), never_issues(spec, row) or DIVIDED * divides


DIVIDED = "division by zero is E-DIV"
OVERFLOWS = "the least divided by -1 is E-DIV"
UNEQUAL = "the assertion of what is not equal is E-ASSERT"


def pairs(spec: MachineSpec) -> Iterator[Judged]:
    found: dict[Point, str] = {}
    for row in ROWS:
        if len(sources(row)) != 2 or row.control:
            continue
        first, second = (classes_of(source.type).names for source in sources(row))
        for a in first:
            for b in second:
                found[row.mnemonic, a, b] = never_issues(spec, row) or pair_reason(row, a, b)
    return iter(found.items())


def pair_reason(row: Row, a: str, b: str) -> str:
    if "E-ASSERT" in row.faults:
        return UNEQUAL * (a != b)
    if "E-DIV" in row.faults:
        return DIVIDED * (b == "zero") or OVERFLOWS * ((a, b) == ("least", "minus one"))
    return ""


def groups(spec: MachineSpec) -> Iterator[Group]:
    """What this module notes."""
    yield group("value", "Values of operands", "Classes of values that each operand had, in any lane.",
                ("instruction", "operand", "value"), values(spec))  # fmt: skip
    yield group("pair", "Pairs of values", "Classes that both operands had at once, in one lane.",
                ("mnemonic", "first", "second"), pairs(spec))  # fmt: skip
