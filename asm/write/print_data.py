"""Blocks of memory as data directives at fixed places, with the names and types that symbols give them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise
from math import prod

from asm.data.tensors import MAX_AXES
from asm.data.values import pack, words_of
from asm.names.floats import decimal_text
from asm.write.print_names import NameTable
from isa.formats import WORD_BITS
from isa.image import EXTERN, TEXT, Block, Image, Symbol, Tensor
from isa.layout import box, fits_axes
from isa.machine import BYTES_PER_WORD, SLICES_PER_QUAD, MachineSpec
from isa.types import TYPES, ElementType
from isa.units import HEMISPHERE_SLICES

INDENT = "        "
PER_LINE = 8
LONGEST = 4000  # elements of a typed directive, which must stand on one line
ZEROS = 8  # from this many words of zero on they become `.space`


def data_lines(image: Image, names: NameTable) -> list[str]:
    """All data of an image, block by block; `.input` and `.output` last."""
    for block in image.blocks:
        block.data = bytes(block.data)  # read once: it is looked at word by word
    printer = _Printer(image, names)
    lines = list(printer.tensors())
    for number, block in enumerate(image.blocks):
        if number not in printer.done:
            lines += printer.block(number, block)
    lines += printer.left_over()
    return lines + printer.roles()


class _Printer:
    def __init__(self, image: Image, names: NameTable) -> None:
        self.image = image
        self.names = names
        self.types = {tensor.name: tensor for tensor in image.tensors}
        self.symbols: dict[int, list[Symbol]] = {}
        for symbol in image.symbols:
            if symbol.kind != TEXT and symbol.binding != EXTERN:
                self.symbols.setdefault(symbol.value, []).append(symbol)
        self.references = {(r.block, r.address): r for r in image.relocations if r.block >= 0}
        self.starts = {_start(image, block): number for number, block in enumerate(image.blocks) if block.words}
        self.done: set[int] = set()  # blocks that are printed
        self.typed: set[str] = set()  # tensors that keep their type

    # Tensors of the tensor face ---------------------------------------------------------------
    def tensors(self) -> Iterator[str]:
        """Those that a declaration gives back; what remains of the others is words."""
        for symbols in self.symbols.values():
            for symbol in symbols:
                tensor = self.types.get(symbol.name)
                if tensor and tensor.layout != "linear" and fits_axes(tensor) and len(tensor.shape) <= MAX_AXES:
                    yield from self._tensor(symbol, tensor)

    def _tensor(self, symbol: Symbol, tensor: Tensor) -> Iterator[str]:
        numbers = self._box(symbol, tensor)
        values = self._values(tensor, [self.image.blocks[number] for number in numbers])
        if values is None or any(block in numbers for block, _ in self.references):
            return
        self.done.update(numbers)
        self.typed.add(symbol.name)
        hemisphere, index = divmod(tensor.slice, HEMISPHERE_SLICES)
        side = f"m{'we'[hemisphere]}"
        yield ""
        yield f"{INDENT}.data {side}{index}..{side}{index + tensor.slices - 1}"
        yield f"{INDENT}.row {tensor.row}"
        yield f"{INDENT}.tensor {self.names.of(symbol)}: {_shape_text(tensor)} layout {tensor.layout}{values}"

    def _box(self, symbol: Symbol, tensor: Tensor) -> list[int]:
        """The blocks that fill the box of a tensor, plane by plane; none when other blocks do, or none does."""
        spec = self.image.machine
        slices, rows = box(tensor, spec)
        hemisphere, index = divmod(tensor.slice, HEMISPHERE_SLICES)
        in_quads = slices > SLICES_PER_QUAD or index % SLICES_PER_QUAD + slices <= SLICES_PER_QUAD
        start = (hemisphere * spec.slices + index) * spec.words_per_slice + tensor.row * spec.words_per_row
        if (slices, start) != (tensor.slices, symbol.value) or not in_quads:
            return []
        starts = range(start, start + slices * spec.words_per_slice, spec.words_per_slice)
        planes = [self._filling(first, rows * spec.words_per_row) for first in starts]
        return [number for plane in planes for number in plane] if all(planes) else []

    def _filling(self, start: int, words: int) -> list[int]:
        """The blocks from one word on that are as many words together; none when there are no such blocks."""
        found, at = [], start
        while at < start + words:
            number = self.starts.get(at)
            if number is None or number in self.done:
                return []
            found.append(number)
            at += self.image.blocks[number].words
        return found if at == start + words else []

    def _values(self, tensor: Tensor, blocks: list[Block]) -> str | None:
        """What follows a declaration: nothing for reserved words; None when no values would make these bytes."""
        if not any(block.data for block in blocks):
            return "" if blocks else None
        if not all(block.data for block in blocks) or prod(tensor.shape) > LONGEST:
            return None
        elements = _box_elements(tensor, self.image.machine, b"".join(bytes(block.data) for block in blocks))
        texts = _texts(TYPES[tensor.dtype], elements)
        return f" = {', '.join(texts)}" if texts and all(texts) else None

    # Blocks -----------------------------------------------------------------------------------
    def block(self, number: int, block: Block) -> Iterator[str]:
        """A block, cut where symbols start."""
        spec = self.image.machine
        start = _start(self.image, block)
        cuts = sorted({start, *(a for a in self.symbols if start <= a < start + block.words), start + block.words})
        yield ""
        yield f"{INDENT}.data {spec.bank_name(block.bank)}"
        yield f"{INDENT}.org {start % spec.words_per_bank}"
        for low, high in pairwise(cuts):
            yield from self._part(number, block, low - start, high - start, self.symbols.pop(low, []))

    def _part(self, number: int, block: Block, low: int, high: int, symbols: list[Symbol]) -> Iterator[str]:
        """The words from `low` to `high` of a block; all symbols are at `low`."""
        last = symbols[-1] if symbols else None
        yield from (f"{self.names.of(symbol)}:" for symbol in symbols[:-1])
        tensor = self.types.get(last.name) if last else None
        words = _linear_words(tensor) if tensor else 0
        if last and tensor and 0 < words <= high - low:
            text = self._typed(number, block, low, words, last, tensor)
            if text:
                self.typed.add(last.name)
                yield text
                yield from self._words(number, block, low + words, high)
                return
        if last:
            yield f"{self.names.of(last)}:" + (f"  ; {_shape_text(tensor)}" if tensor else "")
        yield from self._words(number, block, low, high)

    def _typed(self, number: int, block: Block, low: int, words: int, symbol: Symbol, tensor: Tensor) -> str:
        """A typed directive on one line, or nothing when the words are not what it would make."""
        name = self.names.of(symbol)
        if not block.data:
            return f"{INDENT}.array {name}: {_shape_text(tensor)}"
        t, count = TYPES[tensor.dtype], prod(tensor.shape)
        raw = bytes(block.data[low * BYTES_PER_WORD : (low + words) * BYTES_PER_WORD])
        if count > LONGEST:
            return ""
        elements = _elements(t, raw, count)
        texts = _texts(t, elements)
        for word in range(words):
            reference = self.references.get((number, low + word))
            if reference is not None:
                texts[word] = self.names.reference(reference) if t.bits == WORD_BITS else ""
        if pack(t, elements) != raw or not all(texts):
            return ""
        if len(tensor.shape) > 1:
            return f"{INDENT}.array {name}: {_shape_text(tensor)} = {', '.join(texts)}"
        return f"{name + ':':<{len(INDENT) - 1}} .{t.name} {', '.join(texts)}"

    def _words(self, number: int, block: Block, low: int, high: int) -> Iterator[str]:
        if low == high:
            return
        if not block.data:
            yield f"{INDENT}.array {self.names.fresh('reserved')}: u32[{high - low}]"
            return
        texts = [self._word(number, block, word) for word in range(low, high)]
        for is_zero, group in groupby(texts, lambda text: text == "0"):
            run = list(group)
            if is_zero and len(run) >= ZEROS:
                yield f"{INDENT}.space {len(run)}"
            else:
                for first in range(0, len(run), PER_LINE):
                    yield f"{INDENT}.u32 {', '.join(run[first : first + PER_LINE])}"

    def _word(self, number: int, block: Block, word: int) -> str:
        reference = self.references.get((number, word))
        if reference is not None:
            return self.names.reference(reference)
        value = int.from_bytes(block.data[word * BYTES_PER_WORD : (word + 1) * BYTES_PER_WORD], "little")
        return str(value) if value < 1 << 16 else f"{value:#010x}"

    # The rest ---------------------------------------------------------------------------------
    def left_over(self) -> Iterator[str]:
        """Symbols that no block holds: names of no words."""
        spec = self.image.machine
        for address, symbols in sorted(self.symbols.items()):
            homeless = [symbol for symbol in symbols if symbol.name not in self.typed]
            if homeless and address < spec.words:
                bank, first = divmod(address, spec.words_per_bank)
                yield ""
                yield f"{INDENT}.data {spec.bank_name(bank)}"
                yield f"{INDENT}.org {first}"
                yield from (f"{self.names.of(symbol)}:" for symbol in homeless)

    def roles(self) -> list[str]:
        lines = []
        tensors = [tensor for tensor in self.image.tensors if tensor.name in self.typed]
        for tensor in sorted(tensors, key=lambda tensor: tensor.input_order):
            if tensor.is_input:
                lines.append(f"{INDENT}.input {self.names.by_name[tensor.name]}")
        for tensor in sorted(tensors, key=lambda tensor: tensor.output_order):
            if tensor.is_output:
                lines.append(f"{INDENT}.output {self.names.by_name[tensor.name]}")
        return ["", *lines] if lines else []


def _shape_text(tensor: Tensor) -> str:
    return f"{tensor.dtype}[{', '.join(str(extent) for extent in tensor.shape)}]"


def _linear_words(tensor: Tensor) -> int:
    """Words of a tensor that an `.array` can declare; 0 for others."""
    is_array = tensor.layout == "linear" and 1 <= len(tensor.shape) <= MAX_AXES
    return words_of(TYPES[tensor.dtype], prod(tensor.shape)) if is_array else 0


def _start(image: Image, block: Block) -> int:
    """The linear word address of a block."""
    spec = image.machine
    return block.bank * spec.words_per_bank + block.row * spec.words_per_row + block.word


def _box_elements(tensor: Tensor, machine: MachineSpec, raw: bytes) -> list[int]:
    """The bits of each element of a tensor in the planes of its box; none when they would make other planes."""
    import numpy as np

    from isa.layout import pack, pack_linear, unpack

    array = unpack(tensor, machine, np.frombuffer(raw, np.uint8).reshape(tensor.slices, -1, machine.lanes))
    if pack(tensor, machine, array).tobytes() != raw:
        return []
    t = TYPES[tensor.dtype]
    return _elements(t, pack_linear(t, array), prod(tensor.shape))


def _elements(t: ElementType, raw: bytes, count: int) -> list[int]:
    """The bits of each element of packed data."""
    if t.bits < 8:
        nibbles = [half for byte in raw for half in (byte & 0xF, byte >> 4)]
        return nibbles[:count]
    size = t.bits // 8
    return [int.from_bytes(raw[i * size : (i + 1) * size], "little") for i in range(count)]


def _texts(t: ElementType, elements: list[int]) -> list[str]:
    return [_element_text(t, element) for element in elements]


def _element_text(t: ElementType, bits: int) -> str:
    """An element as a typed directive takes it; nothing for f16 and bf16 that no decimal gives."""
    if t.kind == "f":
        return decimal_text(bits, t) or (f"f32bits({bits:#010x})" if t.bits == WORD_BITS else "")
    return str(bits - (1 << t.bits)) if t.kind == "i" and bits >> (t.bits - 1) else str(bits)
