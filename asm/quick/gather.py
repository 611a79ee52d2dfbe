"""The labels and the data of lines that are taken together."""

from __future__ import annotations

from array import array
from itertools import count, repeat

from asm.data.gather import Gathering
from asm.names.symbols import LABEL
from asm.quick.columns import Columns
from asm.quick.front import NO_OBJECT, NUMBERS, SECTION, Gathered, Stretch, Unfit
from asm.scope.objects import DataObjects
from asm.scope.scope import Scope
from asm.tree import DirectiveStmt, LabelDef, Line, Numbers, Statement
from isa.diagnostics import Place
from isa.machine import BYTES_PER_WORD


class QuickGathering(Gathering):
    """Gathers statements, and stretches of lines whose labels and data it defines."""

    def __init__(self, scope: Scope, columns: Columns) -> None:
        super().__init__(scope)
        self.columns = columns
        self.definitions = columns.definitions

    def take(self, statement: Statement) -> None:
        if not isinstance(statement, Stretch):
            super().take(statement)
            return
        if self.in_timeline:
            raise Unfit
        self._stretch(statement)
        self.text.append(statement)

    def _stretch(self, stretch: Stretch) -> None:
        """Define the labels and take the data of some lines: what depends on lines before them and what may go on after
        them one by one, the rest together."""
        was_open = self.data.current is not None
        found = self.columns.front.gather(stretch.first, stretch.end, self.in_data, was_open)
        done, number = self._flush(found), len(found.objects[0])
        begun = self._bound(found, was_open)
        last = number - 1 if found.is_open and number > begun else number
        done = self._one_by_one(found, 0, begun, done)
        if found.is_anywhere:
            self.data.region = None
        done = self._together(found, begun, last, done)
        if last < number or (found.is_closed and not found.is_open):
            self.data.close()
        done = self._one_by_one(found, last, number, done)
        self._together(found, number, number, done)
        self.in_data = found.in_data

    def _flush(self, found: Gathered) -> int:
        """Settle the labels that wait, unless data comes that they are of; where the labels begin that come after."""
        if self.waiting and found.first == SECTION:
            self._flush_to_section()
        elif self.waiting and found.first != NUMBERS:
            self._flush_to_text()
        done, closed = 0, found.objects[-2]
        if self.data.fresh and found.is_closed and (not closed or closed[0]):
            done = self._define(found, 0, found.before)
            self.data.close()
        return done

    def _bound(self, found: Gathered, was_open: bool) -> int:
        """How many objects, which come first, are bound to what was before: to labels, an object or a place."""
        *_, label_counts, closed, anywhere = found.objects
        is_fixed, is_placed = self.data.fixed_run() is not None, self.data.region is not None
        goes_on = was_open and bool(closed) and not closed[0] and not label_counts[0]
        bound = int(bool(closed) and (goes_on or bool(self.waiting or self.data.fresh)))
        while bound < len(closed) and ((is_fixed and not closed[bound]) or (is_placed and not anywhere[bound])):
            bound += 1
        return bound

    def _one_by_one(self, found: Gathered, first: int, end: int, done: int) -> int:
        """Take some objects as the plain way does, and the labels up to the last of theirs; where those after begin."""
        for number in range(first, end):
            row = [column[number] for column in found.objects]
            type_, count, covered, start, words, line, column, stop, label, labels, is_closed, _ = row
            if is_closed and not (number and found.objects[-2][number - 1]):
                self.data.close()
            for name, place in map(self._label, repeat(found), range(done, label)):
                self.scope.define(name, LABEL, place)
            done = label + labels
            for name, place in map(self._label, repeat(found), range(label, done)):
                self.waiting.append(LabelDef(name, Line(place.file, place.line, ""), place.column, place.end_column))
            held = found.data[start * BYTES_PER_WORD : (start + words) * BYTES_PER_WORD]
            at, name = Line(self.columns.name, line, ""), self.columns.recipes.types[type_].name
            for part, elements in ((held[: covered * BYTES_PER_WORD], count), (held[covered * BYTES_PER_WORD :], 1)):
                if part:
                    self._directive(DirectiveStmt(name, (Numbers(part, elements, column, stop),), at, column, stop))
        return done

    def _label(self, found: Gathered, at: int) -> tuple[str, Place]:
        """A label and where it is written."""
        number, line, column, end, _ = [each[at] for each in found.labels]
        return self.columns.front.names[number], Place(self.columns.name, line, column, end)

    def _together(self, found: Gathered, first: int, end: int, done: int) -> int:
        """Take some objects as columns, and the labels before the next; where those after begin."""
        first_labels = found.objects[8]
        until = first_labels[end] if end < len(first_labels) else len(found.labels[0])
        if first == end:
            return self._define(found, done, until)
        objects = self._objects(found, first, end)
        self.data.add_all(objects)
        *labels, numbers = [column[done:until] for column in found.labels]
        numbers = array("i", [NO_OBJECT if each < 0 else each - first for each in numbers])
        self.definitions.add([*labels, numbers], objects)
        return until

    def _define(self, found: Gathered, first: int, end: int) -> int:
        """Define some labels of the program; where those after begin."""
        if first < end:
            self.definitions.add([column[first:end] for column in found.labels])
        return end

    def _objects(self, found: Gathered, first: int, end: int) -> DataObjects:
        names, numbers, types = self.columns.front.names, found.labels[0], self.columns.recipes.types
        of_type, counts, covered, starts, words, lines, columns, ends, label, labels, *_ = (
            column[first:end] for column in found.objects
        )
        named = zip(label, labels, count(self.data.count), strict=False)
        groups = [names[numbers[at]] if some else f".data{number}" for at, some, number in named]
        type_names = [types[each].name for each in of_type]
        return DataObjects(
            self.columns.name, groups, labels, type_names, counts, covered, starts, words, lines, columns, ends,
            found.data,
        )  # fmt: skip
