"""What the names of each object mean: its own symbols, and the global ones of the others."""

from __future__ import annotations

from collections.abc import Sequence

from asm.link.unit import Definition, Scope, Unit, note
from isa.diagnostics import Diagnostic
from isa.image import EXTERN, GLOBAL, LOCAL, TEXT, TO_TARGET, Relocation, Symbol


def resolve_names(units: Sequence[Unit]) -> tuple[list[Scope], list[Diagnostic]]:
    """The scope of every unit, in order; and duplicate, missing and misused names."""
    globals_, diagnostics = _globals(units)
    scopes = [_scope(unit, globals_) for unit in units]
    for unit, scope in zip(units, scopes, strict=True):
        diagnostics += _references(unit, scope, units, globals_)
        diagnostics += _promises(unit, scope)
    return scopes, diagnostics + _tensor_names(units)


def _globals(units: Sequence[Unit]) -> tuple[Scope, list[Diagnostic]]:
    found: Scope = {}
    diagnostics = []
    for unit in units:
        for symbol in unit.image.symbols:
            if symbol.binding != GLOBAL:
                continue
            first = found.setdefault(symbol.name, Definition(unit, symbol))
            if first.symbol is not symbol:
                diagnostics.append(_duplicate(first, Definition(unit, symbol)))
    return found, diagnostics


def _duplicate(first: Definition, second: Definition) -> Diagnostic:
    name = second.symbol.name
    message = f"the global symbol `{name}` is defined in {first.unit.image.name} and again in {second.unit.image.name}"
    help = f"rename one, or leave out `.global {name}` in one of the files"
    notes = note("first defined here", first.symbol.place)
    return Diagnostic("E-DUPLICATE", message, second.symbol.place, notes, help)


def _scope(unit: Unit, globals_: Scope) -> Scope:
    """An object's own definitions hide the global ones."""
    own = {s.name: Definition(unit, s) for s in reversed(unit.image.symbols) if s.binding != EXTERN}
    return globals_ | own


# References ---------------------------------------------------------------------------------------
def _references(unit: Unit, scope: Scope, units: Sequence[Unit], globals_: Scope) -> list[Diagnostic]:
    """One complaint for each name that has no meaning or the wrong one, at its first use."""
    diagnostics: dict[str, Diagnostic] = {}
    for relocation in unit.image.relocations:
        if relocation.symbol in diagnostics:
            continue
        definition = scope.get(relocation.symbol)
        if definition is None:
            diagnostics[relocation.symbol] = _undefined(unit, relocation, units, globals_)
        elif (definition.symbol.kind == TEXT) != (relocation.kind == TO_TARGET):
            diagnostics[relocation.symbol] = _misused(unit, relocation, definition)
    return list(diagnostics.values())


def _undefined(unit: Unit, relocation: Relocation, units: Sequence[Unit], globals_: Scope) -> Diagnostic:
    name = relocation.symbol
    message = f"`{name}` is used in {unit.image.name} and defined in no object"
    declared = next((s.place for s in unit.image.symbols if s.name == name), None)
    help = _hidden(name, units) or _similar(name, globals_)
    place = relocation.place or declared
    notes = note("declared here", declared) if declared != place else ()
    return Diagnostic("E-UNDEFINED", message, place, notes, help)


def _hidden(name: str, units: Sequence[Unit]) -> str:
    """Help for a name that another object keeps to itself."""
    for unit in units:
        if any(symbol.name == name and symbol.binding == LOCAL for symbol in unit.image.symbols):
            return f"{unit.image.name} defines a local `{name}`; add `.global {name}` there"
    return ""


def _similar(name: str, globals_: Scope) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, globals_, n=1)
    return f"did you mean `{close[0]}`, defined in {globals_[close[0]].unit.image.name}?" if close else ""


def _misused(unit: Unit, relocation: Relocation, definition: Definition) -> Diagnostic:
    is_, used_as = ("a program label", "memory") if definition.symbol.kind == TEXT else ("data", "a jump target")
    message = (
        f"`{relocation.symbol}` is {is_} of {definition.unit.image.name}, but {unit.image.name} uses it as {used_as}"
    )
    return Diagnostic("E-KIND", message, relocation.place, note("defined here", definition.symbol.place))


# Promises -----------------------------------------------------------------------------------------
def _promises(unit: Unit, scope: Scope) -> list[Diagnostic]:
    """`.extern A @ mw4.1` lets other accesses run beside A's, so all of A's group must be in those banks."""
    diagnostics = []
    for symbol in unit.image.symbols:
        definition = scope.get(symbol.name)
        if symbol.binding != EXTERN or not symbol.banks or definition is None or definition.symbol.kind == TEXT:
            continue
        if not definition.banks <= set(symbol.banks):
            diagnostics.append(_broken(unit, symbol, definition))
    return diagnostics


def _broken(unit: Unit, symbol: Symbol, definition: Definition) -> Diagnostic:
    spec = unit.image.machine
    promised = ", ".join(map(spec.bank_name, sorted(symbol.banks)))
    actual = ", ".join(map(spec.bank_name, sorted(definition.banks))) or "no bank"
    says, has = unit.image.name, definition.unit.image.name
    message = f"{says} promises `{symbol.name}` in {promised}, but {has} has it in {actual}"
    help = f"write `.extern {symbol.name} @ {actual}`, or place `{symbol.name}` in {promised}"
    return Diagnostic("E-BANKS", message, symbol.place, note("defined here", definition.symbol.place), help)


def _tensor_names(units: Sequence[Unit]) -> list[Diagnostic]:
    """Inputs and outputs are named from outside, so no two may share a name."""
    seen: dict[str, Unit] = {}
    diagnostics = []
    for unit in units:
        for tensor in unit.image.tensors:
            if not (tensor.is_input or tensor.is_output):
                continue
            first = seen.setdefault(tensor.name, unit)
            if first is not unit:
                diagnostics.append(_same_port(tensor.name, first, unit))
    return diagnostics


def _same_port(name: str, first: Unit, second: Unit) -> Diagnostic:
    message = f"`{name}` is an input or output of {first.image.name} and of {second.image.name}"
    places = [next((s.place for s in unit.image.symbols if s.name == name), None) for unit in (first, second)]
    return Diagnostic("E-DUPLICATE", message, places[1], note("the other is here", places[0]), "rename one of them")
