"""Objects from strangers: linking gives an executable that can be written, or a list of complaints."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from image_strategies import images

from asm.link import link
from isa import elf
from isa.diagnostics import SourceError
from isa.image import Image


def survives(found: list[Image]) -> None:
    try:
        linked = link(found)
    except SourceError as error:
        assert all(d.code.startswith("E-") and d.message for d in error.diagnostics)
        return
    assert linked.executable
    assert elf.read(elf.write(linked)) == linked


@given(st.lists(images(), min_size=1, max_size=3))
def test_any_images(found: list[Image]) -> None:
    survives(found)


@given(images())
def test_an_image_beside_itself(image: Image) -> None:
    survives([replace(image, executable=False), replace(image, executable=False, name="again")])
