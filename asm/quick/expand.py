"""Expansion of a source whose ordinary lines are taken many at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from asm.expand.expander import MAX_LINES, Expander, ExpandOptions, Frame, Report, Sources
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
            line = self._line(self.at)
            self.at += 1
            if line is not None:
                return line
        raise StopIteration

    def stretch(self) -> Stretch | None:
        """The next lines, if they can be taken together."""
        first, end = self.at, self.columns.front.stretch(self.at, self.end)
        if end == first:
            return None
        self.at = end
        return Stretch(first, end, self.columns.front.labels(first, end))

    def _line(self, number: int) -> Line | None:
        """A line by its number in the front, None for a blank one."""
        raise NotImplementedError


class FileLines(Lines):
    """Those of the source itself."""

    def __init__(self, columns: Columns, codes: list[str]) -> None:
        super().__init__(columns, 0, len(codes))
        self.codes = codes

    def _line(self, number: int) -> Line | None:
        code = self.codes[number]
        return Line(self.columns.name, number + 1, code) if code else None


class MacroLines(Lines):
    """Those of one use of a macro."""

    def __init__(self, columns: Columns, lines: list[Line]) -> None:
        first = columns.front.lines
        super().__init__(columns, first, first + len(lines))
        self.first = first
        self.lines = lines
        for line in lines:
            columns.append(line)

    def _line(self, number: int) -> Line | None:
        return self.lines[number - self.first]


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
        return FileLines(self.columns, source.source_lines(text, name))

    def _expansion(self, macro: Macro, texts: Mapping[str, str], trail: Trail) -> Iterator[Line]:
        return MacroLines(self.columns, list(super()._expansion(macro, texts, trail)))

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
