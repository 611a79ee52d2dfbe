"""Corner vectors: what each op must make of the edges of its operands, in files; and the cases that ask a target.

A file of suite/vectors holds blocks, each a line `MNEMONIC: OPERANDS: RULES` and then results as hex digits, without
spaces, in lines. OPERANDS are lists of operands.txt, one for each source: with ` x ` between them every combination,
the last list running fastest, with ` + ` the first elements together, then the second ones, and so on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, partial
from itertools import product

from conform.fixed import SUITE, Case, Ready
from conform.promises import Expected, Need
from conform.target import Outcome, Target
from conform.vector_programs import (
    RESULT,
    Numbers,
    cycles_of_a_word,
    padded,
    program,
    widths_of,
)
from isa.machine import BYTES_PER_WORD, MachineSpec
from isa.records import NamedTuple
from isa.row import CONST, IMM, Row
from isa.table import MNEMONICS
from vm.engine import HALTED

FOLDER = SUITE / "vectors"
LISTS = "operands.txt"
NEEDS = (Need("superlanes", ">=", 2), Need("quads", ">=", 2), Need("banks", ">=", 2), Need("rows", ">=", 64),
         Need("streams", ">=", 12))  # fmt: skip
UNTIL = 100_000  # cycles: the longest takes 28 a word
EVERY, TOGETHER = " x ", " + "


class Vectors(NamedTuple):
    """An op, what its operands are, the rules that it shows, and its results."""

    mnemonic: str
    operands: str
    rules: tuple[str, ...]
    results: tuple[int, ...]

    @property
    def row(self) -> Row:
        """The form of the op all of whose sources are places."""
        return next(row for row in MNEMONICS[self.mnemonic] if not {each.kind for each in row.operands} & {IMM, CONST})

    def columns(self, lists: dict[str, Numbers]) -> list[Numbers]:
        """The operands of each source, as many as there are results."""
        return columns(self.operands, lists)


def columns(operands: str, lists: dict[str, Numbers]) -> list[Numbers]:
    """What an expression of lists stands for."""
    if TOGETHER in operands:
        return [lists[name] for name in operands.split(TOGETHER)]
    return list(zip(*product(*(lists[name] for name in operands.split(EVERY))), strict=True))


# Files --------------------------------------------------------------------------------------------
@cache
def operand_lists() -> dict[str, Numbers]:
    """The lists of operands by name; the digits of each number are those of its width."""
    text = (FOLDER / LISTS).read_text(encoding="utf-8")
    return {name: numbers(digits, int(width)) for (name, width), digits in blocks(text)}


def all_vectors() -> Iterator[Vectors]:
    """All blocks of all files, in the order of their names."""
    for path in sorted(FOLDER.glob("*.hex")):
        for (mnemonic, operands, rules), digits in blocks(path.read_text(encoding="utf-8")):
            yield Vectors(mnemonic, operands, tuple(rules.split()), numbers(digits, result_width(mnemonic)))


def blocks(text: str) -> Iterator[tuple[list[str], str]]:
    """The words of a first line, between `: `, and the digits below it."""
    for block in text.strip().split("\n\n"):
        head, *lines = block.split("\n")
        yield head.split(": "), "".join(lines)


def numbers(digits: str, width: int) -> tuple[int, ...]:
    return tuple(int(digits[at : at + 2 * width], 16) for at in range(0, len(digits), 2 * width))


def result_width(mnemonic: str) -> int:
    """Bytes of an op's results."""
    row = MNEMONICS[mnemonic][0]
    return widths_of(row)[1] if row.tensor else BYTES_PER_WORD


# Cases --------------------------------------------------------------------------------------------
def vectors() -> Iterator[Case]:
    """A case for each block."""
    for each in all_vectors():
        title = f"{each.mnemonic} of {each.operands}: {len(each.results)} results"
        name = f"vectors/{each.mnemonic}" + "/together" * (TOGETHER in each.operands)
        yield Case(name, title, each.rules, NEEDS, partial(made, each))


def made(each: Vectors, spec: MachineSpec) -> Ready:
    """The program of a block on a machine."""
    row, lanes = each.row, spec.lanes if each.row.tensor else 1
    operands, results = padded(each.columns(operand_lists()), each.results, lanes)
    tested = program(spec, row, operands, results)
    told = partial(first_wrong, spec, row, operands, results)
    return Ready(tested.image(), Expected(HALTED), until=UNTIL, told=told)


def first_wrong(
    spec: MachineSpec, row: Row, operands: Sequence[Numbers], results: Numbers, target: Target, outcome: Outcome
) -> str:
    """The first operands whose result is not what it must be; "" where that cannot be told."""
    if row.tensor:
        found = observed(spec, row, len(results), target) if "memory" not in target.lacks else results
        index = next((k for k, (a, b) in enumerate(zip(results, found, strict=True)) if a != b), None)
        got = found[index] if index is not None else 0
    else:
        index = outcome.cycle // cycles_of_a_word(row) - 1
        got = outcome.fault.value2 if outcome.fault else 0
    if index is None or not 0 <= index < len(results):
        return ""
    given = ", ".join(f"{column[index]:#x}" for column in operands)
    return f"{row.mnemonic} of {given} must be {results[index]:#x} and is {got:#x}"


def observed(spec: MachineSpec, row: Row, count: int, target: Target) -> list[int]:
    """The results of a vector op that lie in memory. Raises TargetError."""
    starts = [spec.word_address(RESULT.hemisphere, RESULT.first + k, 1, 0) for k in range(widths_of(row)[1])]
    planes = [target.memory(BYTES_PER_WORD * start, count) for start in starts]
    return [int.from_bytes(lane, "little") for lane in zip(*planes, strict=True)]
