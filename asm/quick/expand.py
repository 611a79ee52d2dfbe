"""Expansion of a source whose ordinary lines are taken many at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from asm.expand import expander
from asm.expand.expander import Expander, ExpandOptions, Frame, Report, Sources
from asm.expand.macros import Macro, Trail
from asm.names.symbols import Symbols
from asm.quick.calls import Calls
from asm.quick.columns import Codes, Columns
from asm.quick.front import Extent, Stretch, Unfit
from asm.tree import Line, OpStmt, Statement
from isa.table import MNEMONICS


class Lines(Iterator[Line]):
    """Lines [at, end) of the front, one after the other or many together; none are taken together before `looked`."""

    def __init__(self, columns: Columns, at: int, end: int) -> None:
        self.columns = columns
        self.at = at
        self.end = end
        self.looked = at

    def __next__(self) -> Line:
        while self.at < self.end:
            self.at += 1
            line = self.columns.line(self.at - 1)
            if line.text:
                return line
        raise StopIteration

    def extent(self) -> Extent:
        """The next lines that can be taken together."""
        if self.at < self.looked:
            return Extent(self.at, self.at, 0, 0, self.looked)
        found = self.columns.front.stretch(self.at, self.end)
        if found.end == found.start:
            self.looked = found.looked
        return found


class QuickExpander(Expander):
    """Expands the text that a front has read; other files and repetitions line by line."""

    def __init__(
        self, columns: Columns, symbols: Symbols, report: Report, options: ExpandOptions, sources: Sources
    ) -> None:
        super().__init__(symbols, report, options, sources)
        self.columns = columns
        self.calls = Calls(columns)

    def statements(self, text: str) -> list[Statement]:
        """All of them. Raises Unfit when a macro hides an instruction."""
        done = list(self.run(text, self.columns.name))
        if not MNEMONICS.keys().isdisjoint(self.macros):
            raise Unfit
        return done

    def _lines_of(self, text: str, name: str, trail: Trail) -> Iterator[Line]:
        if self.frames:
            return super()._lines_of(text, name, trail)
        self.columns.codes = Codes(text, self.columns.front.lines)  # the front has seen to their characters
        return Lines(self.columns, 0, len(self.columns.codes))

    def _expansion(self, macro: Macro, texts: Mapping[str, str], trail: Trail) -> Iterator[Line]:
        first = self.columns.front.lines
        for line in super()._expansion(macro, texts, trail):
            self.columns.append(line)
        return Lines(self.columns, first, self.columns.front.lines)

    def _call(self, macro: Macro, call: OpStmt) -> None:
        lines = self.frames[-1].lines
        if isinstance(lines, Lines):
            self.calls.learn(lines.at - 1, macro)
        super()._call(macro, call)

    def _line(self, frame: Frame, done: list[Statement]) -> bool:
        lines = frame.lines
        if self._brace is not None or self.names.variables or not isinstance(lines, Lines):
            return super()._line(frame, done)
        first, extent = lines.at, lines.extent()
        lines.at = extent.end
        self._lines += extent.end - first + extent.added
        self._serial += extent.calls
        if self._lines > expander.MAX_LINES:
            raise Unfit
        if extent.end == extent.start:
            return super()._line(frame, done)
        done.append(Stretch(extent.start, extent.end))  # type: ignore[arg-type]  # those who take it know
        return True
