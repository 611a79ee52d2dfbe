"""Sessions and files: a program is read again, a session is saved and resumed."""

from __future__ import annotations

from pathlib import Path

import pytest

from debugger.session import Session
from isa.diagnostics import SourceError
from vm.engine import HALTED

PROGRAMS = Path("programs")
LOOPS = "        mov r1, 0\nagain:  add r1, r1, 1\n        cmp r1, 9\n        jlt again\n"


def test_reload_keeps_breakpoints_and_takes_what_was_edited(tmp_path: Path) -> None:
    path = tmp_path / "count.s"
    path.write_text(LOOPS)
    session = Session.open(path)
    session.breakpoints.add("again", condition="r1 == 4")
    session.breakpoints.add("3")
    session.run()
    path.write_text("        mov r9, 5\n" + LOOPS.replace("cmp r1, 9\n        jlt again", "halt 3"))
    assert session.reload() == []
    assert session.cycle == 0
    path.write_text("        mov r9, 5\n")
    assert session.reload() == [
        "breakpoint 1: `again` is no label of the program and no place",
        f"breakpoint 2: line 3 of {path} makes no op",
    ]
    path.write_text(LOOPS)
    assert session.reload() == []
    assert session.run().hits


def test_a_broken_edit_leaves_the_session_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "count.s"
    path.write_text(LOOPS)
    session = Session.open(path)
    session.goto(5)
    path.write_text("mul r1\n")
    with pytest.raises(SourceError):
        session.reload()
    assert session.cycle == 5
    assert session.run().reason == HALTED


def test_sessions_are_saved_and_resumed(tmp_path: Path) -> None:
    session = Session.open(PROGRAMS / "matmul.s")
    session.breakpoints.add("loop_j", condition="r5 == 1", ignore=1)
    session.breakpoints.watch("r6")
    session.breakpoints.enable(2, on=False)
    session.goto(50)
    session.set("r5", "2")
    session.goto(90)
    session.mark("here")
    session.set("A[1, 1]", "77")
    session.goto(120)
    session.save(tmp_path / "s.json")
    again = Session.resume(tmp_path / "s.json")
    assert again.cycle == 120
    assert again.state == session.state
    assert (again.machine["A"] == session.machine["A"]).all()
    assert again.marks == session.marks
    assert again.history.edits == session.history.edits
    assert [each.as_data() for each in again.breakpoints] == [each.as_data() for each in session.breakpoints]
    assert [again.undo(), again.undo()] == [session.undo(), session.undo()] == ["set A[1, 1] = 77", "set r5 = 2"]
    assert again.state == session.state


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff\xfe", b'{"format": "lpu debug session 1"}', b"[" * 100_000]
)
def test_what_is_no_saved_session(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "s.json"
    path.write_bytes(content)
    with pytest.raises(SourceError, match="is no saved session"):
        Session.resume(path)


def test_edits_of_another_program_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "count.s"
    path.write_text(LOOPS)
    session = Session.open(path)
    session.set("r3", "4")
    session.save(tmp_path / "s.json")
    path.write_text(LOOPS.replace("9", "8"))
    with pytest.raises(SourceError, match="the program has changed"):
        Session.resume(tmp_path / "s.json")
