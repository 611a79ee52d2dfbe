"""Expansion of a source whose ordinary lines are taken many at a time."""

from __future__ import annotations

from collections.abc import Iterator

from asm.expand.expander import MAX_LINES, Expander, Frame
from asm.expand.macros import Trail
from asm.quick.front import Front, Stretch, Unfit
from asm.syntax import source
from asm.tree import Line, Statement
from isa.table import MNEMONICS


class Lines(Iterator[Line]):
    """The lines of a file that are not blank, one after the other or many together; `next` counts them from 0."""

    def __init__(self, front: Front, codes: list[str], name: str, trail: Trail) -> None:
        self.front = front
        self.codes = codes
        self.name = name
        self.trail = trail
        self.next = 0

    def __next__(self) -> Line:
        while self.next < len(self.codes):
            code = self.codes[self.next]
            self.next += 1
            if code:
                return Line(self.name, self.next, code, self.trail)
        raise StopIteration

    def stretch(self) -> Stretch | None:
        """The next lines, if they can be taken together."""
        first, end = self.next, self.front.stretch(self.next)
        if end == first:
            return None
        self.next = end
        return Stretch(first, end, self.front.labels(first, end))


class QuickExpander(Expander):
    """Expands the text that a front has read; other files and macros line by line."""

    front: Front

    def statements(self, front: Front, text: str, name: str) -> list[Statement]:
        """All of them. Raises Unfit when a macro hides an instruction."""
        self.front = front
        done = list(self.run(text, name))
        if not MNEMONICS.keys().isdisjoint(self.macros):
            raise Unfit
        return done

    def _lines_of(self, text: str, name: str, trail: Trail) -> Iterator[Line]:
        if self.frames:
            return super()._lines_of(text, name, trail)
        return Lines(self.front, source.source_lines(text, name), name, trail)

    def _line(self, frame: Frame, done: list[Statement]) -> bool:
        is_ordinary = self._brace is None and not self.names.variables
        stretch = frame.lines.stretch() if is_ordinary and isinstance(frame.lines, Lines) else None
        if stretch is None:
            return super()._line(frame, done)
        done.append(stretch)  # type: ignore[arg-type]  # those who take it know
        self._lines += stretch.end - stretch.first
        if self._lines > MAX_LINES:
            raise Unfit
        return True
