"""Two sources through objects on disk to one program that runs."""

from __future__ import annotations

from asm.assemble import assemble
from asm.link import link
from isa import elf
from isa.image import Image
from vm.loader import load

MAIN = """
        .extern table, twice
        .global result
start:  ld   r1, [table + 2]
        call r31, twice
        st   [result], r1
        ld   r2, [pointer]      ; what the linker put in memory
        halt
result: .i32 0
pointer: .i32 result
"""
LIBRARY = """
        .global table, twice
        .extern result
start:  halt 1                  ; a local name that the other file has too
twice:  add  r1, r1, r1
        ret  r31
table:  .i32 1, 2, 21
back:   .i32 result, twice
"""


def through_elf(source: str, name: str) -> Image:
    image = assemble(source, name=name).image
    assert image is not None
    return elf.read(elf.write(image))


def test_a_program_of_two_sources_runs() -> None:
    linked = elf.read(elf.write(link([through_elf(MAIN, "main.s"), through_elf(LIBRARY, "library.s")])))
    engine = load(linked, "reference")
    assert engine.run(1000) == "halted"
    address = {symbol.name: symbol.value for symbol in linked.symbols}
    memory = engine.sram().cast("I")
    assert engine.state.registers[1] == memory[address["result"]] == 42
    assert engine.state.registers[2] == address["result"]
    assert memory[address["back"]] == address["result"]
    assert memory[address["back"] + 1] == address["twice"]


def test_linking_one_source_changes_nothing_of_it() -> None:
    source = "again: ld r1, [result + 1]\n jmp again\n mov r2, result\nresult: .i32 1, result\n"
    image = assemble(source, name="main.s").image
    assert image is not None
    linked = link([image])
    assert (linked.text, linked.blocks, linked.symbols) == (image.text, image.blocks, image.symbols)
