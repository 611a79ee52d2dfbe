"""Verbs that change the machine, run typed code, ask why, and read and write files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from cli_tools import Command
from repl_tools import DIVIDES, SUM, Prompt

from debugger.why.cause import Cause


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


# Changes ----------------------------------------------------------------------------------------
def test_set_changes_what_the_run_makes_and_undo_takes_it_back(here: Path) -> None:
    prompt = Prompt()
    assert prompt("set x[1] = 100").result.lines[0].startswith("x[1] = 100")
    prompt("run")
    assert prompt.session.value("y[0]").value == 3 + 100 + 7 + 9
    assert prompt("undo").result.lines[0] == "undone: set x[1] = 100"
    prompt("run")
    assert prompt.session.value("y[0]").value == 3 + 5 + 7 + 9


def test_load_fills_a_tensor_and_dump_writes_it(here: Path) -> None:
    given = np.array([10, -20, 30, -40], np.int32)
    np.save("in.npy", given)
    prompt = Prompt()
    prompt("load x in.npy", "run", "dump y out.npy", "dump x * 2 twice.npy", "dump y[0] one.npy")
    assert np.array_equal(np.load("out.npy"), [given.sum()])
    assert np.array_equal(np.load("twice.npy"), given * 2)
    assert np.load("one.npy").shape == ()


def test_dump_says_how_much_holds_nothing(here: Path) -> None:
    reply = Prompt()("dump y y.npy")
    assert reply.result.lines == ["y.npy: int32[1]; 1 element that hold nothing are 0"] or (
        reply.result.data["missing"] == 1
    )


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("set r1", "E-DEBUG: `set` takes a target, `=` and a value; usage: `set TARGET = EXPRESSION`"),
        ("set r1 = nothing", "E-EXPR: there is nothing called nothing"),
        ("set 3 = 4", "E-EXPR: 3 is a value, not a place that holds one"),
        ("load x", "E-DEBUG: `load` takes a name and a file"),
        ("load x missing.npy", "E-EXPR: "),
        ("dump x", "E-DEBUG: `dump` takes an expression and a file"),
        ("dump x no/such/place.npy", "E-DEBUG: no/such/place.npy: No such file or directory"),
        ("save no/such/place", "E-FILE: "),
        ("resume missing", "E-FILE: "),
        ("source missing", "E-DEBUG: missing was given up at line 1"),
    ],
)
def test_what_cannot_be_changed_read_or_written(command: str, message: str, here: Path) -> None:
    prompt = Prompt()
    prompt.console.feed(command)
    assert f"{prompt.replies[-1].diagnostics[0].code}: {prompt.replies[-1].diagnostics[0].message}; ".startswith(
        message.split("; ")[0]
    )
    assert prompt.session.cycle == 0 and not prompt.session.history.edits


# Typed code -------------------------------------------------------------------------------------
def test_instructions_bundles_and_blocks_run_here_and_now() -> None:
    prompt = Prompt()
    prompt("stepb 2", "mov r9, 3", "{ add r9, r9, 1", "mov r10, 5 }")
    assert [prompt.session.register(number) for number in (9, 10)] == [4, 5]
    prompt("asm", "loop 3, done", "add r9, r9, 2", "done: nop 1", "end")
    assert prompt.session.register(9) == 4 + 3 * 2
    prompt("loop 2, more", "add r9, r9, 1", "more: nop 1")
    assert prompt.session.register(9) == 4 + 3 * 2 + 2
    prompt("run")
    assert prompt.session.value("y[0]").value == 3 + 5 + 7 + 9


def test_macros_of_the_program_and_typed_ones_are_instructions() -> None:
    prompt = Prompt(".macro bump r, by=1\n add \\r, \\r, \\by\n .endm\n" + SUM)
    prompt("bump r9, 4", ".macro twice r", "add \\r, \\r, \\r", ".endm", "twice r9")
    assert prompt.session.register(9) == 8


def test_code_that_is_wrong_is_refused_and_changes_nothing() -> None:
    prompt = Prompt()
    assert prompt("add r1, r2").failed
    assert prompt("asm", "mov r1, 1", "mov r99, 1", "end").failed
    assert (prompt.session.cycle, prompt.session.history.edits, prompt.console.wants_more) == (0, [], False)


def test_a_line_that_says_it_is_code_is_code() -> None:
    prompt = Prompt()
    prompt("!mov r9, 7", "asm mov r10, 8")
    assert [prompt.session.register(number) for number in (9, 10)] == [7, 8]


def test_a_whole_program_is_typed_into_an_empty_machine(lpu: Command) -> None:
    lpu.write("typed", "x: .i32 4, 5\nld r1, [x]\nld r2, [x + 1]\n{ mul r3, r1, r2 }\np r3\nrstepb\nrstepb\np r2\n")
    done = lpu("debug", "--batch", "--machine=lpu-tiny", "-ex", "where", "-x", "typed")
    assert done.status == 0, done.err
    assert done.out.splitlines()[0] == "cycle 0  at rest"
    assert "r3 = 20" in done.out


def test_typed_code_is_in_a_transcript_that_replays(lpu: Command) -> None:
    lpu.write("sum.s", SUM)
    lpu.write("commands", "asm\nloop 3, done\nadd r9, r9, 2\ndone: nop 1\nend\n{ mov r8, 1\nmov r7, 2 }\nundo\np r9\n")
    lpu("debug", "--batch", "-x", "commands", "--transcript", "one", "sum.s")
    assert lpu("debug", "--batch", "-x", "one", "--transcript", "two", "sum.s").status == 0
    one = (lpu.directory / "one").read_text()
    assert one == (lpu.directory / "two").read_text()
    assert one.startswith("asm\nloop 3, done\nadd r9, r9, 2\ndone: nop 1\nend\n# cycle")
    assert "p r9\n# r9 = 6\n" in one


# Why --------------------------------------------------------------------------------------------
def test_why_shows_a_tree_that_unfolds() -> None:
    prompt = Prompt()
    prompt("run")
    shown = prompt("why y[0]").result
    assert shown.lines[0].startswith("y = 24, by `st [y], r2`")
    assert prompt("why y[0] depth 0").result.lines == [f"{shown.lines[0].removesuffix(' …')} …"]
    cause = prompt.console.cause
    assert isinstance(cause, Cause)
    assert prompt("unfold 1 depth 0").result.data["text"] == cause.children()[0].text
    assert prompt.fails("unfold 99").startswith("E-DEBUG: there is no cause 99")
    assert prompt("goes x[0]").result.lines


def test_why_not_is_about_the_fault() -> None:
    prompt = Prompt(DIVIDES)
    assert prompt("why-not").failed
    prompt("run")
    assert prompt("whynot").result.lines[0].startswith("[E-DIV]")
    assert prompt.fails("whynot r1").startswith("E-DEBUG: `why-not` is about the fault and takes no `r1`")
    assert Prompt().fails("unfold 1").startswith("E-DEBUG: nothing was asked yet that could be unfolded")


# Sessions ---------------------------------------------------------------------------------------
def test_a_session_is_saved_and_resumed(lpu: Command) -> None:
    lpu.write("sum.s", SUM)
    made = ("b again", "run", "set r2 = 100", "mark here", "stepb 3", "mov r9, 4", "save kept")
    lpu("debug", "--batch", *[word for each in made for word in ("-ex", each)], "sum.s")
    asked = ("where", "info marks", "p r2", "p r9", "info breaks", "run", "p y[0]", "delete", "run", "p y[0]")
    done = lpu("debug", "--batch", "--resume", "kept", *[word for each in asked for word in ("-ex", each)])
    assert done.status == 0, done.err
    assert "r2 = 100" in done.out and "r9 = 4" in done.out and "here" in done.out
    assert f"y[0] = {100 + 3 + 5 + 7 + 9}" in done.out
    assert lpu("debug", "--batch", "--resume", "kept", "sum.s").status == 2


def test_reload_keeps_breakpoints_and_says_which_have_no_place(lpu: Command) -> None:
    source = lpu.write("sum.s", SUM)
    lpu.write("commands", "b again\nrun\nset r2 = 7\nreload\ninfo breaks\nsource change\n")
    lpu.write("change", "echo changed\n")
    out = lpu("debug", "--batch", "-x", "commands", "sum.s").out
    assert "what was changed by hand is as it was" in out
    assert "breakpoint 1 at again" in out.split("as it was")[1]
    prompt = Prompt()
    prompt.console.session = type(prompt.session).open(str(source))
    prompt("b again", "why r1")
    source.write_text(SUM.replace("again", "anew"))
    assert "breakpoint 1: `again` is no label" in prompt("reload").result.lines[0]
    assert prompt.console.cause is None
    source.write_text("nonsense")
    assert prompt("reload").failed
    assert prompt("run").failed is False
