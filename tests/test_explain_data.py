"""Explanations as data and in the listing: the schema of docs/explain.md holds, and nothing is left out of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from cli_tools import Command

from asm.assemble import assemble
from asm.explain.block import BlockReport
from asm.explain.reports import reports

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = json.loads(re.findall(r"^```json\n(.*?)^```$", (ROOT / "docs" / "explain.md").read_text(), re.M | re.S)[-1])
KINDS = {
    "object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool,
    "null": type(None),
}  # fmt: skip
SOURCES = {
    "run.s": ".tensor x: i32[8, 320] @ mw0..mw3.0\n.tensor y: i32[8, 320] @ mw0..mw3.1\n"
    ".tensor z: i32[8, 320] @ me0..me3\n"
    "vload %x, x\nreduce.max.i32 %m, %x\nvsub.i32.w %x, %x, %m\nvstore z, %x\nvload %x, z\nvstore y, %x\n",
    "loop.s": ".text\nloop r5, done\nld r8, [A + r4]\nmul r9, r8, r8\nadd r6, r6, r9\nadd r4, r4, 1\ndone: halt\n"
    ".data\n.array A: i32[64]\n",
    "block.s": ".text\nld r1, [A]\nld r2, [A + 1]\nmul r3, r1, r2\nst [A + 2], r3\nhalt\n.data\n.array A: i32[64]\n",
}  # fmt: skip


def problems(value: Any, schema: dict[str, Any], path: str = "") -> list[str]:
    """Where a document breaks the schema or has a member that the schema does not know."""
    if "$ref" in schema:
        return problems(value, SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], path)
    if "oneOf" in schema:
        found = [problems(value, each, path) for each in schema["oneOf"]]
        return min(found, key=len) if sum(not each for each in found) != 1 else []
    if "const" in schema:
        return [] if value == schema["const"] else [f"{path}: {value!r} is not {schema['const']!r}"]
    if "enum" in schema:
        return [] if value in schema["enum"] else [f"{path}: {value!r} is not one of {schema['enum']}"]
    kinds = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    kind = next((kind for kind in kinds if is_a(value, kind)), None)
    if kind is None:
        return [f"{path}: {value!r} is no {kinds}"]
    if kind == "array":
        return [
            found for number, each in enumerate(value) for found in problems(each, schema["items"], f"{path}.{number}")
        ]
    if kind == "object":
        return of_object(value, schema, path)
    return (
        [f"{path}: {value} is too small"]
        if value is not None and "minimum" in schema and value < schema["minimum"]
        else []
    )


def of_object(value: dict[str, Any], schema: dict[str, Any], path: str) -> list[str]:
    found = [f"{path}: no {name}" for name in schema.get("required", []) if name not in value]
    known = schema.get("properties", {})
    for name, each in value.items():
        inner = known.get(name, schema.get("additionalProperties"))
        if inner is None and known:
            found.append(f"{path}.{name}: not in the schema")
        elif inner is not None:
            found += problems(each, inner, f"{path}.{name}")
    return found


def is_a(value: Any, kind: str) -> bool:
    return isinstance(value, KINDS[kind]) and (kind == "boolean" or not isinstance(value, bool))


def document(path: Path) -> dict[str, Any]:
    found = [report.data() for report in reports(assemble(path), everything=True)]
    parsed: dict[str, Any] = json.loads(json.dumps({"explain": {"version": 1, "reports": found}}))
    return parsed


@pytest.mark.parametrize(
    "path",
    [*sorted((ROOT / "programs" / "tensor" / "linear").glob("*.s")), *sorted((ROOT / "programs").glob("[cns]*.s"))],
    ids=lambda path: path.stem,
)
def test_the_data_of_programs_keep_to_the_schema(path: Path) -> None:
    found = document(path)
    assert found["explain"]["reports"]
    assert problems(found, SCHEMA) == []


def test_the_schema_can_be_broken() -> None:
    """What the check of the schema finds: it is not the one that lets everything pass."""
    found = document(ROOT / "programs" / "tensor" / "linear" / "softmax.s")
    run = next(report for report in found["explain"]["reports"] if report["kind"] == "run")
    run["cycles"] = -1
    assert problems(found, SCHEMA)
    run["cycles"] = True
    assert problems(run, SCHEMA["$defs"]["run"]) == [".cycles: True is no ['integer']"]
    run["cycles"], run["more"] = 1, 2
    assert problems(run, SCHEMA["$defs"]["run"]) == [".more: not in the schema"]
    del run["more"], run["parts"][0]["chain"][0]["op"]["line"]
    assert problems(run, SCHEMA["$defs"]["run"]) == [".parts.0.chain.0.op: no line"]


# The command ------------------------------------------------------------------------------------
@pytest.fixture
def sources(lpu: Command) -> Command:
    for name, text in SOURCES.items():
        lpu.write(name, text)
    return lpu


@pytest.mark.parametrize("command", ["asm", "check"])
@pytest.mark.parametrize("name", SOURCES)
def test_json_is_one_document(sources: Command, command: str, name: str) -> None:
    alone = json.loads(sources(command, "--explain=json", name).out)
    beside = json.loads(sources(command, name, "--explain", "--json").out)
    assert beside == {**alone, "diagnostics": []}
    assert problems(beside, SCHEMA) == []
    kinds = [report["kind"] for report in alone["explain"]["reports"]]
    assert name.removesuffix(".s") in kinds


def test_several_files_are_one_document(sources: Command) -> None:
    found = json.loads(sources("check", "run.s", "loop.s", "--explain=json").out)
    assert {report["file"] for report in found["explain"]["reports"]} == {"run.s", "loop.s"}


def test_what_follows_the_option_is_a_file(sources: Command) -> None:
    """The chain: 2 + 11 hops to W, 20 + 12 back, 3 + 1 hop, the row at 50 read again in 2 + 2 hops, and 8 rows; `z` is
    read when its bank is free, 7 rows later."""
    done = sources("check", "--explain", "run.s")
    cycles = 2 + 11 + 20 + 12 + 3 + 1 + 1 + 2 + 2 + 8
    assert done.status == 0
    assert done.out.startswith(f"run.s:4: 6 tensor ops in 2 parts take {cycles + 7} cycles, 7 more than the bound\n")
    assert "help: part 2 begins 7 cycles late: `z` is stored and loaded in one bank" in done.out


def test_straight_code_at_its_bound_is_told_when_all_is_asked_for(lpu: Command) -> None:
    lpu.write("short.s", ".text\nmov r1, 2\nadd r2, r1, 3\nhalt\n")
    assert lpu("check", "short.s", "--explain").out == ""
    assert lpu("check", "short.s", "--explain=all").out.splitlines() == [
        "short.s:2: 3 ops in 2 cycles, and no schedule takes less",
        "  by units and banks at least: A0 A1 A2 1, B0 1",
        "  by the longest chain at least: 2",
        "  its cycles: @0 `mov` in line 2, @1 `add` in line 3, @1 `halt` in line 4",
        "  use: A0 100.0 %, B0 50.0 %",
    ]


def test_there_is_no_room_beside_sarif(sources: Command) -> None:
    done = sources("check", "run.s", "--explain", "--sarif")
    assert done.status == 2
    assert "--explain goes with text or --json" in done.err


def test_nothing_is_said_when_nothing_is_asked(sources: Command) -> None:
    assert sources("check", "run.s").out == ""
    assert json.loads(sources("check", "run.s", "--json").out) == {"diagnostics": []}


def test_explaining_changes_no_byte(sources: Command) -> None:
    made = []
    for options in ([], ["--explain"], ["--explain=json"], ["--explain", "-l", "listing"]):
        sources("asm", "run.s", "-o", "run.o", *options)
        made.append((sources.directory / "run.o").read_bytes())
    assert len(set(made)) == 1


# The listing ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "first"), [("run.s", "vload %x, x"), ("loop.s", "loop r5, done"), ("block.s", "ld r1, [A]")]
)
def test_the_listing_explains_above_the_bundles(sources: Command, name: str, first: str) -> None:
    done = sources("asm", name, "-l", "-", "-o", "out.o", "--explain")
    lines = done.out.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"; {name}:"))
    after = next(line for line in lines[start:] if not line.startswith(";") and not line.endswith(":"))
    assert after.endswith(first)
    plain = sources("asm", name, "-l", "-", "-o", "out.o").out.splitlines()
    assert [line for line in lines if not line.startswith("; ")] == plain


# Straight code ----------------------------------------------------------------------------------
def straight(text: str) -> BlockReport:
    (found,) = (each for each in reports(assemble(text), everything=True) if isinstance(each, BlockReport))
    return found


def test_a_bank_that_is_wanted_twice_is_what_a_block_waits_for() -> None:
    report = straight(".text\nld r1, [A]\nld r2, [A + 1]\nadd r3, r1, r2\nhalt\n.data\n.array A: i32[4]\n")
    assert [(step.op.row.mnemonic, step.cycle, step.link, step.slack) for step in report.chain] == [
        ("ld", 1, "bank", 1), ("add", 5, "result", 0), ("halt", 5, "last", 0),
    ]  # fmt: skip
    assert (report.cycles, report.bound, report.longest) == (6, 6, 5)


def test_units_that_are_taken_are_what_a_block_waits_for() -> None:
    lines = "\n".join(f"add r{number}, r{number}, 1" for number in range(1, 8))
    report = straight(f".text\n{lines}\n")
    assert [(step.link, step.slack) for step in report.chain] == [("unit", 2)]
    assert (report.cycles, report.bound, report.longest) == (3, 3, 1)
