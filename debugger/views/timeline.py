"""Some cycles around now: units as rows, cycles as columns, what issued and what will.

The cycles to come are those that the run goes through if nobody changes anything; they are run, and we come back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from debugger.views.ink import WIDTH, Line, Part, clipped, rendered
from debugger.views.letters import Key, ink_of, letters
from debugger.views.places import main_file, place_name
from debugger.views.units import names_of
from debugger.why.replay import Replay
from isa.codec import Op
from isa.records import NamedTuple, dataclass
from isa.units import UNIT_NAMES
from vm.engine import FAULT, State
from vm.flow import cycles_after, op_at
from vm.items import Burst
from vm.stops import UNIT, Stops, Watch

if TYPE_CHECKING:
    from debugger.session import Session

CYCLES = 64
LABEL = 12
MOST = 4096  # cycles in one timeline
STEP = 10  # cycles from one number of the ruler to the next
EVERY_UNIT = Stops(watches=tuple(Watch(UNIT, unit, unit) for unit in range(len(UNIT_NAMES))))


class Bar(NamedTuple):
    """An op that issued in the window: in which of its cycles elements did, and from when to when it held its units.

    `started` is when the first element issued, which may be before the window.
    """

    letter: str
    key: Key
    units: tuple[int, ...]
    started: int
    last: int
    cycles: tuple[int, ...]
    text: str
    place: str


@dataclass(frozen=True)
class Timeline:
    """The cycles `first` to `last`, `now` one of them; `ending` says how the run ends in `end`, if that is seen."""

    first: int
    last: int
    now: int
    bars: tuple[Bar, ...]
    fetches: tuple[int, ...]
    end: int | None
    ending: str

    def lines(self, width: int = WIDTH, colour: bool = False, unicode: bool = True) -> list[str]:
        """As many cycles around now as there is room for."""
        return rendered(_drawn(self, max(8, width - LABEL - 1)), width, colour, unicode)

    def as_data(self) -> dict[str, Any]:
        bars = [{**bar._asdict(), "units": [UNIT_NAMES[unit] for unit in bar.units]} for bar in self.bars]
        return {
            "first": self.first, "last": self.last, "now": self.now, "bars": bars, "fetches": list(self.fetches),
            "end": self.end, "ending": self.ending,
        }  # fmt: skip


# Finding out ------------------------------------------------------------------------------------
def timeline(session: Session, cycles: int = CYCLES) -> Timeline:
    """So many cycles around now: a third of them past, the others to come. We stay where we are."""
    history, now = session.history, session.cycle
    cycles = max(1, min(cycles, MOST))
    first = max(history.start, now - cycles // 3)
    last = first + cycles - 1
    replay = Replay(history)
    with replay.visit():
        before = replay.state(first)
        issued = issues_between(replay, first, last)
        ending = _ending(session, replay, last)
    bars = tuple(_bars(session, before, issued))
    fetches = tuple(sorted({bar.started for bar in bars if bar.started >= first}))
    end = history.end if ending else None
    return Timeline(first, last if end is None else min(last, max(now, end)), now, bars, fetches, end, ending)


def issues_between(replay: Replay, first: int, last: int) -> dict[Key, list[int]]:
    """The cycles, from one to another, in which elements of each op issue."""
    found: dict[Key, dict[int, None]] = {}
    for stop in replay.stops(EVERY_UNIT, first, last + 1):
        found.setdefault((stop.pc, stop.slot), {})[stop.cycle - 1] = None
    return {key: list(cycles) for key, cycles in found.items()}


def _ending(session: Session, replay: Replay, last: int) -> str:
    """How the run ends, if it does so up to the end of a cycle."""
    end = session.history.end
    if end is None or end > last + 1:
        return ""
    if replay.goto(end) == FAULT:
        fault = session.fault
        return f"faults in cycle {end:,}: [{fault.code}] {fault.message}" if fault else ""
    return f"over in cycle {end:,}"


def _bars(session: Session, before: State, issued: dict[Key, list[int]]) -> Iterator[Bar]:
    """By unit, then by cycle."""
    named, main = letters(session.image, issued), main_file(session.image)
    running = {(item.pc, item.slot): item.started for item in before.tensor if isinstance(item, Burst)}
    found = []
    for key, cycles in issued.items():
        op = op_at(session.image, *key)
        if op is None:
            continue
        text, place = session.op_text(*key), place_name(session.op_place(*key), main)
        for started, own in cut(op, cycles, running.get(key)):
            last = started + cycles_after(op, 0) + op.row.interval - 1
            found.append(Bar(named[key], key, tuple(op.claims), started, last, tuple(own), text, place))
    yield from sorted(found, key=lambda bar: (bar.units, bar.started))


def cut(op: Op, cycles: Sequence[int], running: int | None) -> Iterator[tuple[int, list[int]]]:
    """When the bursts of an op began, one of them perhaps before the first of the cycles, and the cycles of each."""
    length = cycles_after(op, 0)
    own: list[int] = []
    started = running
    for cycle in cycles:
        if started is None or cycle > started + length:
            if own and started is not None:
                yield started, own
            started, own = cycle, []
        own.append(cycle)
    if own and started is not None:
        yield started, own


# Drawing ----------------------------------------------------------------------------------------
def _drawn(view: Timeline, room: int) -> Iterator[Line]:
    window = _window(view, room)
    yield from _ruler(view, window)
    rows: dict[tuple[int, ...], list[Bar]] = {}
    for bar in view.bars:
        if bar.cycles[0] <= window[-1] and window[0] <= bar.last:
            rows.setdefault(bar.units, []).append(bar)
    for units, bars in rows.items():
        marks: dict[int, Part] = {}
        for bar in bars:
            marks |= _marks(bar, window, view)
        yield _row(names_of(units), [marks.get(cycle) for cycle in window], window, view.now)
    if not rows:
        yield (Part("nothing issues in these cycles", "dim"),)
    yield from _legend(bar for bars in rows.values() for bar in bars)
    yield from ((Part(text, "mark"),) for text in wrap(view.ending, LABEL + room))


def _window(view: Timeline, room: int) -> range:
    """The cycles that are drawn, a third of them before now."""
    first = max(view.first, min(view.now - room // 3, view.last + 1 - room))
    return range(first, min(view.last + 1, first + room))


def _ruler(view: Timeline, window: range) -> Iterator[Line]:
    numbers = ""
    for cycle in window:
        column = cycle - window[0]
        if cycle % STEP == 0 and len(numbers) <= column:
            numbers = numbers.ljust(column) + f"{cycle:,} "
    yield (Part(clipped("cycle", LABEL), "name"), Part(numbers, "dim"))
    marks = "".join("▼" if cycle == view.now else "│" if cycle % STEP == 0 else " " for cycle in window)
    yield (Part(clipped(f"now {view.now:,}", LABEL), "mark"), Part(marks, "mark"))
    fetched = "".join("▪" if cycle in view.fetches else "·" for cycle in window)
    yield (Part(clipped("fetch", LABEL), "name"), Part(fetched, "dim"))


def _marks(bar: Bar, window: range, view: Timeline) -> dict[int, Part]:
    """A burst in the cycles that are drawn: its letter where it begins and now, lines where elements issue."""
    ink = ink_of(bar.letter)
    until = min(bar.last, view.last if view.end is None else view.end - 1)
    held = range(max(bar.started, window[0]), min(until, window[-1]) + 1)
    found = {cycle: Part("┄", ink) for cycle in held}
    found |= {cycle: Part("━", ink) for cycle in bar.cycles if cycle in window}
    return {**found, **{cycle: Part(bar.letter, ink) for cycle in (bar.started, view.now) if cycle in bar.cycles}}


def _row(label: str, cells: Sequence[Part | None], window: range, now: int) -> Line:
    parts = [Part(clipped(label, LABEL - 1) + " ", "name")]
    for cycle, cell in zip(window, cells, strict=True):
        if cycle == now:
            parts.append(Part(cell.text if cell else "│", "now" if cell else "mark"))
        else:
            parts.append(cell or Part(" "))
    return parts


def _legend(bars: Iterator[Bar]) -> Iterator[Line]:
    """What the letters mean, an op a line, and when it issued."""
    seen: dict[Key, list[Bar]] = {}
    for bar in bars:
        seen.setdefault(bar.key, []).append(bar)
    if seen:
        yield ()
    widest = max((len(when(found)) for found in seen.values()), default=0) + 1
    for found in sorted(seen.values(), key=lambda each: each[0].letter.swapcase()):
        bar = found[0]
        yield (
            Part(f"{bar.letter:<2} ", ink_of(bar.letter)), Part(f"{when(found):<{widest}} ", "value"), Part(bar.text),
            Part(f"  {bar.place}", "line"),
        )  # fmt: skip
    if any(bar.last > bar.started for found in seen.values() for bar in found):
        yield (Part("a━ elements of op a issue   ┄ it holds its unit   ▪ a bundle is fetched", "dim"),)


def when(bars: Sequence[Bar]) -> str:
    """`28..667`, `12`, `12, 16, 20 +3`: the cycles in which ops began, or the one burst from end to end."""
    if len(bars) == 1:
        bar = bars[0]
        return f"{bar.started:,}" if bar.started == bar.last else f"{bar.started:,}..{bar.last:,}"
    starts = ", ".join(f"{bar.started:,}" for bar in bars[:3])
    return starts + (f" +{len(bars) - 3}" if len(bars) > 3 else "")
