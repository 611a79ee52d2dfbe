"""Machines that hold one tensor of any type, layout and place, and random numbers for it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from numpy.typing import NDArray

from conform.build import image, op
from debugger.expr import evaluate
from isa import layout
from isa.diagnostics import Diagnostic, SourceError
from isa.image import DATA, LOCAL, Symbol, Tensor
from isa.machine import MachineSpec
from isa.types import TYPES
from isa.units import HEMISPHERE_SLICES
from vm.machine import Machine

SPEC = MachineSpec("sixteen", superlanes=1, quads=4, rows=64)  # as many slices as an MXM takes weights from
Array = NDArray[Any]


@st.composite
def tensors(draw: st.DrawFn) -> Tensor:
    """A tensor of any type and layout that the machine has room for, linear ones anywhere."""
    dtype, kind = draw(st.sampled_from(sorted(TYPES))), draw(st.sampled_from(("linear", "rows", "tiles", "mxm")))
    axes = 2 if kind == "mxm" else draw(st.integers(1, 3))
    shape = tuple(draw(st.lists(st.integers(1, 40 if axes < 3 else 9), min_size=axes, max_size=axes)))
    tensor = Tensor("X", dtype, shape, kind)
    if kind == "linear":
        return tensor
    slices, rows = layout.box(tensor, SPEC)
    hemisphere, first = draw(st.integers(0, 1)), draw(st.integers(0, SPEC.slices - slices))
    row = draw(st.integers(0, SPEC.rows * SPEC.banks - rows))
    return Tensor("X", dtype, shape, kind, hemisphere * HEMISPHERE_SLICES + first, slices, row)


def machine_of(tensor: Tensor, engine: str = "core") -> Machine:
    """A machine with the tensor alone in its memory, none of it written."""
    made = image([op("halt [code]")])
    made.machine = SPEC
    made.tensors = [tensor]
    made.symbols = [Symbol(tensor.name, DATA, LOCAL, word_of(tensor))]
    return Machine(made, engine)


def word_of(tensor: Tensor) -> int:
    """The address of the symbol: that of the first row, or any word."""
    if tensor.layout == "linear":
        return 1237
    hemisphere, index = divmod(tensor.slice, HEMISPHERE_SLICES)
    return SPEC.word_address(hemisphere, index, 0, tensor.row)


def random_elements(tensor: Tensor, seed: int) -> Array:
    """Any bits of the type; NaNs and infinities are among those of floats."""
    t, rng = TYPES[tensor.dtype], np.random.default_rng(seed)
    if t.bits < 8:
        return rng.integers(-8, 8, tensor.shape, np.int8).astype(layout.dtype(t))
    return rng.integers(0, 256, (*tensor.shape, t.planes), np.uint8).view(layout.dtype(t))[..., 0]


def bits(array: Array) -> Array:
    """Elements as whole numbers, so that NaNs are compared, too."""
    array = np.ascontiguousarray(array)
    return array.astype(np.int8) if array.dtype.name == "int4" else array.view(f"u{array.dtype.itemsize}")


@st.composite
def indices(draw: st.DrawFn, shape: tuple[int, ...]) -> tuple[int | slice, ...]:
    """An index that NumPy takes, of some of the axes."""
    axes = draw(st.integers(0, len(shape)))
    return tuple(draw(part(extent)) for extent in shape[:axes])


def part(extent: int) -> st.SearchStrategy[int | slice]:
    ends = st.none() | st.integers(-extent - 2, extent + 2)
    steps = st.none() | st.integers(-3, 3).filter(bool)
    return st.integers(-extent, extent - 1) | st.builds(slice, ends, ends, steps)


def index_text(index: tuple[int | slice, ...]) -> str:
    """`[3, 1:5:2]`, nothing for no index."""

    def one(each: int | slice) -> str:
        if isinstance(each, int):
            return str(each)
        ends = ["" if end is None else str(end) for end in (each.start, each.stop, each.step)]
        return ":".join(ends)

    return f"[{', '.join(map(one, index))}]" if index else ""


def machine_with(dtype: str, array: Array) -> Machine:
    """A machine with an array as its linear tensor X."""
    machine = machine_of(Tensor("X", dtype, array.shape))
    machine["X"] = array
    return machine


def assert_same(found: Any, expected: Any) -> None:
    """Two arrays or numbers of one type, NaNs alike."""
    found, expected = np.asarray(found), np.asarray(expected)
    assert kind(found) == kind(expected)
    np.testing.assert_array_equal(as_doubles(found), as_doubles(expected))


def as_doubles(array: Array) -> Array:
    with np.errstate(invalid="ignore"):  # signalling NaNs
        return array.astype(np.float64)


def kind(array: Array) -> str:
    """b, i or f; NumPy has none for types that it does not know."""
    return {"u": "i", "V": "i" if "int" in array.dtype.name else "f"}.get(array.dtype.kind, array.dtype.kind)


def error_of(machine: Machine, text: str) -> Diagnostic:
    """What is said of an expression that cannot be evaluated."""
    with pytest.raises(SourceError) as raised:
        evaluate(machine, text)
    (diagnostic,) = raised.value.diagnostics
    assert diagnostic.code == "E-EXPR"
    return diagnostic
