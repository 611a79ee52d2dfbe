"""What the rest of the debugger asks of expressions. All raise SourceError (E-EXPR) for what cannot be."""

from __future__ import annotations

import ast

from debugger.expr import watching
from debugger.expr.errors import Problem, at_node
from debugger.expr.files import load_npy
from debugger.expr.operators import truth
from debugger.expr.parse import parse
from debugger.expr.scope import Change, Load, Scope
from debugger.expr.shown import Shown, shown
from debugger.expr.stores import Store
from debugger.expr.target import Target
from debugger.expr.walk import find, value_of
from vm.machine import Machine
from vm.stops import WRITE, Watch


def evaluate(machine: Machine, text: str, load: Load | None = None) -> Shown:
    """The value of an expression in the present state; `load` gives the array in a file."""
    scope, tree = Scope(machine, load or load_npy), parse(text)
    found = find(scope, tree)
    try:
        return shown(text.strip(), found)
    except Problem as problem:
        raise at_node(problem, tree) from None


def holds(machine: Machine, text: str, load: Load | None = None) -> bool:
    """Whether a condition holds; of nothing it does not."""
    tree = parse(text)
    try:
        return truth(value_of(Scope(machine, load or load_npy), tree))
    except Problem as problem:
        raise at_node(problem, tree) from None


def resolve(machine: Machine, text: str) -> Target:
    """What an expression names, to be written, watched or asked about."""
    store, tree = _store(machine, text)
    try:
        return store.target(text.strip())
    except Problem as problem:
        raise at_node(problem, tree) from None


def _store(machine: Machine, text: str) -> tuple[Store, ast.expr]:
    tree = parse(text)
    found = find(Scope(machine, load_npy), tree)
    if not isinstance(found, Store):
        problem = Problem(f"{text.strip()} is a value, not a place that holds one",
                          "places are r3, cc, v0, acc0[5], se4@mw3, A[0, 1], mem[100], mw4[7]")  # fmt: skip
        raise at_node(problem, tree)
    return found, tree


def assign(machine: Machine, target_text: str, value_text: str, load: Load | None = None) -> Change:
    """What writes the present value of an expression to a target, for History.edit."""
    store, _ = _store(machine, target_text)
    tree = parse(value_text)
    value = value_of(Scope(machine, load or load_npy), tree)
    try:
        return store.put(value)
    except Problem as problem:
        raise at_node(problem, tree) from None


def watches(machine: Machine, text: str, kind: str = WRITE) -> tuple[Watch, ...]:
    """The watches of a target or a unit; of memory, of its accesses of a kind: "write", "read" or "access"."""
    return watching.watches(Scope(machine, load_npy), text, kind)


def watched(machine: Machine, text: str) -> tuple[Watch, ...] | None:
    """Watches of all that the value of an expression is made of; None if it may change with none of that touched."""
    return watching.watched(Scope(machine, load_npy), text)
