"""Diagnostics as readers get them: text, JSON, SARIF."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isa.diagnostics import WARNING, Diagnostic, Note, Place
from isa.report import render, to_json, to_sarif, wants_colour

DOT = "\n" * 11 + "{ mul r10, r8, r9 }\n\n{ add r6, r6, r10 }\n"
READ = Place("dot.s", 14, 15, 18)
WRITTEN = Place("dot.s", 12, 3, 6)
HAZARD = Diagnostic(
    "E-HAZARD",
    "r10 is read 1 cycle after `mul` issues; it is ready after 3",
    READ,
    (Note("written here, ready in cycle 9", WRITTEN), Note("read in cycle 7", READ)),
    "issue this bundle 2 cycles later, or put `nop 2` before line 14",
)


def test_the_standard() -> None:
    assert (
        render([HAZARD], {"dot.s": DOT})
        == """\
error[E-HAZARD]: r10 is read 1 cycle after `mul` issues; it is ready after 3
  --> dot.s:14:15
   12 | { mul r10, r8, r9 }
      |   --- written here, ready in cycle 9
   14 | { add r6, r6, r10 }
      |               ^^^ read in cycle 7
  help: issue this bundle 2 cycles later, or put `nop 2` before line 14
"""
    )


def test_two_marks_on_one_line_and_notes_without_a_place() -> None:
    notes = (Note("first", Place("a.s", 1, 1, 4)), Note("by the way"))
    found = Diagnostic("E-X", "twice", Place("a.s", 1, 9, 11), notes, severity=WARNING)
    assert (
        render([found], {"a.s": "add r1, r2\r\n"})
        == """\
warning[E-X]: twice
  --> a.s:1:9
   1 | add r1, r2
     | --- first
     |         ^^
  note: by the way
"""
    )


def test_messages_are_apart_and_may_have_no_place() -> None:
    found = Diagnostic("E-X", "nowhere")
    assert render([found, found], {}) == "error[E-X]: nowhere\n\nerror[E-X]: nowhere\n"
    assert render([], {}) == ""


def test_the_trail_is_shown_and_cut() -> None:
    calls = tuple((f"in the macro `m{level}`, called here", Place("a.s", level, 1, 3)) for level in range(2, 9))
    found = Diagnostic("E-X", "deep", Place("lib.s", 1, 1, 2, calls))
    text = render([found], {"a.s": "\n" + "m1\n" * 10, "lib.s": "x\n"})
    assert (
        text
        == """\
error[E-X]: deep
  --> lib.s:1:1
   1 | x
     | ^
  --> a.s:2:1
   2 | m1
     | -- in the macro `m2`, called here
   3 | m1
     | -- in the macro `m3`, called here
   4 | m1
     | -- in the macro `m4`, called here
   5 | m1
     | -- in the macro `m5`, called here
  note: and 3 more expansions outside of these
"""
    )


def carets(line: str, column: int, end: int) -> tuple[str, str]:
    """The source line as shown, and the marks below it, without the gutter."""
    text = render([Diagnostic("E-X", "m", Place("a.s", 1, column, end))], {"a.s": line}).split("\n")
    return text[2].partition(" | ")[2], text[3].partition(" | ")[2]


@pytest.mark.parametrize(
    ("line", "column", "end", "shown", "marks"),
    [
        ("\tadd r1", 2, 5, "    add r1", "    ^^^"),
        ("a\tb", 3, 4, "a   b", "    ^"),
        ('"漢字" x', 6, 7, '"漢字" x', "       ^"),
        ('"漢字" x', 2, 4, '"漢字" x', " ^^^^"),
        ('"e\u0301" x', 6, 7, '"e\u0301" x', "    ^"),
        ("add", 4, 5, "add", "   ^"),
        ("add", 2, 2, "add", " ^"),
        ("\x1b[31mred", 2, 3, "\ufffd[31mred", " ^"),
        ("a\u202eb", 3, 4, "a\ufffdb", "  ^"),
    ],
)
def test_carets_stand_under_what_they_mean(line: str, column: int, end: int, shown: str, marks: str) -> None:
    assert carets(line, column, end) == (shown, marks)


@pytest.mark.parametrize("start", [1, 40, 300, 590])
def test_long_lines_are_cut_around_the_mark(start: int) -> None:
    line = "".join(chr(ord("a") + i % 26) for i in range(600))
    shown, marks = carets(line, start, start + 3)
    assert len(shown) <= 106
    at = marks.index("^")
    assert marks.count("^") == 3
    assert shown[at : at + 3] == line[start - 1 : start + 2]
    assert shown.startswith("...") == (start > 51)


def test_what_is_far_along_a_line_costs_what_is_near() -> None:
    line = " ".join(str(i) for i in range(100_000))
    at = line.index(" 99000 ") + 2
    notes = (Note("here", Place("a.s", 1, 1, 3)), Note("there", Place("a.s", 1, len(line) - 4, len(line) + 1)))
    shown = render([Diagnostic("E-X", "m", Place("a.s", 1, at, at + 5), notes)], {"a.s": line}).splitlines()
    assert max(map(len, shown)) < 130
    assert shown[2][7:10] == shown[2][-3:] == "..."
    (subject,) = [marks for marks in shown if "^^^^^" in marks]
    start = subject.index("^^^^^")
    assert shown[2][start : start + 5] == "99000"


def test_lines_that_are_not_there() -> None:
    found = Diagnostic("E-X", "m", Place("gone.s", 7, 1, 2), (Note("other", Place("gone.s", 9)),))
    assert render([found]) == "error[E-X]: m\n  --> gone.s:7:1\n     | line 9: other\n"


def test_files_are_read_when_no_text_is_given(tmp_path: Path) -> None:
    path = tmp_path / "a.s"
    path.write_text("halt\n", encoding="utf-8")
    assert "   1 | halt" in render([Diagnostic("E-X", "m", Place(str(path), 1, 1, 5))])
    assert render([Diagnostic("E-X", "m", Place("/dev/zero", 1, 1, 5))]) == "error[E-X]: m\n  --> /dev/zero:1:1\n"


def test_control_characters_do_not_reach_the_terminal() -> None:
    text = render([Diagnostic("E-X", "a\x1b[2Jb", Place("x\x07.s", 1), help="c\nd")])
    assert text == "error[E-X]: a\ufffd[2Jb\n  --> x\ufffd.s:1:1\n  help: c\ufffdd\n"


def test_colour_is_only_wrapped_around(monkeypatch: pytest.MonkeyPatch) -> None:
    import re

    coloured = render([HAZARD], {"dot.s": DOT}, colour=True)
    assert coloured != render([HAZARD], {"dot.s": DOT})
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == render([HAZARD], {"dot.s": DOT})

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert wants_colour(Terminal())
    assert not wants_colour(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wants_colour(Terminal())


def test_json() -> None:
    trail = (("in the macro `m`, called here", Place("b.s", 3, 1, 4)),)
    found = Diagnostic("E-X", "m", Place("a.s", 1, 2, 5, trail), (Note("n", None),), "h", data={"cycle": 7})
    assert json.loads(json.dumps(to_json(found))) == {
        "code": "E-X", "severity": "error", "message": "m", "file": "a.s", "line": 1, "column": 2, "end_column": 5,
        "notes": [{"message": "n", "file": "", "line": 0, "column": 0, "end_column": 0}],
        "trail": [
            {"message": "in the macro `m`, called here", "file": "b.s", "line": 3, "column": 1, "end_column": 4},
        ],
        "help": "h", "data": {"cycle": 7},
    }  # fmt: skip


def test_sarif() -> None:
    log = to_sarif([HAZARD, Diagnostic("W-WARN", "w", Place("a b.s", 2, 3, 3), severity=WARNING)], "1.2")
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["tool"]["driver"] == {"name": "lpu", "version": "1.2", "rules": [{"id": "E-HAZARD"}, {"id": "W-WARN"}]}
    hazard, warning = run["results"]
    assert (hazard["ruleId"], hazard["level"]) == ("E-HAZARD", "error")
    assert hazard["message"]["text"] == f"{HAZARD.message}\nhelp: {HAZARD.help}"
    region = {"startLine": 14, "startColumn": 15, "endColumn": 18}
    assert hazard["locations"] == [{"physicalLocation": {"artifactLocation": {"uri": "dot.s"}, "region": region}}]
    assert [other["message"]["text"] for other in hazard["relatedLocations"]] == [
        "written here, ready in cycle 9", "read in cycle 7",
    ]  # fmt: skip
    assert warning["level"] == "warning"
    assert warning["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "a%20b.s"}


PLACES = st.builds(Place, st.just("a.s"), st.integers(0, 9), st.integers(0, 300), st.integers(0, 300))
NOTES = st.lists(st.builds(Note, st.text(max_size=8), st.none() | PLACES), max_size=3).map(tuple)
ANY = st.builds(Diagnostic, st.just("E-X"), st.text(max_size=20), st.none() | PLACES, NOTES, st.text(max_size=9))


@given(st.lists(ANY, max_size=3), st.text(max_size=300))
def test_any_diagnostic_on_any_text_is_rendered(diagnostics: list[Diagnostic], text: str) -> None:
    rendered = render(diagnostics, {"a.s": text})
    assert rendered.count("error[E-X]: ") >= len(diagnostics)
    assert "\x1b" not in rendered
    assert json.loads(json.dumps(to_sarif(diagnostics)))["runs"][0]["columnKind"] == "unicodeCodePoints"
