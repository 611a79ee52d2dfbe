"""Linear tensor code: the schedule found does, on a machine where to lose a value is a fault, what the lines say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import lpu
from asm.assemble import assemble
from asm.write.timeline import timeline_text
from isa.diagnostics import SourceError
from isa.machine import LPU_TINY, MachineSpec
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


def words(seed: int, rows: int = ROWS) -> Array:
    return np.random.default_rng(seed).integers(1 << 32, size=(rows, LANES), dtype=np.uint32)


def tensors(**places: str) -> str:
    """Declarations of u32[ROWS, LANES], each both input and output."""
    lines = (
        f".tensor {name}: u32[{ROWS}, {LANES}] @ {place}\n.input {name}\n.output {name}\n"
        for name, place in places.items()
    )
    return "".join(lines)


@st.composite
def steps(draw: st.DrawFn) -> list[tuple[str, str, int]]:
    """Statements over the tensors a to d in sequence: source, target and a number to add."""
    names = st.sampled_from("abcd")
    return draw(st.lists(st.tuples(names, names, st.integers(0, 255)), min_size=1, max_size=6))


@given(steps(), st.permutations(("mw0..mw3.0", "mw0..mw3.1", "me4..me7.0", "mw4..mw7.1")))
def test_what_is_stored_and_loaded_again_keeps_its_order(moves: list[tuple[str, str, int]], places: list[str]) -> None:
    """Each step loads, adds, stores; steps are apart unless memory ties them, and then they wait for each other."""
    text = tensors(**dict(zip("abcd", places, strict=True)))
    state = {name: words(number) for number, name in enumerate("abcd")}
    lines = []
    for source, target, number in moves:
        lines += [f"vload %x, {source}", f"vadd.i32.w %x, %x, {number}"]
        lines += ["vadd.i32.w %x, %x, 0"] * 4  # so that the burst is over before its own store begins
        lines += [f"vstore {target}, %x"]
    machine = ran(text + "\n".join(lines), state)
    for source, target, number in moves:
        state[target] = state[source] + np.uint32(number)
    for name, value in state.items():
        np.testing.assert_array_equal(machine[name], value)


@given(st.lists(st.sampled_from(("up", "down", "sum", "most", "add", "both")), min_size=1, max_size=5), st.data())
def test_values_go_through_switches_and_meet_again(kinds: list[str], data: st.DataObject) -> None:
    place = data.draw(st.sampled_from(PLACES[:3]))
    text = tensors(x=place, y="me4..me7")
    x = words(len(kinds))
    lines, value, first = ["vload %x, x", "vmov.i32 %v, %x"], x, x
    for kind in kinds:
        pin = data.draw(st.sampled_from(("", " !W", " !E")))
        line, value = through(kind, value, first)
        lines.append(line + (pin if "%v, %v" in line and "vadd" not in line else ""))
    machine = ran(text + "\n".join([*lines, "vstore y, %v"]), {"x": x, "y": x})
    np.testing.assert_array_equal(machine["y"], value)


def through(kind: str, v: Array, x: Array) -> tuple[str, Array]:
    """A statement on %v (and %x) and what it makes of the rows."""
    if kind == "up":
        return "shift.up.4 %v, %v, 3", np.pad(v, ((0, 0), (3, 0)))[:, :LANES]
    if kind == "down":
        return "shift.down.4 %v, %v, 5", np.pad(v, ((0, 0), (0, 5)))[:, 5:]
    if kind == "sum":
        return "reduce.add.i32 %v, %v", np.repeat(v.sum(1, dtype=np.uint32, keepdims=True), LANES, 1)
    if kind == "most":
        return "reduce.max.i32 %v, %v", np.repeat(v.astype(np.int32).max(1, keepdims=True), LANES, 1).astype(np.uint32)
    if kind == "add":
        return "vadd.i32.w %v, %v, %x", v + x
    return "select.4 %v, %v, %x, 7", np.where(np.arange(LANES) < 7, v, x)


def test_a_loop_goes_through_a_tensor_row_by_row() -> None:
    text = tensors(x="mw0..mw3", y="me0..me3") + (
        f"mov r1, 0\nloop {ROWS}, done\nvload %a, x, row=r1, n=1\nvadd.i32.w %a, %a, r1\nvstore y, %a, row=r1\n"
        "add r1, r1, 1\ndone: halt"
    )
    x = words(1)
    for engine in ("core", "reference"):
        machine = ran(text, {"x": x}, engine)
        np.testing.assert_array_equal(machine["y"], x + np.arange(ROWS, dtype=np.uint32)[:, None])


def test_scalar_code_after_a_run_sees_what_it_stored() -> None:
    text = tensors(x="mw0..mw3", y="me0..me3") + (
        f".array w: u32[1]\n.output w\nvload %a, x\nvstore y, %a\nldl.4 r1, me0[y + {ROWS - 1}], 0\nst [w], r1\nhalt"
    )
    x = words(2)
    assert ran(text, {"x": x})["w"][0] == x[ROWS - 1, 0]


def test_pins_are_kept() -> None:
    text = tensors(x="mw0..mw3", y="me0..me3") + (
        "vload se4, x\nvneg.i32.w %a, se4 !V3\nvabs.i32.w v7, %a\nvnot.i32 se8, v7 !cycle=20\nvstore y, se8"
    )
    (timeline,) = assemble(text, machine=LPU_TINY).found
    found = timeline_text(timeline, LPU_TINY)
    assert "read.4  se4, mw0[x], n=5" in found
    assert "vneg.i32.w v3, se4, n=5" in found
    assert "vabs.i32.w v7, v3, n=5" in found
    assert "@20             vnot.i32 se8, v7, n=5" in found
    x = words(3)
    np.testing.assert_array_equal(ran(text, {"x": x})["y"], ~np.abs(-x.view(np.int32)).view(np.uint32))


@given(st.lists(st.integers(0, 63), min_size=1, max_size=8), st.sampled_from(PLACES[:3]), st.booleans())
def test_a_lookup_takes_the_rows_that_a_map_names(tokens: list[int], place: str, through_alu: bool) -> None:
    count = len(tokens)
    text = f".tensor table: u32[64, {LANES}] @ {place}.1\n.tensor maps: u16[{count}, {LANES}] @ me4..me5\n"
    text += f".input table\n.input maps\n.tensor y: u32[{count}, {LANES}] @ me0..me3.0\n.output y\n"
    text += "vload %m, maps\nvgather %y, table, %m\n"
    text += "vnot.i32 %y, %y\n" if through_alu else ""
    table = words(count, 64)
    maps = np.repeat(np.array(tokens, np.uint16)[:, None], LANES, 1)
    machine = ran(text + "vstore y, %y\n", {"table": table, "maps": maps})
    np.testing.assert_array_equal(machine["y"], ~table[tokens] if through_alu else table[tokens])


@pytest.mark.parametrize(
    ("change", "lines", "message"),
    [
        ({"streams": 4}, "mmul.i8 %y, %x, w", "small has no eastward groups of 16 streams"),
        ({"mxm_planes": 0}, "mmul.i8 %y, %x, w", "small has no planes of a hemisphere"),
        (
            {"vxm_alus": 1},
            "vcvt.i32.i8 %y, %x\nvneg.i32.w %y, %y",
            "`vneg.i32.w` needs V0 while `vcvt.i32.i8` does, and neither can wait",
        ),
    ],
)
def test_what_a_machine_has_too_little_of_is_named(change: dict[str, int], lines: str, message: str) -> None:
    spec = MachineSpec("small", **({"superlanes": 2, "quads": 4, "rows": 64} | change))
    text = ".tensor x: i8[32, 32] @ me0\n.tensor w: i8[32, 32] @ mw0..mw15 layout mxm\n"
    text += ".tensor y: i32[32, 32] @ me4..me7\n"
    with pytest.raises(SourceError) as caught:
        lpu.assemble(f"{text}vload %x, x\n{lines}{' !E' if 'mmul' in lines else ''}\nvstore y, %y\n", machine=spec)
    assert [problem.message for problem in caught.value.diagnostics] == [message]


@given(st.text("vload mulstrefi32.%abxywr019,=!@[]()+-\n", max_size=60))
def test_no_text_is_a_traceback(text: str) -> None:
    declared = ".tensor x: f32[8, 32] @ auto\n.tensor y: f32[8, 32] @ auto\nvload %a, x\n"
    assemble(declared + text, machine=LPU_TINY)
    assemble(f"{declared}vadd.f32 {text}\nvstore y, {text}", machine=LPU_TINY)
    assemble(f"{declared}vload %b, x, {text}\nvstore y, %a, {text}\nmmul.i8 {text}", machine=LPU_TINY)
