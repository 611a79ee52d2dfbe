"""What of a run must come after what: bursts and scalar ops that touch the same registers, words and rows.

Registers follow the machine's strict rule (docs/machine.md, section 5), as in asm/schedule/graph.py; a burst reads its
scalar operands in its first cycle and keeps them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from asm.facts import FACTS, REGISTERS, register_written, registers_read
from asm.program import AsmOp
from asm.schedule.memory import Aliases, Touch, may_overlap, touch
from asm.scope.scope import Scope
from asm.streams.graph import Node, Rows
from isa.faults import CONDITION_CODE
from isa.machine import SLICES_PER_QUAD
from isa.records import dataclass, field
from isa.units import HEMISPHERE_SLICES

BLOCK = 64  # rows that are looked up together
STORE = "store"  # of a scalar op, in the memory column


class SameRows:
    """The bursts so far by the rows that they touch, but for those that a later one has wholly written."""

    def __init__(self) -> None:
        self.reads: dict[tuple[int, int], dict[Node, Rows]] = {}
        self.writes: dict[tuple[int, int], dict[Node, Rows]] = {}

    def add(self, node: Node) -> None:
        """Let a burst come after those before it with which it shares rows."""
        rows = node.rows
        if rows is None:
            return
        found: dict[Node, None] = {}
        for place in _blocks(rows):
            for known in (self.reads, self.writes) if rows.writes else (self.writes,):
                here = known.setdefault(place, {})
                meeting = [other for other, its in here.items() if its.meets(rows)]
                found |= dict.fromkeys(meeting)
                for other in meeting:
                    if rows.writes and rows.covers(here[other]):
                        del here[other]
            (self.writes if rows.writes else self.reads).setdefault(place, {})[node] = rows
        node.after += sorted(found, key=lambda other: other.number)


def _blocks(rows: Rows) -> Iterator[tuple[int, int]]:
    """The quads and blocks of rows that are touched."""
    for quad in range(rows.first // SLICES_PER_QUAD, (rows.first + rows.width - 1) // SLICES_PER_QUAD + 1):
        for block in range(rows.low // BLOCK, rows.high // BLOCK + 1):
            yield quad, block


# Registers --------------------------------------------------------------------------------------
@dataclass(eq=False, slots=True)
class Web:
    """What one op leaves in a register, and who reads it; without a `writer` what the run finds there. The `last` of a
    register is what the run leaves in it."""

    register: int
    writer: Node | None
    readers: list[Node] = field(default_factory=list)
    last: bool = True


def webs_of(nodes: Iterable[Node]) -> list[Web]:
    """All webs of a run, in the order of their writers; who reads a register comes after who writes it."""
    current: dict[int, Web] = {}
    found: list[Web] = []
    for node in nodes:
        facts = FACTS[node.op.row.id]
        for register in registers_read(facts, node.op.values):
            web = current.get(register)
            if web is None:
                web = current[register] = Web(register, None)
                found.append(web)
            if web.writer is not None:
                node.keep(web.writer, web.writer.latency)
            web.readers.append(node)
        register = register_written(facts, node.op.values)
        if register >= 0:
            if register in current:
                current[register].last = False
            current[register] = Web(register, node)
            found.append(current[register])
    return found


def keep_names(webs: Iterable[Web], all_registers: bool) -> None:
    """Let who writes a register come after all who use what was in it: the condition code, or every register."""
    before: dict[int, Web] = {}
    for web in webs:
        old = before.get(web.register)
        if old is not None and web.writer is not None and (all_registers or web.register == CONDITION_CODE):
            for reader in old.readers:
                if reader is not web.writer:
                    web.writer.keep(reader, 0)
            if old.writer is not None:
                web.writer.keep(old.writer, max(1, old.writer.latency - web.writer.latency + 1))
        before[web.register] = web


# Memory -----------------------------------------------------------------------------------------
@dataclass(slots=True)
class _Access:
    """A node that touches memory: as the scheduler of scalar code sees it, and the rows when they are known."""

    node: Node
    touch: Touch
    writes: bool
    rows: Rows | None


@dataclass(slots=True)
class _Others:
    """The accesses of one symbol so far, those of bursts or those of scalar ops; `number` counts such groups."""

    number: int
    all: list[_Access] = field(default_factory=list)
    writes: list[_Access] = field(default_factory=list)


class _Known:
    """All accesses so far, by whether they are bursts, and what they touch."""

    def __init__(self, has_aliases: bool) -> None:
        self.has_aliases = has_aliases
        self.groups: dict[tuple[bool, str], _Others] = {}

    def add(self, access: _Access) -> None:
        key = access.node.op.row.tensor, access.touch.symbol
        others = self.groups.setdefault(key, _Others(len(self.groups)))
        others.all.append(access)
        if access.writes:
            others.writes.append(access)

    def that_may_meet(self, access: _Access) -> list[_Others]:
        """Those that may touch the same words, but not bursts with a burst: their rows are known."""
        symbol, is_burst = access.touch.symbol, access.node.op.row.tensor
        if self.has_aliases or not symbol:
            return [others for (among_bursts, _), others in self.groups.items() if not (is_burst and among_bursts)]
        among = (False,) if is_burst else (False, True)
        keys = [(among_bursts, name) for among_bursts in among for name in ("", symbol)]
        found = [self.groups[key] for key in keys if key in self.groups]
        return sorted(found, key=lambda others: others.number)


def keep_words(scope: Scope, nodes: Iterable[Node], aliases: Aliases) -> None:
    """Let scalar loads and stores keep their order with each other and with bursts that may touch the same words."""
    last_writer = [-1] * REGISTERS
    known = _Known(bool(aliases))
    for node in nodes:
        facts = FACTS[node.op.row.id]
        if node.rows is not None or facts.memory:
            access = _access(scope, node, last_writer)
            for others in known.that_may_meet(access):
                _keep_order(access, others.all if access.writes else others.writes, aliases)
            known.add(access)
        register = register_written(facts, node.op.values)
        if register >= 0:
            last_writer[register] = node.number


def _keep_order(access: _Access, others: Iterable[_Access], aliases: Aliases) -> None:
    for other in others:
        if not may_overlap(access.touch, other.touch, aliases):
            continue
        if access.rows is None or other.rows is None or access.rows.meets(other.rows):
            access.node.keep(other.node, _elements(other.node) + access.node.early)


def _elements(node: Node) -> int:
    """The cycles in which a node accesses memory, those between its elements counted."""
    return 1 + ((node.rows.count - 1) * node.spacing if node.rows is not None else 0)


def _access(scope: Scope, node: Node, last_writer: Sequence[int]) -> _Access:
    if node.rows is None:
        met = touch(node.number, node.op, FACTS[node.op.row.id], last_writer)
        return _Access(node, met, node.op.row.memory == STORE, _row(scope, node.op))
    met = Touch(node.number, node.tensor, (("burst", node.number),), (), 0, False, scope.banks_of(node.tensor))
    return _Access(node, met, node.rows.writes, node.rows)


def _row(scope: Scope, op: AsmOp) -> Rows | None:
    """The row that a scalar op touches; None when a register or another file says which."""
    fields = dict(zip(op.row.format.names, op.values, strict=True))
    if "ra" in fields or ("rb" in fields and "disp" in fields):
        return None
    if any(scope.is_extern(reference.symbol) for reference in op.references):
        return None
    if "disp" in fields:
        number, word = divmod(fields["disp"], scope.spec.words_per_slice)
        hemisphere, index = divmod(number, scope.spec.slices)
        slice_, width, row = hemisphere * HEMISPHERE_SLICES + index, 1, word // scope.spec.words_per_row
    else:
        slice_, width, row = fields["slice"], op.row.width, fields["row"]
    return Rows(slice_, width, row, row, (row,), 1, op.row.memory == STORE)
