"""SRAM: where the bytes of an access lie, which of them were written, and what they depend on that was not."""

from __future__ import annotations

import mmap
from collections.abc import Callable, Mapping, Sequence

from isa.machine import BYTES_PER_WORD, SLICES_PER_QUAD, MachineSpec
from vm.engine import CHANGE_BYTES, POISON_BYTE
from vm.reference.trouble import Trouble

WORD_MASK = 0xFFFFFFFF
HEMISPHERE_SHIFT = 6  # the slice field is hemisphere * 64 + index
UNSET = {"zero": 0, "poison": POISON_BYTE, "taint": POISON_BYTE}  # what a byte never written reads as

# Origins: what a byte depends on that was never written. A byte of SRAM is 1 + its address.
CLEAN = 0
REGISTER = 0xFFFFFFFF  # a v register, an accumulator row or a map that was never set


def word_bytes(spec: MachineSpec, values: Mapping[str, int], width: int) -> list[int]:
    """Byte addresses of the word [disp + ra*scale + rb]; `values` are fields, registers read."""
    factor = values["scale"] if "scale" in values else values.get("rc", 0)
    word = (values["disp"] + values.get("ra", 0) * factor + values.get("rb", 0)) & WORD_MASK
    if word >= spec.words:
        raise Trouble("E-RANGE", address=word)
    return [word * BYTES_PER_WORD + k for k in range(BYTES_PER_WORD)]


def lane_bytes(spec: MachineSpec, values: Mapping[str, int], width: int) -> list[int]:
    """Byte addresses of one lane in `width` adjacent slices of a quad, lowest byte plane first."""
    hemisphere, index = divmod(values["slice"], 1 << HEMISPHERE_SHIFT)
    row = (values["row"] + values.get("ra", 0)) & WORD_MASK
    lane = values["lane"] if "lane" in values else values["rb"]
    in_quad = index % SLICES_PER_QUAD + width <= SLICES_PER_QUAD
    if not (in_quad and index < spec.slices and row < spec.banks * spec.rows and lane < spec.lanes):
        raise Trouble("E-RANGE", address=row, value=lane)
    bank, row = divmod(row, spec.rows)
    words = [spec.word_address(hemisphere, index + plane, bank, row) for plane in range(width)]
    return [word * BYTES_PER_WORD + lane for word in words]


# What an op does with its bytes (load or store) is the row's `memory` column.
SEMANTICS: dict[str, Callable[[MachineSpec, Mapping[str, int], int], list[int]]] = {
    "ld": word_bytes, "st": word_bytes, "ldl": lane_bytes, "stl": lane_bytes,
}  # fmt: skip


class Memory:
    """All of SRAM and a written bit per byte; both are mapped lazily, so untouched rows cost nothing.

    In tainted runs `origins` holds 4 bytes for each byte, of what was stored from streams.
    """

    def __init__(self, spec: MachineSpec, uninit: str) -> None:
        private = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS  # so that reading an untouched page costs no memory either
        self.bytes = mmap.mmap(-1, spec.sram_bytes, private)
        self.written = mmap.mmap(-1, -(-spec.sram_bytes // 8), private)
        self.changed = bytearray(-(-spec.sram_bytes // CHANGE_BYTES))
        self.bank_bytes = spec.words_per_bank * BYTES_PER_WORD
        self.uninit = uninit
        tainted = mmap.mmap(-1, 4 * spec.sram_bytes, private) if uninit == "taint" else None
        self.origins = memoryview(tainted).cast("I") if tainted else None

    def banks(self, addresses: Sequence[int]) -> list[int]:
        """The bank numbers that an access claims, each once, in the order of its bytes."""
        return list(dict.fromkeys(address // self.bank_bytes for address in addresses))

    def is_written(self, address: int) -> bool:
        return bool(self.written[address >> 3] >> (address & 7) & 1)

    def load(self, addresses: Sequence[int]) -> int:
        """The little-endian value of some bytes. Raises Trouble at the first never written."""
        return int.from_bytes(bytes(map(self.load_byte, addresses)), "little")

    def load_byte(self, address: int) -> int:
        return self.bytes[address] if self.is_written(address) else self.unset(address=address)

    def unset(self, **numbers: int) -> int:
        """What each byte of something never written reads as. Raises Trouble with these numbers where that faults."""
        if self.uninit not in UNSET:
            raise Trouble("E-UNINIT", **numbers)
        return UNSET[self.uninit]

    def store(self, addresses: Sequence[int], value: int) -> None:
        """Write the low bytes of a value and mark them written."""
        for k, address in enumerate(addresses):
            self.bytes[address] = value >> 8 * k & 0xFF
            self.written[address >> 3] |= 1 << (address & 7)
            self.changed[address // CHANGE_BYTES] = 1
            if self.origins:
                self.origins[address] = CLEAN

    def fill(self, address: int, data: bytes | memoryview) -> None:
        """Put bytes from an address on and mark them written."""
        self.bytes[address : address + len(data)] = data
        bits = slice(address >> 3, address + len(data) + 7 >> 3)
        marked = int.from_bytes(self.written[bits], "little") | (1 << len(data)) - 1 << (address & 7)
        self.written[bits] = marked.to_bytes(bits.stop - bits.start, "little")
        for piece in range(address // CHANGE_BYTES, -(-(address + len(data)) // CHANGE_BYTES)):
            self.changed[piece] = 1
        if self.origins:
            self.origins[address : address + len(data)] = memoryview(bytes(4 * len(data))).cast("I")
