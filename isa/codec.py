"""Ops to syllables and back. Both directions read the same formats; encoding is a bijection.

A syllable is an int of 64 bits. A program's text is a sequence of syllables; a bundle ends with the
syllable whose stop bit is set. Program addresses count syllables.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, cached_property, lru_cache

from isa.formats import EXTENSION_OPCODE, OPCODE_BITS, PAYLOAD_START, STOP_BITS, SYLLABLE_BITS, Field, Format
from isa.legal import why_illegal
from isa.places import SCALARS, is_scalar
from isa.records import NamedTuple, dataclass
from isa.row import Row
from isa.table import BY_CODE, OPCODE_FORMATS
from isa.units import UNIT_NAMES

SYLLABLE_BYTES = SYLLABLE_BITS // 8
SYLLABLE_MASK = (1 << SYLLABLE_BITS) - 1
OPCODE_MASK = (1 << OPCODE_BITS) - 1
MOST_REMEMBERED = 1 << 16  # encodings


class CodecError(ValueError):
    """Bits that encode nothing, or an op that cannot be encoded; the message says why."""


@dataclass(frozen=True)
class Op:
    """A row with a value for each of its format's fields, in the format's order; what follows is worked out once."""

    row: Row
    values: tuple[int, ...]

    def __getitem__(self, name: str) -> int:
        return self.values[self.row.format.names.index(name)]

    @cached_property
    def _by_name(self) -> dict[str, int]:
        return dict(zip(self.row.format.names, self.values, strict=True))

    @property
    def fields(self) -> dict[str, int]:
        """The values by field."""
        return self._by_name.copy()

    @property
    def instance(self) -> int:
        """Which unit of its class the op runs on."""
        return self["u"] if "u" in self.row.format.names else 0

    @property
    def unit(self) -> str:
        """The name of the unit the op runs on; of several, the first."""
        return UNIT_NAMES[self.unit_order]

    @cached_property
    def unit_order(self) -> int:
        return self.row.units.order(self.fields) if self.row.units.where else self.row.units.first + self.instance

    @cached_property
    def claims(self) -> range:
        """The numbers of all units the op holds."""
        step = max(1, self.row.units.step)
        return range(self.unit_order, self.unit_order + self.row.claims * step, step)

    @property
    def latency(self) -> int:
        """Cycles from issue to landing, the delay of a move included."""
        return self.row.latency + (self["delay"] if "delay" in self.row.format.names else 0)

    @property
    def registers_read(self) -> list[int]:
        """The scalar registers read, in operand order (the condition code not among them)."""
        named = [self[name] for name in self.row.reads]
        return named + [self[name] - SCALARS for name in self.row.vector_reads if is_scalar(self[name])]

    def with_field(self, name: str, value: int) -> Op:
        index = self.row.format.names.index(name)
        return Op(self.row, (*self.values[:index], value, *self.values[index + 1 :]))


def make(row: Row, /, **values: int) -> Op:
    """An op from named field values; fields left out take their default, or else zero or their bias."""
    unknown = set(values) - set(row.format.names)
    if unknown:
        raise CodecError(f"`{row.mnemonic}` has no field {', '.join(sorted(unknown))}")
    defaults = {name: operand.default or 0 for name, operand in row.attributes.items()} | values
    return Op(row, tuple(defaults.get(field.name, field.bias) for field in row.format.fields))


class Plan(NamedTuple):
    """How ops of a row are encoded, as numbers, for speed: `word` has the opcode and the selectors.

    The unit's limits are those of the row, which may run on fewer units than its field can name.
    """

    word: int
    base: tuple[tuple[int, int, int, int, int], ...]  # (low, high, bias, low mask, position)
    ext: tuple[tuple[int, int, int, int], ...]  # (index, ext position, ext mask, base width)


@cache
def plan(row: Row) -> Plan:
    fmt = row.format
    word = fmt.opcode << STOP_BITS
    for number, selector in zip(row.select, fmt.selectors, strict=True):
        word |= number << selector.position
    base = tuple((f.low, _highest(f, row), f.bias, (1 << f.width) - 1, f.position) for f in fmt.fields)
    ext = tuple((i, f.ext_position, (1 << f.ext_width) - 1, f.width) for i, f in enumerate(fmt.fields) if f.ext_width)
    return Plan(word, base, ext)


def _highest(field: Field, row: Row) -> int:
    return row.instances - 1 if field.name == "u" else field.high


def encode(op: Op, stop: bool = False) -> list[int]:
    """The one or two syllables of an op. Raises CodecError when a value does not fit its field."""
    syllables = encode_values(op.row, op.values)
    syllables[-1] |= stop
    return syllables


def encode_values(row: Row, values: Sequence[int]) -> list[int]:
    """The same of a row and the values of its fields, the stop bit not set."""
    how = plan(row)
    word = how.word
    for (low, high, bias, mask, position), value in zip(how.base, values, strict=True):
        if not low <= value <= high:
            raise _misfit(row, values)
        word |= (value - bias & mask) << position
    _refuse_illegal(row, values)
    extension = _extension(row, values) if how.ext else None
    return [word] if extension is None else [word, extension]


def refilled(row: Row, values: Sequence[int], index: int, syllable: int) -> int:
    """The first syllable of an op that was encoded with 0 in a field without extension, now that it has a value."""
    low, high, bias, mask, position = plan(row).base[index]
    if not low <= values[index] <= high:
        raise _misfit(row, values)
    return syllable | (values[index] - bias & mask) << position


@lru_cache(MOST_REMEMBERED)
def encoded(row: Row, values: tuple[int, ...]) -> tuple[int, ...]:
    """The same, remembered: programs repeat themselves."""
    return tuple(encode_values(row, values))


def _refuse_illegal(row: Row, values: Sequence[int]) -> None:
    if row.tensor:
        reason = why_illegal(row, dict(zip(row.format.names, values, strict=True)))
        if reason:
            raise CodecError(f"`{row.mnemonic}`: {reason}")


def _misfit(row: Row, values: Sequence[int]) -> CodecError:
    for field, value in zip(row.format.fields, values, strict=True):
        if not field.low <= value <= field.high:
            return CodecError(
                f"`{row.mnemonic}`: {field.name} is {value}; it must be between {field.low} and {field.high}"
            )
    return CodecError(f"`{row.mnemonic}` runs on {' '.join(row.units.names[: row.instances])} only")


def _extension(row: Row, values: Sequence[int]) -> int | None:
    needed = False
    word = EXTENSION_OPCODE << STOP_BITS
    for index, position, mask, width in plan(row).ext:
        field = row.format.fields[index]
        raw = (values[index] - field.bias) & ((1 << field.total) - 1)
        needed = needed or not field.fits_base(raw)
        word |= (raw >> width & mask) << position
    return word if needed else None


NO_BUNDLE = 1  # a syllable that is no op, and ends what would be a bundle


def opcode_of(syllable: int) -> int:
    return syllable >> 1 & OPCODE_MASK


def decode(syllables: Sequence[int], start: int = 0) -> tuple[Op, int, bool]:
    """The op at `start`: (op, syllables used, stop bit). Raises CodecError saying why the bits are illegal."""
    word = syllables[start]
    opcode = opcode_of(word)
    fmt = OPCODE_FORMATS.get(opcode)
    if fmt is None:
        what = "an extension syllable that extends nothing" if opcode == EXTENSION_OPCODE else f"opcode {opcode:#04x}"
        raise CodecError(f"{what} is not an instruction")
    select = tuple([word >> position & mask for position, mask in _selectors(fmt)])
    row = BY_CODE.get((opcode, select))
    if row is None:
        chosen = ", ".join(f"{each.name}={number}" for each, number in zip(fmt.selectors, select, strict=True))
        raise CodecError(f"opcode {opcode:#04x} has no instruction with {chosen}")
    if word >> fmt.used_bits:
        raise CodecError(f"`{row.mnemonic}`: bits {fmt.used_bits} to 63 must be zero")
    extension = _extension_at(syllables, start, word, fmt)
    values = _base_values(fmt, word) if extension is None else [_extended(each, word, extension) for each in fmt.fields]
    op = Op(row, tuple(values))
    if "u" in fmt.names and op.instance >= row.instances:
        raise _misfit(row, op.values)
    _refuse_illegal(row, op.values)
    if extension is None:
        return op, 1, bool(word & 1)
    if _extension(row, op.values) is None:
        raise CodecError(f"`{row.mnemonic}`: an extension syllable that no field needs")
    return op, 2, bool(extension & 1)


def _extension_at(syllables: Sequence[int], start: int, word: int, fmt: Format) -> int | None:
    if word & 1 or start + 1 >= len(syllables):
        return None
    extension = syllables[start + 1]
    if opcode_of(extension) != EXTENSION_OPCODE:
        return None
    if not fmt.ext_bits:
        raise CodecError(f"format {fmt.name} takes no extension syllable")
    if extension >> (PAYLOAD_START + fmt.ext_bits):
        raise CodecError(f"extension bits {PAYLOAD_START + fmt.ext_bits} to 63 must be zero")
    return extension


@cache
def _selectors(fmt: Format) -> tuple[tuple[int, int], ...]:
    """Position and mask of each selector."""
    return tuple((each.position, (1 << each.width) - 1) for each in fmt.selectors)


@cache
def _bases(fmt: Format) -> tuple[tuple[int, int, int, int], ...]:
    """Of each field, for speed: position, mask, sign bit (0 for none) and bias of its base part."""
    return tuple((f.position, (1 << f.width) - 1, (1 << f.width) >> 1 if f.signed else 0, f.bias) for f in fmt.fields)


def _base_values(fmt: Format, word: int) -> list[int]:
    """The values of the fields of a syllable without an extension."""
    values = []
    for position, mask, sign, bias in _bases(fmt):
        raw = word >> position & mask
        values.append((raw ^ sign) - sign + bias)
    return values


def _extended(field: Field, word: int, extension: int) -> int:
    raw = word >> field.position & ((1 << field.width) - 1)
    bits = field.width
    if field.ext_width:
        raw |= (extension >> field.ext_position & ((1 << field.ext_width) - 1)) << field.width
        bits = field.total
    if field.signed and bits and raw >> (bits - 1):
        raw -= 1 << bits
    return raw + field.bias


def encode_bundle(ops: Iterable[Op]) -> list[int]:
    """All syllables of a bundle, the stop bit set on the last. Raises CodecError on a unit claimed twice."""
    ops = list(ops)
    _check_bundle(ops)
    syllables = [syllable for op in ops for syllable in encode(op)]
    syllables[-1] |= 1
    return syllables


def _check_bundle(ops: Sequence[Op]) -> None:
    if not ops:
        raise CodecError("a bundle holds at least one op")
    claimed: set[int] = set()
    for op in ops:
        for unit in op.claims if op.row.tensor else (op.unit_order,):
            if unit in claimed:
                raise CodecError(f"unit {UNIT_NAMES[unit]} is claimed twice in one bundle")
            claimed.add(unit)


def decode_bundle(syllables: Sequence[int], start: int) -> tuple[list[Op], int]:
    """The bundle at `start`: (ops, address of the next bundle). Raises CodecError."""
    ops = []
    address = start
    while True:
        if address >= len(syllables):
            raise CodecError("the text ends inside a bundle")
        op, used, stop = decode(syllables, address)
        ops.append(op)
        address += used
        if stop:
            _check_bundle(ops)
            return ops, address


def bundle_starts(syllables: Sequence[int]) -> list[int]:
    """Addresses that start a bundle: zero, and every address after a set stop bit (the text's end left out)."""
    return [a for a in range(len(syllables)) if a == 0 or syllables[a - 1] & 1]


def to_bytes(syllables: Sequence[int]) -> bytes:
    return b"".join(syllable.to_bytes(SYLLABLE_BYTES, "little") for syllable in syllables)


def from_bytes(data: bytes) -> list[int]:
    """Syllables of a text section. Raises CodecError when the length is no whole number of syllables."""
    if len(data) % SYLLABLE_BYTES:
        raise CodecError(f"text of {len(data)} bytes is no whole number of {SYLLABLE_BYTES}-byte syllables")
    return [int.from_bytes(data[i : i + SYLLABLE_BYTES], "little") for i in range(0, len(data), SYLLABLE_BYTES)]
