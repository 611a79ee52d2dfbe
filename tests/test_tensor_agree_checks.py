"""The assembler's checks on generated tensor programs: what they refuse faults in the golden model."""

from __future__ import annotations

from random import Random

from engine_pairs import LIMIT
from hypothesis import given
from hypothesis import strategies as st

from asm.assemble import assemble
from asm.check import check_image
from asm.write.disassemble import disassemble
from conform.tensor_broken import break_some
from conform.tensor_plan import planned
from conform.tensor_planted import planted
from conform.tensor_wild import any_machine
from isa import codec
from isa.diagnostics import ERROR, Diagnostic, Place
from isa.image import Image
from isa.lines import LineEntry, Lines
from isa.machine import MachineSpec
from vm.engine import FAULT
from vm.reference import ReferenceEngine

seeds = st.integers(0, (1 << 32) - 1)


def image_of(spec: MachineSpec, text: list[int]) -> Image:
    """An executable in which the op at address a is on line a + 1."""
    lines = [LineEntry(address, Place("text", address + 1)) for address in range(len(text))]
    return Image(spec, text, lines=Lines.of(lines), executable=True)


def errors(spec: MachineSpec, text: list[int]) -> list[Diagnostic]:
    return [problem for problem in check_image(image_of(spec, text)) if problem.severity == ERROR]


def faults(spec: MachineSpec, text: list[int]) -> bool:
    """Whether the golden model faults with all of memory written."""
    engine = ReferenceEngine(spec, codec.to_bytes(text))
    engine.load(0, bytes(spec.sram_bytes))
    return engine.run(LIMIT) == FAULT


@given(seeds)
def test_legal_programs_pass_all_checks(seed: int) -> None:
    rng = Random(seed)
    spec = any_machine(rng)
    program = planned(rng, spec)
    assert errors(spec, program.text()) == [], program


@given(seeds)
def test_legal_programs_come_back_from_their_disassembly(seed: int) -> None:
    rng = Random(seed)
    spec = any_machine(rng)
    text = planned(rng, spec).text()
    source = disassemble(Image(spec, text, executable=True))
    assert ".unchecked" not in source
    result = assemble(source, machine=spec)
    assert result.image is not None, result.diagnostics
    assert result.image.text == text


@given(seeds)
def test_what_is_refused_faults(seed: int) -> None:
    rng = Random(seed)
    spec = any_machine(rng)
    program = planned(rng, spec)
    break_some(rng, spec, program)
    found = errors(spec, program.text())
    assert not found or faults(spec, program.text()), (found, program)


@given(seeds)
def test_what_is_refused_of_planted_faults_faults(seed: int) -> None:
    rng = Random(seed)
    spec = any_machine(rng)
    program, _ = planted(rng, spec)
    found = errors(spec, program.text())
    assert not found or faults(spec, program.text()), (found, program)
