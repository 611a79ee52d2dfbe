"""What verbs give: text for people, data for programs; and how they refuse."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from isa.diagnostics import Diagnostic
from isa.records import NamedTuple


class Result(NamedTuple):
    """What a verb did, as lines for a terminal and as JSON-able data."""

    lines: list[str]
    data: dict[str, Any]


class Reply(NamedTuple):
    """A command with its result, or with the diagnostics that say why there is none."""

    command: str
    verb: str
    result: Result
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def failed(self) -> bool:
        return bool(self.diagnostics)


NOTHING = Result([], {})


def said(text: str, **data: Any) -> Result:
    """One line of text, and data."""
    return Result([text], data)


def one_line(text: str) -> str:
    """The first line of a text, and how many there are."""
    first, *more = text.strip().split("\n")
    return f"{first} ... ({len(more) + 1} lines)" if more else first


def counted(number: int, thing: str) -> str:
    """`1 round`, `2,000 rounds`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def did_you_mean(word: str, names: Iterable[str], otherwise: str = "") -> str:
    """A help line with the nearest name, else another."""
    from asm.names.suggest import did_you_mean

    return did_you_mean(word, names) or otherwise
