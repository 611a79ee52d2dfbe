"""Coverage as one page of HTML."""

from __future__ import annotations

from html import escape

from conform.cover.coverage import Coverage
from conform.cover.text import summary


def report(coverage: Coverage) -> str:
    """The page."""
    lines = "\n".join(summary(coverage))
    return f"<!doctype html><title>Coverage</title><pre>{escape(lines)}</pre>\n"
