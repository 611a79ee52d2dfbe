"""The text of several objects as one: ops that refer to symbols are decoded, filled in and encoded again.

An op may gain or lose its extension syllable by that, which moves what follows; so sizes are found first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from asm.link.unit import Unit, relocation_error
from isa.codec import CodecError, Op, decode, encode
from isa.diagnostics import Diagnostic
from isa.formats import WORD_BITS
from isa.image import Relocation
from isa.records import dataclass, field

WORD_MASK = (1 << WORD_BITS) - 1
Resolve = Callable[[Unit, Relocation], int]  # raises LookupError with a sentence


@dataclass(slots=True)
class Patch:
    """One op with the references in it. `code` is what it was last encoded to; it starts as small as ops are."""

    unit: Unit
    address: int
    op: Op
    old: list[int]  # its syllables as they came
    stop: bool
    relocations: list[Relocation]
    code: list[int] = field(default_factory=lambda: [0])

    @property
    def growth(self) -> int:
        return len(self.code) - len(self.old)


def link_text(units: Sequence[Unit], resolve: Resolve) -> tuple[list[int], list[Diagnostic]]:
    """The linked text, with every unit's `base` and op sizes settled; and what could not be filled in."""
    diagnostics: list[Diagnostic] = []
    patches = [_patches(unit, diagnostics) for unit in units]
    diagnostics += _settle(units, patches, resolve)
    return [s for unit, own in zip(units, patches, strict=True) for s in _patched(unit, own)], diagnostics


def _patches(unit: Unit, diagnostics: list[Diagnostic]) -> list[Patch]:
    """The ops with references, in address order; each named field must be one of its op."""
    by_address: dict[int, list[Relocation]] = {}
    for relocation in unit.image.relocations:
        if relocation.block < 0:
            by_address.setdefault(relocation.address, []).append(relocation)
    patches = []
    for address, relocations in sorted(by_address.items()):
        try:
            op, size, stop = decode(unit.image.text, address)
        except CodecError as error:
            diagnostics.append(relocation_error(unit, relocations[0], str(error)))
            continue
        for relocation in relocations:
            if relocation.field not in op.row.format.names:
                why = f"`{op.row.mnemonic}` has no field {relocation.field}"
                diagnostics.append(relocation_error(unit, relocation, why))
        known = [r for r in relocations if r.field in op.row.format.names]
        if known:
            patches.append(Patch(unit, address, op, unit.image.text[address : address + size], stop, known))
    return patches


def _settle(units: Sequence[Unit], patches: Sequence[list[Patch]], resolve: Resolve) -> list[Diagnostic]:
    """Encode until no op changes its size. Sizes start least and addresses only grow with them, so this ends."""
    while True:
        _lay_out(units, patches)
        diagnostics: list[Diagnostic] = []
        settled = True
        for patch in (patch for own in patches for patch in own):
            size = len(patch.code)
            diagnostics += _fill_in(patch, resolve)
            settled = settled and len(patch.code) == size
        if settled:
            return diagnostics


def _lay_out(units: Sequence[Unit], patches: Sequence[list[Patch]]) -> None:
    base = 0
    for unit, own in zip(units, patches, strict=True):
        unit.base = base
        unit.resize((patch.address, patch.growth) for patch in own if patch.growth)
        base += unit.text_size


def _fill_in(patch: Patch, resolve: Resolve) -> list[Diagnostic]:
    """Encode an op with what its references stand for now."""
    op = patch.op
    relocation = patch.relocations[0]
    try:
        for relocation in patch.relocations:
            value = resolve(patch.unit, relocation)
            if value != op[relocation.field]:
                wraps = op.row.format.field(relocation.field).total == WORD_BITS
                op = op.with_field(relocation.field, value & WORD_MASK if wraps else value)
        patch.code = patch.old if op is patch.op else encode(op, patch.stop)
    except (CodecError, LookupError) as error:
        return [relocation_error(patch.unit, relocation, error.args[0])]
    return []


def _patched(unit: Unit, patches: list[Patch]) -> list[int]:
    text = unit.image.text
    out: list[int] = []
    done = 0
    for patch in patches:
        out += text[done : patch.address]
        out += patch.code
        done = patch.address + len(patch.old)
    return out + text[done:]
