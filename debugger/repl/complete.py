"""Completion: what may stand where the cursor is, from the verbs, the table and the names of the program."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from debugger.repl import verb as kinds
from debugger.repl.table import BY_NAME, VERBS
from isa.records import NamedTuple

if TYPE_CHECKING:
    from debugger.repl.console import Console

MAX_CHOICES = 1000
NAME = re.compile(r"[\w.]*\Z")
PATH = re.compile(r"\S*\Z")
FIRST_WORD = re.compile(r"\s*([A-Za-z?][\w-]*)?\Z")
VERB = re.compile(r"\s*([A-Za-z?][\w-]*)(?:/\S*)?\s+(.*)\Z", re.DOTALL)


class Choice(NamedTuple):
    """A word that may replace the text from `start` to the cursor, and what it means."""

    word: str
    start: int
    meaning: str = ""


def choices(console: Console, text: str) -> list[Choice]:
    """What may stand at the end of a text, in the order in which it is to be offered."""
    if len(text) > kinds.MAX_COMPLETED:
        return []
    if FIRST_WORD.fullmatch(text):
        return _matching(text, PATH, [*_verbs(), *_mnemonics()])
    found = VERB.fullmatch(text)
    verb = BY_NAME.get(found.group(1)) if found else None
    if verb is None:
        return _matching(text, NAME, [*_mnemonics(), *_names(console)])
    maker = MAKERS.get(verb.completes)
    pattern = NAME if verb.completes in (kinds.EXPRESSION, kinds.TARGET, kinds.STREAM) else PATH
    return _matching(text, pattern, maker(console)) if maker else _files(text) if verb.completes == kinds.FILE else []


def _matching(text: str, pattern: re.Pattern[str], words: Iterable[tuple[str, str]]) -> list[Choice]:
    """Those words that go on from what is begun."""
    found = pattern.search(text)
    start = found.start() if found else len(text)
    begun = text[start:].lower()
    unique = dict(reversed([(word, meaning) for word, meaning in words if word.lower().startswith(begun)]))
    return [Choice(word, start, unique[word]) for word in reversed(unique)][:MAX_CHOICES]


# What there is to choose from -------------------------------------------------------------------
def _verbs(console: Console | None = None) -> Iterator[tuple[str, str]]:
    return ((verb.name, verb.summary) for verb in VERBS)


def _mnemonics(console: Console | None = None) -> Iterator[tuple[str, str]]:
    from asm.streams.statements import NAMES
    from isa.table import MNEMONICS

    yield from ((name, rows[0].doc) for name, rows in MNEMONICS.items())
    yield from ((name, "of linear tensor code") for name in NAMES)


def _names(console: Console) -> Iterator[tuple[str, str]]:
    from debugger.expr import names

    return ((name, "") for name in names(console.session.machine))


def _where(console: Console) -> Iterator[tuple[str, str]]:
    session = console.session
    yield from ((name, "label") for name in session.lines.labels)
    yield from ((f"{name}:", "source") for name in session.lines.files)
    yield from _units(console)


def _units(console: Console) -> Iterator[tuple[str, str]]:
    from isa.units import UNIT_NAMES

    return ((f"{name}@", "unit") for name in UNIT_NAMES)


def _targets(console: Console) -> Iterator[tuple[str, str]]:
    yield from _names(console)
    yield from ((name.rstrip("@"), meaning) for name, meaning in _units(console))


def _topics(console: Console) -> Iterator[tuple[str, str]]:
    from debugger.repl.info import TOPICS

    return ((topic.name, topic.summary) for topic in TOPICS.values())


def _marks(console: Console) -> Iterator[tuple[str, str]]:
    yield from ((name, f"cycle {cycle}") for name, cycle in sorted(console.session.marks.items()))
    yield from (("start", "the first cycle"), ("end", "the last cycle"))


def _numbers(console: Console) -> Iterator[tuple[str, str]]:
    return ((str(each.number), str(each)) for each in console.session.breakpoints)


def _switch(console: Console) -> Iterator[tuple[str, str]]:
    return iter((("on", ""), ("off", "")))


def _streams(console: Console) -> Iterator[tuple[str, str]]:
    from isa.places import V_REGISTERS, place_name

    return ((place_name(number), "stream") for number in range(V_REGISTERS))


def _helps(console: Console) -> Iterator[tuple[str, str]]:
    yield from _verbs()
    yield from _mnemonics()


MAKERS: dict[str, Callable[[Console], Iterable[tuple[str, str]]]] = {
    kinds.WHERE: _where, kinds.EXPRESSION: _names, kinds.TARGET: _targets, kinds.TOPIC: _topics, kinds.MARK: _marks,
    kinds.NUMBER: _numbers, kinds.SWITCH: _switch, kinds.STREAM: _streams, kinds.INSTRUCTION: _mnemonics,
    kinds.HELP: _helps,
}  # fmt: skip


def _files(text: str) -> list[Choice]:
    """Files and directories that go on from what is begun."""
    found = PATH.search(text)
    start = found.start() if found else len(text)
    folder, _, begun = text[start:].rpartition("/")
    shown = f"{folder}/" if text[start:].startswith("/") or folder else ""
    try:
        entries = sorted(os.scandir(os.path.expanduser(shown) or "."), key=lambda entry: entry.name)
    except OSError:
        return []
    names = [entry.name + "/" * entry.is_dir() for entry in entries if entry.name.startswith(begun)]
    return [Choice(shown + name, start) for name in names[:MAX_CHOICES]]
