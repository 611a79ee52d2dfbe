"""Linear tensor code: the schedule found does, on a machine where to lose a value is a fault, what the lines say."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import lpu
from isa.machine import LPU_TINY
from isa.table import MNEMONICS
from vm.reference.lanes import compute

Array = NDArray[Any]
LANES = LPU_TINY.lanes
ROWS = 5
OPS = (
    *((name, 1) for name in ("vneg.i32.w", "vabs.i32.s", "vrelu.i32", "vnot.i32", "vmov.i32", "vsqrt.f32")),
    *((name, 2) for name in ("vadd.i32.w", "vsub.i32.s", "vmul.i32.w", "vmin.i32", "vxor.i32", "vdiv.f32")),
    ("vfma.f32", 3),
)  # mnemonics and their sources
PLACES = ("mw0..mw3", "mw4..mw7", "me0..me3", "me4..me7")


def ran(text: str, inputs: dict[str, Array], engine: str = "core") -> lpu.Machine:
    """A program for the small machine, assembled without a message and run to its end."""
    machine = lpu.Machine(lpu.assemble(text, machine=LPU_TINY), engine=engine, strict=True)
    for name, value in inputs.items():
        machine[name] = value
    assert machine.run(max_cycles=100_000) == "halted"
    return machine


Op = tuple[str, str, tuple[str, ...]]  # result, mnemonic, sources


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[str], list[Op], list[str]]:
    """Loads, ops over them, and the two values that are stored: all that is computed ends in one of these."""
    values = ["%x0", "%x1"]
    ops: list[Op] = []
    for number in range(draw(st.integers(1, 7))):
        mnemonic, count = draw(st.sampled_from(OPS))
        ops.append((f"%t{number}", mnemonic, tuple(draw(st.sampled_from(values)) for _ in range(count))))
        values.append(f"%t{number}")
    used = {source for _, _, sources in ops for source in sources}
    last, *others = [name for name in values[:1:-1] if name not in used]
    ops += [(last, "vxor.i32", (last, other)) for other in others]
    return [name for name in ("%x0", "%x1") if name in used], ops, [last, draw(st.sampled_from(values[2:]))]


def evaluated(ops: list[Op], values: dict[str, Array]) -> dict[str, Array]:
    """Every value of a graph, line by line."""
    for name, mnemonic, sources in ops:
        values[name] = compute(MNEMONICS[mnemonic][0], *(values[source] for source in sources))
    return values


@given(graphs(), st.permutations(PLACES), st.integers(0, 1 << 30))
def test_a_graph_computes_what_its_lines_say(
    graph: tuple[list[str], list[Op], list[str]], places: list[str], seed: int
) -> None:
    loads, ops, stored = graph
    rng = np.random.default_rng(seed)
    inputs = {name: rng.integers(1 << 32, size=(ROWS, LANES), dtype=np.uint32) for name in loads}
    names = [*(name[1:] for name in loads), "y0", "y1"]
    text = [f".tensor {name}: u32[{ROWS}, {LANES}] @ {place}" for name, place in zip(names, places, strict=False)]
    text += [f".input {name[1:]}" for name in loads] + [".output y0", ".output y1"]
    text += [f"vload {name}, {name[1:]}" for name in loads]
    text += [f"{mnemonic} {', '.join((name, *sources))}" for name, mnemonic, sources in ops]
    text += [f"vstore y{number}, {name}" for number, name in enumerate(stored)]
    machine = ran("\n".join(text), {name[1:]: value for name, value in inputs.items()})
    values = evaluated(ops, dict(inputs))
    for number, name in enumerate(stored):
        np.testing.assert_array_equal(machine[f"y{number}"], values[name])
