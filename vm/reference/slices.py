"""Memory slices: rows of SRAM onto streams and back, `width` slices at a time, or a row for each superlane."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from isa.machine import BYTES_PER_WORD, LANES_PER_SUPERLANE, SLICES_PER_QUAD
from isa.units import HEMISPHERE_SLICES
from vm import engine
from vm.reference.bursts import Element
from vm.reference.cycle import Addresses, Cycle, Store
from vm.reference.memory import CLEAN, REGISTER, WORD_MASK, Memory
from vm.reference.trouble import Trouble
from vm.reference.values import Origins, Planes, Words, first_origin


def read(cycle: Cycle, element: Element) -> None:
    addresses = row_addresses(cycle, element)
    cycle.emit(element, load(cycle.memory, addresses))


def write(cycle: Cycle, element: Element) -> None:
    check_slice(cycle, element)
    (data,) = cycle.sample(element)
    cycle.stores.append(Store(row_addresses(cycle, element), data))


def gather(cycle: Cycle, element: Element) -> None:
    check_slice(cycle, element)
    (rows,) = cycle.sample(element)
    found = load(cycle.memory, mapped_addresses(cycle, element, rows.words()))
    cycle.emit(element, Planes(found.data, first_origin(named_origins(rows), found.origins)))


def scatter(cycle: Cycle, element: Element) -> None:
    check_slice(cycle, element)
    data, rows = cycle.sample(element)
    addresses = mapped_addresses(cycle, element, rows.words())
    cycle.stores.append(Store(addresses, Planes(data.data, first_origin(named_origins(rows), data.origins))))


SEMANTICS: dict[str, Callable[[Cycle, Element], None]] = {
    "read": read, "write": write, "gather": gather, "scatter": scatter,
}  # fmt: skip


# Addresses ------------------------------------------------------------------------------------
def place(element: Element) -> tuple[int, int]:
    """Hemisphere and index of an op's (first) slice."""
    return divmod(element.op.fields["slice"], HEMISPHERE_SLICES)


def check_slice(cycle: Cycle, element: Element) -> None:
    """An op on a slice that is not there stands nowhere. Raises Trouble before it samples."""
    if place(element)[1] >= cycle.spec.slices:
        mapped = "bank" in element.op.fields
        raise Trouble("E-RANGE", address=0 if mapped else row_of(element), value=element.op.fields["slice"])


def row_of(element: Element) -> int:
    """The row that an element of `read` or `write` accesses, counted through the banks of the slice."""
    fields, base = element.op.fields, sum(element.read)
    return fields["row"] + base + element.step * fields["stride"] + element.round * fields["stride2"] & WORD_MASK


def row_addresses(cycle: Cycle, element: Element) -> Addresses:
    """The bytes of a row in each of the op's slices, int64[width, lanes], their banks claimed. Raises Trouble."""
    spec, width, row = cycle.spec, element.op.row.width, row_of(element)
    hemisphere, index = place(element)
    in_quad = index % SLICES_PER_QUAD + width <= SLICES_PER_QUAD
    if index >= spec.slices or not in_quad or row >= spec.banks * spec.rows:
        raise Trouble("E-RANGE", address=row, value=element.op.fields["slice"])
    bank, row = divmod(row, spec.rows)
    slices = range(index, index + width)
    starts = [spec.word_address(hemisphere, each, bank, row) * BYTES_PER_WORD for each in slices]
    addresses = np.array(starts)[:, np.newaxis] + np.arange(spec.lanes)
    claim(cycle, element, addresses, [spec.bank_number(hemisphere, each, bank) for each in slices])
    return addresses


def mapped_addresses(cycle: Cycle, element: Element, entries: Words) -> Addresses:
    """The bytes of the row that each superlane names, int64[1, lanes], their bank claimed. Raises Trouble."""
    spec, number, bank = cycle.spec, element.op.fields["slice"], element.op.fields["bank"]
    if bank >= spec.banks:
        raise Trouble("E-RANGE", address=0, value=number)
    rows = entries[::LANES_PER_SUPERLANE].astype(np.int64)
    for superlane in np.flatnonzero(rows >= spec.rows)[:1]:
        lane = int(superlane) * LANES_PER_SUPERLANE
        raise Trouble("E-RANGE", address=int(rows[superlane]), value=number, lane=lane)
    hemisphere, index = place(element)
    start = spec.word_address(hemisphere, index, bank, 0) * BYTES_PER_WORD
    addresses = start + np.repeat(rows, LANES_PER_SUPERLANE) * spec.lanes + np.arange(spec.lanes)
    claim(cycle, element, addresses, [spec.bank_number(hemisphere, index, bank)])
    return addresses[np.newaxis]


def claim(cycle: Cycle, element: Element, addresses: Addresses, banks: list[int]) -> None:
    """Raises Trouble at the first bank that another op of the cycle has."""
    cycle.claims.claim(element, addresses.ravel().tolist(), banks)


def named_origins(rows: Planes) -> Origins | None:
    """What each lane's row depends on: the entry of the superlane's lane 0."""
    origins = rows.lane_origins
    return None if origins is None else np.repeat(origins[::LANES_PER_SUPERLANE], LANES_PER_SUPERLANE)


# Bytes ----------------------------------------------------------------------------------------
def load(memory: Memory, addresses: Addresses) -> Planes:
    """The bytes at some addresses. Raises Trouble naming the first never written, by slice, then lane."""
    data = np.frombuffer(memory.bytes, np.uint8)[addresses]
    missing = unwritten(memory, addresses)
    if missing.any():
        plane, lane = np.argwhere(missing)[0]
        data[missing] = memory.unset(address=int(addresses[plane, lane]), lane=int(lane))
    return Planes(data, byte_origins(memory, addresses, missing))


def unwritten(memory: Memory, addresses: Addresses) -> NDArray[np.bool_]:
    bits: NDArray[np.bool_] = np.frombuffer(memory.written, np.uint8)[addresses >> 3] >> (addresses & 7) & 1 == 0
    return bits


def byte_origins(memory: Memory, addresses: Addresses, missing: NDArray[np.bool_]) -> Origins | None:
    """What never-written byte each of the bytes at some addresses is or depends on."""
    if memory.origins is None:
        return None
    stored = np.frombuffer(memory.origins, np.uint32)[addresses]
    return np.where(missing, 1 + addresses, stored).astype(np.uint32)


def taint(memory: Memory, address: int, size: int) -> Addresses:
    """What bytes of SRAM depend on: the address of one never written, maybe their own, or CLEAN or REGISTER."""
    addresses = np.arange(address, address + size)
    stored = byte_origins(memory, addresses, unwritten(memory, addresses))
    found = np.zeros(size, np.int64) if stored is None else stored.astype(np.int64)
    return np.where(found == REGISTER, engine.REGISTER, np.where(found == CLEAN, engine.CLEAN, found - 1))


def store(memory: Memory, addresses: Addresses, planes: Planes) -> None:
    """Write whole superlanes and mark them written."""
    np.frombuffer(memory.bytes, np.uint8)[addresses] = planes.data
    np.frombuffer(memory.written, np.uint8)[addresses >> 3] = 0xFF
    np.frombuffer(memory.changed, np.uint8)[addresses // engine.CHANGE_BYTES] = 1
    if memory.origins is not None:
        np.frombuffer(memory.origins, np.uint32)[addresses] = CLEAN if planes.origins is None else planes.origins
