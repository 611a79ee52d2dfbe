"""What the scheduler and the static checks need of a row, as plain numbers, found once per row."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeAlias

from asm.program import AsmOp
from isa.faults import CONDITION_CODE
from isa.places import SCALARS
from isa.records import NamedTuple, dataclass
from isa.row import LABEL, MEM, WRITE, Row
from isa.table import MNEMONICS, ROWS
from isa.units import CLASSES, SXM, VXM

if TYPE_CHECKING:
    from asm.check.view import CheckedOp

Values: TypeAlias = Sequence[int] | Mapping[int, int]  # of an op, by position
REGISTERS = CONDITION_CODE + 1  # the condition code is scheduled as one more register
CLASS_NUMBER = {name: number for number, name in enumerate(CLASSES)}
NOP = next(row for row in ROWS if row.control == "nop")
MOST_USES = 1 << 14  # remembered for each row: see uses_of
LONGEST_WAIT = NOP.format.field("count").high
# Moving a register to itself: an op that changes nothing
FILLER = next(row for row in MNEMONICS["mov"] if row.form == "rd, ra")


class Facts(NamedTuple):
    """Of one row: positions in an op's values, -1 for absent ones, and columns of the table."""

    reads: tuple[int, ...]  # where the values hold registers read
    sources: tuple[int, ...]  # where they hold sources of a vector op, registers from SCALARS on
    address: tuple[int, ...]  # those of them that make up a word address
    write: int  # where they hold the register written
    registers: tuple[int, ...]  # where they hold any of these
    unit: int  # where they hold the unit instance
    target: int  # where they hold a program address
    cc: int  # the condition code when it is written, else -1
    reads_cc: bool
    latency: int
    unit_class: int
    instances: int
    memory: str
    control: str
    checked: bool  # whether its numbers alone can make it fault: a divisor, an address, a loop's end
    pick: Callable[[Any], Hashable]  # what an op's values have at `registers`: several as a tuple, one by itself
    known: dict[Hashable, Uses]  # by what is picked


def _facts(row: Row) -> Facts:
    where = {name: index for index, name in enumerate(row.format.names)}
    in_address = [name for operand in row.operands if operand.kind == MEM for name in operand.fields]
    targets = [name for operand in row.operands if operand.kind == LABEL for name in operand.fields]
    reads = tuple(where[name] for name in row.reads)
    sources = tuple(where[name] for name in row.vector_reads)
    registers = (*reads, *sources, *((where[row.write],) if row.write else ()))
    return Facts(
        reads=reads,
        sources=sources,
        address=tuple(where[name] for name in row.reads if name in in_address),
        write=where[row.write] if row.write else -1,
        registers=registers,
        unit=where.get("u", -1),
        target=where[targets[0]] if targets else -1,
        cc=CONDITION_CODE if row.writes_cc else -1,
        reads_cc=row.reads_cc,
        latency=row.latency if row.write or row.writes_cc else 1,
        unit_class=CLASS_NUMBER[row.units.name],
        instances=row.instances,
        memory=row.memory,
        control=row.control,
        checked=bool(row.width) or row.control == "loop" or _has_fixed_number(row),
        pick=itemgetter(*registers) if registers else _nothing,
        known={},
    )


def _nothing(values: Values) -> None:
    """What an op without registers picks."""


def _has_fixed_number(row: Row) -> bool:
    """A divisor that is an immediate, or an address without registers."""
    names = row.format.names
    return "imm" in names if "E-DIV" in row.faults else bool(row.memory) and not {"ra", "rb"} & set(names)


class _AllFacts(dict[int, Facts]):
    """Facts by row number, found when first asked for: a program uses few of the many rows."""

    def __missing__(self, number: int) -> Facts:
        facts = self[number] = _facts(ROWS[number])
        return facts


FACTS = _AllFacts()


def registers_read(facts: Facts, values: Values) -> list[int]:
    """The scalar registers an op reads, in operand order, the condition code last."""
    registers = [values[index] for index in facts.reads]
    if facts.sources:
        registers += [values[index] - SCALARS for index in facts.sources if values[index] >= SCALARS]
    if facts.reads_cc:
        registers.append(CONDITION_CODE)
    return registers


def register_written(facts: Facts, values: Values) -> int:
    """The register an op writes; 32 for the condition code, -1 for none."""
    return values[facts.write] if facts.write >= 0 else facts.cc


@dataclass(frozen=True, slots=True, eq=False)
class Uses:
    """The registers of one op, the condition code among them: those it reads, in operand order, the one it writes
    (-1 for none), and a bit for each of them; and the number of its row. Ops of one row with the same registers share
    it: it is compared by identity."""

    reads: tuple[int, ...]
    write: int
    mask: int
    row: int


def uses_of(op: AsmOp | CheckedOp) -> Uses:
    """What an op does to registers, worked out once for all that are alike."""
    facts = FACTS[op.row.id]
    picked = facts.pick(op.values)
    return facts.known.get(picked) or _remember(facts, picked, op)


def _remember(facts: Facts, picked: Hashable, op: AsmOp | CheckedOp) -> Uses:
    if len(facts.known) >= MOST_USES:
        facts.known.clear()
    reads, write = tuple(registers_read(facts, op.values)), register_written(facts, op.values)
    mask = sum(1 << register for register in {*reads, write} - {-1})
    found = facts.known[picked] = Uses(reads, write, mask, op.row.id)
    return found


def flows(row: Row) -> bool:
    """Whether linear code may have an op of a row flow into others: one of the VXM or an SXM that has a result."""
    return row.units.where in (VXM, SXM) and any(operand.role == WRITE for operand in row.operands)


def unit_name(op: AsmOp) -> str:
    """The unit an op has been given."""
    position = FACTS[op.row.id].unit
    return op.row.units.names[op.values[position] if position >= 0 else 0]


def cycles_of(control: AsmOp | None) -> int:
    """The cycles that a bundle takes when its control op, if any, does not jump."""
    if control is None:
        return 1
    facts = FACTS[control.row.id]
    return control.value("count") if facts.control == "nop" else facts.latency


def control_of(ops: Iterable[AsmOp]) -> AsmOp | None:
    """The op of a bundle that decides what follows it."""
    for op in ops:
        if FACTS[op.row.id].control:
            return op
    return None


def target_label(op: AsmOp) -> str | None:
    """The label a control op names, None when its target is not one of this program's labels as such."""
    position = FACTS[op.row.id].target
    if position < 0:
        return None
    field = op.row.format.names[position]
    for reference in op.references:
        if reference.field == field and not reference.addend:
            return reference.symbol
    return None
