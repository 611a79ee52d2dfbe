"""How many examples tests with dear ones run, by the active profile."""

from __future__ import annotations

from hypothesis import settings


def part_of_examples(parts: int) -> settings:
    """One of so many parts of the examples that the profile asks for."""
    return settings(max_examples=max(5, settings().max_examples // parts))
