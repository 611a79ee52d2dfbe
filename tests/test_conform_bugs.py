"""The planted bugs: the table and the sources agree, a normal core has none of them, and the kit finds some of them.

How all of them are found is measured by bench/bite.py, for it takes an hour.
"""

from __future__ import annotations

import re
from collections import Counter
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from conform.bugs import BUGS, SENTENCES
from conform.bugs_core import BuggyTarget, build, load
from conform.bugs_hunt import hunt
from conform.finding import finding
from conform.planted import DIFF, differences, pieces, planted
from conform.run import BATCH, Settings, program_of
from conform.target import EngineTarget
from vm.core import CoreEngine

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = Settings(seed=1)


def test_each_number_is_planted_once_and_no_other() -> None:
    after = "".join(piece.after for piece in pieces(DIFF.read_text(encoding="utf-8")))
    assert Counter(map(int, re.findall(r"LPU_BUG\((\d+)\)", after))) == dict.fromkeys(SENTENCES, 1)


def test_a_bug_whose_place_has_changed_is_refused() -> None:
    """The sources and the diff are held together by that."""
    diff = "--- a.c\n+++ a.c\n@@ -1 +1 @@\n one\n-two\n+three\n"
    assert planted({"a.c": "one\ntwo\n", "b.c": "four\n"}, diff) == {"a.c": "one\nthree\n", "b.c": "four\n"}
    with pytest.raises(ValueError, match=r"a\.c has these lines 0 times"):
        planted({"a.c": "one\nfive\n"}, diff)
    with pytest.raises(ValueError, match=r"a\.c has these lines 2 times"):
        planted({"a.c": "one\ntwo\none\ntwo\n"}, diff)


def test_a_diff_tells_its_pieces_from_all_others() -> None:
    """Also where the lines around one are those around another."""
    before = {"a.c": "begin\n" + "same\nx\nsame\n" * 5 + "end\n"}
    after = {"a.c": before["a.c"].replace("x\n", "y\n", 3).replace("y\n", "x\n", 2), "new.h": "new\n"}
    assert planted(before, "".join(differences(before, after))) == after


def test_each_bug_breaks_a_section_of_the_contract() -> None:
    text = (ROOT / "docs" / "machine.md").read_text(encoding="utf-8")
    sections = {int(number) for number in re.findall(r"^## (\d+)\. ", text, re.MULTILINE)}
    assert {bug.section for bug in BUGS} <= sections


def test_a_bug_is_told_in_a_sentence() -> None:
    assert [bug.what for bug in BUGS if not bug.what.endswith(".")] == []
    assert len(set(SENTENCES.values())) == len(SENTENCES) >= 100


def test_the_core_of_lpu_run_has_no_bugs_to_switch_on() -> None:
    assert not hasattr(import_module("vm._core").lib, "lpu_bug")


# With the core that has them ------------------------------------------------------------------
@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bugs")


@pytest.fixture(scope="module")
def core(folder: Path) -> ModuleType:
    """The core with the bugs, in place beside that of `lpu run`."""
    return load(build(folder))


def test_there_are_two_cores_then(core: ModuleType) -> None:
    assert core.CoreEngine is not CoreEngine
    assert core.lib.lpu_bug == 0
    assert import_module("vm._core").lib is CoreEngine.run.__globals__["lib"]


def test_with_no_bug_it_does_what_the_golden_model_does(core: ModuleType, folder: Path) -> None:
    assert hunt(SETTINGS, folder, BuggyTarget(core), BATCH) is None


@pytest.mark.parametrize("number", [302, 601, 1303, 1401, 1501, 2001])
def test_the_kit_finds_it(core: ModuleType, folder: Path, number: int) -> None:
    """In the same programs as above, so that it is the bug which makes them differ."""
    assert hunt(SETTINGS, folder, BuggyTarget(core, number), BATCH) is not None


def test_what_finds_a_bug_becomes_a_small_program(core: ModuleType, folder: Path) -> None:
    """A vector result that leaves late needs but one op to be seen."""
    target = BuggyTarget(core, 1501)
    number = hunt(SETTINGS, folder, target, BATCH)
    assert number is not None
    found = finding(EngineTarget("reference"), target, program_of(SETTINGS, number).program, number)
    assert found.program.ops == 1
    assert [one.row.units.name for bundle in found.program.bundles for one in bundle if one.row.tensor] == ["V"]


def test_a_core_that_makes_no_sense_is_told_of_all_the_same(core: ModuleType, folder: Path) -> None:
    """This one issues a bundle that is illegal, which nobody can take apart."""
    target = BuggyTarget(core, 304)
    number = hunt(SETTINGS, folder, target, 2 * BATCH)
    assert number is not None
    found = finding(EngineTarget("reference"), target, program_of(SETTINGS, number).program, number)
    assert found.program.ops <= 4
