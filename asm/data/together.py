"""Which tensors flow together: rows of them meet in values, so that their ports and banks are wanted at once."""

from __future__ import annotations

from collections.abc import Iterable

from asm.tree import Name, OpStmt, Statement, Virtual, ops_of

Together = dict[str, set[str]]


def together(statements: Iterable[Statement]) -> Together:
    """For each name that linear tensor code uses the names used with it; what they are is not known yet.

    A statement whose first operand is a value makes it anew, out of its other operands; else it adds to its values.
    """
    flows = _Flows()
    for statement in ops_of(statements):
        if any(type(operand) is Virtual for operand in statement.operands):
            flows.add(statement)
    return flows.found()


class _Flows:
    """A group for each statement; `parent` leads from it to one that it has become part of, at last to itself."""

    def __init__(self) -> None:
        self.parent: list[int] = []
        self.names: list[list[str]] = []
        self.makers: dict[str, int] = {}  # the group of each value as it now stands

    def add(self, statement: OpStmt) -> None:
        own = len(self.parent)
        self.parent.append(own)
        self.names.append([operand.text for operand in statement.operands if type(operand) is Name])
        makes = type(statement.operands[0]) is Virtual
        for operand in statement.operands[makes:]:
            if type(operand) is Virtual and operand.name in self.makers:
                self.parent[self._root(self.makers[operand.name])] = own
        self.makers |= {operand.name: own for operand in statement.operands if type(operand) is Virtual}

    def _root(self, group: int) -> int:
        while self.parent[group] != group:
            self.parent[group] = group = self.parent[self.parent[group]]
        return group

    def found(self) -> Together:
        groups: dict[int, set[str]] = {}
        for group, names in enumerate(self.names):
            groups.setdefault(self._root(group), set()).update(names)
        result: Together = {}
        for members in groups.values():
            for name in members:
                result.setdefault(name, set()).update(members)
        return result
