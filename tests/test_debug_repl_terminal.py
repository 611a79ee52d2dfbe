"""The prompt of the debugger in a real terminal: a pseudo-terminal that types, and reads what is drawn."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import pytest
from process_tools import PATIENCE, until, wait_for_work
from repl_tools import ENDLESS, SUM

ROOT = Path(__file__).resolve().parent.parent
CODES = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z~]|\][^\x07]*\x07|[=>()][A-Z0-9]?)")
WHERE_AM_I, TOP_LEFT = "\x1b[6n", "\x1b[1;1R"  # a terminal is asked for the cursor's place, and answers
UP, CTRL_C, CTRL_D, ENTER, TAB = "\x1b[A", "\x03", "\x04", "\r", "\t"


class Terminal:
    """A process in a terminal of its own."""

    def __init__(self, master: int, process: subprocess.Popen[bytes]) -> None:
        self.master, self.process = master, process
        self.drawn = ""
        self.begun = ""  # the end of what came, where a question may have begun

    def types(self, text: str) -> None:
        os.write(self.master, text.encode())

    def shows(self, text: str) -> str:
        """Wait for a text; what was drawn since the last one waited for, up to its end."""
        deadline = monotonic() + PATIENCE
        while text not in self.drawn:
            ready = select.select([self.master], [], [], max(0.0, deadline - monotonic()))[0]
            assert ready, f"{text!r} is not shown:\n{self.drawn}"
            self.draws(os.read(self.master, 1 << 16).decode("utf-8", "replace"))
        before, _, self.drawn = self.drawn.partition(text)
        return before + text

    def draws(self, data: str) -> None:
        """Take what came, and answer where it asks; a question may come in pieces."""
        asked = self.begun + data
        self.types(TOP_LEFT * asked.count(WHERE_AM_I))
        self.begun = asked[asked.rfind(WHERE_AM_I) + 1 :][1 - len(WHERE_AM_I) :]
        self.drawn = CODES.sub("", self.drawn + data)

    def leaves(self) -> int:
        """Wait for the end of the process, reading what it still draws: its exit status."""
        until(self.has_left, "the process ended")
        return self.process.wait()

    def has_left(self) -> bool:
        """Whether the process is gone; what it draws is passed over."""
        while self.process.poll() is None and select.select([self.master], [], [], 0)[0]:
            try:
                os.read(self.master, 1 << 16)
            except OSError:  # the other side is gone
                break
        return self.process.poll() is not None


@contextmanager
def debugging(tmp_path: Path, program: str, **environment: str) -> Iterator[Terminal]:
    """`lpu debug` of a program in a terminal; its history goes below `tmp_path`."""
    source = tmp_path / "program.s"
    source.write_text(program)
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (30, 100))
    known = {"TERM": "xterm", "XDG_STATE_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "lpu", "debug", "--machine=lpu-tiny", "program.s"], cwd=tmp_path,
        stdin=slave, stdout=slave, stderr=slave, env={**os.environ, **known, **environment}, start_new_session=True,
        # To open it makes it the controlling terminal; no other thread is about.
        preexec_fn=lambda: os.close(os.open(os.ttyname(slave), os.O_RDWR)),  # noqa: PLW1509
    )  # fmt: skip
    os.close(slave)
    try:
        yield Terminal(master, process)
    finally:
        process.kill()
        process.wait()
        try:
            os.close(master)
        except OSError:
            assert process.returncode is not None  # a test closed it


def test_steps_completion_history_and_the_bar(tmp_path: Path) -> None:
    with debugging(tmp_path, SUM) as terminal:
        terminal.shows("cycle 0  |  pc 0  |  program.s:5  |  running  |  0 breakpoints")
        terminal.types("stepc" + ENTER)
        terminal.shows("cycle 1  program.s:6")
        terminal.shows("(lpu)")
        terminal.types(ENTER)
        terminal.shows("cycle 2  program.s:7")
        terminal.shows("(lpu)")
        terminal.types("brea" + TAB)
        terminal.shows("break")
        terminal.types(" aga" + TAB)
        terminal.shows("again")
        terminal.types(ENTER)
        terminal.shows("breakpoint 1 at again")
        terminal.shows("1 breakpoint ")
        terminal.types("c" + ENTER)
        terminal.shows("breakpoint 1: again")
        terminal.shows("(lpu)")
        terminal.types(UP + UP + UP + ENTER)
        terminal.shows("program.s:7")
        terminal.shows("(lpu)")
        terminal.types(CTRL_D)
        assert terminal.leaves() == 0
    assert "+stepc\n" in (tmp_path / "lpu" / "debug-history").read_text()


def test_a_bundle_is_typed_in_several_lines(tmp_path: Path) -> None:
    with debugging(tmp_path, SUM) as terminal:
        terminal.types("{ mov r5, 7" + ENTER)
        terminal.shows("    >")
        terminal.types("mov r6, 8 }" + ENTER)
        terminal.shows("cycle 1")
        terminal.shows("(lpu)")
        terminal.types("p r5 + r6" + ENTER)
        terminal.shows("r5 + r6 = 15")
        terminal.shows("(lpu)")
        terminal.types("quit" + ENTER)
        assert terminal.leaves() == 0


@pytest.mark.parametrize("kind", ["xterm", "dumb"])
def test_ctrl_c_pauses_a_run_and_clears_a_line(kind: str, tmp_path: Path) -> None:
    with debugging(tmp_path, ENDLESS, TERM=kind) as terminal:
        terminal.shows("(lpu)")
        terminal.types("run" + ENTER)
        terminal.shows("run")
        wait_for_work(terminal.process.pid, 1)  # which is the run's: whoever waits at the prompt does nothing
        terminal.types(CTRL_C)
        terminal.shows("paused")
        terminal.shows("(lpu)")
        terminal.types("nonsense" + CTRL_C)
        terminal.shows("(lpu)")
        terminal.types("echo alive" + ENTER)
        terminal.shows("alive")
        terminal.shows("(lpu)")
        terminal.types("q" + ENTER)
        assert terminal.leaves() == 0


@pytest.mark.parametrize("command", ["", "run"])
def test_a_closed_terminal_ends_the_session_and_its_run(command: str, tmp_path: Path) -> None:
    with debugging(tmp_path, ENDLESS) as terminal:
        terminal.shows("(lpu)")
        if command:
            terminal.types(command + ENTER)
            terminal.shows(command)
        os.close(terminal.master)
        assert terminal.process.wait(PATIENCE) is not None
