"""Labels and data of long sources that are columns come out as those of short ones, whatever is around them."""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from asm.assemble import assemble
from asm.data import place
from asm.data.place import Memory
from asm.names.symbols import LABEL, Symbol
from asm.quick import columns
from asm.quick.assemble import QuickAssembler, attempt
from asm.quick.columns import Codes
from asm.quick.front import Front
from asm.quick.held import Held
from asm.scope.objects import DataObject, DataObjects
from asm.scope.scope import Scope
from isa.diagnostics import Place
from isa.elf import read, write
from isa.image import Image
from isa.machine import LPU1, MachineSpec, load
from isa.objects import Objects
from tests.profile_tools import part_of_examples

# Lines that are taken together, and those that are not, among which labels wait and objects go on.
LINES = (
    "d{i}: .i32 {n}, -{n}",
    "d{i}:\ne{i}: .u8 {n}, 255, 1",
    "  .i32 {n}, 7",
    "  .i8 -{n}\n  .i16 {n}, 1, 2",
    "d{i}: .i8 1, 2, 3, 4, 5\n  .u8 {n}\n  .i32 9",
    "  .data",
    "  .text",
    "l{i}: add r1, r2, {n}",
    "  add r1, r1, 1",
    "l{i}:",
    "  .data mw{n}",
    "  .data me{n}.1",
    "  .org {n}00",
    "  .row",
    "  .row {n}",
    "  .align 4",
    "d{i}: .align 8",
    "d{i}: .space {n}",
    "  .space 2",
    "d{i}: .i32 d{i} + {n}, 1",
    "  .f32 {n}",
    "  .array a{i}: i32[{n}9]",
    "t{i}: .i32 {n}\n  .input t{i}\n  .output t{i}",
    ".global d{i}\nd{i}: .i32 1",
    ".global l{i}\nl{i}: nop 1",
    "  .param p{i} = {n}",
    "  .equ q{i} = {n}\n  mov r1, q{i}",
    ".extern x{i}\n  ld r1, [x{i}]",
    "d{i}: .i32 {n}\n  ld r3, [d{i} + r2]\n  mov r4, d{i}",
    "d{i}: .i32 1\n  mov r4, d{i} + 99\n  mul r1, r4, d{i} - d{i}",
    "d{i}: .i32 1, 2, 3\n  .equ n{i} = sizeof(d{i})\n  mov r4, n{i}",
)
BEFORE = ("d: .i32 1", ".data", ".data mw1", " .org 8", "w:", " add r1, r1, 2", "w: .align 2")
lines = st.lists(st.tuples(st.sampled_from(LINES), st.integers(0, 9)), max_size=14)


def source(chosen: list[tuple[str, int]]) -> str:
    return "\n".join(line.format(i=i, n=n) for i, (line, n) in enumerate(chosen)) + "\n  halt\n"


def images(text: str, machine: MachineSpec = LPU1) -> tuple[Image | None, Image | None]:
    """What a source becomes as columns and the plain way."""
    quick = attempt(text, "<input>", Scope(machine), None)
    return quick.image if quick is not None else None, assemble(text, machine=machine).image


@part_of_examples(1)
@given(lines)
def test_data_comes_out_the_same(chosen: list[tuple[str, int]]) -> None:
    quick, plain = images(source(chosen))
    if quick is not None:
        assert plain is not None and quick == plain and write(quick) == write(plain)


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("before", BEFORE)
def test_lines_are_taken(before: str, line: str) -> None:
    text = source([(before, 0), ("o{i}: .i32 1", 0), (line, 3), ("z{i}: .i32 2", 1), ("b{i}: add r1, r2, 3", 0)])
    quick, plain = images(text)
    assert quick is not None and plain is not None
    assert isinstance(quick.symbols, Objects) and quick == plain and write(quick) == write(plain)


def test_places_of_symbols_among_those_of_lines_come_out_the_same(tmp_path: Path) -> None:
    """A label of a use of a macro in which no op is, an included file, and one place of both."""
    (tmp_path / "more.s").write_text("  .macro mark\nm\\@:\n  .endm\n  .macro twice\n  mark\n  mark\n  .endm\n")
    (tmp_path / "code.s").write_text("c: add r1, r1, 3\n  .macro one\n  add r2, r1, 1\n  .endm\n  one\n")
    path = tmp_path / "main.s"
    lines = ['  .include "more.s"', 'a: add r1, r2, 3', '  twice', '  add r1, r3, 3', '  .include "code.s"', '  one']
    path.write_text("\n".join([*lines, " halt"]))
    quick, plain = attempt(path, "", Scope(LPU1), None), assemble(path)
    assert quick is not None and quick.image is not None and plain.image is not None
    assert quick.image == plain.image and write(quick.image) == write(plain.image)
    assert read(write(quick.image)) == plain.image


@pytest.mark.parametrize("line", ["d1: .i32 4", "d2:\n add r1, r2, 3", "r7: .i32 1", ".data\nmul: .i32 1"])
def test_names_twice_or_reserved_are_left_to_the_plain_way(line: str) -> None:
    quick, plain = images(f"d1: .i32 1\nd2: .i32 2\n  .equ k = 3\n add r1, r2, 3\n{line}\n halt\n")
    assert quick is None and plain is None


def test_data_in_several_banks_comes_out_the_same() -> None:
    """As many as there is room for, and more."""
    tiny = load("lpu-tiny")
    short, long = (", ".join(["7"] * words) for words in (tiny.words_per_row + 1, tiny.words_per_bank // 2 * 3))
    for count, fits in ((1, True), (tiny.total_banks // 6, True), (tiny.total_banks, False)):
        text = "".join(f"a{at}: .i32 {short}\nb{at}: .i32 {long}\n .i8 1\n" for at in range(count))
        quick, plain = images(f"{text} .text\nc: .i32 1\n .tensor d: i32[4, 4]\n halt\n", tiny)
        assert (quick is not None) == (plain is not None) == fits
        assert quick == plain


@pytest.mark.parametrize(
    "text",
    [
        ".data\nd: .i32 1\n.space 2\nw:\n.text\nx: .i32 1\n",
        ".data\nw: .align 2\nl: add r1, r2, 3\n.text\nx: .i32 1\n.data\n .i32 4\n.text\n",
        "a: .i32 1\nb: .i32 2\n.text\n.data\n .i32 3\n.text\n.data\n .f32 4\n.org 900\n .i32 5\n",
        ".data mw1\na: .i32 1\n.text\nb: .i32 2\n .i32 3\n.data\n .i32 4\n",
    ],
)
def test_what_waits_or_goes_on_comes_out_the_same(text: str) -> None:
    quick, plain = images(f"{text} halt\n")
    assert quick is not None and quick == plain


many = st.lists(st.integers(1, 9) | st.integers(1, 700), min_size=30, max_size=120)


@given(many | st.lists(st.integers(1, 700), max_size=9))
def test_objects_are_placed_together_as_one_by_one(sizes: list[int]) -> None:
    """Of a machine with small banks; what is placed later finds no room where there is none, from any row on."""
    tiny = load("lpu-tiny")
    alone = [DataObject(f"d{number}", Place("", 1), words=size) for number, size in enumerate(sizes)]
    columns = [array("i", [0] * len(sizes)) for _ in range(6)]
    counts, covered, starts, *where = columns
    held = DataObjects(
        "", [item.group for item in alone], [1] * len(sizes), ["i32"] * len(sizes), counts, covered, starts,
        array("i", sizes), *where, b"",
    )  # fmt: skip
    looked = held.object(0) if sizes else None
    one, other = Memory(tiny, {}), Memory(tiny, {})
    problems = [place._place_anywhere(one, item) is not None for item in alone]
    assert [problem is not None for problem in place._place_together(other, held)].count(True) == sum(problems)
    assert list(held.addresses) == [item.address for item in alone]
    assert looked is None or looked.address == alone[0].address
    assert one.tops == other.tops
    for row in range(0, tiny.words, tiny.words_per_row):
        assert (one.in_the_way(row, row + 1) is None) == (other.in_the_way(row, row + 1) is None)


def test_banks_are_those_of_the_scope() -> None:
    tiny = load("lpu-tiny")
    long = ", ".join(["7"] * (tiny.words_per_bank + 1))
    text = f"  .tensor t: i16[4]\na: .i32 1\nb: .i32 {long}\nc: .u8 1\nl: add r1, r1, t\n .data\n jmp m\nm: halt\n"
    made = QuickAssembler(Front(text), "", Scope(tiny), None)
    assert made.assembled(text).image is not None
    names = made.columns.front.names
    banks = {name: bank for name, bank in zip(names, made.columns.banks(), strict=True) if name in made.scope.data}
    assert banks.keys() == {"t", "a", "b", "c"} and banks["b"] == banks["t"] == -1
    for name, bank in banks.items():
        found = made.scope.banks_of(name)
        assert bank == (next(iter(found)) if len(found) == 1 else -1)


def test_symbols_are_made_for_those_who_look() -> None:
    text = "  .equ k = 1\nx: .i32 1, 2\n  .i32 3\ny: add r1, r1, 1\nz:\nw: .i32 5\n  .data\n halt\n"
    quick, plain = attempt(text, "<input>", Scope(LPU1), None), assemble(text)
    assert quick is not None
    scopes = quick.scope, plain.scope
    table, data = scopes[0].table, scopes[0].data
    assert isinstance(table, Held) and isinstance(data, Held)
    assert list(table.made()) == ["k"] and not data.made()
    assert table["y"] == scopes[1].table["y"] and table.get("nothing") is None and "x" in table and "y" not in data
    assert data["w"] == scopes[1].data["w"] and data["w"] is data["w"] and data["z"].object is data["w"].object
    assert dict(data) == dict(scopes[1].data) and list(data) == ["x", "z", "w"]
    assert {**table} == scopes[1].table and list(table.items()) == list(scopes[1].table.items())
    assert "y" in table and len(table) == len(scopes[1].table)


@given(st.text(st.sampled_from("a\n"), max_size=30), st.lists(st.integers(0, 29), max_size=5), st.integers(0, 5))
@example("\na\n\na", [0, 1, 3], 0)
def test_lines_are_cut_as_far_as_somebody_looks(text: str, asked: list[int], at_once: int) -> None:
    split = text.split("\n")
    with patch.object(columns, "CUT_AT_ONCE", at_once):
        codes = Codes(text, Front(text).lines)
        assert len(codes) == len(split)
        asked = [number for number in asked if number < len(split)]
        assert [codes[number] for number in asked] == [split[number] for number in asked]
        assert len(codes.cut) <= max([0, *(number + at_once + 2 for number in asked)])


def test_a_name_that_is_added_comes_after_those_that_are_held() -> None:
    held: Held[Any] = Held({"a": 1}, {"b": 2, "c": 3}.get, lambda: held.hold(["b", "c"]))
    assert held.get("c") == 3 and held.looked == {"c": 3}
    held["d"] = 4
    assert list(held.items()) == [("a", 1), ("b", 2), ("c", 3), ("d", 4)] and not held.looked
    assert held == {"a": 1, "b": 2, "c": 3, "d": 4}
    with pytest.raises(KeyError):
        held["e"]


def test_a_symbol_that_is_looked_at_stays_the_one_that_is_changed() -> None:
    made = attempt("x: .i32 1\n .data\n halt\n", "<input>", Scope(LPU1), None)
    assert made is not None
    assert made.scope.table["x"] == Symbol("x", "data", made.scope.table["x"].place)
    made.scope.table["x"].kind = LABEL
    assert made.scope.table["x"].kind == LABEL == next(iter(made.scope.table.values())).kind
