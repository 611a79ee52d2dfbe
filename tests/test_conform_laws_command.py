"""`lpu conform --laws` and `--values`: what they say of the core, of implementations that are wrong, of what is not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conform.finding import from_image
from conform.laws import run as laws_run
from conform.laws.check import BY_NAME, LAWS
from conform.target import EngineTarget, Target
from conform.values import check
from conform.values.check import rows_of
from conform.values.libraries import OracleMissing
from conform.values.oracle import trusts
from isa.codec import Op
from isa.image import Image
from isa.index import BY_KEY
from isa.machine import LPU_TINY
from isa.row import Row
from lpu import cmd_conform, conform_run
from lpu.api import assemble

ROWS = [BY_KEY[key] for key in ("add rd, ra, rb", "vexp.f32 dst, sa", "vmin.i8 dst, sa, imm", "abc.u8 plane, stream")]


class Confused(EngineTarget):
    """An implementation that does not tell the banks of odd slices apart, and takes some ops for others."""

    taken: tuple[tuple[Row, Row], ...] = ()

    def load(self, image: Image, uninit: str = "fault", strict: bool = False) -> None:
        program = from_image(image)
        bundles = tuple(tuple(map(self.mistaken, bundle)) for bundle in program.bundles)
        super().load(program._replace(bundles=bundles).image(), uninit, strict)

    def mistaken(self, op: Op) -> Op:
        rows = dict(self.taken)
        return Op(rows[op.row], op.values) if op.row in rows else op


class OneMap(Confused):
    """An implementation with one map register a switch."""

    def mistaken(self, op: Op) -> Op:
        return op.with_field("number", 0) if "number" in op.row.format.names else op


class Subtracting(Confused):
    """An implementation that subtracts instead of adding."""

    taken = ((BY_KEY["add rd, ra, rb"], BY_KEY["sub rd, ra, rb"]),)


@pytest.fixture
def implement(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[str], Target]], None]:
    """Test another implementation than the core."""
    return lambda made: monkeypatch.setattr(conform_run.Command, "make", lambda self: made("core"))


@pytest.fixture
def few_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "rows_of", lambda spec: ROWS)
    monkeypatch.setattr(check, "COUNT", 64)


def test_the_core_keeps_all_laws(capsys: pytest.CaptureFixture[str]) -> None:
    programs = 6
    assert cmd_conform.main(["--laws", "--programs", str(programs), "--seed", "3"]) == 0
    first, *lines = capsys.readouterr().out.splitlines()
    assert first == f"core by {len(LAWS)} laws: {programs} programs of seed 3: all hold"
    assert [line.split("  ")[1] for line in lines] == [law.name for law in LAWS]
    assert sum(int(line.split(" of ")[1].split()[0]) for line in lines) == programs * (1 + laws_run.MORE)


def test_a_broken_law_is_shown_by_two_small_programs(
    implement: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    implement(OneMap)
    monkeypatch.setattr(laws_run, "laws_of", lambda number: [BY_NAME["maps"]])
    monkeypatch.setattr(laws_run, "law_of", lambda number: BY_NAME["maps"])
    assert cmd_conform.main(["--laws", "--programs", "60", "-o", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "  maps " in out
    assert "BROKEN by 1" in out
    assert f"{tmp_path}/found.s; its twin: {tmp_path}/found.twin.s" in out
    for name in ("found.s", "found.twin.s"):
        source = (tmp_path / name).read_text()
        assert source.startswith("; the ")
        assert "the law of maps" in source
        assert assemble(source) is not None
    assert "lmap" in (tmp_path / "found.s").read_text()


def test_laws_as_data(capsys: pytest.CaptureFixture[str]) -> None:
    assert cmd_conform.main(["--laws", "--programs", "2", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["status"], told["programs"], told["seed"], told["findings"]) == ("conforms", 2, 0, [])
    assert {each["law"]: each["says"] for each in told["laws"]} == {law.name: law.says for law in LAWS}
    assert sum(each["programs"] for each in told["laws"]) == 2 * (1 + laws_run.MORE)


@pytest.mark.usefixtures("few_rows")
def test_values_of_the_core(capsys: pytest.CaptureFixture[str]) -> None:
    assert cmd_conform.main(["--values", "--seed", "2"]) == 0
    first, *lines = capsys.readouterr().out.splitlines()
    assert first.startswith("core by independent oracles: ")
    assert first.endswith(" values of 4 rows of the table, seed 2: none is wrong")
    assert [line.split("  ")[1] for line in lines] == ["Python's integers", "mpmath", "exact fractions"]


@pytest.mark.usefixtures("few_rows")
def test_a_wrong_value_is_shown_by_a_program(
    implement: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    implement(Subtracting)
    assert cmd_conform.main(["--values", "--json", "-o", str(tmp_path)]) == 1
    told = json.loads(capsys.readouterr().out)
    (found,) = told["findings"]
    assert (told["status"], found["row"], found["oracle"]) == ("differs", "add rd, ra, rb", "Python's integers")
    assert told["rows"] == [{"row": "add rd, ra, rb", "oracle": "Python's integers", "values": 64, "right": False}]
    source = Path(found["file"]).read_text()
    assert source.startswith(f"; {found['what']}\n;   expected {found['expected']}, by Python's integers\n")
    assert assemble(source) is not None


@pytest.mark.usefixtures("few_rows")
def test_a_library_that_is_missing_is_said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> None:
        raise OracleMissing("expected values come from mpmath, which is not installed: pip install 'lpu[conform]'")

    monkeypatch.setattr(check, "told", missing)
    assert cmd_conform.main(["--values"]) == 2
    assert "[E-ORACLE]: expected values come from mpmath, which is not installed" in capsys.readouterr().err


def test_a_machine_that_is_too_small_for_values(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    machine = tmp_path / "small.toml"
    machine.write_text('name = "small"\nquads = 1\nrows = 8\nsuperlanes = 1\n')
    assert cmd_conform.main(["--values", "--machine", str(machine)]) == 2
    assert "machines with quads = 2 or more; small has 1" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--engine-free", "--strict", "--uninit=zero", "--replay=found.s"])
def test_options_that_say_how_programs_run_are_refused(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        cmd_conform.main(["--laws", option])
    assert "--laws says how its programs run" in capsys.readouterr().err


# The page ---------------------------------------------------------------------------------------
PAGE = (Path(__file__).resolve().parent.parent / "docs" / "conformance.md").read_text(encoding="utf-8")


def first_column(heading: str) -> list[str]:
    """The first cells of the table of a section."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    return [line.split("|")[1].strip() for line in section.splitlines() if line.startswith("|")][2:]


def test_the_page_lists_the_laws_and_the_oracles() -> None:
    assert first_column("Laws") == [law.name for law in LAWS]
    assert set(first_column("Values")) == {trusts(row) for row in rows_of(LPU_TINY)}


@pytest.mark.parametrize("imported", ["conform.laws.check", "conform.values.oracle"])
def test_what_the_page_shows_runs(imported: str) -> None:
    [shown] = [block for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL) if f"from {imported} " in block]
    assert "assert " in shown
    exec(compile(shown, "conformance.md", "exec"), {})
