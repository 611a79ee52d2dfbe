"""`lpu conform --coverage`: the files it writes, what it says, and what it refuses."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from conform.cover.coverage import Coverage, groups_of, points_of
from conform.cover.html import report
from conform.cover.text import summary
from conform.run import Settings, program_of
from isa.machine import LPU_TINY
from lpu import cmd_conform

VOID = {"meta"}


def conform(*arguments: str) -> int:
    return cmd_conform.main([*arguments, "--jobs", "1"])


@pytest.fixture(scope="module")
def covered() -> Coverage:
    found = Coverage(LPU_TINY)
    for number in range(12):
        found.add(points_of(program_of(Settings(seed=2), number).program))
    return found


class Page(HTMLParser):
    """Elements that are open, cells by class, and all that a browser would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.cells: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self.open.append(tag)
        if tag in ("i", "a", "span") and ("td" in self.open or "chips" in given.get("class", "")):
            self.cells.append(given.get("class", ""))
        self.links += [value for name, value in given.items() if name == "href"]
        self.ids += [value for name, value in given.items() if name == "id"]
        self.fetched += [value for name, value in given.items() if name in ("src", "data", "action") or tag == "link"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def page(covered: Coverage) -> Page:
    found = Page()
    found.feed(report(covered))
    return found


def test_the_page_is_whole_and_needs_nothing_else(page: Page, covered: Coverage) -> None:
    assert not page.open
    assert not page.fetched
    text = report(covered)
    assert "http" not in text
    assert "@import" not in text
    assert "url(" not in text


def test_every_point_is_a_cell_of_the_colour_of_its_count(page: Page) -> None:
    groups = [group for group in groups_of(LPU_TINY) if len(group.axes) > 1]
    assert page.cells.count("x") == sum(len(group.excluded) for group in groups)
    coloured = [name for name in page.cells if name in ("m", "h1", "h2", "h3", "h4")]
    assert len(coloured) == sum(len(group.reachable) for group in groups)


def test_the_counts_of_cells_are_those_of_the_coverage(page: Page, covered: Coverage) -> None:
    groups = [group for group in groups_of(LPU_TINY) if len(group.axes) > 1]
    counts = [covered.hits[point] for group in groups for point in group.reachable]
    assert page.cells.count("m") == counts.count(0)
    assert page.cells.count("h1") == counts.count(1)
    assert page.cells.count("h3") == sum(5 <= count < 20 for count in counts)


def test_links_lead_to_sections_of_the_manual_and_of_the_page(page: Page) -> None:
    manual = (Path(__file__).parent.parent / "docs" / "isa.md").read_text(encoding="utf-8")
    headings = {line[4:].strip("`").replace(".", "") for line in manual.splitlines() if line.startswith("### ")}
    inside = {link[1:] for link in page.links if link.startswith("#")}
    outside = {link for link in page.links if not link.startswith("#")}
    assert inside == {group.name.replace(" ", "-") for group in groups_of(LPU_TINY)} <= set(page.ids)
    assert {link.partition("#")[2] for link in outside} <= headings
    assert {link.partition("#")[0] for link in outside} == {"docs/isa.md"}


def test_the_summary_has_a_line_for_each_group(covered: Coverage) -> None:
    head, *lines = summary(covered)
    assert head.startswith("12 programs on lpu-tiny cover ")
    assert len(lines) == len(groups_of(LPU_TINY))
    for line, share in zip(lines, covered.shares(), strict=True):
        assert f"{share.covered:,} of" in line
        assert share.group.title in line


# The command ----------------------------------------------------------------------------------
def test_coverage_is_written_and_added_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, shown = tmp_path / "c.json", tmp_path / "c.html"
    assert conform("--programs", "5", "--coverage", str(data), "--coverage", str(shown)) == 0
    assert "\n5 programs on lpu-tiny cover " in capsys.readouterr().out
    first = json.loads(data.read_text())
    assert shown.read_text().startswith("<!doctype html>")
    assert conform("--programs", "4", "--seed", "1", "--coverage", str(data), "--merge", "--steer") == 0
    assert "\n9 programs on lpu-tiny cover " in capsys.readouterr().out
    both = json.loads(data.read_text())
    assert (first["programs"], both["programs"]) == (5, 9)
    for name, group in first["groups"].items():
        assert all(both["groups"][name]["hits"][point] >= count for point, count in group["hits"].items())


def test_coverage_in_json_is_part_of_the_result(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert conform("--programs", "3", "--coverage", str(tmp_path / "c.json"), "--json") == 0
    result = json.loads(capsys.readouterr().out)["coverage"]
    assert result["points"] == sum(len(group.reachable) for group in groups_of(LPU_TINY))
    assert 0 < result["covered"] < result["points"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--coverage", "c.txt"], "--coverage c.txt: what is written goes by the name; let it end with .json or .html"),
        (["--coverage", "c.json", "--machine", "any"], "--coverage is of one machine: leave out --machine any"),
        (["--merge"], "--merge adds to the coverage of a .json file: name one with --coverage"),
        (
            ["--steer", "--engine-free"],
            "--coverage and --steer are for random programs on the golden model: leave out --engine-free",
        ),
        (["--coverage", "c.json", "--suite"], "are for random programs on the golden model: leave out --suite"),
    ],
)
def test_options_that_do_not_go_together(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        conform(*arguments)
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[", "it is no JSON"),
        ("[]", "it does not say that it is 'lpu coverage' of version 1"),
        (json.dumps(Coverage(LPU_TINY).to_json()).replace('"superlanes": 2', '"superlanes": 3'), "another machine"),
    ],
)
def test_what_cannot_be_added_to_is_told(
    content: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "c.json"
    path.write_text(content)
    assert conform("--programs", "1", "--coverage", str(path), "--merge") == 2
    told = capsys.readouterr().err
    assert f"{path} cannot be added to: " in told
    assert message in told
    assert "leave out --merge to write the file anew" in told
    assert path.read_text() == content
