"""What could stand where a line stops making sense, in words a writer of programs uses."""

from __future__ import annotations

import re

from asm.syntax.grammar_gen import STATES
from asm.syntax.lalr import END_OF_LINE

TOKEN = re.compile(r"[\w.%$\\]+|\S")
OR_VALUE = re.compile(r"\|\|\s*\d+\s*$")  # a number where an op should begin: read as a label
OPENING = {"(": ")", "[": "]"}
WORDS = {
    "PRODUCT": "an operator",
    "NUMBER": "a value",
    "NAME": "a name",
    "SETTING": "an attribute",
    "STRING": "a string",
    "COLON": "`:`",
    "EQUAL": "`=`",
    "COMMA": "a comma",
    "RPAR": "`)`",
    "RSQB": "`]`",
    END_OF_LINE: "the end of the line",
}
# What goes without saying when the first is possible, too.
UNSAID = {
    "PRODUCT": ("COLON", "EQUAL", "NAME"),
    "NUMBER": ("NAME", "STRING", "PRODUCT", "SETTING"),
    "COMMA": ("SETTING",),
}


def describe(code: str, position: int, state: int) -> tuple[str, str, str]:
    """What stands at `position` ("" at the end), what could stand there, and what mends it ("" if unknown)."""
    found = TOKEN.match(code, position)
    text = found.group() if found else ""
    return text, f"{expected(state)} could stand here", _help(code, position, state, text)


def expected(state: int) -> str:
    """The terminals a state takes, grouped into words."""
    can = STATES[state].keys()
    if "NUMBER" in can and "LBRACE" in can:
        return "a label, an instruction or a directive"
    unsaid = [other for terminal, others in UNSAID.items() if terminal in can for other in others]
    words = [word for terminal, word in WORDS.items() if terminal in can and terminal not in unsaid]
    return _either(words).replace("a value", "an operand" if "LSQB" in can else "a value")


def _either(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _help(code: str, position: int, state: int, found: str) -> str:
    """Advice for the slips that are common."""
    if found in ('"', "'"):
        return f"the text that begins here has no closing {found}"
    if found and not found.isascii():
        return f"U+{ord(found[0]):04X} may stand in comments and strings only"
    if found == "#":
        return "comments begin with `;` or `//`, and immediates have no `#`"
    if STATES[state].keys() == {"COLON"} and OR_VALUE.search(code, 0, position):
        return "`||` separates the ops of a bundle; a logical or is written in parentheses: `(a || b)`"
    bracket = "" if found else _open_bracket(code)
    return f"close the `{bracket}` with `{OPENING[bracket]}`" if bracket else ""


def _open_bracket(code: str) -> str:
    """The innermost bracket that is open at the end of the line."""
    stack: list[str] = []
    for character in re.sub(r'"(?:[^"\\]|\\.)*"', "", code):
        if character in OPENING:
            stack.append(character)
        elif stack and character == OPENING[stack[-1]]:
            stack.pop()
    return stack[-1] if stack else ""
