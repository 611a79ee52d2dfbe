"""Runs of linear tensor code that are alike: what was found and proved of one holds for the others.

Programs that are generated, or made of macros, say the same again and again.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import partial

from asm.program import AsmOp, TimedOp, Timeline
from asm.schedule.memory import Aliases
from asm.schedule.oracle import Oracle
from asm.scope.scope import Scope
from asm.streams.graph import Node, Rows, Tile
from asm.streams.region import Region, arranged, complete
from asm.tree import OpStmt
from isa.records import NamedTuple


class Done(NamedTuple):
    """The ops of a run that was scheduled, each with the number of the node whose statement it has."""

    ops: list[TimedOp]
    nodes: list[int]


class Runs:
    """Schedules the `count` runs of a source, those that are alike once; an `oracle` is asked for each."""

    def __init__(self, scope: Scope, aliases: Aliases, oracle: Oracle | None, count: int) -> None:
        self.scope = scope
        self.aliases = aliases
        self.oracle = oracle
        self.compares = oracle is None and count > 1
        self.done: dict[Hashable, Done] = {}

    def complete(self, timeline: Timeline, nodes: list[Node], waits: bool) -> None:
        """Give the ops of a run their times. Raises SourceError."""
        kind = (likeness(nodes), waits) if self.compares else None
        known = self.done.get(kind) if kind is not None else None
        if known is not None:
            statements = [nodes[number].statement for number in known.nodes]
            timeline.ops = [_copied(timed, statement) for timed, statement in zip(known.ops, statements, strict=True)]
            timeline.region = Region(self.scope.spec, partial(arranged, self.scope, nodes, self.aliases))
            return
        statements = [node.statement for node in nodes]
        complete(self.scope, timeline, nodes, waits, self.aliases, self.oracle)
        if kind is not None:
            first = {id(statement): number for number, statement in reversed(list(enumerate(statements)))}
            self.done[kind] = Done(timeline.ops, [first[id(timed.op.statement)] for timed in timeline.ops])


def _copied(timed: TimedOp, statement: OpStmt) -> TimedOp:
    """The same op as that of another statement."""
    op = timed.op
    copy = AsmOp(op.row, list(op.values), statement, op.references, op.access, op.unit_pin)
    return timed._replace(op=copy, place=copy.place)


def likeness(nodes: Sequence[Node]) -> Hashable:
    """All that decides what becomes of a graph of bursts: everything in it but names and places."""
    numbers = {node: number for number, node in enumerate(nodes)}
    first: dict[int, int] = {}
    statements = tuple([first.setdefault(id(node.statement), number) for number, node in enumerate(nodes)])
    return statements, tuple([_of_node(node, numbers) for node in nodes])


def _of_node(node: Node, numbers: dict[Node, int]) -> Hashable:
    sources = tuple([(name, numbers[v.maker], v.maker.results.index(v)) for name, v in node.sources.items()])
    results = tuple([(value.width, value.count, value.pin) for value in node.results])
    users = tuple([(numbers[user], name) for value in node.results for user, name in value.users])
    after = tuple([(numbers[other], node.waits.get(other)) for other in node.after])
    tiles = tuple([_of_tile(tile) for tile in node.tiles])
    ops = tuple([_of_op(op) for op in (node.op, *node.rest)])
    shape = node.count, node.position, node.hemisphere, node.spacing, node.planes, node.wide, node.plane
    lead = node.number, node.ahead, node.extra, node.tensor, node.weights
    return ops, shape, lead, sources, results, users, after, tiles, _of_rows(node.rows)


def _of_op(op: AsmOp) -> Hashable:
    references = tuple([(each.field, each.kind, each.symbol, each.addend) for each in op.references])
    access = op.access and (op.access.symbol, op.access.banks, op.access.index, op.access.offset, op.access.width)
    return op.row.id, tuple(op.values), references, access, op.unit_pin, op.cycle_pin, op.register_pin


def _of_tile(tile: Tile) -> Hashable:
    return tuple([_of_op(op) for op in tile.reads]), _of_rows(tile.rows), tile.steps


def _of_rows(rows: Rows | None) -> Hashable:
    if rows is None:
        return None
    shape = rows.first, rows.width, rows.low, rows.high, rows.count, rows.writes, rows.register
    return shape, tuple(rows.order), tuple(rows.offsets)
