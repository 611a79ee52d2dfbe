"""Parts of a line of code or of a command by kind, for colours; the kinds follow from the table."""

from __future__ import annotations

import re
from collections.abc import Iterator

from debugger.repl.instructions import is_mnemonic

TOKEN = re.compile(
    r"""(?P<comment>;.*|//.*|\#.*)|(?P<string>"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)')|(?P<directive>\.[A-Za-z]\w*)
    |(?P<pin>![\w.]+)|(?P<value>%\w+)|(?P<number>(?<![\w.])\d[\w.]*)|(?P<word>[A-Za-z_]\w*(?:\.\w+)*)
    |(?P<space>\s+)|(?P<mark>.)""",
    re.VERBOSE,
)
REGISTER = re.compile(r"(?:r|v|se|sw|acc|mw|me)\d+(?:\.\d+)?|P[0-3]|cc|pc", re.IGNORECASE)
COLOURS = {
    "verb": "1;36", "mnemonic": "36", "directive": "35", "register": "33", "value": "33", "number": "32",
    "string": "32", "comment": "2", "pin": "35",
}  # fmt: skip


def tokens(line: str, verbs: bool = False) -> Iterator[tuple[str, str]]:
    """Kind and text of each part of a line, in order, all of it; with `verbs` its first word may be a verb."""
    is_first = True
    for found in TOKEN.finditer(line):
        kind, text = found.lastgroup or "mark", found.group()
        yield (word_kind(text, verbs and is_first) if kind == "word" else kind), text
        is_first = is_first and kind == "space"


def word_kind(word: str, may_be_verb: bool) -> str:
    """What a word is: a verb, a mnemonic, a register or place, or a name."""
    from debugger.repl.table import BY_NAME

    if may_be_verb and word in BY_NAME:
        return "verb"
    if REGISTER.fullmatch(word):
        return "register"
    return "mnemonic" if is_mnemonic(word) else "name"


def painted(line: str, colour: bool) -> str:
    """A line of source in colours of a terminal, or as it is."""
    if not colour:
        return line
    return "".join(f"\x1b[{COLOURS[kind]}m{text}\x1b[0m" if kind in COLOURS else text for kind, text in tokens(line))


def bold(text: str, colour: bool) -> str:
    return f"\x1b[1m{text}\x1b[0m" if colour else text
