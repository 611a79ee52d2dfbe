"""Program text as the golden model fetches it: syllables to bundles, decoded when first asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from isa import codec
from isa.faults import CONDITION_CODE
from isa.row import Row


@dataclass(frozen=True, slots=True)
class Issued:
    """An op in its bundle: `slot` is its place in encoding order; `unit` its place in unit order."""

    row: Row
    fields: dict[str, int]
    slot: int
    unit: int

    @property
    def reads(self) -> Iterator[int]:
        """Numbers of the registers read, in operand order, the condition code last."""
        yield from (self.fields[name] for name in self.row.reads)
        if self.row.reads_cc:
            yield CONDITION_CODE

    @property
    def write(self) -> int | None:
        """Number of the register written."""
        if self.row.writes_cc:
            return CONDITION_CODE
        return self.fields[self.row.write] if self.row.write else None


@dataclass(frozen=True, slots=True)
class Bundle:
    """`ops` are in unit order; `next` is the address of the bundle that follows."""

    ops: tuple[Issued, ...]
    next: int


class Program:
    """The instruction store. Addresses count syllables. Raises ValueError for a text of broken length."""

    def __init__(self, text: bytes) -> None:
        self.syllables = codec.from_bytes(text)
        self._decoded: dict[int, Bundle | None] = {}

    def __len__(self) -> int:
        return len(self.syllables)

    def starts_bundle(self, address: int) -> bool:
        if not 0 <= address < len(self):
            return False
        return address == 0 or bool(self.syllables[address - 1] & 1)

    def bundle(self, address: int) -> Bundle | None:
        """The bundle that starts at an address, None when it is illegal."""
        if address not in self._decoded:
            self._decoded[address] = self._decode(address)
        return self._decoded[address]

    def last_bundle_before(self, end: int) -> Bundle | None:
        """The last bundle that starts before an address, None when it is illegal."""
        start = end - 1
        while not self.starts_bundle(start):
            start -= 1
        return self.bundle(start)

    def _decode(self, address: int) -> Bundle | None:
        try:
            ops, following = codec.decode_bundle(self.syllables, address)
        except codec.CodecError:
            return None
        if any(op.row.tensor for op in ops):
            return None
        issued = (
            Issued(op.row, dict(zip(op.row.format.names, op.values, strict=True)), slot, op.unit_order)
            for slot, op in enumerate(ops)
        )
        return Bundle(tuple(sorted(issued, key=lambda op: op.unit)), following)
