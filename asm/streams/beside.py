"""Values side by side on streams, as `transpose` takes and makes them: sixteen streams are four values of 4 bytes."""

from __future__ import annotations

from collections.abc import Sequence

from asm.streams.burst import Channel
from asm.streams.graph import Node
from asm.streams.route import Unfit
from isa.diagnostics import Note
from isa.machine import SLICES_PER_QUAD
from isa.row import READ, STREAM, Operand


def parts(operand: Operand) -> int:
    """The values that an operand takes or makes."""
    return operand.groups * operand.width // SLICES_PER_QUAD if operand.groups > 1 else 1


def part_width(operand: Operand) -> int:
    """The bytes of each of them."""
    return SLICES_PER_QUAD if operand.groups > 1 else operand.width


def part_field(operand: Operand, number: int) -> str:
    """The name of a source: that of the field, and of the values after the first with their number."""
    return operand.fields[0] + (f"+{number}" if number else "")


def side_by_side(node: Node, sources: dict[str, Channel], outputs: Sequence[Channel]) -> dict[str, Channel]:
    """Make what several streams are needed for stand on adjacent ones; the sources by field. Raises Unfit."""
    for operand in node.op.row.operands:
        if operand.kind == STREAM and operand.groups > 1:
            names = [part_field(operand, number) for number in range(parts(operand))]
            join(node, [sources[name] for name in names] if operand.role == READ else list(outputs))
            sources = {name: source for name, source in sources.items() if name not in names[1:]}
    return sources


def join(node: Node, channels: list[Channel]) -> None:
    """Make values take adjacent streams. Raises Unfit when they cannot."""
    for channel in channels:
        if channel.west is not channels[0].west:
            message = f"`{channels[0].name}` and `{channel.name}` flow in two directions, and stand on adjacent streams"
            note = Note(f"`{node.statement.mnemonic}` is here", node.place)
            help_ = "`vmov.u32` sends what a plane makes the way of all others"
            raise Unfit("E-STREAM", message, node.place, (note,), help_)
        channel.beside = channels
