"""The golden model and the core side by side on a tensor program, with the same contents of memory and registers."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from conform.tensor_ops import BASES, COUNTER, WORDS
from isa import codec
from isa.machine import MachineSpec
from vm.core import CoreEngine
from vm.engine import Engine
from vm.reference import ReferenceEngine

LIMIT = 1000
Pair = tuple[Engine, Engine]


def engines(
    rng: Random, spec: MachineSpec, text: Sequence[int], uninit: str = "fault", strict: bool = False, part: float = 1
) -> Pair:
    """Both engines; the first part of SRAM is written, with the edges of all types among random words."""
    code = codec.to_bytes(list(text))
    pair = (
        ReferenceEngine(spec, code, uninit=uninit, strict=strict),
        CoreEngine(spec, code, uninit=uninit, strict=strict),
    )
    words = [*WORDS, *(rng.getrandbits(32) for _ in range(len(WORDS)))]
    memory = b"".join(word.to_bytes(4, "little") for word in rng.choices(words, k=int(spec.words * part)))
    registers = [rng.choice(words) for _ in range(32)]
    registers[COUNTER] = 0
    registers[BASES.start : BASES.stop] = range(len(BASES))
    for engine in pair:
        engine.load(0, memory)
        for register, value in enumerate(registers):
            engine.set_register(register, value)
    return pair


def assert_same(golden: Engine, core: Engine) -> None:
    assert core.fault == golden.fault
    assert core.state == golden.state
    assert core.issue_counts() == golden.issue_counts()
    assert bytes(core.written()) == bytes(golden.written())
    assert bytes(core.sram()) == bytes(golden.sram())


def run_both(pair: Pair, cuts: Sequence[int] = ()) -> str:
    """Run to each cut and then to the limit, comparing everything there; returns the status."""
    golden, core = pair
    for until in [*cuts, LIMIT]:
        status = golden.run(until)
        assert core.run(until) == status
        assert_same(golden, core)
    return status
