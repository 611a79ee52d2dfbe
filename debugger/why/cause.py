"""A tree of causes that is found out branch by branch, as far as it is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from isa.diagnostics import Diagnostic, Place, SourceError
from isa.records import dataclass, field

DEPTH = 3
MOST_LINES = 400
MANY = 8  # children that are shown each by itself where there may be hundreds
FOLDED, AS_ABOVE = " …", ", as above"
MORE = "more"  # the kind of a cause that only holds others
T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Cause:
    """Why something is as it is: one sentence, the op and cycle it is about (-1: none), and what it comes from.

    `kind` is "op", or what there is instead of one: "input", "data", "reset", "nothing", "edit", "term", "more", ...
    `value` is what was made, in words; `element` and `lane` say which part of the op made it.
    """

    text: str
    kind: str
    cycle: int = -1
    pc: int = -1
    slot: int = -1
    place: Place | None = None
    value: str = ""
    element: int = -1
    lane: int = -1
    unfold: Callable[[], Sequence[Cause]] | None = field(default=None, repr=False)
    _children: tuple[Cause, ...] | None = field(default=None, repr=False)

    def children(self) -> tuple[Cause, ...]:
        """What it comes from, found out when first asked for."""
        if self._children is None:
            self._children = tuple(self.unfold()) if self.unfold else ()
        return self._children

    @property
    def has_more(self) -> bool:
        """Whether there is something below, or may be."""
        return bool(self.unfold if self._children is None else self._children)

    def at(self, path: str) -> Cause:
        """A cause by its numbers from here down, from 1 on: `2.1` is the first below the second. Raises SourceError."""
        found = self
        for part in filter(None, path.split(".")):
            below = found.children()
            if not (part.isascii() and part.isdigit() and 1 <= int(part) <= len(below)):
                raise SourceError(Diagnostic("E-DEBUG", f"there is no cause {path}", help=_numbers(found)))
            found = below[int(part) - 1]
        return found

    # Shown ------------------------------------------------------------------------------------
    def lines(self, depth: int = DEPTH) -> list[str]:
        """The tree down to a depth, as text; what has more below it that is not shown ends in an ellipsis."""
        shown: list[str] = []
        for prefix, node, after in self._walk(depth):
            if len(shown) == MOST_LINES:
                return [*shown, "and more: ask for a part of it, or for less depth"]
            shown.append(f"{prefix}{node.text}{node.where}{after}")
        return shown

    @property
    def where(self) -> str:
        return f"  ({self.place.file.rsplit('/', 1)[-1]}:{self.place.line})" if self.place else ""

    def _walk(self, depth: int) -> Iterator[tuple[str, Cause, str]]:
        """(what stands before it, node, what stands behind it) in the order of the lines; nothing is unfolded twice."""
        stack, unfolded = [("", "", self, depth)], set()
        while stack:
            prefix, inner, node, left = stack.pop()
            is_known = node.text in unfolded
            is_open = left > 0 and not is_known and (node is self or node.kind != MORE)
            below = node.children() if is_open else ()
            yield prefix, node, "" if is_open or not node.has_more else AS_ABOVE if is_known else FOLDED
            unfolded |= {node.text} if below else set()
            for child in reversed(below):
                last = child is below[-1]
                branch, under = ("└─ ", "   ") if last else ("├─ ", "│  ")
                stack.append((inner + branch, inner + under, child, left - 1))

    def as_data(self, depth: int = DEPTH) -> dict[str, Any]:
        """The same as JSON-able data; `children` is left out where they were not looked at."""
        data: dict[str, Any] = {"text": self.text, "kind": self.kind, "value": self.value}
        data |= {"cycle": self.cycle, "pc": self.pc, "slot": self.slot, "element": self.element, "lane": self.lane}
        if self.place:
            data["file"], data["line"] = self.place.file, self.place.line
        if depth > 0:
            data["children"] = [child.as_data(depth - 1) for child in self.children()]
        return data


def _numbers(cause: Cause) -> str:
    count = len(cause.children())
    return f"its causes are numbered from 1 to {count}" if count else "nothing is below it"


def summed_up(
    items: Sequence[T], make: Callable[[T], Cause], rest: Callable[[Sequence[T]], str], many: int = MANY
) -> list[Cause]:
    """A cause of each of the first of many items, and one that holds the others, which `rest` describes."""
    if len(items) <= many + 1:
        return [make(item) for item in items]
    others = items[many:]
    more = Cause(rest(others), MORE, unfold=lambda: summed_up(others, make, rest, 2 * many))
    return [*(make(item) for item in items[:many]), more]
