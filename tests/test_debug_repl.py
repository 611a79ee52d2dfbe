"""The prompt of the debugger: its table of verbs, how lines are read, what verbs do and say, and what they survive."""

from __future__ import annotations

import json
import os
import signal
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from cli_tools import Command
from debug_tools import straight
from hypothesis import given
from hypothesis import strategies as st
from process_tools import once
from repl_tools import DIVIDES, ENDLESS, SUM, Prompt

from debugger.repl.command import Code, is_open, parse
from debugger.repl.instructions import is_mnemonic, names
from debugger.repl.interrupt import pausing
from debugger.repl.table import BY_NAME, GROUPS, NAMES, VERBS
from debugger.repl.verb import Request
from debugger.running import Stopped
from debugger.session import Session
from isa.diagnostics import SourceError
from isa.table import MNEMONICS

ROOT = Path(__file__).resolve().parent.parent


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


def interrupting(session: Session) -> AbstractContextManager[None]:
    """Press Ctrl-C once a run is under way."""
    return once(lambda: session.cycle > 1000, lambda: os.kill(os.getpid(), signal.SIGINT))


def test_a_kernel_that_never_halts_is_paused_and_goes_on() -> None:
    prompt = Prompt(ENDLESS)
    with pausing(prompt.console), interrupting(prompt.session):
        reply = prompt("run")
    assert reply.result.data["stopped"]["reason"] == "paused"
    here = prompt.session.cycle
    prompt("stepc")
    assert prompt.session.cycle == here + 1


def test_lines_after_a_pause_are_not_done(lpu: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = Session.run

    def run(session: Session) -> Stopped:
        with interrupting(session):
            return runs(session)

    monkeypatch.setattr(Session, "run", run)
    lpu.write("endless.s", ENDLESS)
    lpu.write("commands", "run\necho on\n")
    done = lpu("debug", "--batch", "-x", "commands", "endless.s")
    assert (done.status, "paused" in done.out, "on\n" in done.out) == (130, True, False)
