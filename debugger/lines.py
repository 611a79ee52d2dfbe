"""Addresses and source lines of a program, both ways."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import PurePath

from isa import codec
from isa.diagnostics import Place
from isa.image import TEXT, Image
from isa.report import Quotes
from isa.table import SCALAR_ROWS
from vm.stats import decoded_bundle, op_addresses

JUMPS, WAIT = ("jump", "branch"), "nop"
WAIT_OPCODES = frozenset(row.format.opcode for row in SCALAR_ROWS if row.control == WAIT)


class Lines:
    """Where the bundles of an image were written. Addresses are those of bundles, in syllables."""

    def __init__(self, image: Image, sources: Mapping[str, str]) -> None:
        self.image = image
        self._quotes = Quotes(sources)

    # Addresses --------------------------------------------------------------------------------
    @cached_property
    def starts(self) -> list[int]:
        """The addresses of all bundles, in order; what stands between pieces of typed code is none."""
        text = self.image.text
        return [start for start in codec.bundle_starts(text) if text[start] != codec.NO_BUNDLE]

    def start_of(self, address: int) -> int:
        """The address of the bundle that an address lies in; -1 before the first."""
        place = bisect_right(self.starts, address)
        return self.starts[place - 1] if place else -1

    @cached_property
    def _ops_and_waits(self) -> tuple[dict[int, list[Place]], dict[int, list[Place]]]:
        """By bundle the places of its ops, in order, and of ops that only take time."""
        ops, waits = dict[int, list[Place]](), dict[int, list[Place]]()
        for address, place in sorted(self.image.lines, key=lambda entry: entry.address):
            found = waits if is_wait(self.image.text, address) else ops
            found.setdefault(self.start_of(address), []).append(place)
        return ops, waits

    @cached_property
    def _places(self) -> dict[int, tuple[Place, ...]]:
        """The places of the ops of each bundle that has some. A wait beside others is for a line to come: left out."""
        ops, waits = self._ops_and_waits
        return {start: tuple(places) for start, places in sorted({**waits, **ops}.items())}

    def place_of(self, address: int) -> Place | None:
        """Where a bundle was written: of its ops' places the first in the file, as ops are not in the file's order."""
        places = self.places_of(address)
        here = [place for place in places if place.file == places[0].file]
        return min(here, key=lambda place: (place.line, place.column), default=None)

    def places_of(self, address: int) -> tuple[Place, ...]:
        """Where the ops of a bundle were written."""
        return self._places.get(address, ())

    @cached_property
    def jumps(self) -> dict[int, tuple[int, ...]]:
        """Where the jumps of each bundle that holds some lead; calls left out."""
        found = {start: tuple(jump_targets(self.image, start)) for start in self.starts}
        return {start: targets for start, targets in found.items() if targets}

    def op_place(self, address: int, slot: int) -> Place | None:
        """Where an op of a bundle was written."""
        ops = op_addresses(address, decoded_bundle(self.image, address))
        return self._op_places.get(ops[slot]) if 0 <= slot < len(ops) else None

    @cached_property
    def _op_places(self) -> dict[int, Place]:
        return dict(self.image.lines)

    # Lines ------------------------------------------------------------------------------------
    @cached_property
    def _addresses(self) -> dict[tuple[str, int], tuple[int, ...]]:
        found: dict[tuple[str, int], dict[int, None]] = {}
        for start, places in self._places.items():
            for line in (line for place in places for line in lines_of(place)):
                found.setdefault(line, {})[start] = None
        return {line: self._issuing(sorted(starts)) for line, starts in found.items()}

    def _issuing(self, starts: list[int]) -> tuple[int, ...]:
        """Of the bundles of a line those that do more than wait for it, if some do."""
        ops, _ = self._ops_and_waits
        return tuple(start for start in starts if start in ops) or tuple(starts)

    def addresses(self, file: str, line: int) -> tuple[int, ...]:
        """The bundles that hold an op of a line, or of what the line expands to; waits before it only if all do."""
        return self._addresses.get((file, line), ())

    def lines_with_code(self, file: str) -> list[int]:
        """The lines of a file that ops come from, in order."""
        return sorted(line for name, line in self._addresses if name == file)

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The files that ops come from, in the order of the text."""
        return tuple(dict.fromkeys(file for file, _ in self._addresses))

    def file_called(self, name: str) -> str | None:
        """The file that a user means by its name, or by the end of its path; None where none or several fit."""
        if name in self.files:
            return name
        parts = PurePath(name).parts
        fitting = [file for file in self.files if PurePath(file).parts[-len(parts) :] == parts]
        return fitting[0] if len(fitting) == 1 else None

    def text(self, file: str) -> list[str]:
        """The lines of a file, none where it cannot be read."""
        return self._quotes.lines(file)

    def line_text(self, file: str, line: int) -> str:
        """The text of a line, "" where it is not there."""
        lines = self.text(file)
        return lines[line - 1] if 0 < line <= len(lines) else ""

    # Labels -----------------------------------------------------------------------------------
    @cached_property
    def labels(self) -> dict[str, int]:
        """The labels of the text and their addresses, in the order of the text."""
        found = [(symbol.value, symbol.name) for symbol in self.image.symbols if symbol.kind == TEXT]
        return {name: value for value, name in sorted(found)}

    @cached_property
    def names_of_addresses(self) -> dict[int, str]:
        """A label of each address that has one."""
        return {value: name for name, value in self.labels.items()}

    @cached_property
    def _label_addresses(self) -> list[tuple[int, str]]:
        return sorted((value, name) for name, value in self.labels.items())

    def label_of(self, address: int) -> str:
        """An address by the label before it: `loop`, `loop+3`; "" where there is none."""
        place = bisect_right(self._label_addresses, (address, chr(0x10FFFF)))
        if not place:
            return ""
        value, name = self._label_addresses[place - 1]
        return name if value == address else f"{name}+{address - value}"

    @cached_property
    def _kernels(self) -> list[int]:
        """Where kernels begin: at exported labels, and where another file begins."""
        begins = {symbol.value for symbol in self.image.symbols if symbol.kind == TEXT and symbol.binding == "global"}
        file = None
        for start in self.starts:
            place = self.place_of(start)
            if place and outermost(place)[0] != file:
                file = outermost(place)[0]
                begins.add(start)
        return sorted(begins)

    def kernel_of(self, address: int) -> int:
        """Where the kernel begins that an address lies in: 0 for what is before the first."""
        place = bisect_right(self._kernels, address)
        return self._kernels[place - 1] if place else 0


def is_wait(text: Sequence[int], address: int) -> bool:
    """Whether the op at an address only takes time."""
    if codec.opcode_of(text[address]) not in WAIT_OPCODES:
        return False
    try:
        return codec.decode(text, address)[0].row.control == WAIT
    except codec.CodecError:
        return False


def jump_targets(image: Image, start: int) -> Iterator[int]:
    """Where the jumps of a bundle lead."""
    return (op["target"] for op in decoded_bundle(image, start) if op.row.control in JUMPS)


def lines_of(place: Place) -> Iterator[tuple[str, int]]:
    """The lines that an op comes from: its own, and those of the macro calls that made it."""
    yield place.file, place.line
    for _, caller in place.trail:
        yield caller.file, caller.line


def outermost(place: Place) -> tuple[str, int]:
    """The line that a user wrote: the outermost macro call, or the op's own."""
    *_, last = lines_of(place)
    return last
