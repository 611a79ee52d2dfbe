"""What a loop became, run on numbers: which bursts issue when, with what their registers hold then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

from asm.facts import target_label
from asm.program import AsmOp, Item, Label, Linear, Timeline
from asm.schedule.paths import loop_count
from asm.streams.loops.reads import WORD_MASK, exact_reads, fields_of, row_register, signed
from isa.places import SCALARS
from isa.records import replace

GOLDEN = 0x9E3779B1  # a prime near 2^32 times the golden ratio: bits without a pattern
SCALAR: dict[str, Callable[[int, int], int]] = {  # the ops that such code is made of
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "min": min,
    "max": max,
    "mov": lambda a, b: b,
}


class Replay:
    """`registers` as they stand in cycle `now`, and the bursts so far, the rows of each tensor `apart` by so many. A
    loop of a constant count is run `most` times; `skipped` are the times it is not."""

    def __init__(self, registers: Mapping[int, int], apart: Mapping[str, int], most: int) -> None:
        self.registers = dict(registers)
        self.apart = apart
        self.most = most
        self.now = 0
        self.skipped = 0
        self.bursts: list[tuple[int, AsmOp]] = []

    def run(self, items: Sequence[Item]) -> None:
        where = {item.name: number for number, item in enumerate(items) if isinstance(item, Label)}
        around: list[tuple[int, int, int]] = []  # the first item of a body, the item after it, the times left
        number = 0
        while number < len(items):
            control = self._item(items[number])
            number += 1
            if control is not None:
                end, times = where.get(target_label(control) or "", len(items)), self._times(control)
                around += [(number, end, times)] if times > 0 else []
                number = number if times > 0 else end
            elif around and number == around[-1][1]:
                start, end, times = around.pop()
                around += [(start, end, times - 1)] if times > 1 else []
                number = start if times > 1 else number

    def _item(self, item: Item) -> AsmOp | None:
        """Run what stands there; the `loop` that it ends with."""
        ops = [(timed.value, timed.op) for timed in item.ops] if isinstance(item, Timeline) else []
        ops += [(0, item.op)] if isinstance(item, Linear) else []
        control = None
        for cycle, together in groupby(sorted(ops, key=lambda each: each[0]), key=lambda each: each[0]):
            issued = [op for _, op in together]
            self.bursts += [(self.now + cycle, self._resolved(op)) for op in issued if op.row.tensor]
            self._write([op for op in issued if op.row.write])
            control = next((op for op in issued if op.row.control == "loop"), None)
        self.now += max((cycle for cycle, _ in ops), default=-1) + 1
        return control

    def _times(self, control: AsmOp) -> int:
        count = loop_count(control)
        if count is None:
            return signed(self._read(control.value("ra")))
        self.skipped += max(0, count - self.most)
        return min(count, self.most)

    def _write(self, ops: Sequence[AsmOp]) -> None:
        """Results of scalar ops of one cycle."""
        made = [(op.value("rd"), self._result(op) & WORD_MASK) for op in ops]
        self.registers.update(made)

    def _result(self, op: AsmOp) -> int:
        fields = fields_of(op)
        first = self._read(fields["ra"]) if "ra" in fields else 0
        second = fields.get("imm", first)
        return SCALAR[op.row.semantics](signed(first), signed(second))

    def _read(self, register: int) -> int:
        return self.registers.get(register, 0)

    def _resolved(self, op: AsmOp) -> AsmOp:
        """A burst with numbers in the place of its registers."""
        symbol = next((reference.symbol for reference in op.references if reference.field == "row"), "")
        return resolved(op, self._read, self.apart.get(symbol, 0))


def resolved(op: AsmOp, read: Callable[[int], int], rows: int = 0) -> AsmOp:
    """An op with what registers hold in its row, which is `rows` further on, and digests of it in its sources."""
    fields = fields_of(op)
    register = row_register(op.row, fields)
    if "row" in fields:
        fields["row"] += rows
    if register >= 0:
        fields |= {"ra": 0, "row": fields["row"] + signed(read(register))}
    for name in op.row.vector_reads if exact_reads(op.row, fields) else ():
        if fields[name] >= SCALARS:
            fields[name] = SCALARS + _digest(read(fields[name] - SCALARS))
    return replace(op, values=list(fields.values()))


def _digest(number: int) -> int:
    """A register's number that stands for what it holds: 5 bits mixed of all of it."""
    return (number * GOLDEN & WORD_MASK) >> 27
