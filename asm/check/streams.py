"""Rules of streams, v registers and exits (docs/machine.md, sections 11, 15, 16 and 18), on the events of a stretch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import numpy as np

from asm.check.bursts import EXITS, Burst, cycles, hops, name_of, names_of
from asm.check.events import NONE, Array, Block, Events, Mask
from asm.check.stretch import Stretch, Timed
from isa.diagnostics import WARNING, Diagnostic, Note
from isa.machine import MachineSpec
from isa.places import is_stream
from isa.records import NamedTuple

T = TypeVar("T", bound=np.dtype[Any])


def check_streams(stretch: Stretch, spec: MachineSpec) -> Iterator[Diagnostic]:
    """E-STREAM-EMPTY, E-STREAM-TORN, E-STREAM-CLASH, E-ACC-EMPTY, E-TYPE, E-WRITE-CLASH, W-STREAM-LOST."""
    if not any(timed.burst.samples or timed.burst.results for timed in stretch.ops):
        return
    events = Events(stretch, spec)
    certain = (events.cycle >= stretch.settled) & (events.cycle <= stretch.end) & (events.cycle < stretch.stop)
    doubtful = _doubtful_samples(events, certain) | (events.writes & _unsampled(events, stretch))
    for number in sorted(set(events.block[doubtful].tolist())):  # np.unique would import numpy.ma
        block = events.blocks[number]
        if block.writes:
            problem = _lost(events, block, stretch)
        elif is_stream(block.group.first) or block.group.first >= EXITS:
            problem = _empty(events, block, certain) or _torn(events, block, certain)
        else:
            problem = _narrow(events, block, certain, stretch)
        if problem is not None:
            yield problem
    yield from _clashes(events, stretch)


def _doubtful_samples(events: Events, certain: Mask) -> Mask:
    """The samples that may find nothing, no value as a whole, or too few bytes; of all others nothing can be said."""
    samples, met = certain & ~events.writes, events.met
    several = events.flows & (events.width > 1)
    leader = met[np.arange(len(met)) - np.where(several, events.byte * events.counts, 0)]
    whole = (events.result[met] == events.result[leader]) & (events.byte[met] == events.byte) & (leader != NONE)
    narrow = ~events.flows & ~events.exits & (events.width[met] < events.width)
    doubtful: Mask = samples & ((met == NONE) | (several & ~whole) | narrow)
    return doubtful


def _unsampled(events: Events, stretch: Stretch) -> Mask:
    """The values that are gone before the end of a stretch, and were not sampled."""
    dropped = np.where(events.flows, events.line + events.spec.positions, events.cycle)
    gone = np.where(events.over == NONE, dropped, events.cycle[events.over])
    lost: Mask = ~events.sampled & (events.cycle >= stretch.settled) & (gone < min(stretch.end, stretch.stop))
    return lost


def _matrix(block: Block, column: np.ndarray[Any, T]) -> np.ndarray[Any, T]:
    """A block's part of a column of events as [places of the group, elements]."""
    return column[block.first : block.first + block.size].reshape(block.group.size, block.count)


def _which(timed: Timed, element: int) -> str:
    """An op, or an element of its burst, at the start of a sentence."""
    return f"element {element} of `{timed.op.row.mnemonic}`" if timed.burst.count > 1 else f"`{timed.op.row.mnemonic}`"


# Nothing there ----------------------------------------------------------------------------------
def _empty(events: Events, block: Block, certain: Mask) -> Diagnostic | None:
    """E-STREAM-EMPTY or E-ACC-EMPTY for the first element that finds nothing."""
    missing = (_matrix(block, events.met) == NONE) & _matrix(block, certain)
    if not missing.any():
        return None
    element = int(missing.any(0).argmax())
    place = block.group.first + int(missing[:, element].argmax())
    cycle = int(events.cycle[block.first + element])
    timed = block.timed
    note, help = _mend(events, block, place, element)
    if place >= EXITS:
        code, message = "E-ACC-EMPTY", f"{_which(timed, element)} finds no result at {name_of(place)} in cycle {cycle}"
    else:
        code = "E-STREAM-EMPTY"
        where, which = timed.burst.where, _which(timed, element)
        message = f"{name_of(place)} is empty at {where} in cycle {cycle}, when {which} samples it"
    return Diagnostic(code, message, timed.op.operand_place(block.group.field), note, help, data={"element": element})


def _mend(events: Events, block: Block, place: int, element: int) -> tuple[tuple[Note, ...], str]:
    """The burst whose values were meant, and by how much the sampling one misses them."""
    timed, mnemonic = block.timed, block.timed.op.row.mnemonic
    first = block.first + (place - block.group.first) * block.count
    met = events.met[first : first + block.count]
    makers = {events.block_of(int(event)).timed for event in met[met != NONE][:1]}
    arrivals = [pair for pair in _arrivals(events, place, timed) if not makers or pair[1] in makers]
    if not arrivals:
        return (), f"nothing in this code puts a value on {name_of(place)} where it flows to {timed.burst.where}"
    arrives, maker = min(arrivals, key=lambda pair: abs(pair[0] - timed.cycle))
    late = arrives - timed.cycle
    if late:
        note = Note(f"the first value of `{maker.op.row.mnemonic}` gets there in cycle {arrives}", maker.op.place)
        return (note,), f"issue `{mnemonic}` {cycles(abs(late))} {'later' if late > 0 else 'earlier'}"
    note = Note(f"`{maker.op.row.mnemonic}` makes {_values(maker.burst)}", maker.op.place)
    return (note,), _lengths(met, element)


def _values(burst: Burst) -> str:
    return f"{burst.count} values" if burst.count > 1 else "one value"


def _lengths(met: Array, element: int) -> str:
    """What is said of a burst that begins together with its values, but not all of whose elements find one."""
    if (met[element:] != NONE).any():
        return "let the two bursts take the same time between elements"
    return f"its first {element} element{'s' * (element > 1)} find values: write n={element}, or make more of them"


def _arrivals(events: Events, place: int, user: Timed) -> Iterator[tuple[int, Timed]]:
    """When the first value of each burst that writes a place can be sampled by another op."""
    for block in events.blocks:
        if not block.writes or place not in block.group.places:
            continue
        maker = block.timed
        way = hops(place, maker.burst.position, user.burst.position) if is_stream(place) else 0
        if way > 0 or not is_stream(place):
            yield maker.cycle + maker.burst.latency + way, maker


# Something else there ---------------------------------------------------------------------------
class Part(NamedTuple):
    """What a stream of a group holds: byte `byte` of `width` of an element of a burst."""

    maker: Timed
    element: int
    byte: int
    width: int

    @property
    def text(self) -> str:
        which = _which(self.maker, self.element)
        return f"byte {self.byte} of {which}" if self.width > 1 else f"a single byte of {which}"


def _torn(events: Events, block: Block, certain: Mask) -> Diagnostic | None:
    """E-STREAM-TORN for the first element whose group is neither single bytes nor one result."""
    width = block.group.width
    if width == 1 or not is_stream(block.group.first):
        return None
    met = _matrix(block, events.met)
    known = ((met != NONE) & _matrix(block, certain)).all(0)
    parts = met.reshape(-1, width, block.count)  # [group, stream of the group, element]
    results, numbers = events.result[parts], np.arange(width)[:, None]
    whole = ((results == results[:, :1]) & (events.byte[parts] == numbers)).all(1)
    bad = known & ~(whole | (events.width[parts] == 1).all(1))
    if not bad.any():
        return None
    element = int(bad.any(0).argmax())
    group = int(bad[:, element].argmax())
    return _torn_message(block, element, group, [_part(events, int(event)) for event in parts[group, :, element]])


def _part(events: Events, event: int) -> Part:
    timed, element, place = events.element(event)
    width = events.block_of(event).group.width
    return Part(timed, element, place % width, width)


def _odd(parts: list[Part]) -> int:
    """The first that does not fit (docs/machine.md, section 19)."""
    first = parts[0]
    if first.width == 1:
        return next(k for k, part in enumerate(parts) if part.width != 1)
    expected = [first._replace(byte=k) for k in range(len(parts))]
    return next(k for k, pair in enumerate(zip(parts, expected, strict=True)) if pair[0] != pair[1])


def _torn_message(block: Block, element: int, group: int, parts: list[Part]) -> Diagnostic:
    base = block.group.first + group * block.group.width
    odd, first = _odd(parts), parts[0]
    streams, stream = names_of(range(base, base + len(parts))), name_of(base + odd)
    message = f"{_which(block.timed, element)} samples {streams} as one value, but {stream} holds {parts[odd].text}"
    notes = [Note(f"{stream} comes from here", parts[odd].maker.op.place)]
    if first.maker is not parts[odd].maker:
        notes.append(Note(f"{name_of(base)} comes from here", first.maker.op.place))
    place = block.timed.op.operand_place(block.group.field)
    return Diagnostic("E-STREAM-TORN", message, place, tuple(notes), "sample the bytes of one result, or single bytes")


def _narrow(events: Events, block: Block, certain: Mask, stretch: Stretch) -> Diagnostic | None:
    """E-TYPE for the first element that reads a v register wider than what was last written there."""
    met = _matrix(block, events.met)[0]
    widths, landed = events.width[met], events.cycle[met]
    bad = (met != NONE) & _matrix(block, certain)[0] & (landed >= stretch.settled) & (widths < block.group.width)
    if not bad.any():
        return None
    element = int(bad.argmax())
    maker, number, _ = events.element(int(met[element]))
    message = (
        f"{_which(block.timed, element)} reads {block.group.width} bytes of {name_of(block.group.first)}, "
        f"but {_which(maker, number)} wrote {int(widths[element])}"
    )
    note = Note("written here", maker.op.place)
    place = block.timed.op.operand_place(block.group.field)
    return Diagnostic("E-TYPE", message, place, (note,), "read it in the type it was written in")


# Two at once, and nobody there ------------------------------------------------------------------
def _clashes(events: Events, stretch: Stretch) -> Iterator[Diagnostic]:
    """E-STREAM-CLASH and E-WRITE-CLASH, once for each pair of ops."""
    seen: set[tuple[int, int]] = set()
    for pair in events.clashes:
        (first, _, _), (second, _, _) = sorted(map(events.element, pair), key=_issued)
        number = events.block_of(pair[0]).group.first
        landing = int(events.cycle[pair[0]])
        issued = landing - min(first.burst.latency, second.burst.latency)  # the later one, at which it is found
        if number >= EXITS or issued >= stretch.stop or (first.number, second.number) in seen:
            continue
        if second.cycle < first.cycle + first.burst.held and set(first.burst.op.claims) & set(second.burst.op.claims):
            continue  # a busy unit is said already
        seen.add((first.number, second.number))
        yield _clash(events, pair[0], first, second)


def _issued(part: tuple[Timed, int, int]) -> tuple[int, int]:
    timed = part[0]
    return timed.cycle, timed.burst.op.claims[0]


def _clash(events: Events, event: int, first: Timed, second: Timed) -> Diagnostic:
    block = events.block_of(event)
    place = block.group.first + (event - block.first) // block.count
    code, where = ("E-STREAM-CLASH", f" at {first.burst.where}") if is_stream(place) else ("E-WRITE-CLASH", "")
    one, other = first.op.row.mnemonic, second.op.row.mnemonic
    message = f"`{one}` and `{other}` both put a result on {name_of(place)}{where} in cycle {events.cycle[event]}"
    later = first.cycle + first.burst.last + first.burst.latency - second.cycle - second.burst.latency + 1
    note = Note(f"`{one}`, which issues in cycle {first.cycle}", first.op.place)
    help = f"issue `{other}` {cycles(later)} later, or give it another place"
    return Diagnostic(code, message, second.op.place, (note,), help)


def _lost(events: Events, block: Block, stretch: Stretch) -> Diagnostic | None:
    """W-STREAM-LOST when values of a result are certainly never sampled before they are gone."""
    if not is_stream(block.group.first) and block.group.first < EXITS:
        return None
    over, landed = _matrix(block, events.over), _matrix(block, events.cycle)
    dropped = _matrix(block, events.line) + events.spec.positions if is_stream(block.group.first) else landed
    gone = np.where(over == NONE, dropped, events.cycle[over])
    lost = ~_matrix(block, events.sampled) & (landed >= stretch.settled) & (gone < min(stretch.end, stretch.stop))
    if not lost.any():
        return None
    by = over[lost & (over != NONE)]
    return _lost_message(block, lost, events.block_of(int(by[0])).timed if len(by) else None)


def _lost_message(block: Block, lost: Mask, by: Timed | None) -> Diagnostic:
    burst, mnemonic = block.timed.burst, block.timed.op.row.mnemonic
    count = int(lost.any(0).sum())
    values = f"{count} of the {burst.count} values" if count < burst.count else f"all {count} values"
    values = values if burst.count > 1 else "the value"
    are, them = ("are", "them") if count > 1 else ("is", "it")
    places = names_of(block.group.first + int(k) for k in np.flatnonzero(lost.any(1)))
    message = f"{values} that `{mnemonic}` puts on {places} {are} lost: nothing samples {them}"
    if block.group.first >= EXITS:
        message = f"{values} of `{mnemonic}` at {places} {are} lost: nothing takes {them} there"
    notes = (Note(f"`{by.op.row.mnemonic}` overwrites {them}", by.op.place),) if by else ()
    place = block.timed.op.operand_place(block.group.field)
    return Diagnostic("W-STREAM-LOST", message, place, notes, severity=WARNING, data={"lost": int(lost.sum())})
