"""What helps at the prompt: completion, colours, formats of values, pages and topics."""

from __future__ import annotations

import json
import re
from math import inf
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from repl_tools import SUM, Prompt

from debugger.expr.functions import FUNCTIONS
from debugger.repl.complete import choices
from debugger.repl.highlight import COLOURS, painted, tokens
from debugger.repl.info import TOPICS
from debugger.repl.pages import PAGES
from debugger.repl.table import VERBS
from isa.table import MNEMONICS

MIXED = """\
        .array  words: u32[6] = 0, 1, 0x7FFFFFFF, 0x80000000, 0x3F800000, 0xFFFFFFFF
        .array  reals: f32[2] = 1.5, -2.0
        .array  empty: i32[3]
        halt
"""
WORDS = np.array([0, 1, 0x7FFFFFFF, 0x80000000, 0x3F800000, 0xFFFFFFFF], np.uint32)


# Completion -------------------------------------------------------------------------------------
def words(prompt: Prompt, text: str) -> list[str]:
    return [choice.word for choice in choices(prompt.console, text)]


def test_a_first_word_is_a_verb_or_an_instruction() -> None:
    prompt = Prompt()
    assert words(prompt, "brea") == ["break"]
    assert words(prompt, "vad") == [name for name in MNEMONICS if name.startswith("vad")]
    assert set(words(prompt, "")) >= {verb.name for verb in VERBS}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("break ag", ["again"]),
        ("b M", ["M0@"]),
        ("p y", ["y"]),
        ("p sum(x) + r3", ["r3", "r30", "r31"]),
        ("p x[0] == cyc", ["cycle"]),
        ("watch mw3.w", ["mw3.wp"]),
        ("info st", ["streams"]),
        ("goto sta", ["start"]),
        ("json o", ["on", "off"]),
        ("flow sw31", ["sw31"]),
        ("help unt", ["until"]),
        ("isa vrelu.f", ["vrelu.f16", "vrelu.f32"]),
        ("add r1, r1, aga", ["again"]),
        ("run ", []),
    ],
)
def test_arguments_are_completed_by_what_the_verb_takes(text: str, expected: list[str]) -> None:
    found = words(Prompt(), text)
    assert found == expected or (expected and found[: len(expected)] == expected)


def test_marks_breakpoints_and_files_are_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "script.one").write_text("")
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "two").write_text("")
    prompt = Prompt()
    prompt("mark middle", "b again", "b @5")
    assert words(prompt, "goto mid") == ["middle"]
    assert words(prompt, "delete ") == ["1", "2"]
    assert words(prompt, "source scr") == ["script.one", "scripts/"]
    assert words(prompt, "source scripts/t") == ["scripts/two"]
    assert words(prompt, "source nowhere/t") == []


@given(st.text(max_size=30))
def test_a_choice_goes_on_from_what_is_typed(text: str) -> None:
    for choice in choices(PROMPT.console, text):
        assert 0 <= choice.start <= len(text)
        assert choice.word.lower().startswith(text[choice.start :].lower())


PROMPT = Prompt()


def test_a_long_line_is_not_completed() -> None:
    assert choices(PROMPT.console, "p " + "(" * 100_000) == []


# Colours ----------------------------------------------------------------------------------------
@given(st.text())
def test_tokens_are_the_whole_line(line: str) -> None:
    assert "".join(text for _, text in tokens(line)) == line.replace("\n", "") or "\n" in line


def test_kinds_follow_from_the_table() -> None:
    line = '{ vadd.f32 se4, %a, 0x1F !V3 } .input "x" ; note'
    found = {text: kind for kind, text in tokens(line) if kind not in ("space", "mark")}
    assert found == {
        "vadd.f32": "mnemonic", "se4": "register", "%a": "value", "0x1F": "number", "!V3": "pin", ".input": "directive",
        '"x"': "string", "; note": "comment",
    }  # fmt: skip
    assert next(tokens("p x", verbs=True)) == ("verb", "p")
    assert next(tokens("p x")) == ("name", "p")


def test_colours_change_nothing_but_the_colour() -> None:
    line = "again:  add r1, r1, 1  ; next"
    assert painted(line, colour=False) == line
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted(line, colour=True)) == line
    assert f"\x1b[{COLOURS['mnemonic']}madd\x1b[0m" in painted(line, colour=True)


# Formats ----------------------------------------------------------------------------------------
def numbers(prompt: Prompt, command: str) -> list[str]:
    """The elements of an array of one axis as they are printed."""
    rows = [line for line in prompt(command).result.lines if re.match(r" +\[\d+\]", line)]
    return " ".join(re.sub(r"^ +\[\d+\]", "", row) for row in rows).split()


def test_the_same_bits_as_other_numbers() -> None:
    prompt = Prompt(MIXED)
    assert [int(text) for text in numbers(prompt, "p/d words")] == WORDS.view(np.int32).tolist()
    assert [int(text) for text in numbers(prompt, "p/u words")] == WORDS.tolist()
    assert [int(text, 16) for text in numbers(prompt, "p/x words")] == WORDS.tolist()
    assert [int(text, 2) for text in numbers(prompt, "p/b words")] == WORDS.tolist()
    floats = np.array(numbers(prompt, "p/f words"), np.float32)
    assert np.array_equal(floats, WORDS.view(np.float32), equal_nan=True)


def test_formats_of_single_values() -> None:
    prompt = Prompt(MIXED)
    assert prompt("p/b 5").result.lines == [f"5 = 0b{5:032b}"]
    assert prompt("p/f words[4]").result.lines == ["words[4] = 1.0"]
    assert prompt("p/x reals[0]").result.lines[0].startswith(f"reals[0] = {np.float32(1.5).view(np.uint32):#010x}")
    assert "never written" in prompt("p/x empty").result.lines[0]
    assert "never written" in prompt("p/b empty").result.lines[0]


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("p/q r1", "`/q` is no format of `print`; the formats are x, d, u, f, b: `p/x r3`"),
        ("p/u 2**70", "2**70 does not fit 32 bits; `p/x` and `p` take numbers of any size"),
        ("p/f words == 1", "elements of type bool cannot be looked at as f32"),
        ("p/d 1.5", "this float has no bits to look at as i32"),
    ],
)
def test_formats_that_do_not_fit(command: str, message: str) -> None:
    assert message in Prompt(MIXED).fails(command)


@pytest.mark.parametrize("expression", ["nan", "inf", "-inf", "reals", "empty", "words == 1", "2**70", "words[0]"])
def test_every_value_is_json(expression: str) -> None:
    data = Prompt(MIXED)(f"p {expression}").result.data
    assert json.loads(json.dumps(data, allow_nan=False)) == data


# Displays ---------------------------------------------------------------------------------------
def test_displays_are_shown_where_a_run_stops() -> None:
    prompt = Prompt()
    assert prompt("display r1").result.lines == ["1: r1 = 0"]
    prompt("display/x r2", "b again", "run")
    assert prompt("c").result.lines[-2:] == ["1: r1 = 1", "2: r2 = 0x00000003"]
    prompt("undisplay 1")
    assert prompt("c").result.lines[-1] == "2: r2 = 0x00000008"
    assert prompt.fails("display nothing") and list(prompt.console.displays) == [2]


# Looking ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("topic", [name for each in TOPICS.values() for name in each.names])
def test_each_topic_tells_something_as_text_and_as_data(topic: str) -> None:
    reply = PROMPT(f"info {topic}")
    assert not reply.failed and reply.result.lines
    assert json.loads(json.dumps(reply.result.data, allow_nan=False))


@pytest.mark.parametrize(
    "verb", ["floor", "timeline", "timeline 5", "flow se0", "disas", "disas again", "stats", "x/2w x"]
)
def test_views_are_text_and_data(verb: str) -> None:
    prompt = Prompt()
    prompt("stepb 4")
    here = prompt.session.cycle
    reply = prompt(verb)
    assert not reply.failed and reply.result.lines and prompt.session.cycle == here
    assert json.dumps(reply.result.data, allow_nan=False)


def test_info_registers_marks_what_changed_since_the_last_stop() -> None:
    prompt = Prompt()
    prompt("b again", "run", "c")
    assert prompt("i r").result.data["changed"] == ["r1", "r2", "r3", "cc"]


def test_list_goes_on_and_says_where_it_ends() -> None:
    prompt = Prompt()
    count = len(SUM.split("\n"))
    first = [row["number"] for row in prompt("list 3").result.data["lines"]]
    second = [row["number"] for row in prompt("list").result.data["lines"]]
    assert first[0] == 1 and second == list(range(first[-1] + 1, count + 1))
    assert prompt.fails("list").startswith(f"E-DEBUG: line {count} is the last of <text>")


# Help -------------------------------------------------------------------------------------------
def test_the_page_of_expressions_names_every_function() -> None:
    lines = PAGES["expressions"].splitlines()
    about = [line for line in lines if line.startswith(("functions", "conversions"))]
    named = {word for line in about for word in re.findall(r"\w+", line)}
    assert set(FUNCTIONS) <= named


@pytest.mark.parametrize("name", PAGES)
def test_each_page_is_shown(name: str) -> None:
    assert Prompt()(f"help {name}").result.lines == PAGES[name].splitlines()


def test_infinities_are_strings_in_json() -> None:
    assert Prompt()("p -inf").result.data["value"] == str(-inf)
