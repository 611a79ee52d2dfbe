"""Runs and replays of `lpu conform`: what is tested, what is found, and the files that it is written to."""

from __future__ import annotations

import argparse
import os
import sys
import time
from shlex import quote
from typing import TYPE_CHECKING, Any

from conform.target import EngineTarget, Target
from isa.diagnostics import SourceError
from lpu import build, messages
from lpu.cli import FAULT, INTERRUPTED, OK

if TYPE_CHECKING:
    from conform.finding import Finding
    from conform.program import Program
    from conform.run import Settings, Tally

SHOW_SECONDS = 0.2
CLEAR_LINE = "\r\x1b[K"
DEFAULTS = {"machine": "lpu-tiny", "engine": "core", "target": None, "uninit": "fault"}


class Command:
    """One call of the command: the counts so far, and the findings with the files they are in."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        self.programs = self.cycles = 0
        self.differing: list[int] = []
        self.found: dict[str, Finding] = {}
        self.start = self.shown = time.monotonic()

    # Runs -------------------------------------------------------------------------------------
    def run(self) -> int:
        """Random programs until one differs, or all. Raises SourceError, TargetError."""
        from conform.run import run

        settings = self.settings()
        status = OK
        tallies = run(settings, self.args.programs, self.make, self.args.jobs)
        try:
            for tally in tallies:
                self.count(tally)
                if self.take(settings, tally) and not self.args.keep_going:
                    break
        except KeyboardInterrupt:
            status = INTERRUPTED
        finally:
            self.clear()
            tallies.close()
        self.summary()
        return FAULT if self.differing else status

    def take(self, settings: Settings, tally: Tally) -> bool:
        """Note what differs in a batch, in a file where there is a golden model to reduce by; whether anything does."""
        from conform.run import program_of

        wanted = tally.differing if self.args.keep_going else tally.differing[:1]
        for number, difference in wanted:
            self.clear()
            self.differing.append(number)
            if settings.oracle:
                self.reduce(program_of(settings, number).program, number)
            else:
                cycle, what, expected, observed = difference
                self.say(f"program {number}, cycle {cycle}: {what}: expected {expected}, observed {observed}")
        return bool(wanted)

    def replay(self) -> int:
        """One program of a file. Raises SourceError, TargetError."""
        from conform.compare import difference
        from conform.finding import from_image

        log = messages.Log()
        spec = build.machine_asked(self.args.machine)
        try:
            image = build.executable([self.args.replay], build.Settings(machine=spec), log)
        except SourceError as error:
            raise SourceError(*log.diagnostics, *error.diagnostics) from error
        program = from_image(image, self.args.uninit, self.args.strict)
        self.programs = 1
        if difference(EngineTarget("reference"), self.make(), program) is None:
            self.say(f"{self.args.replay}: no difference")
            return OK
        self.differing.append(0)
        self.reduce(program, 0)
        return FAULT

    def settings(self) -> Settings:
        """What programs are to be made. Raises SourceError for a machine that is none."""
        from conform.run import Settings

        spec = build.machine_asked(self.args.machine)
        assert spec is not None  # the option has a default
        return Settings(self.args.seed, spec, uninit=self.args.uninit, strict=self.args.strict,
                        oracle=not self.args.engine_free)  # fmt: skip

    def make(self) -> Target:
        """What is tested. Raises TargetError."""
        if self.args.target is None:
            return EngineTarget(self.args.engine)
        from conform.wire.client import RemoteTarget

        return RemoteTarget(self.args.target)

    # What is found ----------------------------------------------------------------------------
    def reduce(self, program: Program, number: int) -> None:
        """Reduce a program that differs, and write it unless one of the same cause is written."""
        from conform.finding import finding

        found = finding(EngineTarget("reference"), self.make(), program, number)
        if any(found.cause == other.cause for other in self.found.values()):
            return
        path = os.path.normpath(os.path.join(self.args.o, f"found{len(self.found) + 1 if self.found else ''}.s"))
        messages.write_file(path, found.source(*self.notes(path, number, found.program.strict)).encode())
        self.found[path] = found
        cycle, what, expected, observed = found.difference
        self.say(f"program {number} differs in cycle {cycle}: {what}: expected {expected}, observed {observed}")
        self.say(f"  reduced from {found.ops} ops to {found.program.ops}: {path}")

    def notes(self, path: str, number: int, strict: bool) -> list[str]:
        """Where a program comes from, and the commands that show what it does."""
        made = self.args.replay or f"program {number} of seed {self.args.seed}"
        commands = [self.command_line(command, path, strict) for command in ("conform --replay", "debug")]
        return [f"reduced from {made}", *commands]

    def command_line(self, command: str, path: str, strict: bool) -> str:
        """A command of `lpu` on a file, with the options that are not the default."""
        given = {name: getattr(self.args, name) for name in DEFAULTS if command != "debug" or name != "target"}
        words = [f"--{name} {quote(value)}" for name, value in given.items() if value != DEFAULTS[name]]
        return " ".join(["lpu", command, quote(path), *words, *["--strict"] * strict])

    # What is said -----------------------------------------------------------------------------
    def count(self, tally: Tally) -> None:
        self.programs += len(tally.numbers)
        self.cycles += tally.cycles
        now = time.monotonic()
        if sys.stderr.isatty() and now - self.shown > SHOW_SECONDS:
            self.shown = now
            rate = self.programs / (now - self.start)
            line = f"{self.programs:,} of {self.args.programs:,} programs, {rate:,.0f} a second"
            print(f"{CLEAR_LINE}{line}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        if sys.stderr.isatty():
            print(CLEAR_LINE, end="", file=sys.stderr, flush=True)

    def say(self, line: str) -> None:
        if not self.args.json:
            print(line)

    def summary(self) -> None:
        against = "how they must end" if self.args.engine_free else "the golden model"
        differ = f"{len(self.differing)} differ" if self.differing else "none differs"
        counts = f"{self.programs:,} programs of seed {self.args.seed}, {self.cycles:,} cycles"
        self.say(f"{self.args.target or self.args.engine} against {against}: {counts}: {differ}")

    def result(self) -> dict[str, Any]:
        """The same as data."""
        findings = [
            {"file": path, "program": each.number, "ops": each.program.ops, **each.difference._asdict()}
            for path, each in self.found.items()
        ]
        return {"programs": self.programs, "cycles": self.cycles, "seed": self.args.seed,
                "differing": self.differing, "findings": findings}  # fmt: skip
