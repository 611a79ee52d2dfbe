"""Code typed at the prompt of the debugger: what it does, and that it can be gone back over and taken back."""

from __future__ import annotations

import pytest

from debugger.load import Source
from debugger.session import Session
from isa.diagnostics import SourceError


def empty(engine: str = "core") -> Session:
    return Session.open(Source(machine="lpu-tiny", engine=engine))


def test_lines_typed_on_an_empty_machine_run_one_after_the_other(engine: str) -> None:
    session = empty(engine)
    for line in ("mov r1, 5", "mul r2, r1, r1", "add r3, r2, 1"):
        assert session.execute(line).reason == "edit"
    assert session.state.registers[:4] == (0, 5, 25, 26)
    assert session.cycle == 1 + 3 + 1  # each until it has landed
    assert session.is_over


def test_errors_name_what_was_typed(engine: str) -> None:
    session = empty(engine)
    with pytest.raises(SourceError) as caught:
        session.execute("  add r1, r99, 1")
    (problem,) = caught.value.diagnostics
    assert problem.place is not None
    assert problem.place[:4] == ("<typed 1>", 1, 11, 14)
    assert session.sources["<typed 1>"] == "  add r1, r99, 1"
    assert session.cycle == 0 and not session.history.edits
