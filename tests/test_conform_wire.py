"""Targets behind the wire protocol are the engines that they are made of, in everything that can be asked."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from process_tools import PATIENCE
from profile_tools import part_of_examples
from wire_tools import SERVE, c_target, scripted

from asm.assemble import assemble
from conform.build import op, text
from conform.compare import Difference, difference
from conform.generate import broken_programs, legal_programs
from conform.program import Chunk, Program, from_text
from conform.target import EngineTarget, Outcome, TargetError
from conform.tensor_plan import planned
from conform.tensor_wild import any_machine
from conform.wire.client import DATA_BYTES, RUN_CYCLES, RemoteTarget
from isa.codec import CodecError
from isa.image import Image
from isa.machine import LPU1, LPU_TINY, MachineSpec

LIMIT = 150
LPU = [sys.executable, "-m", "lpu"]


@pytest.fixture(scope="module")
def remotes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[RemoteTarget]]:
    """One target of each make, for many programs: both engines, and the model in C."""
    model = c_target(tmp_path_factory.mktemp("target"))
    with ExitStack() as stack:
        commands = [[*LPU, "conform", "--serve", "core"], [*SERVE, "reference"], [str(model)]]
        targets = [RemoteTarget(command, PATIENCE) for command in commands]
        for target in targets:
            stack.callback(target.close)
        yield targets


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Scalar or tensor programs, legal or not, on any machine, with memory."""
    rng = draw(st.randoms(use_true_random=False))
    uninit, strict = draw(st.sampled_from(["fault", "zero", "poison"])), draw(st.booleans())
    if draw(st.booleans()):
        spec, words = LPU_TINY, draw(st.one_of(legal_programs(), broken_programs()))
    else:
        spec = any_machine(rng)
        words = planned(rng, spec).text()
    size = 4 * rng.randrange(1 + min(2000, spec.words))
    memory = [Chunk(spec.sram_bytes - size, rng.randbytes(size))]
    try:
        return from_text(spec, words, memory, uninit, strict)
    except CodecError:
        return Program(spec, (), tuple(memory), uninit, strict)


@part_of_examples(5)
@given(programs())
def test_over_the_wire_is_as_in_process(remotes: list[RemoteTarget], program: Program) -> None:
    golden = EngineTarget("core")
    start, length = program.spec.sram_bytes // 3, program.spec.sram_bytes // 5
    for remote in remotes:
        assert difference(golden, remote, program, LIMIT) is None
        assert remote.memory(start, length) == golden.memory(start, length)


@part_of_examples(5)
@given(programs(), st.lists(st.integers(0, 60), max_size=3))
def test_runs_in_pieces_and_traces(remotes: list[RemoteTarget], program: Program, cuts: list[int]) -> None:
    for remote in remotes:
        golden, image = EngineTarget("core"), program.image()
        for target in (golden, remote):
            target.load(image, program.uninit, program.strict)
        for until in sorted(cuts):
            assert remote.run(until) == golden.run(until)
            assert remote.state() == golden.state()
        if "trace" not in remote.lacks:
            assert_trace_leads_on(golden, remote)


def assert_trace_leads_on(golden: EngineTarget, remote: RemoteTarget) -> None:
    """Registers, issues and memory made from events alone are those of an engine that was never watched."""
    before, memory, issued = golden.state(), bytearray(golden.engine.sram()), Counter(golden.counts())
    values = {f"r{number}": value for number, value in enumerate(before.registers)} | {"cc": before.cc}
    events, outcome = remote.trace(LIMIT)
    assert outcome == golden.run(LIMIT)
    for event in events:
        if event.unit == "issue":
            issued[int(event.value)] += 1
        elif event.unit in values:
            values[event.unit] = int(event.value)
        elif event.unit[1:].isdigit():
            place = int(event.unit[1:])
            memory[place : place + 4] = bytes.fromhex(event.value)
    state = golden.state()
    assert tuple(values.values()) == (*state.registers, state.cc)
    assert issued == golden.counts()
    assert memory == golden.engine.sram()
    assert [event.cycle for event in events] == sorted(event.cycle for event in events)


def test_a_target_at_a_port() -> None:
    program = from_text(LPU_TINY, assembled("mov r1, 5\n st [0], r1\n halt 2\n").text)
    command = [*LPU, "conform", "--serve", "core", "--port", "0", "--once"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        target = RemoteTarget(server.stdout.readline().split()[-1], PATIENCE)
        assert difference(EngineTarget("reference"), target, program) is None
        assert target.memory(0, 4) == b"\5\0\0\0"
        target.close()
        assert server.wait(PATIENCE) == 0


def test_long_texts_and_runs_go_in_several_requests(remotes: list[RemoteTarget]) -> None:
    count = 3 * DATA_BYTES // 8
    words = text(*[[op("add rd, ra, imm", rd=1, ra=1, imm=1)] for _ in range(count)])
    program = from_text(LPU_TINY, [*words, *assembled(f"nop {RUN_CYCLES}\n halt 3\n").text])
    for remote in remotes:
        assert difference(EngineTarget("core"), remote, program, 10 * RUN_CYCLES) is None
        assert remote.state().exit_code == 3
        assert remote.state().registers[1] == count


def test_bundles_are_injected(remotes: list[RemoteTarget]) -> None:
    for remote in remotes:
        remote.load(assembled("mov r1, 7\n nop 20\n halt 0\n"))
        remote.run(3)
        if "append" in remote.lacks:
            with pytest.raises(TargetError, match="lacks `append`"):
                remote.append([0])
            continue
        before = remote.state()
        remote.goto(remote.append(assembled("{ mov r2, r1 }\n { halt 9 }\n").text))
        assert remote.run(100) == Outcome("halted", before.cycle + 2)
        after = remote.state()
        assert after.registers == (*before.registers[:2], 7, *before.registers[3:])
        assert after.exit_code == 9


def test_registers_are_written(remotes: list[RemoteTarget]) -> None:
    for remote in remotes:
        remote.load(assembled("halt 0\n"))
        remote.set_register(31, 0xFFFFFFFF)
        assert remote.state().registers == (0,) * 31 + (0xFFFFFFFF,)


def assembled(source: str, spec: MachineSpec = LPU_TINY) -> Image:
    result = assemble(f"        {source}", machine=spec)
    assert result.image is not None
    return replace(result.image, executable=True)


def test_targets_go_on_after_a_program_that_they_refuse(remotes: list[RemoteTarget]) -> None:
    """More syllables than they were told of: what came before and what comes after is answered as ever."""
    image = assembled("halt 4\n")
    short = replace(image, machine=replace(LPU_TINY, text_syllables=1), text=image.text * 3000)
    for remote in remotes:
        with pytest.raises(TargetError, match="'load 2 2 2 64 32 16 4 1 fault 0 0 3000' is refused"):
            remote.load(short)
        remote.load(image)
        assert remote.run(9) == Outcome("halted", 1)


# What a target lacks --------------------------------------------------------------------------
RESULTS = """
hear(); say('name board', 'machine 2 2 2 64 32 16 4 8388608',
            'lacks record registers state tensor memory written counts trace append', 'ok 1')
while (request := hear()) != 'end':
    verb, *words = request.split()
    until = int(words[0]) if verb == 'run' else 0
    say(*(answers if verb == 'run' and until >= end else [f'ok running {until}'] if verb == 'run' else ['ok']))
"""


@pytest.mark.parametrize("exit_cycle", [1, 2])
def test_a_target_with_results_alone_is_compared_in_them(exit_cycle: int) -> None:
    target = scripted(f"end, answers = {exit_cycle}, ['ok halted {exit_cycle}']\n{RESULTS}")
    program = from_text(LPU_TINY, assembled("halt 3\n").text)
    found = difference(EngineTarget("reference"), target, program)
    target.close()
    wrong = None if exit_cycle == 1 else Difference(1, "cycle", "1", "2")
    assert found == wrong


def test_faults_without_a_record_are_compared_by_code_cycle_and_bundle() -> None:
    image = assembled("nop 4\n        trap 5\n")
    golden = EngineTarget("reference")
    golden.load(image)
    fault = golden.run(100).fault
    assert fault is not None
    answers = [f"fault {fault.code} {fault.cycle} {fault.pc}", f"ok fault {fault.cycle}"]
    target = scripted(f"end, answers = {fault.cycle}, {answers!r}\n{RESULTS}")
    assert difference(golden, target, from_text(LPU_TINY, image.text)) is None
    target.close()


def test_a_program_for_another_machine_is_refused_by_size() -> None:
    target = scripted(f"end = 0\n{RESULTS}")
    with pytest.raises(TargetError, match=r"board is a machine of 2 superlanes, .*; the program is for 20 superlanes"):
        target.load(assembled("halt 0\n", LPU1))
    target.close()
