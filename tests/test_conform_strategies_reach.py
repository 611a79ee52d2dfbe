"""What generated programs reach: every row of the table, as often as the mix says; and what deleting an op changes."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conform.mix import Mix, MixError
from conform.program import WAIT, Program
from conform.skeleton import FILLER
from conform.strategies import bundles, bursts, machines, memory, operands, ops, sample
from conform.target import LIMIT, EngineTarget
from isa import codec
from isa.codec import Op
from isa.legal import absent
from isa.machine import LPU_TINY, MachineSpec
from isa.row import Row
from isa.table import ROWS, SCALAR_ROWS
from isa.units import LINK
from vm.engine import HALTED

seeds = st.integers(0, (1 << 32) - 1)
EMPTY = Mix(control=9, items=(0, 0))
PLAIN = Mix(tensor=0, control=0, items=(6, 12), length=(10, 20))


def ops_in(program: Program) -> list[Op]:
    return [one for bundle in program.bundles for one in bundle]


def rows_reached(row: Row) -> bool:
    """Whether a program that is asked for a row only has an op of it."""
    others = {other.key: 0 for other in ROWS if other is not row}
    mix = Mix(rows=others, items=(2, 2), length=(50, 70), control=0.2, rows_written=(0, 0))
    return any(one.row is row for seed in range(24) for one in ops_in(sample(Random(seed), mix=mix)))


def test_every_row_is_reached() -> None:
    """A row of each family of each class; those of control come with the frame, those of links as violations."""
    plain = {(row.units.name, row.family): row for row in ROWS if not row.control and row.units.where != LINK}
    assert [row.key for row in plain.values() if not rows_reached(row)] == []
    control = {one.row.key for seed in range(60) for one in ops_in(sample(Random(seed), mix=EMPTY))}
    assert {row.key for row in SCALAR_ROWS if row.control} <= control
    links = [sample(Random(seed), violation="E-LINK") for seed in range(30)]
    reached = {one.row.key for program in links for one in ops_in(program)}
    assert {row.key for row in ROWS if row.units.where == LINK} <= reached


def test_weights_are_followed() -> None:
    def counts(mix: Mix) -> Counter[str]:
        found = (one.row.units.name for seed in range(60) for one in ops_in(sample(Random(seed), mix=mix)))
        return Counter(found)

    scalar = counts(Mix(tensor=0))
    assert set(scalar) == {"A", "M", "F", "L", "B"}
    often, seldom = counts(Mix(tensor=0, units={"M": 9})), counts(Mix(tensor=0, units={"M": 0}))
    assert often["M"] > 2 * scalar["M"] > seldom["M"] == 0
    quiet = {one.row.control for seed in range(40) for one in ops_in(sample(Random(seed), mix=Mix(control=0)))}
    assert quiet <= {"", "nop", "halt"}


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"units": {"Q": 1}}, "units: the table has no 'Q'"),
        ({"families": {"vfm": 1}}, "families: the table has no 'vfm'; did you mean 'vfma'"),
        ({"units": {"V": -1}}, "units: the weight of 'V' is -1; it must not be below 0"),
        ({"items": (4, 2)}, r"items is \(4, 2\); it must be \(least, most\), neither below 0"),
        ({"crowded": 2}, "crowded is 2; it must be a chance between 0 and 1"),
    ],
)
def test_a_mix_that_cannot_be_followed_is_refused(bad: dict[str, object], message: str) -> None:
    with pytest.raises(MixError, match=message):
        Mix(**bad)  # type: ignore[arg-type]


def without(program: Program, number: int, op: Op) -> Program:
    """The program with an op left out, and its time kept."""
    left = tuple(one for one in program.bundles[number] if one is not op) or (WAIT,)
    return program._replace(bundles=(*program.bundles[:number], left, *program.bundles[number + 1 :]))


def registers_after(program: Program) -> tuple[str, int, tuple[int, ...]]:
    target = EngineTarget("core")
    target.load(program.image())
    run = target.run(LIMIT)
    return run.status, run.cycle, target.state().registers


@given(seeds)
def test_deleting_an_op_leaves_what_does_not_read_it(seed: int) -> None:
    """In straight code: registers that no later op derives from the deleted one hold the same."""
    program = sample(Random(seed), mix=PLAIN)
    places = [(n, one) for n, bundle in enumerate(program.bundles) for one in bundle if one.row.write and n]
    places = [(n, one) for n, one in places if one != FILLER]
    if not places:
        return
    number, deleted = places[seed % len(places)]
    stained = {deleted[deleted.row.write or ""]} | ({32} if deleted.row.writes_cc else set())
    for bundle in program.bundles[number:]:
        for one in bundle:
            if one is not deleted and one.row.write and stained & {*one.registers_read, *[32] * one.row.reads_cc}:
                stained.add(one[one.row.write])
            if one.row.writes_cc and stained & set(one.registers_read):
                stained.add(32)
    if any(one.row.memory for one in ops_in(program)):
        return
    status, _, before = registers_after(program)
    status_after, _, after = registers_after(without(program, number, deleted))
    assert status == status_after == HALTED
    assert [r for r in range(32) if before[r] != after[r] and r not in stained] == []


@given(machines(), st.data())
def test_bundles_are_bundles(spec: MachineSpec, data: st.DataObject) -> None:
    bundle = data.draw(bundles(spec))
    decoded, _ = codec.decode_bundle(codec.encode_bundle(bundle), 0)
    assert tuple(decoded) == bundle


@given(machines(), st.data())
def test_bursts_stand_on_the_machine(spec: MachineSpec, data: st.DataObject) -> None:
    burst = data.draw(bursts(spec))
    assert burst.row.tensor
    assert not absent(spec, burst.row, burst.fields)
    assert codec.decode(codec.encode(burst))[0] == burst


@given(st.sampled_from(ROWS), st.data())
def test_operands_are_of_the_encoding(row: Row, data: st.DataObject) -> None:
    values = data.draw(operands(row))
    assert codec.encode(codec.make(row, **values))
    one = data.draw(ops(row=row))
    assert one.row is row


@given(machines(), st.data())
def test_memory_lies_in_the_machine(spec: MachineSpec, data: st.DataObject) -> None:
    chunks = data.draw(memory(spec))
    ends = [chunk.address + len(chunk.data) for chunk in chunks]
    assert all(end <= spec.sram_bytes for end in ends)
    assert all(end < later.address for end, later in zip(ends, chunks[1:], strict=False))
    assert Program(LPU_TINY if spec == LPU_TINY else spec, ((WAIT,),), chunks).image()
