"""What runs of the kit are made of: mixes, machines, modes, and cycles in which several rules are broken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conform.program import Program
from conform.run import Settings, Told, program_of, tally
from conform.target import LIMIT, EngineTarget, Outcome
from isa.machine import LPU_TINY, load, to_toml
from lpu import cmd_conform, conform_run
from vm.engine import FAULT, UNINIT_MODES

SOME = range(16)


def told(settings: Settings, numbers: range) -> list[Told]:
    return [program_of(settings, number) for number in numbers]


def test_programs_are_for_many_machines_and_modes() -> None:
    made = [each.program for each in told(Settings(odd=True), range(40))]
    assert len({program.spec for program in made}) > len(made) // 2
    assert {program.uninit for program in made} == set(UNINIT_MODES)
    assert {program.strict for program in made} == {True, False}
    assert {each.program.spec for each in told(Settings(), SOME)} == {LPU_TINY}


def test_the_engines_agree_on_any_machine() -> None:
    settings = Settings(seed=2, odd=True)
    assert tally(EngineTarget("reference"), EngineTarget("core"), settings, SOME).differing == ()


def outcome(program: Program, engine: str = "core") -> Outcome:
    target = EngineTarget(engine)
    target.load(program.image(), program.uninit, program.strict)
    return target.run(LIMIT)


def test_other_rules_are_broken_in_the_cycle_of_a_fault() -> None:
    """With a golden model at hand some programs end in that cycle with a graver fault than the one planted."""
    found = [each for each in told(Settings(seed=4), range(80)) if each.code]
    ends = [outcome(each.program) for each in found]
    assert {end.status for end in ends} == {FAULT}
    assert [end.cycle for end in ends] == [each.cycle for each in found]
    faults = [end.fault.name for end in ends if end.fault]
    graver = [name for each, name in zip(found, faults, strict=True) if name != each.code]
    assert graver


def test_what_is_found_on_any_machine_replays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Wrong(EngineTarget):
        def run(self, until: int) -> Outcome:
            found = super().run(until)
            return found._replace(cycle=found.cycle + (self.engine.spec.banks == 1))

    monkeypatch.setattr(conform_run.Command, "make", lambda self: Wrong("core"))
    asked = ["--programs", "20", "--machine", "any", "--jobs", "1", "-o", str(tmp_path), "--json"]
    assert cmd_conform.main(asked) == 1
    (found,) = json.loads(capsys.readouterr().out)["findings"]
    source = Path(found["file"])
    [machine] = tmp_path.glob("*.toml")
    assert f"--machine {machine}" in source.read_text()
    assert cmd_conform.main(["--replay", str(source), "--machine", str(machine), "-o", str(tmp_path)]) == 1


def test_a_description_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "odd.toml"
    for each in [LPU_TINY, *(made.program.spec for made in told(Settings(odd=True), range(5)))]:
        path.write_text(to_toml(each))
        assert load(str(path)) == each
