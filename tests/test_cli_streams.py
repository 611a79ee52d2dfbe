"""Standard streams that are full or closed: a reason, a documented status, and no traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from process_tools import PATIENCE

PROGRAM = "        .array  y: i32[1]\n        .output y\n        mov r1, 5\n        st [y], r1\n        halt 3\n"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "p.s"
    path.write_text(PROGRAM)
    return path


def shell(command: str, program: Path) -> tuple[int, str]:
    """Status and stderr of `lpu` in a shell that redirects; $L is the command, $P the program."""
    environment = {"L": f"{sys.executable} -m lpu", "P": str(program)}
    root = Path(__file__).parents[1]
    done = subprocess.run(["sh", "-c", command], cwd=root, env=environment, capture_output=True, text=True,
                          timeout=PATIENCE, check=False)  # fmt: skip
    return done.returncode, done.stderr


@pytest.mark.parametrize("arguments", ["run $P", "run $P --json", "isa", "fmt - < $P", "--version", "completion fish"])
def test_a_full_stdout_is_an_error(arguments: str, program: Path) -> None:
    assert shell(f"$L {arguments} > /dev/full", program) == (2, "lpu: a standard stream: No space left on device\n")


def test_messages_that_cannot_be_written_leave_the_status(program: Path) -> None:
    assert shell("$L run nothing.s 2> /dev/full", program) == (2, "")


def test_a_closed_stdout_is_an_error_when_it_is_used(program: Path) -> None:
    assert shell("$L run $P >&-", program) == (2, "lpu: a standard stream: Bad file descriptor\n")
    assert shell("$L check $P >&-", program) == (0, "")


def test_a_closed_stdin_is_no_empty_program(program: Path) -> None:
    assert shell("$L run - <&-", program) == (2, "lpu: a standard stream: Bad file descriptor\n")


def test_output_files_do_not_take_the_numbers_of_closed_streams(program: Path, tmp_path: Path) -> None:
    out = tmp_path / "y.bin"
    assert shell(f"$L run $P -o {out} --json >&- 2>&- <&-", program)[0] == 2
    assert out.read_bytes() == (5).to_bytes(4, "little")
