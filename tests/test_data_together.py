"""Tensors `@ auto` when there are more than slices: those that flow together never share ports or banks."""

from __future__ import annotations

import numpy as np

import lpu
from asm.assemble import assemble
from asm.data.together import together
from asm.expand import ExpandOptions, Sources, expand
from asm.scope.scope import Scope
from isa.diagnostics import Diagnostic
from isa.machine import LPU1

QUADS = LPU1.slices // 4 * 2


def groups(text: str) -> dict[str, set[str]]:
    problems: list[Diagnostic] = []
    statements = list(expand(text, "<input>", Scope(LPU1, None, ()), problems.append, ExpandOptions(()), Sources()))
    assert problems == []
    return together(statements)


def test_names_that_meet_in_values_are_together() -> None:
    found = groups(
        "vload %a, x\nvload %b, y\nvadd.f32 %c, %a, %b\nvstore z, %c\n"
        "vload %a, u\nvstore v, %a\n"  # the name is made again, of something else
        "vload %d, w\nvstore y, %d\n"
    )
    assert found == {
        "x": {"x", "y", "z"},
        "y": {"x", "y", "z", "w"},
        "z": {"x", "y", "z"},
        "u": {"u", "v"},
        "v": {"u", "v"},
        "w": {"w", "y"},
    }


def kernel(count: int) -> str:
    """Sums of two f32 tensors, one after the other, all placed by the assembler; three tensors each."""
    lines = []
    for n in range(count):
        lines += [f".input x{n}: f32[8, 320] @ auto, y{n}: f32[8, 320] @ auto", f".output z{n}: f32[8, 320] @ auto"]
    for n in range(count):
        lines += [f"vload %a, x{n}", f"vload %b, y{n}", "vadd.f32 %c, %a, %b", f"vstore z{n}, %c"]
    return "\n".join(lines) + "\n"


def test_more_tensors_than_slices_still_never_meet() -> None:
    count = QUADS // 3 + 5
    source = kernel(count)
    placed = assemble(source).scope.data
    for n in range(count):
        slices = {placed[f"{name}{n}"].address // LPU1.words_per_slice for name in "xyz"}
        assert len(slices) == 3
    machine = lpu.Machine(lpu.assemble(source), strict=True)
    rng = np.random.default_rng(1)
    inputs = {f"{name}{n}": rng.normal(size=(8, 320)).astype(np.float32) for n in range(count) for name in "xy"}
    for name, values in inputs.items():
        machine[name] = values
    machine.run()
    for n in range(count):
        np.testing.assert_array_equal(machine[f"z{n}"], inputs[f"x{n}"] + inputs[f"y{n}"])
