"""Running until an expression holds: it is looked at only where what it is made of changes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import chain, repeat
from typing import TYPE_CHECKING

from debugger.running import CONDITION, Goal
from isa.diagnostics import SourceError
from vm.stops import Stops, Watch

if TYPE_CHECKING:
    from debugger.session import Session

ANY_CYCLE = {"cycle", "pc", "loops"}  # what may change without being written


def goals(session: Session, expression: str) -> Iterator[Goal]:
    """What to run to, one goal after the other, until the expression holds: the next cycle, then each change."""
    watches = watched(session, expression)
    nearest = Goal(CONDITION, session.cycle + 1)
    if watches is None:
        return chain([nearest], (Goal(CONDITION, session.cycle + 1) for _ in repeat(None)))
    change = Goal(CONDITION, stops=Stops(watches=watches), holds=lambda: session.is_true(expression))
    return chain([nearest], repeat(change))


def watched(session: Session, expression: str) -> tuple[Watch, ...] | None:
    """Watches of all that an expression is made of; None where it may change without any being touched."""
    from debugger import expr

    tree = ast.parse(expression.strip(), mode="eval")
    if any(isinstance(node, ast.MatMult) or name_of(node) in ANY_CYCLE for node in ast.walk(tree)):
        return None
    found: dict[Watch, None] = {}
    for name in dict.fromkeys(name_of(node) for node in ast.walk(tree)):
        try:
            found |= dict.fromkeys(expr.watches(session.machine, name, "write")) if name else {}
        except SourceError:
            if name in expr.CHANGING:
                return None
    return tuple(found)


def name_of(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else ""
