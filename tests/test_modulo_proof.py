"""The assembler's own check of pipelined loops finds what could go wrong in them, and nothing in what is right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asm.program import Access, AsmOp
from asm.schedule.loops.body import analyse
from asm.schedule.loops.bounds import recurrence_bound
from asm.schedule.loops.depend import Dependence
from asm.schedule.loops.emit import Pipeline, bundles
from asm.schedule.loops.names import Names
from asm.schedule.loops.proof import Loop, flaw
from asm.schedule.loops.report import LoopReport
from asm.schedule.loops.search import find_kernel
from conform.linear import make_op

FREE = range(16, 32)
A, B, C = (Access(name, frozenset((bank,)), (("rb", 4),), 0) for bank, name in enumerate("ABC"))


def body() -> list[AsmOp]:
    """C[i] = A[i] * B[i], and the sum of it."""
    return [
        make_op("ld rt, [disp + rb]", {"rt": 8, "disp": 0, "rb": 4}, "", A),
        make_op("ld rt, [disp + rb]", {"rt": 9, "disp": 1000, "rb": 4}, "", B),
        make_op("mul rd, ra, rb", {"rd": 10, "ra": 8, "rb": 9}),
        make_op("add rd, ra, rb", {"rd": 6, "ra": 6, "rb": 10}),
        make_op("st [disp + rb], rt", {"rt": 10, "disp": 2000, "rb": 4}, "", C),
        make_op("add rd, ra, imm", {"rd": 4, "ra": 4, "imm": 1}),
    ]


def pipeline() -> Pipeline:
    report = LoopReport(body()[0], listed=9)
    found = find_kernel(analyse(body()), FREE, frozenset(), report)
    assert found is not None
    kernel, names = found
    return Pipeline(analyse(body()), kernel, names, lead=8)


def loop_of(made: Pipeline) -> Loop:
    near = made.body.ops[0].statement
    start = made.lead * made.kernel.interval
    epilogue = made.epilogue()
    return Loop(
        bundles(made.prologue(), start, near),
        bundles({0: [], **made.turns()}, made.turn, near),
        bundles({0: [], **epilogue}, max(epilogue) + 1, near),
    )


def test_a_right_pipeline_has_no_flaw() -> None:
    made = pipeline()
    assert (made.kernel.interval, made.names.copies) == (2, 2)
    assert flaw(made, loop_of(made)) == ""


@pytest.mark.parametrize(("number", "by"), [(2, -1), (3, -1), (4, -1), (0, 1), (2, 1)])
def test_an_op_out_of_its_time_is_found(number: int, by: int) -> None:
    """Too early for its operands, or too late for those that need what it makes."""
    made = pipeline()
    made.kernel.times[number] += by
    assert flaw(made, loop_of(made)).endswith("meets a register on its way")


def test_too_few_names_are_found() -> None:
    made = pipeline()
    made.names = Names(2, {register: names for register, names in made.names.names.items() if register != 8})
    assert flaw(made, loop_of(made)) == "`mul` meets a register on its way"


def test_an_address_that_reads_too_late_is_found() -> None:
    made = pipeline()
    made.body.drifts = {
        number: [each._replace(step=0) for each in drifts] for number, drifts in made.body.drifts.items()
    }
    assert flaw(made, loop_of(made)) == "memory differs after 8 rounds"


def drop_op(bundle: Sequence[AsmOp], mnemonic: str) -> list[AsmOp]:
    return [op for op in bundle if op.row.mnemonic != mnemonic]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda loop: loop.epilogue[-1].ops.clear(), "memory differs after 8 rounds"),
        (lambda loop: loop.turn.extend(loop.turn), "memory differs after 10 rounds"),
        (lambda loop: loop.prologue.insert(0, loop.prologue[0]), "memory differs after 8 rounds"),
        (lambda loop: loop.turn[0].ops.append(make_op("mov rd, imm", {"rd": 6, "imm": 3})), "registers differ"),
    ],
)
def test_what_was_left_out_or_added_is_found(change: Callable[[Loop], None], found: str) -> None:
    made = pipeline()
    loop = loop_of(made)
    change(loop)
    assert flaw(made, loop).startswith(found)


# The recurrence bound, against all cycles one by one ----------------------------------------------
nodes = st.integers(0, 4)
edge_lists = st.lists(
    st.builds(Dependence, nodes, nodes, st.integers(0, 5), st.integers(0, 2)).filter(
        lambda edge: edge.distance or edge.start < edge.end
    ),
    max_size=12,
)


@given(edge_lists)
def test_the_recurrence_bound_is_the_greatest_ratio_of_a_cycle(edges: list[Dependence]) -> None:
    ratios = [Fraction(1)]
    for size in range(1, 6):
        for order in permutations(range(5), size):
            ratios += cycle_ratios(order, edges)
    assert recurrence_bound(5, edges)[0] == -(-max(ratios) // 1)


def cycle_ratios(order: Sequence[int], edges: list[Dependence]) -> list[Fraction]:
    """Latency over distance of the cycles through some ops in order."""
    sums = [(0, 0)]
    for start, end in zip(order, [*order[1:], order[0]], strict=True):
        ways = {(each.latency, each.distance) for each in edges if (each.start, each.end) == (start, end)}
        sums = [(latency + more, distance + far) for latency, distance in sums for more, far in ways]
    return [Fraction(latency, distance) for latency, distance in sums if distance]
