"""What could stand where a line stops making sense, in words a writer of programs uses."""

from __future__ import annotations

import re

from asm.grammar_gen import STATES
from asm.lalr import END_OF_LINE, lexer

WORD = re.compile(r"[\w.%$\\]+|\S")
OPENING = {"(": ")", "[": "]"}
TERMINALS = {
    "COMMA": "a comma",
    "RPAR": "`)`",
    "RSQB": "`]`",
    "COLON": "`:`",
    "EQUAL": "`=`",
    "STRING": "a string",
    "NAME": "a name",
    END_OF_LINE: "the end of the line",
}


def describe(code: str, position: int, state: int) -> tuple[str, str, str]:
    """What stands at `position` ("" at the end), what could stand there, and what mends it ("" if unknown)."""
    found = WORD.match(code, position)
    text = found.group() if found else ""
    return text, f"{expected(state)} could stand here", _help(code, position, text)


def expected(state: int) -> str:
    """The terminals a state takes, grouped into words."""
    can = STATES[state].keys()
    if "NUMBER" in can and "LBRACE" in can:
        return "a label, an instruction or a directive"
    if "NUMBER" in can:
        words = ["an operand" if "LSQB" in can else "a value"]
    else:
        words = [word for terminal, word in TERMINALS.items() if terminal in can and not _silent(terminal, can)]
    if "PRODUCT" in can:
        words.insert(0, "an operator")
    if END_OF_LINE in can and "NUMBER" in can:
        words.append(TERMINALS[END_OF_LINE])
    return _either(words or ["a name"])


def _silent(terminal: str, can: object) -> bool:
    """Things that are possible but hardly ever meant."""
    return terminal in ("COLON", "EQUAL", "NAME") and isinstance(can, type({}.keys())) and "PRODUCT" in can


def _either(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _help(code: str, position: int, found: str) -> str:
    """Advice for the slips that are common."""
    if found in ('"', "'"):
        return f"the text that begins here has no closing {found}"
    if found and not found.isascii():
        return f"U+{ord(found[0]):04X} may stand in comments and strings only"
    if found == "#":
        return "comments begin with `;` or `//`, and immediates have no `#`"
    if not found:
        open_bracket = _open_bracket(code)
        return f"close the `{open_bracket}` with `{OPENING[open_bracket]}`" if open_bracket else ""
    return ""


def _open_bracket(code: str) -> str:
    """The innermost bracket that is open at the end of the line."""
    stack: list[str] = []
    for character in re.sub(r'"(?:[^"\\]|\\.)*"', "", code):
        if character in OPENING:
            stack.append(character)
        elif stack and character == OPENING[stack[-1]]:
            stack.pop()
    return stack[-1] if stack else ""


def terminals_of(state: int) -> list[str]:
    """The terminals a state takes, in the order of the lexer."""
    return [terminal for terminal, _ in lexer(state)]
