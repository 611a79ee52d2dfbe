"""Sessions for tests of what is shown: generated programs and those of the repository, with data in their inputs."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np

from conform.tensor_plan import planned
from conform.tensor_wild import any_machine, wild_program
from debugger.history import History
from debugger.load import Loaded, Source
from debugger.session import Session
from isa.codec import bundle_starts, decode_bundle
from isa.image import Image
from vm.engine import STOPPED, Engine
from vm.machine import Machine
from vm.stops import UNIT, Stops, Watch

PROGRAMS = Path(__file__).resolve().parent.parent / "programs"
Seen = set[tuple[int, int, int]]  # unit, pc, slot


def generated(seed: int, wild: bool = False) -> Image:
    """A program for some machine: one that is legal, or one that soon faults."""
    rng = Random(seed)
    spec = any_machine(rng)
    program = wild_program(rng, spec) if wild else planned(rng, spec)
    return Image(spec, program.text(), executable=True)


def session_of(image: Image, engine: str = "core", uninit: str = "zero") -> Session:
    source = Source(engine=engine, uninit=uninit)
    return Session(source, Loaded(image))


def kernel(name: str, seed: int = 1) -> Session:
    """A program of the repository with random inputs."""
    session = Session.open(str(PROGRAMS / name))
    rng = np.random.default_rng(seed)
    for tensor in session.machine.declared_inputs:
        session.machine[tensor.name] = some(rng, session.machine[tensor.name])
    session.history = History(session.machine)
    return session


def everything(machine: Machine) -> tuple[object, ...]:
    """All that a run is."""
    engine = machine.engine
    return engine.state, engine.issue_counts(), bytes(engine.sram()), bytes(engine.written())


def some(rng: np.random.Generator, like: np.ndarray) -> np.ndarray:
    """Random elements of a shape and type."""
    if like.dtype.kind in "iu":
        return rng.integers(0, 100, like.shape).astype(like.dtype)
    return rng.standard_normal(like.shape).astype(like.dtype)


def stops_of_units(image: Image) -> Stops:
    """A watch of each unit that a program has ops for."""
    bundles = (decode_bundle(image.text, start)[0] for start in bundle_starts(image.text))
    units = sorted({unit for bundle in bundles for op in bundle for unit in op.claims})
    return Stops(watches=tuple(Watch(UNIT, unit, unit) for unit in units))


def what_issues(engine: Engine) -> Seen:
    """What an engine with such stops says issues in the cycle it is in, which it goes through."""
    if engine.run(engine.cycle + 1) != STOPPED:
        return set()
    return {(stop.address, stop.pc, stop.slot) for stop in engine.stops_hit}
