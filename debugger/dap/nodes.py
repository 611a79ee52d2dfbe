"""What a client unfolds: values with children, made when they are asked for and known by numbers until time moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from debugger.dap.arguments import RequestError
from isa.records import NamedTuple, dataclass

MAX_CHILDREN = 1 << 12  # in one response; a client asks for more by `start`
UNKNOWN = -1  # how many children there are that have to be found out first


@dataclass(frozen=True)
class Children:
    """`count` children in places, which `made` gives from a place on; or, where `named`, children with names."""

    count: int
    made: Callable[[int, int], list[Node]]  # (start, count)
    named: bool = False


class Node(NamedTuple):
    """A value: its text and type, the expression that gives it (and takes another), and where its bytes are."""

    name: str
    text: str
    type: str = ""
    expression: str = ""
    children: Children | None = None
    memory: str = ""
    is_fixed: bool = False


def lazy(count: int, made: Callable[[], list[Node]]) -> Children:
    """Named children that are made when they are asked for."""
    return Children(count, lambda start, count: made()[start : start + count], named=True)


class Nodes:
    """What the client may still unfold. Numbers are never used again, so that old ones are known as such."""

    def __init__(self) -> None:
        self._found: dict[int, Children] = {}
        self._last = 0

    def clear(self) -> None:
        self._found.clear()

    def add(self, children: Children | None) -> int:
        """The number of what can be unfolded, 0 of what cannot."""
        if children is None or not children.count:
            return 0
        self._last += 1
        self._found[self._last] = children
        return self._last

    def __getitem__(self, number: int) -> Children:
        """Raises RequestError for what there is not, or no longer."""
        if number not in self._found:
            when = "is of an earlier stop" if 0 < number <= self._last else "was never given"
            raise RequestError(f"the variables reference {number} {when}")
        return self._found[number]

    def variable(self, node: Node) -> dict[str, Any]:
        """A node as the protocol's Variable."""
        found: dict[str, Any] = {"name": node.name, "value": node.text, **self.unfolded(node)}
        if node.expression:
            found["evaluateName"] = node.expression
        if node.is_fixed:
            found["presentationHint"] = {"attributes": ["readOnly"]}
        return found

    def unfolded(self, node: Node) -> dict[str, Any]:
        """What variables, results of expressions and of assignments have in common."""
        found: dict[str, Any] = {"variablesReference": self.add(node.children)}
        if node.type:
            found["type"] = node.type
        if node.children and node.children.count > 0:
            found["namedVariables" if node.children.named else "indexedVariables"] = node.children.count
        if node.memory:
            found["memoryReference"] = node.memory
        return found
