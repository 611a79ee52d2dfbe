"""Evaluation: a tree of Python's `ast`, walked by a table of the nodes that an expression may have."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial, reduce
from typing import Any, TypeAlias

from debugger.expr import picks
from debugger.expr.errors import Problem, at_node
from debugger.expr.functions import FUNCTIONS
from debugger.expr.memory import Memory
from debugger.expr.names import BUFFER, look_up, stream_at
from debugger.expr.operators import COMPARE, MAX_BITS, binary, compare, joined, negated, truth, truths, unary
from debugger.expr.picks import Index
from debugger.expr.scope import Scope
from debugger.expr.stores import Store
from debugger.expr.values import BOOL, INDEX, VIEWS, Value, as_array, of_array, of_number, viewed

Found: TypeAlias = Store | Value
ADDRESS, LOAD = "addr", "load"


def find(scope: Scope, node: ast.expr) -> Found:
    """What an expression names or computes; what it names is not read yet. Raises SourceError."""
    handler = HANDLERS.get(type(node))
    try:
        if handler is None:
            raise Problem(f"{KINDS.get(type(node), 'this')} is no part of expressions here")
        return handler(scope, node)
    except Problem as problem:
        raise at_node(problem, node) from None


def value_of(scope: Scope, node: ast.expr) -> Value:
    """The value of an expression. Raises SourceError."""
    found = find(scope, node)
    try:
        return read(found)
    except Problem as problem:
        raise at_node(problem, node) from None


def read(found: Found) -> Value:
    return found.read() if isinstance(found, Store) else found


# Leaves -----------------------------------------------------------------------------------------
def _constant(scope: Scope, node: ast.Constant) -> Found:
    if not isinstance(node.value, int | float):
        raise Problem("only numbers, True and False stand for themselves", 'text is for load("golden.npy")')
    if isinstance(node.value, int) and node.value.bit_length() > MAX_BITS:
        raise Problem(f"this integer has more than {MAX_BITS} bits")
    return of_number(node.value)


def _name(scope: Scope, node: ast.Name) -> Found:
    return look_up(scope, node.id)


def _attribute(scope: Scope, node: ast.Attribute) -> Found:
    """`A.f32`, `A.addr`, `P0.buffer`, or a name of the program that has a dot in it."""
    path = dotted(node)
    if path in scope.machine.symbols or BUFFER.fullmatch(path):
        return look_up(scope, path)
    found = find(scope, node.value)
    if node.attr == ADDRESS and isinstance(found, Memory):
        return found.address()
    if node.attr not in VIEWS:
        raise _no_attribute(node.attr)
    name = VIEWS[node.attr]
    return found.viewed(name) if isinstance(found, Store) else viewed(found, name)


def dotted(node: ast.expr) -> str:
    """`a.b.c` of attributes of a name; nothing of other nodes."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _no_attribute(name: str) -> Problem:
    from asm.names.suggest import did_you_mean

    help_ = did_you_mean(name, [*VIEWS, ADDRESS]) or f"there are {', '.join(VIEWS)} and {ADDRESS}"
    return Problem(f"`.{name}` is no way to look at something", help_)


# Indices ----------------------------------------------------------------------------------------
def _subscript(scope: Scope, node: ast.Subscript) -> Found:
    found = find(scope, node.value)
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    index = [part for each in parts for part in _index(scope, each)]
    if any(isinstance(part, Value) for part in index):
        return _chosen(read(found), index)
    return found.at(tuple(index)) if isinstance(found, Store) else _part(found, tuple(index), ast.unparse(node.value))


def _index(scope: Scope, node: ast.expr) -> list[Any]:
    """The parts of an index that one of its expressions gives: numbers, a slice, `...`, or an array."""
    if isinstance(node, ast.Slice):
        return [slice(*(part and _integer(scope, part) for part in (node.lower, node.upper, node.step)))]
    if isinstance(node, ast.Constant) and node.value is Ellipsis:
        return [...]
    value = value_of(scope, node)
    if value.type == INDEX:
        return list(value.data)
    return [value] if value.shape else [_whole(value, node)]


def _integer(scope: Scope, node: ast.expr) -> int:
    return _whole(value_of(scope, node), node)


def _whole(value: Value, node: ast.expr) -> int:
    """The number that an index is. Raises SourceError."""
    number = value.data.item() if value.is_array and not value.shape else value.data
    if not isinstance(number, int) or isinstance(number, bool):
        raise at_node(Problem("an index is an integer, a slice or an array of booleans"), node)
    return number


def _part(value: Value, index: tuple[Index, ...], name: str) -> Value:
    """A part of a value that lies nowhere. Raises Problem."""
    if not value.is_array:
        raise Problem(f"{name} is one number, with no parts")
    picked = picks.pick(name, picks.everything(value.shape), index)
    where = tuple(pick if isinstance(pick, int) else picks.as_slice(pick) for pick in picked)
    held = None if value.held is None else of_array(value.held[where]).data
    return of_array(value.data[where], held)


def _chosen(value: Value, index: list[Any]) -> Value:
    """The elements that an array of booleans or of numbers chooses. Raises Problem."""

    if len(index) > 1 or not value.shape:
        raise Problem("an array as an index stands alone, and chooses from an array")
    (chosen,) = index
    where = truths(chosen) if chosen.type == BOOL else as_array(chosen)
    try:
        held = None if value.held is None else value.held[where]
        return of_array(value.data[where], held)
    except IndexError:
        raise Problem(f"an index of shape {list(where.shape)} does not choose from {list(value.shape)}") from None


# Operators --------------------------------------------------------------------------------------
def _binary(scope: Scope, node: ast.BinOp) -> Found:
    if isinstance(node.op, ast.MatMult):
        return _stream(scope, node)
    return binary(type(node.op), value_of(scope, node.left), value_of(scope, node.right))


def _stream(scope: Scope, node: ast.BinOp) -> Found:
    if not isinstance(node.left, ast.Name) or not isinstance(node.right, ast.Name):
        raise Problem("`@` stands between a stream and a place", "such as se4@mw3, sw0@vxm or se16@mxm_e")
    return stream_at(scope, node.left.id, node.right.id)


def _unary(scope: Scope, node: ast.UnaryOp) -> Value:
    value = value_of(scope, node.operand)
    return negated(value) if isinstance(node.op, ast.Not) else unary(type(node.op), value)


def _compare(scope: Scope, node: ast.Compare) -> Value:
    """`a < b < c` is `a < b and b < c`."""
    values = [value_of(scope, each) for each in (node.left, *node.comparators)]
    found = [_compared(type(op), a, b) for op, a, b in zip(node.ops, values, values[1:], strict=False)]
    return found[0] if len(found) == 1 else reduce(partial(joined, True), found)


def _compared(op: type[ast.cmpop], a: Value, b: Value) -> Value:
    if op not in COMPARE:
        raise Problem("`in` and `is` are no comparisons here", "there are == != < <= > >=")
    return compare(op, a, b)


def _boolean(scope: Scope, node: ast.BoolOp) -> Value:
    """`and`, `or`: element by element of arrays; a number that decides keeps what follows from being evaluated."""
    is_and = isinstance(node.op, ast.And)
    found = value_of(scope, node.values[0])
    for each in node.values[1:]:
        if not found.is_array and bool(found.data) != is_and:
            break
        found = joined(is_and, found, value_of(scope, each))
    return found if found.type == BOOL else of_number(bool(truths(found)))


def _conditional(scope: Scope, node: ast.IfExp) -> Found:
    test = value_of(scope, node.test)
    return find(scope, node.body if truth(test) else node.orelse)


# Calls ------------------------------------------------------------------------------------------
def _call(scope: Scope, node: ast.Call) -> Value:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name == LOAD:
        return _loaded(scope, node)
    if name not in FUNCTIONS:
        raise _no_function(name)
    count, function = FUNCTIONS[name]
    if node.keywords or len(node.args) != count:
        given = len(node.args) + len(node.keywords)
        raise Problem(f"{name} takes {count} {'value' if count == 1 else 'values'}, not {given}")
    return function(*(value_of(scope, each) for each in node.args))


def _no_function(name: str) -> Problem:
    from asm.names.suggest import did_you_mean

    known = [LOAD, *FUNCTIONS]
    what = f"function {name}" if name else "such function"
    return Problem(f"there is no {what}", did_you_mean(name, known) or f"there are {', '.join(known)}")


def _loaded(scope: Scope, node: ast.Call) -> Value:
    """`load("golden.npy")`: the array in a file."""
    path = node.args[0].value if len(node.args) == 1 and isinstance(node.args[0], ast.Constant) else None
    if not isinstance(path, str) or node.keywords:
        raise Problem("load takes the name of a file", 'such as load("golden.npy")')
    try:
        return of_array(scope.load(path))
    except (OSError, ValueError) as error:
        raise Problem(f"{path}: {getattr(error, 'strerror', None) or error}") from None


HANDLERS: dict[type[ast.expr], Callable[[Scope, Any], Found]] = {
    ast.Constant: _constant, ast.Name: _name, ast.Attribute: _attribute, ast.Subscript: _subscript,
    ast.BinOp: _binary, ast.UnaryOp: _unary, ast.Compare: _compare, ast.BoolOp: _boolean, ast.IfExp: _conditional,
    ast.Call: _call,
}  # fmt: skip
KINDS = {
    ast.Lambda: "a function of one's own", ast.ListComp: "a comprehension", ast.SetComp: "a comprehension",
    ast.DictComp: "a comprehension", ast.GeneratorExp: "a comprehension", ast.JoinedStr: "text", ast.Tuple: "a tuple",
    ast.List: "a list", ast.Dict: "a dictionary", ast.Set: "a set", ast.NamedExpr: "an assignment",
    ast.Starred: "a star", ast.Slice: "a slice without what it cuts",
}  # fmt: skip
