"""The prompt of the debugger: what verbs do and say, scripts and transcripts, and what they survive."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_tools import Command
from debug_tools import straight
from repl_tools import DIVIDES, SUM, Prompt

ROOT = Path(__file__).resolve().parent.parent


# Going through time -----------------------------------------------------------------------------
def test_steps_by_cycles_are_those_of_a_straight_run() -> None:
    prompt = Prompt()
    instants, _ = straight(prompt.session.image)
    for instant in instants[1:]:
        prompt("stepc")
        assert (prompt.session.cycle, prompt.session.pc) == (instant.state.cycle, instant.state.pc)
    for instant in reversed(instants[:-1]):
        prompt("rstepc")
        assert prompt.session.state == instant.state


def test_an_empty_line_does_a_step_again_and_nothing_else() -> None:
    prompt = Prompt()
    prompt("stepc 2", "", "  ")
    assert prompt.session.cycle == 6
    prompt("echo a", "")
    assert prompt.session.cycle == 6


def test_goto_takes_cycles_distances_marks_and_ends() -> None:
    prompt = Prompt()
    prompt("run")
    end = prompt.session.cycle
    prompt.console.session = Prompt().session
    prompt("b again", "goto end")
    assert prompt.session.cycle == end
    for where, cycle in (("5", 5), ("+3", 8), ("-2", 6), ("start", 0), ("end", end), ("-1000", 0), ("0x10", 16)):
        prompt(f"goto {where}")
        assert prompt.session.cycle == cycle, where
    prompt("mark here", "goto 0", "goto here")
    assert prompt.session.cycle == 16


def test_run_begins_at_the_beginning_wherever_we_are() -> None:
    prompt = Prompt()
    prompt("break again", "run")
    first = prompt.session.cycle
    prompt("continue", "continue", "run")
    assert prompt.session.cycle == first


def test_continue_with_a_count_passes_the_breakpoint() -> None:
    once, several = Prompt(), Prompt()
    once("b again", "run", "c", "c")
    several("b again", "run", "c 2")
    assert several.session.cycle == once.session.cycle
    assert Prompt().fails("c 3").startswith("E-DEBUG: `continue N` passes the breakpoint that stopped the run")


def test_what_is_shown_where_a_run_stops() -> None:
    prompt = Prompt()
    place = prompt.session.lines.addresses("<text>", 7)[0]
    assert prompt("b 7").result.lines == [f"breakpoint 1 at <text>:7 (address {place})"]
    stopped = prompt("run").result
    assert stopped.lines[0] == "breakpoint 1: <text>:7"
    assert stopped.lines[1] == f"cycle {prompt.session.cycle}  <text>:7  pc {place} <again+1>"
    assert stopped.lines[2].split() == ["7", *SUM.splitlines()[6].split()]
    assert stopped.data["stopped"]["hits"] == [1]
    assert stopped.data["lines"][0]["line"] == 7


def test_a_fault_is_shown_as_lpu_run_shows_it(lpu: Command) -> None:
    lpu.write("divides.s", DIVIDES)
    shown = lpu("debug", "--batch", "-ex", "run", "divides.s")
    assert shown.status == 1
    assert lpu("run", "divides.s").err.split("faulted")[0].strip() in shown.out


# Breakpoints ------------------------------------------------------------------------------------
def test_breakpoints_are_numbered_listed_and_changed() -> None:
    prompt = Prompt()
    prompt("b again", "tb 9", "b @5", "disable 1", "ignore 3 2")
    lines = prompt("info breaks").result.lines
    assert [line.split(" (")[0] for line in lines[:2]] == [
        "breakpoint 1 at again",
        "temporary breakpoint 2 at <text>:9",
    ]
    assert lines[0].endswith(": disabled")
    assert lines[2] == "breakpoint 3 at @5: passed 2 times more"
    prompt("d 1-2", "enable")
    assert [each.number for each in prompt.session.breakpoints] == [3]
    prompt("delete")
    assert len(prompt.session.breakpoints) == 0


def test_a_breakpoint_without_a_place_is_at_the_bundle_about_to_issue() -> None:
    prompt = Prompt()
    prompt("stepb 2", "b")
    assert [each.addresses for each in prompt.session.breakpoints] == [(prompt.session.pc,)]


# Scripts ----------------------------------------------------------------------------------------
def test_batch_says_by_its_status_how_it_went(lpu: Command) -> None:
    lpu.write("sum.s", SUM)
    lpu.write("divides.s", DIVIDES)
    assert lpu("debug", "--batch", "-ex", "run", "sum.s").status == 0
    assert lpu("debug", "--batch", "-ex", "run", "divides.s").status == 1
    assert lpu("debug", "--batch", "-ex", "run", "-ex", "rstepb", "divides.s").status == 0
    assert lpu("debug", "--batch", "-ex", "nonsense", "-ex", "run", "sum.s").out == ""
    assert lpu("debug", "--batch", "-ex", "nonsense", "sum.s").status == 2
    assert lpu("debug", "--batch", "missing.s").status == 2
    assert lpu("debug", "--batch", "-x", "missing", "sum.s").status == 2


def test_batch_keeps_going_where_asked(lpu: Command) -> None:
    lpu.write("sum.s", SUM)
    done = lpu("debug", "--batch", "--keep-going", "-ex", "nonsense", "-ex", "echo on", "sum.s")
    assert (done.status, done.out) == (2, "on\n")


def test_commands_are_done_in_the_order_of_their_options(lpu: Command) -> None:
    lpu.write("sum.s", SUM)
    lpu.write("one", "echo 1\n# nothing\n\necho 2")
    done = lpu("debug", "--batch", "-ex", "echo 0", "-x", "one", "-ex", "echo 3", "sum.s")
    assert done.out == "0\n1\n2\n3\n"


def test_batch_without_scripts_takes_standard_input(lpu: Command) -> None:
    lpu.write("sum.s", SUM)
    done = lpu("debug", "--batch", "sum.s", stdin=b"echo a\necho b\nquit\necho c\n")
    assert (done.status, done.out) == (0, "a\nb\n")


def test_lines_of_a_pipe_are_asked_for_and_echoed_only_where_asked(lpu: Command) -> None:
    lpu.write("sum.s", SUM)
    assert lpu("debug", "sum.s", stdin=b"echo a\n").out == "(lpu) a\n(lpu) \n"
    assert lpu("debug", "--echo", "sum.s", stdin=b"echo a\n").out == "(lpu) echo a\na\n(lpu) \n"
    assert lpu("debug", "--batch", "--echo", "-ex", "echo a", "sum.s").out == "(lpu) echo a\na\n"
    assert [json.loads(line)["verb"] for line in lpu("debug", "--json", stdin=b"echo a\n").out.splitlines()] == ["echo"]


def test_scripts_call_scripts_and_say_where_they_were_given_up(lpu: Command) -> None:
    lpu.write("sum.s", SUM)
    lpu.write("outer", "echo 1\nsource inner\necho 3\n")
    lpu.write("inner", "echo 2\nnonsense\n")
    done = lpu("debug", "--batch", "-x", "outer", "sum.s")
    assert (done.status, done.out) == (2, "1\n2\n")
    assert "inner was given up at line 2" in done.err
    lpu.write("self", "source self\n")
    assert "more than 16 levels" in lpu("debug", "--batch", "-x", "self", "sum.s").err


def test_a_session_without_a_program_begins_at_once(lpu: Command) -> None:
    assert lpu("debug", "--batch", "-ex", "where").out.startswith("cycle 0")


# JSON -------------------------------------------------------------------------------------------
def test_each_answer_is_a_line_of_json(lpu: Command) -> None:
    lpu.write("sum.s", SUM)
    done = lpu("debug", "--batch", "--keep-going", "--json", "-ex", "b again", "-ex", "run", "-ex", "no", "sum.s")
    first, second, third = map(json.loads, done.out.splitlines())
    assert (first["command"], first["verb"], first["ok"], first["data"]["number"]) == ("b again", "break", True, 1)
    assert (second["data"]["stopped"]["reason"], second["pc"], second["status"]) == ("breakpoint", 2, "running")
    assert (third["ok"], third["diagnostics"][0]["code"]) == (False, "E-DEBUG")
    assert done.err == ""


def test_json_is_turned_on_and_off(lpu: Command) -> None:
    lpu.write("sum.s", SUM)
    done = lpu("debug", "--batch", "-ex", "json on", "-ex", "echo a", "-ex", "json off", "-ex", "echo b", "sum.s")
    *documents, last = done.out.splitlines()
    assert [json.loads(line)["verb"] for line in documents] == ["json", "echo"]
    assert last == "b"


# Transcripts ------------------------------------------------------------------------------------
def test_a_transcript_replays_to_the_same_transcript(lpu: Command) -> None:
    lpu.write("sum.s", SUM)
    lpu.write("commands", "b again if r1 == 2\nnonsense\nrun\nstepc 2\n\nrc\nmark here\ninfo breaks\n")
    lpu.write("more", "source commands\necho end\n")
    lpu("debug", "--batch", "--keep-going", "-x", "more", "--transcript", "first", "sum.s")
    replayed = lpu("debug", "--batch", "-x", "first", "--transcript", "second", "sum.s")
    assert replayed.status == 0
    first, second = ((lpu.directory / name).read_text() for name in ("first", "second"))
    assert "# [E-DEBUG] `nonsense` is neither a verb nor an instruction" in first
    done = [line for line in first.splitlines() if not line.startswith("#")]
    assert done == [line for line in second.splitlines() if not line.startswith("#")]
    assert [line for line in first.splitlines() if "nonsense" not in line] == second.splitlines()
    assert done == ["b again if r1 == 2", "run", "stepc 2", "stepc 2", "rc", "mark here", "info breaks", "echo end"]


def test_a_transcript_begins_and_ends_by_a_verb(lpu: Command) -> None:
    lpu.write("sum.s", SUM)
    lpu("debug", "--batch", "-ex", "echo 0", "-ex", "transcript t", "-ex", "echo 1", "-ex", "transcript off", "sum.s")
    assert (lpu.directory / "t").read_text() == "echo 1\n# 1\n"
    assert lpu("debug", "--batch", "-ex", "transcript no/such/place", "sum.s").status == 2


# What it survives -------------------------------------------------------------------------------
HOSTILE = {
    "binary": bytes(range(256)) * 40,
    "not UTF-8": b"echo \xff\xfe\n",
    "a long line": b"p " + b"(" * 1_000_000 + b"\n",
    "a line that never ends": b"x" * 5_000_000,
    "zeros": b"\0" * 100_000,
    "terminal codes": b"\x1b[2J\x1b]0;x\x07\n",
    "an open brace": b"{ mov r1, 1\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_broken_input_is_refused_and_the_session_goes_on(name: str, lpu: Command) -> None:
    lpu.write("sum.s", SUM)
    done = lpu("debug", "sum.s", stdin=HOSTILE[name])
    assert (done.status, "error[" in done.err, "Traceback" in done.err) == (0, True, False)
    if HOSTILE[name].endswith(b"\n") and name != "an open brace":
        assert lpu("debug", "sum.s", stdin=HOSTILE[name] + b"echo alive\n").out.count("alive") == 1


def test_a_defect_of_a_verb_is_said_and_the_session_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Prompt()
    monkeypatch.setattr(type(broken.session), "reverse", lambda self: {}["a key"])
    with pytest.raises(KeyError):
        broken("rc")
    broken.console.raises = False
    assert broken.fails("rc") == (
        "E-DEBUG: `rc` failed inside the debugger: KeyError: 'a key'; "
        "this is a defect of the debugger; the session goes on"
    )
    assert broken("stepc").failed is False


def test_a_transcript_that_cannot_be_written_ends_and_the_session_goes_on(lpu: Command) -> None:
    lpu.write("sum.s", SUM)
    done = lpu(
        "debug", "--batch", "--keep-going", "--transcript", "/dev/full", "-ex", "echo a", "-ex", "echo b", "sum.s"
    )
    assert (done.status, done.out) == (2, "a\nb\n")
    assert done.err.count("the transcript /dev/full ends here") == 1


def test_too_little_memory_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    prompt = Prompt()

    def greedy(session: object) -> None:
        raise MemoryError

    monkeypatch.setattr(type(prompt.session), "reverse", greedy)
    assert prompt.fails("rc") == "E-DEBUG: there is not enough memory for this; "


def test_code_that_is_never_closed_is_given_up() -> None:
    prompt = Prompt()
    message = prompt.fails("{ nop 1", *["nop 1"] * 500)
    assert message.startswith("E-DEBUG: code that goes on for more than 500 lines")
    assert not prompt.console.wants_more
    assert not prompt("stepc").failed
