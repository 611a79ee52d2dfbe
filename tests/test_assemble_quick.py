"""Long sources that are assembled as columns come out as they do the plain way, byte for byte."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given

from asm import assemble as plain
from asm.assemble import Assembly, assemble
from isa.elf import write
from tests.profile_tools import part_of_examples
from tests.test_assemble_plain import sources

PROGRAMS = Path(__file__).parent.parent / "programs"
SOME = ("matmul.s", "matmul_bundles.s", "histogram.s", "tensor/transpose.s", "tensor/vector_add_relu.s")


def quickly(source: str | Path) -> Assembly:
    """A source of any length, quickly if possible."""
    with patch.object(plain, "MANY_CHARACTERS", 0):
        return assemble(source, only_image=True)


def outcome(made: Assembly) -> object:
    return made.diagnostics, write(made.image) if made.image else None


@part_of_examples(2)
@given(sources)
def test_generated_sources_come_out_the_same(text: str) -> None:
    assert outcome(quickly(text)) == outcome(assemble(text))


@pytest.mark.parametrize("name", SOME)
def test_programs_come_out_the_same(name: str) -> None:
    assert outcome(quickly(PROGRAMS / name)) == outcome(assemble(PROGRAMS / name))
