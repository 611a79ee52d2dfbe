"""Placed data to what an image holds of them: blocks of single banks, symbols, references and tensors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from operator import add

from asm.names import symbols as names
from asm.names.symbols import EXTERN as EXTERN_NAME
from asm.names.symbols import LABEL
from asm.scope.objects import DataObject, DataObjects, DataSymbol
from asm.scope.scope import Scope
from isa.image import DATA, EXTERN, GLOBAL, LOCAL, PARAM, TEXT, Block, Image, Relocation, Symbol, Tensor
from isa.machine import BYTES_PER_WORD, MachineSpec
from isa.objects import Objects
from isa.units import HEMISPHERE_SLICES


def add_data(image: Image, scope: Scope, objects: Iterable[DataObject | DataObjects]) -> None:
    """Put the blocks of all objects into an image, and the references that their words hold."""
    parts: list[Sequence[Block]] = []
    blocks: list[Block] = []
    before = 0
    for item in objects:
        if isinstance(item, DataObjects):
            parts += [blocks, _blocks_of_all(image.machine, item)]
            before, blocks = sum(map(len, parts)), []
            continue
        where = list(_blocks(blocks, image.machine, item))
        for reference in item.references:
            offset, block = next((o, b) for o, b in reversed(where) if o <= reference.offset)
            address = reference.address
            kind = scope.reference(address)
            word = reference.offset - offset
            image.relocations.append(
                Relocation(kind, address.symbol, address.addend, word, block=before + block, place=reference.place)
            )
    image.blocks = Objects.joined(Block, *parts, blocks) if parts else blocks


def _blocks_of_all(spec: MachineSpec, objects: DataObjects) -> Sequence[Block]:
    """The blocks of objects that are columns, one each unless one of them lies in several banks."""
    banks, inside = zip(*map(divmod, objects.addresses, repeat(spec.words_per_bank)), strict=True)
    if max(map(add, inside, objects.words)) > spec.words_per_bank:
        blocks: list[Block] = []
        for number in range(len(objects)):
            list(_blocks(blocks, spec, objects.object(number)))
        return blocks
    rows, words = zip(*map(divmod, inside, repeat(spec.words_per_row)), strict=True)
    held = list(map(objects.held, range(len(objects))))
    return Objects(Block, objects.groups, banks, rows, words, objects.words, held, [False] * len(objects))


def _blocks(blocks: list[Block], spec: MachineSpec, item: DataObject) -> Iterator[tuple[int, int]]:
    """Add an object's blocks; gives (offset in its plane, number of the block)."""
    for plane, pieces in enumerate(item.planes):
        offset = 0
        start = item.address + plane * spec.words_per_slice
        for piece in pieces:
            for words, data in _parts(spec, start + offset, piece.words, bytes(piece.data)):
                blocks.append(_block(spec, item, start + offset, words, data))
                yield offset, len(blocks) - 1
                offset += words


def _parts(spec: MachineSpec, start: int, words: int, data: bytes) -> Iterator[tuple[int, bytes]]:
    """A piece cut where banks end."""
    done = 0
    while done < words:
        room = spec.words_per_bank - (start + done) % spec.words_per_bank
        count = min(room, words - done)
        yield count, data[done * BYTES_PER_WORD : (done + count) * BYTES_PER_WORD]
        done += count


def _block(spec: MachineSpec, item: DataObject, address: int, words: int, data: bytes) -> Block:
    bank, inside = divmod(address, spec.words_per_bank)
    row, word = divmod(inside, spec.words_per_row)
    return Block(item.group, bank, row, word, words, data, item.fixed_at is not None)


def add_symbols(image: Image, scope: Scope, labels: dict[str, int], exported: frozenset[str]) -> None:
    """Put every label, data name, parameter and extern into an image; those that the scheduler made come last."""
    others = made_by_scheduler(labels, labels.keys() - scope.table.keys())
    image.symbols = [*defined_symbols(scope, scope.table, labels, exported), *others]


def made_by_scheduler(labels: Mapping[str, int], names: Iterable[str]) -> list[Symbol]:
    """The symbols of labels that no source has."""
    return [Symbol(name, TEXT, LOCAL, labels[name]) for name in sorted(names)]


def defined_symbols(
    scope: Scope, table: Mapping[str, names.Symbol], labels: Mapping[str, int], exported: frozenset[str]
) -> Iterator[Symbol]:
    """The symbols of an image for those of a table."""
    for name, symbol in table.items():
        binding = GLOBAL if name in exported else LOCAL
        if symbol.kind == LABEL and name in labels:
            yield Symbol(name, TEXT, binding, labels[name], place=symbol.place)
        elif symbol.kind == EXTERN_NAME:
            banks = tuple(sorted(scope.extern_banks.get(name, ())))
            kind = TEXT if name in scope.called else DATA
            yield Symbol(name, kind, EXTERN, banks=banks, place=symbol.place)
        elif name in scope.data:
            yield _data_symbol(scope.data[name], binding)


def _data_symbol(symbol: DataSymbol, binding: str) -> Symbol:
    kind = DATA if symbol.constant is None else PARAM
    constant = symbol.constant if isinstance(symbol.constant, int) else None
    return Symbol(
        symbol.name, kind, binding, symbol.address, symbol.size, symbol.object.group, (), constant, symbol.place
    )


def add_tensors(image: Image, scope: Scope) -> None:
    """Put the typed symbols into an image, with the places they got."""
    image.tensors = tensors_of(scope.data.values(), image.machine)


def tensors_of(symbols: Iterable[DataSymbol], spec: MachineSpec) -> list[Tensor]:
    """The tensors of those symbols that are typed, with the places they got."""
    typed = [(symbol, symbol.tensor) for symbol in symbols if symbol.tensor is not None]
    for symbol, tensor in typed:
        if tensor.layout != "linear":
            _settle(spec, symbol, tensor)
    return [tensor for _, tensor in typed]


def _settle(spec: MachineSpec, symbol: DataSymbol, tensor: Tensor) -> None:
    """Slice and row of a tensor of the tensor face."""
    number, offset = divmod(symbol.address, spec.words_per_slice)
    hemisphere, index = divmod(number, spec.slices)
    tensor.slice = hemisphere * HEMISPHERE_SLICES + index
    tensor.slices = symbol.object.slices
    tensor.row = offset // spec.words_per_row
