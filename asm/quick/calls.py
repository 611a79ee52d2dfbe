"""Uses of macros that are taken with the lines around them: what the lines of the body are is found once for all uses
that are alike."""

from __future__ import annotations

from asm.expand.macros import PARAMETER, Macro, bind, substitute
from asm.quick.columns import Columns
from asm.quick.front import CALL, CODE, NAME, WORD
from asm.quick.recipes import NOWHERE, Holes, NoRecipe, holes_of
from asm.syntax.parse import parse, strip_comment
from asm.tree import Attribute, LabelDef, Line, OpStmt
from isa.diagnostics import SourceError


class Calls:
    """The recipes of such uses. Macros have the numbers that `columns` give them."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.known: set[int] = set()  # keys

    def learn(self, line: int, macro: Macro) -> None:
        """See what lines like one that uses a macro are."""
        key = self.columns.front.key_of(line)
        if key < 0 or key in self.known:
            return
        self.known.add(key)
        try:
            recipe = self._recipe(holes_of(self.columns.front.key(key)), macro)
        except (NoRecipe, SourceError):
            return
        self.columns.front.add_recipe(key, recipe)

    def _recipe(self, holes: Holes, macro: Macro) -> list[int]:
        *labels, call = parse(holes.code, NOWHERE)
        if not isinstance(call, OpStmt) or not takes_as_given(macro, call):
            raise NoRecipe
        names = [holes.number(label, NAME) for label in labels if isinstance(label, LabelDef)]
        if len(names) < len(labels):
            raise NoRecipe
        texts = bind(macro, call, holes.code)
        lines = [substitute(line, texts, 0, ()) for line in macro.body if strip_comment(line.text)]
        numbers = [self._line(holes, line) for line in lines]
        mark = holes.number(call, WORD), self.columns.number_of(macro)
        return [CALL, len(names), *names, *mark, len(numbers), *numbers, len(macro.body)]

    def _line(self, holes: Holes, line: Line) -> int:
        """The number of a line of a body in the front, whose holes in what was put in are those of the use."""
        front = self.columns.front
        number = front.lines
        self.columns.append(line)
        if front.kind(number) != CODE or front.key_of(number) in self.columns.recipes.bursts:
            raise NoRecipe
        for hole, (column, end) in enumerate(front.holes(number)):
            if any(column < at + now and at < end for at, now, _ in line.edits):
                given = holes.stand_ins.get(line.text[column - 1 : end - 1])
                if given is None:
                    raise NoRecipe
                front.give(number, hole, given)
        return number


def takes_as_given(macro: Macro, call: OpStmt) -> bool:
    """Whether each parameter of a macro is what stands in its place in a use, and no other number is put in."""
    simple = not any(parameter.rest for parameter in macro.parameters) and not call.pins and call.timing is None
    in_order = len(call.operands) == len(macro.parameters) and not any(isinstance(o, Attribute) for o in call.operands)
    return simple and in_order and not any("@" in PARAMETER.findall(line.text) for line in macro.body)
