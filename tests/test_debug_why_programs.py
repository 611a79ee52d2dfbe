"""Why and goes on the programs of the repository: what they say depends on an input does, and nothing else does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from why_tools import opened

from debugger.session import Session
from debugger.why import goes, why
from debugger.why.cause import Cause
from vm.machine import Machine

Index = tuple[int, ...]
Array = NDArray[Any]


def leaves(cause: Cause) -> Iterator[Cause]:
    """What a tree ends in, what is folded included; each place of it is unfolded once."""
    stack, seen = [cause], set()
    while stack:
        node = stack.pop()
        if not node.has_more:
            yield node
        if node.text not in seen:
            seen.add(node.text)
            stack += reversed(node.children())


def inputs_in(cause: Cause) -> set[str]:
    """The elements of inputs that a tree ends in, bytes of them counting as all of it."""
    texts = (leaf.text.partition(" = ")[0] for leaf in leaves(cause) if leaf.kind == "input")
    return {text.removeprefix("address: ").rpartition(" of ")[2] for text in texts}


SCALE = 0.005  # with which sums of small numbers become bytes that do not saturate


def ran(name: str, **defines: int) -> Session:
    session = opened(name, {"scale": np.float32([SCALE])}, **defines)
    session.run()
    assert session.status == "halted"
    return session


def element(name: str, *index: int) -> str:
    return f"{name}{list(index)}"


# Which inputs an output is made of ------------------------------------------------------------
CASES = [
    ("matmul.s", "C[1, 2]", {*(element("A", 1, k) for k in range(4)), *(element("B", k, 2) for k in range(4))}),
    ("tensor/vector_add_relu.s", "z[7, 300]", {"x[7, 300]", "y[7, 300]"}),
    ("tensor/transpose.s", "t[5, 3]", {"a[3, 5]"}),
    ("tensor/permute.s", "y_w[2, 9]", None),
    ("tensor/gather.s", "y_w[4, 33]", None),
]


@pytest.mark.parametrize("name, target, expected", CASES, ids=[f"{name}:{target}" for name, target, _ in CASES])
def test_inputs_that_an_output_is_made_of(name: str, target: str, expected: set[str] | None) -> None:
    session = ran(name)
    assert inputs_in(why(session, target)) == (expected or MODELS[target](session.machine))


def of_permute(machine: Machine) -> set[str]:
    order = int(machine["order_w"][9])
    return {element("x_w", 2, order), element("order_w", 9)}


def of_gather(machine: Machine) -> set[str]:
    token = int(machine["tokens_w"][4])
    return {element("table_w", token, 33), element("tokens_w", 4)}


MODELS = {"y_w[2, 9]": of_permute, "y_w[4, 33]": of_gather}


def flattened(causes: tuple[Cause, ...]) -> Iterator[Cause]:
    """Causes, those folded into one at the end, too."""
    for cause in causes:
        yield from flattened(cause.children()) if cause.kind == "more" else [cause]


def below(cause: Cause, kind: str) -> Cause:
    """The first cause of a tree, going down, whose children are of a kind."""
    while not any(child.kind == kind for child in cause.children()):
        cause = cause.children()[0]
    return cause


ROW, COLUMN, TILE = 3, 5, 320


@pytest.mark.parametrize("name, rows", [("tensor/gemm_i8.s", "x_top"), ("tensor/gemm_i4.s", "x_top")])
def test_a_sum_is_of_the_terms_of_a_row_and_a_column(name: str, rows: str) -> None:
    """Both tiles of the depth; each term is the product of what the inputs have there."""
    session = ran(name)
    target = session.machine.declared_outputs[0].name
    x, w = (session.machine[tensor].astype(np.int64) for tensor in (rows, "w_left"))
    tree = why(session, element(target, ROW, COLUMN))
    added = below(below(tree, "term"), "term")
    terms = list(flattened(added.children()))
    assert sorted(term.lane for term in terms) == list(range(TILE))
    total = 0
    for term in terms:
        total += int(term.value)
    tile = 0 if total == x[ROW, :TILE] @ w[:TILE, COLUMN] else 1
    assert total == x[ROW, tile * TILE : (tile + 1) * TILE] @ w[tile * TILE : (tile + 1) * TILE, COLUMN]
    term = terms[17]
    k = tile * TILE + term.lane
    assert {element(rows, ROW, k)} <= inputs_in(term)
    assert any(element("w_left", k, COLUMN) in name for name in inputs_in(term))


def test_a_softmax_is_of_all_lanes_of_its_row() -> None:
    session = ran("tensor/softmax.s")
    quotient = why(session, "y_west[3, 5]").children()[0]
    total = quotient.children()[1]
    lanes = list(flattened(total.children()))
    assert sorted(lane.lane for lane in lanes) == list(range(TILE))
    values = [float(lane.value) for lane in lanes]
    assert values == sorted(values, reverse=True)
    assert np.isclose(sum(values), float(total.value), rtol=1e-5)
    one = lanes[200]
    assert element("x_west", 3, one.lane) in {leaf.text.partition(" = ")[0] for leaf in down(one)}


def down(cause: Cause) -> Iterator[Cause]:
    """The leftmost way down a tree."""
    while cause.has_more:
        yield cause
        cause = cause.children()[0]
    yield cause


# What a change of an input changes ------------------------------------------------------------
PERTURBED = [
    ("matmul.s", "C[1, 2]", "A[1, 3]", ["A[0, 3]", "A[2, 1]", "B[3, 1]"]),
    ("tensor/vector_add_relu.s", "z[7, 300]", "x[7, 300]", ["x[7, 299]", "y[6, 300]", "x[8, 300]"]),
    ("tensor/transpose.s", "t[5, 3]", "a[3, 5]", ["a[5, 3]", "a[3, 4]", "a[2, 5]"]),
    ("tensor/softmax.s", "y_west[3, 5]", "x_west[3, 250]", ["x_west[2, 5]", "x_west[4, 5]", "x_east[3, 5]"]),
    ("tensor/gemm_i8.s", "y_top_left[3, 5]", "x_top[3, 400]", ["x_top[2, 400]", "x_bottom[3, 400]", "w_left[7, 6]"]),
    ("tensor/conv3x3.s", "y_top_left[2, 3, 4]", "x_top[3, 4, 99]", ["x_top[6, 4, 99]", "bias_left[5]"]),
]  # fmt: skip
FOLLOWED = 3  # of them so small that all that becomes of a value is looked at


def parsed(text: str) -> tuple[str, Index]:
    name, _, index = text.rstrip("]").partition("[")
    return name, tuple(map(int, index.split(",")))


def changed(session: Session, target: str, elements: list[str]) -> bool:
    """Whether a run in which some elements of inputs are other ones ends with another target."""
    machine = Machine(session.image)
    for tensor in session.machine.declared_inputs:
        machine[tensor.name] = session.machine[tensor.name]
    for name, index in map(parsed, elements):
        values = machine[name]
        values[index] = 100 - values[index]
        machine[name] = values
    assert machine.run(1_000_000) == "halted"
    name, index = parsed(target)
    return bool(machine[name][index] != session.machine[name][index])


@pytest.mark.parametrize("name, target, cause, others", PERTURBED, ids=[case[0] for case in PERTURBED])
def test_an_input_that_is_a_cause_changes_what_it_is_a_cause_of(
    name: str, target: str, cause: str, others: list[str]
) -> None:
    session = ran(name)
    assert changed(session, target, [cause])
    assert not changed(session, target, others)


@pytest.mark.parametrize("name, target, cause, others", PERTURBED[:FOLLOWED], ids=[c[0] for c in PERTURBED[:FOLLOWED]])
def test_an_input_goes_where_a_change_of_it_shows(name: str, target: str, cause: str, others: list[str]) -> None:
    session = ran(name)
    assert reaches(goes(session, cause), target)
    assert not any(reaches(goes(session, other), target) for other in others)


def reaches(cause: Cause, target: str) -> bool:
    """Whether a value is said to go to an element, looked for where results are written."""
    name, index = parsed(target)
    stack, seen = [cause], set()
    while stack:
        node = stack.pop()
        if stores(node.text, name, index):
            return True
        if node.text not in seen:
            seen.add(node.text)
            stack += node.children()
    return False


def stores(text: str, name: str, index: Index) -> bool:
    """Whether a line says that an element, or the row that it is in, was stored."""
    return element(name, *index) in text or f"{element(name, *index[:-1], 0)} and 319 elements more" in text
