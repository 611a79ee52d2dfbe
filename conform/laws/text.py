"""The law of text: what a program's source assembles to is the program."""

from __future__ import annotations

from random import Random

from conform.compare import Difference
from conform.laws.law import HOLDS, NOTHING, Verdict
from conform.program import Program
from conform.target import LIMIT, Target
from isa.image import Image
from isa.machine import BYTES_PER_WORD
from vm.engine import HALTED


def assembled_again(target: Target, program: Program, _: Random) -> Verdict:
    """A legal program's source, assembled: the same text and contents of memory."""
    from asm.assemble import assemble

    image = program.image()
    target.load(image, program.uninit, program.strict)
    if target.run(LIMIT).status != HALTED:
        return NOTHING
    result = assemble(program.source(), machine=program.spec)
    if result.image is None:
        return Verdict(True, Difference(0, "the source", "a program", str(result.diagnostics[0])), program)
    for what, mine, other in (("text", image.text, result.image.text), ("memory", held(image), held(result.image))):
        if mine != other:
            return Verdict(True, Difference(0, what, str(mine), str(other)), program)
    return HOLDS


def held(image: Image) -> dict[int, bytes]:
    """The words that an image puts into memory, by address."""
    spec = image.machine
    words: dict[int, bytes] = {}
    for block in image.blocks:
        first = spec.words_per_bank * block.bank + spec.words_per_row * block.row + block.word
        for at in range(0, len(block.data), BYTES_PER_WORD):
            words[first + at // BYTES_PER_WORD] = bytes(block.data[at : at + BYTES_PER_WORD])
    return words
