"""Values of expressions as what a client unfolds: arrays as nested rows, read when they are asked for."""

from __future__ import annotations

from itertools import islice
from math import prod
from typing import TYPE_CHECKING, Any

from debugger.dap.nodes import Children, Node
from debugger.dap.references import memory_reference
from debugger.dap.wording import first_sentence
from isa.diagnostics import SourceError

if TYPE_CHECKING:
    from debugger.expr import Shown
    from debugger.session import Session

PREVIEW = 80  # characters of an array on one line
PREVIEWED = 32  # elements that are tried for it
ABSENT, NOTHING = "-", "holds nothing"


def evaluated(session: Session, name: str, expression: str) -> Node:
    """The value of an expression. Raises SourceError."""
    shown = session.value(expression)
    memory = memory_of(session, expression, len(shown.shape))
    if not hasattr(shown.value, "flat"):  # a number, or an index, of Python
        return Node(name, shown.short_text(), shown.dtype, expression, memory=memory)
    return part(session, name, expression, (), shown)._replace(memory=memory)


def tried(session: Session, name: str, expression: str) -> Node:
    """The value of an expression, or the reason why it has none."""
    try:
        return evaluated(session, name, expression)
    except SourceError as error:
        return Node(name, first_sentence(error), is_fixed=True)


# Arrays -----------------------------------------------------------------------------------------
def part(session: Session, name: str, whole: str, index: tuple[int, ...], shown: Shown) -> Node:
    """The part of a whole that an index leads to, as it is shown now; an array is read again when it is unfolded."""
    expression = indexed(whole, index)
    if not shown.shape:
        return Node(name, shown.short_text(), shown.dtype, expression)
    kind = f"{shown.dtype}[{', '.join(map(str, shown.shape))}]"
    children = rows(session, whole, index, shown.shape[0])
    return Node(name, preview(shown.value, shown.held), kind, expression, children)


def rows(session: Session, whole: str, index: tuple[int, ...], count: int) -> Children:
    """The rows, or elements, of an array."""

    def made(start: int, wanted: int) -> list[Node]:
        end = min(count, start + wanted)
        shown = session.value(indexed(whole, (*index, slice(start, end)))) if start < end else None
        return [
            part(session, f"[{place}]", whole, (*index, place), row(shown, place - start))
            for place in range(start, end) if shown
        ]  # fmt: skip

    return Children(count, made)


def row(shown: Shown, place: int) -> Shown:
    """One row of an array that is shown."""
    held = None if shown.held is None else shown.held[place]
    return shown._replace(value=shown.value[place], held=held, shape=shown.shape[1:])


def indexed(whole: str, index: tuple[int | slice, ...]) -> str:
    """The expression of a part: `A[3, 0:100]`."""
    if not index:
        return whole
    parts = [f"{each.start}:{each.stop}" if isinstance(each, slice) else str(each) for each in index]
    simple = all(character.isalnum() or character in "_@.[]:, " for character in whole)
    return f"{whole}[{', '.join(parts)}]" if simple else f"({whole})[{', '.join(parts)}]"


# Text -------------------------------------------------------------------------------------------
def preview(array: Any, held: Any) -> str:
    """The first elements of an array, nested as it is, on one line; what all of them are where they are alike."""
    if not array.size:
        return "[]"
    if held is not None and not held.any():
        return NOTHING
    if array.size > PREVIEWED and (held is None or held.all()) and (array == array.flat[0]).all():
        return f"all {array.flat[0]}"
    return beginning(array, held)


def beginning(array: Any, held: Any) -> str:
    text, shown = "[" * array.ndim, 0
    for place, element in enumerate(islice(array.flat, PREVIEWED)):
        word = (str(element) if held is None or held.flat[place] else ABSENT) + behind(array.shape, place)
        if len(text) + len(word) > PREVIEW:
            break
        text, shown = text + word, shown + 1
    return text if shown == array.size else f"{text}..."


def behind(shape: tuple[int, ...], place: int) -> str:
    """What stands behind an element: the ends of the rows that it ends, and the beginnings of the next."""
    ended = sum((place + 1) % prod(shape[axis:]) == 0 for axis in range(len(shape)))
    return "]" * ended + (", " + "[" * ended if place + 1 < prod(shape) else "")


# Memory -----------------------------------------------------------------------------------------
def memory_of(session: Session, expression: str, axes: int) -> str:
    """Where the first byte of what an expression names is in SRAM, "" for what is not there."""
    from debugger import expr

    try:
        target = expr.resolve(session.machine, indexed(expression, (0,) * axes))
    except SourceError:
        return ""
    return memory_reference(target.bytes[0]) if target.bytes else ""
