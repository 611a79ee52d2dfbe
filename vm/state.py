"""The architectural state as a value: how a run starts, and what is no state at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from isa.conditions import RESET
from isa.faults import CONDITION_CODE
from isa.machine import MachineSpec
from isa.table import SCALAR_ROWS, TENSOR_ROWS
from isa.units import UNIT_NAMES
from vm.engine import InFlight, Loop, State
from vm.items import Burst
from vm.tensor_state import check_items

REGISTERS = 32
WORD = 1 << 32
MAX_CYCLE = 1 << 62
MAX_LATENCY = max(row.latency for row in SCALAR_ROWS)
MAX_TENSOR_LATENCY = max(row.latency for row in TENSOR_ROWS)
MAX_IN_FLIGHT = 256  # more than all units can have under way
MAX_OPS = len(UNIT_NAMES)  # of a bundle: one a unit
NOWHERE = -1
COUNT_LIMIT = 1 << 64
SYLLABLE_BYTES = 8
GUARDS = 2  # syllables that are no bundle, around what is appended to a program


def initial_state(spec: MachineSpec, entry: int) -> State:
    """Registers zero, the condition code equal, nothing in flight, `pc` at the entry address."""
    if not 0 <= entry <= spec.text_syllables:
        raise ValueError(f"the entry address is {entry}; it must be between 0 and {spec.text_syllables}")
    return State(0, entry, (0,) * REGISTERS, RESET, (), (), 0, False, 0)


def check_state(spec: MachineSpec, state: State) -> None:
    """Raises ValueError naming the first number that no run of this machine could have reached."""
    for name, value, low, high in _ranges(spec, state):
        if not low <= value < high:
            raise ValueError(f"{name} is {value}; it must be between {low} and {high - 1}")
    if len(state.registers) != REGISTERS:
        raise ValueError(f"a state has {REGISTERS} registers, not {len(state.registers)}")
    if len(state.loops) > spec.loop_depth:
        raise ValueError(f"the loop stack holds {len(state.loops)} entries; {spec.loop_depth} fit")
    if len(state.in_flight) > MAX_IN_FLIGHT:
        raise ValueError(f"{len(state.in_flight)} writes are in flight; at most {MAX_IN_FLIGHT} can be")
    order = [(write.landing, write.register) for write in state.in_flight]
    if order != sorted(set(order)):
        raise ValueError("writes in flight must be ordered by landing cycle and register, each pair once")
    jump = (state.jump_pc, state.jump_slot, state.jump_cycle)
    if NOWHERE in jump and set(jump) != {NOWHERE}:
        raise ValueError(
            f"the last jump was at {jump[0]}, slot {jump[1]}, in cycle {jump[2]}; all must be {NOWHERE}, or none"
        )
    check_items(spec, state.cycle, state.tensor)


def check_room(spec: MachineSpec, length: int, added: int) -> None:
    """Raises ValueError when so many syllables cannot be appended to a text of so many."""
    room = max(0, spec.text_syllables - length - GUARDS)
    if added > room:
        raise ValueError(f"{added} more syllables do not fit; {spec.name} has room for {room}")


def check_counts(length: int, counts: Mapping[int, int]) -> None:
    """Raises ValueError for an address outside a text of so many syllables, or a count that is none."""
    for address, count in counts.items():
        if not 0 <= address < length:
            raise ValueError(f"at address {address}, where none is")
        if not 0 <= count < COUNT_LIMIT:
            raise ValueError(f"at address {address} {count} times")


def is_over(state: State) -> bool:
    """Whether nothing is fetched, runs or lands any more."""
    if not state.fetch_ended or state.in_flight or state.cycle < state.settled:
        return False
    return not any(isinstance(item, Burst) for item in state.tensor)


def _ranges(spec: MachineSpec, state: State) -> Iterator[tuple[str, int, int, int]]:
    """(name, value, least, one past the most) of every number of a state."""
    yield "cycle", state.cycle, 0, MAX_CYCLE
    yield "pc", state.pc, 0, WORD
    yield "cc", state.cc, 0, 16
    yield "next_fetch", state.next_fetch, 0 if state.fetch_ended else state.cycle, MAX_CYCLE
    yield "settled", state.settled, 0, state.cycle + MAX_TENSOR_LATENCY
    yield "exit_code", state.exit_code, 0, 256
    yield "jump_pc", state.jump_pc, NOWHERE, WORD
    yield "jump_slot", state.jump_slot, NOWHERE, MAX_OPS
    yield "jump_cycle", state.jump_cycle, NOWHERE, MAX_CYCLE
    for number, value in enumerate(state.registers):
        yield f"r{number}", value, 0, WORD
    for write in state.in_flight:
        yield from _write_ranges(state, write)
    for loop in state.loops:
        yield from _loop_ranges(spec, loop)


def _write_ranges(state: State, write: InFlight) -> Iterator[tuple[str, int, int, int]]:
    yield "the register of a write in flight", write.register, 0, CONDITION_CODE + 1
    yield "the value of a write in flight", write.value, 0, 16 if write.register == CONDITION_CODE else WORD
    yield "the landing cycle of a write in flight", write.landing, state.cycle + 1, write.issued + MAX_LATENCY + 1
    yield "the issue cycle of a write in flight", write.issued, 0, state.cycle
    yield "the bundle of a write in flight", write.pc, 0, WORD
    yield "the slot of a write in flight", write.slot, 0, MAX_OPS


def _loop_ranges(spec: MachineSpec, loop: Loop) -> Iterator[tuple[str, int, int, int]]:
    yield "the end of a loop", loop.end, 1, spec.text_syllables + 1
    yield "the start of a loop", loop.start, 0, loop.end
    yield "the rounds left of a loop", loop.remaining, 1, WORD >> 1


def text_length(spec: MachineSpec, text: bytes) -> int:
    """Syllables of a text. Raises ValueError when it is no whole number of them or too long for the machine."""
    length, rest = divmod(len(text), SYLLABLE_BYTES)
    if rest:
        raise ValueError(f"text of {len(text)} bytes is no whole number of {SYLLABLE_BYTES}-byte syllables")
    if length > spec.text_syllables:
        raise ValueError(f"the text has {length} syllables; {spec.name} holds {spec.text_syllables}")
    return length
