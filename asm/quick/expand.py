"""Expansion of a source whose ordinary lines are taken many at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from asm.expand import expander
from asm.expand.expander import Expander, ExpandOptions, Frame, Report, Sources
from asm.expand.macros import Macro, Trail
from asm.names.symbols import Symbols
from asm.quick.columns import Columns
from asm.quick.front import Stretch, Unfit
from asm.syntax import source
from asm.tree import Line, Statement
from isa.table import MNEMONICS


class Lines(Iterator[Line]):
    """Lines [at, end) of the front, one after the other or many together."""

    def __init__(self, columns: Columns, at: int, end: int) -> None:
        self.columns = columns
        self.at = at
        self.end = end

    def __next__(self) -> Line:
        while self.at < self.end:
            self.at += 1
            line = self.columns.line(self.at - 1)
            if line.text:
                return line
        raise StopIteration

    def stretch(self) -> Stretch | None:
        """The next lines, if they can be taken together."""
        first, end = self.at, self.columns.front.stretch(self.at, self.end)
        if end == first:
            return None
        self.at = end
        return Stretch(first, end, self.columns.front.labels(first, end))


class QuickExpander(Expander):
    """Expands the text that a front has read; other files and repetitions line by line."""

    def __init__(
        self, columns: Columns, symbols: Symbols, report: Report, options: ExpandOptions, sources: Sources
    ) -> None:
        super().__init__(symbols, report, options, sources)
        self.columns = columns

    def statements(self, text: str) -> list[Statement]:
        """All of them. Raises Unfit when a macro hides an instruction."""
        done = list(self.run(text, self.columns.name))
        if not MNEMONICS.keys().isdisjoint(self.macros):
            raise Unfit
        return done

    def _lines_of(self, text: str, name: str, trail: Trail) -> Iterator[Line]:
        if self.frames:
            return super()._lines_of(text, name, trail)
        self.columns.codes = source.source_lines(text, name)
        return Lines(self.columns, 0, len(self.columns.codes))

    def _expansion(self, macro: Macro, texts: Mapping[str, str], trail: Trail) -> Iterator[Line]:
        first = self.columns.front.lines
        for line in super()._expansion(macro, texts, trail):
            self.columns.append(line)
        return Lines(self.columns, first, self.columns.front.lines)

    def _line(self, frame: Frame, done: list[Statement]) -> bool:
        is_ordinary = self._brace is None and not self.names.variables
        stretch = frame.lines.stretch() if is_ordinary and isinstance(frame.lines, Lines) else None
        if stretch is None:
            return super()._line(frame, done)
        done.append(stretch)  # type: ignore[arg-type]  # those who take it know
        self._lines += stretch.end - stretch.first
        if self._lines > expander.MAX_LINES:
            raise Unfit
        return True
