"""Sessions of the debugger in the pages, and the table of its verbs: `python docs/transcripts.py` writes what is
printed, `--check` compares.

A `console` block whose command is `$ lpu debug PROGRAM` begins a session; each `(lpu)` line in it and in the blocks
after it is a command, followed by what it printed. A session ends where another begins.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PAGES = (ROOT / "docs" / "debugging.md", ROOT / "docs" / "pictures.md")
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
VERBS = re.compile(r"(?<=<!-- verbs -->\n).*?(?=<!-- end -->)", re.DOTALL)
START, PROMPT = "$ lpu debug", "(lpu) "
FLAGS = ("--batch", "--echo", "--keep-going")


class Session(NamedTuple):
    """The arguments of `lpu debug`, and for each block of the page where it is and the commands in it."""

    arguments: tuple[str, ...]
    blocks: tuple[tuple[int, int, tuple[str, ...]], ...]

    @property
    def commands(self) -> list[str]:
        return [command for _, _, commands in self.blocks for command in commands]


def sessions(page: str) -> list[Session]:
    """The sessions of a page, in order."""
    found: list[Session] = []
    for block in BLOCK.finditer(page):
        first, *lines = block[1].splitlines()
        if first.startswith(START):
            found.append(Session(tuple(shlex.split(first)[3:]), ()))
        elif first.startswith(PROMPT):
            lines = [first, *lines]
        else:
            continue
        commands = tuple(line.removeprefix(PROMPT) for line in lines if line.startswith(PROMPT))
        found[-1] = found[-1]._replace(blocks=(*found[-1].blocks, (*block.span(1), commands)))
    return found


def printed(session: Session) -> list[str]:
    """What each command of a session prints. Raises RuntimeError where the debugger leaves before the last one."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "commands"
        script.write_text("\n".join(session.commands) + "\n", encoding="utf-8")
        words = [sys.executable, "-m", "lpu", "debug", *FLAGS, "-x", str(script), *session.arguments]
        done = subprocess.run(
            words, cwd=ROOT, env={**os.environ, "PYTHONUNBUFFERED": "1", "COLUMNS": "100"}, encoding="utf-8",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, check=False,
        )  # fmt: skip
    answers: list[str] = []
    for line in done.stdout.splitlines():
        waiting = session.commands[len(answers) :]
        if waiting and line == PROMPT + waiting[0]:
            answers.append("")
        elif answers:
            answers[-1] += line.rstrip() + "\n"
    if len(answers) < len(session.commands):
        raise RuntimeError(f"`{session.commands[len(answers)]}` was not reached:\n{done.stdout}")
    return [answer.strip("\n") for answer in answers]


def verbs() -> str:
    """The verbs of the debugger as Markdown, a table for each group."""
    from debugger.repl.table import GROUPS

    lines: list[str] = []
    for group in GROUPS:
        lines += [f"**{group.title}**", "", "| verb | short | does |", "|---|---|---|"]
        for verb in group.verbs:
            usage = verb.usage.replace("|", "\\|")
            lines.append(f"| `{usage}` | {' '.join(f'`{name}`' for name in verb.short)} | {verb.summary} |")
        lines.append("")
    return "\n".join(lines)


def rewritten(page: str) -> str:
    """The page with what the debugger prints now."""
    page = VERBS.sub(lambda _: verbs(), page)
    parts: list[tuple[int, int, str]] = []
    for session in sessions(page):
        answers = iter(printed(session))
        for start, end, commands in session.blocks:
            head = page[start:end].split("\n", 1)[0] + "\n" if page.startswith(START, start) else ""
            parts.append((start, end, head + "".join(f"{PROMPT}{each}\n{_body(next(answers))}" for each in commands)))
    for start, end, text in reversed(parts):
        page = page[:start] + text + page[end:]
    return page


def _body(answer: str) -> str:
    return f"{answer}\n" if answer else ""


def stale(path: Path) -> Iterator[str]:
    """What of a page is not as the debugger prints it, as the lines of a diff."""
    page = path.read_text(encoding="utf-8")
    return unified_diff(page.splitlines(), rewritten(page).splitlines(), "the page", "the debugger", lineterm="")


def main(arguments: list[str]) -> int:
    """Write all pages, or with --check print the differences (exit status 1)."""
    status = 0
    for path in PAGES:
        differences = list(stale(path))
        if "--check" in arguments:
            print("\n".join(differences))
            status |= bool(differences)
        elif differences:
            path.write_text(rewritten(path.read_text(encoding="utf-8")), encoding="utf-8")
            print(f"{path.name}: written")
    return status


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))  # this tree, wherever the script is started
    sys.exit(main(sys.argv[1:]))
