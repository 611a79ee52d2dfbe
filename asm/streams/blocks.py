"""Products of more vectors than a plane keeps sums of, a block of rows at a time.

Each statement that shares values with such a product becomes one for each block, with loads and stores of its rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import lcm, prod

from asm.scope.scope import Scope
from asm.streams.graph import ANYWHERE, Body, Node, bodies
from asm.streams.matrix import MOST_SUMS
from asm.streams.memory import LEVELS, LOADS_AND_STORES, MOST, Level, Selection, find_tensor, parse, select
from asm.streams.statements import Reader
from asm.tree import Attribute, Number, Operand, OpStmt, Virtual
from isa.diagnostics import SourceError
from isa.records import NamedTuple

BLOCK = "/"  # before the number of a block in the name of a value: no name that is written has it


class Access(NamedTuple):
    """The rows of a load or store: the `inner` levels go through those of a tile, the outer ones from tile to tile."""

    start: int
    inner: list[Level]
    outer: list[Level]

    @property
    def step(self) -> int:
        """A block begins at a multiple of so many rows."""
        return prod(level.times for level in self.inner[:-1])

    def part(self, first: int, end: int) -> Selection:
        """Those of the rows from one to before another."""
        *within, last = self.inner
        start = self.start + first // self.step * last.stride
        return Selection(start, (*within, Level((end - first) // self.step, last.stride), *self.outer), None)


def in_blocks(scope: Scope, run: Sequence[OpStmt]) -> list[OpStmt] | None:
    """The statements of a run with those in blocks that have too many sums; None where that cannot be done."""
    reader, made = Reader(scope, MOST), list[list[Node]]()
    try:
        for statement in run:
            before = len(reader.nodes)
            reader.read(statement)
            made.append(reader.nodes[before:])
        parts = {node: part for body in bodies(reader.nodes) for part in [_Part(scope, body)] for node in body.nodes}
        return [
            each
            for statement, nodes in zip(run, made, strict=True)
            for each in parts[nodes[0]].said(nodes[0], statement)
        ]
    except (SourceError, _Unsplit):
        return None


class _Unsplit(Exception):
    """What cannot be said in blocks."""


class _Part:
    """Nodes that share values, and the rows of each of the blocks in which they are said; none if they need not be."""

    def __init__(self, scope: Scope, body: Body) -> None:
        self.scope = scope
        self.count = max((node.count for node in body.nodes if len(node.tiles) > 1), default=0)
        self.blocks = self._blocks(body) if self.count > MOST_SUMS else []

    def _blocks(self, body: Body) -> list[tuple[int, int]]:
        """As few blocks as can be, about the same size. Raises _Unsplit."""
        pinned = any(value.pin != ANYWHERE for value in body.values)
        if pinned or any(node.wide > 1 or node.op.cycle_pin is not None for node in body.nodes):
            raise _Unsplit
        step = lcm(*(access.step for node in body.nodes if (access := self._access(node.statement))))
        if step > MOST_SUMS:
            raise _Unsplit
        fewest = -(-self.count // (MOST_SUMS // step * step))
        size = -(-self.count // (fewest * step)) * step
        return [(first, min(first + size, self.count)) for first in range(0, self.count, size)]

    def _access(self, statement: OpStmt) -> Access | None:
        """The rows that a load or store goes through, unless it is a single one. Raises _Unsplit."""
        if statement.mnemonic not in LOADS_AND_STORES:
            return None
        written = parse(statement)
        loads = LOADS_AND_STORES[statement.mnemonic] == "read"
        chosen = select(self.scope, written, find_tensor(self.scope, written), None if loads else self.count)
        if chosen.register is not None:
            raise _Unsplit
        levels = [level for level in chosen.levels if level.times > 1]
        return Access(chosen.start, *_cut(levels, self.count)) if levels else None

    def said(self, node: Node, statement: OpStmt) -> list[OpStmt]:
        """The statement of a node for each block; as it is where there are none."""
        if not self.blocks:
            return [statement]
        return [self._block(node, statement, number, *rows) for number, rows in enumerate(self.blocks)]

    def _block(self, node: Node, statement: OpStmt, number: int, first: int, end: int) -> OpStmt:
        operands = [_named(operand, number) for operand in statement.operands]
        if statement.mnemonic not in LOADS_AND_STORES:
            operands = [_shorter(operand, (end - first) * node.count // self.count) for operand in operands]
        elif access := self._access(statement):
            operands = [operand for operand in operands if not isinstance(operand, Attribute)]
            operands += _attributes(statement, access.part(first, end))
        return statement._replace(operands=tuple(operands))


def _cut(levels: list[Level], count: int) -> tuple[list[Level], list[Level]]:
    """The levels that go through so many rows, and those further out. Raises _Unsplit."""
    inner: list[Level] = []
    for number, (times, stride) in enumerate(levels):
        if times % count == 0:
            outer = [Level(times // count, stride * count)] if times > count else []
            return [*inner, Level(count, stride)], [*outer, *levels[number + 1 :]]
        if count % times:
            break
        inner.append(Level(times, stride))
        count //= times
    raise _Unsplit


def _named(operand: Operand, number: int) -> Operand:
    return operand._replace(name=f"{operand.name}{BLOCK}{number}") if isinstance(operand, Virtual) else operand


def _shorter(operand: Operand, count: int) -> Operand:
    """An op with `n=` has what flows in the block."""
    if isinstance(operand, Attribute) and operand.name == LEVELS[0][0]:
        return operand._replace(value=Number(count, operand.column, operand.end))
    return operand


def _attributes(statement: OpStmt, chosen: Selection) -> list[Operand]:
    """Rows as written. Raises _Unsplit when they go through more levels than there are."""
    if len(chosen.levels) > len(LEVELS):
        raise _Unsplit
    numbers = {"row": chosen.start}
    for names, level in zip(LEVELS, chosen.levels, strict=False):
        numbers |= dict(zip(names, level, strict=True))
    place = statement.column, statement.end
    return [Attribute(name, Number(number, *place), *place) for name, number in numbers.items()]
