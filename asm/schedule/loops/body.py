"""What one round of a loop does to registers: who defines, who reads, which registers advance by a constant.

An address may read a register that advances by a constant *late*: what the register has advanced by in between
is taken off the displacement, so no name is needed to keep the old value. Such reads are `drifts`.
"""

from __future__ import annotations

from collections.abc import Iterator

from asm.facts import FACTS, register_written, registers_read
from asm.program import AsmOp
from isa.records import NamedTuple, dataclass, field

WORD_MASK = 0xFFFFFFFF


class Read(NamedTuple):
    """An op reads a register that the body writes: what op `definer` made, `carried` when in the round before."""

    op: int
    register: int
    definer: int
    carried: bool


class Drift(NamedTuple):
    """Field `field` of an address adds `scale` times a register that advances by `step` a round.

    The value meant is the one after the advance of the same round, or (`carried`) of the round before.
    """

    field: str
    register: int
    scale: int
    step: int
    carried: bool


@dataclass(slots=True)
class Body:
    """`writers` are the ops that write each register, in order; `steps` the registers with one constant advance.

    `independent` says that different rounds touch different memory.
    """

    ops: list[AsmOp]
    independent: bool = False
    writers: dict[int, list[int]] = field(default_factory=dict)
    steps: dict[int, int] = field(default_factory=dict)
    reads: list[Read] = field(default_factory=list)
    drifts: dict[int, list[Drift]] = field(default_factory=dict)  # by op

    @property
    def registers(self) -> set[int]:
        """All registers that ops of the body name."""
        named = {register for op in self.ops for register in registers_read(FACTS[op.row.id], op.values)}
        return named | self.writers.keys()


def analyse(ops: list[AsmOp], independent: bool = False) -> Body:
    """The body of a loop, without the op that goes round."""
    body = Body(ops, independent)
    for number, op in enumerate(ops):
        written = register_written(FACTS[op.row.id], op.values)
        if written >= 0:
            body.writers.setdefault(written, []).append(number)
    for register, writers in body.writers.items():
        op = ops[writers[0]]
        step = constant_added(op) if len(writers) == 1 else None
        if step is not None and op.value("ra") == register:
            body.steps[register] = step
    for number in range(len(ops)):
        _note_reads(body, number)
    return body


def constant_added(op: AsmOp) -> int | None:
    """What an op adds to a register, None when it does anything else."""
    signs = {"add": 1, "sub": -1}
    if op.row.semantics not in signs or "imm" not in op.row.format.names or op.references:
        return None
    return signs[op.row.semantics] * op.value("imm") & WORD_MASK


def address_terms(op: AsmOp) -> Iterator[tuple[str, int]]:
    """The fields of a word address that hold a register times a constant, with that constant."""
    names = op.row.format.names
    if not op.row.memory or op.row.width:
        return
    if "scale" in names:
        yield "ra", op.value("scale")
    if "rb" in names:
        yield "rb", 1


def _note_reads(body: Body, number: int) -> None:
    op = body.ops[number]
    registers = registers_read(FACTS[op.row.id], op.values)
    for name, scale in address_terms(op):
        register = op.value(name)
        if register in body.steps:
            registers.remove(register)
            carried = body.writers[register][0] >= number
            body.drifts.setdefault(number, []).append(Drift(name, register, scale, body.steps[register], carried))
    for register in registers:
        writers = body.writers.get(register)
        if writers:
            before = [writer for writer in writers if writer < number]
            body.reads.append(Read(number, register, before[-1] if before else writers[-1], not before))
