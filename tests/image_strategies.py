"""Hypothesis strategies for images: every part of one, with references that hold."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from isa.diagnostics import Place
from isa.elf_format import FIELDS
from isa.image import (
    DATA,
    EXTERN,
    GLOBAL,
    LOCAL,
    PARAM,
    TEXT,
    TO_ROW,
    TO_TARGET,
    TO_WORD,
    Block,
    Image,
    Relocation,
    Symbol,
    Tensor,
)
from isa.lines import LineEntry, Lines
from isa.machine import LPU1, LPU_TINY, MachineSpec

NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)
NUMBERS = st.integers(0, (1 << 32) - 1)
SIGNED = st.integers(-(1 << 63), (1 << 63) - 1)
KINDS = st.sampled_from([TO_TARGET, TO_WORD, TO_ROW])
flat_places = st.builds(Place, NAMES, NUMBERS, NUMBERS, NUMBERS, st.just(()))
places = st.builds(
    Place, NAMES, NUMBERS, NUMBERS, NUMBERS, st.lists(st.tuples(NAMES, flat_places), max_size=3).map(tuple)
)
maybe_places = st.none() | places


@st.composite
def blocks(draw: st.DrawFn, machine: MachineSpec) -> Block:
    row = draw(st.integers(0, machine.rows - 1))
    word = draw(st.integers(0, machine.words_per_row - 1))
    room = (machine.rows - row) * machine.words_per_row - word
    words = draw(st.integers(1, min(room, 20)))
    data = draw(st.just(b"") | st.binary(min_size=4 * words, max_size=4 * words))
    bank = draw(st.integers(0, machine.total_banks - 1))
    return Block(draw(NAMES), bank, row, word, words, data, draw(st.booleans()))


@st.composite
def symbols(draw: st.DrawFn, machine: MachineSpec, text_size: int, own_blocks: list[Block], name: str) -> Symbol:
    kind = draw(st.sampled_from([TEXT, DATA, PARAM]))
    value = draw(st.integers(0, text_size if kind == TEXT else machine.words))
    group = draw(st.sampled_from([block.group for block in own_blocks]) if own_blocks else NAMES)
    if kind != TEXT and own_blocks and draw(st.booleans()):
        block = draw(st.sampled_from(own_blocks))
        group = block.group
        value = block.bank * machine.words_per_bank + block.row * machine.words_per_row + block.word
    banks = draw(st.lists(st.integers(0, machine.total_banks - 1), max_size=3).map(tuple))
    binding = draw(st.sampled_from([LOCAL, GLOBAL, EXTERN]))
    constant = draw(st.none() | SIGNED)
    return Symbol(name, kind, binding, value, draw(NUMBERS), group, banks, constant, draw(maybe_places))


def relocations(text_size: int, own_blocks: list[Block], names: list[str]) -> st.SearchStrategy[Relocation]:
    symbol = st.sampled_from(names)
    options: list[st.SearchStrategy[Relocation]] = [
        st.builds(
            Relocation, KINDS, symbol, SIGNED, st.integers(0, len(block.data) // 4 - 1), st.just(""),
            st.just(index), maybe_places,
        )
        for index, block in enumerate(own_blocks)
        if block.data
    ]  # fmt: skip
    if text_size:
        fields = st.sampled_from(FIELDS[1:])
        options.append(
            st.builds(
                Relocation, KINDS, symbol, SIGNED, st.integers(0, text_size - 1), fields, st.just(-1), maybe_places
            )
        )
    return st.one_of(options)


def tensors(names: list[str]) -> st.SearchStrategy[Tensor]:
    shapes = st.lists(st.integers(0, 9), max_size=3).map(tuple)
    order = st.integers(-1, 9)
    return st.builds(
        Tensor, st.sampled_from(names), st.sampled_from(["i4", "u8", "bf16", "f32"]), shapes,
        st.sampled_from(["linear", "rows", "tiles", "mxm"]), st.integers(0, 1).map(lambda h: 64 * h), st.integers(0, 4),
        st.integers(0, 63), st.booleans(), st.booleans(), order, order,
    )  # fmt: skip


@st.composite
def images(draw: st.DrawFn) -> Image:
    """Any image that may be written: objects and executables, with or without each of their parts."""
    machine = draw(st.sampled_from([LPU1, LPU_TINY]))
    text = draw(st.lists(st.integers(0, (1 << 64) - 1), max_size=8))
    own_blocks = draw(st.lists(blocks(machine), max_size=4))
    names = draw(st.lists(NAMES, max_size=6, unique=True))
    parts: dict[str, Any] = {"relocations": [], "lines": Lines(), "tensors": []}
    if names and (text or any(block.data for block in own_blocks)):
        parts["relocations"] = draw(st.lists(relocations(len(text), own_blocks, names), max_size=5))
    if text:
        entries = st.lists(st.builds(LineEntry, st.integers(0, len(text) - 1), places), max_size=6)
        parts["lines"] = draw(entries.map(Lines.of))
    own_symbols = [draw(symbols(machine, len(text), own_blocks, name)) for name in names]
    data = [symbol.name for symbol in own_symbols if symbol.kind != TEXT and symbol.binding != EXTERN]
    if data:
        parts["tensors"] = draw(st.lists(tensors(data), max_size=2))
    return Image(
        machine, text, own_blocks, own_symbols,
        entry=draw(st.integers(0, len(text))), executable=draw(st.booleans()), name=draw(NAMES), **parts,
    )  # fmt: skip
