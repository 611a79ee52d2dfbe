"""How tensors lie in SRAM: arrays to bytes and back, for the assembler's data and the VM's symbols alike.

A `linear` tensor is a run of bytes, row-major, narrow types packed little-endian. The layouts of the tensor
face are boxes of bytes [slices, rows, lanes]: `rows` consecutive rows of adjacent slices. Two i4 share a byte,
the first one in the low nibble.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from isa.image import Tensor
from isa.machine import BYTES_PER_WORD, MachineSpec
from isa.types import TYPES, ElementType
from isa.units import HEMISPHERE_SLICES

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

MXM_SLICES = 16  # an MXM takes its weights from sixteen slices at once
NIBBLES = 2


def dtype(t: ElementType) -> np.dtype[Any]:
    """The NumPy dtype that holds one element of a type."""
    from importlib import import_module

    import numpy as np

    home = np if hasattr(np, t.numpy) else import_module("ml_dtypes")
    found: np.dtype[Any] = np.dtype(getattr(home, t.numpy))
    return found


def linear_bytes(t: ElementType, count: int) -> int:
    """Bytes that `count` elements take in linear memory."""
    return -(-count * t.bits // 8)


def pack_linear(t: ElementType, array: Array) -> bytes:
    """Row-major bytes of an array, two i4 to a byte."""
    return bytes(linear_view(t, array))


def linear_view(t: ElementType, array: Array) -> memoryview:
    """The same as a view: of the array itself where it lies so already."""
    import numpy as np

    flat = array.astype(dtype(t), copy=False).reshape(-1)
    packed = _nibbles_joined(flat, 0) if t.bits < 8 else flat.astype(flat.dtype.newbyteorder("<"), copy=False)
    return np.ascontiguousarray(packed).view(np.uint8).data


def unpack_linear(t: ElementType, shape: tuple[int, ...], data: bytes | memoryview) -> Array:
    """The array of a shape that `pack_linear` made the bytes of: a copy."""
    import numpy as np

    if t.bits < 8:
        return _nibbles_split(t, np.frombuffer(data, np.uint8), 0)[: prod(shape)].reshape(shape)
    return np.frombuffer(data, dtype(t).newbyteorder("<")).astype(dtype(t)).reshape(shape)


def fits_axes(tensor: Tensor) -> bool:
    """Whether a layout takes the number of axes: two for mxm, at least one for rows and tiles."""
    return {"linear": True, "mxm": len(tensor.shape) == 2}.get(tensor.layout, len(tensor.shape) > 0)


def box(tensor: Tensor, machine: MachineSpec) -> tuple[int, int]:
    """(slices, rows) that a tensor of the tensor face takes."""
    t = TYPES[tensor.dtype]
    *outer, last = tensor.shape
    if tensor.layout != "mxm":
        return t.planes, prod(outer) * _vectors(t, machine, last)
    tiles = -(-outer[0] // machine.lanes) * -(-last // machine.lanes)
    return MXM_SLICES, tiles * _tile_rows(t, machine)


def pack(tensor: Tensor, machine: MachineSpec, array: Array) -> Array:
    """The bytes of an array as uint8[slices, rows, lanes]; lanes beyond the last axis are zero."""
    t = TYPES[tensor.dtype]
    elements = array.astype(dtype(t)).reshape(tensor.shape)
    if tensor.layout == "mxm":
        return _pack_mxm(t, machine, elements)
    bytes_ = _bytes(t, elements.reshape(prod(tensor.shape[:-1]), tensor.shape[-1]), axis=1)  # [outer, last, planes]
    vectors = _vectors(t, machine, tensor.shape[-1])
    padded = _padded(bytes_, 1, vectors * machine.lanes)
    parts = padded.reshape(len(padded), vectors, machine.lanes, t.planes)
    order = (3, 0, 1, 2) if tensor.layout == "rows" else (3, 1, 0, 2)
    return parts.transpose(order).reshape(t.planes, -1, machine.lanes)


def unpack(tensor: Tensor, machine: MachineSpec, planes: Array) -> Array:
    """The array that `pack` made uint8[slices, rows, lanes] of."""
    t = TYPES[tensor.dtype]
    if tensor.layout == "mxm":
        return _unpack_mxm(t, machine, tensor.shape, planes)
    outer, last = prod(tensor.shape[:-1]), tensor.shape[-1]
    vectors = _vectors(t, machine, last)
    if tensor.layout == "rows":
        parts = planes.reshape(t.planes, outer, vectors, machine.lanes).transpose(1, 2, 3, 0)
    else:
        parts = planes.reshape(t.planes, vectors, outer, machine.lanes).transpose(2, 1, 3, 0)
    elements = _elements(t, parts.reshape(outer, vectors * machine.lanes, t.planes), axis=1)
    return elements[:, :last].reshape(tensor.shape)


def element_places(tensor: Tensor, machine: MachineSpec, word: int, index: Sequence[Any]) -> tuple[Array, Array, int]:
    """Where elements lie, `index` giving int64 arrays (or numbers) for each axis; `word` is the symbol's address.

    The byte of the linear map of each one's lowest byte, which of its nibbles (0 but for i4), and how far it is from
    one byte of an element to the next.
    """
    if tensor.layout == "linear":
        return _linear_places(tensor, word, index)
    t, lanes = TYPES[tensor.dtype], machine.lanes
    slice_bytes = machine.words_per_slice * BYTES_PER_WORD
    where = _mxm_places if tensor.layout == "mxm" else _vector_places
    away, row, lane, nibble = where(tensor, t, machine, index)
    hemisphere, first = divmod(tensor.slice, HEMISPHERE_SLICES)
    start = (hemisphere * machine.slices + first) * slice_bytes
    return start + away * slice_bytes + (tensor.row + row) * lanes + lane, nibble, slice_bytes


def _linear_places(tensor: Tensor, word: int, index: Sequence[Any]) -> tuple[Array, Array, int]:
    t = TYPES[tensor.dtype]
    half_bytes, nibble = divmod(_flat(tensor.shape, index) * t.bits, 8)
    return word * BYTES_PER_WORD + half_bytes, nibble // 4, 1


def _vector_places(tensor: Tensor, t: ElementType, machine: MachineSpec, index: Sequence[Any]) -> tuple[Array, ...]:
    """(slice from the first, row from the first, lane, nibble) of elements in the layouts rows and tiles."""
    outer, per = _flat(tensor.shape[:-1], index[:-1]), _per_byte(t)
    vector, within = divmod(index[-1], machine.lanes * per)
    vectors = _vectors(t, machine, tensor.shape[-1])
    row = outer * vectors + vector if tensor.layout == "rows" else vector * prod(tensor.shape[:-1]) + outer
    lane, nibble = divmod(within, per)
    return 0 * row, row + 0 * lane, lane + 0 * row, nibble + 0 * row


def _mxm_places(tensor: Tensor, t: ElementType, machine: MachineSpec, index: Sequence[Any]) -> tuple[Array, ...]:
    """The same in the layout mxm."""
    (deep, k), (across, lane) = (divmod(axis, machine.lanes) for axis in index)
    k, nibble = divmod(k, _per_byte(t))
    step, j = divmod(k, MXM_SLICES // t.planes)
    wide = -(-tensor.shape[1] // machine.lanes)
    row = (deep * wide + across) * _tile_rows(t, machine) + step
    return j * t.planes + 0 * row, row, lane + 0 * row, nibble + 0 * row


def _flat(shape: tuple[int, ...], index: Sequence[Any]) -> Any:
    """The numbers of elements in row-major order."""
    number = 0
    for extent, axis in zip(shape, index, strict=True):
        number = number * extent + axis
    return number


def _pack_mxm(t: ElementType, machine: MachineSpec, weights: Array) -> Array:
    """Tile by tile; matrix row `step*per + j` of a tile is in slices j*planes on, row `step` of the tile."""
    lanes, per, steps = machine.lanes, MXM_SLICES // t.planes, _tile_rows(t, machine)
    deep, wide = (-(-extent // lanes) for extent in weights.shape)
    whole = _padded(_padded(weights, 0, deep * lanes), 1, wide * lanes)
    bytes_ = _bytes(t, whole, axis=0).reshape(deep, -1, wide * lanes * t.planes)
    parts = _padded(bytes_, 1, steps * per).reshape(deep, steps, per, wide, lanes, t.planes)
    return parts.transpose(2, 5, 0, 3, 1, 4).reshape(MXM_SLICES, -1, lanes)


def _unpack_mxm(t: ElementType, machine: MachineSpec, shape: tuple[int, ...], planes: Array) -> Array:
    lanes, per, steps = machine.lanes, MXM_SLICES // t.planes, _tile_rows(t, machine)
    deep, wide = (-(-extent // lanes) for extent in shape)
    parts = planes.reshape(per, t.planes, deep, wide, steps, lanes).transpose(2, 4, 0, 3, 5, 1)
    tiles = parts.reshape(deep, steps * per, wide * lanes, t.planes)[:, : lanes // _per_byte(t)]
    return _elements(t, tiles.reshape(-1, wide * lanes, t.planes), axis=0)[: shape[0], : shape[1]]


def _per_byte(t: ElementType) -> int:
    return NIBBLES if t.bits < 8 else 1


def _vectors(t: ElementType, machine: MachineSpec, last: int) -> int:
    """Vectors that the last axis is cut into."""
    return -(-last // (machine.lanes * _per_byte(t)))


def _tile_rows(t: ElementType, machine: MachineSpec) -> int:
    """SRAM rows of one MXM tile of lanes x lanes elements."""
    return -(-machine.lanes * t.planes // (MXM_SLICES * _per_byte(t)))


def _padded(array: Array, axis: int, extent: int) -> Array:
    import numpy as np

    missing = [(0, extent - n if i == axis else 0) for i, n in enumerate(array.shape)]
    return np.pad(array, missing)


def _bytes(t: ElementType, elements: Array, axis: int) -> Array:
    """Elements [a, b] as uint8[a, b, planes]; i4 pairs along `axis` become one byte."""
    import numpy as np

    if t.bits < 8:
        return _nibbles_joined(elements, axis)[..., None]
    little = np.ascontiguousarray(elements, elements.dtype.newbyteorder("<"))
    return little.view(np.uint8).reshape(*elements.shape, t.planes)


def _elements(t: ElementType, bytes_: Array, axis: int) -> Array:
    """The reverse of `_bytes`."""
    import numpy as np

    if t.bits < 8:
        return _nibbles_split(t, bytes_[..., 0], axis)
    little = np.ascontiguousarray(bytes_).view(dtype(t).newbyteorder("<"))
    return little.astype(dtype(t))[..., 0]


def _nibbles_joined(elements: Array, axis: int) -> Array:
    import numpy as np

    count = elements.shape[axis]
    nibbles = _padded(elements.astype(np.int8).view(np.uint8) & 0xF, axis, count + count % NIBBLES)
    low, high = (np.take(nibbles, range(first, count + count % NIBBLES, NIBBLES), axis) for first in range(NIBBLES))
    joined: Array = low | high << 4
    return joined


def _nibbles_split(t: ElementType, bytes_: Array, axis: int) -> Array:
    import numpy as np

    pairs = np.stack([bytes_ << 4, bytes_], axis + 1).view(np.int8) >> 4
    shape = list(bytes_.shape)
    shape[axis] *= NIBBLES
    return pairs.reshape(shape).astype(dtype(t))
