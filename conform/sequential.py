"""What a program means apart from time: its ops one by one, in the order written.

The oracle of the scheduler. It computes with the golden model's functions but knows no latency, no unit and no
bank; the ops of an explicit bundle all read the state before it. Program addresses are positions in the list
of items, so link registers hold other numbers than on the machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from asm.program import AsmOp, Explicit, Item, Label, Linear
from isa.conditions import CONDITIONS, RESET
from isa.machine import MachineSpec
from isa.records import dataclass
from isa.row import MEM, SLICE_ROW, WRITE
from vm.reference.issue import COMPUTE
from vm.reference.memory import SEMANTICS as PLACES
from vm.reference.memory import Memory

SIGN = 1 << 31


@dataclass(slots=True)
class Round:
    """A hardware loop that runs: positions [start, end) and the rounds still to come, this one included."""

    start: int
    end: int
    remaining: int


def _ops_of(item: Item) -> list[AsmOp]:
    if isinstance(item, Linear):
        return [item.op]
    return item.ops if isinstance(item, Explicit) else []


class Sequential:
    """A run of a program without time. Raises vm.reference.trouble.Trouble where an op would fault."""

    def __init__(self, items: Sequence[Item], spec: MachineSpec) -> None:
        self.spec = spec
        self.items = items
        self.labels = {item.name: number for number, item in enumerate(items) if isinstance(item, Label)}
        self.registers = [0] * 32
        self.cc = RESET
        self.memory = Memory(spec, "zero")
        self.loops: list[Round] = []
        self.position = 0

    def run(self, steps: int) -> bool:
        """Execute at most `steps` items; says whether the program ended."""
        while self.position < len(self.items) and steps:
            self._step()
            steps -= 1
        return self.position >= len(self.items)

    def _step(self) -> None:
        ops = _ops_of(self.items[self.position])
        here, following = self.position, self.position + 1
        effects = [self._execute(op, following) for op in ops]
        control = next((op for op in ops if op.row.control), None)
        target = self._steer(control, following) if control else None
        for effect in effects:
            effect()
        self.position = self._round(following) if target is None else self._jump(here, target)

    # One op -----------------------------------------------------------------------------------
    def _values(self, op: AsmOp) -> dict[str, int]:
        """The op's fields, with each register it reads replaced by its contents."""
        fields = zip(op.row.format.names, op.values, strict=True)
        return {name: self.registers[value] if name in op.row.reads else value for name, value in fields}

    def _operands(self, op: AsmOp, values: dict[str, int]) -> list[int]:
        read = [each for each in op.row.operands if each.role != WRITE and each.kind not in (MEM, SLICE_ROW)]
        operands = [values[operand.fields[0]] for operand in read]
        return [*operands, self._holds(op)] if op.row.condition else operands

    def _holds(self, op: AsmOp) -> int:
        return CONDITIONS[op.row.condition] >> self.cc & 1

    def _execute(self, op: AsmOp, following: int) -> Callable[[], None]:
        """Read what the op reads; returns what is left to be done to the state."""
        values = self._values(op)
        if op.row.memory:
            return self._access(op, values)
        result = following if op.row.control else COMPUTE[op.row.semantics](*self._operands(op, values))
        return partial(self._write, op, result)

    def _access(self, op: AsmOp, values: dict[str, int]) -> Callable[[], None]:
        addresses = PLACES[op.row.semantics](self.spec, values, op.row.width)
        if op.row.memory == "store":
            return partial(self.memory.store, addresses, values["rt"])
        return partial(self._write, op, self.memory.load(addresses))

    def _write(self, op: AsmOp, result: int | None) -> None:
        if op.row.writes_cc and result is not None:
            self.cc = result
        elif op.row.write and result is not None:
            self.registers[op.value(op.row.write)] = result

    # Where to go ------------------------------------------------------------------------------
    def _steer(self, op: AsmOp, following: int) -> int | None:
        """The position a control op jumps to, None when it goes on."""
        kind = op.row.control
        if kind == "halt":
            return len(self.items)
        if kind == "ret":
            return self._values(op)["ra"]
        if kind == "nop" or (kind == "branch" and not self._holds(op)):
            return None
        target = self.labels[op.references[0].symbol]
        return self._enter_loop(op, following, target) if kind == "loop" else target

    def _enter_loop(self, op: AsmOp, start: int, end: int) -> int | None:
        (count,) = self._operands(op, self._values(op))[:1]
        if (count ^ SIGN) - SIGN <= 0 or start == end:
            return end
        self.loops.append(Round(start, end, count))
        return None

    def _jump(self, here: int, target: int) -> int:
        """Leave the loops that the jump leads out of; calls come back, so they leave none."""
        kinds = [op.row.control for op in _ops_of(self.items[here])]
        if "call" in kinds or "ret" in kinds:
            return self._round(target) if "ret" in kinds else target
        while self.loops and self._inside(here) and not self._inside(target):
            self.loops.pop()
        return target

    def _inside(self, position: int) -> bool:
        return self.loops[-1].start <= position < self.loops[-1].end

    def _round(self, following: int) -> int:
        """Go round the loops that end here."""
        while self.loops and following == self.loops[-1].end:
            top = self.loops[-1]
            top.remaining -= 1
            if top.remaining:
                return top.start
            self.loops.pop()
        return following
