"""Questions to a target that need no golden model: one call of `lpu conform` that asks them, and its end."""

from __future__ import annotations

import argparse
import os
import sys
import time
from abc import ABC, abstractmethod
from typing import Any

from conform.target import Target, TargetError
from conform.values.bench import BenchError
from conform.values.libraries import OracleMissing
from isa.diagnostics import SourceError
from isa.machine import MachineSpec
from lpu import build, messages
from lpu.cli import FAULT, INTERRUPTED, OK, USAGE
from lpu.conform_run import MACHINE, Command
from lpu.progress import CLEAR_LINE, SHOW_SECONDS

STATUS = {OK: "conforms", FAULT: "differs", USAGE: "error", INTERRUPTED: "interrupted"}


class Questions(ABC):
    """One call: its arguments, the files of what was found, and what is shown on a terminal."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        self.name: str = args.target or args.engine
        self.files: list[dict[str, Any]] = []
        self.shown = time.monotonic()

    @abstractmethod
    def ask(self, target: Target, spec: MachineSpec) -> None:
        """Ask a target everything. Raises SourceError, TargetError, BenchError, OracleMissing."""

    @abstractmethod
    def summary(self) -> str:
        """What was asked and what was wrong, as text."""

    @abstractmethod
    def data(self) -> dict[str, Any]:
        """The same as data."""

    def answered(self) -> int:
        """Ask, print what was found, and give the exit status."""
        log = messages.Log("json" if self.args.json else "text")
        status = USAGE
        try:
            status = self.asked()
        except SourceError as error:
            log.add(error.diagnostics)
        except (TargetError, BenchError) as error:
            log.add(messages.error("E-TARGET", str(error)).diagnostics)
        except OracleMissing as error:
            log.add(messages.error("E-ORACLE", str(error)).diagnostics)
        self.show("", True)
        if self.args.json:
            log.close(status=STATUS[status], seed=self.args.seed, **self.data(), findings=self.files)
        else:
            log.close()
            print(self.summary() if status != USAGE else "", end="")
        return status

    def asked(self) -> int:
        """Ask the target that is asked for. Raises what `ask` does."""
        spec = build.machine_asked(self.args.machine or MACHINE)
        assert spec is not None  # one is asked for
        target = Command(self.args).make()
        try:
            self.ask(target, spec)
        except KeyboardInterrupt:
            return INTERRUPTED
        finally:
            target.close()
        return FAULT if self.files else OK

    def write(self, source: str, suffix: str = "") -> str:
        """Write what was found to the next file, and give its path. Raises SourceError."""
        number = str(len(self.files) + 1) if self.files else ""
        path = os.path.normpath(os.path.join(self.args.o, f"found{number}{suffix}.s"))
        messages.write_file(path, source.encode())
        return path

    def show(self, line: str, at_once: bool = False) -> None:
        """A line on a terminal, rewritten a few times a second."""
        now = time.monotonic()
        if sys.stderr.isatty() and (at_once or now - self.shown > SHOW_SECONDS):
            self.shown = now
            print(f"{CLEAR_LINE}{line}", end="", file=sys.stderr, flush=True)
