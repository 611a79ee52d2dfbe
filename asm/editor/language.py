"""How an editor comments, pairs, indents and folds the language."""

from __future__ import annotations

from typing import Any

from asm.expand.blocks import CLOSERS

TIMELINE = {"timeline": "endtimeline"}
PAIRS = [["{", "}"], ["[", "]"], ["(", ")"]]
QUOTES = [{"open": quote, "close": quote, "notIn": ["string", "comment"]} for quote in "\"'"]
WORD = r"[%!.]?[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*|[0-9][0-9A-Za-z_.]*"


def configuration() -> dict[str, Any]:
    """language-configuration.json as data."""
    blocks = CLOSERS | TIMELINE
    openers, closers = line_of(*blocks), line_of(*dict.fromkeys(blocks.values()))
    return {
        "comments": {"lineComment": ";", "blockComment": ["/*", "*/"]},
        "brackets": PAIRS,
        "autoClosingPairs": [*({"open": opening, "close": closing} for opening, closing in PAIRS), *QUOTES],
        "surroundingPairs": [*PAIRS, ['"', '"'], ["'", "'"]],
        "wordPattern": WORD,
        "folding": {"offSide": False, "markers": {"start": openers, "end": closers}},
        "indentationRules": {
            "increaseIndentPattern": r"^[^;\"]*\{[^}]*$",
            "decreaseIndentPattern": r"^\s*\}",
        },
    }


def line_of(*directives: str) -> str:
    """A pattern for a line that begins with one of these directives."""
    names = "|".join(sorted(directives, key=len, reverse=True))
    return rf"^\s*\.(?:{names})\b"
