"""Coverage in words: a line a group, and what is not covered."""

from __future__ import annotations

from collections.abc import Iterator

from conform.cover.coverage import Coverage

BAR = 20  # characters of a full bar


def summary(coverage: Coverage) -> Iterator[str]:
    """A line of all, then one for each group."""
    shares = coverage.shares()
    covered, points = sum(share.covered for share in shares), sum(len(share.group.reachable) for share in shares)
    yield f"{coverage.programs:,} programs on {coverage.spec.name} cover {covered:,} of {points:,} points"
    wide = max(len(share.group.title) for share in shares)
    for share in shares:
        full = round(BAR * share.covered / max(1, len(share.group.reachable)))
        numbers = f"{share.covered:6,} of {len(share.group.reachable):6,}"
        yield f"  {share.group.title:{wide}} {numbers}  {'#' * full:{BAR}.{BAR}} {share.percent:5.1f} %"
