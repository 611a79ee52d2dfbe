"""The programs with planted bugs: each shows its bug, passes the static checks, and is mended by one constant."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import lpu
from asm.assemble import assemble
from debugger.session import Session

FOLDER = Path(__file__).resolve().parent.parent / "programs" / "debug"
ENGINES = ("core", "reference")


def ran(name: str, engine: str, **defines: int) -> lpu.Machine:
    """A program run as far as it goes."""
    machine = lpu.Machine(lpu.assemble(FOLDER / name, defines=defines), engine=engine)
    machine.run(max_cycles=1000)
    return machine


def embedded() -> NDArray[np.float32]:
    """What stride.s should compute, exact in f32."""
    row, lane = np.indices((12, 32))
    return (row + lane / 32 + 100 * (row % 4) + lane).astype(np.float32)


def softmax() -> NDArray[np.float64]:
    """What softmax.s should compute: token i looks at lanes up to i."""
    row, lane = np.indices((8, 32))
    score = np.where(lane <= row, (row * 7 + lane * 5) % 13 / 4, -np.inf)
    power = np.exp(score - score.max(1, keepdims=True))
    result: NDArray[np.float64] = power / power.sum(1, keepdims=True)
    return result


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.s")), ids=lambda path: path.stem)
def test_nothing_is_wrong_with_a_program_before_it_runs(path: Path) -> None:
    assert assemble(path).diagnostics == []


@pytest.mark.parametrize("engine", ENGINES)
def test_the_hazard_waits_for_the_first_number(engine: str) -> None:
    machine = lpu.Machine(lpu.assemble(FOLDER / "hazard.s"), engine=engine)
    with pytest.raises(lpu.MachineFault, match="is read 2 cycles after `mul` issues; it is ready after 3") as caught:
        machine.run()
    diagnostic = caught.value.diagnostic
    lines = (FOLDER / "hazard.s").read_text().split("\n")
    assert diagnostic.code == "E-HAZARD"
    assert diagnostic.place and lines[diagnostic.place.line - 1].startswith("next:")


@pytest.mark.parametrize("engine", ENGINES)
def test_without_the_hazard_the_sum_is_right(engine: str) -> None:
    machine = ran("hazard.s", engine, gap=1)
    x, w = np.array([0, 0, 0, 7, 0, -2]), np.array([5, 3, 8, 6, 1, 4])
    assert (machine["s"].tolist(), machine["count"].tolist()) == ([x @ w], [np.count_nonzero(x)])


@pytest.mark.parametrize("engine", ENGINES)
def test_the_stride_spoils_all_but_the_first_sequence(engine: str) -> None:
    wrong = (ran("stride.s", engine)["y"] != embedded()).all(axis=1)
    assert wrong.tolist() == [False] * 4 + [True] * 8
    np.testing.assert_array_equal(ran("stride.s", engine, again=0)["y"], embedded(), strict=True)


def test_a_line_of_a_timeline_is_reached_in_its_cycle_alone() -> None:
    """Not in those in which the bundles before it wait for it."""
    lines = (FOLDER / "stride.s").read_text().split("\n")
    stated = {number: int(found[1]) for number, line in enumerate(lines, 1) if (found := re.match(r"\s+@(\d+)", line))}
    assert len(stated) == 4
    for number, cycle in stated.items():
        session = Session.open(FOLDER / "stride.s")
        session.breakpoints.add(str(number))
        stops = [session.cycle] if cycle == 0 else []
        while (stopped := session.run()).reason == "breakpoint":
            stops.append(stopped.cycle)
            assert session.place and session.place.line == number
        assert stops == [cycle]


def test_the_golden_file_is_what_the_formula_says() -> None:
    np.testing.assert_array_equal(np.load(FOLDER / "embedded.npy"), embedded(), strict=True)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_mask_makes_nan_of_the_first_row(engine: str) -> None:
    nan = np.isnan(ran("softmax.s", engine)["p"])
    assert nan[0].all() and not nan[1:].any()
    np.testing.assert_allclose(ran("softmax.s", engine, reach=1)["p"], softmax(), rtol=1e-6, atol=0)
