"""Images of sources with data, and what they hold."""

from __future__ import annotations

from asm.assemble import assemble
from isa.image import Block, Image, Symbol, Tensor
from isa.machine import LPU_TINY


def image_of(text: str, **options: object) -> Image:
    result = assemble(text, machine=LPU_TINY, **options)  # type: ignore[arg-type]
    assert result.image is not None, result.diagnostics
    return result.image


def codes(text: str) -> list[str]:
    return [d.code for d in assemble(text, machine=LPU_TINY).diagnostics]


def symbol(image: Image, name: str) -> Symbol:
    return next(s for s in image.symbols if s.name == name)


def tensor(image: Image, name: str) -> Tensor:
    return next(t for t in image.tensors if t.name == name)


def start(image: Image, block: Block) -> int:
    return image.machine.words_per_bank * block.bank + image.machine.words_per_row * block.row + block.word


def data_of(image: Image, name: str) -> bytes:
    """The written bytes from a symbol on."""
    address = symbol(image, name).value
    block = next(b for b in image.blocks if start(image, b) <= address < start(image, b) + b.words)
    return block.data[(address - start(image, block)) * 4 :]
