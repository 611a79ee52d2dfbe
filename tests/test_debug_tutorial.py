"""The sessions in the pages of the debugger are what it prints, line by line."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from debugger.expr.functions import FUNCTIONS
from isa.types import TYPES

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "debugging.md"


def script() -> ModuleType:
    """docs/transcripts.py."""
    spec = importlib.util.spec_from_file_location("transcripts", ROOT / "docs" / "transcripts.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


transcripts = script()
SESSIONS = [(page, session) for page in transcripts.PAGES for session in transcripts.sessions(page.read_text("utf-8"))]


def blocks_of(page: str, session: object) -> list[str]:
    """The lines of the blocks of a session, without the command that begins it."""
    texts = [page[start:end] for start, end, _ in session.blocks]  # type: ignore[attr-defined]
    return [line for text in texts for line in text.splitlines() if not line.startswith(transcripts.START)]


@pytest.mark.parametrize(
    ("page", "session"), SESSIONS, ids=[f"{page.stem} {each.arguments[0]}" for page, each in SESSIONS]
)
def test_a_session_prints_what_the_page_shows(page: Path, session: object) -> None:
    shown = blocks_of(page.read_text(encoding="utf-8"), session)
    printed: list[str] = []
    for command, answer in zip(session.commands, transcripts.printed(session), strict=True):  # type: ignore[attr-defined]
        printed += [transcripts.PROMPT + command, *answer.splitlines()]
    assert shown == printed


def test_the_page_has_a_session_for_each_program() -> None:
    names = {Path(session.arguments[0]).name for page, session in SESSIONS if page == PAGE}
    assert names == {path.name for path in (ROOT / "programs" / "debug").glob("*.s")}


def test_the_table_of_verbs_is_current() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert transcripts.VERBS.findall(page) == [transcripts.verbs()]


def test_the_page_names_all_functions_of_expressions() -> None:
    [listed] = re.findall(r"^Functions are (.*?), and the types", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert set(re.findall(r"`(\w+)`", listed)) == set(FUNCTIONS) - set(TYPES) | {"load"}


def test_a_session_goes_on_over_blocks_and_is_written_anew() -> None:
    page = "```console\n$ lpu debug\n(lpu) echo a\nold\n```\ntext\n```console\n(lpu) echo b\n```\n"
    [session] = transcripts.sessions(page)
    assert (session.arguments, session.commands) == ((), ["echo a", "echo b"])
    assert transcripts.rewritten(page) == page.replace("echo a\nold", "echo a\na").replace("echo b\n", "echo b\nb\n")


def test_a_debugger_that_leaves_early_is_named() -> None:
    [session] = transcripts.sessions("```console\n$ lpu debug\n(lpu) quit\n(lpu) run\n```\n")
    with pytest.raises(RuntimeError, match="`run` was not reached"):
        transcripts.printed(session)
