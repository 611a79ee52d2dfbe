"""The rules of docs/machine.md by their identifiers, and which of them no program can test.

`python -m conform.rules docs/machine.md` prints the table of rules that the package carries.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from isa.records import NamedTuple

TABLE = Path(__file__).parent / "suite" / "rules.txt"
SECTION = re.compile(r"^## (\d+)\. (.*)$")
IDENTIFIER = re.compile(r" ?\[(M-\d+\.\d+)\]")
BEGINS_ANEW = re.compile(r"\n\s*\n|\n(?=\||\s*\* |\s*\d+\. )")  # paragraphs, rows of tables, items of lists
DECORATION = re.compile(r"^(?:[*] |\d+[.] )|\*\*|^[|] | [|]$")

UNTESTED = {
    "M-20.3": "what tools derive from issue counts and bursts, which M-10.1 and M-20.2 test; no state holds it",
    "M-20.4": "what tools derive from issue counts; no state holds it",
    "M-20.5": "only the golden model follows bytes never written",
    "M-20.6": "only the golden model follows bytes never written",
}


class Rule(NamedTuple):
    """One rule: its identifier, `M-` and the section, and its words."""

    name: str
    text: str

    @property
    def section(self) -> int:
        return int(self.name[2:].split(".")[0])


def rules_of(page: str) -> Iterator[tuple[int, str, list[Rule]]]:
    """The sections of the page that hold rules: number, title, rules."""
    for part in re.split(r"\n(?=## )", page)[1:]:
        head, _, body = part.partition("\n")
        titled = SECTION.match(head)
        found = [rule for block in BEGINS_ANEW.split(body) for rule in rules_in(block)]
        if titled and found:
            yield int(titled[1]), titled[2], found


def rules_in(block: str) -> Iterator[Rule]:
    """The rules of a paragraph: each is what stands between the identifier before it and its own."""
    words = " ".join(block.split())
    parts = IDENTIFIER.split(words)
    for text, name in zip(parts[::2], parts[1::2], strict=False):
        yield Rule(name, DECORATION.sub("", text.strip()).strip())


def table(page: str) -> str:
    """The rules of the page as the package carries them: a line for each section and each rule."""
    lines = []
    for number, title, found in rules_of(page):
        lines += [f"{number} {title}", *(f"{rule.name} {rule.text}" for rule in found)]
    return "".join(f"{line}\n" for line in lines)


@cache
def sections() -> dict[int, str]:
    """The titles of the sections that hold rules, by number."""
    return {int(head): title for head, title in _lines() if head.isdecimal()}


@cache
def rules() -> dict[str, Rule]:
    """All rules by identifier, in the order of the page."""
    return {head: Rule(head, text) for head, text in _lines() if not head.isdecimal()}


def _lines() -> Iterator[tuple[str, str]]:
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        head, _, text = line.partition(" ")
        yield head, text


if __name__ == "__main__":
    print(table(Path(sys.argv[1]).read_text(encoding="utf-8")), end="")
