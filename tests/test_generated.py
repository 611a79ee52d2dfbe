"""Generated files are current, and the manual says what the table says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from isa import emit
from isa.emit_manual import drawing, manual, picture
from isa.formats import OPCODE_BITS, STOP_BITS, SYLLABLE_BITS
from isa.index import BY_KEY, FAMILIES
from isa.row import Row
from isa.table import ROWS, SCALAR_ROWS

ROOT = Path(__file__).resolve().parent.parent
RANGE = re.compile(r"^(\d+)(?:\.\.(\d+))?$")


@pytest.mark.parametrize("name", emit.GENERATED)
def test_committed_file_is_what_the_generator_makes(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == emit.GENERATED[name]()


def test_check_names_a_stale_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(emit, "ROOT", tmp_path)
    monkeypatch.setattr(emit, "GENERATED", {"made.md": lambda: "new\n"})
    (tmp_path / "made.md").write_text("old\n")
    assert emit.main(["--check"]) == 1
    assert capsys.readouterr().out == "made.md: is not current; run `make gen`\n"
    assert (tmp_path / "made.md").read_text() == "old\n"
    assert emit.main([]) == 0
    assert (tmp_path / "made.md").read_text() == "new\n"
    assert emit.main(["--check"]) == 0


def test_every_family_has_one_section_with_all_its_mnemonics_and_forms() -> None:
    sections = {part.split("`", 1)[0]: part for part in manual().split("\n### `")[1:]}
    assert set(sections) == set(FAMILIES)
    for row in ROWS:
        section = sections[row.family]
        if row.tensor:
            assert f"`{row.mnemonic}`" in section
        assert f"\n{row.key}\n" in section or f"\n{row.family} {row.form}\n" in section


@pytest.mark.parametrize("row", SCALAR_ROWS, ids=lambda row: row.key)
def test_a_scalar_form_stands_above_its_drawing(row: Row) -> None:
    assert f"\n{row.key}\n    63" in manual()


def test_the_picture_of_an_op_has_its_latency() -> None:
    assert list(picture(BY_KEY["vadd.f32 dst, sa, sb"])) == [
        "    cycle  t | . . | |",
        "             +- t: samples",
        "                   +- t+3: leaves on its stream, or stands in the v register",
        "                     +- t+4: can be sampled one position on",
        "",
    ]
    assert list(picture(BY_KEY["add rd, ra, rb"])) == []


@pytest.mark.parametrize("row", {row.format: row for row in ROWS}.values(), ids=lambda row: row.key)
def test_a_drawing_covers_every_bit_of_each_syllable_once(row: Row) -> None:
    syllables = [line for line in drawing(row) if all(RANGE.match(word) for word in line.split())]
    assert len(syllables) == (2 if row.format.ext_bits else 1)
    for line in syllables:
        assert bits(line) == list(range(SYLLABLE_BITS - 1, -1, -1))
        assert line.split()[-2:] == [f"{OPCODE_BITS}..{STOP_BITS}", "0"]


def bits(line: str) -> list[int]:
    """The bit numbers a line of ranges covers, in its order."""
    covered: list[int] = []
    for text in line.split():
        match = RANGE.match(text)
        assert match, text
        high, low = int(match[1]), int(match[2] or match[1])
        covered += range(high, low - 1, -1)
    return covered
