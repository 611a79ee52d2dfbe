"""Causes as what a client unfolds: why a value is what it is, why a run faulted, where a value goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debugger.dap.nodes import UNKNOWN, Children, Node

if TYPE_CHECKING:
    from debugger.session import Session
    from debugger.why import Cause


def of_cause(name: str, cause: Cause) -> Node:
    """A cause; those below it are found out when it is unfolded."""
    children = Children(UNKNOWN, lambda start, count: below(cause)[start : start + count], named=True)
    return Node(name, f"{cause.text}{cause.where}", children=children if cause.has_more else None, is_fixed=True)


def below(cause: Cause) -> list[Node]:
    return [of_cause(str(number), each) for number, each in enumerate(cause.children(), 1)]


def of_fault(session: Session) -> list[Node]:
    """Why the run faults here; nothing where it does not."""
    from debugger.why import whynot

    return [of_cause("why", whynot(session))] if session.fault else []
