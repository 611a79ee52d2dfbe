"""Program text as the golden model fetches it: syllables to bundles, decoded when first asked for."""

from __future__ import annotations

from collections.abc import Iterator

from isa import codec
from isa.codec import Op
from isa.faults import CONDITION_CODE
from isa.legal import absent
from isa.machine import MachineSpec
from isa.places import is_stream
from isa.records import NamedTuple, dataclass
from isa.row import READ, STREAM, VECTOR, WRITE, Row


class Group(NamedTuple):
    """`width` streams from `stream` on that operand number `operand` of the row names."""

    operand: int
    stream: int
    width: int


@dataclass(frozen=True, slots=True)
class Issued:
    """An op in its bundle: `slot` is its place in encoding order, `unit` its place in unit order.

    `claims` are the numbers of all units it holds, `sources` and `results` the groups of streams it samples and makes,
    `registers` those it reads, in operand order.
    """

    row: Row
    fields: dict[str, int]
    slot: int
    unit: int
    latency: int
    claims: range
    registers: tuple[int, ...]
    sources: tuple[Group, ...] = ()
    results: tuple[Group, ...] = ()

    @property
    def elements(self) -> int:
        """How many elements a burst has; 1 where the op is none."""
        return self.fields.get("n", 1) * self.fields.get("m", 1) if self.row.tensor else 1

    @property
    def reads(self) -> Iterator[int]:
        """Numbers of the registers read, in operand order, the condition code last."""
        yield from self.registers
        if self.row.reads_cc:
            yield CONDITION_CODE

    @property
    def write(self) -> int | None:
        """Number of the register written."""
        if self.row.writes_cc:
            return CONDITION_CODE
        return self.fields[self.row.write] if self.row.write else None


def issued(op: Op, slot: int) -> Issued:
    """An op as it stands in slot `slot` of its bundle."""
    known = op.row, op.fields, slot, op.unit_order, op.latency, op.claims, tuple(op.registers_read)
    return Issued(*known, tuple(groups(op, READ)), tuple(groups(op, WRITE)))


def groups(op: Op, role: str) -> Iterator[Group]:
    """The groups of streams that the operands of one role name."""
    for index, operand in enumerate(op.row.operands):
        if operand.role == role and operand.kind in (STREAM, VECTOR) and is_stream(op[operand.fields[0]]):
            for k in range(operand.groups):
                yield Group(index, op[operand.fields[0]] + k * operand.width, operand.width)


@dataclass(frozen=True, slots=True)
class Bundle:
    """`ops` are in unit order; `next` is the address of the bundle that follows."""

    ops: tuple[Issued, ...]
    next: int

    @property
    def tensor(self) -> bool:
        """Whether any op is one of the tensor face."""
        return any(op.row.tensor for op in self.ops)


class Program:
    """The instruction store. Addresses count syllables. Raises ValueError for a text of broken length.

    The program ends at `end`; behind it comes what was appended.
    """

    def __init__(self, spec: MachineSpec, text: bytes) -> None:
        self.spec = spec
        self.syllables = codec.from_bytes(text)
        self.end = len(self.syllables)
        self._decoded: dict[int, Bundle | None] = {}

    def __len__(self) -> int:
        return len(self.syllables)

    def append(self, syllables: list[int]) -> int:
        """Put text behind all there is, between syllables that are no bundle; returns its address."""
        if len(self) == self.end:
            self.syllables.append(codec.NO_BUNDLE)
        address = len(self)
        self.syllables += [*syllables, codec.NO_BUNDLE]
        return address

    def starts_bundle(self, address: int) -> bool:
        if not 0 <= address < len(self):
            return False
        return address == 0 or bool(self.syllables[address - 1] & 1)

    def bundle(self, address: int) -> Bundle | None:
        """The bundle that starts at an address, None when it is illegal."""
        if address not in self._decoded:
            self._decoded[address] = self._decode(address)
        return self._decoded[address]

    def op_at(self, address: int, slot: int) -> Issued | None:
        """The op in a slot of the bundle at an address, where there is one."""
        bundle = self.bundle(address) if self.starts_bundle(address) else None
        return next((op for op in bundle.ops if op.slot == slot), None) if bundle else None

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
        if any(op.row.tensor and absent(self.spec, op.row, op.fields) for op in ops):
            return None
        in_order = sorted((issued(op, slot) for slot, op in enumerate(ops)), key=lambda op: op.unit)
        return Bundle(tuple(in_order), following)
