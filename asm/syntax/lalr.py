"""Runs the LALR table of grammar_gen.py over one line: the lexer sees only what the state can take."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from asm.syntax.grammar_gen import ACCEPT, RULES, STATES, TERMINALS

MAX_DEPTH = 120  # states on the stack: brackets, prefix operators and conditionals in one another
END_OF_LINE = "$END"
SPACE = re.compile(r"[ \t\f\v\r]*")


class Unexpected(Exception):
    """The line ends or goes on, at `position`, in a way `state` has no place for."""

    def __init__(self, position: int, state: int) -> None:
        super().__init__(position, state)
        self.position, self.state = position, state


class TooDeep(Exception):
    """More than MAX_DEPTH things are open at `position`."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


Match = Callable[[str, int], "re.Match[str] | None"]


@cache
def _match(terminal: str) -> Match:
    return re.compile(TERMINALS[terminal], re.ASCII).match


@cache
def lexer(state: int) -> tuple[tuple[str, Match], ...]:
    """The terminals a state can take, in the order in which they are tried."""
    return tuple((terminal, _match(terminal)) for terminal in TERMINALS if terminal in STATES[state])


def next_token(text: str, position: int, state: int) -> tuple[str, int]:
    """The terminal at `position` and where it ends."""
    if position == len(text):
        return END_OF_LINE, position
    for terminal, match in lexer(state):
        found = match(text, position)
        if found:
            return terminal, found.end()
    raise Unexpected(position, state)


def skip_space(text: str, position: int) -> int:
    found = SPACE.match(text, position)
    return found.end() if found else position


class Parser:
    """One run over one line. Raises Unexpected, TooDeep, and whatever the actions raise.

    `actions` has a method for every action of the grammar; it takes start and end of what it is made of, then
    the values of the parts.
    """

    def __init__(self, text: str, actions: object) -> None:
        self.text = text
        self.actions = actions
        self.states = [0]
        self.values: list[tuple[Any, int, int]] = []  # value, start, end
        self.tokens: list[tuple[str, int, int]] = []  # terminal, start, end

    def run(self) -> Any:
        position = skip_space(self.text, 0)
        while True:
            terminal, end = next_token(self.text, position, self.states[-1])
            state = self._reduce_before(terminal, position)
            if state == ACCEPT:
                return self.values[0][0]
            self.tokens.append((terminal, position, end))
            self._push(state, self.text[position:end], position, end)
            position = skip_space(self.text, end)

    def _push(self, state: int, value: Any, start: int, end: int) -> None:
        if len(self.states) > MAX_DEPTH:
            raise TooDeep(start)
        self.states.append(state)
        self.values.append((value, start, end))

    def _reduce_before(self, terminal: str, position: int) -> int:
        """Reduce as far as `terminal` asks for; the state it then leads to."""
        while True:
            code = STATES[self.states[-1]].get(terminal)
            if code is None:
                raise Unexpected(position, self.states[-1])
            if code >= 0:
                return code
            self._reduce(-code - 1)

    def _reduce(self, number: int) -> None:
        nonterminal, length, action, picks = RULES[number]
        if length == 1 and not action:
            self.states[-1] = STATES[self.states[-2]][nonterminal]
            return
        parts = self.values[-length:]
        del self.values[-length:], self.states[-length:]
        start, end = parts[0][1], parts[-1][2]
        arguments = [parts[pick][0] if pick >= 0 else None for pick in picks]
        value = getattr(self.actions, action)(start, end, *arguments) if action else arguments[0]
        self._push(STATES[self.states[-1]][nonterminal], value, start, end)
