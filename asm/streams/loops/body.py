"""The body of a loop over tensor code as it is read: a graph, and the registers that advance by constants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from asm.facts import target_label
from asm.program import AsmOp, Timeline
from asm.schedule.loops.body import constant_added
from asm.scope.scope import Scope
from asm.streams.graph import ANYWHERE, Node
from asm.streams.loops.find import Written
from asm.streams.loops.reads import exact_reads, fields_of, highest_row, move_row, row_register, signed
from asm.streams.region import schedule
from asm.streams.statements import Reader
from isa.diagnostics import SourceError
from isa.records import NamedTuple, dataclass, replace


@dataclass(slots=True)
class TileLoop:
    """A `loop` whose rounds are tensor code and steps of registers.

    `steps` is what each register advances by in a round. Rows are counted from what it holds at the start of a round
    and its `origin`, 0 or the step, more. `round` is a round by itself, all that is under way awaited.
    """

    control: AsmOp
    names: list[str]  # labels that speak of it
    nodes: list[Node]
    steps: dict[int, int]
    origins: dict[int, int]
    updates: list[AsmOp]
    round: Timeline

    @property
    def end(self) -> str:
        return target_label(self.control) or ""


class _Read(NamedTuple):
    """An op of a node adds a register to its row, or takes it as a source, when it has advanced by `ahead`."""

    node: Node
    op: AsmOp
    register: int
    ahead: int
    is_row: bool

    def counts_from(self, origin: int) -> bool:
        """Whether the op can read the register as it is when it has advanced by `origin`."""
        if not self.is_row:
            return self.ahead == origin
        return 0 <= self.op.value("row") + self.ahead - origin <= highest_row(self.op.row)


def tile_loop(scope: Scope, written: Written) -> TileLoop | None:
    """The body as one run; None when it has to be several. Raises SourceError for all that is wrong with it."""
    reader, steps = Reader(scope), dict[int, int]()
    reads: list[_Read] = []
    problems: list[SourceError] = []
    for each in written.body:
        if isinstance(each, AsmOp):
            register = each.value("rd")
            steps[register] = steps.get(register, 0) + signed(constant_added(each) or 0)
            continue
        try:
            reader.read(each)
            reads += _reads(reader.nodes[-1], steps)
        except SourceError as problem:
            problems.append(problem)
            reader.spoil(each)
    origins = _origins(steps, reads)
    if origins is None or not _is_free(scope, steps, reader.nodes):
        return None
    if problems:
        raise SourceError(*(found for problem in problems for found in problem.diagnostics))
    _count_from(origins, reads)
    _order(reader.nodes)
    updates = [each for each in written.body if isinstance(each, AsmOp)]
    single = schedule(scope, reader.nodes, True)
    assert single.region is not None
    return TileLoop(written.control, written.names, single.region.nodes, steps, origins, updates, single)


def _is_free(scope: Scope, steps: Mapping[int, int], nodes: list[Node]) -> bool:
    """Whether nothing says when a node issues, or in which register one without a number lies."""
    pinned = {*scope.registers.pinned, *scope.registers.pinned.values()}
    return pinned.isdisjoint(steps) and all(node.op.cycle_pin is None for node in nodes)


def _reads(node: Node, steps: Mapping[int, int]) -> Iterator[_Read]:
    for op in (node.op, *(op for tile in node.tiles for op in tile.reads)):
        fields = fields_of(op)
        register = row_register(op.row, fields)
        if register != ANYWHERE:
            yield _Read(node, op, register, steps.get(register, 0), True)
        for register in exact_reads(op.row, fields):
            yield _Read(node, op, register, steps.get(register, 0), False)


def _origins(steps: Mapping[int, int], reads: list[_Read]) -> dict[int, int] | None:
    """From where each register is counted, its step made or not; None when neither will do."""
    origins = {}
    for register, step in steps.items():
        mine = [read for read in reads if read.register == register]
        fits = [origin for origin in (0, step) if all(read.counts_from(origin) for read in mine)]
        if not fits:
            return None
        origins[register] = fits[0]
    return origins


def _count_from(origins: Mapping[int, int], reads: list[_Read]) -> None:
    for read in reads:
        rows = read.ahead - origins.get(read.register, 0)
        if read.is_row:
            move_row(read.op, rows)
            if read.node.rows is not None and read.node.rows.register == read.register:
                moved = [row + rows for row in read.node.rows.offsets]
                read.node.rows = replace(read.node.rows, offsets=moved)


def _order(nodes: list[Node]) -> None:
    """What touches the same rows before, now that it is known which they are."""
    for number, node in enumerate(nodes):
        rows = node.rows
        if rows is not None:
            node.after = [other for other in nodes[:number] if other.rows is not None and other.rows.meets(rows)]
