"""`python -m asm.syntax.emit`: compile grammar.lark into grammar_gen.py; `--check` only compares.

The table is shipped so that assembling needs no lark: importing it and building the table costs as much as
importing NumPy.
"""

from __future__ import annotations

import re
import sys
import textwrap
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
GRAMMAR, TABLE = FOLDER / "grammar.lark", FOLDER / "grammar_gen.py"

HEADER = '''"""The LALR table of grammar.lark; made by `python -m asm.syntax.emit`, not to be edited."""
# fmt: off

from __future__ import annotations

# Patterns by terminal, in the order in which they are tried.
TERMINALS: dict[str, str] = {{
{terminals}
}}

# Rules: nonterminal, length, action ("" passes its only value on), and the places of the action's arguments
# among the symbols of the rule (-1: an optional part that is not there).
RULES: tuple[tuple[str, int, str, tuple[int, ...]], ...] = (
{rules}
)

# States: where each symbol leads. n >= 0 goes to state n; n < 0 first reduces by rule -n - 1.
STATES: tuple[dict[str, int], ...] = (
{states}
)

ACCEPT = {accept}
'''


def load_grammar() -> Any:
    """The grammar as lark reads it; the tests compare our driver with this parser."""
    from lark import Lark

    text = GRAMMAR.read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer="contextual", propagate_positions=True, g_regex_flags=re.ASCII)


def table() -> str:
    """The text of grammar_gen.py."""
    grammar = load_grammar()
    rules = sorted(grammar.rules, key=lambda rule: (rule.origin.name, str(rule.expansion)))
    states, accept = number_states(grammar.parser.parser._parse_table, rules)
    return HEADER.format(
        terminals="\n".join(f"    {name!r}: {pattern!r}," for name, pattern in ordered_terminals(grammar)),
        rules="\n".join(f"    {describe_rule(rule)!r}," for rule in rules),
        states="\n".join(wrapped(f"{state!r},") for state in states),
        accept=accept,
    )


def wrapped(text: str) -> str:
    return textwrap.fill(text, 116, initial_indent="    ", subsequent_indent="     ", break_long_words=False)


def ordered_terminals(grammar: Any) -> list[tuple[str, str]]:
    """Terminals in lark's order of precedence, without those that are ignored."""
    used = [t for t in grammar.terminals if t.name not in grammar.ignore_tokens]
    used.sort(key=lambda t: (-t.priority, -t.pattern.max_width, -len(t.pattern.value), t.name))
    return [(t.name, t.pattern.to_regexp()) for t in used]


def describe_rule(rule: Any) -> tuple[str, int, str, tuple[int, ...]]:
    picks = arguments_of(rule)
    passes = rule.options.expand1 and not rule.alias and len(picks) == 1
    action = "" if passes else str(rule.alias or rule.origin.name)
    return str(rule.origin.name), len(rule.expansion), action, picks


def arguments_of(rule: Any) -> tuple[int, ...]:
    """Which symbols of a rule carry a value: not the anonymous tokens; -1 for each absent optional part."""
    marks = rule.options.empty_indices or (False,) * len(rule.expansion)
    absent = [len(ones) for ones in "".join(str(int(mark)) for mark in marks).split("0")]
    picks: list[int] = []
    for index, symbol in enumerate(rule.expansion):
        picks += [-1] * absent[index]
        if not (symbol.is_term and symbol.filter_out):
            picks.append(index)
    return (*picks, *[-1] * absent[len(rule.expansion)])


def number_states(parse_table: Any, rules: list[Any]) -> tuple[list[dict[str, int]], int]:
    """States numbered in the order they are reached from the start, so that the file is reproducible."""
    numbers = {parse_table.start_states["start"]: 0}
    order = list(numbers)
    states = []
    for old in order:
        state = {}
        for symbol, (action, target) in sorted(parse_table.states[old].items()):
            if str(action) == "Reduce":
                state[symbol] = -rules.index(target) - 1
                continue
            if target not in numbers:
                numbers[target] = len(order)
                order.append(target)
            state[symbol] = numbers[target]
        states.append(state)
    accept = numbers[parse_table.end_states["start"]]
    states[accept]["$END"] = accept
    return states, accept


def main(arguments: list[str]) -> int:
    """Write the table, or with --check only say that it is not current (exit status 1)."""
    text = table()
    if TABLE.exists() and TABLE.read_text(encoding="utf-8") == text:
        return 0
    if "--check" in arguments:
        print(f"asm/{TABLE.name}: is not current; run `make gen`")
        return 1
    TABLE.write_text(text, encoding="utf-8")
    print(f"asm/{TABLE.name}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
