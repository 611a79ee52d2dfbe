"""Watches of what an expression names, and of all that it is made of."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from debugger.expr.errors import Problem, at_node
from debugger.expr.lanes import Accumulators, Stream
from debugger.expr.memory import Memory
from debugger.expr.names import CONSTANTS
from debugger.expr.parse import parse
from debugger.expr.scope import Scope
from debugger.expr.stores import Store
from debugger.expr.values import Value
from debugger.expr.walk import find
from isa.units import UNIT_NAMES
from vm import stops
from vm.stops import Watch
from vm.tensor_state import ACCUMULATOR_ROWS

MAX_WATCHES = 4096
MEMORY_KINDS = (stops.WRITE, stops.READ, stops.ACCESS)


def watches(scope: Scope, text: str, kind: str) -> tuple[Watch, ...]:
    """The watches of a target or a unit; of memory, of accesses of a kind. Raises SourceError."""
    if text.strip() in UNIT_NAMES and text.strip() not in scope.machine.symbols:
        number = UNIT_NAMES.index(text.strip())
        return (Watch(stops.UNIT, number, number),)
    tree = parse(text)
    try:
        return tuple(_of(find(scope, tree), text.strip(), kind))
    except Problem as problem:
        raise at_node(problem, tree) from None


def watched(scope: Scope, text: str) -> tuple[Watch, ...] | None:
    """Watches of all that a value is made of; None if it may change with none of it touched. Raises SourceError."""
    found: dict[Watch, None] = {}
    for node in _read(parse(text)):
        part = _of_part(scope, node)
        if part is None:
            return None
        found |= dict.fromkeys(part)
    return tuple(found)


def _read(node: ast.AST) -> Iterator[ast.expr]:
    """The parts of an expression that name something; of one with a computed index also what that is made of."""
    if isinstance(node, ast.expr) and _names_one_thing(node):
        yield node
        return
    for child in node.args if isinstance(node, ast.Call) else ast.iter_child_nodes(node):
        yield from _read(child)


def _names_one_thing(node: ast.expr) -> bool:
    if isinstance(node, ast.Subscript):
        return not any(isinstance(each, ast.Name) for each in ast.walk(node.slice))
    return isinstance(node, ast.Name | ast.Attribute) or (isinstance(node, ast.BinOp) and type(node.op) is ast.MatMult)


def _of_part(scope: Scope, node: ast.expr) -> tuple[Watch, ...] | None:
    """The watches of something; none of a constant, None of what changes by itself."""
    if any(isinstance(each, ast.MatMult) for each in ast.walk(node)):
        return None  # a stream moves on
    roots = [each for each in ast.walk(node) if isinstance(each, ast.Name) and each.id not in CONSTANTS]
    if any(isinstance(find(scope, each), Value) and each.id not in scope.machine.symbols for each in roots):
        return None
    found = find(scope, node) if roots else None
    try:
        return tuple(_of(found, found.name, stops.WRITE)) if isinstance(found, Store) else ()
    except Problem:  # in too many pieces
        return None


def _of(found: object, text: str, kind: str) -> Iterator[Watch]:
    """The watches of what was found. Raises Problem."""
    if not isinstance(found, Store):
        raise Problem(f"{text} is a value, and only what holds one can be watched", "such as r3, v0, A[0, :], se4@mw3")
    if kind not in MEMORY_KINDS:
        raise Problem(f"there is no watch for {kind}", f"there are {', '.join(MEMORY_KINDS)}")
    if isinstance(found, Memory):
        yield from _of_memory(found, text, kind)
        return
    if kind != stops.WRITE:
        raise Problem(f"{text} is watched for writes only", "memory is watched for reads, too")
    if isinstance(found, Accumulators):
        yield Watch(stops.ACCUMULATOR, 0, ACCUMULATOR_ROWS - 1, found.plane)
        return
    target = found.target(text)
    last = target.number + target.element_bytes - 1 if isinstance(found, Stream) else target.number
    yield Watch(target.kind, target.number, last, target.place)


def _of_memory(found: Memory, text: str, kind: str) -> Iterator[Watch]:
    extents = [extent for extent in found.extents() if len(extent)]
    if not extents:
        raise Problem(f"{text} has no elements, and so nothing to watch")
    if len(extents) > MAX_WATCHES:
        help_ = "watch the whole tensor, or fewer rows of it"
        raise Problem(f"{text} lies in {len(extents)} pieces, and {MAX_WATCHES} can be watched", help_)
    yield from (Watch(kind, extent.start, extent.stop - 1) for extent in extents)
