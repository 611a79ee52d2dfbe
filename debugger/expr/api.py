"""What the rest of the debugger asks of expressions. All raise SourceError (E-EXPR) for what cannot be."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from debugger.expr import target
from debugger.expr.errors import Problem, at_node
from debugger.expr.files import load_npy
from debugger.expr.memory import Memory
from debugger.expr.operators import truth
from debugger.expr.parse import parse
from debugger.expr.scope import Change, Load, Scope
from debugger.expr.shown import Shown, shown
from debugger.expr.stores import Store
from debugger.expr.target import Target
from debugger.expr.walk import find, read, value_of
from isa.units import UNIT_NAMES
from vm import stops
from vm.machine import Machine
from vm.stops import Watch

MAX_WATCHES = 4096
MEMORY_KINDS = (stops.WRITE, stops.READ, stops.ACCESS)


def evaluate(machine: Machine, text: str, load: Load | None = None) -> Shown:
    """The value of an expression in the present state; `load` gives the array in a file."""
    scope, tree = Scope(machine, load or load_npy), parse(text)
    found = find(scope, tree)
    try:
        return shown(text.strip(), read(found), found if isinstance(found, Store) else None)
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


def watches(machine: Machine, text: str, kind: str = stops.WRITE) -> tuple[Watch, ...]:
    """The watches of a target or a unit; of memory, of the accesses of a kind: "write", "read" or "access"."""
    if text.strip() in UNIT_NAMES:
        number = UNIT_NAMES.index(text.strip())
        return (Watch(stops.UNIT, number, number),)
    store, tree = _store(machine, text)
    try:
        return tuple(_watches(store, store.target(text.strip()), kind))
    except Problem as problem:
        raise at_node(problem, tree) from None


def _watches(store: Store, found: Target, kind: str) -> Iterator[Watch]:
    if kind not in MEMORY_KINDS:
        raise Problem(f"there is no watch for {kind}", f"there are {', '.join(MEMORY_KINDS)}")
    if isinstance(store, Memory):
        extents = [extent for extent in store.extents() if len(extent)]
        if not 0 < len(extents) <= MAX_WATCHES:
            raise Problem(f"{found.text} lies in {len(extents)} pieces; 1 to {MAX_WATCHES} can be watched",
                          "watch the whole tensor, or fewer rows of it")  # fmt: skip
        yield from (Watch(kind, extent.start, extent.stop - 1) for extent in extents)
        return
    if kind != stops.WRITE:
        raise Problem(f"{found.text} is watched for writes only", "memory is watched for reads, too")
    last = found.number + found.element_bytes - 1 if found.kind == target.STREAM else found.number
    yield Watch(found.kind, found.number, last, found.place)
