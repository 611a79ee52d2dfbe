"""What every well-formed image keeps, checked before one is written and after one is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import le

from isa.elf_format import FIELDS, KINDS, ElfError
from isa.image import DATA, EXTERN, GLOBAL, LOCAL, PARAM, TEXT, Block, Image, Relocation, Symbol, Tensor
from isa.machine import BYTES_PER_WORD, HEMISPHERES, MachineSpec
from isa.objects import Objects
from isa.relocations import Relocations
from isa.types import TYPES

BINDINGS = (LOCAL, GLOBAL, EXTERN)
LAYOUTS = ("linear", "rows", "tiles", "mxm")
HEMISPHERE_SLICES = 64  # a slice number is hemisphere*64 + index
UNSIGNED_32 = range(1 << 32)
SIGNED_64 = range(-(1 << 63), 1 << 63)


def check(image: Image) -> None:
    """Raise ElfError on the first part of `image` that breaks a rule of `isa.image`."""
    for complaint in _complaints(image):
        raise ElfError(complaint)


def _complaints(image: Image) -> Iterator[str]:
    if not 0 <= image.entry <= len(image.text):
        yield f"the entry address {image.entry} is outside the text of {len(image.text)} syllables"
    blocks, symbols = Objects.of(Block, image.blocks), Objects.of(Symbol, image.symbols)
    for number in _odd_blocks(image.machine, blocks):
        yield from _block(image.machine, number, blocks[number])
    for symbol in () if _are_sound(image, symbols) else symbols:
        yield from _symbol(image, symbol)
    names = set(symbols.columns[0])
    for relocation in _odd(image, names):
        yield from _relocation(image, relocation, names)
    if image.lines and not 0 <= min(image.lines.addresses) <= max(image.lines.addresses) < len(image.text):
        wrong = next(address for address in image.lines.addresses if not 0 <= address < len(image.text))
        yield f"a line entry names address {wrong} of a text of {len(image.text)} syllables"
    of_symbols = zip(*symbols.columns[:3], strict=True)
    data = {name for name, kind, binding in of_symbols if kind != TEXT and binding != EXTERN}
    for tensor in _odd_tensors(Objects.of(Tensor, image.tensors), data):
        yield from _tensor(image.machine, tensor, data)


def _odd_blocks(machine: MachineSpec, blocks: Objects[Block]) -> list[int]:
    """The numbers of the blocks that may break a rule."""
    _, banks, rows, words, counts, data, _ = blocks.columns
    width, size = machine.words_per_row, machine.words_per_bank
    lengths = map(len, data)
    return [
        number
        for number, (bank, row, word, count, length) in enumerate(zip(banks, rows, words, counts, lengths, strict=True))
        if not 0 <= bank < machine.total_banks or not 0 <= word < width or not 0 <= row * width <= size - word - count
        or count < 1 or length not in (0, count * BYTES_PER_WORD)
    ]  # fmt: skip


def _block(machine: MachineSpec, number: int, block: Block) -> Iterator[str]:
    what = f"block {number} ({block.group!r})"
    if not 0 <= block.bank < machine.total_banks:
        yield f"{what} is in bank {block.bank}; {machine.name} has {machine.total_banks} banks"
    if not 0 <= block.word < machine.words_per_row or block.row < 0:
        yield f"{what} starts at row {block.row}, word {block.word}; a row has {machine.words_per_row} words"
    start = block.row * machine.words_per_row + block.word
    if block.words < 1 or start + block.words > machine.words_per_bank:
        yield f"{what} has {block.words} words from row {block.row} on; a bank ends after row {machine.rows - 1}"
    if len(block.data) not in (0, block.words * BYTES_PER_WORD):
        yield f"{what} has {len(block.data)} bytes of data for {block.words} words"


def _are_sound(image: Image, symbols: Objects[Symbol]) -> bool:
    """Whether no symbol breaks a rule, when all are of the usual form."""
    _, kinds, bindings, values, sizes, _, banks, constants, _ = symbols.columns
    usual = {*bindings} <= {*BINDINGS} and not any(banks) and constants.count(None) == len(symbols)
    if not usual or not symbols:
        return usual
    ends = {TEXT: len(image.text), DATA: image.machine.words}
    within = all(map(le, values, [ends.get(kind, -1) for kind in kinds]))
    return within and min(values) >= 0 and min(sizes) in UNSIGNED_32 and max(sizes) in UNSIGNED_32


def _symbol(image: Image, symbol: Symbol) -> Iterator[str]:
    if symbol.kind not in (TEXT, DATA, PARAM) or symbol.binding not in BINDINGS:
        yield f"{_name(symbol)} is of kind {symbol.kind!r} and binding {symbol.binding!r}, which do not exist"
    end = len(image.text) if symbol.kind == TEXT else image.machine.words
    if not 0 <= symbol.value <= end or symbol.size not in UNSIGNED_32:
        yield f"{_name(symbol)} has value {symbol.value} and size {symbol.size}; the last address is {end}"
    if symbol.banks and not 0 <= min(symbol.banks) <= max(symbol.banks) < image.machine.total_banks:
        yield f"{_name(symbol)} names banks {symbol.banks}; the machine has {image.machine.total_banks}"
    if symbol.constant is not None and symbol.constant not in SIGNED_64:
        yield f"{_name(symbol)} stands for {symbol.constant}, which does not fit 64 bits"


def _name(symbol: Symbol) -> str:
    return f"symbol {symbol.name!r}"


def _odd(image: Image, names: set[str]) -> Sequence[Relocation]:
    """The relocations that may break a rule; of those in columns none do when their kinds and symbols are right, for
    addresses of lines are looked at by themselves."""
    made = image.relocations
    if not isinstance(made, Relocations):
        return made
    kinds = [made.kinds[form] for form in set(made.forms)]
    symbols = {made.names[symbol] for symbol in set(made.symbols)}
    is_sound = all(kind in KINDS and field and field in FIELDS for kind, field in kinds) and symbols <= names
    return made.more if is_sound and made.lines is image.lines else made


def _relocation(image: Image, relocation: Relocation, names: set[str]) -> Iterator[str]:
    in_text = relocation.block < 0
    if relocation.kind not in KINDS or relocation.field not in FIELDS or bool(relocation.field) != in_text:
        kind, field = relocation.kind, relocation.field
        yield f"{_where(relocation)} is of kind {kind!r} and field {field!r}, which do not exist"
    if relocation.symbol not in names:
        yield f"{_where(relocation)} names {relocation.symbol!r}, which is no symbol"
    if relocation.addend not in SIGNED_64:
        yield f"{_where(relocation)} adds {relocation.addend}, which does not fit 64 bits"
    if not -1 <= relocation.block < len(image.blocks):
        yield f"{_where(relocation)} is in block {relocation.block} of {len(image.blocks)}"
        return
    end = len(image.text) if in_text else len(image.blocks[relocation.block].data) // BYTES_PER_WORD
    if not 0 <= relocation.address < end:
        what, unit = ("text", "syllables") if in_text else ("block", "words")
        yield f"{_where(relocation)} is outside its {what} of {end} {unit}"


def _where(relocation: Relocation) -> str:
    return f"the relocation at address {relocation.address}"


def _odd_tensors(tensors: Objects[Tensor], data: set[str]) -> list[Tensor]:
    """The tensors that may break a rule: of those that differ in name only the first, and those without data."""
    names, *others = tensors.columns
    first = dict(zip(reversed(list(zip(*others, strict=True))), range(len(tensors) - 1, -1, -1), strict=True))
    lost = [] if data.issuperset(names) else [number for number, name in enumerate(names) if name not in data]
    return [tensors[number] for number in sorted({*first.values(), *lost})]


def _tensor(machine: MachineSpec, tensor: Tensor, data: set[str]) -> Iterator[str]:
    what = f"tensor {tensor.name!r}"
    place = f"{tensor.slices} slices from number {tensor.slice}, row {tensor.row} on"
    if tensor.name not in data:
        yield f"{what} has no data symbol"
    if tensor.dtype not in TYPES or tensor.layout not in LAYOUTS:
        yield f"{what} has type {tensor.dtype!r} and layout {tensor.layout!r}, which do not exist"
        return
    bits = TYPES[tensor.dtype].bits
    for extent in tensor.shape:
        if extent < 0 or bits > machine.sram_bytes * 8:
            break
        bits *= extent
    if any(extent < 0 for extent in tensor.shape) or bits > machine.sram_bytes * 8:
        yield f"{what} of shape {tensor.shape} does not fit {machine.sram_bytes} bytes of SRAM"
    hemisphere, index = divmod(tensor.slice, HEMISPHERE_SLICES)
    fits = 0 <= hemisphere < HEMISPHERES and 0 <= tensor.slices and index + tensor.slices <= machine.slices
    if not fits or not 0 <= tensor.row < machine.rows * machine.banks:
        yield f"{what} is in {place}, outside {machine.name}"
