"""What to say when a run of linear tensor code has no schedule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from asm.streams.burst import Channel, Piece
from asm.streams.graph import ANYWHERE, Node
from asm.streams.route import Unfit
from asm.streams.table import BANK, REGISTER, STREAM, Conflict
from isa.diagnostics import Note
from isa.machine import MachineSpec
from isa.units import SLICE, SXM

SPLIT = "let less wait: store a value and load it again further down, or split the run: `nop 1` ends it"
TOGETHER = "what shares values runs at once: store a value half-way, and load it again further down"
OTHER_SWITCH = "the other switch has as many: pin one to it, or leave the pin out"
OTHER_SIDE = "tensors on the other side of the vector unit come on streams of the other direction"
OTHER_BANK = "a bank does one access a cycle: put one of the tensors in another, or write `@ auto`"
OTHER_TENSOR = "a bank does one access a cycle: store to another tensor, in another bank"
OTHER_SLICES = "a slice has one such port: put one of the tensors in other slices, or write `@ auto`"
OTHER_ROWS = "a slice has one such port: rows that are wanted at once lie in tensors of their own, in different slices"


def no_room(conflict: Conflict, pieces: Sequence[Piece], spec: MachineSpec) -> Unfit:
    """E-SCHEDULE: what two bursts want at once, or what more want at once than there is."""
    return _too_few(conflict, pieces, spec) if conflict.available > 1 else _wanted_twice(conflict, pieces)


# One that two want ------------------------------------------------------------------------------
def _wanted_twice(conflict: Conflict, pieces: Sequence[Piece]) -> Unfit:
    piece, holder = conflict.piece, conflict.holder
    message = f"{_what(piece)} needs {conflict.what} while {_what(holder)} does, and neither can wait"
    notes = (Note(f"{_what(holder)} is here", holder.node.place),) if holder.node is not piece.node else ()
    return Unfit("E-SCHEDULE", message, piece.node.place, notes, _later(conflict, pieces) or _apart(conflict))


def _later(conflict: Conflict, pieces: Iterable[Piece]) -> str:
    """What lets statements that are pinned to cycles wait for others that are not with them."""
    nodes = list(dict.fromkeys(piece.node for piece in pieces))
    pinned = [node for node in nodes if node.op.cycle_pin is not None]
    if not pinned or conflict.holder.node in nodes:
        return ""
    node = conflict.piece.node if conflict.piece.node in pinned else pinned[0]
    assert node.op.cycle_pin is not None
    of = "" if node is conflict.piece.node else f" of `{node.statement.mnemonic}` in line {node.place.line}"
    return f"the pin{of} is in its way: `!cycle={node.op.cycle_pin + conflict.later}` lets it wait, or leave it out"


def _apart(conflict: Conflict) -> str:
    """Where one of the two could go."""
    piece, nodes = conflict.piece, (conflict.piece.node, conflict.holder.node)
    same = nodes[0].tensor == nodes[1].tensor
    if conflict.kind == BANK:
        return OTHER_TENSOR if same else OTHER_BANK
    if conflict.kind == STREAM:
        return f"a value named `%a` goes where there is room; one of them need not be {conflict.what}"
    if piece.row.units.where == SLICE:
        return OTHER_ROWS if same else OTHER_SLICES
    if any(map(_names_its_unit, nodes)):
        return f"leave {conflict.what} out of one of them, and the assembler finds another"
    if piece.row.units.where == SXM:
        return OTHER_SWITCH if _is_pinned(nodes) else TOGETHER
    return SPLIT


def _names_its_unit(node: Node) -> bool:
    return node.op.unit_pin != ANYWHERE or any(value.pin != ANYWHERE for value in node.results)


def _is_pinned(nodes: Iterable[Node]) -> bool:
    """Whether all are pinned to one switch."""
    return all(node.hemisphere != ANYWHERE for node in nodes)


# Less than is wanted ----------------------------------------------------------------------------
def _too_few(conflict: Conflict, pieces: Sequence[Piece], spec: MachineSpec) -> Unfit:
    piece = conflict.piece
    owner = "a switch" if piece.row.units.where == SXM and conflict.kind != STREAM else spec.name
    needed, waiting = _needed(conflict, pieces, spec)
    message = f"{needed} are needed at once; {owner} has {conflict.available}"
    if owner == "a switch" and _is_pinned([piece.node]):
        help_ = OTHER_SWITCH
    else:
        help_ = SPLIT if waiting else OTHER_SIDE if conflict.kind == STREAM else TOGETHER
    return Unfit("E-SCHEDULE", message, piece.node.place, tuple(_longest(pieces)) if waiting else (), help_)


def _needed(conflict: Conflict, pieces: Sequence[Piece], spec: MachineSpec) -> tuple[str, int]:
    """How many of the units, or of the groups of streams, some pieces take in the busiest cycle, and how many of them
    for what only waits."""
    if conflict.kind == REGISTER:
        return f"more than {conflict.available} {conflict.what}", 0
    if conflict.kind == STREAM:
        peak = _beside(conflict.piece, pieces)
        groups = _groups(peak, spec.streams // conflict.available)
        found = f"{groups}" if groups > conflict.available else f"more than {conflict.available}"
    else:
        rivals = [piece for piece in pieces if (piece.row.units, piece.position) == _kind(conflict.piece)]
        peak = max((_running(rivals, piece.time) for piece in rivals), key=len)
        found = f"{len(peak)}"
    waiting = sum(not piece.own for piece in peak)
    return f"{found} {conflict.what}" + (f" ({waiting} of them for what waits)" if waiting else ""), waiting


def _kind(piece: Piece) -> tuple[object, int]:
    return piece.row.units, piece.position


def _running(pieces: Sequence[Piece], time: int) -> list[Piece]:
    return [piece for piece in pieces if piece.time <= time < piece.time + piece.span]


def _beside(piece: Piece, pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces whose streams are beside that of one at the place where most are, all in one cycle."""
    first = piece.result
    assert first is not None
    step = 1 if first.reach >= first.start else -1
    places = range(first.start, first.reach, step) or [first.start]
    return max((_passing(first, place, pieces) for place in places), key=len)


def _passing(first: Channel, place: int, pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces whose results pass a place together with those of a channel, the same way."""
    found = []
    for piece in pieces:
        channel = piece.result
        if channel is not None and channel.west is first.west and _is_on_its_way(channel, place):
            early = channel.at(place) <= first.at(place) + _rest(first)
            found += [piece] if early and first.at(place) <= channel.at(place) + _rest(channel) else []
    return found


def _groups(pieces: Iterable[Piece], size: int) -> int:
    """The groups of streams of a size that the results of pieces fill."""
    return -(-sum(piece.result.width for piece in pieces if piece.result is not None) // size)


def _is_on_its_way(channel: Channel, place: int) -> bool:
    """Whether a stream carries a value on from a place."""
    if place == channel.start:
        return True
    return min(channel.start, channel.reach) < place < max(channel.start, channel.reach)


def _rest(channel: Channel) -> int:
    """The cycles from the first element to the last."""
    return (channel.count - 1) * channel.spacing


def _longest(pieces: Iterable[Piece]) -> Iterable[Note]:
    """The value that takes most units on its way."""
    taken = Counter((piece.node, piece.result.name) for piece in pieces if not piece.own and piece.result is not None)
    for (node, name), count in taken.most_common(1):
        value = next(value for value in node.results if value.name == name)
        last = max(value.users, key=lambda user: user[0].number)[0]
        waits = f"`{name}` takes {count} units to wait until `{last.statement.mnemonic}` in line {last.place.line}"
        yield Note(waits, value.place)


def _what(piece: Piece) -> str:
    """A burst, for messages."""
    written = f"`{piece.node.statement.mnemonic}`"
    if not piece.own:
        return f"what {written} makes and has to wait"
    return f"{written} of `{piece.node.tensor}`" if piece.node.tensor else written
