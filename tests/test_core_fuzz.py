"""Anything as program, as state and as memory: the core gives a fault or an end, never a crash.

`make test-deep` runs this file and test_core_tensor_fuzz.py against a core built with the address and undefined
behaviour sanitizers. By hand, in a copy of the repository (for the build replaces vm/_core.abi3.so):

    LPU_SANITIZE=1 python setup.py build_ext --inplace --force
    LD_PRELOAD="$(gcc -print-file-name=libasan.so) $(gcc -print-file-name=libubsan.so)" ASAN_OPTIONS=detect_leaks=0 \
        HYPOTHESIS_PROFILE=deep python -m pytest tests/test_core_fuzz.py tests/test_core_tensor_fuzz.py
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from core_tools import LIMIT, assert_sound
from hypothesis import given, settings
from hypothesis import strategies as st

from conform.build import op, text
from conform.generate import broken_programs, registers, wild_programs, words
from isa import codec
from isa.faults import CONDITION_CODE
from isa.formats import SYLLABLE_BITS
from isa.machine import LIMITS, LPU1, LPU_TINY, MachineSpec
from isa.table import OPCODE_FORMATS
from vm.core import CoreEngine
from vm.engine import FAULT, HALTED, RUNNING, UNINIT_MODES, InFlight, Loop, State

modes = st.sampled_from(UNINIT_MODES)
opcodes = st.sampled_from(sorted(OPCODE_FORMATS))
# Bits that mostly decode: a known opcode, few high bits set.
syllables = st.builds(
    lambda opcode, payload, stop: (payload << 9 | opcode << 1 | stop) & codec.SYLLABLE_MASK,
    opcodes,
    st.one_of(st.integers(0, 1 << 22), st.integers(0, 1 << (SYLLABLE_BITS - 9))),
    st.booleans(),
)
programs = st.one_of(st.lists(syllables, max_size=40), wild_programs(), broken_programs())


@given(st.binary(max_size=400), modes)
def test_bytes_as_program(data: bytes, mode: str) -> None:
    engine = CoreEngine(LPU_TINY, data[: len(data) // 8 * 8], uninit=mode)
    assert_sound(engine, engine.run(LIMIT), LIMIT)


@given(programs, registers(), modes, st.integers(0, 60))
def test_anything_that_decodes(program: list[int], contents: list[int], mode: str, entry: int) -> None:
    engine = CoreEngine(LPU_TINY, codec.to_bytes(program), entry, mode)
    for register, value in enumerate(contents):
        engine.set_register(register, value)
    engine.load(0, bytes(range(200)))
    assert_sound(engine, engine.run(LIMIT), LIMIT)


states = st.builds(
    State,
    cycle=st.one_of(st.integers(0, 30), st.integers(0, 1 << 62)),
    pc=st.one_of(st.integers(0, 40), words),
    registers=st.lists(words, min_size=32, max_size=32).map(tuple),
    cc=st.integers(0, 15),
    in_flight=st.just(()),
    loops=st.lists(st.builds(Loop, st.integers(0, 20), st.integers(0, 20), words), max_size=4).map(tuple),
    next_fetch=st.one_of(st.integers(0, 60), st.integers(0, 1 << 62)),
    fetch_ended=st.booleans(),
    exit_code=st.integers(0, 255),
    jump_pc=st.integers(-1, 50),
    jump_slot=st.integers(-1, 9),
    jump_cycle=st.integers(-1, 50),
)


@st.composite
def hostile_states(draw: st.DrawFn) -> State:
    """A state whose numbers fit their types; writes in flight near the cycle, in order, up to all there can be."""
    state = draw(states)
    pairs = draw(st.lists(st.tuples(st.integers(1, 19), st.integers(0, CONDITION_CODE)), max_size=300, unique=True))
    writes = []
    for ahead, register in sorted(pairs):
        value = draw(words) & (15 if register == CONDITION_CODE else 0xFFFFFFFF)
        writes.append(InFlight(register, value, state.cycle + ahead, state.cycle - 1, pc=3, slot=0))
    return replace(state, in_flight=tuple(writes), next_fetch=state.cycle + state.next_fetch)


@given(programs, hostile_states())
def test_any_state_is_refused_or_runs(program: list[int], state: State) -> None:
    engine = CoreEngine(LPU_TINY, codec.to_bytes(program), uninit="zero")
    until = state.cycle + 100
    try:
        engine.set_state(state)
    except ValueError:
        assert engine.run(LIMIT) in (RUNNING, HALTED, FAULT)
        return
    assert replace(engine.state, jump_pc=-1, jump_slot=-1, jump_cycle=-1) == replace(
        state, jump_pc=-1, jump_slot=-1, jump_cycle=-1
    )
    assert_sound(engine, engine.run(until), min(until, 1 << 62))


specs = st.builds(
    MachineSpec,
    name=st.just("any"),
    **{name: st.integers(*LIMITS[name]) for name in ("superlanes", "quads", "banks", "rows")},
)


@given(specs, st.data())
def test_every_bank_of_every_machine_is_told_apart(spec: MachineSpec, data: st.DataObject) -> None:
    """Two loads at a bank's edges: E-BANK exactly when they are in one bank."""
    bank = data.draw(st.integers(0, spec.total_banks - 1))
    edges = [bank * spec.words_per_bank, (bank + 1) * spec.words_per_bank - 1, (bank + 1) * spec.words_per_bank]
    one, other = data.draw(st.sampled_from(edges)), data.draw(st.sampled_from(edges))
    loads = [op("ld rt, [disp]", u=u, rt=u, disp=word) for u, word in enumerate((one, other))]
    engine = CoreEngine(spec, codec.to_bytes(text(loads)), uninit="poison")
    status = engine.run(LIMIT)
    name = engine.fault.name if engine.fault else ""
    if max(one, other) >= spec.words:
        assert name == "E-RANGE"
    else:
        assert name == ("E-BANK" if one // spec.words_per_bank == other // spec.words_per_bank else "")
    assert_sound(engine, status, LIMIT)


@settings(max_examples=3)
@given(st.integers(0, 1 << 32))
def test_more_plans_than_fit(seed: int) -> None:
    """A long text with writes in flight everywhere: plans are dropped and made again."""
    length = 60_000
    late = [op("div rd, ra, imm", rd=n % 31, ra=31, imm=n % 7 + 1) for n in range(length)]
    end = [[op("nop count", count=17)], [op("add rd, ra, imm", rd=0, ra=0, imm=1)]]
    loop = [op("loop imm, target", imm=2, target=length + 3)]
    engine = CoreEngine(LPU1, codec.to_bytes(text(loop, *([one] for one in late), *end)))
    engine.set_register(31, seed & 0xFFFFFFFF)
    assert engine.run(1 << 40) == HALTED, engine.fault
    assert engine.state.cycle == 1 + 2 * (length + 17 + 1)


@pytest.mark.parametrize("size", [1, 17, 18, 19, 4000])
def test_a_bundle_of_any_length(size: int) -> None:
    """Ops without end: at most one a unit, so the bundle is illegal once a unit comes twice."""
    program = codec.encode(op("mov rd, imm", rd=1, imm=1)) * size
    program[-1] |= 1
    engine = CoreEngine(LPU_TINY, codec.to_bytes(program))
    assert engine.run(LIMIT) == (HALTED if size == 1 else FAULT)
