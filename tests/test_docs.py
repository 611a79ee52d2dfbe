"""The pages: links hold, what they show is what the tools print, and code they quote is in the files."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from asm.assemble import assemble

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (.*)$", re.MULTILINE)


def transcripts() -> list[tuple[str, str, str]]:
    """(page, command, what it printed) for each command in the `console` blocks of the pages, but sessions of the
    debugger, which are for tests/test_debug_tutorial.py."""
    found = []
    for page in PAGES:
        for kind, block in FENCED.findall(page.read_text(encoding="utf-8")):
            if kind == "console":
                _, *parts = COMMAND.split(block)
                commands = zip(parts[::2], parts[1::2], strict=True)
                found += [(page.name, words, text.lstrip("\n")) for words, text in commands if "\n(lpu) " not in text]
    return found


@pytest.mark.parametrize(("page", "command", "printed"), transcripts())
def test_a_page_shows_what_the_command_prints(page: str, command: str, printed: str) -> None:
    words = shlex.split(command)
    if words[0] == "lpu":
        words[:1] = [sys.executable, "-m", "lpu"]
    done = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.stdout.strip() == printed.strip(), page


def test_the_readme_has_transcripts() -> None:
    assert [command for page, command, _ in transcripts() if page == "README.md"]


def test_the_program_in_the_readme_is_the_one_in_the_file() -> None:
    [quoted] = [block for kind, block in FENCED.findall((ROOT / "README.md").read_text()) if kind == "text"]
    assert quoted in (ROOT / "programs" / "tensor" / "linear" / "vector_add_relu.s").read_text()


NAMES = {"A": ".array A: i32[64]", "B": ".array B: i32[64]", "x": ".array x: i32[64]"}


@pytest.mark.parametrize("block", [
    block for page in PAGES for kind, block in FENCED.findall(page.read_text(encoding="utf-8")) if kind == "asm"
])  # fmt: skip
def test_code_in_the_pages_assembles(block: str) -> None:
    """A block may use n, m and the arrays A, B and x without defining them."""
    given = [line for name, line in NAMES.items() if not re.search(rf"\b{name}: ", block)]
    source = "\n".join([".param n = 4", ".param m = 4", *given, ".text", block])
    result = assemble(source, include_paths=[ROOT / "programs"])
    assert [diagnostic.message for diagnostic in result.diagnostics] == []
    assert result.image


def test_links_between_pages_hold() -> None:
    script = [sys.executable, "docs/check_links.py"]
    done = subprocess.run(script, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_broken_link_is_named(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "check_links.py").write_text((ROOT / "docs" / "check_links.py").read_text())
    (tmp_path / "README.md").write_text("# A b\n[x](gone.md) [y](#a-b) [z](#c) ```\n[no](link.md)\n```\n")
    script = [sys.executable, "docs/check_links.py"]
    done = subprocess.run(script, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.splitlines()[:2] == [
        "README.md: gone.md: there is no such file",
        "README.md: #c: there is no such heading",
    ]
