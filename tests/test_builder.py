"""The builder makes what the codec makes op by op, refuses what that refuses, and its programs run."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from profile_tools import part_of_examples

from conform.operations import ops_of
from isa import codec, elf
from isa.builder import Builder
from isa.codec import CodecError, Op
from isa.columns import encode_columns
from isa.index import BY_KEY
from isa.row import LABEL
from isa.table import ROWS
from vm.machine import Machine

RETURN = BY_KEY["ret ra"]
ADD, JLT, HALT = BY_KEY["add rd, ra, imm"], BY_KEY["jlt target"], BY_KEY["halt [code]"]
LOAD_SCALED = BY_KEY["ld rt, [disp + ra*scale]"]
PLACED = [row for row in ROWS if not any(operand.kind == LABEL for operand in row.operands)]


@part_of_examples(2)
@given(data=st.data())
def test_columns_are_what_the_codec_makes_one_by_one(data: st.DataObject) -> None:
    row = data.draw(st.sampled_from(ROWS))
    ops = data.draw(st.lists(ops_of(row), min_size=1, max_size=6))
    made = encode_columns(row, np.array([op.values for op in ops], np.int64).reshape(len(ops), -1))
    for op, first, second, extended in zip(ops, *made, strict=True):
        assert codec.encode(op) == [int(first), int(second)][: 1 + int(extended)]


@part_of_examples(2)
@given(data=st.data())
def test_a_text_is_its_bundles_one_after_the_other(data: st.DataObject) -> None:
    bundles = [
        _apart(ops) for ops in data.draw(st.lists(st.lists(OPS, min_size=1, max_size=4), min_size=1, max_size=8))
    ]
    builder = Builder()
    for number in data.draw(st.permutations(range(len(bundles)))):
        builder.add(number, data.draw(st.permutations(bundles[number])))
    text = builder.text()
    expected = [codec.encode_bundle(sorted(ops, key=lambda op: op.claims[0])) for ops in bundles]
    assert text.syllables.tolist() == [syllable for bundle in expected for syllable in bundle]
    assert text.starts.tolist() == [sum(map(len, expected[:number])) for number in range(len(bundles) + 1)]


OPS = st.sampled_from(PLACED).flatmap(ops_of)


def _apart(ops: list[Op]) -> list[Op]:
    """Those of some ops that can share a bundle, the first first."""
    taken: set[int] = set()
    kept = []
    for op in ops:
        if taken.isdisjoint(op.claims):
            taken.update(op.claims)
            kept.append(op)
    return kept


@given(st.sampled_from(PLACED).flatmap(ops_of), st.data())
def test_what_the_codec_refuses_is_refused_in_its_words(op: Op, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(op.values) - 1)) if op.values else 0
    wrong = (*op.values[:index], data.draw(st.integers(-(1 << 40), 1 << 40)), *op.values[index + 1 :])[: len(op.values)]
    assert _outcome(lambda: encode_columns(op.row, np.array([op.values, wrong], np.int64))) == _outcome(
        lambda: codec.encode_values(op.row, wrong)
    )


def _outcome(make: object) -> str:
    try:
        make()  # type: ignore[operator]
    except CodecError as error:
        return str(error)
    return "made"


def test_a_program_runs_and_its_jumps_name_bundles() -> None:
    builder = Builder()
    builder.emit_columns(range(100), ADD, [(0, 4, 4, 7)] * 100)
    builder.emit(100, BY_KEY["cmp ra, imm"], 0, 4, 2000)
    builder.emit(101, JLT, 0)
    builder.emit(102, HALT, 0)
    machine = Machine(elf.read(elf.write(builder.image("counted"))))
    machine.run()
    assert machine.halted
    assert machine.regs[4] == 2100


def test_addresses_count_extensions() -> None:
    builder = Builder()
    builder.emit(0, LOAD_SCALED, 0, 1, 1 << 30, 2, 3)  # a displacement of 31 bits does not fit the base syllable
    builder.emit(1, JLT, 2)
    builder.emit(2, HALT, 0)
    text = builder.text()
    assert text.starts.tolist() == [0, 2, 3, 4]
    assert codec.decode_bundle(text.syllables.tolist(), 2)[0][0]["target"] == 3


def test_no_ops_are_no_text() -> None:
    assert Builder().text().syllables.tolist() == []


@pytest.mark.parametrize(
    ("ops", "message"),
    [
        ([(0, ADD, 0, 4, 4, 1), (0, ADD, 0, 5, 5, 1)], "unit A0 is claimed twice in bundle 0"),
        ([(0, HALT, 0), (2, HALT, 0)], "bundle 1 holds no op"),
        ([(1, HALT, 0)], "bundle 0 holds no op"),
        ([(-1, HALT, 0), (0, HALT, 0)], "bundle -1 is none; the first bundle is 0"),
        ([(0, JLT, 2)], "`jlt` goes to bundle 2; the program has bundles 0 to 0, and 1 is its end"),
        ([(0, ADD, 0, 4, 4)], "`add rd, ra, imm` has the fields u, rd, ra, imm; 3 values are given"),
        ([(0, RETURN, 1, 1)], "`ret ra` has the fields ra; 2 values are given"),
        ([(0, ADD, 3, 4, 4, 1)], "`add` runs on A0 A1 A2 only"),
    ],
)
def test_errors(ops: list[tuple[object, ...]], message: str) -> None:
    builder = Builder()
    with pytest.raises(CodecError, match="^" + message.replace("[", r"\[").replace("+", r"\+") + "$"):
        for bundle, row, *values in ops:
            builder.emit(bundle, row, *values)  # type: ignore[arg-type]
        builder.text()


def test_columns_of_the_wrong_shape_are_refused() -> None:
    with pytest.raises(CodecError, match="has the fields u, rd, ra, imm; 3 values are given"):
        Builder().emit_columns([0], ADD, [(0, 4, 4)])
