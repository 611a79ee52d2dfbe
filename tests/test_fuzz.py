"""The fuzzers' targets on what was found once, on seeds and on some changes of them: none raises anything."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from fuzz.build import HARNESSES
from fuzz.findings import FINDINGS, findings
from fuzz.guard import guarded
from fuzz.run import chosen, summary
from fuzz.seeds import seeds
from fuzz.targets import TARGETS
from isa.codec import CodecError, decode_bundle

SEEDS, CHANGES = 4, 12  # of each target
DEAR = {"assemble": 3, "disassemble": 2, "link": 2, "prompt": 2}  # that are worth so many others
FOUND = [(name, path.name) for name in TARGETS for path in findings(name)]


def inputs(name: str) -> Iterator[bytes]:
    """Seeds from all over, and others that came of them by the target's own changes."""
    rng = Random(name)
    found = list(islice(seeds(name), 60))
    chosen = rng.sample(found, min(SEEDS, len(found)))
    yield from chosen
    for number in range(CHANGES // DEAR.get(name, 1)):
        data = chosen[number % len(chosen)]
        for _ in range(rng.randint(1, 3)):
            data = TARGETS[name].mutate(data, rng)
        yield data[: TARGETS[name].most]


@pytest.mark.parametrize("name", TARGETS)
def test_no_target_raises(name: str) -> None:
    for data in inputs(name):
        TARGETS[name].call(data)


@pytest.mark.parametrize(("name", "finding"), FOUND)
def test_what_was_found_once(name: str, finding: str) -> None:
    TARGETS[name].call((FINDINGS / name / finding).read_bytes())


def test_findings_are_of_targets_that_there_are() -> None:
    assert {path.name for path in FINDINGS.iterdir()} <= {*TARGETS, *HARNESSES}


@pytest.mark.parametrize("name", TARGETS)
def test_changes_change(name: str) -> None:
    """Most changes of a seed are another input, the same each time, and nothing at all can be changed, too."""
    seed = next(seeds(name))
    mutate = TARGETS[name].mutate
    changed = [mutate(seed, Random(number)) for number in range(20)]
    assert changed == [mutate(seed, Random(number)) for number in range(20)]
    assert len({*changed, seed}) > 10
    assert all(isinstance(mutate(b"", Random(number)), bytes) for number in range(20))


def test_changed_text_mostly_decodes() -> None:
    """Changes of text know of the table: bytes changed at random are mostly no bundles."""
    rng, legal = Random(1), 0
    for _ in range(200):
        data = TARGETS["disassemble"].mutate(b"", rng)[:8]
        try:
            decode_bundle([int.from_bytes(data, "little") | 1] if data else [], 0)
            legal += 1
        except CodecError:
            continue
    assert legal > 60


# The core's harnesses -------------------------------------------------------------------------
@pytest.fixture(scope="module")
def harnesses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    from fuzz.build import build

    return build(tmp_path_factory.mktemp("harnesses"), plain=True)


@pytest.mark.parametrize("name", HARNESSES)
def test_harnesses_of_the_core_replay(harnesses: dict[str, Path], name: str, tmp_path: Path) -> None:
    rng = Random(name)
    paths = list(findings(name))
    for number, data in enumerate(islice(seeds(name), 12)):
        for kind, changed in (("seed", data), ("changed", TARGETS["engines"].mutate(data, rng))):
            paths.append(tmp_path / f"{kind}-{number}")
            paths[-1].write_bytes(changed)
    done = subprocess.run([harnesses[name], *paths], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{len(paths)} inputs\n", "")


def test_a_file_that_is_not_there_is_told_of(harnesses: dict[str, Path]) -> None:
    done = subprocess.run([harnesses["run"], "no-such-input"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "no-such-input cannot be read\n")


# The guard ------------------------------------------------------------------------------------
def test_nothing_is_written_or_started_under_guard(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("kept", encoding="utf-8")
    with guarded():
        assert there.read_text(encoding="utf-8") == "kept"
        for harm in (
            lambda: (tmp_path / "new").write_text("x", encoding="utf-8"),
            lambda: there.open("a", encoding="utf-8"),
            lambda: os.remove(there),
            lambda: there.rename(tmp_path / "other"),
            lambda: subprocess.run(["true"], check=False),
        ):
            with pytest.raises(OSError, match="guard"):
                harm()
    assert there.read_text(encoding="utf-8") == "kept"
    assert [path.name for path in tmp_path.iterdir()] == ["there"]
    (tmp_path / "new").write_text("x", encoding="utf-8")


def test_the_summary_of_what_libfuzzer_says() -> None:
    said = ["#2\tINITED cov: 271 ft: 3", "#9\tDONE   cov: 1086 ft: 2", "stat::number_of_executed_units: 1233"]
    assert summary(said) == "1233 inputs, 1086 edges covered, nothing found"


def test_what_cannot_be_fuzzed_here_is_left_out_or_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: True)
    assert chosen([]) == list(TARGETS)
    assert capsys.readouterr().out == f"left out without clang with libFuzzer: {', '.join(HARNESSES)}\n"
    assert chosen(["npy", "elf"]) == ["npy", "elf"]
    with pytest.raises(ValueError, match=r"^state needs clang with libFuzzer$"):
        chosen(["elf", "state"])
    with pytest.raises(ValueError, match="there is no 'all'; there are decode, "):
        chosen(["all"])
