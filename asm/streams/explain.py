"""What to say when a run of linear tensor code has no schedule."""

from __future__ import annotations

from collections.abc import Sequence

from asm.streams.burst import Piece
from asm.streams.route import Unfit
from asm.streams.table import BANK, REGISTER, STREAM, Conflict
from isa.diagnostics import Note
from isa.machine import MachineSpec
from isa.units import SLICE, SXM

SPLIT = "let less wait: store a value and load it again further down, or split the run at a label"
OTHER_BANK = "a bank does one access a cycle: put one of the tensors in another, or write `@ auto`"
OTHER_SLICES = "a slice has one such port: put one of the tensors in other slices, or write `@ auto`"


def no_room(conflict: Conflict, pieces: Sequence[Piece], spec: MachineSpec) -> Unfit:
    """E-SCHEDULE: what two bursts want at once, or what more want at once than there is."""
    piece, holder = conflict.piece, conflict.holder
    if conflict.available > 1:
        owner = "a switch" if piece.row.units.where == SXM and conflict.kind != STREAM else spec.name
        message = f"{_needed(conflict, pieces)} are needed at once; {owner} has {conflict.available}"
        return Unfit("E-SCHEDULE", message, piece.node.place, help=SPLIT)
    message = f"{_what(piece)} needs {conflict.what} while {_what(holder)} does, and neither can wait"
    notes = (Note(f"{_what(holder)} is here", holder.node.place),) if holder.node is not piece.node else ()
    port = OTHER_SLICES if piece.row.units.where == SLICE else SPLIT
    return Unfit("E-SCHEDULE", message, piece.node.place, notes, OTHER_BANK if conflict.kind == BANK else port)


def _needed(conflict: Conflict, pieces: Sequence[Piece]) -> str:
    """How many of the units, or of the groups of streams, some pieces take in the busiest cycle."""
    if conflict.kind in (STREAM, REGISTER):
        return f"more than {conflict.available} {conflict.what}"
    rivals = [piece for piece in pieces if (piece.row.units, piece.position) == _kind(conflict.piece)]
    peak = max((_running(rivals, piece.time) for piece in rivals), key=len)
    waiting = sum(not piece.own for piece in peak)
    return f"{len(peak)} {conflict.what}" + (f" ({waiting} of them for what waits)" if waiting else "")


def _kind(piece: Piece) -> tuple[object, int]:
    return piece.row.units, piece.position


def _running(pieces: Sequence[Piece], time: int) -> list[Piece]:
    return [piece for piece in pieces if piece.time <= time < piece.time + piece.span]


def _what(piece: Piece) -> str:
    """A burst, for messages."""
    written = f"`{piece.node.statement.mnemonic}`"
    if not piece.own:
        return f"what {written} makes and has to wait"
    return f"{written} of `{piece.node.tensor}`" if piece.node.tensor else written
