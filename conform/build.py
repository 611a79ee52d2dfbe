"""Programs by hand, without the assembler: ops by their key in the table, bundles, executables with lines."""

from __future__ import annotations

from collections.abc import Sequence

from isa import codec
from isa.codec import Op
from isa.diagnostics import Place
from isa.image import Image
from isa.index import BY_KEY
from isa.lines import LineEntry, Lines
from isa.machine import LPU_TINY, MachineSpec

Bundle = Sequence[Op]


def op(key: str, **values: int) -> Op:
    """An op by mnemonic and operand form as the table spells them, e.g. op("add rd, ra, imm", rd=1, imm=7)."""
    return codec.make(BY_KEY[key], **values)


def text(*bundles: Bundle) -> list[int]:
    return [syllable for bundle in bundles for syllable in codec.encode_bundle(bundle)]


def addresses(*bundles: Bundle) -> list[int]:
    """The program address of each bundle, and of what follows the last."""
    found = [0]
    for bundle in bundles:
        found.append(found[-1] + len(codec.encode_bundle(bundle)))
    return found


def image(*bundles: Bundle, machine: MachineSpec = LPU_TINY, name: str = "test.s") -> Image:
    """An executable; bundle i stands on line i + 1, the op in slot j at columns 10j + 1 to 10j + 9."""
    lines = []
    address = 0
    for number, bundle in enumerate(bundles):
        for slot, one in enumerate(bundle):
            lines.append(LineEntry(address, Place(name, number + 1, 10 * slot + 1, 10 * slot + 9)))
            address += len(codec.encode(one))
    return Image(machine, text(*bundles), lines=Lines.of(lines), executable=True, name=name)
