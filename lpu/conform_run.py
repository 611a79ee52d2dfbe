"""Runs and replays of `lpu conform`: what is tested, what is found, and the files that it is written to."""

from __future__ import annotations

import argparse
import os
from collections import Counter
from shlex import quote
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from conform.target import EngineTarget, Target
from isa.diagnostics import SourceError
from isa.machine import BUILTIN, MachineSpec, to_toml
from lpu import build, conform_cover, messages
from lpu.cli import FAULT, INTERRUPTED, OK
from lpu.conform_cover import ANY_MACHINE

if TYPE_CHECKING:
    from conform.compare import Difference
    from conform.cover.coverage import Coverage
    from conform.finding import Finding
    from conform.program import Program
    from conform.run import Settings, Tally

MACHINE = "lpu-tiny"  # that programs are made for where none is asked for
DEFAULTS = {"engine": "core", "target": None, "uninit": "fault"}
WIDTH = 100


def told(found: Finding) -> str:
    """What a finding is, in a sentence about its program."""
    cycle, what, expected, observed = found.difference
    if found.diagnosis.is_dead:
        return f"is the end of the target: {observed}"
    return f"differs in cycle {cycle}: {what}: expected {expected}, observed {observed}"


class Command:
    """One call of the command: the counts so far, and the findings with the files they are in."""

    def __init__(self, args: argparse.Namespace) -> None:
        from lpu.conform_watch import Watch

        self.args = args
        self.programs = self.cycles = self.ops = 0
        self.planted: Counter[str] = Counter()
        self.differing: list[int] = []
        self.found: dict[str, Finding] = {}
        self.watch = Watch(args.programs)
        self.coverage: Coverage | None = None

    # Runs -------------------------------------------------------------------------------------
    def run(self) -> int:
        """Random programs until one differs, or all. Raises SourceError, TargetError."""
        from conform.run import run

        settings = self.settings()
        status = OK
        if self.args.coverage:
            self.coverage = conform_cover.begun(self.args.coverage, self.args.merge, settings.spec)
        tallies = run(settings, self.args.programs, self.make, self.args.jobs, self.coverage)
        try:
            for tally in tallies:
                self.count(tally)
                for number, difference in tally.differing:
                    self.take(tally.settings, number, difference)
                if tally.differing and not self.args.keep_going:
                    break
        except KeyboardInterrupt:
            status = INTERRUPTED
        finally:
            tallies.close()
            self.watch.ended(self.programs)
        self.summary(status == INTERRUPTED)
        if self.coverage:
            conform_cover.write(self.args.coverage, self.coverage)
            self.say("\n".join(conform_cover.told(self.coverage)))
        return status or (FAULT if self.differing else OK)

    def take(self, settings: Settings, number: int, difference: Difference) -> None:
        """Note a program that differs, in a file where there is a golden model to reduce by."""
        from conform.run import program_of

        self.differing.append(number)
        if settings.oracle:
            self.reduce(program_of(settings, number).program, number)
        else:
            cycle, what, expected, observed = difference
            self.say(f"program {number}, cycle {cycle}: {what}: expected {expected}, observed {observed}")

    def replay(self) -> int:
        """One program of a file. Raises SourceError, TargetError."""
        from conform.diagnose import judged
        from conform.finding import from_image
        from conform.lasting import Lasting
        from conform.target import LIMIT

        log = messages.Log()
        spec = build.machine_asked(self.args.machine)
        try:
            image = build.executable([self.args.replay], build.Settings(machine=spec), log)
        except SourceError as error:
            raise SourceError(*log.diagnostics, *error.diagnostics) from error
        program = from_image(image, self.args.uninit, self.args.strict)
        self.programs, self.ops = 1, program.ops
        target = Lasting(self.make)
        try:
            found = judged(EngineTarget("reference"), target, program, LIMIT)
        finally:
            target.close()
        if found is None:
            self.say(f"{self.args.replay}: no difference")
            return OK
        self.differing.append(0)
        try:
            self.reduce(program, 0)
        except KeyboardInterrupt:
            return INTERRUPTED
        finally:
            self.watch.clear()
        return FAULT

    def settings(self) -> Settings:
        """What programs are to be made. Raises SourceError for a machine that is none."""
        from conform.run import Settings

        odd = self.args.machine == ANY_MACHINE
        spec = build.machine_asked(MACHINE if odd else self.args.machine or MACHINE)
        assert spec is not None  # one is asked for
        return Settings(self.args.seed, spec, uninit=self.args.uninit, strict=self.args.strict,
                        oracle=not self.args.engine_free, all=self.args.keep_going,
                        observe=bool(self.args.coverage), steer=self.args.steer, odd=odd)  # fmt: skip

    def make(self) -> Target:
        """What is tested. Raises TargetError."""
        if self.args.target is None:
            return EngineTarget(self.args.engine)
        from conform.wire.client import RemoteTarget

        return RemoteTarget(self.args.target, self.args.timeout)

    # What is found ----------------------------------------------------------------------------
    def reduce(self, program: Program, number: int) -> None:
        """Reduce a program that differs, and write it unless one of the same cause is written.

        Raises TargetError, and KeyboardInterrupt when what there is then has been written.
        """
        from conform.finding import finding
        from conform.lasting import Lasting

        target = Lasting(self.make)
        try:
            found = finding(EngineTarget("reference"), target, program, number,
                            watch=lambda reducer: self.watch.reducing(number, reducer))  # fmt: skip
        finally:
            target.close()
        self.watch.clear()
        if self.args.replay and found.program.text() == program.text():
            self.say(f"{self.args.replay} {told(found)}")
            self.say("  nothing of it can be left out")
        elif all(found.cause != other.cause for other in self.found.values()):
            self.write(found)
        if not found.is_minimal:
            raise KeyboardInterrupt

    def write(self, found: Finding) -> None:
        """Write a finding to a file of its own, and say what it is. Raises SourceError."""
        path = self.free_path()
        messages.write_file(path, found.source(*self.notes(path, found)).encode())
        self.found[path] = found
        self.say(f"{self.args.replay or f'program {found.number}'} {told(found)}")
        how = "reduced" if found.is_minimal else "not yet minimal when interrupted, reduced"
        self.say(f"  {how} from {found.ops} ops to {found.program.ops}: {path}")

    def free_path(self) -> str:
        """Where the next finding goes: not where one of this call is, nor the file that is replayed."""
        names = [f"found{number}.s" for number in ("", *range(2, len(self.found) + 3))]
        paths = [os.path.normpath(os.path.join(self.args.o, name)) for name in names]
        taken = {os.path.realpath(path) for path in (*self.found, self.args.replay) if path}
        return next(path for path in paths if os.path.realpath(path) not in taken)

    def notes(self, path: str, found: Finding) -> list[str]:
        """Where a program comes from, and the commands that show what it does. Raises SourceError."""
        made = self.args.replay or f"program {found.number} of seed {self.args.seed}"
        options = self.options(path, found.program)
        target = [f"--target {quote(self.args.target)}"] if self.args.target else []
        replay, debug = " ".join([quote(path), *target, *options]), " ".join([quote(path), *options])
        return [
            f"reduced from {made}, {found.ops} ops",
            f"lpu conform --replay {replay}",
            f"lpu debug {debug}",
        ]

    def options(self, path: str, program: Program) -> list[str]:
        """How a program is run, where that is not the default."""
        given = [f"--{name} {value}" for name, value in (("engine", self.args.engine), ("uninit", program.uninit))
                 if value != DEFAULTS[name]]  # fmt: skip
        return [*self.machine(path, program.spec), *given, *["--strict"] * program.strict]

    def machine(self, path: str, spec: MachineSpec) -> list[str]:
        """How to ask for a machine that the source cannot name; a reduced one gets a file. Raises SourceError."""
        if BUILTIN.get(spec.name) == spec:
            return []
        asked = self.args.machine
        if asked and asked != ANY_MACHINE and spec == build.machine_asked(asked):
            return [f"--machine {quote(asked)}"]
        description = os.path.splitext(path)[0] + ".toml"
        messages.write_file(description, to_toml(spec).encode())
        return [f"--machine {quote(description)}"]

    # What is said -----------------------------------------------------------------------------
    def count(self, tally: Tally) -> None:
        self.programs += len(tally.numbers)
        self.cycles += tally.cycles
        self.ops += tally.ops
        self.planted.update(dict(tally.planted))
        if self.coverage and tally.coverage:
            self.coverage.merge(tally.coverage)
        self.watch.running(self.programs, len(self.differing))

    def say(self, line: str) -> None:
        if not self.args.json:
            print(line)

    def summary(self, is_interrupted: bool) -> None:
        """What was run, and how many programs differ."""
        against = "how they must end" if self.args.engine_free else "the golden model"
        differ = {0: "none differs", 1: "1 differs"}.get(len(self.differing), f"{len(self.differing):,} differ")
        programs = f"{self.programs:,} program{'' if self.programs == 1 else 's'} of seed {self.args.seed}"
        counts = f"{programs}, {self.ops:,} ops, {self.cycles:,} cycles"
        ended = f"interrupted after {counts}" if is_interrupted else counts
        self.say(f"{self.args.target or self.args.engine} against {against}: {ended}: {differ}")
        codes = ", ".join(f"{code} {count}" for code, count in sorted(self.planted.items()))
        if codes:
            planted = f"{self.planted.total():,} of them with a fault planted: {codes}"
            self.say("\n".join(wrap(planted, WIDTH, initial_indent="  ", subsequent_indent="  ",
                                    break_on_hyphens=False)))  # fmt: skip

    def result(self) -> dict[str, Any]:
        """The same as data; docs/conformance.md lists its names."""
        findings = [
            {"file": path, "program": each.number, "kind": each.cause[0], "families": list(each.cause[1]),
             "ops": each.program.ops, "ops_before": each.ops, "minimal": each.is_minimal,
             **each.difference._asdict(), "sections": each.diagnosis.sections}
            for path, each in self.found.items()
        ]  # fmt: skip
        return {"programs": self.programs, "ops": self.ops, "cycles": self.cycles, "seed": self.args.seed,
                "planted": dict(sorted(self.planted.items())), "differing": self.differing,
                "findings": findings, **conform_cover.data(self.coverage)}  # fmt: skip
