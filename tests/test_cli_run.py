"""`lpu run`: statuses, data in and out, limits, reports."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from cli_tools import COPY, ENDLESS, Command

from isa import elf
from isa.diagnostics import Place
from isa.lines import Lines
from lpu import api, progress

ENGINES = ("core", "reference")
NUMBERS = np.array([7, -8, 2**31 - 1], np.int32)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("source", "status"), [("halt 0\n", 0), ("nop 1\n", 0), ("halt 42\n", 42)])
def test_status_is_the_code_of_halt(lpu: Command, engine: str, source: str, status: int) -> None:
    lpu.write("a.s", source)
    assert lpu("run", "a.s", "--engine", engine).status == status


@pytest.mark.parametrize("engine", ENGINES)
def test_a_fault_is_status_1_with_place_and_code(lpu: Command, engine: str) -> None:
    lpu.write("a.s", "        mov r1, 6\n        mov r2, 0\n        div r3, r1, r2\n")
    result = lpu("run", "a.s", "--engine", engine)
    assert (result.status, result.out) == (1, "")
    assert result.err.startswith("error[E-DIV]: ")
    assert "a.s:3:9" in result.err
    assert "faulted after 1 cycle (" in result.err


def test_the_document_of_a_fault(lpu: Command) -> None:
    lpu.write("a.s", "        mov r1, 6\n        trap 9\n")
    document = lpu("run", "a.s", "--json").document
    assert (document["status"], document["code"]) == ("fault", 1)
    fault = document["fault"]
    assert (fault["code"], fault["unit"]) == ("E-TRAP", "B0")
    assert (fault["file"], fault["line"], fault["column"]) == ("a.s", 2, 9)
    assert fault["cycle"] == document["cycles"]
    assert fault["notes"] == []


@pytest.mark.parametrize("engine", ENGINES)
def test_the_document_of_a_run(lpu: Command, engine: str) -> None:
    np.save(lpu.directory / "x.npy", NUMBERS)
    lpu.write("copy.s", COPY)
    document = lpu("run", "copy.s", "-i", "x=x.npy", "--json", "--engine", engine).document
    assert document["status"] == "halted"
    assert document["fault"] is None and document["diagnostics"] == []
    assert document["outputs"] == {"y": {"dtype": "i32", "shape": [3], "data": NUMBERS.tolist()}}
    assert document["units"]["L0"]["ops"] + document["units"].get("L1", {"ops": 0})["ops"] == 6
    assert document["ops"] == sum(use["ops"] for use in document["units"].values())


def test_both_engines_give_the_same_document(lpu: Command) -> None:
    lpu.write("x.bin", NUMBERS.tobytes())
    lpu.write("copy.s", COPY)
    command = ("run", "copy.s", "-i", "x.bin", "--json", "--stats", "--engine")
    documents = [lpu(*command, engine).out for engine in ENGINES]
    assert documents[0] == documents[1]


def test_npy_in_and_out(lpu: Command) -> None:
    np.save(lpu.directory / "x.npy", NUMBERS)
    lpu.write("copy.s", COPY)
    assert lpu("run", "copy.s", "-i", "x=x.npy", "-o", "y=y.npy").status == 0
    made = np.load(lpu.directory / "y.npy")
    np.testing.assert_array_equal(made, NUMBERS, strict=True)


@pytest.mark.parametrize("prefix", ["", "x="])
def test_raw_bytes_in_and_out(lpu: Command, prefix: str) -> None:
    lpu.write("x.bin", NUMBERS.tobytes())
    lpu.write("copy.s", COPY)
    out = "y.bin" if not prefix else "y=y.bin"
    assert lpu("run", "copy.s", "-i", f"{prefix}x.bin", "-o", out).status == 0
    assert (lpu.directory / "y.bin").read_bytes() == NUMBERS.tobytes()


def test_standard_input_holds_the_source_or_the_data(lpu: Command) -> None:
    assert lpu("run", "-", stdin=b"halt 5\n").status == 5
    lpu.write("copy.s", COPY)
    result = lpu("run", "copy.s", "-i", "-", stdin=NUMBERS.tobytes())
    assert result.out.splitlines()[0] == f"y = {NUMBERS.tolist()}"


def test_defines_set_parameters(lpu: Command) -> None:
    lpu.write("a.s", "        .param n = 1\n        ld r1, [n]\n        assert r1, 0x40\n")
    assert lpu("run", "a.s", "-D", "n=0x40").status == 0
    assert lpu("run", "a.s").status == 1


@pytest.mark.parametrize("command", ["run", "check", "asm"])
def test_a_define_that_nothing_uses(lpu: Command, command: str) -> None:
    lpu.write("a.s", "        .param count = 1\n        ld r1, [count]\n        halt 0\n")
    result = lpu(command, "a.s", "-D", "cuont=3")
    assert result.status == 0
    assert result.err == (
        "warning[W-DEFINE]: -D cuont=3 has no effect: nothing that is assembled uses `cuont`\n"
        "  help: did you mean `count`?\n"
    )


def test_a_define_that_one_of_several_sources_uses(lpu: Command) -> None:
    lpu.write("a.s", "        .ifdef fast\n        .endif\n")
    lpu.write("b.s", "        .set m = 1\n        mov r1, n + k\n")
    given = [part for name in ("fast", "m", "n", "k") for part in ("-D", f"{name}=0")]
    assert lpu("run", "a.s", "b.s", *given).err == ""
    lpu("asm", "b.s", *given)
    unused = lpu("run", "b.o", *given, "--json").document["diagnostics"]
    assert [(d["code"], d["severity"]) for d in unused] == [("W-DEFINE", "warning")] * 4


def test_a_broken_source_says_nothing_of_defines(lpu: Command) -> None:
    lpu.write("a.s", "        mvo r1, n\n")
    assert "W-DEFINE" not in lpu("check", "a.s", "-D", "n=1").err


@pytest.mark.parametrize("engine", ENGINES)
def test_the_limit_is_status_3_and_writes_nothing(lpu: Command, engine: str) -> None:
    lpu.write("a.s", "        .array y: i32[1]\n        .output y\n" + ENDLESS)
    result = lpu("run", "a.s", "--max-cycles", "1e3", "-o", "y=y.npy", "--engine", engine)
    assert (result.status, result.out) == (3, "")
    assert "stopped by --max-cycles 1000 after 1,000 cycles" in result.err
    assert not (lpu.directory / "y.npy").exists()


def test_stats_show_units_and_lines(lpu: Command) -> None:
    lpu.write("a.s", "        mov r1, 1\n        mul r2, r1, r1\n        nop 10\n")
    out = lpu("run", "a.s", "--stats").out
    assert [line.split()[0] for line in out.splitlines() if "|" in line] == ["A0", "M0", "B0"]
    assert "a.s:2  mul r2, r1, r1\n" in out


def test_sources_are_assembled_and_linked_together(lpu: Command) -> None:
    lpu.write("main.s", "        .extern seven\n        call r31, seven\n        assert r1, 7\n        halt 0\n")
    lpu.write("seven.s", "        .global seven\nseven:  mov r1, 7\n        ret r31\n")
    assert lpu("run", "main.s", "seven.s").status == 0
    assert lpu("run", "main.s").status == 2


def test_a_trace_is_the_same_from_both_engines(lpu: Command) -> None:
    lpu.write("a.s", "        mov r1, 3\n{ mul r2, r1, r1 || cmp r1, 3 }\n        halt 0\n")
    traces = []
    for engine in ENGINES:
        assert lpu("run", "a.s", "--trace", "trace.jsonl", "--engine", engine).status == 0
        traces.append((lpu.directory / "trace.jsonl").read_text())
    assert traces[0] == traces[1]
    lines = [json.loads(line) for line in traces[0].splitlines()]
    mov, pair, *_ = lines
    assert mov["cycle"] == 0 and mov["writes"] == {"r1": [3, mov["cycle"] + 1]}
    assert pair["writes"] == {"r2": [9, pair["cycle"] + 3], "cc": [1, pair["cycle"] + 1]}
    assert pair["ops"] == ["mul r2, r1, r1", "cmp r1, 3 !A0"]


def test_a_trace_is_written_up_to_a_fault(lpu: Command) -> None:
    lpu.write("a.s", "        mov r1, 3\n        trap 1\n")
    assert lpu("run", "a.s", "--trace", "trace.jsonl").status == 1
    cycles = [json.loads(line)["cycle"] for line in (lpu.directory / "trace.jsonl").read_text().splitlines()]
    assert cycles in ([], [0])  # mov and trap may share a bundle, which then did not issue


# What cannot be transferred is said before the program runs -------------------------------------------
BAD_TRANSFERS = {
    ("-i", "x.npy"): "E-INPUT",
    ("-i", "z=x.npy"): "E-INPUT",
    ("-i", "x=missing.npy"): "E-INPUT",
    ("-i", "x=short.bin"): "E-INPUT",
    ("-i", "x=long.bin"): "E-INPUT",
    ("-i", "x=float.npy"): "E-INPUT",
    ("-i", "x=matrix.npy"): "E-INPUT",
    ("-i", "x=objects.npy"): "E-INPUT",
    ("-i", "x=huge.npy"): "E-INPUT",
    ("-i", "x=short.npy"): "E-INPUT",
    ("-i", "."): "E-INPUT",
    ("-o", "y.npy"): "E-OUTPUT",
    ("-o", "z=z.npy"): "E-OUTPUT",
}


def write_bad_files(directory: Path) -> None:
    (directory / "short.bin").write_bytes(b"\0" * 11)
    (directory / "long.bin").write_bytes(b"\0" * 13)
    np.save(directory / "x.npy", NUMBERS)
    np.save(directory / "float.npy", NUMBERS.astype(np.float32))
    np.save(directory / "matrix.npy", NUMBERS.reshape(1, 3))
    np.save(directory / "objects.npy", np.array([1, "a", None], object))
    whole = (directory / "x.npy").read_bytes()
    (directory / "huge.npy").write_bytes(whole.replace(b"(3,)", b"(9" + b"9" * 15 + b",)"))
    (directory / "short.npy").write_bytes(whole[:40])


@pytest.mark.parametrize(("option", "code"), BAD_TRANSFERS.items(), ids=str)
def test_bad_transfers_are_refused(lpu: Command, option: tuple[str, str], code: str) -> None:
    write_bad_files(lpu.directory)
    lpu.write("copy.s", COPY)
    result = lpu("run", "copy.s", *option)
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith(f"error[{code}]: ")


@pytest.mark.parametrize("extra", [("--json",), ("--trace", "-"), ("-o", "y=-")], ids=str)
def test_standard_output_takes_one_thing(lpu: Command, extra: tuple[str, ...]) -> None:
    lpu.write("copy.s", COPY)
    result = lpu("run", "copy.s", "-o", "-", *extra)
    assert (result.status, result.err == "") == (2, "--json" in extra)
    assert "standard output takes one of" in result.out + result.err


def test_a_trace_on_standard_output_leaves_it_to_itself(lpu: Command) -> None:
    lpu.write("a.s", "        mov r1, 3\n        halt\n")
    result = lpu("run", "a.s", "--trace", "-")
    assert [json.loads(line)["pc"] for line in result.out.splitlines()] != []
    assert result.err.startswith("halted after ")


def test_sources_named_by_an_executable_are_quoted_only_if_they_are_files(lpu: Command) -> None:
    lpu.write("a.s", "        halt\n")
    image = api.assemble(Path("a.s"))
    image.lines = Lines.of([image.lines[0]._replace(place=Place("/dev/zero", 1)), *image.lines[1:]])
    lpu.write("a.lpu", elf.write(image))
    assert "/dev/zero:1\n" in lpu("run", "a.lpu", "--stats").out


def test_a_wrong_shape_is_explained(lpu: Command) -> None:
    write_bad_files(lpu.directory)
    lpu.write("copy.s", COPY)
    err = lpu("run", "copy.s", "-i", "x=matrix.npy").err
    assert err.strip() == "error[E-INPUT]: matrix.npy: x is declared as int32[3]; it cannot take int32[1, 3]"


def test_an_output_that_cannot_be_written_is_status_2(lpu: Command) -> None:
    lpu.write("copy.s", COPY)
    lpu.write("x.bin", NUMBERS.tobytes())
    result = lpu("run", "copy.s", "-i", "x.bin", "-o", "missing/y.bin")
    assert result.status == 2
    assert result.err.startswith("error[E-OUTPUT]: missing/y.bin: No such file or directory")


def test_no_output_is_written_after_a_fault(lpu: Command) -> None:
    lpu.write("a.s", "        .array y: i32[1]\n        .output y\n        trap 1\n")
    lpu.write("y.bin", b"old")
    assert lpu("run", "a.s", "-o", "y=y.bin").status == 1
    assert (lpu.directory / "y.bin").read_bytes() == b"old"


def test_an_error_in_the_source_is_a_document_too(lpu: Command) -> None:
    lpu.write("a.s", "        mov r1, 1\n        mvo r2, 2\n")
    result = lpu("run", "a.s", "--json")
    assert result.status == 2
    assert result.document["status"] == "error"
    [complaint] = result.document["diagnostics"]
    assert (complaint["code"], complaint["line"]) == ("E-MNEMONIC", 2)


@pytest.mark.parametrize(
    "arguments",
    [["nothing.s"], ["nothing.lpu"], ["."], ["a.s", "--machine", "lpu9"], ["a.s", "--machine", "none.toml"],
     ["a.s", "-D", "n=many"], ["a.s", "-D", "1=1"], ["a.s", "--max-cycles", "0"], ["a.s", "--engine", "steam"], []],
    ids=" ".join,
)  # fmt: skip
def test_bad_usage_is_status_2_without_a_traceback(lpu: Command, arguments: list[str]) -> None:
    lpu.write("a.s", "halt 0\n")
    result = lpu("run", *arguments)
    assert (result.status, result.out) == (2, "")
    assert result.err and "Traceback" not in result.err


# Machines ----------------------------------------------------------------------------------------------
def test_a_machine_may_come_from_a_file(lpu: Command) -> None:
    lpu.write("small.toml", 'name = "small"\nsuperlanes = 2\nquads = 1\nrows = 8\n')
    lpu.write("a.s", "        ld r1, [511]\n        halt\n")  # 2 hemispheres x 4 slices x 2 banks x 8 rows x 8 words
    lpu.write("b.s", "        ld r1, [1024]\n        halt\n")
    inside = lpu("run", "a.s", "--machine", "small.toml", "--uninit", "zero")
    assert inside.status == 0
    outside = lpu("run", "b.s", "--machine", "small.toml", "--uninit", "zero")
    assert outside.status in (1, 2) and outside.err.startswith("error[E-RANGE]: ")


def test_an_executable_runs_on_its_own_machine_alone(lpu: Command) -> None:
    lpu.write("a.s", "        halt\n")
    lpu("asm", "a.s", "--machine", "lpu-tiny")
    lpu("link", "a.o", "-o", "a.lpu")
    assert lpu("run", "a.lpu").status == 0
    result = lpu("run", "a.lpu", "--machine", "lpu1")
    assert result.status == 2
    assert result.err.startswith("error[E-MACHINE]: the executable is for lpu-tiny, not lpu1: superlanes is ")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ('name = "x"\nrows = 5000\n', "rows is 5000; it must be between 1 and 4096"),
        ('name = "x"\ncolour = 1\n', "unknown machine parameter 'colour'"),
        ("name = \n", "Invalid value"),
        (b"\xff\xfe", "can't decode byte 0xff"),
    ],
    ids=["bounds", "unknown", "no TOML", "binary"],
)
def test_bad_machine_files_are_refused(lpu: Command, content: str | bytes, complaint: str) -> None:
    lpu.write("bad.toml", content)
    lpu.write("a.s", "halt\n")
    result = lpu("run", "a.s", "--machine", "bad.toml")
    assert result.status == 2
    assert result.err.startswith("error[E-MACHINE]: bad.toml: ") and complaint in result.err


# Progress ----------------------------------------------------------------------------------------------
class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_long_run_on_a_terminal_shows_how_far_it_is(lpu: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    lpu.write("endless.s", ENDLESS)
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr(progress, "QUIET_SECONDS", 0.0)
    monkeypatch.setattr(progress, "SHOW_SECONDS", 0.0)
    assert lpu("run", "endless.s", "--max-cycles", "100_000").status == 3
    first, *_, last = terminal.getvalue().split(progress.CLEAR_LINE)[1:]
    assert first.startswith("cycle 4,096 of at most 100,000, ")
    assert last.startswith("stopped by --max-cycles 100000 after 100,000 cycles")


def test_a_short_run_shows_no_progress(lpu: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    lpu.write("a.s", "halt\n")
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    assert lpu("run", "a.s").status == 0
    assert terminal.getvalue() == ""
