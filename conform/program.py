"""A conformance program as a value: bundles whose jumps name bundles, and what memory holds; to an image and to source.

Each bundle keeps its time whatever becomes of the others: one that loses its last op becomes a wait of a cycle.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Sequence
from itertools import accumulate

from conform.build import op
from conform.timetable import encoded
from isa import codec
from isa.codec import Op
from isa.image import Block, Image
from isa.machine import BYTES_PER_WORD, MachineSpec
from isa.records import NamedTuple
from isa.row import LABEL

Bundle = tuple[Op, ...]
WAIT = op("nop count", count=1)


class Chunk(NamedTuple):
    """Bytes that memory holds from an address of the linear map on; they count as written."""

    address: int
    data: bytes


class Program(NamedTuple):
    """Straight or jumping code for a machine. Targets of control ops are numbers of bundles, len(bundles) their end.

    `uninit` and `strict` say how the machine is run. `tail` are syllables behind the bundles, be they bundles or not;
    targets above len(bundles) are that many syllables behind the end of the bundles.
    """

    spec: MachineSpec
    bundles: tuple[Bundle, ...]
    memory: tuple[Chunk, ...] = ()
    uninit: str = "fault"
    strict: bool = False
    tail: tuple[int, ...] = ()

    def text(self) -> list[int]:
        """Its syllables; a bundle may claim a unit twice, which makes it illegal. Raises CodecError for fields."""
        places = list(self.addresses)
        found = [word for bundle in self.bundles for word in encoded(with_addresses(bundle, places))]
        return [*found, *self.tail]

    @property
    def addresses(self) -> dict[int, int]:
        """The numbers of the bundles by their addresses, in order; their end as one more."""
        places = [0, *accumulate(len(encoded(bundle)) for bundle in self.bundles)]
        return {address: number for number, address in enumerate(places)}

    def image(self, name: str = "program") -> Image:
        """An executable, its memory in blocks of one bank each."""
        blocks = [block for chunk in self.memory for block in blocks_of(self.spec, chunk)]
        return Image(self.spec, self.text(), blocks, executable=True, name=name)

    def source(self, name: str = "program") -> str:
        """The program in the dialect; it assembles to the same bytes."""
        from asm.write.disassemble import disassemble

        return disassemble(self.image(name))

    @property
    def ops(self) -> int:
        """How many ops do something: waits left out."""
        return sum(one.row.control != "nop" for bundle in self.bundles for one in bundle)


def with_addresses(bundle: Iterable[Op], places: Sequence[int]) -> list[Op]:
    """Ops whose targets are addresses instead of numbers of bundles."""
    return [
        one.with_field(name, address_of(one[name], places)) if (name := target_field(one)) else one for one in bundle
    ]


def address_of(number: int, places: Sequence[int]) -> int:
    """The address of a bundle, or one behind the end of all."""
    last = len(places) - 1
    return places[number] if number <= last else places[last] + number - last


def target_field(one: Op) -> str:
    """The field of an op that says where it goes; "" where none does."""
    return next((operand.fields[0] for operand in one.row.operands if operand.kind == LABEL), "")


def from_text(
    spec: MachineSpec, text: Sequence[int], memory: Iterable[Chunk] = (), uninit: str = "fault", strict: bool = False
) -> Program:
    """A program from its syllables; from where nothing decodes, or a jump goes into the middle, they are its tail."""
    bundles: list[Bundle] = []
    places = [0]
    while places[-1] < len(text) and (found := ops_at(text, places[-1])):
        bundles.append(found[0])
        places.append(found[1])
    inside = [target for target in targets_of(bundles) if target < places[-1] and target not in places]
    if inside:
        whole = bisect(places, min(inside)) - 1
        bundles, places = bundles[:whole], places[: whole + 1]
    numbers = {place: number for number, place in enumerate(places)}
    named = tuple(with_numbers(bundle, numbers) for bundle in bundles)
    return Program(spec, named, tuple(memory), uninit, strict, tuple(text[places[-1] :]))


def targets_of(bundles: Iterable[Bundle]) -> list[int]:
    """What the control ops of bundles go to."""
    return [one[name] for bundle in bundles for one in bundle if (name := target_field(one))]


def ops_at(text: Sequence[int], address: int) -> tuple[Bundle, int] | None:
    """The ops of the bundle at an address, be there two on a unit, and the next address; None where that is none."""
    found, stop = [], False
    while not stop:
        try:
            one, used, stop = codec.decode(text, address)
        except (codec.CodecError, IndexError):
            return None
        found.append(one)
        address += used
    return tuple(found), address


def with_numbers(bundle: Bundle, numbers: dict[int, int]) -> Bundle:
    """Ops whose targets are numbers of bundles instead of addresses."""
    end = max(numbers)
    found = []
    for one in bundle:
        name = target_field(one)
        beyond = max(0, one[name] - end) if name else 0
        found.append(one.with_field(name, numbers[one[name] - beyond] + beyond) if name else one)
    return tuple(found)


def blocks_of(spec: MachineSpec, chunk: Chunk) -> list[Block]:
    """A chunk of whole words, cut where banks end. Raises ValueError for one that is not, or lies outside SRAM."""
    if chunk.address % BYTES_PER_WORD or len(chunk.data) % BYTES_PER_WORD:
        raise ValueError(f"{len(chunk.data)} bytes at {chunk.address} are no whole words")
    if not 0 <= chunk.address <= spec.sram_bytes - len(chunk.data):
        raise ValueError(f"{len(chunk.data)} bytes at {chunk.address} are outside SRAM of {spec.sram_bytes} bytes")
    found, address, data = [], chunk.address, chunk.data
    while data:
        row, word = divmod(address // BYTES_PER_WORD, spec.words_per_row)
        bank, row = divmod(row, spec.rows)
        room = (spec.rows - row) * spec.lanes - word * BYTES_PER_WORD
        part, data = data[:room], data[room:]
        found.append(Block("", bank, row, word, len(part) // BYTES_PER_WORD, part, fixed=True))
        address += len(part)
    return found
