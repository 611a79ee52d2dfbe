"""Functions of expressions that need to know data, places or instructions: addr row bank slice sizeof lat dist."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from asm.errors import error
from asm.names.expr import Address, Value, check_arity
from asm.scope.objects import DataSymbol
from asm.scope.places import HEMISPHERE_SLICES, slice_of
from asm.tree import Call, Expr, Line, Name
from isa.table import MNEMONICS

if TYPE_CHECKING:
    from asm.scope.scope import Scope

ROW = "row"  # the kind of address that `row(A)` gives


def _data(scope: Scope, call: Call, line: Line) -> DataSymbol:
    """The data symbol that is the only argument. Raises E-EXPR."""
    check_arity(call, 1, line)
    node = call.arguments[0]
    if isinstance(node, Name):
        if node.text in scope.data:
            return scope.data[node.text]
        scope.resolve(node, line)
    raise error("E-EXPR", f"`{call.function}` takes the name of data", line, node)


def _addr(scope: Scope, call: Call, line: Line) -> Value:
    """The place of a parameter's word, or of data."""
    check_arity(call, 1, line)
    node = call.arguments[0]
    place = scope.parameter_place(node.text) if isinstance(node, Name) else None
    value = place or scope.evaluate(node, line)
    if not isinstance(value, Address):
        raise error("E-EXPR", "`addr` takes a parameter or data", line, node)
    return value


def _row(scope: Scope, call: Call, line: Line) -> Value:
    """The row of a slice that data start at."""
    return Address(ROW, _data(scope, call, line).name)


def _bank(scope: Scope, call: Call, line: Line) -> Value:
    """The bank of their slice that data start in."""
    return _data(scope, call, line).address // scope.spec.words_per_bank % scope.spec.banks


def _slice(scope: Scope, call: Call, line: Line) -> Value:
    """The number of the slice that data start in: index, plus 64 in the east."""
    number = _data(scope, call, line).address // scope.spec.words_per_slice
    hemisphere, index = divmod(number, scope.spec.slices)
    return hemisphere * HEMISPHERE_SLICES + index


def _sizeof(scope: Scope, call: Call, line: Line) -> Value:
    """Words that data take."""
    return _data(scope, call, line).size


def _lat(scope: Scope, call: Call, line: Line) -> Value:
    """Cycles from the issue of an instruction to the landing of its result."""
    check_arity(call, 1, line)
    node = call.arguments[0]
    rows = MNEMONICS.get(node.text.lower()) if isinstance(node, Name) else None
    if rows is None:
        raise error("E-EXPR", "`lat` takes the name of an instruction", line, node)
    return rows[0].latency


def _dist(scope: Scope, call: Call, line: Line) -> Value:
    """Hops between two slices."""
    check_arity(call, 2, line)
    first, second = (_position(scope, node, line) for node in call.arguments)
    return abs(first - second)


def _position(scope: Scope, node: Expr, line: Line) -> int:
    if not isinstance(node, Name):
        raise error("E-EXPR", "`dist` takes two slices, such as mw0 and me3", line, node)
    return scope.spec.slice_position(*slice_of(scope.spec, node.text, line, node))


FUNCTIONS: dict[str, Callable[[Scope, Call, Line], Value]] = {
    "addr": _addr,
    "row": _row,
    "bank": _bank,
    "slice": _slice,
    "sizeof": _sizeof,
    "lat": _lat,
    "dist": _dist,
}
