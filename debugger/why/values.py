"""What spots hold, as bits, as numbers and in words."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Protocol

from debugger.why.contents import Contents
from debugger.why.spots import ACCUMULATOR, ARRAY, BUFFER, EXIT, MAP, MEMORY, REGISTER, STREAMS, Spot, V
from isa.conditions import EQ, LT, LTU, UN
from isa.faults import CONDITION_CODE
from isa.types import TYPES
from vm.engine import State
from vm.items import Accumulator, Exit, Map

NOTHING = "nothing"
HALF, SINGLE, BRAIN_SHIFT = "<e", "<f", 16
LARGE = 1 << 16  # words of no known type above this are shown in hexadecimal, too
CONDITION_NAMES = ((EQ, "equal"), (LT, "less"), (LTU, "less unsigned"), (UN, "unordered"))


class Held(Protocol):
    """What can be asked for what was held in a cycle, as a Replay can."""

    def state(self, cycle: int) -> State: ...

    def contents(self, cycle: int) -> Contents: ...

    def memory(self, cycle: int, addresses: Sequence[int]) -> tuple[bytes, bool]: ...


def bits(replay: Held, spot: Spot) -> int | None:
    """The bits that a spot holds; None where it holds nothing."""
    if spot.kind == REGISTER:
        state = replay.state(spot.cycle)
        return state.cc if spot.number == CONDITION_CODE else state.registers[spot.number] & (1 << 8 * spot.width) - 1
    if spot.kind == MEMORY:
        data, written = replay.memory(spot.cycle, spot.addresses)
        return int.from_bytes(data, "little") if written else None
    return tensor_bits(replay, spot)


def tensor_bits(replay: Held, spot: Spot) -> int | None:
    held = replay.contents(spot.cycle)
    if spot.kind == STREAMS:
        return held.streams(spot.number, spot.width, spot.place, spot.lane)
    if spot.kind == V:
        return held.vector(spot.number, spot.width, spot.lane)
    if spot.kind in (ARRAY, BUFFER):
        return held.weight(spot.place, spot.kind == ARRAY, spot.number, spot.lane, spot.width)
    if spot.kind == ACCUMULATOR:
        return held.words((Accumulator, spot.place, spot.number), spot.width, spot.lane)
    if spot.kind == EXIT:
        return held.words((Exit, spot.place, spot.cycle), spot.width, spot.lane)
    assert spot.kind == MAP
    return held.words((Map, spot.place, spot.number), spot.width, spot.lane)


# Numbers --------------------------------------------------------------------------------------
def as_number(held: int, type_: str) -> int | float:
    """Bits as a number of an element type; of a type not known, unsigned."""
    t = TYPES.get(type_)
    if t is None:
        return held
    if t.kind == "f":
        return as_float(held, type_)
    held &= (1 << t.bits) - 1
    return held - (1 << t.bits) if t.kind == "i" and held >> (t.bits - 1) else held


def as_float(held: int, type_: str) -> float:
    """The value of the bits of an f16, bf16 or f32."""
    if type_ == "f16":
        (found,) = struct.unpack(HALF, held.to_bytes(2, "little"))
    else:
        word = held << BRAIN_SHIFT if type_ == "bf16" else held
        (found,) = struct.unpack(SINGLE, word.to_bytes(4, "little"))
    return float(found)


def text(held: int | None, type_: str, width: int = 4) -> str:
    """Bits in words: a number of their type; of none known, as an unsigned one."""
    if held is None:
        return NOTHING
    t = TYPES.get(type_)
    if t is None or (t.planes != width and t.kind == "f"):
        return untyped(held, width)
    if t.kind != "f":
        return str(as_number(held, type_))
    return float_text(held, type_)


def float_text(held: int, type_: str) -> str:
    """The shortest decimal number that is these bits; NaN with its bits where it is not the canonical one."""
    from asm.names.floats import decimal_text

    return decimal_text(held, TYPES[type_]) or repr(as_float(held, type_))


def untyped(held: int, width: int) -> str:
    """A word of no known type: unsigned, and what else it may be."""
    if width < 4 or held < LARGE:
        return str(held)
    as_f32 = as_float(held, "f32")
    also = f", {as_f32:g} as f32" if 1e-6 < abs(as_f32) < 1e9 else ""
    signed = held - (1 << 32) if held >> 31 else held
    return f"{signed} ({held:#x}{also})"


def condition_text(held: int) -> str:
    """The condition code in words."""
    return ", ".join(name for bit, name in CONDITION_NAMES if held & bit) or "greater"


def number_text(number: int | float, type_: str) -> str:
    """A number as it is shown among others: floats to seven digits."""
    return f"{number:.7g}" if type_ in TYPES and TYPES[type_].kind == "f" else str(number)
