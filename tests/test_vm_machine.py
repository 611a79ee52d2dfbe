"""The Machine face: running, data in and out, registers, statistics, and what it refuses to load."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given

from conform.build import image, op
from conform.generate import legal_programs
from isa import codec, elf
from isa.diagnostics import SourceError
from isa.image import DATA, LOCAL, Block, Image, Symbol, Tensor
from isa.machine import LPU1, LPU_TINY
from isa.types import TYPES
from vm.engine import HALTED, RUNNING
from vm.machine import LIMIT, Machine, MachineFault
from vm.stats import LineStats, UnitStats

ENGINES = ("reference", "core")
both_engines = pytest.mark.parametrize("engine", ENGINES)


def loop_program() -> Image:
    """Three rounds of 3 + 1 cycles between a `loop` and a `halt`, in cycle 13; the last product lands in 15."""
    return image(
        [op("loop imm, target", imm=3, target=4)],
        [op("nop count", count=3), op("add rd, ra, imm", rd=1, ra=1, imm=10)],
        [op("mul rd, ra, imm", rd=2, ra=1, imm=2)],
        [op("halt [code]", code=4)],
    )


@both_engines
def test_run_to_the_end(engine: str) -> None:
    machine = Machine(loop_program(), engine)
    assert machine.run() == HALTED
    assert (machine.halted, machine.exit_code, machine.cycle) == (True, 4, 15)
    assert machine.regs[:3].tolist() == [0, 30, 60]


@both_engines
def test_cycle_limit_and_steps(engine: str) -> None:
    machine = Machine(loop_program(), engine)
    assert machine.run(max_cycles=5) == LIMIT
    assert machine.cycle == 5
    assert machine.step(2) == RUNNING
    assert machine.cycle == 7
    assert not machine.halted
    assert machine.run(max_cycles=15) == HALTED


@both_engines
def test_step_by_bundles(engine: str) -> None:
    machine = Machine(loop_program(), engine)
    cycles = []
    while machine.step_bundle() == RUNNING:
        cycles.append(machine.cycle)
    assert cycles == [1, 2, 5, 6, 9, 10, 13, 14]
    assert machine.halted


@both_engines
def test_a_fault_is_an_exception_with_its_record(engine: str) -> None:
    machine = Machine(image([op("trap [code]", code=3)]), engine)
    with pytest.raises(MachineFault) as raised:
        machine.run()
    assert str(raised.value) == "[E-TRAP] `trap` stops the program with code 3"
    assert (raised.value.raw.name, raised.value.raw.value) == ("E-TRAP", 3)


# Data -----------------------------------------------------------------------------------------
def with_tensor(dtype: str, shape: tuple[int, ...], layout: str = "linear", **where: int) -> Image:
    """A program of nothing with the tensor X, which is input and output."""
    program = image([op("halt [code]")])
    add_tensor(program, Tensor("X", dtype, shape, layout, **where), word=64)
    return program


def add_tensor(program: Image, tensor: Tensor, word: int) -> None:
    order = len(program.tensors)
    tensor.is_input = tensor.is_output = True
    tensor.input_order, tensor.output_order = order, -order
    program.tensors.append(tensor)
    program.symbols.append(Symbol(tensor.name, DATA, LOCAL, word))


def numbers(dtype: str, shape: tuple[int, ...]) -> Any:
    kind = TYPES[dtype]
    low, high = (kind.low, kind.high) if kind.kind != "f" else (-100, 100)
    values = np.random.default_rng(7).integers(low, high, shape, endpoint=True)
    home = np if hasattr(np, kind.numpy) else ml_dtypes
    return values.astype(getattr(home, kind.numpy))


@both_engines
@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("layout", ["linear", "rows", "tiles"])
@pytest.mark.parametrize("shape", [(5,), (3, 37), (2, 3, 65)])
def test_arrays_come_back_as_they_went_in(engine: str, dtype: str, layout: str, shape: tuple[int, ...]) -> None:
    machine = Machine(with_tensor(dtype, shape, layout, slice=64 + 4, row=60), engine)
    array = numbers(dtype, shape)
    machine["X"] = array
    assert machine["X"].dtype == array.dtype
    assert np.array_equal(machine["X"], array)


@pytest.mark.parametrize("dtype", ["i4", "i8", "u8", "f16", "bf16"])
@pytest.mark.parametrize("shape", [(32, 32), (40, 70)])
def test_weights_come_back_as_they_went_in(dtype: str, shape: tuple[int, int]) -> None:
    spec_program = with_tensor(dtype, shape, "mxm", slice=0)
    spec_program.machine = LPU1
    machine = Machine(spec_program)
    array = numbers(dtype, shape)
    machine["X"] = array
    assert np.array_equal(machine["X"], array)


def bytes_at(machine: Machine, slice_index: int, row: int) -> Any:
    """A row of a slice of the western hemisphere."""
    spec = machine.image.machine
    return machine.sram.reshape(-1, spec.rows * spec.banks, spec.lanes)[slice_index, row]


def test_rows_layout_lies_where_the_dialect_says() -> None:
    machine = Machine(with_tensor("i16", (2, 40), "rows", slice=1, row=10))
    array = numbers("i16", (2, 40))
    machine["X"] = array
    for i in range(2):
        low, high = (np.r_[bytes_at(machine, k, 10 + 2 * i), bytes_at(machine, k, 11 + 2 * i)] for k in (1, 2))
        value = (low.astype(np.uint16) | high.astype(np.uint16) << 8).view(np.int16)
        assert np.array_equal(value[:40], array[i])
        assert not value[40:].any()


def test_tiles_layout_lies_where_the_dialect_says() -> None:
    machine = Machine(with_tensor("u8", (3, 70), "tiles", slice=2, row=5))
    array = numbers("u8", (3, 70))
    machine["X"] = array
    for tile, width in enumerate((32, 32, 6)):
        for i in range(3):
            row = bytes_at(machine, 2, 5 + tile * 3 + i)
            assert np.array_equal(row[:width], array[i, 32 * tile : 32 * tile + width])


@pytest.mark.parametrize("dtype", ["i8", "f16", "i4"])
def test_mxm_layout_lies_where_the_dialect_says(dtype: str) -> None:
    program = with_tensor(dtype, (640, 330), "mxm", slice=0, row=100)
    program.machine = LPU1
    machine = Machine(program)
    weights = numbers(dtype, (640, 330))
    machine["X"] = weights
    for k, n in ((0, 0), (1, 0), (17, 5), (319, 319), (320, 329), (639, 321), (353, 8)):
        (kt, row), (nt, lane) = divmod(k, 320), divmod(n, 320)
        tile = kt * 2 + nt
        if dtype == "i8":
            i, j = divmod(row, 16)
            assert bytes_at(machine, j, 100 + tile * 20 + i)[lane] == weights[k, n].view(np.uint8)
        elif dtype == "f16":
            i, j = divmod(row, 8)
            both = [int(bytes_at(machine, 2 * j + b, 100 + tile * 40 + i)[lane]) for b in range(2)]
            assert both[0] | both[1] << 8 == weights[k, n].view(np.uint16)
        else:
            (i, rest) = divmod(row, 32)
            j, high = divmod(rest, 2)
            byte = int(bytes_at(machine, j, 100 + tile * 10 + i)[lane])
            assert byte >> 4 * high & 0xF == int(weights[k, n]) & 0xF


def test_storing_counts_as_writing_up_to_a_whole_word() -> None:
    machine = Machine(with_tensor("u8", (5,)))
    machine["X"] = np.array([1, 2, 3, 4, 5], np.uint8)
    assert machine.engine.written()[64 * 4 // 8] == 0xFF
    assert machine.sram[256:264].tolist() == [1, 2, 3, 4, 5, 0, 0, 0]


@pytest.mark.parametrize(
    ("array", "complaint"),
    [
        (np.zeros((2, 3), np.int64), "X is declared as int32[2, 3]; it cannot take int64[2, 3]"),
        (np.zeros((3, 2), np.int32), "X is declared as int32[2, 3]; it cannot take int32[3, 2]"),
        ([["a"] * 3] * 2, "X is declared as int32[2, 3]; it cannot take <U1[2, 3]"),
    ],
)
def test_wrong_arrays_are_refused(array: Any, complaint: str) -> None:
    machine = Machine(with_tensor("i32", (2, 3)))
    with pytest.raises(ValueError) as raised:
        machine["X"] = array
    assert str(raised.value) == complaint


def test_types_that_npy_files_have_no_name_for() -> None:
    machine = Machine(with_tensor("bf16", (2,)))
    machine["X"] = numbers("bf16", (2,)).view("V2")
    assert np.array_equal(machine["X"], numbers("bf16", (2,)))
    machine = Machine(with_tensor("i4", (3,)))
    machine["X"] = np.array([-8, 0, 7], np.int8)
    assert machine["X"].astype(int).tolist() == [-8, 0, 7]
    with pytest.raises(ValueError, match="cannot take int8"):
        machine["X"] = np.array([-9, 0, 7], np.int8)


def test_names_without_a_type() -> None:
    with pytest.raises(KeyError, match="Y is no typed symbol; there are X"):
        Machine(with_tensor("i8", (1,)))["Y"]


@both_engines
def test_raw_bytes_fill_the_inputs_and_come_from_the_outputs_in_order(engine: str) -> None:
    program = with_tensor("u8", (3,))
    add_tensor(program, Tensor("Y", "i16", (2, 2), "rows", slice=4), word=0)
    machine = Machine(program, engine)
    machine.set_inputs(bytes([1, 2, 3, 10, 0, 20, 0, 30, 0, 40, 1]))
    assert machine["X"].tolist() == [1, 2, 3]
    assert machine["Y"].tolist() == [[10, 20], [30, 296]]
    assert [t.name for t in machine.declared_outputs] == ["Y", "X"]
    assert machine.outputs() == bytes([10, 0, 20, 0, 30, 0, 40, 1, 1, 2, 3])
    with pytest.raises(ValueError, match="the declared inputs take 11 bytes, not 10"):
        machine.set_inputs(bytes(10))


def test_sram_is_a_view() -> None:
    machine = Machine(with_tensor("u8", (3,)))
    machine.sram[257] = 9
    assert machine["X"].tolist() == [0, 9, 0]


def test_registers_are_a_view_of_the_core_and_a_copy_of_the_golden_model() -> None:
    machine = Machine(loop_program())
    view = machine.regs
    view[5] = 77
    machine.run()
    assert (machine.state.registers[5], view[1]) == (77, 30)
    copy = Machine(loop_program(), "reference").regs
    assert not copy.flags.writeable


# Statistics -----------------------------------------------------------------------------------
@both_engines
def test_statistics(engine: str) -> None:
    machine = Machine(loop_program(), engine)
    machine.run()
    stats = machine.stats
    assert (stats.cycles, stats.bundles, stats.ops) == (15, 8, 11)
    assert stats.units == {"A0": UnitStats(3, 3), "M0": UnitStats(3, 3), "B0": UnitStats(5, 5)}
    assert stats.utilisation("M0") == 3 / 15
    assert stats.utilisation("F1") == 0
    assert stats.lines == {
        ("test.s", 1): LineStats(1, 1),
        ("test.s", 2): LineStats(6, 9),
        ("test.s", 3): LineStats(3, 3),
        ("test.s", 4): LineStats(1, 1),
    }


@given(legal_programs())
def test_what_units_and_lines_did_adds_up(text: list[int]) -> None:
    machine = Machine(Image(LPU_TINY, text, executable=True), uninit="zero")
    machine.run()
    stats = machine.stats
    assert sum(unit.ops for unit in stats.units.values()) == stats.ops
    assert stats.ops >= stats.bundles == sum(machine.engine.issue_counts().values())
    assert stats.cycles >= stats.bundles


# Loading --------------------------------------------------------------------------------------
def refused(source: Any, **options: Any) -> tuple[str, str, str]:
    with pytest.raises(SourceError) as raised:
        Machine(source, **options)
    (diagnostic,) = raised.value.diagnostics
    return diagnostic.code, diagnostic.message, diagnostic.help


@both_engines
def test_elf_bytes_and_files_run_like_the_image(engine: str, tmp_path: Path) -> None:
    data = elf.write(loop_program())
    (tmp_path / "prog.lpu").write_bytes(data)
    for source in (data, tmp_path / "prog.lpu", str(tmp_path / "prog.lpu")):
        machine = Machine(source, engine)
        machine.run()
        assert machine.cycle == 15


@both_engines
def test_blocks_are_stored_and_counted_as_written(engine: str) -> None:
    program = loop_program()
    program.blocks = [Block("a", bank=3, row=2, word=1, words=2, data=bytes(range(8))), Block("b", 4, 0, 0, words=9)]
    machine = Machine(program, engine)
    start = ((3 * 64 + 2) * 8 + 1) * 4
    assert machine.sram[start : start + 8].tolist() == list(range(8))
    bits = np.unpackbits(np.frombuffer(machine.engine.written(), np.uint8), bitorder="little")
    assert np.flatnonzero(bits).tolist() == list(range(start, start + 8))


def test_an_object_is_not_run() -> None:
    program = loop_program()
    program.executable = False
    assert refused(program) == (
        "E-OBJECT",
        "test.s is an object, not an executable",
        "link it: `lpu link test.s -o prog.lpu`",
    )


def test_another_machine_is_named_with_the_difference() -> None:
    code, message, help = refused(loop_program(), machine=LPU1)
    assert code == "E-MACHINE"
    assert message == (
        "the executable is for lpu-tiny, not lpu1: superlanes is 20 here and 2 there; "
        "quads is 11 here and 2 there; rows is 4096 here and 64 there"
    )
    assert help == "run it with `--machine lpu-tiny`, or assemble it again"


def test_what_is_no_executable(tmp_path: Path) -> None:
    assert refused(b"\x7fELF rubbish")[0] == "E-ELF"
    assert refused(tmp_path / "none.lpu")[:2] == ("E-FILE", f"{tmp_path / 'none.lpu'}: No such file or directory")
    assert refused(tmp_path)[0] == "E-FILE"


def test_unknown_engines_and_modes() -> None:
    assert refused(loop_program(), engine="abacus")[1] == "there is no engine 'abacus'; there are core and reference"
    assert refused(loop_program(), uninit="maybe")[1] == "uninit is 'maybe'; it must be one of fault, zero, poison"


@both_engines
def test_images_that_do_not_fit_are_refused(engine: str) -> None:
    program = loop_program()
    program.blocks = [Block("a", bank=31, row=63, word=7, words=2, data=bytes(8))]
    assert refused(program, engine=engine)[:2] == (
        "E-IMAGE",
        "test.s: 8 bytes at 65532 are outside SRAM of 65536 bytes",
    )
    program = loop_program()
    program.entry = 1 << 40
    assert refused(program, engine=engine)[0] == "E-IMAGE"


@pytest.mark.parametrize(
    ("tensor", "complaint"),
    [
        (Tensor("X", "i8", (), "rows"), "X has 0 axes, which layout rows does not take"),
        (Tensor("X", "i8", (3,), "mxm"), "X has 1 axes, which layout mxm does not take"),
        (Tensor("X", "i8", (300,), "rows", slice=64 + 7, row=120), "X reaches past the end of SRAM"),
        (Tensor("X", "i32", (1 << 40,)), "X reaches past the end of SRAM"),
    ],
)
def test_tensors_that_cannot_lie_there_are_refused(tensor: Tensor, complaint: str) -> None:
    program = loop_program()
    add_tensor(program, tensor, word=0)
    assert refused(program)[:2] == ("E-IMAGE", f"test.s: {complaint}")


def test_text_longer_than_the_instruction_store() -> None:
    from dataclasses import replace

    program = Image(replace(LPU_TINY, text_syllables=4), codec.encode_bundle([op("halt [code]")]) * 5, executable=True)
    for engine in ENGINES:
        assert refused(program, engine=engine)[1] == ("the executable: the text has 5 syllables; lpu-tiny holds 4")
