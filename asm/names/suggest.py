"""The nearest name to one that does not exist."""

from __future__ import annotations

from collections.abc import Iterable

MAX_CANDIDATES = 20_000  # more names than this are not searched


def nearest(word: str, candidates: Iterable[str]) -> str:
    """The candidate a typing slip away from `word`, or "". Case is a slip too."""
    from difflib import get_close_matches

    names = sorted(set(candidates))[:MAX_CANDIDATES]
    folded = {name.lower(): name for name in reversed(names)}
    if word.lower() in folded:
        return folded[word.lower()]
    found = get_close_matches(word.lower(), folded, n=1, cutoff=0.6 if len(word) > 3 else 0.5)
    return folded[found[0]] if found else ""


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """A help line, or "" when nothing is near."""
    name = nearest(word, candidates)
    return f"did you mean `{name}`?" if name else ""
