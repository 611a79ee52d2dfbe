"""Findings of targets that are wrong in one thing: small, of that thing, and replayed by their files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from profile_tools import part_of_examples

from conform.aspects import ending
from conform.breaking import VIOLATIONS
from conform.build import op
from conform.compare import differ_until
from conform.diagnose import CRASH, Diagnosis, judged
from conform.finding import Finding, finding, from_image
from conform.mix import Mix
from conform.program import Chunk, Program, blocks_of
from conform.simpler import on_machine
from conform.straight import MANY, Run, all_packed, is_straight, unrolled
from conform.strategies import machines, sample, sample_violation
from conform.target import LIMIT, EngineTarget, Outcome, TargetError
from isa import codec
from isa.codec import Op
from isa.faults import NUMBER
from isa.image import Image
from isa.machine import LPU1, LPU_TINY, MachineSpec
from isa.row import Row
from isa.table import ROWS
from lpu.api import assemble
from vm.stats import decoded_bundle

GOLDEN = EngineTarget("reference")
PROGRAMS = 400
FEW = Mix(scalar=0.0, items=(1, 4), length=(4, 16), rows_written=(0, 1))
LINES = 10


class Swapped(EngineTarget):
    """A core that takes one instruction for another of the same format."""

    def __init__(self, mnemonic: str, other: str) -> None:
        super().__init__("core")
        self.rows = {row: twin(row, other) for row in ROWS if row.mnemonic == mnemonic}

    def load(self, image: Image, uninit: str = "fault", strict: bool = False) -> None:
        text = []
        for start in codec.bundle_starts(image.text):
            bundle = decoded_bundle(image, start)
            if not bundle:
                text += image.text[start:]
                break
            words = [word for one in bundle for word in codec.encode(Op(self.rows.get(one.row, one.row), one.values))]
            words[-1] |= 1
            text += words
        super().load(replace(image, text=text), uninit, strict)


def twin(row: Row, other: str) -> Row:
    return next(each for each in ROWS if each.mnemonic == other and each.format is row.format)


class OtherFault(EngineTarget):
    """A core that reports faults of one code otherwise."""

    def __init__(self, code: str, changed: Callable[[Outcome], Outcome]) -> None:
        super().__init__("core")
        self.code, self.changed = code, changed

    def run(self, until: int) -> Outcome:
        outcome = super().run(until)
        return self.changed(outcome) if outcome.fault and outcome.fault.name == self.code else outcome


class Fragile(EngineTarget):
    """A core that dies of an op on a class of units."""

    def __init__(self, units: str) -> None:
        super().__init__("core")
        self.units = units

    def load(self, image: Image, uninit: str = "fault", strict: bool = False) -> None:
        starts = codec.bundle_starts(image.text)
        self.deadly = {s for s in starts for one in decoded_bundle(image, s) if one.row.units.name == self.units}
        super().load(image, uninit, strict)

    def run(self, until: int) -> Outcome:
        outcome = super().run(until)
        if self.deadly & set(self.engine.issue_counts()):
            raise TargetError("the target has ended in the middle of an answer")
        return outcome


def found_by(target: EngineTarget, seed: int, mix: Mix) -> Finding:
    """What is found on the first program of many on which a target differs."""
    rng = Random(seed)
    for number in range(PROGRAMS):
        program = sample(rng, LPU_TINY, mix)
        try:
            differs = differ_until(GOLDEN, target, program, program.image(), LIMIT) is not None
        except TargetError:
            differs = True
        if differs:
            return finding(GOLDEN, target, program, number)
    raise AssertionError("nothing differs")


def lines(found: Finding) -> list[str]:
    """What is no comment in a finding's source."""
    return [line for line in found.source().splitlines() if line.strip() and not line.strip().startswith(";")]


@pytest.mark.parametrize(
    ("target", "mix", "kind", "family"),
    [
        (Swapped("sub", "add"), replace(FEW, scalar=1.0, families={"sub": 40.0}), "register", "sub"),
        (Swapped("vmax.i8", "vmin.i8"), replace(FEW, families={"vmax": 40.0}, units={"V": 10.0}), "data", "vmax"),
        (Swapped("shift.down", "shift.up"), replace(FEW, units={"SH": 10.0}), "result data", "shift.down"),
        (Fragile("TR"), replace(FEW, units={"TR": 10.0}), CRASH, "transpose"),
    ],
)
def test_a_defect_is_a_few_lines(target: EngineTarget, mix: Mix, kind: str, family: str) -> None:
    found = found_by(target, 1, mix)
    assert kind in found.cause[0]
    assert family in found.cause[1]
    assert len(lines(found)) <= LINES
    again = from_image(assemble(found.source()), strict=found.program.strict)
    assert again.text() == found.program.text()
    assert finding(GOLDEN, target, again, 0).cause == found.cause


def with_lane(outcome: Outcome) -> Outcome:
    assert outcome.fault
    return outcome._replace(fault=replace(outcome.fault, other_cycle=outcome.fault.other_cycle + 1))


@pytest.mark.parametrize(
    ("code", "changed", "kind"),
    [
        ("E-BANK", lambda outcome: Outcome("halted", outcome.cycle), "fault E-BANK none"),
        ("E-HAZARD", with_lane, "record E-HAZARD other_cycle"),
    ],
)
def test_a_wrong_fault_stays_that_fault(code: str, changed: Callable[[Outcome], Outcome], kind: str) -> None:
    target = OtherFault(code, changed)
    program = sample_violation(Random(3), LPU_TINY, violation=code).program
    found = finding(GOLDEN, target, program, 0)
    assert found.cause[0] == kind
    assert len(lines(found)) <= LINES
    assert golden_code(found.program) == code


def golden_code(program: Program) -> str:
    GOLDEN.load(program.image(), program.uninit, program.strict)
    fault = GOLDEN.run(LIMIT).fault
    return fault.name if fault else ""


@pytest.mark.parametrize("names", [("sub", "xor"), ("xor", "sub")])
def test_another_defect_is_not_slipped_to(names: tuple[str, str]) -> None:
    """A target with two defects: what comes back is the one that shows first."""
    target = Swapped("sub", "add")
    target.rows |= Swapped("xor", "or").rows
    first, second = ((op(f"{name} rd, ra, imm", rd=rd, ra=4, imm=3),) for name, rd in zip(names, (5, 6), strict=True))
    program = Program(LPU_TINY, ((op("mov rd, imm", rd=4, imm=9),), first, second))
    assert finding(GOLDEN, target, program, 0).cause == ("register", (names[0],))


def test_events_and_states_tell_the_same_first_cycle() -> None:
    """A core that adds where it subtracts: found by its events, and by its states where it lacks those."""

    class Silent(Swapped):
        lacks = frozenset({"trace"})

    bundles = [(op("mov rd, imm", rd=k, imm=k),) for k in range(1, 9)]
    program = Program(LPU_TINY, (*bundles, (op("sub rd, ra, imm", rd=5, ra=4, imm=3),), *bundles[5:]))
    by_events, by_states = (
        judged(GOLDEN, each, program, LIMIT) for each in (Swapped("sub", "add"), Silent("sub", "add"))
    )
    assert by_events == by_states
    assert by_events is not None
    assert (by_events.cycle, by_events.aspect.what) == (9, "r5")


@pytest.mark.parametrize("code", VIOLATIONS)
def test_a_program_with_any_fault_assembles_to_itself(code: str) -> None:
    program = sample_violation(Random(7), LPU_TINY, violation=code).program
    diagnosis = Diagnosis(0, ending(Outcome("halted", 0), Outcome("halted", 1)), 0, ())
    source = Finding(program, diagnosis, (), 0, program.ops).source("a note")
    again = from_image(assemble(source), program.uninit, program.strict)
    assert again.text() == program.text()
    assert cells(again) == cells(program)
    assert source.startswith("; cycle 0: the end\n")
    assert NUMBER[code] == NUMBER[golden_code(again)]


def cells(program: Program) -> dict[tuple[int, int, int], bytes]:
    """The words of memory by bank, row and word."""
    found = {}
    for chunk in program.memory:
        for block in blocks_of(program.spec, chunk):
            for k in range(0, len(block.data), 4):
                row, word = divmod(block.word + k // 4, program.spec.words_per_row)
                found[block.bank, block.row + row, word] = block.data[k : k + 4]
    return found


# Straight programs ------------------------------------------------------------------------------
@given(st.integers(0, 1 << 32))
@part_of_examples(2)
def test_straight_programs_do_the_same_at_the_same_times(seed: int) -> None:
    program = sample(Random(seed), LPU_TINY)
    straight = unrolled(program)
    if straight is None:
        assert len(Run(program).states) >= MANY
        return
    assert is_straight(straight)
    whole, short = issued(program), issued(straight)
    assert short == whole
    assert issued(all_packed(straight)) == whole


def issued(program: Program) -> list[tuple[int, tuple[Op, ...]]]:
    """The ops that issue in each cycle, control left out."""
    run = Run(program)
    numbers = [(state.cycle, run.bundle(state)) for state in run.states]
    bundles = [(cycle, program.bundles[n]) for cycle, n in numbers if n is not None and n < len(program.bundles)]
    ops = [(cycle, tuple(one for one in bundle if not one.row.control)) for cycle, bundle in bundles]
    return [(cycle, each) for cycle, each in ops if each]


@given(machines(), st.integers(0, 1 << 32))
@part_of_examples(2)
def test_memory_stays_in_its_rows_on_another_machine(spec: MachineSpec, seed: int) -> None:
    program = sample(Random(seed), LPU_TINY)
    moved = on_machine(program, LPU1)
    assert placed(moved) == placed(program)
    smaller = on_machine(program, spec)
    assert placed(smaller).items() <= placed(program).items()


def placed(program: Program) -> dict[tuple[object, ...], bytes]:
    spec = program.spec
    return {(*spec.bank_place(bank), row, word): data for (bank, row, word), data in cells(program).items()}


def test_a_chunk_that_spans_rows_is_cut_on_a_narrower_machine() -> None:
    narrow = replace(LPU_TINY, name="narrow", superlanes=1)
    data = bytes(range(64))
    assert on_machine(Program(LPU_TINY, (), (Chunk(0, data),)), narrow).memory == (Chunk(0, data[:16] + data[32:48]),)
