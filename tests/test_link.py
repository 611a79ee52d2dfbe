"""The linker: names across objects, what is refused and in which words, and what an executable takes over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from asm.link import link
from isa import elf
from isa.codec import Op, decode, encode_bundle, make
from isa.diagnostics import WARNING, Diagnostic, Place, SourceError
from isa.image import (
    DATA,
    EXTERN,
    GLOBAL,
    LOCAL,
    PARAM,
    TEXT,
    TO_ROW,
    TO_TARGET,
    TO_WORD,
    Block,
    Image,
    Relocation,
    Symbol,
    Tensor,
)
from isa.index import BY_KEY
from isa.lines import LineEntry, Lines
from isa.machine import LPU_TINY, MachineSpec

LOAD, JUMP, HALT, LANE = (
    BY_KEY[key] for key in ("ld rt, [disp]", "jmp target", "halt [code]", "ldl rt, slice[row], lane")
)
WIDTH = LPU_TINY.words_per_row


def at(line: int, file: str = "a.s") -> Place:
    return Place(file, line, 1, 9)


def obj(name: str, ops: list[Op], machine: MachineSpec = LPU_TINY, **parts: Any) -> Image:
    """An object of one op a bundle."""
    return Image(machine, [s for op in ops for s in encode_bundle([op])], name=name, **parts)


def ops_of(image: Image) -> list[Op]:
    ops, address = [], 0
    while address < len(image.text):
        op, size, _ = decode(image.text, address)
        ops.append(op)
        address += size
    return ops


def complaints(*images: Image) -> list[Diagnostic]:
    with pytest.raises(SourceError) as caught:
        link(images)
    return caught.value.diagnostics


def user() -> Image:
    """Loads `A`, which another object has, and jumps to its `go`."""
    return obj(
        "a.o",
        [make(LOAD, rt=1), make(JUMP)],
        symbols=[Symbol("A", DATA, EXTERN, place=at(1)), Symbol("go", TEXT, EXTERN, place=at(2))],
        relocations=[
            Relocation(TO_WORD, "A", 2, 0, "disp", place=at(3)),
            Relocation(TO_TARGET, "go", 0, 1, "target", place=at(4)),
        ],
        lines=Lines.of([LineEntry(0, at(3)), LineEntry(1, at(4))]),
    )


def library() -> Image:
    """Has `A` in row 5 of bank 1 and `go` at its second op."""
    word = LPU_TINY.words_per_bank + 5 * WIDTH
    return obj(
        "b.o",
        [make(HALT, code=1), make(HALT)],
        blocks=[Block("A", 1, 5, 0, 4, bytes(16))],
        symbols=[
            Symbol("A", DATA, GLOBAL, word, 4, "A", place=at(1, "b.s")),
            Symbol("go", TEXT, GLOBAL, 1, place=at(7, "b.s")),
        ],
        lines=Lines.of([LineEntry(0, at(6, "b.s")), LineEntry(1, at(7, "b.s"))]),
    )


def test_references_across_objects_are_filled_in() -> None:
    linked = link([user(), library()], "prog.lpu")
    load, jump, *_ = ops_of(linked)
    assert load["disp"] == LPU_TINY.words_per_bank + 5 * WIDTH + 2
    assert jump["target"] == 3
    assert (linked.executable, linked.name, linked.relocations) == (True, "prog.lpu", [])
    assert [(s.name, s.binding, s.value) for s in linked.symbols] == [
        ("A", GLOBAL, LPU_TINY.words_per_bank + 5 * WIDTH),
        ("go", GLOBAL, 3),
    ]
    assert [(e.address, e.place.file, e.place.line) for e in linked.lines] == [
        (0, "a.s", 3),
        (1, "a.s", 4),
        (2, "b.s", 6),
        (3, "b.s", 7),
    ]


def test_the_order_of_objects_is_the_order_of_the_text() -> None:
    linked = link([library(), user()])
    assert [op.row.mnemonic for op in ops_of(linked)] == ["halt", "halt", "ld", "jmp"]
    assert ops_of(linked)[3]["target"] == 1
    assert linked.name == "b.o"


def test_inputs_are_left_as_they_were() -> None:
    images = [user(), library()]
    link(images)
    assert images == [user(), library()]


def test_an_object_alone_and_an_executable_again() -> None:
    linked = link([library()])
    assert linked == replace(library(), executable=True)
    assert link([linked]) is linked
    assert elf.read(elf.write(linked)) == linked


def test_execution_starts_where_the_first_object_says() -> None:
    assert link([replace(library(), entry=1), user()]).entry == 1
    assert link([user(), replace(library(), entry=1)]).entry == 0


def test_local_names_may_repeat() -> None:
    def own(name: str) -> Image:
        return obj(
            name,
            [make(HALT), make(JUMP)],
            symbols=[Symbol("loop", TEXT, LOCAL, 1)],
            relocations=[Relocation(TO_TARGET, "loop", 0, 1, "target")],
        )

    linked = link([own("a.o"), own("b.o")])
    assert [op["target"] for op in ops_of(linked) if op.row is JUMP] == [1, 3]
    assert [symbol.value for symbol in linked.symbols] == [1, 3]


def test_an_objects_own_name_hides_a_global_one() -> None:
    own = replace(user(), symbols=[Symbol("A", DATA, LOCAL, 8), Symbol("go", TEXT, LOCAL, 0)])
    load, jump, *_ = ops_of(link([own, library()]))
    assert (load["disp"], jump["target"]) == (10, 0)


def test_words_of_memory_and_rows_are_filled_in() -> None:
    table = obj(
        "a.o",
        [make(LANE, rt=1)],
        blocks=[Block("T", 0, 0, 0, 3, b"\xff" * 12)],
        symbols=[Symbol("A", DATA, EXTERN), Symbol("go", TEXT, EXTERN)],
        relocations=[
            Relocation(TO_WORD, "A", -1, 0, "", 0),
            Relocation(TO_TARGET, "go", 0, 2, "", 0),
            Relocation(TO_ROW, "A", 2, 0, "row"),
        ],
    )
    linked = link([table, library()])
    address = LPU_TINY.words_per_bank + 5 * WIDTH - 1
    assert linked.blocks[0].data == address.to_bytes(4, "little") + b"\xff" * 4 + (2).to_bytes(4, "little")
    assert ops_of(linked)[0]["row"] == LPU_TINY.rows + 5 + 2  # bank 1 is the second half of slice mw0


def test_an_address_below_zero_wraps() -> None:
    low = replace(user(), relocations=[Relocation(TO_WORD, "A", -(1 << 20), 0, "disp")])
    assert ops_of(link([low, library()]))[0]["disp"] == LPU_TINY.words_per_bank + 5 * WIDTH - (1 << 20) + (1 << 32)


def test_inputs_and_outputs_are_counted_through_the_objects() -> None:
    def ports(name: str) -> Image:
        tensors = [
            Tensor(f"{name}1", "i32", (1,), is_input=True, input_order=0),
            Tensor(f"{name}2", "i32", (1,), is_input=True, input_order=1, is_output=True, output_order=0),
        ]
        return obj(name, [], tensors=tensors, symbols=[Symbol(t.name, DATA, LOCAL, 0) for t in tensors])

    linked = link([ports("a"), ports("b")])
    assert [(t.name, t.input_order, t.output_order) for t in linked.tensors] == [
        ("a1", 0, -1),
        ("a2", 1, 0),
        ("b1", 2, -1),
        ("b2", 3, 1),
    ]


# The checks on the result -------------------------------------------------------------------------
def test_the_static_checks_are_repeated_on_the_result() -> None:
    seen: list[Image] = []
    found = Diagnostic("E-HAZARD", "r1 is read too early")

    def recheck(image: Image) -> list[Diagnostic]:
        seen.append(image)
        return [found]

    with pytest.raises(SourceError) as caught:
        link([user(), library()], recheck=recheck)
    assert caught.value.diagnostics == [found]
    assert seen == [link([user(), library()])]


def test_warnings_do_not_stop_the_linker() -> None:
    warning = Diagnostic("W-LOST", "nobody reads r1", severity=WARNING)
    assert link([library()], recheck=lambda _: [warning]).executable


# What is refused ----------------------------------------------------------------------------------
def test_nothing_to_link() -> None:
    (found,) = complaints()
    assert (found.code, found.message, found.help) == (
        "E-NO-OBJECT",
        "there is nothing to link",
        "name at least one object",
    )


def test_an_executable_among_objects() -> None:
    (found,) = complaints(link([library()], "lib.lpu"), user())
    assert (found.code, found.message) == (
        "E-EXECUTABLE",
        "lib.lpu is linked already; only objects can be linked together",
    )


def test_objects_for_different_machines() -> None:
    small = MachineSpec("small", superlanes=2, quads=2, rows=32)
    (found,) = complaints(user(), replace(library(), machine=small))
    assert (found.code, found.message, found.help) == (
        "E-MACHINE",
        "b.o is for the machine small, a.o for lpu-tiny: rows is 32 here and 64 there",
        "assemble all objects for one machine",
    )


def test_a_machine_by_another_name_is_the_same_machine() -> None:
    assert link([user(), replace(library(), machine=replace(LPU_TINY, name="mine"))]).machine is LPU_TINY


def test_a_missing_symbol_is_reported_once_at_its_first_use() -> None:
    first, second = complaints(user())
    assert (first.code, first.message, first.place) == (
        "E-UNDEFINED",
        "`A` is used in a.o and defined in no object",
        at(3),
    )
    assert [(n.message, n.place) for n in first.notes] == [("declared here", at(1))]
    assert (second.message, second.place) == ("`go` is used in a.o and defined in no object", at(4))


def test_an_unused_extern_needs_no_definition() -> None:
    assert link([replace(user(), relocations=[])]).symbols == []


def test_a_missing_symbol_with_a_similar_name() -> None:
    other = replace(library(), symbols=[replace(s, name=s.name + "2") for s in library().symbols])
    found = complaints(user(), other)
    assert [d.help for d in found] == ["did you mean `A2`, defined in b.o?", "did you mean `go2`, defined in b.o?"]


def test_a_missing_symbol_that_another_object_keeps_local() -> None:
    hidden = replace(library(), symbols=[replace(s, binding=LOCAL) for s in library().symbols])
    found = complaints(user(), hidden)
    assert [d.help for d in found] == [
        "b.o defines a local `A`; add `.global A` there",
        "b.o defines a local `go`; add `.global go` there",
    ]


def test_a_symbol_defined_twice_shows_both_places() -> None:
    again = replace(library(), name="c.o", symbols=[replace(s, place=at(9, "c.s")) for s in library().symbols[1:]])
    (found,) = complaints(user(), library(), again)
    assert (found.code, found.message, found.place, found.help) == (
        "E-DUPLICATE",
        "the global symbol `go` is defined in b.o and again in c.o",
        at(9, "c.s"),
        "rename one, or leave out `.global go` in one of the files",
    )
    assert [(n.message, n.place) for n in found.notes] == [("first defined here", at(7, "b.s"))]


def test_data_as_jump_target_and_code_as_memory() -> None:
    swapped = [
        replace(library().symbols[0], name="go"),
        replace(library().symbols[1], name="A"),
    ]
    first, second = complaints(user(), replace(library(), symbols=swapped))
    assert (first.code, first.message, first.place) == (
        "E-KIND",
        "`A` is a program label of b.o, but a.o uses it as memory",
        at(3),
    )
    assert (second.message, second.place) == ("`go` is data of b.o, but a.o uses it as a jump target", at(4))
    assert [(n.message, n.place) for n in second.notes] == [("defined here", at(1, "b.s"))]


def test_a_kept_promise_of_a_bank() -> None:
    assert link([_promising(1), library()]).executable
    assert link([_promising(0, 1), library()]).executable


def test_a_broken_promise_of_a_bank() -> None:
    (found,) = complaints(_promising(9), library())
    assert (found.code, found.message, found.place, found.help) == (
        "E-BANKS",
        "a.o promises `A` in mw4.1, but b.o has it in mw0.1",
        at(1),
        "write `.extern A @ mw0.1`, or place `A` in mw4.1",
    )
    assert [(n.message, n.place) for n in found.notes] == [("defined here", at(1, "b.s"))]


def _promising(*banks: int) -> Image:
    first, *others = user().symbols
    return replace(user(), symbols=[replace(first, banks=banks), *others])


def test_two_inputs_of_one_name() -> None:
    def port(file: str) -> Image:
        symbol = Symbol("x", DATA, LOCAL, 0, place=at(3, file))
        return obj(file, [], symbols=[symbol], tensors=[Tensor("x", "i32", (1,), is_input=True, input_order=0)])

    (found,) = complaints(port("a.s"), port("b.s"))
    assert (found.code, found.message, found.place, found.help) == (
        "E-DUPLICATE",
        "`x` is an input or output of a.s and of b.s",
        at(3, "b.s"),
        "rename one of them",
    )
    assert [(n.message, n.place) for n in found.notes] == [("the other is here", at(3, "a.s"))]


def test_more_text_than_the_instruction_store_holds() -> None:
    spec = MachineSpec("small", text_syllables=3)
    images = [replace(library(), machine=spec, blocks=[], symbols=[]) for _ in range(2)]
    (found,) = complaints(*images)
    assert (found.code, found.message) == (
        "E-TEXT-SIZE",
        "the program has 4 syllables; the instruction store of small holds 3",
    )


@pytest.mark.parametrize(
    ("relocation", "why"),
    [
        (Relocation(TO_WORD, "A", 0, 1, "disp", place=at(5)), "`jmp` has no field disp"),
        (Relocation(TO_TARGET, "go", 2, 1, "target", place=at(5)), "it is address 3 of a text of 2 syllables"),
        (Relocation(TO_TARGET, "go", -2, 0, "", 0, place=at(5)), "it is address -1 of a text of 2 syllables"),
        (
            Relocation(TO_WORD, "A", 1 << 23, 1, "target", place=at(5)),
            "`jmp`: target is 8389160; it must be between 0 and 8388607",
        ),
    ],
)
def test_references_that_make_no_sense(relocation: Relocation, why: str) -> None:
    broken = replace(user(), relocations=[relocation], blocks=[Block("T", 0, 0, 0, 1, bytes(4))])
    (found,) = complaints(broken, library())
    assert (found.code, found.place) == ("E-RELOCATION", at(5))
    assert found.message == f"the reference to `{relocation.symbol}` in a.o cannot be resolved: {why}"


def test_a_reference_in_bits_that_are_no_op() -> None:
    broken = replace(user(), text=[0, 0])
    found = complaints(broken, library())
    assert [d.message for d in found] == [
        f"the reference to `{name}` in a.o cannot be resolved: opcode 0x00 is not an instruction"
        for name in ("A", "go")
    ]


def test_parameters_are_data() -> None:
    own = replace(user(), symbols=[Symbol("A", PARAM, LOCAL, 8, 1, constant=4), Symbol("go", TEXT, LOCAL, 0)])
    linked = link([own])
    assert ops_of(linked)[0]["disp"] == 10
    assert linked.symbols[0].constant == 4
