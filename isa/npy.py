"""The headers of `.npy` files, checked before anything of them is believed."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

MAX_HEADER = 10_000  # bytes


def read_header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Shape, whether in Fortran order, and dtype; the stream stands at the data then. Raises ValueError."""
    from numpy.lib import format as npy

    try:
        version = npy.read_magic(stream)
    except ValueError:
        raise ValueError("it is not an .npy file") from None
    try:
        read = getattr(npy, f"read_array_header_{version[0]}_0")
        shape, fortran, dtype = read(stream, max_header_size=MAX_HEADER)
    except Exception:  # NumPy parses the header as Python text, and lets what that raises through
        raise ValueError("it is not an .npy file: its header makes no sense") from None
    if dtype.hasobject:
        raise ValueError("it holds Python objects, not numbers")
    if any(extent < 0 for extent in shape):
        raise ValueError(f"its shape is {list(shape)}")
    return shape, fortran, dtype


def check_length(shape: tuple[int, ...], dtype: np.dtype[Any], size: int) -> None:
    """Raises ValueError unless the data that follow the header have `size` bytes."""
    from math import prod

    expected = dtype.itemsize * prod(shape)
    if size != expected:
        raise ValueError(f"it holds {size} bytes of data; {expected} are needed")
