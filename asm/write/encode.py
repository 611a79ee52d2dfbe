"""Bundles to text: addresses, syllables, references for the linker, and the lines they came from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from asm.program import AsmOp, Packed
from asm.tree import places
from isa.codec import encoded, refilled
from isa.diagnostics import Diagnostic, SourceError
from isa.image import TO_TARGET, Relocation
from isa.lines import Lines
from isa.records import dataclass, field
from isa.relocations import Relocations


@dataclass(slots=True)
class Text:
    """Encoded bundles: where each starts, and where labels are."""

    syllables: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)
    relocations: list[Relocation] | Relocations = field(default_factory=list)
    lines: Lines = field(default_factory=Lines)


def encode_text(bundles: Sequence[Packed], end_labels: Iterable[str], limit: int) -> Text:
    """Lay the bundles out, then fill in targets: an op's size does not depend on them.

    Raises SourceError: E-TEXT-SIZE when there are more than `limit` syllables, E-RANGE for targets outside.
    """
    text = Text()
    ops: list[AsmOp] = []
    addresses: list[int] = []
    for bundle in bundles:
        address = len(text.syllables)
        text.starts.append(address)
        for label in bundle.labels:
            text.labels[label] = address
        if bundle.raw is not None:
            text.syllables.append(bundle.raw)
            continue
        for op in bundle.ops:
            addresses.append(len(text.syllables))
            text.syllables += encoded(op.row, tuple(op.values))
        ops += bundle.ops
        text.syllables[-1] |= 1
    for label in end_labels:
        text.labels[label] = len(text.syllables)
    if len(text.syllables) > limit:
        message = f"the program has {len(text.syllables)} syllables; the instruction store holds {limit}"
        raise SourceError(Diagnostic("E-TEXT-SIZE", message))
    text.lines = Lines.at(addresses, places(op.statement for op in ops))
    text.relocations = made = []
    for address, op in zip(addresses, ops, strict=True):
        if op.references:
            made += relocations(op, address)
            fill_targets(text, address, op)
    return text


def relocations(op: AsmOp, address: int) -> list[Relocation]:
    """What an op at an address refers to."""
    place = op.place
    return [Relocation(each.kind, each.symbol, each.addend, address, each.field, place=place) for each in op.references]


def fill_targets(text: Text, address: int, op: AsmOp) -> None:
    """Fill in the program addresses of an op at an address. Raises SourceError (E-RANGE)."""
    for reference in op.references:
        name = reference.symbol
        if reference.kind == TO_TARGET and name in text.labels:
            index = op.row.format.names.index(reference.field)
            op.values[index] = _target(text, op, text.labels[name] + reference.addend)
            text.syllables[address] = refilled(op.row, op.values, index, text.syllables[address])


def _target(text: Text, op: AsmOp, address: int) -> int:
    if 0 <= address <= len(text.syllables):
        return address
    message = f"`{op.row.mnemonic}` goes to address {address}; the program is 0 to {len(text.syllables)}"
    raise SourceError(Diagnostic("E-RANGE", message, op.place))
