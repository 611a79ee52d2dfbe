"""What names mean: those of the program, and those of the machine's registers, streams, slices and places."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from math import inf, nan

from debugger.expr import picks, planes
from debugger.expr.errors import Problem
from debugger.expr.lanes import UNSIGNED, Accumulators, Stream, Vector
from debugger.expr.memory import Memory
from debugger.expr.registers import ConditionCode, Register
from debugger.expr.scope import Scope
from debugger.expr.stores import Store
from debugger.expr.values import INT, Value, of_array, of_number
from isa.image import TEXT, Tensor
from isa.machine import EAST, WEST, MachineSpec
from isa.places import SCALAR_COUNT, WEST_FLOW, flows_west
from isa.units import HEMISPHERE_SLICES, PLANES
from vm import contents, items
from vm.machine import Machine
from vm.tensor_state import MAPS

NUMBERED = re.compile(r"(acc|mapw|mape|mw|me|se|sw|r|v|P)(0|[1-9][0-9]{0,5})")
BUFFER = re.compile(r"P([0-3])\.buffer")  # what `lw` loads and `iw` installs
MACHINE_MARK = "_"  # `_pc` is the machine's, whatever the program calls `pc`
MEMORY = "mem"
CONSTANTS = ("nan", "inf")


def look_up(scope: Scope, name: str) -> Store | Value:
    """What a name means, the program's own before the machine's. Raises Problem."""
    found = of_program(scope, name) or of_machine(scope, name.removeprefix(MACHINE_MARK))
    if found is None:
        raise Problem(f"there is nothing called {name}", _meant(scope, name))
    return found


def _meant(scope: Scope, name: str) -> str:
    """What helps with a name that means nothing: one near it, or what there is."""
    from asm.names.suggest import did_you_mean

    known = "tensors and labels of the program, r0, cc, pc, cycle, v0, acc0[0], P0, mem[0], mw0[0], se0@mw0"
    in_other_case = {each.lower(): each for each in _machine_names(scope.spec)}
    if name.lower() in in_other_case:
        return f"did you mean `{in_other_case[name.lower()]}`?"
    return did_you_mean(name, [*scope.machine.symbols, *SINGLE]) or f"there are {known}"


def of_program(scope: Scope, name: str) -> Store | Value | None:
    """A tensor, an area of memory, or the address of a label."""
    symbol = scope.machine.symbols.get(name)
    if symbol is None:
        return of_source(scope, name)
    if symbol.kind == TEXT:
        return Value(symbol.value, INT)
    declared = scope.machine.tensors.get(name)
    tensor = declared or Tensor(symbol.name, "u32", (symbol.size,))
    try:
        contents.extents(tensor, scope.spec, symbol.value)
    except ValueError as error:  # an object file may say anything
        raise Problem(str(error)) from None
    return _memory(scope, tensor, symbol.value, any_type=declared is None)


def of_source(scope: Scope, name: str) -> Store | None:
    """A register by what the source calls it, with or without the `%`."""
    number = scope.machine.register_names.get(name, scope.machine.register_names.get(f"%{name}"))
    return None if number is None else Register(scope, name, "i32", number)


def _memory(scope: Scope, tensor: Tensor, word: int = 0, any_type: bool = True) -> Memory:
    return Memory(scope, tensor.name, tensor.dtype, tensor, word, picks.everything(tensor.shape), any_type)


# Of the machine ---------------------------------------------------------------------------------
def of_machine(scope: Scope, name: str) -> Store | Value | None:
    """What a name means on every machine; None if nothing. Raises Problem for a number that this one has not."""
    if name in SINGLE:
        return SINGLE[name](scope)
    if buffer := BUFFER.fullmatch(name):
        _check_plane(scope, int(buffer[1]))
        return planes.weights(scope, int(buffer[1]), planes.BUFFER)
    found = NUMBERED.fullmatch(name)
    if found is None:
        return None
    kind, number = found[1], int(found[2])
    count = counts(scope.spec)[kind]
    if number >= count:
        there = f"it has {kind}0 to {kind}{count - 1}" if count else "it has none"
        raise Problem(f"{scope.spec.name} has no {name}; {there}")
    return FAMILIES[kind](scope, name, number)


def counts(spec: MachineSpec) -> dict[str, int]:
    """How many there are of what is numbered."""
    return {
        "r": SCALAR_COUNT, "v": spec.vxm_alus, "acc": PLANES, "P": PLANES, "mapw": MAPS, "mape": MAPS,
        "mw": spec.slices, "me": spec.slices, "se": spec.streams, "sw": spec.streams,
    }  # fmt: skip


def _loops(scope: Scope) -> Value:
    """The rounds left of each loop, outermost first."""
    import numpy as np

    return of_array(np.array([loop.remaining for loop in scope.state.loops], np.int64))


def _all_words(scope: Scope) -> Store:
    return _memory(scope, Tensor(MEMORY, "u32", (scope.spec.words,)))


SINGLE: dict[str, Callable[[Scope], Store | Value]] = {
    "pc": lambda scope: of_number(scope.state.pc),
    "cycle": lambda scope: of_number(scope.machine.cycle),
    "cc": lambda scope: ConditionCode(scope, "cc", "u8"),
    "loops": _loops,
    MEMORY: _all_words,
    "nan": lambda scope: of_number(nan),
    "inf": lambda scope: of_number(inf),
}


def _vector(scope: Scope, name: str, number: int) -> Store:
    written = (item.width for item in scope.state.tensor if isinstance(item, items.Vector) and item.register == number)
    return Vector(scope, name, UNSIGNED[next(written, 1)], number, -1, range(scope.spec.lanes))


def _accumulators(scope: Scope, name: str, number: int) -> Store:
    _check_plane(scope, number)
    return Accumulators(scope, name, "i32", number)


def _plane(scope: Scope, name: str, number: int) -> Value:
    _check_plane(scope, number)
    return planes.weights(scope, number, planes.INSTALLED)


def _check_plane(scope: Scope, number: int) -> None:
    if not scope.spec.has_plane(number):
        there = [f"P{plane}" for plane in range(PLANES) if scope.spec.has_plane(plane)]
        raise Problem(f"{scope.spec.name} has no plane {number}; it has {', '.join(there) or 'none'}")


def _slice(hemisphere: int) -> Callable[[Scope, str, int], Store]:
    def made(scope: Scope, name: str, number: int) -> Store:
        shape = (scope.spec.rows * scope.spec.banks, scope.spec.lanes)
        return _memory(scope, Tensor(name, "u8", shape, "rows", hemisphere * HEMISPHERE_SLICES + number, 1))

    return made


def _stream(scope: Scope, name: str, number: int) -> Value:
    raise Problem(f"{name} holds a value at each position", f"say where: {name}@mw0, {name}@vxm, {name}@mxm_w")


FAMILIES: dict[str, Callable[[Scope, str, int], Store | Value]] = {
    "r": lambda scope, name, number: Register(scope, name, "i32", number),
    "v": _vector,
    "acc": _accumulators,
    "P": _plane,
    "mapw": lambda scope, name, number: planes.map_register(scope, WEST, number),
    "mape": lambda scope, name, number: planes.map_register(scope, EAST, number),
    "mw": _slice(WEST),
    "me": _slice(EAST),
    "se": _stream,
    "sw": _stream,
}


# Streams at places ------------------------------------------------------------------------------
PLACES: dict[str, Callable[[MachineSpec], int]] = {
    "vxm": lambda spec: spec.vxm_position,
    "mxm_w": lambda spec: spec.mxm_position(WEST),
    "mxm_e": lambda spec: spec.mxm_position(EAST),
    "sxm_w": lambda spec: spec.sxm_position(WEST),
    "sxm_e": lambda spec: spec.sxm_position(EAST),
}


def stream_at(scope: Scope, stream: str, place: str) -> Stream:
    """The stream of a name as it comes to a place. Raises Problem for a place that nothing comes to on it."""
    found = NUMBERED.fullmatch(stream)
    if found is None or found[1] not in ("se", "sw"):
        raise Problem(f"{stream} is no stream", "streams are se0, se1, ... and sw0, sw1, ...")
    number = int(found[2])
    if number >= scope.spec.streams:
        raise Problem(f"{scope.spec.name} has no {stream}; it has {found[1]}0 to {found[1]}{scope.spec.streams - 1}")
    number += WEST_FLOW * (found[1] == "sw")
    left = upstream(number, position(scope.spec, place))
    if not 0 <= left < scope.spec.positions:
        raise Problem(
            f"nothing comes to {place} on {stream}, which begins there", "it is at the next place a cycle later"
        )
    return Stream(scope, f"{stream}@{place}", "u8", number, left, range(scope.spec.lanes))


def upstream(stream: int, position: int) -> int:
    """The position that a stream's values leave a cycle before they come to another."""
    return position + 1 if flows_west(stream) else position - 1


def position(spec: MachineSpec, place: str) -> int:
    """The position of a slice, the VXM, an MXM or a SXM by its name. Raises Problem."""
    if place.lower() in PLACES:
        return PLACES[place.lower()](spec)
    found = NUMBERED.fullmatch(place)
    if found is None or found[1] not in ("mw", "me"):
        raise Problem(f"{place} is no place of the floorplan", f"slices such as mw0 and {', '.join(PLACES)} are")
    number = int(found[2])
    if number >= spec.slices:
        raise Problem(f"{spec.name} has no {place}; it has {found[1]}0 to {found[1]}{spec.slices - 1}")
    return spec.slice_position(EAST if found[1] == "me" else WEST, number)


# For completion ---------------------------------------------------------------------------------
def names(machine: Machine) -> list[str]:
    """All names that an expression can begin with: the program's, then the machine's."""
    return list(dict.fromkeys([*machine.symbols, *machine.register_names, *_machine_names(machine.engine.spec)]))


def _machine_names(spec: MachineSpec) -> Iterator[str]:
    yield from SINGLE
    for kind, count in counts(spec).items():
        for number in range(count):
            if kind not in ("acc", "P") or spec.has_plane(number):
                yield f"{kind}{number}"
    yield from PLACES
