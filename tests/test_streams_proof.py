"""The check made on every run of linear tensor code finds each op that is left out, changed or moved."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from profile_tools import part_of_examples

from asm.assemble import Assembly, assemble
from asm.program import AsmOp, TimedOp, Timeline
from asm.streams.graph import Node
from asm.streams.proof.check import flaw

KERNELS = Path(__file__).parent.parent / "programs" / "tensor" / "linear"
SMALL = ("attention", "gelu", "gemm_f16", "gemm_i8", "layernorm", "permute", "softmax", "vector_add_relu")


@cache
def kernel(name: str) -> Assembly:
    made = assemble(KERNELS / f"{name}.s")
    assert made.ok, made.diagnostics
    return made


def found(made: Assembly) -> tuple[list[Node], Timeline]:
    (timeline,) = made.found
    assert timeline.region is not None
    return timeline.region.nodes, timeline


def flaw_of(made: Assembly, ops: list[TimedOp]) -> str:
    return flaw(found(made)[0], ops, made.scope.spec)


def changed(op: AsmOp, field: str, number: int) -> AsmOp:
    values = [number if name == field else value for name, value in zip(op.row.format.names, op.values, strict=True)]
    return AsmOp(op.row, values, op.statement)


@pytest.mark.parametrize("name", SMALL)
def test_schedules_of_kernels_have_no_flaw(name: str) -> None:
    assert flaw_of(kernel(name), found(kernel(name))[1].ops) == ""


@given(st.sampled_from(SMALL), st.data())
def test_an_op_that_is_left_out_is_missed(name: str, data: st.DataObject) -> None:
    ops = [timed for timed in found(kernel(name))[1].ops if timed.op.row.tensor]
    del ops[data.draw(st.integers(0, len(ops) - 1))]
    assert flaw_of(kernel(name), ops)


@given(st.sampled_from(SMALL), st.data())
def test_another_row_of_memory_is_noticed(name: str, data: st.DataObject) -> None:
    ops = list(found(kernel(name))[1].ops)
    number = data.draw(
        st.sampled_from([k for k, timed in enumerate(ops) if timed.op.row.memory and timed.op.row.tensor])
    )
    op = ops[number].op
    ops[number] = ops[number]._replace(op=changed(op, "row", op.value("row") + data.draw(st.integers(1, 9))))
    assert flaw_of(kernel(name), ops)


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("less", [1, 2, -1])
def test_another_step_from_row_to_row_is_noticed(name: str, less: int) -> None:
    """Also one that leads to rows that there are not."""
    ops = found(kernel(name))[1].ops
    for number, timed in enumerate(ops):
        op = timed.op
        if "stride" in op.row.format.names and op.value("n") > 1:
            other = timed._replace(op=changed(op, "stride", op.value("stride") - less))
            assert flaw_of(kernel(name), [*ops[:number], other, *ops[number + 1 :]])


def test_a_row_that_there_is_not_is_named() -> None:
    ops = list(found(kernel("gelu"))[1].ops)
    assert ops[0].op.row.mnemonic == "read.4"
    ops[0] = ops[0]._replace(op=changed(ops[0].op, "stride", -1))
    assert flaw_of(kernel("gelu"), ops) == f"`read.4` comes to row -1 in cycle {ops[0].value + 1}"


@given(st.sampled_from(SMALL), st.data())
def test_an_op_that_issues_in_another_cycle_is_noticed(name: str, data: st.DataObject) -> None:
    """Of those that take or make what passes on streams: weights and maps wait where they are."""
    ops = list(found(kernel(name))[1].ops)
    streamed = [k for k, timed in enumerate(ops) if {"stream", "sa"} & set(timed.op.row.format.names)]
    moved = [k for k in streamed if "row0" not in ops[k].op.row.format.names]
    number = data.draw(st.sampled_from(moved))
    ops[number] = ops[number]._replace(value=ops[number].value + data.draw(st.integers(1, 40)))
    assert flaw_of(kernel(name), ops)


@part_of_examples(4)
@given(st.sampled_from(SMALL), st.data())
def test_bursts_proved_together_have_the_flaw_that_they_have_one_by_one(name: str, data: st.DataObject) -> None:
    ops = list(found(kernel(name))[1].ops)
    number = data.draw(st.sampled_from([k for k, timed in enumerate(ops) if timed.op.row.tensor]))
    ops[number] = ops[number]._replace(value=ops[number].value + data.draw(st.integers(0, 3)))
    together = flaw_of(kernel(name), ops)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("asm.streams.proof.physics._goes_together", lambda burst: False)
        assert bool(flaw_of(kernel(name), ops)) == bool(together)
