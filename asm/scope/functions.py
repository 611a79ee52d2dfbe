"""Functions of expressions that need to know data, places or instructions: addr row bank slice sizeof lat dist meet."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from asm.errors import error
from asm.names.expr import Address, Value, check_arity
from asm.names.suggest import did_you_mean
from asm.scope.objects import DataSymbol
from asm.scope.places import PLACES_ARE, position_of
from asm.tree import Call, Expr, Line, Name
from isa.table import MNEMONICS
from isa.units import HEMISPHERE_SLICES

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
    """Cycles from the issue of an instruction to the landing of its result, in the form in which it is last."""
    check_arity(call, 1, line)
    node = call.arguments[0]
    rows = MNEMONICS.get(node.text.lower()) if isinstance(node, Name) else None
    if rows is None:
        help_ = did_you_mean(node.text, MNEMONICS) if isinstance(node, Name) else ""
        raise error("E-EXPR", "`lat` takes the name of an instruction", line, node, help_)
    return max(row.latency for row in rows)


def _dist(scope: Scope, call: Call, line: Line) -> Value:
    """Hops between two places."""
    check_arity(call, 2, line)
    first, second = (_position(scope, call, node, line) for node in call.arguments)
    return abs(first - second)


def _meet(scope: Scope, call: Call, line: Line) -> Value:
    """Cycles by which what leaves the second place must be later than what leaves the first to meet it at the third."""
    check_arity(call, 3, line)
    first, second, where = (_position(scope, call, node, line) for node in call.arguments)
    return abs(where - first) - abs(where - second)


def _position(scope: Scope, call: Call, node: Expr, line: Line) -> int:
    if not isinstance(node, Name):
        raise error("E-EXPR", f"`{call.function}` takes places of the floorplan", line, node, PLACES_ARE)
    return position_of(scope.spec, node.text, line, node)


FUNCTIONS: dict[str, Callable[[Scope, Call, Line], Value]] = {
    "addr": _addr,
    "row": _row,
    "bank": _bank,
    "slice": _slice,
    "sizeof": _sizeof,
    "lat": _lat,
    "dist": _dist,
    "meet": _meet,
}
