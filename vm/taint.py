"""Which elements of a typed symbol depend on bytes never written, after a tainted run of the golden model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from isa import layout
from isa.image import Tensor
from isa.machine import MachineSpec
from isa.types import TYPES
from vm import contents
from vm.engine import CLEAN, TAINT, Engine

if TYPE_CHECKING:
    Bytes = NDArray[np.uint8]

BITS = 32  # of a number as it is laid out


def spoilt(engine: Engine, tensor: Tensor, word: int) -> dict[tuple[int, ...], int]:
    """Index to origin of each element that depends on one; `word` is the symbol's. Raises ValueError."""
    origins = element_origins(engine, tensor, word)
    found = {}
    for index in np.argwhere((origins != CLEAN).any(axis=-1)):
        of_bytes = origins[tuple(index)]
        found[tuple(map(int, index))] = int(of_bytes[of_bytes != CLEAN][0])
    return found


def element_origins(engine: Engine, tensor: Tensor, word: int) -> NDArray[np.int64]:
    """The origins of each element's bytes, int64[*shape, bytes]."""
    places = contents.extents(tensor, engine.spec, word)
    return of_elements(tensor, engine.spec, np.concatenate([taint_of(engine, place) for place in places]))


def byte_addresses(engine: Engine, tensor: Tensor, word: int) -> NDArray[np.int64]:
    """The addresses in SRAM of each element's bytes, int64[*shape, bytes]."""
    places = contents.extents(tensor, engine.spec, word)
    return of_elements(tensor, engine.spec, np.concatenate([np.arange(place.start, place.stop) for place in places]))


def of_elements(tensor: Tensor, spec: MachineSpec, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """A number for each byte of SRAM that a tensor takes, as int64[*shape, bytes]: those of each element's bytes.

    They are laid out as the elements are, some bits of each at a time: four for types of four bits, else eight.
    """
    step = min(TYPES[tensor.dtype].bits, 8)
    pieces = []
    for shift in range(0, BITS, step):
        piece = numbers >> shift & (1 << step) - 1
        spread = piece | piece << 4 if step < 8 else piece
        pieces.append(laid_out(tensor, spec, spread.astype(np.uint8)).astype(np.int64) << shift)
    joined: NDArray[np.int64] = np.bitwise_or.reduce(pieces)
    return joined - (joined >> (BITS - 1) << BITS)  # the constants are negative, addresses below 2**31


def taint_of(engine: Engine, place: range) -> NDArray[np.int64]:
    from vm.reference import ReferenceEngine

    if not isinstance(engine, ReferenceEngine):
        raise ValueError(f"the core follows no bytes; run the golden model with uninit={TAINT}")
    return engine.taint(place.start, len(place))


def laid_out(tensor: Tensor, spec: MachineSpec, placed: Bytes) -> Bytes:
    """Bytes as they lie in SRAM to uint8[*shape, bytes an element]."""
    t = TYPES[tensor.dtype]
    if tensor.layout == "linear":
        elements = layout.unpack_linear(t, tensor.shape, placed.tobytes())
    else:
        elements = layout.unpack(tensor, spec, placed.reshape(*layout.box(tensor, spec), spec.lanes))
    bytes_ = np.ascontiguousarray(elements).view(np.uint8).reshape(*tensor.shape, t.planes)
    return bytes_ & np.uint8((1 << min(t.bits, 8)) - 1)
