"""Files with names that are no text, results that would take the place of a source, `.npy` files of strangers."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path
from struct import pack

import numpy as np
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


def npy(header: str, data: bytes = b"") -> bytes:
    """A version 1 file with a header of one's own."""
    text = header.encode().ljust(118) + b"\n"
    return b"\x93NUMPY\1\0" + pack("<H", len(text)) + text + data


def saved(array: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> bytes:
    buffer = BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


HEADER = "{'descr': '<i4', 'fortran_order': False, 'shape': (%s,)}"
HOSTILE = [
    (b"", "it is not an .npy file"),
    (b"1, 2, 3\n", "it is not an .npy file"),
    (npy("__import__('os').system('true')"), "it is not an .npy file: its header makes no sense"),
    (npy("(" * 118), "it is not an .npy file: its header makes no sense"),
    (saved(np.array([None])), "it holds Python objects, not numbers"),
    (npy(HEADER % (1 << 60)), f"it holds 0 bytes of data; {1 << 62} are needed"),
    (npy(HEADER % 3, b"short"), "it holds 5 bytes of data; 12 are needed"),
    (npy(HEADER % -3), "its shape is [-3]"),
    (npy(HEADER % 0), "its shape is [0]"),
]
COPY = "        .array  y: i32[3]\n        .input  y\n        .output y\n"


@pytest.mark.parametrize(("content", "message"), HOSTILE)
def test_npy_files_of_strangers(lpu: Command, content: bytes, message: str) -> None:
    lpu.write("p.s", COPY)
    lpu.write("y.npy", content)
    result = lpu("run", "p.s", "-i", "y=y.npy")
    assert (result.status, result.err) == (2, f"error[E-INPUT]: y.npy: {message}\n")
    lpu.write("p.s", '        .array y: i32[3] = "y.npy"\n')
    (found,) = lpu("check", "p.s", "--json").document["diagnostics"]
    assert found["code"] == "E-DATA"


@pytest.mark.parametrize("dtype", ["<i4", ">i4"])
def test_npy_files_of_either_byte_order(lpu: Command, dtype: str) -> None:
    lpu.write("p.s", COPY)
    lpu.write("y.npy", saved(np.array([1, -2, 1 << 30], dtype)))
    assert "y = [1, -2, 1073741824]" in lpu("run", "p.s", "-i", "y=y.npy").out


def test_a_file_that_is_replaced_keeps_its_mode(lpu: Command) -> None:
    path = lpu.write("p.s", "mov r1,1\n")
    path.chmod(0o640)
    assert lpu("fmt", "p.s").status == 0
    assert path.read_text() == "        mov     r1, 1\n"
    assert path.stat().st_mode & 0o7777 == 0o640
