"""A small engine for TextMate grammars: the rules that an editor follows to colour a line, in Python's `re`.

It knows `match`, `begin` and `end`, `captures`, `patterns`, `include` and `repository`. Of the rules that match at
or after a place the earliest match counts, then the first rule; the end of an open region stands before all of them.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

Rule = dict[str, Any]


class Region(NamedTuple):
    """A region that is open: what ends it and what stands in it."""

    rule: Rule
    end: str
    patterns: list[Rule]


class Engine:
    """Colours a text line by line; regions go on from one line to the next."""

    def __init__(self, grammar: Rule) -> None:
        self.grammar = grammar
        self.open: list[Region] = []
        self.outermost = flat(grammar["patterns"], grammar)

    def scopes(self, line: str) -> list[str]:
        """The scope of each character of a line, without its line end: "" where no rule names one."""
        self.names = [""] * len(line)
        self.line = line
        self.found: dict[str, re.Match[str] | None] = {}
        position = 0
        while (moved := self._step(position)) is not None:
            position = moved
        self._paint_regions(position, len(line))
        return self.names

    def _step(self, position: int) -> int | None:
        """Take the next token from `position`; where it ends, None when there is none."""
        best: tuple[int, Rule, re.Match[str]] | None = None
        end = self._search(self.open[-1].end, position) if self.open else None
        for rule in self.open[-1].patterns if self.open else self.outermost:
            found = self._search(rule.get("match") or rule["begin"], position)
            if found and (best is None or found.start() < best[0]):
                best = found.start(), rule, found
        if end and (best is None or end.start() <= best[0]):
            return self._close(position, end)
        if best is None:
            return None
        _, rule, found = best
        if found.end() == found.start():
            raise AssertionError(f"a rule matches nothing: {rule}")
        self._paint_regions(position, found.start())
        self._take(rule, found)
        return found.end()

    def _search(self, pattern: str, position: int) -> re.Match[str] | None:
        """The first match from `position` on; one found earlier in the line still is, unless it was passed."""
        if pattern not in self.found or ((found := self.found[pattern]) and found.start() < position):
            self.found[pattern] = compiled(pattern).search(self.line, position)
        return self.found[pattern]

    def _take(self, rule: Rule, found: re.Match[str]) -> None:
        self._paint_regions(found.start(), found.end())
        self._paint(rule.get("name", ""), *found.span())
        for number, capture in rule.get("captures", rule.get("beginCaptures", {})).items():
            self._paint(capture["name"], *found.span(int(number)))
        if "begin" in rule:
            self.open.append(Region(rule, rule["end"], flat(rule.get("patterns", []), self.grammar)))

    def _close(self, position: int, end: re.Match[str]) -> int:
        self._paint_regions(position, end.end())
        self.open.pop()
        return end.end()

    def _paint_regions(self, start: int, stop: int) -> None:
        for region in self.open:
            self._paint(region.rule.get("name", ""), start, stop)

    def _paint(self, name: str, start: int, stop: int) -> None:
        if name:
            self.names[start:stop] = [name] * (stop - start)


def flat(patterns: list[Rule], grammar: Rule) -> list[Rule]:
    """Patterns with what they include in its place."""
    out: list[Rule] = []
    for rule in patterns:
        if "include" in rule:
            out += flat([grammar["repository"][rule["include"][1:]]], grammar)
        elif "match" in rule or "begin" in rule:
            out.append(rule)
        else:
            out += flat(rule["patterns"], grammar)
    return out


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)
