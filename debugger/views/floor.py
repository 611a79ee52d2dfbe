"""The floor plan of the cycle that a session is in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from debugger.views import cycle, lanes
from debugger.views.accesses import access, bank_position, operands
from debugger.views.cycle import Issue, Spot
from debugger.views.floor_value import Acting, Cell, Floor, Flow, PlaneUse, Track
from debugger.views.letters import Key, letters
from debugger.views.places import main_file, place_name
from debugger.views.registers import register_name
from isa.places import flows_west
from isa.records import dataclass
from isa.types import TYPES
from isa.units import PLANES
from vm.engine import State
from vm.flow import op_at
from vm.items import Exit, Plane, Result, Value
from vm.tensor_state import NAMES

if TYPE_CHECKING:
    from debugger.session import Session

Byte = Value | Result
SHOWN_LANES = 16


def floor(session: Session) -> Floor:
    """The chip in the present cycle."""
    return Maker(session, session.machine.state).floor()


@dataclass(frozen=True)
class Maker:
    """Looks up once what several parts of the picture need."""

    session: Session
    state: State

    @cached_property
    def issues(self) -> list[Issue]:
        return cycle.issues(self.session.image, self.state)

    @cached_property
    def passing(self) -> dict[Spot, Value]:
        return cycle.passing(self.session.image, self.state)

    @cached_property
    def landing(self) -> dict[Spot, Result]:
        return cycle.landing(self.state)

    @cached_property
    def bytes(self) -> list[tuple[Spot, Byte]]:
        """All that arrives and all that leaves."""
        return [*self.passing.items(), *self.landing.items()]

    @cached_property
    def sampled(self) -> set[Spot]:
        return {
            (stream, issue.position)
            for issue in self.issues
            if issue.position is not None
            for group in cycle.sampled(issue)
            for stream in group
        }

    @cached_property
    def letters(self) -> dict[Key, str]:
        bytes_: list[Byte | Exit] = [
            *self.passing.values(),
            *self.landing.values(),
            *cycle.at_exits(self.state).values(),
        ]
        keys = [(each.pc, each.slot) for each in bytes_]
        return letters(self.session.image, [*keys, *(issue.key for issue in self.issues if issue.op.row.tensor)])

    # The whole --------------------------------------------------------------------------------
    def floor(self) -> Floor:
        session, state = self.session, self.state
        place = session.place
        acting = [self.acting(issue) for issue in self.issues if issue.op.row.tensor]
        return Floor(
            session.spec, state.cycle, session.status, state.pc, session.lines.label_of(state.pc), self.file,
            place_name(place), " ".join(session.lines.line_text(place.file, place.line).split()) if place else "",
            0 if state.fetch_ended or state.next_fetch <= state.cycle else state.next_fetch,
            tuple(self.acting(issue) for issue in self.issues if not issue.op.row.tensor),
            tuple(sorted(acting, key=lambda each: (each.letter.swapcase(), each.units))),
            tuple(self.flows()), tuple(self.tracks()), tuple(self.planes()),
            tuple((register_name(write.register), write.landing) for write in state.in_flight),
            tuple(self.passing),
        )  # fmt: skip

    @cached_property
    def file(self) -> str:
        return main_file(self.session.image)

    def place(self, key: Key) -> str:
        return place_name(self.session.op_place(*key), self.file)

    def acting(self, issue: Issue) -> Acting:
        detail = " ".join(filter(None, (operands(issue), access(self.session.image, issue))))
        return Acting(
            self.letters.get(issue.key, issue.op.unit), issue.key, tuple(issue.op.claims), self.position(issue),
            self.session.op_text(*issue.key), issue.element, issue.elements, detail,
            self.place(issue.key),
        )  # fmt: skip

    def position(self, issue: Issue) -> int | None:
        """Where an op stands; of a load or store, where the bank stands that it accesses."""
        return issue.position if issue.op.row.tensor else bank_position(self.session.image, issue)

    def planes(self) -> list[PlaneUse]:
        found = {
            (item.plane, item.installed): NAMES[item.type] for item in self.state.tensor if isinstance(item, Plane)
        }
        exits = {plane: self.letters[item.pc, item.slot] for plane, item in cycle.at_exits(self.state).items()}
        return [
            PlaneUse(plane, found.get((plane, 1), ""), found.get((plane, 0), ""), exits.get(plane, ""))
            for plane in range(PLANES)
            if self.session.spec.has_plane(plane)
        ]

    # Streams ----------------------------------------------------------------------------------
    def flows(self) -> list[Flow]:
        """By letter, then by stream."""
        found: dict[tuple[Key, bool], list[tuple[Spot, Byte]]] = {}
        for spot, byte in self.bytes:
            found.setdefault(((byte.pc, byte.slot), flows_west(spot[0])), []).append((spot, byte))
        flows = [self.flow(key, bytes_) for (key, _), bytes_ in sorted(found.items())]
        return sorted(flows, key=lambda flow: (flow.letter.swapcase(), flow.streams[0]))

    def flow(self, key: Key, found: Sequence[tuple[Spot, Byte]]) -> Flow:
        streams = [stream for (stream, _), _ in found]
        landing = [place for (_, place), byte in found if isinstance(byte, Result)]
        elements = [byte.element for _, byte in found]
        at, element, type_name, value = self.value(key, found)
        return Flow(
            self.letters[key], key, range(min(streams), max(streams) + 1),
            tuple(sorted({place for (_, place), byte in found if isinstance(byte, Value)})),
            landing[0] if landing else None, min(elements), max(elements), element, at, type_name, value,
            self.session.op_text(*key), self.place(key),
        )  # fmt: skip

    def value(self, key: Key, found: Sequence[tuple[Spot, Byte]]) -> tuple[int, int, str, tuple[str, ...]]:
        """The value that is shown of a flow: where it is, the number of its element, its type, its first lanes."""
        (stream, place), byte = min(found, key=lambda each: (each[0] not in self.sampled, each[1].issued, each[0]))
        first, width = stream - byte.byte, byte.width
        group = {s - first: each.data for (s, at), each in found if at == place and first <= s < first + width}
        if len(group) < width:  # some of it is overwritten
            first, width, group = stream, 1, {0: byte.data}
        width, known = self.type_of(key, first, width)
        texts = lanes.lane_texts([group[k] for k in range(width)], known, SHOWN_LANES)
        return place, byte.element, known or lanes.untyped(width), texts

    def type_of(self, key: Key, first: int, width: int) -> tuple[int, str]:
        """How many streams from the first make an element, and its type, as its maker or else a reader has it."""
        op = op_at(self.session.image, *key)
        known = lanes.made_type(self.session.image, self.state, op) if op else ""
        if known and TYPES[known].planes == width:
            return width, known
        whole, single = self.taken.get((first, width), ""), self.taken.get((first, 1), "")
        return (1, single) if single and not whole else (width, whole)

    @cached_property
    def taken(self) -> dict[tuple[int, int], str]:
        return lanes.taken_types(self.session.image, cycle.running(self.session.image, self.state))

    def tracks(self) -> list[Track]:
        """Eastward ones first; streams are one track where one result covers them."""
        return [Track(streams, self.cells(streams)) for streams in joined(flow_groups(self.bytes))]

    def cells(self, streams: range) -> dict[int, Cell]:
        places = {place for stream, place in [*self.passing, *self.landing] if stream in streams}
        return {place: self.cell(streams, place) for place in sorted(places)}

    def cell(self, streams: range, place: int) -> Cell:
        arriving = [self.passing[stream, place] for stream in streams if (stream, place) in self.passing]
        leaving = [self.landing[stream, place] for stream in streams if (stream, place) in self.landing]
        sampled = any((stream, place) in self.sampled for stream in streams)
        return Cell(self.one_letter(arriving), self.one_letter(leaving), sampled and bool(arriving))

    def one_letter(self, bytes_: Sequence[Byte]) -> str:
        """The letter of what is there, `+` where that is of several ops."""
        found = {self.letters[byte.pc, byte.slot] for byte in bytes_}
        return "+" if len(found) > 1 else "".join(found)


def flow_groups(found: Iterable[tuple[Spot, Byte]]) -> list[range]:
    """The streams that each result covers."""
    return sorted(
        {range(stream - byte.byte, stream - byte.byte + byte.width) for (stream, _), byte in found}, key=lambda r: r[0]
    )


def joined(groups: Iterable[range]) -> list[range]:
    """Ranges in order, those that overlap made one."""
    found: list[range] = []
    for group in groups:
        if found and group.start < found[-1].stop:
            found[-1] = range(found[-1].start, max(found[-1].stop, group.stop))
        else:
            found.append(group)
    return found
