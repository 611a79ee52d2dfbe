"""The contents of a program's typed symbols: arrays and raw row-major bytes, in whatever layout they lie."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import Any

from isa import layout
from isa.image import Tensor
from isa.machine import BYTES_PER_WORD, MachineSpec
from isa.places import STREAMS
from isa.types import TYPES, ElementType
from vm.engine import Engine
from vm.items import Item, Value

HEMISPHERE_SHIFT = 6  # a slice number is hemisphere * 64 + index


def raw_size(tensor: Tensor) -> int:
    """Bytes of a tensor's elements in row-major order."""
    return layout.linear_bytes(TYPES[tensor.dtype], prod(tensor.shape))


def extents(tensor: Tensor, spec: MachineSpec, word: int) -> list[range]:
    """The bytes of SRAM a tensor takes, in the order of its layout; `word` is its symbol's address.

    Raises ValueError for a tensor that cannot lie there.
    """
    if not layout.fits_axes(tensor):
        raise ValueError(f"{tensor.name} has {len(tensor.shape)} axes, which layout {tensor.layout} does not take")
    if tensor.layout == "linear":
        found = [range(word * BYTES_PER_WORD, word * BYTES_PER_WORD + raw_size(tensor))]
    else:
        hemisphere, index = divmod(tensor.slice, 1 << HEMISPHERE_SHIFT)
        slices, rows = layout.box(tensor, spec)
        starts = (spec.word_address(hemisphere, index + k, 0, tensor.row) * BYTES_PER_WORD for k in range(slices))
        found = [range(start, start + rows * spec.lanes) for start in starts]
    if any(extent.stop > spec.sram_bytes for extent in found):
        raise ValueError(f"{tensor.name} reaches past the end of SRAM")
    return found


def read_placed(engine: Engine, places: list[range]) -> bytes:
    return b"".join(engine.view(place.start, len(place)) for place in places)


def write_placed(engine: Engine, places: list[range], data: bytes) -> None:
    """Store bytes at places that take exactly as many."""
    for place in places:
        engine.load(place.start, data[: len(place)])
        data = data[len(place) :]


def read(engine: Engine, tensor: Tensor, word: int) -> layout.Array:
    """A copy of the elements, in the tensor's shape."""
    places = extents(tensor, engine.spec, word)
    if tensor.layout == "linear":
        view = engine.view(places[0].start, len(places[0]))
        return layout.unpack_linear(TYPES[tensor.dtype], tensor.shape, view)
    import numpy as np

    planes = np.frombuffer(read_placed(engine, places), np.uint8).reshape(
        *layout.box(tensor, engine.spec), engine.spec.lanes
    )
    return layout.unpack(tensor, engine.spec, planes)


def write(engine: Engine, tensor: Tensor, word: int, value: Any) -> None:
    """Replace the elements. Raises ValueError when dtype or shape are not the declared ones."""
    array = conforming(tensor, value)
    if tensor.layout == "linear":
        write_linear(engine, tensor, word, layout.linear_view(TYPES[tensor.dtype], array))
    else:
        write_placed(engine, extents(tensor, engine.spec, word), layout.pack(tensor, engine.spec, array).tobytes())


def write_linear(engine: Engine, tensor: Tensor, word: int, data: bytes | memoryview) -> None:
    """Store packed elements and zeros up to a whole word, as the assembler does: a load takes whole words."""
    (extent,) = extents(tensor, engine.spec, word)
    engine.load(extent.start, data)
    engine.load(extent.start + len(data), bytes(-len(data) % BYTES_PER_WORD))


def conforming(tensor: Tensor, value: Any) -> layout.Array:
    """A value as an array of the declared dtype and shape. Raises ValueError when it is another."""
    import numpy as np

    array, declared = np.asarray(value), layout.dtype(TYPES[tensor.dtype])
    if array.dtype.kind == "V" and array.dtype.itemsize == declared.itemsize and declared.isbuiltin != 1:
        array = array.view(declared)  # .npy files keep no names of types that NumPy does not know
    if array.dtype == np.int8 and holds(TYPES[tensor.dtype], array):
        array = array.astype(declared)
    if array.dtype != declared or array.shape != tensor.shape:
        given, wanted = described(str(array.dtype), array.shape), described(str(declared), tensor.shape)
        raise ValueError(f"{tensor.name} is declared as {wanted}; it cannot take {given}")
    return array


def holds(t: ElementType, array: layout.Array) -> bool:
    """Whether a type narrower than a byte holds all of an array's numbers."""
    return t.bits < 8 and (not array.size or (t.low <= array.min() and array.max() <= t.high))


def described(dtype: str, shape: tuple[int, ...]) -> str:
    return f"{dtype}[{', '.join(map(str, shape))}]"


def streams(spec: MachineSpec, found: Iterable[Item]) -> tuple[layout.Array, layout.Array]:
    """What left each position in the last cycle: uint8[2, streams, positions, lanes], and where there was something."""
    import numpy as np

    data = np.zeros((2, spec.streams, spec.positions, spec.lanes), np.uint8)
    held = np.zeros(data.shape[:-1], np.bool_)
    for item in found:
        if isinstance(item, Value):
            place = (*divmod(item.stream, STREAMS), item.position)
            data[place], held[place] = np.frombuffer(item.data, np.uint8), True
    return data, held


def read_raw(engine: Engine, tensor: Tensor, word: int) -> bytes:
    """The elements as row-major little-endian bytes."""
    if tensor.layout == "linear":
        return read_placed(engine, extents(tensor, engine.spec, word))
    return layout.pack_linear(TYPES[tensor.dtype], read(engine, tensor, word))


def write_raw(engine: Engine, tensor: Tensor, word: int, data: bytes) -> None:
    """Replace the elements by row-major little-endian bytes, `raw_size` of them."""
    if tensor.layout == "linear":
        write_linear(engine, tensor, word, data)
    else:
        write(engine, tensor, word, layout.unpack_linear(TYPES[tensor.dtype], tensor.shape, data))
