"""Relocations as columns are a sequence of the relocations that they stand for."""

from __future__ import annotations

import pytest

from asm.assemble import assemble
from asm.quick.assemble import attempt
from asm.scope.scope import Scope
from isa.elf import ElfError, write
from isa.image import TO_WORD, Image, Relocation
from isa.machine import LPU1
from isa.relocations import Relocations

SOURCE = """
        .array x: i32[8]
p:      .i32 x + 4, 7
start:  ld r1, [x + 4]
        .rept 2
        ld r2, [x + r1]
        .endr
        { ld r3, [p]  ||  jmp start }
        halt
"""


def images() -> tuple[Image, Image]:
    """The same program with relocations as columns, and as objects."""
    quick, plain = attempt(SOURCE, "<input>", Scope(LPU1), None), assemble(SOURCE)
    assert quick is not None and quick.image is not None and plain.image is not None
    return quick.image, plain.image


def test_columns_read_as_a_list() -> None:
    quick, plain = (image.relocations for image in images())
    assert isinstance(quick, Relocations) and isinstance(plain, list)
    assert len(quick) == len(plain) == 6
    assert quick == plain and quick[1:] == plain[1:] and plain != quick[1:]
    assert [quick[number] for number in range(-6, 6)] == [*plain, *plain]
    with pytest.raises(IndexError):
        quick[6]


def test_columns_are_written_as_objects_are() -> None:
    quick, plain = images()
    assert write(quick) == write(plain)


@pytest.mark.parametrize(("changed", "value"), [("kinds", ("bits", "disp")), ("names", "nowhere")])
def test_columns_that_break_a_rule_are_not_written(changed: str, value: object) -> None:
    quick, _ = images()
    contents = getattr(quick.relocations, changed)
    contents[:] = [value] * len(contents)
    with pytest.raises(ElfError, match="the relocation at address 0"):
        write(quick)


def test_one_that_is_added_comes_last() -> None:
    quick, plain = images()
    more = Relocation(TO_WORD, "x", 1, 0, "disp")
    for image in (quick, plain):
        image.relocations.append(more)
    assert quick.relocations[-1] == more
    assert write(quick) == write(plain)
