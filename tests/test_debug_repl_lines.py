"""The prompt of the debugger: its table of verbs, and how lines are read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from repl_tools import DIVIDES, Prompt

from debugger.repl.command import Code, is_open, parse
from debugger.repl.instructions import is_mnemonic, names
from debugger.repl.table import BY_NAME, GROUPS, NAMES, VERBS
from debugger.repl.verb import Request
from isa.diagnostics import SourceError
from isa.table import MNEMONICS


# The table --------------------------------------------------------------------------------------
def test_every_name_of_a_verb_is_its_own() -> None:
    names = [name for verb in VERBS for name in verb.names]
    assert len(names) == len(set(names)) == len(BY_NAME)


def test_no_verb_is_an_instruction() -> None:
    assert not set(NAMES) & names()
    assert {"add", "vadd", "vadd.f32", "vload", "mmul.i8"} <= names()


def test_the_overview_names_every_verb_with_what_it_does() -> None:
    lines = Prompt()("help").result.lines
    for verb in VERBS:
        assert any(line.split()[:1] == [verb.name] and line.endswith(verb.summary) for line in lines), verb.name


def test_help_explains_each_name_of_each_verb() -> None:
    prompt = Prompt()
    for name, verb in BY_NAME.items():
        reply = prompt(f"help {name}")
        assert reply.result.lines[0] == verb.usage
        assert reply.result.data["summary"] == verb.summary


def test_help_gives_the_manual_of_an_instruction() -> None:
    reply = Prompt()("help add")
    assert reply.result.lines == Prompt()("isa add").result.lines
    assert reply.result.lines[0] == f"add: {MNEMONICS['add'][0].doc}"


def test_help_as_data_is_the_whole_table() -> None:
    groups = Prompt()("help").result.data["groups"]
    assert [group["title"] for group in groups] == [group.title for group in GROUPS]
    assert [row["name"] for group in groups for row in group["verbs"]] == [verb.name for verb in VERBS]


# Reading lines ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("line", "verb", "form", "argument"),
    [
        ("run", "run", "", ""),
        ("  s  3 ", "step", "", "3"),
        ("p/x r3", "print", "x", "r3"),
        ("p  C[3, :]", "print", "", "C[3, :]"),
        ("p(r1 + 2)", "print", "", "(r1 + 2)"),
        ("p -1", "print", "", "-1"),
        ("b *12", "break", "", "*12"),
        ("reverse-c", "reverse-continue", "", ""),
        ("floo", "floor", "", ""),
        ("? add", "help", "", "add"),
    ],
)
def test_a_line_is_a_verb_with_format_and_argument(line: str, verb: str, form: str, argument: str) -> None:
    assert parse(line) == Request(line, BY_NAME[verb], form, argument)


@pytest.mark.parametrize(
    "line",
    [
        "add r1, r1, 1", "ADD r1, r1, 1", "vadd.f32 se0, se4, se8, n=4", "{ mov r1, 1 || mov r2, 2 }", "x: mov r1, 1",
        "c: .i32 1, 2", ".reg x", "@0 mov r1, 1", "vload %a, x", "rem r1, r2, r3", "  halt", "1: jmp 1b",
    ],
)  # fmt: skip
def test_what_is_no_verb_is_code(line: str) -> None:
    assert parse(line) == Code(line)


def test_a_mark_makes_a_line_code() -> None:
    assert parse("! p r1") == Code(" p r1")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("brek 3", "E-DEBUG: `brek` is neither a verb nor an instruction; did you mean `break`?"),
        ("jmpp x", "E-DEBUG: `jmpp` is neither a verb nor an instruction; did you mean `jmp`?"),
        ("dis", "E-DEBUG: `dis` begins several verbs: disable, disas, display; write a letter more"),
        ("run/x", "E-DEBUG: `run` takes no format, but `/x` is given; `help run` says what it takes"),
        ("]", "E-DEBUG: a line cannot begin with `]`; `help` lists the verbs"),
        ("stepc 0", "E-DEBUG: `stepc 0` would do nothing; usage: `stepc [N]`"),
        ("stepc many", "E-DEBUG: `many` is no count between 0 and 1099511627776; usage: `stepc [N]`"),
        ("run 3", "E-DEBUG: `run` takes no argument, but `3` is given; "),
        ("until", "E-DEBUG: `until` needs an argument; usage: `until EXPRESSION`"),
        ("delete 7", "E-DEBUG: there is no number 7 to `delete`; there are none"),
        ("info weather", "E-DEBUG: `info` knows nothing of `weather`; "),
        ("r1", "E-DEBUG: `r1` is neither a verb nor an instruction; `p r1` shows its value"),
        ("json maybe", "E-DEBUG: `json` takes `on` or `off`, not `maybe`; "),
        ("save a b", "E-DEBUG: `save` takes the name of one file, not 2; usage: `save FILE`"),
        ("undo", "E-DEBUG: there is no change to undo; "),
    ],
)
def test_what_is_wrong_with_a_command_is_said(line: str, message: str) -> None:
    assert Prompt().fails(line).startswith(message)


@given(st.text(max_size=40))
def test_any_line_is_a_verb_or_code_or_refused(line: str) -> None:
    if not line.strip():
        return
    try:
        found = parse(line)
    except SourceError as error:
        assert [each.code for each in error.diagnostics] == ["E-DEBUG"]
    else:
        assert isinstance(found, Request | Code)


@given(st.text(max_size=60))
def test_the_prompt_survives_any_line_but_code(line: str) -> None:
    prompt = Prompt(DIVIDES)
    try:
        skip = not line.strip() or isinstance(parse(line), Code)
    except SourceError:
        skip = False
    if not skip and "/" not in line:  # which could name a file
        prompt.console.feed(line)
        assert prompt.session.cycle >= 0


@pytest.mark.parametrize(
    ("text", "goes_on"),
    [
        ("{ mov r1, 1", True),
        ("{ mov r1, 1\n  mov r2, 2 }", False),
        ("{ mov r1, '{' }", False),
        ("mov r1, 1 ; {", False),
        (".timeline\n@0 mov r1, 1", True),
        (".timeline\n@0 mov r1, 1\n.endtimeline", False),
        (".macro twice r\nadd \\r, \\r, \\r", True),
        (".macro twice r\nadd \\r, \\r, \\r\n.endm", False),
        (".rept 2\n.if 1\nnop 1\n.endif", True),
        (".rept 2\n.if 1\nnop 1\n.endif\n.endr", False),
        ("loop 3, done", True),
        ("loop 3, done\nadd r1, r1, 1", True),
        ("loop 3, done\nadd r1, r1, 1\ndone: nop 1", False),
        ("mov r1, 1", False),
    ],
)
def test_code_goes_on_until_what_is_open_is_closed(text: str, goes_on: bool) -> None:
    assert is_open(text) == goes_on


def test_mnemonics_of_linear_tensor_code_are_known() -> None:
    assert all(is_mnemonic(name) for name in ("vload", "vstore", "vgather", "mmul.u8.i8", "minstall.i8", "permute"))
