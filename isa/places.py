"""What a 7-bit operand of the vector unit can name: a stream, a v register, a scalar register; streams by name."""

from __future__ import annotations

STREAMS = 32  # per direction, in the encoding
WEST_FLOW = STREAMS  # the number of sw0; below it streams flow east
V_REGISTERS = 64  # the number of v0
V_COUNT = 16
SCALARS = 96  # the number of r0
SCALAR_COUNT = 32
LANE_BYTES = 4  # a v register and an accumulator row hold this many bytes a lane


def is_stream(number: int) -> bool:
    return 0 <= number < V_REGISTERS


def is_v(number: int) -> bool:
    return V_REGISTERS <= number < V_REGISTERS + V_COUNT


def is_scalar(number: int) -> bool:
    return SCALARS <= number < SCALARS + SCALAR_COUNT


def flows_west(stream: int) -> bool:
    return stream >= WEST_FLOW


def place_name(number: int) -> str:
    """`se4`, `sw0`, `v3` or `r8` of an operand's number; `?80` of one that names nothing."""
    for known, first, prefix in (
        (is_scalar(number), SCALARS, "r"),
        (is_v(number), V_REGISTERS, "v"),
        (is_stream(number) and flows_west(number), WEST_FLOW, "sw"),
        (is_stream(number), 0, "se"),
    ):
        if known:
            return f"{prefix}{number - first}"
    return f"?{number}"
