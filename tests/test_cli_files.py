"""Files with names that are no text, and results that would take the place of a source."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cli_tools import Command

PROGRAM = "        .array  y: i32[1]\n        .output y\n        st [y], r0\n        assert r0, 1\n"


@pytest.fixture
def lpu(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    return Command(tmp_path, capfd, monkeypatch)


def test_names_that_are_not_utf_8(lpu: Command) -> None:
    folder = os.fsdecode(b"d\xff")
    os.mkdir(folder)
    source, made, executable = (f"{folder}/p{end}" for end in (".s", ".o", ".lpu"))
    lpu.write("inc.s", PROGRAM)
    lpu.write(source, '        .include "../inc.s"\n')
    assert lpu("asm", source, "-l", f"{folder}/list").status == 0
    assert lpu("link", made, "-o", executable).status == 0
    for program in (source, made, executable):
        assert lpu("run", program).status == 1
        assert lpu("check", program, "--json").document == {"diagnostics": []}
    assert lpu("dis", executable, "-o", f"{folder}/again.s").status == 0
    assert sorted(os.listdir(folder)) == ["again.s", "list", "p.lpu", "p.o", "p.s"]


def test_sarif_names_files_by_their_bytes(lpu: Command) -> None:
    name = os.fsdecode(b"\xff.s")
    lpu.write(name, "        nothing\n")
    (run,) = lpu("check", name, "--sarif").document["runs"]
    (location,) = run["results"][0]["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "%FF.s"


def test_an_object_takes_the_place_of_no_source(lpu: Command) -> None:
    lpu.write("p.s", PROGRAM)
    result = lpu("asm", "p.s", "-o", "p.s")
    assert result.status == 2
    assert "p.s: the object would take the place of its source" in result.err
    assert (lpu.directory / "p.s").read_text() == PROGRAM
