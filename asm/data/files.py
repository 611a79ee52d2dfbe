"""Data from files: `.incbin` bytes and `.npy` arrays, checked before anything of them is believed."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from isa import npy
from isa.image import Tensor
from isa.types import TYPES, ElementType

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


class BadFile(ValueError):
    """A file that does not hold what the declaration says; the message says why, the file's name left out."""


def read_npy(raw: bytes, tensor: Tensor) -> Array:
    """The array in the bytes of an .npy file. Raises BadFile when dtype, shape or length are not the tensor's."""
    import numpy as np

    stream = io.BytesIO(raw)
    t = TYPES[tensor.dtype]
    try:
        shape, fortran, dtype = npy.read_header(stream)
        _check_header(t, tensor.shape, dtype, shape)
        npy.check_length(shape, dtype, len(raw) - stream.tell())
    except ValueError as error:
        raise BadFile(str(error)) from None
    flat = np.frombuffer(raw[stream.tell() :], dtype)
    return _as_type(t, flat.reshape(shape, order="F" if fortran else "C"))


def _check_header(t: ElementType, wanted: tuple[int, ...], dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
    if dtype.newbyteorder("=") not in _file_dtypes(t):
        raise BadFile(f"it holds {dtype} and the declaration says {t.name}")
    if tuple(shape) != wanted:
        raise BadFile(f"its shape is {list(shape)} and the declaration says {list(wanted)}")


def _file_dtypes(t: ElementType) -> list[np.dtype[Any]]:
    """What a type looks like in a file: types that NumPy does not know are saved as plain bytes; i4 also as i8."""
    import numpy as np

    from isa.layout import dtype

    own = dtype(t)
    found = [own]
    if own.isbuiltin != 1:
        found.append(np.dtype(f"V{own.itemsize}"))
    if t.bits < 8:
        found.append(np.dtype(np.int8))
    return found


def _as_type(t: ElementType, array: Array) -> Array:
    import numpy as np

    from isa.layout import dtype

    if array.dtype.kind == "V":
        return array.view(dtype(t))
    native = array.astype(array.dtype.newbyteorder("="))
    if t.bits < 8 and native.size and not t.low <= native.min() <= native.max() <= t.high:
        raise BadFile(f"it holds numbers outside {t.low} to {t.high}")
    return native.astype(dtype(t)) if native.dtype != dtype(t) else np.ascontiguousarray(native)
