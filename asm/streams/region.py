"""A run of linear tensor statements as a whole: read, timed, placed body after body, written as a timeline."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import NamedTuple

from asm.facts import NOP
from asm.operands.slot import form_of
from asm.operands.tensor import note_registers
from asm.program import AsmOp, TimedOp, Timeline
from asm.schedule.oracle import Oracle
from asm.scope.scope import Scope
from asm.streams.blocks import in_blocks
from asm.streams.burst import Piece
from asm.streams.explain import no_room
from asm.streams.graph import ANYWHERE, Body, Node, bodies, taken_apart
from asm.streams.matrix import TooManySums
from asm.streams.pieces import pieces_of
from asm.streams.plane import FOREVER
from asm.streams.route import Plan, Unfit
from asm.streams.statements import Reader
from asm.streams.table import Conflict, Table
from asm.streams.times import Timed, plans
from asm.tree import OpStmt
from isa.diagnostics import Diagnostic, SourceError
from isa.machine import MachineSpec

NEVER = FOREVER // 2  # cycles that it makes no sense to wait


class Placed(NamedTuple):
    """A body that begins in cycle `start`; everything has landed in cycle `end`."""

    start: int
    end: int
    pieces: list[Piece]
    timed: Timed


class Region(NamedTuple):
    """A run as it was scheduled: its nodes in the order of the file, its bodies in that of their placing."""

    nodes: list[Node]
    placed: list[Placed]
    spec: MachineSpec


class Refused(NamedTuple):
    """What keeps the pieces of a body from being placed."""

    conflict: Conflict
    pieces: list[Piece]


def timeline_of(
    scope: Scope,
    run: Iterable[OpStmt],
    waits: bool,
    report: Callable[[SourceError], None],
    oracle: Oracle | None = None,
) -> Timeline | None:
    """The timeline that a run of statements becomes; None after errors, which are reported."""
    reader, run = Reader(scope), list(run)
    problems: list[SourceError] = []
    for statement in run:
        try:
            reader.read(statement)
        except SourceError as problem:
            problems.append(problem)
            reader.spoil(statement)
    blocks = in_blocks(scope, run) if any(isinstance(each, TooManySums) for each in problems) else None
    if blocks is not None:
        return timeline_of(scope, blocks, waits, report, oracle)
    for found in problems:
        report(found)
    if problems:
        return None
    try:
        return schedule(scope, reader.nodes, waits, oracle)
    except SourceError as problem:
        report(problem)
        return None


def schedule(scope: Scope, nodes: list[Node], waits: bool, oracle: Oracle | None = None) -> Timeline:
    """The timeline that a graph becomes; with `waits` nothing is under way at its end. An `oracle` may find a shorter
    one. Raises SourceError."""
    _check_used(nodes)
    table = Table(scope.spec)
    placed: list[Placed] = []
    problems: list[Diagnostic] = []
    again: list[Node] = []
    start: dict[Node, int] = {}
    for body in bodies(nodes):
        try:
            placed.append(_place(body, table, start))
            start.update((node, placed[-1].start + placed[-1].timed.plan.time[node]) for node in body.nodes)
        except Unfit as problem:
            problems.append(problem.diagnostic)
            again += taken_apart(body, nodes)
    if again:
        with suppress(SourceError):
            return schedule(scope, sorted([*nodes, *again], key=lambda node: node.number), waits)
    if problems:
        raise SourceError(*problems)
    placed = oracle.run(nodes, placed, scope.spec) if oracle else placed
    timeline = _timeline(scope, placed, nodes, waits)
    timeline.region = Region(nodes, placed, scope.spec)
    return timeline


def _check_used(nodes: Iterable[Node]) -> None:
    """Raises E-STREAM for every value that nothing takes."""
    unused = [value for node in nodes for value in node.results if not value.users]
    problems = [
        Diagnostic("E-STREAM", f"nothing takes `{value.name}`", value.place, help="store it, or leave the line out")
        for value in unused
    ]
    if problems:
        raise SourceError(*problems)


# Places -----------------------------------------------------------------------------------------
def _place(body: Body, table: Table, start: dict[Node, int]) -> Placed:
    """The way of timing a body, and the cycle to begin in, that end first. Raises Unfit."""
    best: tuple[int, int, Timed] | None = None
    refused: Refused | None = None
    for timed in plans(body, table.spec):
        found = first_start(body, timed, table, start, best[0] if best else None)
        if isinstance(found, Refused):
            refused = refused or found
        elif found is not None:
            best = (found + timed.end, found, timed)
    if best is None:
        assert refused is not None
        raise no_room(refused.conflict, refused.pieces, table.spec)
    end, first, timed = best
    pieces = list(pieces_of(timed.plan, body.nodes))
    table.place(pieces, first)
    return Placed(first, end, [piece for piece in pieces if piece.twin is None], timed)


def first_start(
    body: Body, timed: Timed, table: Table, start: dict[Node, int], before: int | None
) -> int | Refused | None:
    """The first cycle in which a body may begin; None when it would not end before `before`; or what forbids it."""
    pieces = fitting(body, timed, table.spec)
    if isinstance(pieces, Refused):
        return pieces
    first = after_memory(body, timed.plan, start)
    pinned = any(node.op.cycle_pin is not None for node in body.nodes)
    while before is None or first + timed.end < before:
        mark = len(table.log)
        try:
            table.place(pieces, first)
        except Conflict as conflict:
            if pinned or conflict.later >= NEVER:
                return Refused(conflict, pieces)
            first += conflict.later
            continue
        table.undo(mark)
        return first
    return None


def fitting(body: Body, timed: Timed, spec: MachineSpec) -> list[Piece] | Refused:
    """The pieces of a body that fit an idle machine; what a switch has no unit to turn round waits elsewhere."""
    while True:
        pieces = list(pieces_of(timed.plan, body.nodes))
        try:
            Table(spec, first=-_loading(body, spec)).place(pieces, 0)
            return pieces
        except Conflict as conflict:
            value = conflict.piece.node.result
            if value is None or not conflict.piece.is_turn or value in timed.plan.outward | timed.plan.straight:
                return Refused(conflict, pieces)
            timed.plan.straight.add(value)


def _loading(body: Body, spec: MachineSpec) -> int:
    """The cycles in which all weights of a body could be loaded one after the other."""
    return sum(tile.steps + spec.positions for node in body.nodes for tile in node.tiles)


def after_memory(body: Body, plan: Plan, start: dict[Node, int]) -> int:
    """The first start for which what a body loads has been stored before."""
    waits = [start[o] + n.wait(o) - plan.time[n] for n in body.nodes for o in n.after if o in start]
    return max([0, *waits])


# The timeline -----------------------------------------------------------------------------------
def _timeline(scope: Scope, placed: list[Placed], nodes: list[Node], waits: bool) -> Timeline:
    timed = [(each.start + piece.time, piece) for each in placed for piece in each.pieces]
    timed.sort(key=lambda pair: (pair[0], pair[1].node.number))
    ops = [_timed_op(op_of(scope, piece), cycle) for cycle, piece in timed]
    end = max(each.end for each in placed)
    if waits and end > timed[-1][0] + 1:
        ops.append(_timed_op(AsmOp(NOP, [1], nodes[-1].statement), end - 1))
    return Timeline(ops, nodes[0].place)


def _timed_op(op: AsmOp, cycle: int) -> TimedOp:
    return TimedOp(op, (), "at", cycle, (), op.place)


def op_of(scope: Scope, piece: Piece) -> AsmOp:
    """The op of a piece, with all its places."""
    values = dict(piece.values)
    if piece.result is not None:
        values[piece.result_field] = piece.result.number + piece.plane
    for operand in piece.row.operands:
        channel = piece.sources.get(operand.fields[0])
        if channel is not None:
            values[operand.fields[0]] = channel.number + (piece.plane if operand.width < channel.width else 0)
    op = AsmOp(piece.row, list(values.values()), piece.node.statement)
    op.unit_pin = values.get("u", ANYWHERE)
    if piece.op is not None:
        op.references, op.access = piece.op.references, piece.op.access
        note_registers(scope, op, form_of(piece.row))
    return op
