"""The C core against the golden model, on the inputs of the core's own harnesses."""

from __future__ import annotations

from isa import codec
from isa.machine import MachineSpec
from vm.core import CoreEngine
from vm.engine import UNINIT_MODES, Engine
from vm.reference import ReferenceEngine

# As fuzz/core/input.h has it.
HEADER_BYTES, LENGTH_AT, ENTRY_AT, PATTERN_AT, MODES_AT = 16, 11, 8, 9, 7
CYCLES = (20, 60)  # where both are compared; the golden model takes its time
SCRAMBLE = 0x9E3779B9


def engines(data: bytes) -> None:
    """The same text, memory and registers on both engines: the same states, memory, faults and counts."""
    if len(data) < HEADER_BYTES:
        return
    golden, core = (started(make, data) for make in (ReferenceEngine, CoreEngine))
    for until in CYCLES:
        assert golden.run(until) == core.run(until)
        assert golden.fault == core.fault
        assert golden.state == core.state
        assert golden.issue_counts() == core.issue_counts()
        assert bytes(golden.written()) == bytes(core.written())
        assert bytes(golden.sram()) == bytes(core.sram())


def started(make: type[ReferenceEngine] | type[CoreEngine], data: bytes) -> Engine:
    """What fuzz_start of fuzz/core/input.c makes of an input."""
    header, rest = data[:HEADER_BYTES], data[HEADER_BYTES:]
    size = min(header[LENGTH_AT], len(rest) // codec.SYLLABLE_BYTES) * codec.SYLLABLE_BYTES
    uninit, strict = UNINIT_MODES[header[MODES_AT] % 3], bool(header[MODES_AT] // 3 % 2)
    engine = make(machine_of(header), rest[:size], header[ENTRY_AT], uninit, strict)
    pattern, size = header[PATTERN_AT], engine.spec.sram_bytes - engine.spec.sram_bytes // 16
    engine.load(0, bytes(number % (pattern + 1) % 256 for number in range(size)))
    for register in range(32):
        engine.set_register(register, register % 5 if pattern % 2 else register * SCRAMBLE * pattern)
    return engine


def machine_of(header: bytes) -> MachineSpec:
    """The machine of a header: fuzz_parameters of fuzz/core/input.c."""
    return MachineSpec(
        "fuzzed", superlanes=size_of(header[0]), quads=size_of(header[1]), banks=1 + header[2] % 2,
        rows=1 + header[3] % 16, streams=4 + 4 * (header[4] % 8), vxm_alus=1 + header[5] % 16,
        mxm_planes=2 * (header[6] % 3),
    )  # fmt: skip


def size_of(byte: int) -> int:
    return {7: 3, 6: 2}.get(byte % 8, 1)
