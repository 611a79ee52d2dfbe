"""Maps of `permute` and `distribute`: values that wait in a map register of a switch for as long as they are used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from asm.operands.slot import form_of
from asm.streams.burst import Channel, Piece
from asm.streams.graph import LOAD_MAP, MAP
from asm.streams.route import Plan
from isa.row import READ

SOURCE = next(operand for operand in LOAD_MAP.operands if operand.role == READ)


def map_loads(plan: Plan, pieces: Iterable[Piece]) -> Iterator[Piece]:
    """What loads the maps that pieces use: each once in every cycle and place in which it is taken."""
    users: dict[tuple[Channel, int, int], list[Piece]] = {}
    for piece in pieces:
        if piece.map is not None:
            when = plan.taken(piece.node.sources[MAP], (piece.node, MAP))
            users.setdefault((piece.map, piece.position, when), []).append(piece)
    for (channel, position, when), group in users.items():
        loads = [_load(channel, position, when + i * channel.spacing, group[0]) for i in range(channel.count)]
        loads[0].team = [*loads[1:], *group]
        yield from loads


def _load(channel: Channel, position: int, time: int, user: Piece) -> Piece:
    """One map into the register; its number is chosen with all that use it."""
    values = dict(zip(LOAD_MAP.format.names, form_of(LOAD_MAP).blank, strict=True)) | {"hemi": user.values["hemi"]}
    piece = Piece(user.node, LOAD_MAP, values, time, position, LOAD_MAP.latency, 1, 1)
    piece.sources = {SOURCE.fields[0]: channel}
    return piece
