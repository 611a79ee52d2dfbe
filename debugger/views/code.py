"""The program around a place: bundles with their encoding, source lines with how often they issued."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from debugger.views.ink import WIDTH, Line, Part, clipped, rendered
from debugger.views.places import main_file, place_name
from debugger.views.units import running
from isa import codec
from isa.codec import CodecError
from isa.diagnostics import Place
from isa.records import NamedTuple, dataclass

if TYPE_CHECKING:
    from debugger.session import Session
    from isa.codec import Op

BEFORE, AFTER = 4, 8  # bundles
LINES_BEFORE, LINES_AFTER = 6, 8


# Bundles ----------------------------------------------------------------------------------------
class OpLine(NamedTuple):
    """An op of a bundle: its syllables, its text and unit, where it was written."""

    syllables: tuple[int, ...]
    text: str
    unit: str
    place: str


class Bundle(NamedTuple):
    """A bundle: whether it is next, the breakpoints at it, how often it issued; `illegal` says why it cannot."""

    address: int
    labels: tuple[str, ...]
    is_next: bool
    breakpoints: tuple[int, ...]
    issued: int
    ops: tuple[OpLine, ...]
    illegal: str


@dataclass(frozen=True)
class Disassembly:
    """Bundles in a row."""

    bundles: tuple[Bundle, ...]

    def lines(self, width: int = WIDTH, colour: bool = False, unicode: bool = True) -> list[str]:
        """`▸` marks what is about to issue, `●` breakpoints."""
        return rendered(self._lines(width), width, colour, unicode)

    def _lines(self, width: int) -> Iterator[Line]:
        if not self.bundles:
            yield (Part("there is no program here", "dim"),)
        for bundle in self.bundles:
            yield from _bundle_lines(bundle, width)

    def as_data(self) -> dict[str, Any]:
        return {"bundles": [_bundle_data(bundle) for bundle in self.bundles]}


def disas(session: Session, address: int | None = None, before: int = BEFORE, after: int = AFTER) -> Disassembly:
    """The bundles around an address, or what is about to issue: some before it, it, and some after it."""
    starts, state = session.lines.starts, session.state
    centre = bisect_left(starts, state.pc if address is None else address)
    chosen = starts[max(0, centre - before) : centre + after + 1]
    following = None if state.fetch_ended else state.pc
    counts = session.machine.engine.issue_counts()
    return Disassembly(tuple(_bundle(session, start, start == following, counts.get(start, 0)) for start in chosen))


def _bundle(session: Session, start: int, is_next: bool, issued: int) -> Bundle:
    labels = tuple(name for name, address in session.lines.labels.items() if address == start)
    marks = tuple(each.number for each in session.breakpoints if each.acts and start in each.addresses)
    try:
        ops = codec.decode_bundle(session.image.text, start)[0]
    except CodecError as error:
        return Bundle(start, labels, is_next, marks, issued, (), str(error))
    lines = tuple(_op_line(session, start, slot, op, slot == len(ops) - 1) for slot, op in enumerate(ops))
    return Bundle(start, labels, is_next, marks, issued, lines, "")


def _op_line(session: Session, start: int, slot: int, op: Op, is_last: bool) -> OpLine:
    place = place_name(session.op_place(start, slot), main_file(session.image))
    return OpLine(tuple(codec.encode(op, is_last)), session.op_text(start, slot), op.unit, place)


def _bundle_lines(bundle: Bundle, width: int) -> Iterator[Line]:
    for label in bundle.labels:
        yield (Part(f"{label}:", "name"),)
    mark = Part("▸" if bundle.is_next else " ", "mark"), Part("●" if bundle.breakpoints else " ", "mark")
    head = (*mark, Part(f"{bundle.address:>7} ", "head" if bundle.is_next else "dim"))
    if bundle.illegal:
        yield (*head, Part(f" illegal: {bundle.illegal}", "mark"))
    for number, op in enumerate(bundle.ops):
        left = head if number == 0 else (Part(" " * 10),)
        yield from _op_lines(op, left, number > 0, width)


def _op_lines(op: OpLine, left: Line, is_more: bool, width: int) -> Iterator[Line]:
    """An op; a second syllable has a line of its own."""
    room = max(8, width - 10 - 17 - 2 - 9 - len(op.place) - 1)
    together = "‖ " if is_more else "  "
    first, *more = op.syllables
    yield (
        *left, Part(f"{first:016x} ", "dim"), Part(together, "dim"), Part(clipped(op.text, room)),
        Part(f" {op.unit:<8}", "name"), Part(op.place, "line"),
    )  # fmt: skip
    for syllable in more:
        yield (Part(" " * 10), Part(f"{syllable:016x}", "dim"))


def _bundle_data(bundle: Bundle) -> dict[str, Any]:
    ops = [{**op._asdict(), "syllables": [f"{syllable:016x}" for syllable in op.syllables]} for op in bundle.ops]
    return {**bundle._asdict(), "ops": ops}


# Source lines -----------------------------------------------------------------------------------
class SourceLine(NamedTuple):
    """A line: how often ops of it issued and the cycles it took so far, and what marks it."""

    number: int
    text: str
    ops: int
    cycles: int
    is_next: bool
    issues: bool  # the next bundle holds an op of it
    runs: bool  # a burst of it is under way
    breakpoints: tuple[int, ...]


@dataclass(frozen=True)
class Listing:
    """Lines of a file in a row."""

    file: str
    rows: tuple[SourceLine, ...]

    def lines(self, width: int = WIDTH, colour: bool = False, unicode: bool = True) -> list[str]:
        """`▸` marks the line about to issue, `+` others of its bundle, `~` bursts under way, `●` breakpoints."""
        return rendered(self._lines(), width, colour, unicode)

    def _lines(self) -> Iterator[Line]:
        if not self.rows:
            yield (Part("there is no source to show", "dim"),)
            return
        yield (Part(f"{'':9}{'ops':>8} {'cycles':>8}  ", "dim"), Part(self.file, "head"))
        for row in self.rows:
            mark = "▸" if row.is_next else "+" if row.issues else "~" if row.runs else " "
            counts = f"{_count(row.ops):>8} {_count(row.cycles):>8}  "
            yield (
                Part(mark, "mark"), Part("●" if row.breakpoints else " ", "mark"), Part(f"{row.number:>6} ", "dim"),
                Part(counts, "value"), Part(row.text, "head" if row.is_next else ""),
            )  # fmt: skip

    def as_data(self) -> dict[str, Any]:
        return {"file": self.file, "lines": [row._asdict() for row in self.rows]}


def _count(number: int) -> str:
    return f"{number:,}" if number else ""


def listing(
    session: Session, file: str = "", line: int = 0, before: int = LINES_BEFORE, after: int = LINES_AFTER
) -> Listing:
    """The source around a line, or around what is about to issue (at the end, around what issued last)."""
    if not line:
        place = session.place or _last_place(session)
        file, line = (place.file, place.line) if place else (file, 0)
    texts = session.lines.text(file) if file else []
    first, last = max(1, line - before), min(len(texts), line + after)
    marks = _Marks(session, file)
    return Listing(file, tuple(map(marks.line, range(first, last + 1))) if line else ())


def _last_place(session: Session) -> Place | None:
    """Where the last bundle before the next one was written."""
    starts = session.lines.starts
    at = bisect_left(starts, session.pc)
    return session.lines.place_of(starts[at - 1]) if at else None


class _Marks:
    """What marks the lines of a file."""

    def __init__(self, session: Session, file: str) -> None:
        self.session, self.file = session, file
        self.stats = session.machine.stats.lines
        self.next = session.place
        ends = session.state.fetch_ended
        self.issuing = () if ends else session.lines.places_of(session.pc)
        self.running = [session.op_place(each.pc, each.slot) for each in running(session)]

    def line(self, number: int) -> SourceLine:
        session, here = self.session, (self.file, number)
        stats = self.stats.get(here)
        addresses = set(session.lines.addresses(self.file, number))
        marks = tuple(each.number for each in session.breakpoints if each.acts and addresses & set(each.addresses))
        return SourceLine(
            number, session.lines.line_text(self.file, number), stats.ops if stats else 0, stats.cycles if stats else 0,
            _is_at(self.next, here), any(_is_at(place, here) for place in self.issuing),
            any(_is_at(place, here) for place in self.running), marks,
        )  # fmt: skip


def _is_at(place: Place | None, here: tuple[str, int]) -> bool:
    return place is not None and (place.file, place.line) == here
