"""What to say when a run of linear tensor code has no schedule."""

from __future__ import annotations

from asm.streams.route import Piece, Unfit
from asm.streams.table import BANK, Conflict
from isa.diagnostics import Note
from isa.machine import MachineSpec
from isa.units import SLICE

SPLIT = "store a value and load it again further down, or let fewer statements share values"
ELSEWHERE = "put one of the tensors in another place, or write `@ auto`"


def no_room(conflict: Conflict, spec: MachineSpec) -> Unfit:
    """E-SCHEDULE: the resource that two bursts want at once, or that too many want."""
    piece, holder = conflict.piece, conflict.holder
    notes = (Note(f"{_what(holder)} is the other", holder.node.place),) if holder.node is not piece.node else ()
    if conflict.available > 1:
        message = f"{_what(piece)} finds none of the {conflict.available} {conflict.what} of {spec.name} free"
        return Unfit("E-SCHEDULE", f"{message}: {conflict.needed} are needed at once", piece.node.place, help=SPLIT)
    message = f"{_what(piece)} and {_what(holder)} need {conflict.what} at the same time, and neither can wait"
    help_ = ELSEWHERE if conflict.kind == BANK or piece.row.units.where == SLICE else SPLIT
    return Unfit("E-SCHEDULE", message, piece.node.place, notes, help_)


def _what(piece: Piece) -> str:
    statement = piece.node.statement
    written = f"`{statement.mnemonic}`"
    return written if piece.own else f"what waits of {written}"
