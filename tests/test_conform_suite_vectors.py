"""The files of corner vectors: current, and bound to tell an implementation that computes something else."""

from __future__ import annotations

import pytest

from conform.fixed import FAILED, run
from conform.target import EngineTarget
from conform.vector_files import files, lists
from conform.vectors import FOLDER, all_vectors, columns, operand_lists, vectors
from isa.image import Image


def test_the_files_are_what_their_generator_makes() -> None:
    made = dict(files())
    assert {path.name for path in FOLDER.iterdir()} == set(made)
    stale = [name for name, text in made.items() if (FOLDER / name).read_text(encoding="utf-8") != text]
    assert not stale, "run `python -m conform.vector_files`"


def test_lists_are_read_as_they_were_written() -> None:
    assert {name: list(each) for name, each in operand_lists().items()} == {
        name: list(each) for name, each in lists().items()
    }


def test_there_are_as_many_operands_as_results() -> None:
    for each in all_vectors():
        assert {len(column) for column in each.columns(operand_lists())} == {len(each.results)}, each.mnemonic


def test_operands_meet_all_or_one_by_one() -> None:
    given = {"a": (1, 2), "b": (3, 4)}
    assert columns("a x b", given) == [(1, 1, 2, 2), (3, 4, 3, 4)]
    assert columns("a + b", given) == [(1, 2), (3, 4)]


class OneBitOff(EngineTarget):
    """Loads programs with a bit of the sixth byte of their second operand changed."""

    def load(self, image: Image, uninit: str = "fault", strict: bool = False) -> None:
        block = image.blocks[1]
        block.data = block.data[:5] + bytes([block.data[5] ^ 1]) + block.data[6:]
        super().load(image, uninit, strict)


@pytest.mark.parametrize(("name", "told"), [
    ("vectors/vadd.u8.w", "vadd.u8.w of 0x0, 0x9 must be 0x9 and is 0x8"),
    ("vectors/sub", "sub of 0x0, 0x1 must be 0xffffffff and is 0xfffffeff"),
])  # fmt: skip
def test_a_wrong_result_is_told_with_its_operands(name: str, told: str) -> None:
    [case] = [case for case in vectors() if case.name == name]
    [result] = run(OneBitOff("core"), [case])
    assert result.status == FAILED
    assert result.why.startswith("expected halted, observed E-ASSERT in cycle ")
    assert result.why.endswith(f"({told})")
