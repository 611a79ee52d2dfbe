"""Values of expressions as what a client unfolds: arrays as nested rows, made when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from debugger.dap.breakpoints import first_sentence
from debugger.dap.nodes import Children, Node
from debugger.dap.references import memory_reference
from isa.diagnostics import SourceError

if TYPE_CHECKING:
    from debugger.expr import Shown
    from debugger.session import Session

PREVIEW = 80  # characters of an array on one line
PREVIEWED = 32  # elements that are tried for it
ABSENT = "-"  # of an element that holds nothing


def evaluated(session: Session, name: str, expression: str) -> Node:
    """The value of an expression. Raises SourceError."""
    shown = session.value(expression)
    return of_shown(name, expression, shown)._replace(memory=memory_of(session, expression, len(shown.shape)))


def tried(session: Session, name: str, expression: str) -> Node:
    """The value of an expression, or the reason why it has none."""
    try:
        return evaluated(session, name, expression)
    except SourceError as error:
        return Node(name, first_sentence(error), is_fixed=True)


def of_shown(name: str, expression: str, shown: Shown) -> Node:
    if not shown.shape:
        held = shown.held is None or bool(shown.held)
        return Node(name, element_text(shown.value) if held else ABSENT, shown.dtype, expression)
    return array_node(name, expression, (), shown)


def array_node(name: str, expression: str, index: tuple[int, ...], shown: Shown) -> Node:
    """An array, or the part of one that an index leads to."""
    part = shown.value[index]
    held = None if shown.held is None else shown.held[index]
    whole = f"{expression}[{', '.join(map(str, index))}]" if index else expression
    if not part.shape:
        return Node(name, element_text(part) if held is None or held else ABSENT, shown.dtype, whole)
    kind = f"{shown.dtype}[{', '.join(map(str, part.shape))}]"
    return Node(name, preview(part, held), kind, whole, rows(expression, index, shown))


def rows(expression: str, index: tuple[int, ...], shown: Shown) -> Children:
    """The rows, or elements, of an array from one on."""
    count = shown.value[index].shape[0]

    def made(start: int, wanted: int) -> list[Node]:
        places = range(count)[start : start + wanted]
        return [array_node(f"[{place}]", expression, (*index, place), shown) for place in places]

    return Children(count, made)


# Text -------------------------------------------------------------------------------------------
def element_text(element: Any) -> str:
    """A number: floats by the shortest text that is theirs."""
    return str(element)


def preview(part: Any, held: Any) -> str:
    """The first elements of an array, nested as it is, on one line."""
    if not part.size:
        return "[]"
    text, rest = "[" * part.ndim, part.size
    for place, element in enumerate(islice(_elements(part, held), PREVIEWED)):
        after = element + _brackets(part.shape, place)
        if len(text) + len(after) > PREVIEW:
            break
        text, rest = text + after, rest - 1
    return text if not rest else f"{text.rstrip('[ ')}{' ' * text.endswith((' ', '['))}..."


def _elements(part: Any, held: Any) -> Iterator[str]:
    for place, element in enumerate(part.flat):
        yield element_text(element) if held is None or held.flat[place] else ABSENT


def _brackets(shape: tuple[int, ...], place: int) -> str:
    """What stands behind an element: the ends of the rows that it ends, and the beginnings of the next."""
    ended, size = 0, 1
    total = 1
    for extent in shape:
        total *= extent
    for extent in reversed(shape):
        size *= extent
        if (place + 1) % size:
            break
        ended += 1
    return "]" * ended + (", " + "[" * ended if place + 1 < total else "")


# Memory -----------------------------------------------------------------------------------------
def memory_of(session: Session, expression: str, axes: int) -> str:
    """Where the first byte of what an expression names is in SRAM, "" for what is not there."""
    from debugger import expr

    first = f"{expression}[{', '.join(['0'] * axes)}]" if axes else expression
    try:
        target = expr.resolve(session.machine, first)
    except SourceError:
        return ""
    return memory_reference(target.bytes[0]) if target.bytes else ""
