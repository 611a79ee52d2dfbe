"""What explains a run of linear tensor code: bounds that hold, cycles that are all accounted for, units as they run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lpu
from asm.assemble import assemble
from asm.explain.report import RunReport, flows
from asm.explain.reports import runs
from isa.machine import LPU1, LPU_TINY, MachineSpec

PROGRAMS = Path(__file__).resolve().parent.parent / "programs" / "tensor" / "linear"
LANES = LPU_TINY.lanes


def explained(text: str, spec: MachineSpec = LPU_TINY) -> RunReport:
    """The report of the only run of a source."""
    made = assemble(text, machine=spec)
    assert made.ok, made.diagnostics
    (report,) = runs(made.found)
    return report


def of_program(name: str) -> RunReport:
    (report,) = runs(assemble(PROGRAMS / name).found)
    return report


def tensors(rows: int, **places: str) -> str:
    return "".join(f".tensor {name}: u32[{rows}, {LANES}] @ {place}\n" for name, place in places.items())


# Bounds -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "landing", "resource", "cycles"),
    [
        ("softmax.s", 3 + 32 + 3 + 20 + 32 + 9 + 512, "units to reduce over lanes", 3 + 4 * 512 // 4 + 41),
        ("gemm_i8.s", 28 + 320 + 24 + 2 + 13 + 4 + 1 + 320, "planes", 28 + 4 * 640 // 4 + 44),
    ],
)
def test_bounds_of_kernels_by_hand(name: str, landing: int, resource: str, cycles: int) -> None:
    """By the latencies of the manual and the hops of the floorplan: 12 from a switch to the vector unit, 13 from a
    plane; a unit is held for as many cycles as elements pass."""
    report = of_program(name)
    assert report.limits.landing == landing
    assert {bound.resource: bound.cycles for bound in reversed(report.bounds)}[resource] == cycles
    assert report.bound == max(landing, cycles)


STORED = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), min_size=1, max_size=5)


def moving(moves: list[tuple[str, str]], places: list[str]) -> str:
    lines = [f"vload %x, {source}\nvadd.i32.w %y, %x, 1\nvadd.i32.w %y, %y, %x\nvstore {target}, %y"
             for source, target in moves]  # fmt: skip
    return tensors(8, **dict(zip("abcd", places, strict=True))) + "\n".join(lines)


@given(STORED, st.permutations(("mw0..mw3.0", "mw0..mw3.1", "me4..me7.0", "mw4..mw7.1")))
def test_no_schedule_is_shorter_than_its_bounds(moves: list[tuple[str, str]], places: list[str]) -> None:
    report = explained(moving(moves, places))
    assert 0 < report.bound <= report.cycles
    for part in report.parts:
        assert part.shortest <= part.placed.end - part.placed.start


@given(STORED, st.permutations(("mw0..mw3.0", "mw0..mw3.1", "me4..me7.0", "mw4..mw7.1")))
def test_every_cycle_of_a_part_is_accounted_for(moves: list[tuple[str, str]], places: list[str]) -> None:
    """From its first cycle: what each step lasts, then its way and its spare cycles, to the last landing."""
    report = explained(moving(moves, places))
    now = report.last.placed.start + report.chain[0].way + report.chain[0].slack
    for step, following in zip(report.chain, report.chain[1:], strict=False):
        assert step.cycle == now
        lasts = 0 if following.link == "memory" else step.node.latency
        now += lasts + following.way + following.slack
    last = report.chain[-1]
    assert last.cycle == now
    assert last.cycle + last.node.span - 1 + last.node.latency == report.cycles


def test_what_keeps_a_part_from_beginning_is_named() -> None:
    text = tensors(8, x="mw0..mw3", y="me0..me3", z="me4..me7")
    report = explained(f"{text}vload %x, x\nvstore y, %x\nvload %x, x\nvstore z, %x\n")
    first, second = report.parts
    assert not first.blocked
    assert [(each.cycle, each.until, each.what) for each in second.blocked] == [(0, 8, "mw0.rp")]
    assert report.part_of(second.blocked[0].holder) == 1


def test_what_waits_for_memory_says_for_what() -> None:
    text = tensors(8, x="mw0..mw3", y="me0..me3", z="me4..me7")
    report = explained(f"{text}vload %x, x\nvstore y, %x\nvload %x, y, row=7, stride=-1, n=8\nvstore z, %x\n")
    assert report.last.writer is not None
    assert report.last.writer.statement.mnemonic == "vstore"
    assert report.last.memory == report.last.placed.start > 0


# Units and streams --------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["softmax.s", "gemm_i8.s", "rmsnorm.s"])
def test_units_are_as_busy_as_when_it_runs(name: str) -> None:
    """The statistics of a run count the cycles in which each unit has an element; waiting is not counted."""
    made = assemble(PROGRAMS / name)
    (report,) = runs(made.found)
    machine = lpu.Machine(lpu.link([made.image]), uninit="zero")
    assert machine.run() == "halted"
    ran = {name: use.busy for name, use in machine.stats.units.items() if name != "B0"}
    assert {use.name: use.busy for use in report.uses} == ran


def test_values_are_where_they_are_taken() -> None:
    """Each taker of a value on a stream samples it as many hops later as it is away."""
    report = of_program("softmax.s")
    found = 0
    for part in report.parts:
        for flow in flows(part.placed):
            for piece, cycle in flow.takers:
                channel = flow.channels[0]
                away = abs(piece.position - channel.start)
                if channel.west is not None:
                    assert cycle == flow.first + away
                    found += 1
    assert found == 2 * 9


def test_the_sram_of_the_copy_is_full() -> None:
    report = of_program("copy.s")
    both = sum(each.busy * each.lanes for each in report.traffic if each.what in ("read", "written"))
    assert both / report.cycles == pytest.approx(LPU1.sram_bytes_per_cycle, rel=0.002)
    assert np.isclose(both, 2 * 88 * 4096 * 320)


# As text ------------------------------------------------------------------------------------------
def helps(report: RunReport) -> list[str]:
    return [line for line in report.lines() if line.startswith("  help: ")]


@pytest.mark.parametrize(
    ("name", "help_"),
    [
        ("softmax.s", "all 4 units to reduce over lanes are busy for 83.8 % of the cycles"),
        ("gelu.s", "all 16 vector ALUs are busy for 92.8 % of the cycles, a share of 25.0 % with values that wait"),
        ("copy.s", "all 88 read ports are busy for 99.9 % of the cycles"),
        ("vector_add_relu.s", "two halves side by side, in slices of their own, would take about 43"),
        ("layernorm.s", "38 of them from place to place: bring tensors nearer, or let more elements follow it"),
    ],
)
def test_what_bounds_a_kernel_decides_what_would_help(name: str, help_: str) -> None:
    assert any(help_ in line for line in helps(of_program(name)))


@pytest.mark.parametrize(
    ("places", "help_"),
    [
        (
            {"x": "mw0..mw3.0", "z": "mw0..mw3.1"},
            "read ports mw0..mw3 take 2 bursts one after the other",
        ),
        ({"x": "mw0..mw3.0", "z": "me0..me3.0"}, "elements come one a cycle"),
    ],
)
def test_tensors_that_share_a_port_are_to_be_moved(places: dict[str, str], help_: str) -> None:
    text = tensors(64, y="me4..me7", w="mw4..mw7", **places)
    report = explained(f"{text}vload %x, x\nvstore y, %x\nvload %y, z\nvstore w, %y\n")
    assert help_ in helps(report)[0]


def test_parts_that_are_alike_take_one_row() -> None:
    lines = list(of_program("copy.s").lines())
    start = lines.index("  parts")
    rows = [line.split()[:2] for line in lines[start + 1 : lines.index("  every cycle of part 1")]]
    assert rows == [["1..2", "0..4,100"], ["3..22", "0..4,099"]]


def test_long_tables_are_cut_and_say_so() -> None:
    text = tensors(2, **{f"x{n}": f"mw0..mw3.{n % 2}" for n in range(20)}, y="me0..me3")
    moves = "".join(f"vload %x, x{n}\nvmov.u32 %x, %x\nvstore y, %x\n" for n in range(20))
    assert "    and 8 more, which --explain=json has" in list(explained(text + moves).lines())


def test_a_text_fits_a_terminal() -> None:
    for name in ("softmax.s", "gelu.s", "gemm_i8.s", "vector_add_relu.s"):
        lines = list(of_program(name).lines())
        assert len(lines) <= 55
        assert max(len(line) for line in lines) < 180


# What it costs ------------------------------------------------------------------------------------
def test_nothing_is_worked_out_unless_it_is_asked_for() -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom asm.assemble import assemble\n"
        f"assert assemble(Path({str(PROGRAMS / 'softmax.s')!r})).ok\nprint('\\n'.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PROGRAMS.parents[2], capture_output=True, text=True, check=True
    )
    loaded = {name for name in done.stdout.split() if name.startswith("asm.explain")}
    assert "asm.streams.region" in done.stdout.split()
    assert loaded <= {"asm.explain", "asm.explain.words"}
