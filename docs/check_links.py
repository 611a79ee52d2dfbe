"""Check that every link between pages, and every heading it names, exists; exit status 1 names those that do not."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("", "docs/", "programs/", "bench/", "editors/*/")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)
FENCE = re.compile(r"^( *)```.*?^\1```", re.MULTILINE | re.DOTALL)


def pages() -> list[Path]:
    return sorted(path for folder in FOLDERS for path in ROOT.glob(f"{folder}*.md"))


@cache
def prose(path: Path) -> str:
    """A page without its code blocks."""
    return FENCE.sub("", path.read_text(encoding="utf-8"))


@cache
def anchors(path: Path) -> set[str]:
    """The names of a page's headings, formed as GitHub forms them."""
    titles = (re.sub(r"[^\w\- ]", "", title.lower()) for title in HEADING.findall(prose(path)))
    return {title.strip().replace(" ", "-") for title in titles}


def broken(path: Path) -> Iterator[str]:
    """What is wrong with the links of one page."""
    for link in LINK.findall(prose(path)):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        if not target.exists():
            yield f"{path.relative_to(ROOT)}: {link}: there is no such file"
        elif anchor and anchor not in anchors(target):
            yield f"{path.relative_to(ROOT)}: {link}: there is no such heading"


def main() -> int:
    complaints = [line for path in pages() for line in broken(path)]
    print("\n".join(complaints) if complaints else f"the links of {len(pages())} pages hold")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
