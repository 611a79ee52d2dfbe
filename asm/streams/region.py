"""A straight run of linear code with tensor ops: read as a graph, placed body after body, written as a timeline."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cached_property

from asm.facts import NOP
from asm.operands.slot import form_of
from asm.operands.tensor import note_registers
from asm.program import AsmOp, TimedOp, Timeline
from asm.schedule.memory import Aliases
from asm.schedule.oracle import Oracle
from asm.scope.scope import Scope
from asm.streams.blocks import in_blocks
from asm.streams.burst import Piece
from asm.streams.graph import ANYWHERE, Node, bodies, taken_apart
from asm.streams.matrix import TooManySums
from asm.streams.names import Names, NoName
from asm.streams.order import keep_names, keep_words, webs_of
from asm.streams.placing import Placed, Placer
from asm.streams.route import Unfit
from asm.streams.statements import Reader
from asm.tree import OpStmt
from isa.diagnostics import Diagnostic, SourceError
from isa.machine import MachineSpec
from isa.records import NamedTuple, dataclass


@dataclass
class Region:
    """A run as it was scheduled, which `arrange` finds when it is asked for."""

    spec: MachineSpec
    arrange: Callable[[], Arranged]

    @cached_property
    def _found(self) -> Arranged:
        return self.arrange()

    @property
    def nodes(self) -> list[Node]:
        """In the order of the file."""
        return self._found.nodes

    @property
    def placed(self) -> list[Placed]:
        """The bodies in the order of their placing."""
        return self._found.placed


def read_run(scope: Scope, run: Sequence[OpStmt], report: Callable[[SourceError], None]) -> list[Node] | None:
    """The nodes of a run of statements; None after errors, which are reported."""
    reader = Reader(scope)
    problems: list[SourceError] = []
    for statement in run:
        try:
            reader.read(statement)
        except SourceError as problem:
            problems.append(problem)
            reader.spoil(statement)
    blocks = in_blocks(scope, run) if any(isinstance(each, TooManySums) for each in problems) else None
    if blocks is not None:
        return read_run(scope, blocks, report)
    for found in problems:
        report(found)
    return None if problems else reader.nodes


def unscheduled(nodes: Sequence[Node]) -> Timeline:
    """A timeline with the ops of a run, whose cycles are not known yet."""
    return Timeline([_timed_op(node.op, 0) for node in nodes], nodes[0].place)


def schedule(scope: Scope, nodes: list[Node], waits: bool) -> Timeline:
    """The timeline that a graph of bursts becomes while registers may have no numbers yet: they are taken note of.
    With `waits` nothing is under way at its end. Raises SourceError."""
    timeline = unscheduled(nodes)
    _fill(scope, timeline, arranged(scope, nodes, frozenset()), waits)
    for timed in timeline.ops:
        note_registers(scope, timed.op, form_of(timed.op.row))
    return timeline


def complete(
    scope: Scope,
    timeline: Timeline,
    nodes: list[Node],
    waits: bool,
    aliases: Aliases = frozenset(),
    oracle: Oracle | None = None,
) -> None:
    """Schedule the ops of a timeline, and prove that they do what the nodes say; `aliases` are pairs of symbols that
    may share memory. An `oracle` may find a shorter one. Raises SourceError."""
    from asm.streams.proof.check import flaw  # which needs NumPy

    found = arranged(scope, nodes, aliases)
    if oracle and not found.names.may_rename:
        found = found._replace(placed=oracle.run(found.nodes, found.placed, scope.spec))
    _fill(scope, timeline, found, waits)
    wrong = flaw(found.nodes, timeline.ops, scope.spec)
    if wrong:
        message = f"the schedule found for this run is wrong: {wrong}"
        raise SourceError(
            Diagnostic("E-SCHEDULE", message, timeline.place, help="please report it; a timeline avoids it")
        )


def _fill(scope: Scope, timeline: Timeline, found: Arranged, waits: bool) -> None:
    timeline.ops = _timed_ops(found, waits)
    timeline.region = Region(scope.spec, lambda: found)


class Arranged(NamedTuple):
    """Nodes in time, with their registers; and those that could not be placed: why, and what may help next time."""

    nodes: list[Node]
    names: Names
    placed: list[Placed]
    problems: list[Diagnostic]
    again: list[Node]


def arranged(scope: Scope, nodes: list[Node], aliases: Aliases) -> Arranged:
    """All bodies in time, with loads that are made again where values have too many users. Raises SourceError."""
    _check_used(nodes)
    webs = webs_of(nodes)
    keep_names(webs, all_registers=False)
    keep_words(scope, nodes, aliases)
    try:
        found = _place(scope.spec, nodes, Names(webs, scope.registers.unnamed))
    except NoName:
        keep_names(webs, all_registers=True)
        found = _place(scope.spec, nodes, Names((), ()))
    if found.again:
        with suppress(SourceError):
            return arranged(scope, sorted([*nodes, *found.again], key=lambda node: node.number), aliases)
    if found.problems:
        raise SourceError(*found.problems)
    return found


def _place(spec: MachineSpec, nodes: list[Node], names: Names) -> Arranged:
    """Raises NoName."""
    placer = Placer(spec, names)
    found = Arranged(nodes, names, [], [], [])
    for body in bodies(nodes):
        try:
            found.placed.append(placer.place(body))
        except Unfit as problem:
            found.again.extend(taken_apart(body, nodes))
            spread = None if found.again else placer.spread(body)
            if spread is not None:
                found.placed.append(spread)
            else:
                found.problems.append(problem.diagnostic)
    return found


def _check_used(nodes: Iterable[Node]) -> None:
    """Raises E-STREAM for every value that nothing takes."""
    unused = [value for node in nodes for value in node.results if not value.users]
    problems = [
        Diagnostic("E-STREAM", f"nothing takes `{value.name}`", value.place, help="store it, or leave the line out")
        for value in unused
    ]
    if problems:
        raise SourceError(*problems)


# The timeline -----------------------------------------------------------------------------------
def _timed_ops(found: Arranged, waits: bool) -> list[TimedOp]:
    timed = [(each.start + piece.time, piece) for each in found.placed for piece in each.pieces]
    timed.sort(key=lambda pair: (pair[0], pair[1].node.number))
    ops = [_timed_op(_op(piece, found.names), cycle) for cycle, piece in timed]
    end = max(each.end for each in found.placed)
    if waits and end > timed[-1][0] + 1:
        ops.append(_timed_op(AsmOp(NOP, [1], found.nodes[-1].statement), end - 1))
    return ops


def _timed_op(op: AsmOp, cycle: int) -> TimedOp:
    return TimedOp(op, (), "at", cycle, (), op.place)


def op_of(scope: Scope, piece: Piece) -> AsmOp:
    """The op of a piece, with all its places, its registers taken note of."""
    op = _op(piece, Names((), ()))
    note_registers(scope, op, form_of(op.row))
    return op


def _op(piece: Piece, names: Names) -> AsmOp:
    """The op of a piece, with all its places."""
    values = dict(piece.values)
    if piece.op is not None:
        names.put(piece.node, values)
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
    return op
