"""The text of an object as a timeline: every op with its cycle, which straight code alone has."""

from __future__ import annotations

from collections.abc import Iterator

from asm.check.view import CheckedOp
from asm.facts import NOP
from asm.link.text import WORD_MASK, Resolve
from asm.link.unit import Unit, relocation_error
from asm.overlap.steps import Step, step
from isa.codec import CodecError, Op, bundle_starts, decode
from isa.diagnostics import Diagnostic, Place, SourceError
from isa.formats import WORD_BITS
from isa.image import TO_TARGET, Relocation
from isa.records import dataclass, field

ENDS = "halt"


@dataclass
class Straight:
    """A unit's ops in order of time, without waits; and the cycle of every address that starts a bundle, the text's
    end included. `ender` is the `halt` at the end."""

    unit: Unit
    steps: list[Step] = field(default_factory=list)
    addresses: list[int] = field(default_factory=list)  # of the steps
    cycles: dict[int, int] = field(default_factory=dict)
    ender: Step | None = None
    length: int = 0


def straight(unit: Unit, resolve: Resolve) -> Straight:
    """The ops of a unit with their cycles, references filled in. Raises SourceError (E-OVERLAP, E-RELOCATION)."""
    reader = _Reader(unit, resolve)
    reader.refuse_targets()
    for start in bundle_starts(unit.image.text):
        reader.read(start)
    reader.out.cycles[len(unit.image.text)] = reader.out.length
    return reader.out


class _Reader:
    """Decodes bundle after bundle; `out.length` is the cycle of the next."""

    def __init__(self, unit: Unit, resolve: Resolve) -> None:
        self.out = Straight(unit)
        self.resolve = resolve
        self.places = {entry.address: entry.place for entry in unit.image.lines}
        self.pending: dict[int, list[Relocation]] = {}
        for relocation in unit.image.relocations:
            if relocation.block < 0:
                self.pending.setdefault(relocation.address, []).append(relocation)

    def refuse_targets(self) -> None:
        """Nothing may lead to a place in the text: it has none of its own any more."""
        for relocation in self.out.unit.image.relocations:
            if relocation.kind == TO_TARGET:
                raise self._crooked(f"`{relocation.symbol}` is an address of its text", relocation.place)
        if self.out.unit.image.entry:
            raise self._crooked("it does not begin with its first bundle", None)

    def read(self, start: int) -> None:
        if self.out.ender is not None:
            raise self._crooked("`halt` is not its last bundle", self.out.ender.op.place)
        out, cycle = self.out, self.out.length
        out.cycles[start] = cycle
        out.length += 1
        for address, op in self._bundle(start):
            made = step(cycle, self._checked(op, address), out.unit.image.machine)
            if op.row.control == NOP.control:
                out.length = cycle + op["count"]
            elif op.row.control == ENDS:
                out.ender = made
            elif op.row.control:
                raise self._crooked(f"`{op.row.mnemonic}` is in it", made.op.place)
            else:
                out.steps.append(made)
                out.addresses.append(address)

    def _bundle(self, address: int) -> Iterator[tuple[int, Op]]:
        stop = False
        while not stop:
            try:
                op, size, stop = decode(self.out.unit.image.text, address)
            except (CodecError, IndexError) as error:
                raise self._crooked(f"{error} (address {address})", self.places.get(address)) from None
            yield address, self._filled(op, address)
            address += size

    def _filled(self, op: Op, address: int) -> Op:
        for relocation in self.pending.get(address, ()):
            try:
                value = self.resolve(self.out.unit, relocation)
                wraps = op.row.format.field(relocation.field).total == WORD_BITS
            except LookupError as error:
                raise SourceError(relocation_error(self.out.unit, relocation, error.args[0])) from None
            op = op.with_field(relocation.field, value & WORD_MASK if wraps else value)
        return op

    def _checked(self, op: Op, address: int) -> CheckedOp:
        return CheckedOp(op.row, op.values, address_place=self.places.get(address), is_placed=True)

    def _crooked(self, why: str, place: Place | None) -> SourceError:
        message = f"{self.out.unit.image.name} is no straight code that can be moved in time: {why}"
        return SourceError(Diagnostic("E-OVERLAP", message, place, help=STRAIGHT))


STRAIGHT = "link it without `--overlap`, or leave jumps and labels that are jumped to out of it"
