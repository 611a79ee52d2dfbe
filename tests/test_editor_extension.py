"""The extension of the editor: what it says of the tools is so, and what it does with them works."""

from __future__ import annotations

import json
import re
import shutil
import stat
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from process_tools import PATIENCE

from asm.assemble import assemble
from asm.expand.blocks import CLOSERS
from debugger.dap.arguments import Arguments
from debugger.dap.launch import source_of
from debugger.load import Source
from debugger.repl.table import BY_NAME
from isa.diagnostics import Diagnostic
from isa.excerpt import clean
from isa.report import render
from vm.engine import UNINIT_MODES
from vm.loader import ENGINES

ROOT = Path(__file__).resolve().parent.parent
EDITOR = ROOT / "editors" / "vscode"
PACKAGE = json.loads((EDITOR / "package.json").read_text(encoding="utf-8"))
CONTRIBUTED = PACKAGE["contributes"]
LAUNCH = CONTRIBUTED["debuggers"][0]["configurationAttributes"]["launch"]
SNIPPETS = json.loads((EDITOR / "snippets" / "lpu.json").read_text(encoding="utf-8"))
CONFIGURATION = json.loads((EDITOR / "language-configuration.json").read_text(encoding="utf-8"))
REFUSED = sorted((ROOT / "tests" / "diagnostics").glob("*.s"))
NODES = [node for node in [shutil.which("node")] if node]  # the part in JavaScript is run where Node is


# package.json ------------------------------------------------------------------------------------------
def test_files_that_the_package_names_are_there() -> None:
    named = [PACKAGE["main"], *(each["path"] for kind in ("grammars", "snippets") for each in CONTRIBUTED[kind])]
    named += [each["configuration"] for each in CONTRIBUTED["languages"]]
    assert len(named) == 4
    assert [name for name in named if not (EDITOR / name).is_file()] == []


def test_the_package_has_what_a_package_needs() -> None:
    assert re.fullmatch(r"[a-z0-9-]+", PACKAGE["name"]) and re.fullmatch(r"[a-z0-9-]+", PACKAGE["publisher"])
    assert re.fullmatch(r"\d+\.\d+\.\d+", PACKAGE["version"])
    assert re.fullmatch(r"\^\d+\.\d+\.\d+", PACKAGE["engines"]["vscode"])
    assert (EDITOR / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()
    assert not {"dependencies", "scripts", "devDependencies"} & set(PACKAGE)


def test_all_parts_speak_of_one_language_and_one_debugger() -> None:
    [language], [debugger] = CONTRIBUTED["languages"], CONTRIBUTED["debuggers"]
    for kind in ("grammars", "snippets", "breakpoints"):
        assert [each["language"] for each in CONTRIBUTED[kind]] == [language["id"]]
    assert debugger["languages"] == [language["id"]]
    assert f"onDebugResolve:{debugger['type']}" in PACKAGE["activationEvents"]
    grammar = json.loads((EDITOR / CONTRIBUTED["grammars"][0]["path"]).read_text())
    assert grammar["scopeName"] == CONTRIBUTED["grammars"][0]["scopeName"]


def test_commands_of_the_debugger_that_views_show_are_verbs() -> None:
    script = (EDITOR / "extension.js").read_text()
    shown = re.findall(r'show\([^,]*, ["`](\w+)', script)
    assert len(shown) == 3 and set(shown) <= set(BY_NAME)
    assert {each["command"] for each in CONTRIBUTED["commands"]} == set(re.findall(r'"(lpu\.\w+)", ', script))


def test_choices_of_a_launch_are_those_of_the_machine() -> None:
    properties = LAUNCH["properties"]
    assert tuple(properties["engine"]["enum"]) == ENGINES
    assert tuple(properties["uninit"]["enum"]) == UNINIT_MODES
    for name in ("engine", "uninit"):
        assert len(properties[name]["enumDescriptions"]) == len(properties[name]["enum"])
        assert properties[name]["default"] == properties[name]["enum"][0]


def test_the_debug_adapter_takes_the_properties_of_a_launch() -> None:
    given = {
        "program": "a.s", "programs": ["b.o"], "cwd": "/there", "defines": {"n": 4}, "include": ["lib"],
        "machine": "lpu-tiny", "inputs": {"A": "a.npy"}, "engine": "reference", "uninit": "zero", "strict": True,
    }  # fmt: skip
    assert set(LAUNCH["properties"]) - set(given) == {"stopOnEntry", "port"}
    assert source_of(Arguments(given)) == Source(
        paths=("/there/a.s", "/there/b.o"), defines={"n": 4}, include=("/there/lib",), machine="lpu-tiny",
        inputs=("A=/there/a.npy",), engine="reference", uninit="zero", strict=True,
    )  # fmt: skip


def test_launch_snippets_are_launches() -> None:
    snippets = CONTRIBUTED["debuggers"][0]["configurationSnippets"]
    assert snippets
    for snippet in snippets:
        body = snippet["body"]
        assert {"type", "request", "name", "program"} <= set(body)
        assert set(body) - {"type", "request", "name"} <= set(LAUNCH["properties"])


def test_the_readme_lists_the_properties_of_a_launch() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", (EDITOR / "README.md").read_text(), re.MULTILINE)
    assert listed == list(LAUNCH["properties"])


# The problem matcher -----------------------------------------------------------------------------------
def matched(text: str) -> list[dict[str, str]]:
    """What the editor finds in a text: two lines in succession, each by its pattern."""
    [matcher] = CONTRIBUTED["problemMatchers"]
    first, second = matcher["pattern"]
    lines = text.split("\n")
    found = []
    for line, following in pairwise(lines):
        title, place = re.search(first["regexp"], line), re.search(second["regexp"], following)
        if title and place:
            names = {name: title[first[name]] for name in ("severity", "code", "message")}
            found.append(names | {name: place[second[name]] for name in ("file", "line", "column")})
    return found


def as_problem(diagnostic: Diagnostic) -> dict[str, str]:
    place = diagnostic.place
    assert place is not None
    return {
        "severity": diagnostic.severity, "code": diagnostic.code, "message": clean(diagnostic.message),
        "file": place.file, "line": str(place.line), "column": str(place.column),
    }  # fmt: skip


@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.stem)
def test_the_problem_matcher_finds_every_message(path: Path) -> None:
    result = assemble(path, name=f"{path.parent.name}/{path.name}")
    assert result.diagnostics
    expected = [as_problem(diagnostic) for diagnostic in result.diagnostics]
    assert matched(render(result.diagnostics, result.sources)) == expected


def test_messages_without_a_place_are_no_problems_of_a_file() -> None:
    assert matched(render([Diagnostic("E-LINK", "nothing is there", help="none")])) == []


# Language configuration and snippets -------------------------------------------------------------------
def test_blocks_fold() -> None:
    start, end = (re.compile(CONFIGURATION["folding"]["markers"][name]) for name in ("start", "end"))
    for opener, closer in [*CLOSERS.items(), ("timeline", "endtimeline")]:
        assert start.search(f"        .{opener} x") and not end.search(f"        .{opener} x")
        assert end.search(f"        .{closer}") and not start.search(f"        .{closer}")


@pytest.mark.parametrize("word", ["r8", "%x", "vadd.f32", ".tensor", "!V3", "0x1F", "1.5", "A_1", "se4"])
def test_words_are_whole(word: str) -> None:
    found = re.search(CONFIGURATION["wordPattern"], f"        {word}, 4")
    assert found and found.group() == word


@pytest.mark.parametrize("name", SNIPPETS)
def test_a_snippet_assembles_as_it_is(name: str) -> None:
    text = filled("\n".join(SNIPPETS[name]["body"]))
    data = "" if ".array" in text else "        .array A: i32[8]\n        .text\n"
    result = assemble(f"{data}{text}\n")
    assert [diagnostic.message for diagnostic in result.diagnostics] == []


def filled(body: str) -> str:
    """A snippet as it is inserted, with what its fields suggest."""
    while (text := re.sub(r"\$\{\d+:([^{}]*)\}", r"\1", body)) != body:
        body = text
    return re.sub(r"\\([\\$}])", r"\1", body)


UNFOLDED = "\n".join([
    "answer to why C[0, 3]",
    *(line for part in range(6) for line in (f"    part {part}", "        part 0")),
    "    ... and 2 more",
])  # fmt: skip


# The extension under Node ------------------------------------------------------------------------------
def extension(node: str, command: Path, *files: Path) -> dict[str, Any]:
    words = [node, str(ROOT / "tests" / "editor_stub.js"), str(EDITOR / "extension.js"), str(command), *map(str, files)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True, timeout=PATIENCE)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture
def command(tmp_path: Path) -> Path:
    """The command `lpu` of this tree."""
    script = tmp_path / "lpu"
    script.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m lpu "$@"\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return script


@pytest.mark.parametrize("node", NODES)
def test_the_extension_checks_formats_and_starts_the_debugger(node: str, command: Path, tmp_path: Path) -> None:
    early = tmp_path / "early.s"
    early.write_text("{ mul r10, r8, r9 }\n{ add r6, r6, r10 }\n")
    found = extension(node, command, early)
    assert found["types"] == ["lpu", "lpu", "lpu-asm"]
    assert found["started"] == {"type": "executable", "values": [str(command), ["dap"], {"cwd": str(ROOT)}]}
    assert found["attached"] == {"type": "server", "values": [4711, "127.0.0.1"]}
    assert found["kept"] == {"type": "lpu", "name": "mine"}
    assert found["nothing"]
    assert found["offered"]["program"] == "${file}"
    assert set(found["offered"]) - {"type", "request", "name"} <= set(LAUNCH["properties"])
    assert found["looked"] == {
        "shown": [
            ["floor plan", "No program is being debugged."], ["timeline", "answer to timeline"],
            ["why C[0, 3]", UNFOLDED], ["why r4", "nobody knows"],
        ],
        "stale": ["floor", "timeline", "why C[0, 3]", "why r4"],
        "asked": [
            ["evaluate", {"expression": text, "context": "repl"}] for text in ("timeline", "why C[0, 3]", "why r4")
        ],
    }  # fmt: skip
    made = found["made"][str(early)]
    [edit] = made["edits"]
    assert edit["text"] == "        { mul r10, r8, r9 }\n        { add r6, r6, r10 }\n"
    [hazard] = made["diagnostics"]
    assert (hazard["code"], hazard["severity"], hazard["source"]) == ("E-HAZARD", "error", "lpu")
    assert hazard["range"]["values"] == [1, 14, 1, 17]
    [written] = hazard["relatedInformation"]
    assert written["values"][0]["values"][1]["values"] == [0, 2, 0, 5]


@pytest.mark.parametrize("node", NODES)
def test_the_extension_says_that_the_command_is_missing(node: str, tmp_path: Path) -> None:
    program = tmp_path / "halt.s"
    program.write_text("        halt\n")
    made = extension(node, tmp_path / "gone", program)["made"][str(program)]
    assert "ENOENT" in made["failed"]
    assert made["edits"] == "ENOENT"
