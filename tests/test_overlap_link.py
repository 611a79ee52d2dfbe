"""Linking in time: objects of straight code merged into one timeline."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from cli_tools import Command
from hypothesis import given
from hypothesis import strategies as st
from image_strategies import images

import lpu
from asm.assemble import assemble
from asm.link import link
from isa.diagnostics import Diagnostic, SourceError
from isa.image import Image
from isa.image_check import check
from isa.machine import LPU_TINY

KERNEL = """
        .tensor x{0}: f32[8, 320] @ mw0..mw3
        .tensor z{0}: f32[8, 320] @ me0..me3
factor{0}: .f32 {0}.5
        .input  x{0}
        .output z{0}
start:  .timeline
        @0      ld        r1, [factor{0}]
        @2      read.4    se0, mw0[x{0}]  n=8
        @5      vmul.f32  se4, se0, r1    n=8
        @9      write.4   me0[z{0}], se4  n=8
        @9      halt
        .endtimeline
"""
LENGTH = 17  # cycles of a kernel: 9 to the first write, 8 rows
MOST = 9  # its first port is free again after 8 cycles


def objects(*sources: str) -> list[Image]:
    made = []
    for number, source in enumerate(sources):
        image = assemble(source, name=f"k{number}.s").image
        assert image is not None
        made.append(image)
    return made


def refused(*sources: str, overlap: int | str = 0) -> list[Diagnostic]:
    with pytest.raises(SourceError) as caught:
        lpu.link(objects(*sources), overlap=overlap)
    return caught.value.diagnostics


def run(image: Image, engine: str) -> lpu.Machine:
    machine = lpu.Machine(image, engine, strict=True)
    for name in machine.tensors:
        if name.startswith("x"):
            machine[name] = np.arange(8 * 320, dtype=np.float32).reshape(8, 320)
    assert machine.run(max_cycles=10_000) == "halted"
    return machine


@pytest.mark.parametrize("overlap", [0, 1, 7, 8, 9, "max"])
def test_objects_compute_what_they_do_alone(overlap: int | str, engine: str) -> None:
    machine = run(lpu.link(objects(*(KERNEL.format(k) for k in (1, 2, 3))), overlap=overlap), engine)
    for k in (1, 2, 3):
        np.testing.assert_array_equal(machine[f"z{k}"], machine[f"x{k}"] * np.float32(k + 0.5))
    assert machine.cycle == 3 * LENGTH - 2 * (MOST if overlap == "max" else int(overlap))


def test_one_cycle_more_names_both_lines() -> None:
    problem = refused(KERNEL.format(1), KERNEL.format(2), overlap=MOST + 1)[0]
    assert problem.message == "with an overlap of 10 cycles `read.4` and `read.4` both need mw0.rp"
    assert problem.place is not None and problem.notes[0].place is not None
    assert (problem.place.file, problem.place.line) == ("k1.s", 9)
    assert (problem.notes[0].place.file, problem.notes[0].place.line) == ("k0.s", 9)
    assert problem.help == "ask for an overlap of 9, the next that fits"


def test_lines_and_symbols_move_along() -> None:
    merged = lpu.link(objects(KERNEL.format(1), KERNEL.format(2)), overlap=9)
    check(merged)
    where = {(entry.place.file, entry.place.line): entry.address for entry in reversed(merged.lines)}
    starts = [symbol.value for symbol in merged.symbols if symbol.name == "start"]
    assert starts == [where["k0.s", 8], where["k1.s", 8]]
    assert ("k0.s", 12) not in where and ("k1.s", 12) in where


def test_it_is_what_the_source_makes() -> None:
    """Objects merged by the linker are the program that `.overlap` makes of one source."""
    first, second = KERNEL.format(1).replace("        @9      halt\n", ""), KERNEL.format(2)
    first, second = (text.replace("start:  .timeline", "        .timeline") for text in (first, second))
    data, timelines = zip(*(text.split("        .timeline") for text in (first, second)), strict=True)
    source = f"{''.join(data)}.timeline{timelines[0]}.overlap 9\n.timeline{timelines[1]}"
    (whole,) = objects(source)
    parts = lpu.link(objects(KERNEL.format(1), KERNEL.format(2)), overlap=9)
    assert run(lpu.link([whole]), "core").cycle == run(parts, "core").cycle == 2 * LENGTH - 9


def test_an_object_that_waits_at_its_end() -> None:
    merged = lpu.link(objects("{ mov r1, 1 || nop 9 }\n", "{ nop 20 }\n{ mov r2, r1 }\n{ nop 4 }\n"), overlap=1)
    machine = lpu.Machine(merged)
    assert machine.run(100) == "halted"
    assert (machine.cycle, machine.regs[2]) == (25, 1)


# Refused ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("source", "why", "line"),
    [
        ("{ nop 1 }\nx: { jmp x }\n", "`x` is an address of its text", 2),
        ("{ nop 2 }\n{ ret r1 }\n", "`ret` is in it", 2),
        ("{ trap 1 }\n", "`trap` is in it", 1),
        ("{ halt }\n{ nop 2 }\n", "`halt` is not its last bundle", 1),
        ("{ mov r1, x }\nx: { nop 2 }\n", "`x` is an address of its text", 1),
    ],
)
def test_what_is_not_straight(source: str, why: str, line: int) -> None:
    for sources in ((source, "{ nop 1 }\n"), ("{ nop 1 }\n", source)):
        (problem,) = refused(*sources)
        assert problem.code == "E-OVERLAP"
        assert problem.message.endswith(f".s is no straight code that can be moved in time: {why}")
        assert problem.place is not None and problem.place.line == line


def test_a_code_of_a_halt_that_is_dropped() -> None:
    (problem,) = refused("{ halt 3 }\n", "{ nop 1 }\n")
    assert problem.message == "k0.s halts with a code, and another object goes on after it"


def test_an_end_before_another_ends() -> None:
    (problem,) = refused("{ nop 9 }\n{ mov r1, 2 }\n", "{ halt }\n", overlap=9)
    assert problem.message == "`mov` in cycle 9 is never reached: k1.s halts 8 earlier"
    assert lpu.link(objects("{ nop 9 }\n{ mov r1, 2 }\n", "{ halt }\n"), overlap="max").text


def test_more_than_there_is() -> None:
    (problem,) = refused("{ mov r1, 2 }\n", "{ nop 1 }\n", overlap=2)
    assert problem.message == "an overlap of 2 cycles is longer than what k1.s overlaps: 1 cycles"


def test_bits_that_are_no_op() -> None:
    broken = [Image(LPU_TINY, [0xFF << 1 | 1], name=name) for name in ("a.o", "b.o")]
    with pytest.raises(SourceError) as caught:
        link(broken, overlap=0)
    (problem,) = caught.value.diagnostics
    assert problem.message.startswith("a.o is no straight code that can be moved in time: an extension syllable")


@given(st.lists(images(), min_size=2, max_size=3), st.one_of(st.integers(0, 1 << 70), st.just("max")))
def test_any_images(found: list[Image], overlap: Any) -> None:
    try:
        link(found, overlap=overlap)
    except SourceError as problem:
        assert problem.diagnostics


# The command --------------------------------------------------------------------------------------
@pytest.fixture
def two(lpu: Command) -> Command:
    for k in (1, 2):
        lpu.write(f"k{k}.s", KERNEL.format(k))
        assert lpu("asm", f"k{k}.s", "-o", f"k{k}.o").status == 0
    return lpu


@pytest.mark.parametrize(
    ("option", "cycles"), [(["--back-to-back"], 34), (["--overlap", "9"], 25), (["--overlap", "max"], 25)]
)
def test_the_command_links_in_time(two: Command, option: list[str], cycles: int) -> None:
    assert two("link", "k1.o", "k2.o", "-o", "k.lpu", *option).status == 0
    ran = two("run", "k.lpu", "--json", *(f"-ix{k}=x.npy" for k in (1, 2)))
    assert ran.status != 0  # there is no such file
    np.save(two.directory / "x.npy", np.ones((8, 320), np.float32))
    assert two("run", "k.lpu", "--json", *(f"-ix{k}=x.npy" for k in (1, 2))).document["cycles"] == cycles


@pytest.mark.parametrize("number", ["-3", "x", "", "1.5", "9" * 40, "\u0663"])
def test_an_overlap_that_is_no_number(two: Command, number: str) -> None:
    result = two("link", "k1.o", "k2.o", "-o", "k.lpu", f"--overlap={number}")
    assert result.status == 2
    assert f"`{number}` is no number of cycles from 0 on, and not `max`" in result.err
    assert not (two.directory / "k.lpu").exists()


def test_a_clash_at_the_command_line(two: Command) -> None:
    result = two("link", "k1.o", "k2.o", "-o", "k.lpu", "--overlap", "10")
    assert result.status == 2
    assert "k1.s:9:" in result.err and "k2.s:9:" in result.err
    assert not (two.directory / "k.lpu").exists()
