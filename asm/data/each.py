"""`each(i, j, EXPR)`: a value for every element of a tensor, computed from its indices."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod
from typing import TypeGuard

from asm.errors import error
from asm.names.expr import Address, Value, describe, evaluate
from asm.scope.scope import Scope
from asm.tree import Call, Line, Name, Number, Operand
from isa.records import dataclass

EACH = "each"
MOST = 1 << 20  # elements: more belong in a file


@dataclass(frozen=True, slots=True)
class Indexing:
    """What the expression of an element is evaluated in: its indices by name, before all other names."""

    scope: Scope
    indices: dict[str, int]

    def resolve(self, name: Name, line: Line) -> Value:
        index = self.indices.get(name.text)
        return self.scope.resolve(name, line) if index is None else index

    def apply(self, call: Call, line: Line) -> Value | None:
        return self.scope.apply(call, line)

    def distance(self, left: Address, right: Address) -> int | None:
        return self.scope.distance(left, right)


def is_each(node: Operand | None) -> TypeGuard[Call]:
    return isinstance(node, Call) and node.function == EACH


def each(scope: Scope, call: Call, shape: tuple[int, ...], line: Line) -> Iterator[Number]:
    """The values of all elements, row by row. Raises E-EXPR, E-RANGE."""
    *names, body = call.arguments or (call,)
    indices = [name.text for name in names if isinstance(name, Name)]
    if len(indices) != len(shape) or len(set(indices)) != len(names):
        axes = "1 axis" if len(shape) == 1 else f"{len(shape)} axes"
        message = f"`{EACH}` takes a name for each of {axes} and an expression"
        raise error("E-EXPR", message, line, call, f"write `{EACH}({', '.join('ijkl'[: len(shape)])}, ...)`")
    if prod(shape) > MOST:
        message = f"`{EACH}` makes at most {MOST} elements, not {prod(shape)}"
        raise error("E-RANGE", message, line, call, "take them from a file")
    for place in product(*map(range, shape)):
        value = evaluate(body, line, Indexing(scope, dict(zip(indices, place, strict=True))))
        if not isinstance(value, int | float):
            raise error("E-TYPE", f"an element is {describe(value)}; it must be a number", line, body)
        yield Number(value, body.column, body.end)
