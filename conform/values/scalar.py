"""Programs that ask for values of the scalar units: a loop over words, one set of operands a round."""

from __future__ import annotations

from conform.build import op as make
from conform.program import Bundle, Chunk, Program
from conform.target import Target
from conform.values.bench import run
from conform.values.case import Case
from conform.values.oracle import WORD, bytes_of, numbers_in, sources_of
from isa import codec
from isa.codec import Op
from isa.conditions import CONDITIONS
from isa.machine import MachineSpec
from isa.row import IMM

OPERANDS = (1, 2, 3)  # registers that hold them
RESULT, ZERO, INDEX, HELD = 4, 5, 6, 7
FIRST_BIT = 8  # registers from here on have one bit each
MOST_CYCLES = 100  # of a round, well above what one takes


class Asked:
    """A program over words in memory: the sources one after the other, then the results."""

    def __init__(self, spec: MachineSpec, case: Case) -> None:
        self.case, self.count = case, len(case.sources[0])
        self.first = self.count * len(case.sources)
        self.program = Program(spec, tuple(self.bundles()), self.memory())

    def memory(self) -> tuple[Chunk, ...]:
        return tuple(
            Chunk(WORD * self.count * k, bytes_of(source, WORD)) for k, source in enumerate(self.case.sources) if source
        )

    def answer(self, target: Target) -> list[int]:
        """The words of all results. Raises TargetError, Ended."""
        run(target, self.program, MOST_CYCLES * (1 + self.count))
        return numbers_in(target.memory(WORD * self.first, WORD * self.count), WORD)

    def bundles(self) -> list[Bundle]:
        """Registers set, then a loop with a round for each result."""
        head = [one_bundle(make("mov rd, imm", rd=FIRST_BIT + k, imm=1 << k)) for k in range(len(CONDITIONS))]
        body = self.body()
        loop = make("loop imm, target", imm=self.count, target=len(head) + 1 + len(body))
        return [*head, (loop,), *body, (make("halt [code]"),)]

    def body(self) -> list[Bundle]:
        """Operands loaded, the op, its result stored."""
        row = self.case.row
        kinds = [each.kind for each in sources_of(row)]
        loads = [
            make("ld rt, [disp + rb]", rt=OPERANDS[k], disp=self.count * k, rb=INDEX)
            for k, kind in enumerate(kinds) if kind != IMM
        ]  # fmt: skip
        op = self.op()
        compare = [one_bundle(self.comparison())] if row.reads_cc else []
        told = conditions() if row.writes_cc else []
        store = make("st [disp + rb], rt", rt=RESULT, disp=self.first, rb=INDEX)
        return [
            *map(one_bundle, loads), *wait(loads[-1].latency if loads else 1), *compare,
            (op,), *wait(op.latency), *told,
            (store, make("add rd, ra, imm", rd=INDEX, ra=INDEX, imm=1)),
        ]  # fmt: skip

    def op(self) -> Op:
        """The op, on each of its units in turn by what it is."""
        row = self.case.row
        registers = [name for each in sources_of(row) if each.kind != IMM for name in each.fields]
        values = dict(zip(registers, OPERANDS, strict=False)) | dict(self.case.fields)
        if row.write:
            values[row.write] = RESULT
        if "u" in row.format.names:
            values["u"] = row.id % row.instances
        return codec.make(row, **values)

    def comparison(self) -> Op:
        """The sources of the op compared, for one that goes by the condition code."""
        if "imm" in self.case.fields:
            return make("cmp ra, imm", ra=OPERANDS[0], imm=self.case.fields["imm"])
        return make("cmp ra, rb", ra=OPERANDS[0], rb=OPERANDS[1])


def one_bundle(op: Op) -> Bundle:
    return (op,)


def wait(latency: int) -> list[Bundle]:
    """What passes the time until a result of this latency can be read, behind the bundle of its op."""
    return [(make("nop count", count=latency - 1),)] if latency > 1 else []


def conditions() -> list[Bundle]:
    """The conditions that hold, a bit each, in the register of results."""
    found: list[Bundle] = [(make("mov rd, imm", rd=RESULT, imm=0),)]
    for k, name in enumerate(CONDITIONS):
        found.append((make(f"sel.{name} rd, ra, rb", rd=HELD, ra=FIRST_BIT + k, rb=ZERO),))
        found.append((make("or rd, ra, rb", rd=RESULT, ra=RESULT, rb=HELD),))
    return found
