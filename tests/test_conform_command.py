"""`lpu conform`: what it says of the core, of a core that is wrong, and of what it cannot do."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from conform import run
from conform.compare import differ_until
from conform.finding import finding, from_image
from conform.run import Settings, program_of, tally
from conform.target import LIMIT, EngineTarget, Outcome, TargetError
from lpu import cmd_conform, conform_run
from lpu.api import assemble
from vm.engine import FAULT
from vm.items import Vector


class Forgetful(EngineTarget):
    """A core in which no v register ever holds anything at the end of a run."""

    def run(self, until: int) -> Outcome:
        outcome = super().run(until)
        if outcome.status != FAULT:
            state = self.engine.state
            kept = tuple(item for item in state.tensor if not isinstance(item, Vector))
            self.engine.set_state(replace(state, tensor=kept))
        return outcome


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conform_run.Command, "make", lambda self: Forgetful("core"))


def conform(*arguments: str) -> int:
    return cmd_conform.main([*arguments, "--jobs", "1"])


def test_the_core_conforms(capsys: pytest.CaptureFixture[str]) -> None:
    assert conform("--programs", "20", "--seed", "5") == 0
    out = capsys.readouterr().out
    assert out.startswith("core against the golden model: 20 programs of seed 5, ")
    assert " cycles: none differs\n" in out


def test_without_the_golden_model_ends_are_looked_at(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert conform("--programs", "20", "--engine-free", "--json") == 0
    assert json.loads(capsys.readouterr().out)["status"] == "conforms"

    class Tolerant(EngineTarget):
        def run(self, until: int) -> Outcome:
            return super().run(until)._replace(status="halted", fault=None)

    monkeypatch.setattr(conform_run.Command, "make", lambda self: Tolerant("core"))
    assert conform("--programs", "20", "--engine-free", "--json") == 1
    told = [number for number in range(20) if program_of(Settings(oracle=False), number).code]
    assert json.loads(capsys.readouterr().out)["differing"] == told[:1]


@pytest.mark.usefixtures("forgetful")
def test_a_defect_is_a_small_file_that_replays(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert conform("--programs", "50", "-o", str(tmp_path), "--json") == 1
    result = json.loads(capsys.readouterr().out)
    [found] = result["findings"]
    source = Path(found["file"]).read_text()
    assert (result["status"], found["observed"]) == ("differs", "not there")
    assert found["ops"] <= 6
    assert f"\n; reduced from program {found['program']} of seed 0, {found['ops_before']} ops\n" in source
    assert f"\n; lpu conform --replay {found['file']}\n; lpu debug {found['file']}\n" in source
    program = from_image(assemble(source))
    assert program.ops == found["ops"]
    assert differ_until(EngineTarget("reference"), Forgetful("core"), program, program.image(), LIMIT)

    assert conform("--replay", found["file"], "-o", str(tmp_path)) == 1
    told = capsys.readouterr().out
    assert f"differs in cycle {found['cycle']}: {found['what']}" in told
    assert told.endswith("  nothing of it can be left out\n")
    assert Path(found["file"]).read_text() == source


@pytest.mark.usefixtures("forgetful")
def test_one_file_for_each_cause(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert conform("--programs", "30", "--keep-going", "-o", str(tmp_path), "--json") == 1
    result = json.loads(capsys.readouterr().out)
    assert len(result["differing"]) >= len(result["findings"]) >= 1
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(Path(f["file"]).name for f in result["findings"])


def test_a_target_is_tested_over_the_protocol(capsys: pytest.CaptureFixture[str]) -> None:
    target = f"{sys.executable} -m lpu conform --serve core"
    assert conform("--programs", "10", "--target", target) == 0
    assert capsys.readouterr().out.startswith(f"{target} against the golden model: 10 programs of seed 0, ")


def test_a_target_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert conform("--target", "./no-such-target") == 2
    assert "E-TARGET" in capsys.readouterr().err


def test_a_program_that_a_target_dies_of_is_found(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Dying(EngineTarget):
        def run(self, until: int) -> Outcome:
            outcome = super().run(until)
            if outcome.cycle > 3 and self.engine.state.registers[25]:
                raise TargetError("the target has ended in the middle of an answer")
            return outcome

    monkeypatch.setattr(conform_run.Command, "make", lambda self: Dying("core"))
    assert conform("--programs", "20", "-o", str(tmp_path), "--json") == 1
    [found] = json.loads(capsys.readouterr().out)["findings"]
    assert (found["kind"], found["cycle"], found["ops"]) == ("crash", 4, 1)
    assert "mov r25, 1" in Path(found["file"]).read_text()


def test_a_replay_that_shows_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "a.s"
    path.write_text("        .machine lpu-tiny\n        mov r1, 7\n        halt 0\n")
    assert conform("--replay", str(path)) == 0
    assert capsys.readouterr().out == f"{path}: no difference\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--machine", "lpu-tyni"), "unknown machine 'lpu-tyni'"),
        (("--replay", "no-such.s"), "no-such.s"),
    ],
)
def test_what_cannot_be_done_is_said(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert conform(*arguments) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--programs", "0"),
        ("--timeout", "0"),
        ("--timeout", "nan"),
        ("--programs", "x"),
        ("--replay", "a.s", "--engine-free"),
    ],
)
def test_bad_usage(arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        conform(*arguments)
    assert ended.value.code == 2


def test_processes_change_nothing() -> None:
    settings = Settings(seed=3)
    alone = list(run.run(settings, 52, lambda: EngineTarget("core"), jobs=1))
    assert list(run.run(settings, 52, lambda: EngineTarget("core"), jobs=2)) == alone
    assert [each.numbers for each in alone] == [range(50), range(50, 52)]


def test_the_trace_names_what_only_one_side_does() -> None:
    golden, target = EngineTarget("reference"), Forgetful("core")
    [(number, _), *_] = tally(golden, target, Settings(), range(40)).differing
    found = finding(golden, target, program_of(Settings(), number).program, number)
    last = found.trace[-1]
    assert last.startswith(f"{found.difference.cycle:5} | v")
    assert last.endswith("| -")
