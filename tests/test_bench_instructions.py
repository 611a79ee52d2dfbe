"""The guard against getting slower: what it takes for the cost of a unit of work, and what it refuses."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

BENCH = Path(__file__).resolve().parent.parent / "bench"


@pytest.fixture
def guard(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The script, which counts the letters of a command's words as its instructions."""
    monkeypatch.syspath_prepend(BENCH)
    script = import_module("instructions")
    monkeypatch.setattr(script, "count", lambda command: sum(map(len, command)))
    return script


def test_a_unit_costs_its_part_of_what_more_work_costs_more(guard: Any) -> None:
    assert guard.of_unit(guard.Workload("run", ["lpu"], ["lpu", "x" * 60], 20)) == 3


@pytest.mark.parametrize("more", [["lpu"], ["l"], ["lpu", "x" * 19]])
def test_work_that_costs_nothing_guards_nothing(
    guard: Any, more: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    work = guard.Workload("run", ["lpu"], more, 20)
    sentence = f"run: 20 units more took {sum(map(len, more))} instructions instead of 3"
    with pytest.raises(RuntimeError, match=sentence):
        guard.of_unit(work)
    monkeypatch.setattr(guard, "workloads", lambda folder: [work])
    monkeypatch.setattr(guard.shutil, "which", lambda name: name)
    monkeypatch.setattr(sys, "argv", ["instructions.py"])
    assert guard.main() == 2
    assert capsys.readouterr().err == f"{sentence}\n"
