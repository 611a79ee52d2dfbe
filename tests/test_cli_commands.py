"""`lpu asm link dis check fmt isa completion`, and the command as a process."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from cli_tools import COPY, ENDLESS, Command
from process_tools import is_in_state, processor_seconds, until, wait_for_work

from isa import elf
from isa.index import FAMILIES
from lpu import __version__
from lpu.cli import COMMANDS

BROKEN = "        mvo r1, 2\n        add r1, r2\n        halt\n"


# asm, link -------------------------------------------------------------------------------------------
def test_asm_link_run(lpu: Command) -> None:
    lpu.write("main.s", "        .extern seven\n        call r31, seven\n        assert r1, 7\n        halt 3\n")
    lpu.write("seven.s", "        .global seven\nseven:  mov r1, 7\n        ret r31\n")
    assert lpu("asm", "main.s", "seven.s").status == 0
    assert lpu("link", "main.o", "seven.o", "-o", "prog.lpu").status == 0
    assert lpu("run", "prog.lpu").status == 3
    assert lpu("run", "main.o", "seven.s").status == 3
    assert elf.read((lpu.directory / "prog.lpu").read_bytes()).executable


def test_asm_names_the_object(lpu: Command) -> None:
    assert lpu("asm", "-", "-o", "made.o", stdin=b"halt\n").status == 0
    assert not elf.read((lpu.directory / "made.o").read_bytes()).executable


def test_output_is_the_same_every_time(lpu: Command) -> None:
    lpu.write("copy.s", COPY)
    lpu("asm", "copy.s", "-o", "1.o")
    lpu("asm", "copy.s", "-o", "2.o")
    assert (lpu.directory / "1.o").read_bytes() == (lpu.directory / "2.o").read_bytes()


def test_asm_of_several_sources_takes_no_output_name(lpu: Command) -> None:
    lpu.write("a.s", "halt\n")
    result = lpu("asm", "a.s", "a.s", "-o", "a.o")
    assert (result.status, result.err.splitlines()[-1]) == (
        2, "lpu asm: error: -o and -l name one file; assemble several sources without them",
    )  # fmt: skip


def test_an_error_in_one_source_writes_no_object_at_all(lpu: Command) -> None:
    lpu.write("good.s", "halt\n")
    lpu.write("bad.s", BROKEN)
    lpu.write("good.o", b"old")
    result = lpu("asm", "good.s", "bad.s")
    assert result.status == 2
    assert "error[E-MNEMONIC]: " in result.err and "error[E-OPERAND]: " in result.err
    assert (lpu.directory / "good.o").read_bytes() == b"old"
    assert not (lpu.directory / "bad.o").exists()


def test_link_names_what_is_missing(lpu: Command) -> None:
    lpu.write("main.s", "        .extern seven\n        call r31, seven\n")
    lpu("asm", "main.s")
    result = lpu("link", "main.o", "-o", "prog.lpu", "--json")
    assert result.status == 2
    assert [d["code"] for d in result.document["diagnostics"]] == ["E-UNDEFINED"]
    assert not (lpu.directory / "prog.lpu").exists()


@pytest.mark.parametrize("command", [("link", "-o", "x.lpu"), ("run",)], ids=lambda c: c[0])
@pytest.mark.parametrize(
    ("second", "message"), [("a.o", "a.o is named twice"), ("./a.o", "./a.o and a.o are the same file")]
)
def test_a_file_named_twice_is_one_error(lpu: Command, command: tuple[str, ...], second: str, message: str) -> None:
    lpu.write("a.s", "        .extern seven\n        .global f\nf:      call r31, seven\n")
    lpu("asm", "a.s")
    result = lpu(*command, "a.o", second)
    assert result.status == 2
    assert result.err == f"error[E-DUPLICATE]: {message}\n  help: name each file to be linked once\n"


def test_standard_input_is_named_once(lpu: Command) -> None:
    assert lpu("run", "-", "-", stdin=b"halt\n").err.startswith("error[E-DUPLICATE]: - is named twice\n")


@pytest.mark.parametrize("content", [b"", b"\x7fELF", b"\x7fELF" + bytes(100), b"text", None], ids=repr)
@pytest.mark.parametrize("command", [("link", "-o", "x.lpu"), ("dis",), ("check",), ("run",)], ids=lambda c: c[0])
def test_files_that_are_no_objects_are_refused(lpu: Command, command: tuple[str, ...], content: bytes | None) -> None:
    if content is not None:
        lpu.write("bad.o", content)
    result = lpu(*command, "bad.o")
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith("error[E-") and "bad.o" in result.err


def test_a_listing_shows_addresses_and_is_written_on_errors_too(lpu: Command) -> None:
    lpu.write("a.s", "        mov r1, 2\n        halt\n")
    assert lpu("asm", "a.s", "-l", "a.lst").status == 0
    assert "mov r1, 2" in (lpu.directory / "a.lst").read_text()
    lpu.write("bad.s", BROKEN)
    assert lpu("asm", "bad.s", "-l", "bad.lst").status == 2
    assert "mvo r1, 2" in (lpu.directory / "bad.lst").read_text()


# dis -------------------------------------------------------------------------------------------------
def test_the_disassembly_assembles_to_the_same_bytes(lpu: Command) -> None:
    lpu.write("copy.s", COPY)
    lpu("asm", "copy.s")
    assert lpu("dis", "copy.o", "-o", "again.s").status == 0
    assert lpu("asm", "again.s").status == 0
    first, second = (elf.read((lpu.directory / name).read_bytes()) for name in ("copy.o", "again.o"))
    assert first.text == second.text
    assert [(b.bank, b.row, b.data) for b in first.blocks] == [(b.bank, b.row, b.data) for b in second.blocks]


# check -----------------------------------------------------------------------------------------------
def test_check_reports_and_writes_nothing(lpu: Command) -> None:
    lpu.write("good.s", "        mov r1, 2\n        halt\n")
    lpu.write("bad.s", BROKEN)
    assert lpu("check", "good.s").status == 0
    result = lpu("check", "good.s", "bad.s", "--json")
    assert result.status == 2
    assert [(d["code"], d["file"], d["line"]) for d in result.document["diagnostics"]] == [
        ("E-MNEMONIC", "bad.s", 1), ("E-OPERAND", "bad.s", 2),
    ]  # fmt: skip
    assert sorted(path.name for path in lpu.directory.iterdir()) == ["bad.s", "good.s"]


def test_check_proves_a_hazard_in_explicit_bundles(lpu: Command) -> None:
    lpu.write("a.s", "{ mul r3, r1, r2 }\n{ add r4, r4, r3 }\n")
    result = lpu("check", "a.s")
    assert result.status == 2
    assert result.err.startswith("error[E-HAZARD]: r3 is read 1 cycle after `mul` issues; it is ready after 3")


def test_check_looks_at_executables_too(lpu: Command) -> None:
    lpu.write("copy.s", COPY)
    lpu("asm", "copy.s")
    lpu("link", "copy.o", "-o", "copy.lpu")
    assert lpu("check", "copy.lpu", "copy.o").status == 0


def test_sarif_names_the_tool_and_the_place(lpu: Command) -> None:
    lpu.write("bad.s", BROKEN)
    result = lpu("check", "bad.s", "--sarif")
    assert result.status == 2
    [run] = result.document["runs"]
    assert run["tool"]["driver"]["version"] == __version__
    location = run["results"][0]["locations"][0]["physicalLocation"]
    assert (location["artifactLocation"]["uri"], location["region"]["startLine"]) == ("bad.s", 1)


# fmt -------------------------------------------------------------------------------------------------
def test_fmt_rewrites_once(lpu: Command) -> None:
    path = lpu.write("a.s", "mov r1 ,2\nl:jmp l\n")
    assert lpu("fmt", "--check", "a.s").out == "a.s\n"
    assert lpu("fmt", "--check", "a.s").status == 1
    assert lpu("fmt", "a.s").status == 0
    text = path.read_text()
    assert [line.split() for line in text.splitlines()] == [["mov", "r1,", "2"], ["l:", "jmp", "l"]]
    assert (lpu("fmt", "--check", "a.s").status, lpu("fmt", "-", stdin=text.encode()).out) == (0, text)


def test_fmt_leaves_a_file_with_errors_alone(lpu: Command) -> None:
    path = lpu.write("a.s", "mov r1 ,2\nadd [,\n")
    result = lpu("fmt", "a.s")
    assert result.status == 2 and result.err.startswith("error[E-SYNTAX]: ")
    assert path.read_text() == "mov r1 ,2\nadd [,\n"
    assert lpu("fmt", "missing.s").status == 2


# isa, completion, usage --------------------------------------------------------------------------------
def test_isa_lists_every_family_of_mnemonics(lpu: Command) -> None:
    listed = {line.split()[0] for line in lpu("isa").out.splitlines() if line.startswith("  ")}
    assert listed == set(FAMILIES)


def test_isa_explains_and_suggests(lpu: Command) -> None:
    result = lpu("isa", "MUL")
    assert result.out.startswith("mul: Multiply.\n") and "Units M0; latency 3." in result.out
    wrong = lpu("isa", "mull")
    assert (wrong.status, wrong.out) == (2, "")
    assert wrong.err.startswith("lpu isa: `mull` is no instruction; did you mean `mul`")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_offers_all_commands_and_their_options(lpu: Command, shell: str) -> None:
    script = lpu("completion", shell).out
    assert all(command in script for command in COMMANDS)
    assert "max-cycles" in script and "sarif" in script and "fma.f32" in script
    if shutil.which(shell):
        assert subprocess.run([shell, "-n"], input=script, text=True, check=False).returncode == 0


def completed(words: str) -> list[str]:
    """What bash offers for the last word of a command line."""
    script = f"""eval "$({sys.executable} -m lpu completion bash)"
COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _lpu; printf '%s\\n' "${{COMPREPLY[@]}}" """
    return subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True).stdout.split()


def test_bash_completes_commands_options_and_mnemonics() -> None:
    assert completed("lpu ru") == ["run"]
    assert completed("lpu run --max") == ["--max-cycles"]
    assert completed("lpu isa mulh") == ["mulh", "mulh.u32"]


def test_version_help_and_unknown_commands(lpu: Command) -> None:
    assert lpu("--version").out == f"lpu {__version__}\n"
    assert all(f"  {command} " in lpu("--help").out for command in COMMANDS)
    assert lpu().status == 2
    wrong = lpu("rnu")
    assert (wrong.status, wrong.out, wrong.err) == (2, "", "lpu: `rnu` is no command; did you mean `run`?\n")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(lpu: Command, command: str) -> None:
    result = lpu(command, "--help")
    assert result.status == 0 and result.out.startswith(f"usage: lpu {command} ")


# As a process ------------------------------------------------------------------------------------------
def process(*arguments: str, directory: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "lpu", *arguments]
    return subprocess.Popen(command, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.parametrize("engine", ["core", "reference"])
def test_ctrl_c_stops_within_a_fifth_of_a_second(tmp_path: Path, engine: str) -> None:
    """Of the time that the process itself uses."""
    (tmp_path / "endless.s").write_text(ENDLESS)
    without_end = "--max-cycles", str(10**18)  # a translated loop takes a second for ten thousand million
    running = process("run", "endless.s", "--engine", engine, "--json", *without_end, directory=tmp_path)
    wait_for_work(running.pid, 2)  # by then it runs
    assert taken_to_end(running.pid, signal.SIGINT) < 0.2 + 0.3  # and the interpreter has to end
    out, err = running.communicate()
    assert (running.returncode, err) == (130, b"")
    assert json.loads(out)["status"] == "interrupted" and json.loads(out)["cycles"] > 1000


def taken_to_end(pid: int, number: int) -> float:
    """Processor seconds from a signal to the end of a process; it stands still while it is sent."""
    os.kill(pid, signal.SIGSTOP)
    until(lambda: is_in_state(pid, "T"), "the process stands still")
    before = processor_seconds(pid)
    os.kill(pid, number)
    os.kill(pid, signal.SIGCONT)
    until(lambda: is_in_state(pid, "Z"), "the process ends")
    return processor_seconds(pid) - before


def test_a_reader_that_leaves_is_no_error(tmp_path: Path) -> None:
    script = f"{sys.executable} -m lpu isa | head -1"
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("A0 A1 A2") and done.stderr == ""


def test_the_process_ends_with_the_status(tmp_path: Path) -> None:
    (tmp_path / "a.s").write_text("halt 77\n")
    assert process("run", "a.s", directory=tmp_path).wait() == 77
