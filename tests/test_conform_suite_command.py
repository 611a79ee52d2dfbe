"""`lpu conform --suite`: what it prints, of whom, and its exit status."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from conform.fixed import Case, programs
from conform.target import EngineTarget, Outcome
from lpu import cmd_conform, conform_run, conform_suite


class Late(EngineTarget):
    """Ends every run a cycle late."""

    def run(self, until: int) -> Outcome:
        outcome = super().run(until)
        return outcome._replace(cycle=outcome.cycle + 1)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """The programs of two sections."""
    chosen = [case for case in programs() if case.name.startswith(("03-", "10-"))]
    monkeypatch.setattr(conform_suite, "cases", lambda: iter(chosen))


def suite(*arguments: str) -> int:
    return cmd_conform.main(["--suite", *arguments])


def test_a_table_of_sections(capsys: pytest.CaptureFixture[str]) -> None:
    assert suite() == 0
    out = capsys.readouterr().out
    assert out.startswith("core: 239 rules by ")
    cells = {line[:52].strip(): line[52:].split() for line in out.splitlines()[2:24]}
    assert cells["section"] == ["rules", "passed", "failed", "skipped", "untested"]
    assert cells["3 Text, bundles, addresses"] == ["5", "5", "-", "-", "-"]
    assert cells["10 Statistics"] == ["2", "2", "-", "-", "-"]
    assert sum(int(row[0]) for name, row in cells.items() if name[:1].isdecimal()) == int(cells["all"][0])


def test_what_fails_is_told_with_its_rule(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conform_run.Command, "make", lambda self: Late("core"))
    assert suite() == 1
    out = capsys.readouterr().out
    assert (
        "  M-3.3: when the text ends inside it,\n    03-text/no_end on lpu-tiny: expected E-ILLEGAL in cycle 1" in out
    )
    assert "failed:\n" in out


def test_the_same_as_data(capsys: pytest.CaptureFixture[str]) -> None:
    assert suite("--json", "--engine", "reference") == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["status"], len(document["rules"])) == ("conforms", 239)
    [rule] = [rule for rule in document["rules"] if rule["name"] == "M-10.2"]
    assert (rule["status"], "10-statistics/faulted" in rule["programs"]) == ("passed", True)
    assert {program["status"] for program in document["programs"]} == {"passed"}


def test_a_machine_of_ones_own(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('name = "mine"\nsuperlanes = 3\nquads = 1\nbanks = 1\nrows = 32\n')
    assert suite("--machine", str(tmp_path / "mine.toml"), "--json") == 0
    programs_run = json.loads(capsys.readouterr().out)["programs"]
    assert {each["machine"] for each in programs_run if each["status"] == "passed"} == {"mine"}
    whys = {each["why"] for each in programs_run if each["status"] == "skipped"}
    assert whys and all(why.startswith("needs ") for why in whys)


def test_over_the_protocol(capsys: pytest.CaptureFixture[str]) -> None:
    assert suite("--target", f"{sys.executable} -m lpu conform --serve core") == 0
    assert "of which " in capsys.readouterr().out


@pytest.mark.parametrize(("arguments", "message"), [
    (("--target", "./no-such-target"), "E-TARGET"),
    (("--machine", "lpu-tyni"), "unknown machine 'lpu-tyni'"),
])  # fmt: skip
def test_what_cannot_be_done_is_said(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert suite(*arguments) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--strict", "--engine-free", "--uninit=zero", "--replay=a.s"])
def test_programs_say_themselves_how_they_run(option: str) -> None:
    with pytest.raises(SystemExit) as ended:
        suite(option)
    assert ended.value.code == 2


def test_the_fixture_leaves_something_to_run() -> None:
    chosen: list[Case] = list(conform_suite.cases())
    assert len(chosen) > 10
