"""The language as a TextMate grammar: the terminals of grammar.lark, with the names that the table gives a meaning.

Every rule takes a whole token, so that no name is found inside another; of two rules that match at one place the first
wins, so that names with a meaning stand before names without. Patterns keep to what Oniguruma and Python's `re` share.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from asm.data.gather import DIRECTIVES, ELSEWHERE
from asm.data.tensors import LAYOUTS
from asm.expand.directives import HANDLERS
from asm.names.expr import FUNCTIONS, PLACE_FUNCTIONS
from asm.scope.places import AUTO, HEMISPHERES, PLANES
from asm.streams.statements import NAMES as LINEAR
from asm.syntax.grammar_gen import TERMINALS
from isa.places import SCALAR_COUNT, STREAMS, V_COUNT
from isa.row import HEMI
from isa.table import MNEMONICS
from isa.types import TYPES
from isa.units import CLASSES, HEMISPHERE_SLICES, UnitClass

SCOPE = "source.lpu"
END = r"(?![A-Za-z0-9_\\]|\.[A-Za-z0-9_\\])"  # of a name: the grammar's names go on over dots and parameters
FIRST = r"(?:(?:^|(?<=:))[ \t]*)?"  # also from the start of a statement, where the rule for macros would begin
STOP = r"$|(?=;|//)"  # where a statement ends
DEFINES = ("equ", "set", "param")  # directives of expansion that neither choose nor repeat text
OF_PLACES = ("dist", "meet", "used")  # functions whose arguments may be places
FUNCTION = "support.function.expression"

Rule = dict[str, Any]


def grammar() -> Rule:
    """The whole grammar, ready for JSON."""
    return {
        "name": "LPU assembly",
        "scopeName": SCOPE,
        "fileTypes": ["s"],
        "patterns": [include("comment"), include("label"), include("directive"), include("statement")],
        "repository": repository(),
    }


def repository() -> dict[str, Rule]:
    """The rules by name, outermost first."""
    return {
        "comment": group(comments()),
        "label": group(labels()),
        "directive": group(directives()),
        "declaration": group(declarations()),
        "statement": group(statement()),
        "mnemonic": group(mnemonics()),
        "expression": group(expression()),
        "place": group(places()),
        "string": group(strings()),
        "number": group(numbers()),
        "operator": group(operators()),
    }


# Rules -------------------------------------------------------------------------------------------------
def rule(scope: str, pattern: str) -> Rule:
    return {"name": scoped(scope), "match": pattern}


def parts(pattern: str, *scopes: str) -> Rule:
    """A rule that names the groups of its pattern."""
    return {"match": pattern, "captures": captures(scopes)}


def region(begin: str, end: str, scopes: Iterable[str], inside: Iterable[str]) -> Rule:
    """A rule for what stands between two patterns; the scopes are those of the groups of the first."""
    patterns = [include(name) for name in inside]
    return {"begin": begin, "end": end, "beginCaptures": captures(scopes), "patterns": patterns}


def captures(scopes: Iterable[str]) -> dict[str, Rule]:
    return {str(number): {"name": scoped(scope)} for number, scope in enumerate(scopes, 1)}


def scoped(scope: str) -> str:
    return f"{scope}.lpu"


def include(name: str) -> Rule:
    return {"include": f"#{name}"}


def group(rules: Iterable[Rule]) -> Rule:
    return {"patterns": list(rules)}


def terminal(name: str) -> str:
    """The pattern of a terminal, its `\\w` and `\\d` spelt out: to an editor's engine they may be more than ASCII."""
    pattern = re.sub(r"\[[^]]*\]", lambda found: spelt(found.group(), "{}"), TERMINALS[name])
    return spelt(pattern, "[{}]")


def spelt(pattern: str, form: str) -> str:
    return pattern.replace(r"\w", form.format("A-Za-z0-9_")).replace(r"\d", form.format("0-9"))


def any_of(names: Iterable[str]) -> str:
    """A pattern for names in either case, as a whole."""
    return f"(?i:{alternatives(names)}){END}"


def alternatives(names: Iterable[str]) -> str:
    """Names by their first part and then by what follows it: parts followed by the same share one pattern."""
    followed: dict[str, list[str]] = {}
    for name in names:
        stem, dot, rest = name.partition(".")
        followed.setdefault(stem, []).append(re.escape(dot + rest))
    stems: dict[str, list[str]] = {}
    for stem, rests in followed.items():
        stems.setdefault("|".join(sorted(rests, key=len, reverse=True)), []).append(stem)
    return "|".join(f"{choice(names)}{f'(?:{rests})' if rests else ''}" for rests, names in stems.items())


def choice(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"(?:{'|'.join(names)})"


def numbers_below(count: int) -> str:
    """A pattern for the decimal numbers below a count of at most 100."""
    tens, ones = divmod(count, 10)
    if count <= 10:
        return f"[0-{count - 1}]"
    last = f"|{tens}[0-{ones - 1}]" if ones else ""
    return f"(?:[0-9]|[1-{tens - 1}][0-9]{last})" if tens > 1 else f"(?:[0-9]{last})"


def any_of_number(prefix: str, count: int, suffix: str = "") -> str:
    return f"(?i:{prefix}){numbers_below(count)}{suffix}{END}"


SLICE = any_of_number("m[we]", HEMISPHERE_SLICES, r"(?:\.[A-Za-z0-9_]+)?")  # a slice, one of its banks or ports


# Comments, labels, directives ---------------------------------------------------------------------------
def comments() -> Iterator[Rule]:
    yield rule("comment.line.semicolon", ";.*$")
    yield rule("comment.line.double-slash", "//.*$")
    yield {"name": scoped("comment.block"), "begin": r"/\*", "end": r"\*/"}


def labels() -> Iterator[Rule]:
    yield parts(rf"({terminal('NAME')})[ \t]*(:)", "entity.name.label", "punctuation.separator.label")
    yield parts(r"([0-9]+)[ \t]*(:)", "entity.name.label.numeric", "punctuation.separator.label")


def directives() -> Iterator[Rule]:
    """A directive goes on to the end of its line. Those that name something new come before those of their kind."""
    inside = ("declaration", "expression")
    macro = rf"(\.(?i:macro)){END}[ \t]+({terminal('NAME')})"
    yield region(macro, STOP, ("keyword.control.directive", "entity.name.function.macro"), inside)
    for scope, names in directive_kinds().items():
        yield region(rf"(\.(?i:{'|'.join(names)})){END}", STOP, (scope,), inside)
    yield region(f"({terminal('DIRECTIVE')})", STOP, ("variable.parameter.macro",), inside)


def directive_kinds() -> dict[str, list[str]]:
    """All directives by scope: what chooses and repeats text, element types, and the others."""
    kinds: dict[str, list[str]] = {}
    for name in dict.fromkeys((*HANDLERS, *DIRECTIVES, *ELSEWHERE)):
        kinds.setdefault(directive_scope(name), []).append(name)
    return {scope: sorted(names, key=len, reverse=True) for scope, names in kinds.items()}


def directive_scope(name: str) -> str:
    if name in HANDLERS and name not in DEFINES:
        return "keyword.control.directive"
    return "storage.type.directive" if name in TYPES else "keyword.other.directive"


def declarations() -> Iterator[Rule]:
    """What stands in the arguments of directives beyond expressions: `x: f32[4] @ mw0..mw3 layout mxm`."""
    types = any_of(TYPES)
    name = terminal("NAME")
    yield parts(rf"({name})[ \t]*(:)[ \t]*({types})", "variable.other.declaration", "punctuation", "storage.type")
    yield parts(rf"(@)[ \t]*({any_of([AUTO])})", "keyword.operator.place", "constant.language.place")
    yield parts(rf"(@)[ \t]*({SLICE})", "keyword.operator.place", "constant.language.slice")
    yield parts(rf"(\.\.)[ \t]*({SLICE})", "punctuation.separator.range", "constant.language.slice")
    yield parts(rf"({any_of(['layout'])})[ \t]+({any_of(LAYOUTS)})", "keyword.other.layout", "constant.language.layout")
    yield rule("variable.parameter.rest", terminal("VARARGS"))
    yield rule("variable.other.definition", terminal("SETTING"))


# Statements ---------------------------------------------------------------------------------------------
def statement() -> Iterator[Rule]:
    yield rule("keyword.control.timing", rf"{terminal('AFTER')}|@\+?")
    yield rule("punctuation.section.bundle", r"[{}]")
    yield rule("punctuation.separator.bundle", r"\|\|")
    yield rule("storage.modifier.pin", terminal("PIN"))
    yield rule("entity.other.attribute-name", terminal("SETTING"))
    yield include("mnemonic")
    yield parts(rf"(?:^|(?<=:))[ \t]*({terminal('NAME')})(?=[ \t]|$)(?![ \t]*:)", "entity.name.function.macro")
    yield include("expression")


def mnemonics() -> Iterator[Rule]:
    """A rule for each class of units; ops of a switch are followed by its name."""
    switches = [name for name, rows in MNEMONICS.items() if rows[0].operands and rows[0].operands[0].kind == HEMI]
    switch = rf"{FIRST}({any_of(switches)})[ \t]+([{''.join(HEMISPHERES)}]){END}"
    yield parts(switch, "support.function.mnemonic.switch", "constant.language.place")
    for units in CLASSES.values():
        yield parts(f"{FIRST}({any_of(of_class(units))})", mnemonic_scope(units))
    yield parts(f"{FIRST}({any_of(LINEAR)})", "support.function.mnemonic.linear")


def of_class(units: UnitClass) -> list[str]:
    return [name for name, rows in MNEMONICS.items() if rows[0].units is units]


def mnemonic_scope(units: UnitClass) -> str:
    """The scope of what runs on a class of units: of the tensor face by place, of the scalar face by unit."""
    if units.where:
        return f"support.function.mnemonic.{'switch' if units.where == 'hemi' else units.where}"
    controls = all(rows[0].control for rows in MNEMONICS.values() if rows[0].units is units)
    return "keyword.control.mnemonic" if controls else f"keyword.mnemonic.{units.name.lower()}"


# Expressions --------------------------------------------------------------------------------------------
def expression() -> Iterator[Rule]:
    yield include("comment")
    yield include("string")
    yield region(r"\(", rf"\)|{STOP}", (), ("expression",))
    yield region(r"\[", rf"\]|{STOP}", (), ("expression",))
    yield region(r"\?", rf":|{STOP}", (), ("expression",))
    yield include("mnemonic")
    yield region(rf"({any_of(OF_PLACES)})[ \t]*\(", rf"\)|{STOP}", (FUNCTION,), ("place", "expression"))
    yield parts(rf"({any_of((*FUNCTIONS, *PLACE_FUNCTIONS))})[ \t]*(?=\()", FUNCTION)
    yield rule("variable.language.register.scalar", any_of_number("r", SCALAR_COUNT))
    yield rule("variable.language.register.vector", any_of_number("v", V_COUNT))
    yield rule("variable.language.stream", any_of_number("s[ew]", STREAMS))
    yield rule("constant.language.slice", SLICE)
    yield rule("variable.other.value", terminal("VIRTUAL"))
    yield rule("variable.parameter.macro", rf"(?=[A-Za-z0-9_.]*\\)(?:{terminal('NAME')})")
    yield include("number")
    yield rule("variable.other", terminal("NAME"))
    yield include("operator")


def places() -> Iterator[Rule]:
    yield rule("constant.language.place", f"(?i:{'|'.join((*PLANES, *HEMISPHERES, 'V'))})(?:\\.[a-z0-9]+)?{END}")


def strings() -> Iterator[Rule]:
    escape = rule("constant.character.escape", r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)")
    yield {"name": scoped("string.quoted.double"), "begin": '"', "end": '"|$', "patterns": [escape]}
    yield rule("string.quoted.single", terminal("CHARACTER"))


def numbers() -> Iterator[Rule]:
    yield rule("entity.name.label.reference", rf"[0-9]+[bf]{END}")
    yield rule("constant.numeric", terminal("NUMBER"))


def operators() -> Iterator[Rule]:
    words = ("ORDER", "EQUALITY", "SHIFT", "AND", "OR", "BIT_OR", "BIT_AND", "NOT", "PRODUCT", "SIGN", "BIT_XOR")
    yield rule("punctuation.separator.range", r"\.\.")
    yield rule("variable.language.here", terminal("HERE"))
    yield rule("keyword.operator", "|".join(terminal(word) for word in words))
    yield rule("keyword.operator.assignment", "=")
    yield rule("keyword.operator.place", "@")
    yield rule("punctuation.separator.operand", ",")
