"""Waiting for what other processes and threads do: for conditions with a generous limit, never for a time.

How long something takes is counted in the processor time that it used itself, for others may have the machine.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 300.0  # seconds for anything, on a machine with much to do
PAUSE = 0.01
STATE, USER, SYSTEM = 0, 11, 12  # fields of /proc/PID/stat behind the name
TICKS = os.sysconf("SC_CLK_TCK")


def until(condition: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Wait for a condition to hold. Raises AssertionError that names what did not come."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"in {seconds:.0f} s it never came that {what}"
        time.sleep(PAUSE)


@contextmanager
def once(condition: Callable[[], object], action: Callable[[], object]) -> Iterator[None]:
    """Act from another thread as soon as a condition holds, while the block is carried out, which ends by that."""

    def wait_and_act() -> None:
        try:
            until(lambda: condition() or over.is_set(), "there was something to act on")
        except AssertionError as late:
            failures.append(late)
        if not over.is_set():
            action()

    over, failures = threading.Event(), list[AssertionError]()
    thread = threading.Thread(target=wait_and_act)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    assert not failures, failures


# Other processes --------------------------------------------------------------------------------
def fields(pid: int) -> list[str]:
    """What the system says of a process that there is, be it a dead one that nobody has heard of."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def processor_seconds(pid: int) -> float:
    """The processor time that a process has used, without its children."""
    found = fields(pid)
    return (int(found[USER]) + int(found[SYSTEM])) / TICKS


def is_in_state(pid: int, state: str) -> bool:
    """Whether a process is R(unning), S(leeping), T (stopped), Z (dead)."""
    return fields(pid)[STATE] == state


def is_alive(pid: int) -> bool:
    try:
        return not is_in_state(pid, "Z")
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_for_work(pid: int, seconds: float) -> None:
    """Wait until a process has used so much more processor time."""
    enough = processor_seconds(pid) + seconds
    until(lambda: processor_seconds(pid) >= enough, f"process {pid} used {seconds} s more")
