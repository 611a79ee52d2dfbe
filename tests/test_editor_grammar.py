"""The editor's colours are what the assembler reads: every token of every program has the scope of what it is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from textmate import Engine

from asm.editor.emit import GENERATED
from asm.editor.textmate import numbers_below
from asm.streams.statements import NAMES as LINEAR
from asm.syntax.format import Tokens, tokenize
from asm.syntax.literals import local_label
from asm.syntax.parse import strip_comment
from asm.syntax.source import source_lines
from isa.table import MNEMONICS
from isa.types import TYPES
from isa.units import CLASSES

ROOT = Path(__file__).resolve().parent.parent
EDITOR = ROOT / "editors" / "vscode"
PROGRAMS = sorted((ROOT / "programs").rglob("*.s"))
GRAMMAR = json.loads((EDITOR / "syntaxes" / "lpu.tmLanguage.json").read_text(encoding="utf-8"))
SIGNS = {"COMMA", "COLON", "LPAR", "RPAR", "LSQB", "RSQB", "QMARK"}
FIXED = {  # what a terminal is, whatever its text and wherever it stands
    "STRING": "string.quoted.double|constant.character.escape",
    "CHARACTER": "string.quoted.single",
    "VIRTUAL": "variable.other.value",
    "PIN": "storage.modifier.pin",
    "AFTER": "keyword.control.timing",
    "AT_PLUS": "keyword.control.timing",
    "LBRACE": "punctuation.section.bundle",
    "RBRACE": "punctuation.section.bundle",
    "EQUAL": "keyword.operator.assignment",
    "VARARGS": "variable.parameter.rest",
    "HERE": "variable.language.here",
    **dict.fromkeys(("ORDER", "EQUALITY", "SHIFT", "AND", "BIT_OR", "NOT"), "keyword.operator"),
    **dict.fromkeys(("BIT_AND", "PRODUCT", "SIGN", "BIT_XOR"), "keyword.operator"),
    "__ANON_0": "punctuation.separator.range",
}
ALTERNATIVES = {  # what depends on whether the line is a directive
    "SETTING": ("entity.other.attribute-name", "variable.other.definition"),
    "AT": ("keyword.control.timing", "keyword.operator.place"),
    "OR": ("punctuation.separator.bundle|keyword.operator", "keyword.operator"),
}
REGISTER = re.compile(r"(r|v|se|sw|mw|me)([0-9]+)(\..*)?", re.IGNORECASE)
PLACES = {  # how many there are of each, at most, and their scope
    "r": (32, "variable.language.register.scalar"),
    "v": (16, "variable.language.register.vector"),
    **dict.fromkeys(("se", "sw"), (32, "variable.language.stream")),
    **dict.fromkeys(("mw", "me"), (64, "constant.language.slice")),
}


def mnemonic_scope(name: str) -> str:
    """The scope that the table gives a mnemonic, or that of a macro's name."""
    if name in LINEAR:
        return "support.function.mnemonic.linear"
    if name not in MNEMONICS:
        return "entity.name.function.macro"
    row = MNEMONICS[name][0]
    if row.control:
        return "keyword.control.mnemonic"
    places = {"slice": "slice", "vxm": "vxm", "plane": "plane", "hemi": "switch", "link": "link"}
    face = "support.function" if row.tensor else "keyword"
    return f"{face}.mnemonic.{places[row.units.where] if row.tensor else row.units.name.lower()}"


def name_scope(text: str) -> str:
    """The scope of a name that is no mnemonic of its statement, as a pattern."""
    if "\\" in text:
        return "variable.parameter.macro"
    if found := REGISTER.fullmatch(text):
        count, scope = PLACES[found[1].lower()]
        return scope if int(found[2]) < count else "variable.other"
    if text.lower() in MNEMONICS:  # in `lat(mul)`
        return ".*mnemonic.*"
    return "variable.other.*|support.function.expression|constant.language.*|storage.type|keyword.other.layout|entity.*"


def expected(tokens: Tokens, index: int) -> str:
    """A pattern for the scope of a token, from what the assembler takes it for."""
    terminal, start, end = tokens.tokens[index]
    text = tokens.text(index)
    in_directive = any(kind == "DIRECTIVE" for kind, _, _ in tokens.tokens[:index])
    if terminal in FIXED:
        return FIXED[terminal]
    if terminal in ALTERNATIVES:
        return ALTERNATIVES[terminal][in_directive]
    if terminal == "DIRECTIVE":
        return "(keyword.control|keyword.other|storage.type).directive"
    if end in label_ends(tokens):
        return "entity.name.label(.numeric)?"
    if start in tokens.declared:
        return "variable.other.(declaration|definition)"
    if terminal == "NUMBER":
        return "entity.name.label.reference" if local_label(text) else "constant.numeric"
    return mnemonic_scope(text.lower()) if start in tokens.mnemonics else name_scope(text)


def label_ends(tokens: Tokens) -> set[int]:
    """Where the names of labels end: before the spaces and the colon that `Tokens.labels` counts in."""
    return {len(tokens.code[: end - 1].rstrip()) for end in tokens.labels}


def problems(line: str, blanked: str, scopes: list[str]) -> list[str]:
    """What of a line has another scope than it should; `blanked` is the line without block comments."""
    code = strip_comment(blanked)
    found = [f"comment at {place}" for place in range(len(code), len(line)) if not _is_comment(line, scopes, place)]
    tokens = tokenize(code) if code.strip() else Tokens("", [])
    for index, (terminal, start, end) in enumerate(tokens.tokens):
        if terminal in SIGNS or terminal == "$END":
            continue
        pattern = expected(tokens, index).replace(".", r"\.").replace(r"\.*", ".*")
        wrong = [scope for scope in scopes[start:end] if not re.fullmatch(pattern, scope.removesuffix(".lpu"))]
        if wrong:
            found.append(f"{tokens.text(index)!r} ({terminal}): {wrong[0]!r} is not {pattern}")
    return found


def _is_comment(line: str, scopes: list[str], place: int) -> bool:
    return line[place].isspace() or scopes[place].startswith("comment.")


def check(text: str) -> list[str]:
    engine = Engine(GRAMMAR)
    lines, blanked = text.split("\n"), source_lines(text, "<text>")
    return [
        f"{number}: {problem}"
        for number, (line, code) in enumerate(zip(lines, blanked, strict=True), 1)
        for problem in problems(line, code, engine.scopes(line))
    ]


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_token_of_a_program_has_the_scope_of_what_it_is(path: Path) -> None:
    assert check(path.read_text(encoding="utf-8")) == []


def test_every_mnemonic_has_the_scope_of_its_units() -> None:
    assert check("\n".join(f"        {name} x" for name in (*MNEMONICS, *LINEAR))) == []
    assert check("\n".join(f"start: {name.upper()}" for name in MNEMONICS)) == []
    assert len({mnemonic_scope(name) for name in MNEMONICS}) == len({cls.where or cls.name for cls in CLASSES.values()})


@pytest.mark.parametrize("line", [
    "x: .i32 1, -2, 0x1F, 0b101, 1.5e-3, .5, 'a', '\\'', ';' ; not ';' but this",
    '        .error "a ; b // c /* d \\" \\n"  // that was a string',
    "        add r1, r2, /* three */ r3 ; done",
    "again: { ld r8, [A + r7 * 4] || ld r9, [B || C ? 1 : 2] || jlt again }",
    "1: add r1, r1, 1b ; back",
    "        @0 p: mul r2, r3, r4 !M0",
    "        @after p, q add r5, r5, 1 !cycle=12",
    "        @+N * (2 + 1) read.4 se4, mw4[y + r3], n=64, stride=-1",
    "        .if (A && !B) || C == 2 ? x : y",
    "        .macro go a, b=1, rest...",
    "        go \\a\\().f32, \\b, again\\@, \\rest",
    "        .assert used(mw3.wp) < 5 && dist(mw4, V) == meet(P0, W, mw4), \"late\"",
    "        .tensor x: bf16[64, 2*320] @ mw0..mw3.1 layout tiles = 1.5",
    "        .array W: i32[4, 4] @ auto = each(i, j, i == j)",
    "        vgather %y, table, %map !W.sh1",
    "        mov r1, lat(acc.add) % 3 + s %2",
    "        L1: ADD R1, R31, 4",
    "        x32 r32, v16, se32, mw64, r1x, vadd",
    "",
    "        /* all of it */",
])  # fmt: skip
def test_a_hard_line(line: str) -> None:
    assert check(line) == []


def test_a_block_comment_goes_on() -> None:
    assert check("        mov r1, 1 /* from here\nadd r1 || ; .if\n to here */ mov r2, 2") == []


def test_a_broken_line_does_not_colour_the_next() -> None:
    engine = Engine(GRAMMAR)
    for line in ("        ld r1, [A + (", '        .error "never closed', "        .equ x = a ? (b", "        'x"):
        engine.scopes(line)
        assert engine.scopes("        halt 0")[8] == "keyword.control.mnemonic.lpu", line


@pytest.mark.parametrize("count", [1, 4, 10, 16, 20, 32, 64, 99])
def test_numbers_below(count: int) -> None:
    pattern = re.compile(numbers_below(count))
    assert [number for number in range(100) if pattern.fullmatch(str(number))] == list(range(count))
    assert not pattern.fullmatch("00")


@pytest.mark.parametrize("name", GENERATED)
def test_committed_file_is_what_the_generator_makes(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == GENERATED[name]()


def test_every_type_is_one() -> None:
    for name in TYPES:
        scopes = Engine(GRAMMAR).scopes(f".tensor x: {name}[4]")
        assert scopes[11] == "storage.type.lpu"
