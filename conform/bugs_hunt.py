"""Hunting the planted bugs: the programs of a run, with what the golden model made of each, put to the core with a bug.

The golden model is asked once for all bugs. What it said is kept in files of a folder, a batch of programs in each.
"""

from __future__ import annotations

import os
import pickle
import time
import zlib
from pathlib import Path

from conform.compare import differ_until
from conform.program import Program
from conform.run import BATCH, Settings, program_of
from conform.target import LIMIT, EngineTarget, Outcome, Target
from isa.image import Image
from isa.records import NamedTuple
from vm.engine import State


class Trial(NamedTuple):
    """A program of a run, as an image, and where the golden model stood at its end; memory is compressed."""

    number: int
    image: Image
    uninit: str
    strict: bool
    outcome: Outcome
    state: State
    memory: bytes
    written: bytes
    counts: dict[int, int]


class Batch(NamedTuple):
    """Trials in order of their numbers, and the seconds of processor time that it took to make them."""

    trials: tuple[Trial, ...]
    seconds: float


class Recorded:
    """The golden model at the end of one program, as a target that was run before."""

    name = "reference"
    lacks: frozenset[str] = frozenset()

    def __init__(self, trial: Trial) -> None:
        self.trial = trial

    def load(self, image: Image, uninit: str = "fault", strict: bool = False) -> None:
        assert image is self.trial.image

    def run(self, until: int) -> Outcome:
        assert until == LIMIT
        return self.trial.outcome

    def state(self) -> State:
        return self.trial.state

    def memory(self, address: int, length: int) -> bytes:
        return zlib.decompress(self.trial.memory)[address : address + length]

    def written(self) -> bytes:
        return zlib.decompress(self.trial.written)

    def counts(self) -> dict[int, int]:
        return self.trial.counts

    def close(self) -> None:
        pass


def tried(settings: Settings, number: int) -> Trial:
    """Make a program of a run, and run the golden model."""
    program = program_of(settings, number).program
    image, golden = program.image(), EngineTarget("reference")
    golden.load(image, program.uninit, program.strict)
    outcome = golden.run(LIMIT)
    memory = zlib.compress(golden.memory(0, settings.spec.sram_bytes), 1)
    written = zlib.compress(golden.written(), 1)
    return Trial(
        number, image, program.uninit, program.strict, outcome, golden.state(), memory, written, golden.counts()
    )


def batch(settings: Settings, folder: Path, index: int) -> Batch:
    """A batch of programs, made now if it is not in its file."""
    path = folder / f"{index:05}.pickle"
    if not path.exists():
        start = time.process_time()
        trials = tuple(tried(settings, number) for number in range(index * BATCH, (index + 1) * BATCH))
        part = path.with_suffix(f".{os.getpid()}")
        part.write_bytes(pickle.dumps(Batch(trials, time.process_time() - start)))
        part.rename(path)
    found: Batch = pickle.loads(path.read_bytes())
    return found


def hunt(settings: Settings, folder: Path, target: Target, programs: int) -> int | None:
    """The number of the first program on which a target differs, of so many; None where it does on none of them."""
    for index in range(-(-programs // BATCH)):
        for trial in batch(settings, folder, index).trials:
            stand_in = Program(settings.spec, (), (), trial.uninit, trial.strict)
            if differ_until(Recorded(trial), target, stand_in, trial.image, LIMIT):
                return trial.number
    return None
