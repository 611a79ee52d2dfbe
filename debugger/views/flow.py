"""One stream for some cycles: positions as rows, cycles as columns, so that what flows is a slanting line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from debugger.trouble import trouble
from debugger.views import cycle
from debugger.views.ink import WIDTH, Line, Part, clipped, rendered
from debugger.views.letters import Key, ink_of, letters
from debugger.views.places import main_file, place_name
from debugger.why.replay import Replay
from isa.machine import MachineSpec
from isa.places import WEST_FLOW, flows_west
from isa.places import place_name as stream_name
from isa.records import NamedTuple, dataclass
from vm.engine import State
from vm.floorplan import position_name

if TYPE_CHECKING:
    from debugger.session import Session

LABEL = 7
CELL = 4  # columns of a cycle: letter, element, mark
CYCLES = 18
MOST = 256
MODULUS = 100  # elements are shown by their last digits


class Passage(NamedTuple):
    """An element of an op at a position in a cycle: whether it is sampled, and whether it leaves there as a result."""

    key: Key
    element: int
    sampled: bool
    leaves: bool


@dataclass(frozen=True)
class Flow:
    """A stream from cycle `first` on; `cells` by cycle and position; `ops` are their letter, text and place."""

    spec: MachineSpec
    stream: int
    first: int
    last: int
    now: int
    cells: Mapping[tuple[int, int], Passage]
    ops: Mapping[Key, tuple[str, str, str]]

    def lines(self, width: int = WIDTH, colour: bool = False, unicode: bool = True) -> list[str]:
        """As many cycles around now as there is room for."""
        return rendered(_drawn(self, max(1, (width - LABEL) // CELL)), width, colour, unicode)

    def as_data(self) -> dict[str, Any]:
        cells = [
            {"cycle": at, "position": position_name(self.spec, place), "pc": cell.key[0], "slot": cell.key[1],
             "element": cell.element, "sampled": cell.sampled, "leaves": cell.leaves}
            for (at, place), cell in sorted(self.cells.items())
        ]  # fmt: skip
        head = {"stream": stream_name(self.stream), "first": self.first, "last": self.last, "now": self.now}
        return {**head, "values": cells}


def flow(session: Session, stream: str, cycles: int = CYCLES) -> Flow:
    """A stream (`se4`) in so many cycles around now; we stay where we are. Raises SourceError where there is none."""
    number = stream_number(session.spec, stream)
    history, now = session.history, session.cycle
    cycles = max(1, min(cycles, MOST))
    first = max(history.start, now - cycles // 3)
    cells: dict[tuple[int, int], Passage] = {}
    replay, last = Replay(history), now
    with replay.visit():
        for at in range(first, first + cycles):
            state = replay.state(at)
            if state.cycle != at:  # the run ended before
                break
            last = max(last, at)
            cells |= {(at, place): passage for place, passage in _passages(session, state, number)}
    named = letters(session.image, {cell.key for cell in cells.values()})
    main = main_file(session.image)
    ops = {
        key: (letter, session.op_text(*key), place_name(session.op_place(*key), main)) for key, letter in named.items()
    }
    return Flow(session.spec, number, first, last, now, cells, ops)


def stream_number(spec: MachineSpec, name: str) -> int:
    """`se0` to `se31` are 0 to 31, `sw0` 32. Raises SourceError."""
    known = {stream_name(first + number): first + number for first in (0, WEST_FLOW) for number in range(spec.streams)}
    if name.strip() in known:
        return known[name.strip()]
    last = spec.streams - 1
    raise trouble(f"`{name[:40]}` is no stream of {spec.name}", f"there are se0 to se{last} and sw0 to sw{last}")


def _passages(session: Session, state: State, stream: int) -> Iterator[tuple[int, Passage]]:
    """What is on a stream in a cycle, by position; where a result leaves, that is told of what it replaces."""
    arriving, landing = cycle.passing(session.image, state), cycle.landing(state)
    taken = {
        issue.position for issue in cycle.issues(session.image, state)
        for group in cycle.sampled(issue) if stream in group
    }  # fmt: skip
    for place in range(session.spec.positions):
        result, value = landing.get((stream, place)), arriving.get((stream, place))
        byte = value or result
        if byte is not None:
            key = byte.pc, byte.slot
            yield place, Passage(key, byte.element, value is not None and place in taken, result is not None)


# Drawing ----------------------------------------------------------------------------------------
def _drawn(view: Flow, room: int) -> Iterator[Line]:
    first = max(view.first, min(view.now - room // 3, view.last + 1 - room))
    window = range(first, min(view.last + 1, first + room))
    way = "west ←" if flows_west(view.stream) else "east →"
    yield (Part(stream_name(view.stream), "head"), Part(f"  {way}  cycles {window[0]:,} to {window[-1]:,}", "dim"))
    yield (
        Part(" " * LABEL),
        *(Part(f"{_last_digits(at):<{CELL}}", "now" if at == view.now else "dim") for at in window),
    )
    places = sorted({place for at, place in view.cells if at in window})
    for place in range(min(places, default=0), max(places, default=-1) + 1):
        label = Part(clipped(position_name(view.spec, place).removeprefix("the "), LABEL), "name")
        yield (label, *(part for at in window for part in _cell(view, at, place)))
    if not places:
        yield (Part("the stream is empty in these cycles", "dim"),)
    yield from _legend(view, window)


def _last_digits(at: int) -> str:
    """A cycle by its last three digits."""
    return str(at) if at < 1000 else f"{at % 1000:03}"


def _cell(view: Flow, at: int, place: int) -> Sequence[Part]:
    cell = view.cells.get((at, place))
    if cell is None:
        return (Part("│   " if at == view.now else "·   ", "mark" if at == view.now else "dim"),)
    letter, _, _ = view.ops[cell.key]
    mark = "◆" if cell.leaves else "●" if cell.sampled else " "
    return (Part(f"{letter}{cell.element % MODULUS:<2}", ink_of(letter)), Part(mark, "mark"))


def _legend(view: Flow, window: range) -> Iterator[Line]:
    shown = {cell.key for (at, _), cell in view.cells.items() if at in window}
    if not shown:
        return
    yield ()
    for letter, text, place in sorted(view.ops[key] for key in shown):
        yield (Part(f"{letter:<2} ", ink_of(letter)), Part(f"{text}  "), Part(place, "line"))
    yield (Part("a7 element 7 of op a arrives   ● it is sampled there   ◆ a result leaves there", "dim"),)
