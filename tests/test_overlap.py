"""Timelines that overlap in a source: what they compute, how long they take, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from cli_tools import Command
from hypothesis import given
from hypothesis import strategies as st

import lpu
from asm.assemble import Assembly, assemble
from isa.report import render

PROGRAMS = Path(__file__).resolve().parent.parent / "programs" / "tensor"
DATA = "\n".join(
    f"        .tensor {name}{k}: f32[8, 320] @ {place}..{place[:2]}{int(place[2:]) + 3}"
    for k in (1, 2)
    for name, place in (("x", "mw0"), ("y", "mw4"), ("z", "me0"))
)
LENGTH = 19  # cycles that `kernel` takes: 11 to the first write, 8 rows


def kernel(number: int) -> str:
    """z = relu(x + y), as a timeline."""
    return f"""
        .timeline
        @0      read.4    se4, mw4[y{number}]  n=8
        @1      read.4    se0, mw0[x{number}]  n=8
        @4      vadd.f32  v0, se0, se4  n=8
        @7      vrelu.f32 se8, v0  n=8
        @11     write.4   me0[z{number}], se8  n=8
        .endtimeline
"""


def run(source: str, engine: str = "core") -> lpu.Machine:
    machine = lpu.Machine(lpu.assemble(source + "\n"), engine, strict=True)
    rng = np.random.default_rng(1)
    for name in machine.tensors:
        if name[0] in "xy":
            machine[name] = rng.standard_normal((8, 320)).astype(np.float32)
    assert machine.run(max_cycles=100_000) == "halted"
    return machine


def errors(source: str) -> list[str]:
    return [f"{d.code} {d.message}" for d in assemble(source).diagnostics if d.severity == "error"]


def notes(result: Assembly) -> list[str]:
    return [d.message for d in result.diagnostics if d.code == "N-OVERLAP"]


# Results ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("overlap", "cycles"), [("0", 38), ("5", 33), ("11", 27), ("max", 27)])
def test_both_kernels_compute_what_they_do_alone(overlap: str, cycles: int, engine: str) -> None:
    machine = run(f"{DATA}{kernel(1)}.overlap {overlap}{kernel(2)}", engine)
    for k in "12":
        np.testing.assert_array_equal(machine[f"z{k}"], np.maximum(machine[f"x{k}"] + machine[f"y{k}"], 0))
    assert machine.cycle == cycles


def test_more_than_fits_is_refused() -> None:
    assert errors(f"{DATA}{kernel(1)}.overlap 12{kernel(2)}")[0].startswith("E-UNIT-BUSY `read.4` needs mw4.rp")


@given(st.integers(0, 300), st.integers(0, LENGTH))
def test_the_cycle_count_grows_by_the_shift(wait: int, shared: int) -> None:
    """A wait, which takes cycles and nothing else, may overlap with a kernel as much as it likes."""
    idle = f"\n.timeline\n@{wait} nop 1\n.endtimeline\n"
    shared = min(shared, wait + 1)
    machine = run(f"{DATA}{idle}.overlap {shared}{kernel(1)}")
    assert machine.cycle == max(wait + 1, wait + 1 - shared + LENGTH)
    np.testing.assert_array_equal(machine["z1"], np.maximum(machine["x1"] + machine["y1"], 0))


def test_a_wait_at_the_end_counts() -> None:
    source = ".timeline\n@9 nop 3\n.endtimeline\n.drain 12\n.overlap 12\n.timeline\n@1 mov r1, 2\n.endtimeline\n"
    assert errors(f"{source}.cycles 12\n.drain 12\n") == []


def test_three_timelines_count_from_all_before_them() -> None:
    source = f"{DATA}{kernel(1)}.overlap 11{kernel(2)}.cycles 20\n.drain 27\n.overlap 11{kernel(1)}.drain 35\n"
    assert errors(source) == []


def test_labels_belong_to_their_timeline() -> None:
    part = ".timeline\n@0 a: mul r{0}, r2, r3\n@after a add r{0}, r{0}, 1\n.cycles 4\n.endtimeline\n"
    assert errors(f"{part.format(4)}.overlap 3\n{part.format(5)}.cycles 5\n") == []


def test_without_an_overlap_the_second_begins_when_the_last_bundle_has_issued() -> None:
    part = ".timeline\n@0 mov r1, 1\n@4 mov r2, 2\n.endtimeline\n"
    assert [bundle.cycle for bundle in assemble(part * 2).bundles] == [0, 4, 5, 9]


# As many cycles as fit ----------------------------------------------------------------------------
def test_the_greatest_overlap_is_the_last_that_assembles() -> None:
    source = f"{DATA}{kernel(1)}.overlap max{kernel(2)}"
    (note,) = notes(assemble(source))
    found = int(re.findall(r"is (\d+) cycles", note)[0])
    assert "with one more" in note
    assert errors(source.replace("max", str(found))) == []
    assert errors(source.replace("max", str(found + 1)))


def test_ops_whose_units_are_free_keep_out_of_each_others_way() -> None:
    """Sixteen moves to streams take all ALUs; with fifteen the second timeline finds one left."""
    many = "".join(f"@0 vmov.i8 se{k}, 1, n=9\n" for k in range(15))
    one = "\n.timeline\n@0 vmov.i8 sw0, 1, n=3\n@20 nop 1\n.endtimeline\n"
    for extra, expected in (("", 21), ("@0 vmov.i8 sw9, 1, n=9\n", 12)):
        result = assemble(f".timeline\n{many}{extra}@20 nop 1\n.endtimeline\n.overlap max{one}")
        assert f"this overlap is {expected} cycles" in notes(result)[0]


def test_registers_are_kept_in_order() -> None:
    """The second kernel may not load its r1 before the first has used its own."""
    part = ".timeline\n@0 mov r1, {0}\n@6 vmov.i32 se0, r1 !V{0}\n@20 nop 1\n.endtimeline\n"
    result = assemble(f"{part.format(1)}.overlap max\n{part.format(2)}")
    assert notes(result) == [
        "this overlap is 15 cycles: with one more `mov` comes to r1 before `vmov.i32` is done with it"
    ]


def test_the_end_of_the_program_comes_last() -> None:
    source = ".timeline\n@9 mov r1, 1\n.endtimeline\n.overlap {0}\n.timeline\n@2 halt\n.endtimeline\n"
    reason = "this overlap is 3 cycles: with one more `halt` comes before `mov`, which is still to issue"
    assert notes(assemble(source.format("max"))) == [reason]
    assert errors(source.format("3")) == []
    (problem,) = errors(source.format("4"))
    assert problem == "E-TIMELINE `mov` in cycle 9 is never reached: `halt` leaves the timeline before it"


def test_a_timeline_begins_no_sooner_than_the_one_before_it() -> None:
    part = ".timeline\n@0 mov r{0}, 1\n@9 nop 1\n.endtimeline\n"
    source = f"{part.format(1)}.overlap 4\n{part.format(2)}.overlap {{0}}\n{part.format(3)}"
    assert errors(source.format(10)) == []
    (problem,) = errors(source.format(11))
    assert problem == "E-OVERLAP an overlap of 11 cycles is longer than what it overlaps, which takes 10 cycles"


def test_check_tells_what_was_found_and_assembling_does_not(lpu: Command) -> None:
    source = f"{DATA}{kernel(1)}.overlap max{kernel(2)}"
    lpu.write("k.s", source)
    checked, made = lpu("check", "k.s"), lpu("asm", "k.s", "-o", "k.o")
    assert (checked.status, made.status) == (0, 0)
    assert "note[N-OVERLAP]: this overlap is 11 cycles" in checked.err
    assert made.err == ""


def test_the_kernel_saves_what_it_says() -> None:
    text = (PROGRAMS / "overlapped.s").read_text("utf-8")
    part = (PROGRAMS / "parts" / "product.s").read_text("utf-8")
    whole = text.replace('.include "parts/product.s"', "\n" + part)
    assert errors(whole.replace(".overlap max", ".overlap 72")) == []
    assert errors(whole.replace(".overlap max", ".overlap 0").replace(".drain 456", ".drain 600")) == []
    assert errors(whole.replace(".overlap max", ".overlap 73"))


# Clashes ------------------------------------------------------------------------------------------
ENDING = "@30 nop 1\n.endtimeline\n"
TAKEN = "E-UNIT-BUSY `{}` needs {}, which is taken in this bundle"
CLASHES = {
    "unit": ("@0 vmov.i8 se0, 1 !V3", "@0 vmov.i8 se1, 1 !V3", TAKEN.format("vmov.i8", "V3")),
    "port": ("@0 read se0, mw0[0], n=2", "@0 read se1, mw0[9]", TAKEN.format("read", "mw0.rp")),
    "held": (
        "@0 read se0, mw0[0], n=2",
        "@1 read se1, mw0[9]",
        "E-UNIT-BUSY `read` needs mw0.rp in cycle 1; `read` holds it until cycle 1",
    ),
    "bank": ("@0 ld r1, [0]", "@0 ld r2, [4]", "E-BANK two accesses of bank mw0.0 in one cycle"),
    "banks of both faces": (
        "@0 ld r1, [0]",
        "@0 write mw0[9], sw0",
        "E-BANK two accesses of bank mw0.0 in cycle 0",
    ),
    "cell": (
        "@0 vmov.i8 se0, 1 !V1",
        "@0 vmov.i8 se0, 2 !V2",
        "E-STREAM-CLASH `vmov.i8` and `vmov.i8` both put a result on se0 at the VXM in cycle 1",
    ),
    "v register": (
        "@0 vmov.i8 v1, r1, delay=3",
        "@1 vmov.i8 v1, r1, delay=2",
        "E-WRITE-CLASH `vmov.i8` and `vmov.i8` both put a result on v1 in cycle 4",
    ),
    "accumulator": ("@0 accw 0, 7, sw0", "@0 accr 0, 7, se0", TAKEN.format("accr", "P0.acc")),
    "register": ("@0 mov r1, 1", "@0 mov r1, 2", "E-WRITE-CLASH r1 is written twice in one bundle, by `mov` and `mov`"),
    "register in flight": (
        "@2 add r2, r1, 1",
        "@0 ld r1, [0]",
        "E-HAZARD r1 is read 2 cycles after `ld` issues; it is ready after 4",
    ),
}


@pytest.mark.parametrize(("first", "second", "message"), CLASHES.values(), ids=CLASHES)
def test_a_clash_names_both_lines(first: str, second: str, message: str) -> None:
    source = f".timeline\n{first}\n{ENDING}.overlap 31\n.timeline\n{second}\n{ENDING}"
    clash = next(d for d in assemble(source).diagnostics if f"{d.code} {d.message}" == message)
    assert clash.place is not None
    assert {clash.place.line, *(note.place.line for note in clash.notes if note.place)} == {2, 7}


def test_both_include_trails_are_shown(tmp_path: Path) -> None:
    (tmp_path / "part.s").write_text(".timeline\n@0 vmov.i8 se0, 1, n=9 !V3\n.endtimeline\n")
    main = tmp_path / "main.s"
    main.write_text('.include "part.s"\n.overlap 2\n.include "part.s"\n')
    text = render(assemble(main).diagnostics)
    shown = [line.strip() for line in text.split("\n") if "included here" in line or ".include" in line]
    assert [line.partition(" ")[0] for line in shown if ".include" in line] == ["1", "3"]
    assert len(shown) == 4


# Hostile numbers ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("-1", "E-OVERLAP"), ("20", "E-OVERLAP"), ("1 << 4000", "E-OVERLAP"), ("0.0", "E-OVERLAP"),
        ("1e999", "E-SYNTAX"), ("'", "E-SYNTAX"), ("", "E-DIRECTIVE"), ("1, 2", "E-DIRECTIVE"), ("x1", "E-OVERLAP"),
        ('"3"', "E-OVERLAP"), ("[3]", "E-EXPR"), ("maximum", "E-UNDEFINED"), ("1 / 0", "E-EXPR"),
    ],
)  # fmt: skip
def test_what_is_no_overlap(written: str, code: str) -> None:
    problems = errors(f"{DATA}{kernel(1)}.overlap {written}{kernel(2)}")
    assert code in {problem.split()[0] for problem in problems}


@pytest.mark.parametrize(
    "op", ["@70000 mov r1, 1", "@4000000000 mov r1, 1", "@0 vmov.i8 se0, 1, n=60000, m=3, e=60000"]
)
def test_timelines_too_long_to_be_followed(op: str) -> None:
    source = f".timeline\n{op}\n.endtimeline\n.overlap 1\n.timeline\n@0 nop 1\n.endtimeline\n"
    (problem,) = errors(source)
    assert problem.startswith("E-OVERLAP what overlaps takes ")


def test_waits_of_any_length_overlap() -> None:
    source = ".timeline\n@4000000000 nop 1\n.endtimeline\n.overlap max\n.timeline\n@0 mov r1, 1\n.endtimeline\n"
    assert notes(assemble(source)) == ["this overlap is 4000000001 cycles: both timelines begin together"]
