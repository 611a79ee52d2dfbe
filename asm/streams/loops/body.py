"""The body of a loop over tensor code as it is read: a graph, and the registers that advance by constants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from asm.facts import target_label
from asm.operands.match import match
from asm.program import AsmOp, Timeline
from asm.schedule.loops.body import WORD_MASK, constant_added
from asm.scope.scope import Scope
from asm.streams.graph import Node
from asm.streams.loops.reads import exact_reads, fields_of, move_row, row_register
from asm.streams.region import schedule
from asm.streams.statements import Reader, is_linear
from asm.tree import LabelDef, OpStmt, Statement
from isa.diagnostics import SourceError

SIGN = 1 << 31


@dataclass(slots=True)
class TileLoop:
    """A `loop` whose rounds are tensor code and steps of registers, its end label not included.

    `steps` is what each register advances by in a round; rows are counted from what it holds when a round begins.
    `round` is a round by itself, all that is under way awaited.
    """

    control: AsmOp
    names: list[str]  # labels that speak of it
    nodes: list[Node]
    steps: dict[int, int]
    updates: list[AsmOp]
    round: Timeline
    size: int  # statements

    @property
    def end(self) -> str:
        return target_label(self.control) or ""


def tile_loop(scope: Scope, text: Sequence[Statement], at: int) -> TileLoop | None:
    """The loop that begins with a statement of a text, None when it is of another kind or has an error."""
    body = _straight(text, at + 1)
    after = list(_labels(text, at + 1 + len(body)))
    if not after or not any(is_linear(statement.mnemonic) for statement in body):
        return None
    first = text[at]
    assert isinstance(first, OpStmt)
    try:
        control = match(scope, first)
        if target_label(control) not in after:
            return None
        return _read(scope, control, list(_labels_before(text, at)) + after, body)
    except SourceError:
        return None


def _straight(text: Sequence[Statement], start: int) -> list[OpStmt]:
    """The ops from a statement on that follow each other."""
    body: list[OpStmt] = []
    for number in range(start, len(text)):
        statement = text[number]
        if type(statement) is not OpStmt or statement.timing is not None:
            break
        body.append(statement)
    return body


def _labels(text: Sequence[Statement], start: int) -> Iterator[str]:
    for number in range(start, len(text)):
        statement = text[number]
        if not isinstance(statement, LabelDef):
            return
        yield statement.name


def _labels_before(text: Sequence[Statement], at: int) -> Iterator[str]:
    for number in range(at - 1, -1, -1):
        statement = text[number]
        if not isinstance(statement, LabelDef):
            return
        yield statement.name


def _read(scope: Scope, control: AsmOp, names: list[str], body: list[OpStmt]) -> TileLoop | None:
    """Raises SourceError."""
    reader, steps, updates = Reader(scope), dict[int, int](), list[AsmOp]()
    for statement in body:
        if is_linear(statement.mnemonic):
            reader.read(statement)
            if statement.pins and reader.nodes[-1].op.cycle_pin is not None:
                return None
            if not _count_from_the_start(reader.nodes, steps):
                return None
            continue
        op = match(scope, statement)
        step = constant_added(op)
        if step is None or op.value("ra") != op.value("rd") or statement.pins:
            return None
        register = op.value("rd")
        steps[register] = steps.get(register, 0) + (step + SIGN & WORD_MASK) - SIGN
        updates.append(op)
    if any(number in scope.registers.pinned or number in scope.registers.pinned.values() for number in steps):
        return None
    return TileLoop(control, names, reader.nodes, steps, updates, schedule(scope, reader.nodes, True), len(body))


def _count_from_the_start(nodes: list[Node], steps: dict[int, int]) -> bool:
    """Let the last node read what registers held before the steps made so far; whether that can be."""
    node = nodes[-1]
    ops = [node.op, *(op for tile in node.tiles for op in tile.reads)]
    if any(steps.get(register) for op in ops for register in exact_reads(op.row, fields_of(op))):
        return False
    if not all(move_row(op, steps.get(row_register(op.row, fields_of(op)), 0)) for op in ops):
        return False
    if node.rows is not None:
        moved = steps.get(node.rows.register, 0)
        node.rows = replace(node.rows, offsets=[row + moved for row in node.rows.offsets])
        node.after = [other for other in nodes[:-1] if other.rows is not None and other.rows.meets(node.rows)]
    return True
