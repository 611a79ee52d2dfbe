"""Command lines taken apart: a verb and its arguments, or code that is to be assembled and run.

No verb is a mnemonic, so the first word decides: a verb, or the beginning of a single one; else code. What begins with
`!` is always code.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from debugger.repl.instructions import is_mnemonic, names
from debugger.repl.reply import did_you_mean
from debugger.repl.table import BY_NAME, NAMES
from debugger.repl.verb import Request, Verb
from debugger.trouble import trouble
from isa.records import NamedTuple

COMMENT = "#"
CODE_MARK = "!"
MAX_LINE = 1 << 16  # characters
WORD = re.compile(r"\s*([A-Za-z?][\w-]*(?:\.\w+)*)(/\S*)?(\s*)(.*)", re.DOTALL)
CODE_START = re.compile(r"\s*(?:[{.%@]|[A-Za-z_]\w*\s*:|\d+\s*:)")  # of a bundle, a directive, a value, a label
DIRECTIVE = re.compile(r"^\s*\.(\w+)", re.MULTILINE)
BRACE = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)\'|;.*|//.*|[{}]')


class Code(NamedTuple):
    """Instructions, bundles, labels and directives, as typed."""

    text: str


def is_empty(line: str) -> bool:
    """Whether a line is blank or a comment."""
    return not line.strip() or line.lstrip().startswith(COMMENT)


def parse(line: str, macros: Collection[str] = ()) -> Request | Code:
    """What a line that is not empty asks for; `macros` are instructions as well.

    Raises SourceError for a word that is neither a verb nor an instruction.
    """
    if line.lstrip().startswith(CODE_MARK):
        return Code(line.lstrip()[1:])
    if CODE_START.match(line):
        return Code(line)
    found = WORD.fullmatch(line)
    if not found:
        raise trouble(f"a line cannot begin with `{line.strip()[:1]}`", "`help` lists the verbs")
    word, form, _, argument = found.groups()
    verb = BY_NAME.get(word)
    if verb is None and (is_mnemonic(word) or word in macros):
        return Code(line)
    verb = verb or by_prefix(word)
    if form and not verb.formats:
        raise trouble(f"`{verb.name}` takes no format, but `{form}` is given", f"`help {verb.name}` says what it takes")
    return Request(line, verb, (form or "")[1:], argument.strip())


def by_prefix(word: str) -> Verb:
    """The verb that a word begins, as long as it is one alone. Raises SourceError."""
    begun = dict.fromkeys(BY_NAME[name].name for name in NAMES if len(word) > 1 and name.startswith(word))
    if len(begun) == 1:
        return BY_NAME[next(iter(begun))]
    if begun:
        raise trouble(f"`{word}` begins several verbs: {', '.join(sorted(begun))}", "write a letter more")
    raise trouble(f"`{word}` is neither a verb nor an instruction", suggestion(word))


def suggestion(word: str) -> str:
    known = [*(name for name in NAMES if len(name) > 1), *names()]
    return did_you_mean(word, known, "`help` lists the verbs, `isa` the instructions")


def is_open(text: str) -> bool:
    """Whether code goes on in the next line: a brace, a block or a loop is not closed."""
    return depth(text) > 0 or open_block(text) or open_loop(text)


def depth(text: str) -> int:
    """How many braces are open at the end of a text."""
    return sum({"{": 1, "}": -1}.get(found, 0) for found in BRACE.findall(text))


def open_block(text: str) -> bool:
    """Whether a block of directives has not been ended."""
    from asm.editor.language import TIMELINE
    from asm.expand.blocks import closer_of

    words = DIRECTIVE.findall(text.lower())
    ends = [end for word in words if (end := TIMELINE.get(word) or closer_of(word))]
    return any(words.count(end) < ends.count(end) for end in ends)


def open_loop(text: str) -> bool:
    """Whether the label at which a loop ends is still to come; one of the program cannot be meant."""
    ends = [end for line in text.split("\n") if (end := loop_end(line))]
    return any(not re.search(rf"^\s*{re.escape(end)}\s*:", text, re.MULTILINE) for end in ends)


def loop_end(line: str) -> str:
    """The label that ends the body of the loop of a line, or ""."""
    from isa.table import MNEMONICS

    words = re.sub(r"^\s*(?:\w+\s*:\s*)*", "", line.partition(";")[0]).split(None, 1)
    rows = MNEMONICS.get(words[0].lower(), ()) if len(words) == 2 else ()
    last = words[1].rpartition(",")[2].strip() if rows and rows[0].control == "loop" else ""
    return last if last.isidentifier() else ""
