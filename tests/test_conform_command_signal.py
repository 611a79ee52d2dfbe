"""`lpu conform` interrupted by a signal: it says what was found so far, and leaves no process behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from process_tools import PATIENCE, is_alive, until

ROOT = Path(__file__).resolve().parent.parent
TARGET = """
import os, sys, time
folder = sys.argv[1]
for line in sys.stdin:
    verb = line.split()[0]
    if verb == "hello":
        print("name mute", "machine any", "lacks record registers state tensor memory written counts", sep="\\n")
    if verb == "run":
        open(f"{folder}/{os.getpid()}", "w").close()
        time.sleep(600)
    print("ok 1", flush=True)
"""


def test_an_interrupt_ends_targets_that_do_not_answer(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    pids.mkdir()
    script = tmp_path / "target.py"
    script.write_text(TARGET)
    command = [sys.executable, "-m", "lpu", "conform", "--jobs", "2", "-o", str(tmp_path)]
    process = subprocess.Popen(
        [*command, "--target", f"{sys.executable} {script} {pids}"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    until(lambda: len(list(pids.glob("[0-9]*"))) == 2, "both targets are asked to run")
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (130, "")
    assert "interrupted after 0 programs of seed 0" in out
    started = [int(path.name) for path in pids.glob("[0-9]*")]
    assert len(started) == 2
    assert not any(is_alive(pid) for pid in started)
