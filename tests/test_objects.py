"""Objects as columns are a sequence of the objects that they stand for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from isa.diagnostics import Place
from isa.elf import ElfError, read, write
from isa.image import DATA, EXTERN, GLOBAL, LOCAL, PARAM, TEXT, Block, Image, Symbol, Tensor
from isa.machine import LPU1
from isa.objects import Objects

SYMBOLS = [
    Symbol("start", TEXT, LOCAL, 0, place=Place("a.s", 1, 2, 3)),
    Symbol("x", DATA, LOCAL, 4, 2, "x", place=Place("a.s", 2, 2, 3, (("in", Place("b.s", 7)),))),
    Symbol("x2", DATA, LOCAL, 4, 2, "x", place=Place("a.s", 1, 2, 3)),
    Symbol("far", DATA, EXTERN, banks=(1, 3)),
    Symbol("p", PARAM, GLOBAL, 4, 1, "x", constant=-1),
]
BLOCKS = [Block("x", 0, 0, 4, 2, bytes(8)), Block("y", 1, 2, 0, 1), Block("y", 2, 2, 0, 1, b"four", True)]
TENSORS = [Tensor("x", "i32", (2,)), Tensor("p", "i32", (1,)), Tensor('quoted "x"', "i32", (2,))]
PARTS: list[tuple[type[Any], list[Any]]] = [(Symbol, SYMBOLS), (Block, BLOCKS), (Tensor, TENSORS)]


@pytest.mark.parametrize(("kind", "plain"), PARTS)
def test_columns_read_as_a_list(kind: type[Any], plain: list[Any]) -> None:
    made = Objects.of(kind, plain)
    assert len(made) == len(plain) and made == plain and plain == made and made != plain[1:]
    assert [made[number] for number in range(-len(plain), len(plain))] == [*plain, *plain]
    assert made[1:] == plain[1:] and made[::-1] == plain[::-1]
    assert made + plain == [*plain, *plain]
    with pytest.raises(IndexError):
        made[len(plain)]


@pytest.mark.parametrize(("kind", "plain"), PARTS)
def test_parts_are_joined_in_order(kind: type[Any], plain: list[Any]) -> None:
    made = Objects.of(kind, plain)
    assert Objects.of(kind, made) is made
    assert Objects.joined(kind, plain[:1], Objects.of(kind, plain[1:]), made) == [*plain, *plain]
    assert Objects.joined(kind, []) == []


def image() -> Image:
    first, other, _ = TENSORS
    tensors = [replace(first, is_input=True, input_order=0), replace(other, name="x"), replace(other, name="x2")]
    return Image(LPU1, [0, 1], BLOCKS, SYMBOLS, tensors=tensors, name="a.s")


def test_columns_are_written_as_objects_are() -> None:
    plain = image()
    columns = replace(
        plain,
        symbols=Objects.of(Symbol, plain.symbols),
        blocks=Objects.of(Block, plain.blocks),
        tensors=Objects.of(Tensor, plain.tensors),
    )
    assert write(columns) == write(plain)
    assert read(write(columns)) == plain


@pytest.mark.parametrize(
    ("part", "number", "changes", "complaint"),
    [
        ("symbols", 0, {"value": 3}, "symbol 'start' has value 3 and size 0; the last address is 2"),
        ("symbols", 1, {"size": -1}, "symbol 'x' has value 4 and size -1"),
        ("symbols", 1, {"binding": "weak"}, "symbol 'x' is of kind 'data' and binding 'weak'"),
        ("symbols", 3, {"banks": (1, 1 << 20)}, "symbol 'far' names banks"),
        ("symbols", 2, {"constant": 1 << 63}, "symbol 'x2' stands for 9223372036854775808"),
        ("symbols", 2, {"value": -1}, "symbol 'x2' has value -1 and size 2"),
        ("blocks", 1, {"row": -1}, r"block 1 \('y'\) starts at row -1"),
        ("blocks", 2, {"words": 2}, r"block 2 \('y'\) has 4 bytes of data for 2 words"),
        ("blocks", 0, {"words": 0, "data": b""}, r"block 0 \('x'\) has 0 words"),
        ("tensors", 2, {"name": "far"}, "tensor 'far' has no data symbol"),
        ("tensors", 0, {"dtype": "i31"}, "tensor 'x' has type 'i31'"),
    ],
)
@pytest.mark.parametrize("usual", [True, False])
def test_one_that_breaks_a_rule_is_found(
    part: str, number: int, changes: dict[str, Any], complaint: str, usual: bool
) -> None:
    """`usual`: also among symbols of the usual form, which are looked at by themselves only if one is wrong."""
    wrong = image()
    if usual:
        wrong.symbols = [replace(each, banks=(), constant=None) for each in SYMBOLS if each.kind != PARAM]
    items = list(getattr(wrong, part))
    items[number] = replace(items[number], **changes)
    setattr(wrong, part, items)
    with pytest.raises(ElfError, match=complaint):
        write(wrong)
