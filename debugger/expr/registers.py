"""Registers as expressions name them: r0 to r31, and the condition code."""

from __future__ import annotations

from debugger.expr import target
from debugger.expr.errors import Problem
from debugger.expr.picks import Index
from debugger.expr.scope import Change
from debugger.expr.stores import Store, scalar
from debugger.expr.target import Target
from debugger.expr.values import INT, Value, bits_of, converted, number_of
from isa.faults import CONDITION_CODE
from isa.records import dataclass, replace
from isa.types import TYPES

CODES = 16  # condition codes


@dataclass(frozen=True)
class Register(Store):
    """r0 to r31: 32 bits, of which a narrower type takes the low ones."""

    number: int

    def read(self) -> Value:
        words = self.scope.machine.engine.registers().cast("B").cast("I")
        return Value(number_of(words[self.number], TYPES[self.type]), self.type)

    def at(self, index: tuple[Index, ...]) -> Store:
        raise Problem(f"{self.name} is one number, with no parts", "take bits of it with >> and &")

    def viewed(self, name: str) -> Store:
        return replace(self, type=name)

    def target(self, text: str) -> Target:
        return Target(text, target.REGISTER, self.number, dtype=self.type)

    def put(self, value: Value) -> Change:
        bits, number = self._bits(value), self.number
        return lambda machine: machine.engine.set_register(number, bits)

    def _bits(self, value: Value) -> int:
        """The 32 bits to be written; a register as such takes signed numbers and unsigned ones."""
        single = scalar(value, self.name)
        is_large = isinstance(single.data, int) and single.data > TYPES["i32"].high
        t = TYPES["u32" if self.type == "i32" and value.type not in TYPES and is_large else self.type]
        return bits_of(converted(single, t.name).item(), t)


@dataclass(frozen=True)
class ConditionCode(Store):
    """Four bits: equal, less, less unsigned, unordered."""

    def read(self) -> Value:
        return Value(self.scope.state.cc, INT)

    def at(self, index: tuple[Index, ...]) -> Store:
        raise Problem("the condition code is one number, with no parts", "take bits of it with >> and &")

    def viewed(self, name: str) -> Store:
        raise Problem(f"the condition code is four bits, and nothing of type {name}")

    def target(self, text: str) -> Target:
        return Target(text, target.REGISTER, CONDITION_CODE, element_bytes=1, dtype=self.type)

    def put(self, value: Value) -> Change:
        number = int(converted(scalar(value, self.name), "u8"))
        if number >= CODES:
            raise Problem(f"the condition code cannot be {number}; it has four bits, 0 to {CODES - 1}")
        return lambda machine: machine.engine.set_state(replace(machine.state, cc=number))
