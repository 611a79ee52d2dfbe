"""The floor plan of one cycle as a value: which ops issue where, what flows past, what lands, what issues next."""

from __future__ import annotations

from collections import Counter
from typing import Any

from debugger.views.ink import WIDTH
from debugger.views.letters import Key
from isa.machine import MachineSpec
from isa.places import flows_west
from isa.records import NamedTuple, dataclass
from isa.units import UNIT_NAMES
from vm.floorplan import position_name


class Acting(NamedTuple):
    """An element that issues in this cycle, number `element` of `elements`. `detail` says what it accesses."""

    letter: str
    key: Key
    units: tuple[int, ...]
    position: int | None
    text: str
    element: int
    elements: int
    detail: str
    place: str


class Flow(NamedTuple):
    """Values of one op on its streams: `spots` are where they arrive in this cycle, `landing` where one leaves.

    `first` and `last` are the numbers of the elements. `value` are lanes of one of them, number `element`, which
    arrives (or leaves) at `value_at`: one that is sampled, or else the foremost.
    """

    letter: str
    key: Key
    streams: range
    spots: tuple[int, ...]
    landing: int | None
    first: int
    last: int
    element: int
    value_at: int
    type: str
    value: tuple[str, ...]
    text: str
    place: str


class Cell(NamedTuple):
    """A track at a position: the letters of what arrives and of what leaves as a result, and whether an op samples."""

    arriving: str = ""
    leaving: str = ""
    sampled: bool = False


class Track(NamedTuple):
    """Streams that are used together, and what is on them, by position."""

    streams: range
    cells: dict[int, Cell]

    @property
    def is_west(self) -> bool:
        return flows_west(self.streams[0])


class PlaneUse(NamedTuple):
    """What a plane holds (types, nothing as ""), and the letter of the op whose result stands at its exit."""

    plane: int
    array: str
    buffer: str
    exit: str


@dataclass(frozen=True)
class Floor:
    """One cycle of the chip. `status` is running, halted or fault; `waits` says until when nothing is fetched."""

    spec: MachineSpec
    cycle: int
    status: str
    pc: int
    label: str
    file: str
    place: str
    source: str
    waits: int
    scalar: tuple[Acting, ...]
    acting: tuple[Acting, ...]
    flows: tuple[Flow, ...]
    tracks: tuple[Track, ...]
    planes: tuple[PlaneUse, ...]
    flying: tuple[tuple[str, int], ...]  # register and the cycle in which it may be read
    arriving: tuple[tuple[int, int], ...]  # streams and the positions to which they bring a value

    def occupied(self, west: bool) -> dict[int, int]:
        """How many streams of a direction bring a value to each position, where any does."""
        return dict(sorted(Counter(place for stream, place in self.arriving if flows_west(stream) == west).items()))

    def lines(self, width: int = WIDTH, colour: bool = False, unicode: bool = True) -> list[str]:
        from debugger.views.floor_text import drawn
        from debugger.views.ink import rendered

        return rendered(drawn(self, width), width, colour, unicode)

    def as_data(self) -> dict[str, Any]:
        spec = self.spec
        return {
            "cycle": self.cycle, "status": self.status, "pc": self.pc, "label": self.label, "place": self.place,
            "scalar": [acting_data(spec, each) for each in self.scalar],
            "ops": [acting_data(spec, each) for each in self.acting],
            "flows": [flow_data(spec, each) for each in self.flows],
            "occupied": {
                way: {position_name(spec, at): count for at, count in self.occupied(way == "west").items()}
                for way in ("east", "west")
            },
            "planes": [each._asdict() for each in self.planes],
            "in_flight": [{"register": name, "visible": landing} for name, landing in self.flying],
        }  # fmt: skip


def acting_data(spec: MachineSpec, acting: Acting) -> dict[str, Any]:
    return {
        "letter": acting.letter, "pc": acting.key[0], "slot": acting.key[1],
        "units": [UNIT_NAMES[unit] for unit in acting.units],
        "position": None if acting.position is None else position_name(spec, acting.position),
        "text": acting.text, "element": acting.element, "of": acting.elements, "detail": acting.detail,
        "place": acting.place,
    }  # fmt: skip


def flow_data(spec: MachineSpec, flow: Flow) -> dict[str, Any]:
    return {
        "letter": flow.letter, "pc": flow.key[0], "slot": flow.key[1], "streams": list(flow.streams),
        "arrives": [position_name(spec, spot) for spot in flow.spots],
        "leaves": None if flow.landing is None else position_name(spec, flow.landing),
        "first": flow.first, "last": flow.last, "type": flow.type, "value": list(flow.value), "element": flow.element,
        "at": position_name(spec, flow.value_at), "text": flow.text, "place": flow.place,
    }  # fmt: skip
