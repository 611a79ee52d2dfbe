"""Straight programs of scalar and tensor statements, each with what it does to a state: one statement at a time, with
NumPy, without a word about cycles, streams or units.

Registers are few and rows overlap, so that statements depend on each other in every way.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from isa.machine import LPU_TINY
from isa.records import NamedTuple, dataclass, field

Array: TypeAlias = NDArray[np.uint32]
LANES = LPU_TINY.lanes
ROWS, WORDS = 6, 5
FIRST = 4  # rows that a register in [0, 3] adds to stay inside
REGISTERS = ("r1", "r2", "r3", "k", "r9")
TENSORS = {"s": "mw0", "t": "me4", "u": "mw4"}  # and the first of the four slices of each
PLACES = {"s": "mw0..mw3.0", "t": "me4..me7.0", "u": "mw4..mw7.1"}
BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "xor": np.bitwise_xor,
    "and": np.bitwise_and,
}
SELECTS: dict[str, Callable[[Any, Any], Any]] = {"sel.eq": np.equal, "sel.ltu": np.less, "sel.ne": np.not_equal}


@dataclass(slots=True)
class State:
    """`values` are those of streams, `compared` the last two that were compared."""

    registers: dict[str, np.uint32]
    words: Array
    tensors: dict[str, Array]
    values: dict[str, Array] = field(default_factory=dict)
    compared: tuple[np.uint32, np.uint32] = (np.uint32(0), np.uint32(0))


class Step(NamedTuple):
    """A statement and what it does."""

    text: str
    effect: Callable[[State], None]


def header() -> str:
    """The data that programs work on."""
    lines = [f".tensor {name}: u32[{ROWS}, {LANES}] @ {place}" for name, place in PLACES.items()]
    lines += [".reg k", f".array w: u32[{WORDS}] @ mw0.0", f".array p: u32[{len(REGISTERS)}] @ mw7.0"]
    return "\n".join([*lines, *(f".input {name}" for name in (*PLACES, "w", "p"))])


def meaning(steps: list[Step], state: State) -> State:
    """What is left when statements are done one after the other."""
    with np.errstate(over="ignore"):
        for step in steps:
            step.effect(state)
    return state


# Effects ----------------------------------------------------------------------------------------
def _put(register: str, value: Callable[[State], Any], state: State) -> None:
    state.registers[register] = np.uint32(value(state))


def _compute(name: str, a: str, b: str | int, state: State) -> Any:
    return BINARY[name](state.registers[a], state.registers[b] if isinstance(b, str) else np.uint32(b))


def _select(name: str, a: str, b: str, state: State) -> Any:
    return state.registers[a if SELECTS[name](*state.compared) else b]


def _compare(a: str, b: str, state: State) -> None:
    state.compared = state.registers[a], state.registers[b]


def _word(index: int, base: str, state: State) -> int:
    return index + int(state.registers[base] if base else 0)


def _store_word(index: int, base: str, a: str, state: State) -> None:
    state.words[_word(index, base, state)] = state.registers[a]


def _store_lane(tensor: str, row: int, base: str, lane: int, a: str, state: State) -> None:
    state.tensors[tensor][_word(row, base, state), lane] = state.registers[a]


def _load(value: str, tensor: str, row: int, base: str, count: int, state: State) -> None:
    first = _word(row, base, state)
    state.values[value] = state.tensors[tensor][first : first + count].copy()


def _store(tensor: str, row: int, base: str, value: str, state: State) -> None:
    first = _word(row, base, state)
    state.tensors[tensor][first : first + len(state.values[value])] = state.values[value]


def _vector(name: str, value: str, a: str, b: str | int, state: State) -> None:
    other: Any = state.values[b] if b in state.values else state.registers[b] if isinstance(b, str) else np.uint32(b)
    state.values[value] = BINARY[name](state.values[a], other)


# Programs ---------------------------------------------------------------------------------------
class Writer:
    """Draws steps; `open` are values with their lengths that something still has to take."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.steps: list[Step] = []
        self.open: dict[str, int] = {}
        self.made = 0

    def program(self) -> list[Step]:
        kinds = (self.scalar, self.scalar, self.select, self.word, self.lane, self.load, self.vector, self.store)
        for _ in range(self.draw(st.integers(1, 16))):
            self.draw(st.sampled_from(kinds))()
        while self.open:
            self.store()
        return self.steps

    def add(self, text: str, effect: Callable[..., None], *arguments: object) -> None:
        self.steps.append(Step(text, partial(effect, *arguments)))

    def register(self) -> str:
        return self.draw(st.sampled_from(REGISTERS))

    def scalar(self) -> None:
        rd, ra = self.register(), self.register()
        name = self.draw(st.sampled_from(list(BINARY)))
        b = self.draw(st.sampled_from(REGISTERS) | st.integers(0, 9))
        self.add(f"{name} {rd}, {ra}, {b}", _put, rd, partial(_compute, name, ra, b))

    def select(self) -> None:
        a, b, rd = self.register(), self.register(), self.register()
        name = self.draw(st.sampled_from(list(SELECTS)))
        if self.draw(st.booleans()):
            self.add(f"cmp {a}, {b}", _compare, a, b)
        self.add(f"{name} {rd}, {a}, {b}", _put, rd, partial(_select, name, a, b))

    def base(self) -> str:
        """A register that holds 0 to 3, or none."""
        if not self.draw(st.booleans()):
            return ""
        register = self.register()
        self.add(f"and {register}, {register}, 3", _put, register, partial(_compute, "and", register, 3))
        return register

    def word(self) -> None:
        base = self.base()
        index, rd = self.draw(st.integers(0, WORDS - FIRST)), self.register()
        place = f"[w + {index}{' + ' + base if base else ''}]"
        if self.draw(st.booleans()):
            self.add(f"ld {rd}, {place}", _put, rd, lambda state: state.words[_word(index, base, state)])
        else:
            self.add(f"st {place}, {rd}", _store_word, index, base, rd)

    def lane(self) -> None:
        base = self.base()
        tensor, rd = self.draw(st.sampled_from(list(TENSORS))), self.register()
        row, lane = self.draw(st.integers(0, ROWS - FIRST)), self.draw(st.integers(0, LANES - 1))
        place = f"{TENSORS[tensor]}[{tensor} + {row}{' + ' + base if base else ''}], {lane}"
        if self.draw(st.booleans()):
            self.add(
                f"ldl.4 {rd}, {place}", _put, rd, lambda state: state.tensors[tensor][_word(row, base, state), lane]
            )
        else:
            self.add(f"stl.4 {place}, {rd}", _store_lane, tensor, row, base, lane, rd)

    # Values -----------------------------------------------------------------------------------
    def name(self, count: int) -> str:
        self.made += 1
        self.open[f"%v{self.made}"] = count
        return f"%v{self.made}"

    def rows(self, count: int) -> tuple[str, int, str, str]:
        """A tensor, a row and a register of a burst, and how that is written."""
        base = self.base()
        tensor = self.draw(st.sampled_from(list(TENSORS)))
        row = 0 if base else self.draw(st.integers(0, ROWS - count))
        return tensor, row, base, f"row={base or row}"

    def load(self) -> None:
        count = self.draw(st.integers(1, ROWS - FIRST + 1))
        tensor, row, base, place = self.rows(count)
        value = self.name(count)
        self.add(f"vload {value}, {tensor}, {place}, n={count}", _load, value, tensor, row, base, count)

    def vector(self) -> None:
        if not self.open:
            return
        a = self.draw(st.sampled_from(list(self.open)))
        count = self.open.pop(a)
        same = [other for other in self.open if self.open[other] == count]
        b = self.draw(st.sampled_from([a, *same, *REGISTERS]) | st.integers(0, 9))
        self.open.pop(b, None) if isinstance(b, str) else None
        name = self.draw(st.sampled_from(list(BINARY)))
        value = self.name(count)
        suffix = ".i32.w" if name in ("add", "sub", "mul") else ".i32"
        self.add(f"v{name}{suffix} {value}, {a}, {b}", _vector, name, value, a, b)

    def store(self) -> None:
        if not self.open:
            return
        value = self.draw(st.sampled_from(list(self.open)))
        count = self.open.pop(value)
        tensor, row, base, place = self.rows(count)
        self.add(f"vstore {tensor}, {value}, {place}", _store, tensor, row, base, value)


class Program(list[Step]):
    """Steps that show as text when a test fails."""

    def __repr__(self) -> str:
        return "\n" + "\n".join(step.text for step in self)


@st.composite
def mixed_programs(draw: st.DrawFn) -> Program:
    return Program(Writer(draw).program())
