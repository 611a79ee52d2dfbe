"""Running until an expression holds: it is looked at only where what it is made of changes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, repeat
from typing import TYPE_CHECKING

from debugger.running import CONDITION, Goal
from vm.stops import Stops

if TYPE_CHECKING:
    from debugger.session import Session


def goals(session: Session, expression: str) -> Iterator[Goal]:
    """What to run to, one goal after the other, until the expression holds: the next cycle, then each change."""
    from debugger import expr

    watches = expr.watched(session.machine, expression)
    nearest = Goal(CONDITION, session.cycle + 1)
    if watches is None:
        return chain([nearest], (Goal(CONDITION, session.cycle + 1) for _ in repeat(None)))
    change = Goal(CONDITION, stops=Stops(watches=watches), holds=lambda: session.is_true(expression))
    return chain([nearest], repeat(change))
