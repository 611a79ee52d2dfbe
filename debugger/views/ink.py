"""Text in columns: parts with a style, cut to a width, coloured or plain, in UTF-8 or ASCII."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from isa.records import NamedTuple

WIDTH = 80
RESET = "\x1b[0m"
STYLES = {
    "": "", "head": "\x1b[1m", "dim": "\x1b[2m", "now": "\x1b[7m", "name": "\x1b[36m", "value": "\x1b[32m",
    "mark": "\x1b[31;1m", "changed": "\x1b[33;1m", "line": "\x1b[2m",
}  # fmt: skip
INKS = tuple(f"ink{number}" for number in range(6))  # what tells neighbours apart
STYLES |= {name: f"\x1b[{code}m" for name, code in zip(INKS, (32, 33, 34, 35, 36, 91), strict=True)}

PLAIN = str.maketrans(
    {
        "─": "-", "━": "=", "│": "|", "·": ".", "●": "*", "▸": ">", "◂": "<", "→": ">", "←": "<", "▼": "v", "…": "~",
        "█": "#", "▪": "*", "░": ":", "┄": "-", "◆": "*", "‖": "|",
    }
)  # fmt: skip


class Part(NamedTuple):
    """Some text of one style."""

    text: str
    style: str = ""


Line = Sequence[Part]


class View(Protocol):
    """What every view is: lines for people, data for programs."""

    def lines(self, width: int = WIDTH, colour: bool = False, unicode: bool = True) -> list[str]:
        """Lines of at most `width` characters, escape sequences not counted."""

    def as_data(self) -> dict[str, Any]:
        """The same for JSON."""


def rendered(lines: Iterable[Line], width: int, colour: bool, unicode: bool) -> list[str]:
    """Lines as text: cut to a width with an ellipsis, without blanks at the end."""
    return [_rendered(line, width, colour, unicode) for line in lines]


def _rendered(line: Line, width: int, colour: bool, unicode: bool) -> str:
    parts = [Part(printable(part.text), part.style) for part in line if part.text]
    parts = _stripped(_cut(_stripped(parts), width))
    if not unicode:
        parts = [Part(_in_ascii(part.text), part.style) for part in parts]
    if not colour:
        return "".join(part.text for part in parts)
    return "".join(f"{STYLES[part.style]}{part.text}{RESET}" if STYLES[part.style] else part.text for part in parts)


def printable(text: str) -> str:
    """Text whose every character takes one column: tabs become eight blanks, what has no shape a question mark."""
    text = text.expandtabs(8)
    return text if text.isprintable() else "".join(each if each.isprintable() else "?" for each in text)


def _in_ascii(text: str) -> str:
    return text.translate(PLAIN).encode("ascii", "replace").decode("ascii")


def _cut(parts: list[Part], width: int) -> list[Part]:
    """The parts that fit, the last one shortened where they do not."""
    if sum(len(part.text) for part in parts) <= width:
        return parts
    kept, room = [], width - 1
    for part in parts:
        kept.append(Part(part.text[:room], part.style))
        room -= len(kept[-1].text)
    return [*kept, Part("…", "dim")] if width > 0 else []


def _stripped(parts: list[Part]) -> list[Part]:
    """Parts without the blanks at the end of the line."""
    while parts and not parts[-1].text.rstrip():
        parts = parts[:-1]
    return [*parts[:-1], Part(parts[-1].text.rstrip(), parts[-1].style)] if parts else []


def clipped(text: str, width: int) -> str:
    """Text that takes exactly so many columns: filled with blanks, or cut with an ellipsis."""
    text = printable(text)
    return text.ljust(width) if len(text) <= width else text[: max(0, width - 1)] + "…" * (width > 0)


def counted(number: int, thing: str) -> str:
    """`1 cycle`, `1,200 cycles`"""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
