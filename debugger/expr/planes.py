"""Weights of the matrix planes and maps of the switches, which expressions read only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debugger.expr.scope import Scope
from debugger.expr.values import Value
from isa import layout
from isa.types import TYPES
from vm import items
from vm.tensor_state import NAMES

if TYPE_CHECKING:
    from debugger.expr.values import Array

BUFFER, INSTALLED = 0, 1


def weights(scope: Scope, plane: int, installed: int) -> Value:
    """The array or the buffer of a plane, [lanes, lanes]; the whole one where two planes share it."""
    import numpy as np

    lanes = scope.spec.lanes
    found = {item.plane: item for item in scope.state.tensor
             if isinstance(item, items.Plane) and item.installed == installed}  # fmt: skip
    if plane not in found:
        empty = np.zeros((lanes, lanes), np.uint8)
        return Value(empty, "u8", np.zeros(empty.shape, np.bool_))
    t = TYPES[NAMES[found[plane].type]]
    first = plane - plane % t.planes
    raw = [np.frombuffer(found[first + k].data, np.uint8) for k in range(t.planes)]
    matrix = np.stack([half[: lanes * lanes].reshape(lanes, lanes) for half in raw], axis=-1)
    loaded = np.repeat(raw[0][lanes * lanes :].astype(np.bool_)[:, None], lanes, axis=1)
    return Value(_elements(matrix, t.name), t.name, None if loaded.all() else loaded)


def _elements(matrix: Array, name: str) -> Array:
    """uint8[lanes, lanes, bytes] as elements; those of i4 are sign-extended."""
    import numpy as np

    t = TYPES[name]
    if t.bits < 8:
        return matrix[..., 0].view(np.int8).astype(layout.dtype(t))
    return np.ascontiguousarray(matrix).view(layout.dtype(t))[..., 0]


def map_register(scope: Scope, hemisphere: int, number: int) -> Value:
    """A map register of a switch, u16[lanes]."""
    import numpy as np

    for item in scope.state.tensor:
        if isinstance(item, items.Map) and item[:2] == (hemisphere, number):
            return Value(np.frombuffer(item.data, "<u2"), "u16")
    return Value(np.zeros(scope.spec.lanes, np.uint16), "u16", np.zeros(scope.spec.lanes, np.bool_))
