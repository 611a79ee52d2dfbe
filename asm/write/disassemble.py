"""Images to text that assembles to the same bytes: explicit bundles, labels, data at their places."""

from __future__ import annotations

from collections.abc import Iterator

from asm.program import AsmOp
from asm.schedule.units import assign_units
from asm.tree import Line, OpStmt
from asm.write.print_data import data_lines
from asm.write.print_names import NameTable
from asm.write.print_op import Names, can_be_written, op_text
from isa.codec import CodecError, Op, decode_bundle
from isa.image import EXTERN, GLOBAL, Image, Relocation
from isa.machine import BUILTIN, MachineSpec
from isa.records import dataclass, field
from isa.row import LABEL

INDENT = "        "
WIDTH = 100  # of a bundle that stays on one line
NOWHERE = OpStmt("", (), (), None, Line("", 1, ""), 1, 1)


@dataclass(slots=True)
class Bundle:
    """Syllables from `address` on: decoded ops, or the reason why they are no bundle that can be written."""

    address: int
    syllables: list[int]
    ops: list[Op] = field(default_factory=list)
    illegal: str = ""


def disassemble(image: Image) -> str:
    """The source of an image; `.unchecked` comes first when the assembler refuses what the bytes do."""
    bundles = list(_bundles(image))
    names = NameTable(image, _targets(image, bundles))
    head = list(_head(image, names))
    rest = data_lines(image, names)
    rest += ["", INDENT + ".text"] if bundles else []
    rest += _text_lines(image, bundles, names)
    if any(bundle.illegal for bundle in bundles) or _is_refused([*head, *rest], image.machine):
        head += ["", INDENT + ".unchecked"]
    return "\n".join([*head, *rest]) + "\n"


def _is_refused(lines: list[str], machine: MachineSpec) -> bool:
    """Whether the assembler finds something wrong, which it can only tell by trying."""
    from asm.assemble import assemble

    return not assemble("\n".join(lines), machine=machine).ok


def _head(image: Image, names: NameTable) -> Iterator[str]:
    name = "".join(character for character in image.name if character.isprintable())
    yield f"; disassembled from {name or 'an image'}"
    if image.machine.name in BUILTIN and BUILTIN[image.machine.name] == image.machine:
        yield f"{INDENT}.machine {image.machine.name}"
    else:
        yield f"; made for the machine {image.machine.name}: assemble with --machine"
    for symbol in image.symbols:
        if symbol.binding == GLOBAL and names.of(symbol):
            yield f"{INDENT}.global {names.of(symbol)}"
        elif symbol.binding == EXTERN:
            yield from _extern(image, names.of(symbol), symbol.banks)


def _extern(image: Image, name: str, banks: tuple[int, ...]) -> Iterator[str]:
    """An extern with one promised bank, or one whose place is not known."""
    place = f" @ {image.machine.bank_name(banks[0])}" if len(banks) == 1 else ""
    yield f"{INDENT}.extern {name}{place}"


# Text -------------------------------------------------------------------------------------------
def _bundles(image: Image) -> Iterator[Bundle]:
    address = 0
    while address < len(image.text):
        try:
            ops, end = decode_bundle(image.text, address)
            illegal = "" if all(can_be_written(op, image.machine) for op in ops) else f"not for {image.machine.name}"
        except CodecError as problem:
            ops, end, illegal = [], _after_stop(image.text, address), str(problem)
        yield Bundle(address, image.text[address:end], ops, illegal)
        address = end


def _after_stop(text: list[int], address: int) -> int:
    while address < len(text) and not text[address] & 1:
        address += 1
    return min(address + 1, len(text))


def _targets(image: Image, bundles: list[Bundle]) -> set[int]:
    """Addresses that ops go to and that start a bundle, or are the end of the text."""
    starts = {bundle.address for bundle in bundles} | {len(image.text)}
    found = set()
    for bundle in bundles:
        for op in bundle.ops:
            found |= {op[operand.fields[0]] for operand in op.row.operands if operand.kind == LABEL}
    return found & starts


def _text_lines(image: Image, bundles: list[Bundle], names: NameTable) -> Iterator[str]:
    references: dict[int, list[Relocation]] = {}
    for relocation in image.relocations:
        if relocation.block < 0:
            references.setdefault(relocation.address, []).append(relocation)
    for bundle in bundles:
        yield from names.labels_at(bundle.address)
        if bundle.illegal:
            yield from _raw_lines(bundle)
        else:
            yield from _bundle_lines(image, bundle, names, references)
    yield from names.labels_at(len(image.text))


def _raw_lines(bundle: Bundle) -> Iterator[str]:
    yield f"{INDENT}; illegal: {bundle.illegal}"
    for syllable in bundle.syllables:
        yield f"{INDENT}.syllable {syllable:#018x}"


def _bundle_lines(
    image: Image, bundle: Bundle, names: NameTable, references: dict[int, list[Relocation]]
) -> Iterator[str]:
    pinned = _needs_pins(bundle.ops)
    texts = []
    address = bundle.address
    for op in bundle.ops:
        known = {r.field: names.reference(r) for r in references.get(address, ())}
        texts.append(op_text(op, Names(image.machine, names.text, known), pinned or op.row.tensor))
        address += _size(image, address)
    joined = " || ".join(texts)
    if len(joined) <= WIDTH:
        yield f"{INDENT}{{ {joined} }}"
        return
    yield f"{INDENT}{{ {texts[0]}"
    yield from (f"{INDENT}  {text}" for text in texts[1:-1])
    yield f"{INDENT}  {texts[-1]} }}"


def _size(image: Image, address: int) -> int:
    from isa.codec import decode

    return decode(image.text, address)[1]


def _needs_pins(ops: list[Op]) -> bool:
    """Whether units left open would come out differently."""
    free = [AsmOp(op.row, list(op.values), NOWHERE) for op in ops]
    assign_units(free)
    return any(tuple(given.values) != op.values for given, op in zip(free, ops, strict=True))
