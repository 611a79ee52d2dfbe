"""The check made on every pipelined loop: its bundles, run for a few turns, do what its body does round by round.

Both are run on numbers that stand for what is not known: a result is a hash of the op and its operands, constant
steps and addresses are computed. Compared are the registers, memory, and the loads made. Once numbers are spread
out, so that any mistaken operand shows; once they are small, so that places meet in memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from asm.facts import FACTS, Facts, cycles_of, register_written, registers_read
from asm.program import AsmOp, Explicit
from asm.schedule.loops.body import WORD_MASK, address_terms, constant_added
from asm.schedule.loops.emit import Pipeline
from isa.records import NamedTuple, dataclass, field

MASKS = (WORD_MASK, 7)
MOST_TURNS = 2
Place = tuple[int, ...]


class Loop(NamedTuple):
    """The bundles of a pipelined loop as they will be encoded."""

    prologue: list[Explicit]
    turn: list[Explicit]
    epilogue: list[Explicit]


@dataclass(slots=True)
class _Run:
    """Registers, memory and loads of a run on numbers below `mask`; `landings` are the cycles of the last writes."""

    mask: int
    registers: dict[int, int] = field(default_factory=dict)
    memory: dict[tuple[str, Place], int] = field(default_factory=dict)
    loads: Counter[tuple[str, Place]] = field(default_factory=Counter)
    landings: dict[int, int] = field(default_factory=dict)
    now: int = 0
    late: AsmOp | None = None  # an op that reads or writes a register too early

    def copy(self) -> _Run:
        state = dict(self.registers), dict(self.memory), Counter(self.loads), dict(self.landings)
        return _Run(self.mask, *state, now=self.now, late=self.late)

    def value(self, register: int) -> int:
        return self.registers.get(register, hash((register, 1)) & self.mask)

    def issue(self, ops: Sequence[AsmOp]) -> None:
        """Run ops in one cycle: all read the state before any writes."""
        results = [self._result(op) for op in ops]
        for op, (place, result) in zip(ops, results, strict=True):
            facts = FACTS[op.row.id]
            register = register_written(facts, op.values)
            if register >= 0:
                self._land(op, facts, register)
                self.registers[register] = result
            elif place is not None:
                self.memory[place] = result

    def _land(self, op: AsmOp, facts: Facts, register: int) -> None:
        if self.now + facts.latency <= self.landings.get(register, 0):
            self.late = op
        self.landings[register] = self.now + facts.latency

    def _result(self, op: AsmOp) -> tuple[tuple[str, Place] | None, int]:
        """The place that a memory op touches, and what an op writes."""
        facts = FACTS[op.row.id]
        read = registers_read(facts, op.values)
        if any(self.landings.get(register, 0) > self.now for register in read):
            self.late = op
        if facts.memory:
            return self._access(op, facts)
        added = 0 if op.row.semantics == "mov" and read else constant_added(op)
        if added is not None:
            return None, self.value(read[0]) + added & WORD_MASK
        hidden = {*facts.reads, facts.write, facts.unit}
        numbers = [value for index, value in enumerate(op.values) if index not in hidden]
        return None, hash((op.row.id, *numbers, *map(self.value, read))) & self.mask

    def _access(self, op: AsmOp, facts: Facts) -> tuple[tuple[str, Place], int]:
        place = self._symbol(op), self._place(op, facts)
        if facts.memory == "store":
            return place, self.value(op.value("rt"))
        self.loads[place] += 1
        return place, self.memory.get(place, hash(place[1]) & self.mask)

    def _symbol(self, op: AsmOp) -> str:
        return op.access.symbol if op.access is not None else ""

    def _place(self, op: AsmOp, facts: Facts) -> Place:
        """A word address; of a lane access what names the lane."""
        if op.row.width:
            names = [name for name in op.row.format.names if name not in ("rt", "u")]
            return tuple(self.value(op.value(name)) if name in op.row.reads else op.value(name) for name in names)
        address = op.value("disp") + sum(self.value(op.value(name)) * scale for name, scale in address_terms(op))
        if "rc" in op.row.format.names:
            address += self.value(op.value("ra")) * self.value(op.value("rc"))
        return (address & WORD_MASK,)


def flaw(pipeline: Pipeline, loop: Loop) -> str:
    """What bundles do that the body does not, in words; empty when nothing was found."""
    stores = any(op.row.memory == "store" for op in pipeline.body.ops)
    for mask in MASKS if stores and not pipeline.body.independent else MASKS[:1]:
        for rounds, wanted, made in _runs(pipeline, loop, mask):
            if made.late is not None:
                return f"`{made.late.row.mnemonic}` meets a register on its way"
            if wanted.loads != made.loads or wanted.memory != made.memory:
                return f"memory differs after {rounds} rounds"
            if any(wanted.value(register) != made.value(register) for register in pipeline.body.registers):
                return f"registers differ after {rounds} rounds"
    return ""


def _runs(pipeline: Pipeline, loop: Loop, mask: int) -> Iterator[tuple[int, _Run, _Run]]:
    """(rounds, the body in order, the bundles) for each number of turns."""
    wanted, entered = _Run(mask), _Run(mask)
    for to, register in pipeline.entry_moves():
        entered.registers[to] = entered.value(register)
    _in_order(wanted, pipeline.body.ops, pipeline.lead)
    _in_bundles(entered, loop.prologue)
    for turns in range(MOST_TURNS + 1 if loop.turn else 1):
        if turns:
            _in_order(wanted, pipeline.body.ops, pipeline.names.copies)
            _in_bundles(entered, loop.turn)
        made = entered.copy()
        _in_bundles(made, loop.epilogue)
        yield pipeline.lead + turns * pipeline.names.copies, wanted, made


def _in_order(run: _Run, ops: list[AsmOp], rounds: int) -> None:
    for op in ops * rounds:
        run.landings.clear()
        run.issue([op])


def _in_bundles(run: _Run, made: list[Explicit]) -> None:
    for bundle in made:
        run.issue([op for op in bundle.ops if not op.row.control])
        run.now += next((cycles_of(op) for op in bundle.ops if op.row.control), 1)
