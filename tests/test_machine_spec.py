"""Machine descriptions: derived sizes, the floorplan, the memory map, and files from strangers."""

from pathlib import Path

import pytest

from isa import machine
from isa.machine import EAST, LPU1, LPU_TINY, WEST, MachineError


def test_lpu1_has_the_published_sizes() -> None:
    assert (LPU1.lanes, LPU1.slices * 2, LPU1.sram_bytes) == (320, 88, 230_686_720)
    assert LPU1.sram_bytes == 220 * 2**20
    assert LPU_TINY.sram_bytes == 64 * 2**10
    assert round(LPU1.peak_ops_per_second("i8") / 1e12) == 737
    assert round(LPU1.peak_ops_per_second("f16") / 1e12) == 184
    assert LPU1.sram_bytes_per_cycle == 88 * 2 * 320


def test_floorplan_of_lpu1() -> None:
    assert (LPU1.mxm_position(WEST), LPU1.sxm_position(WEST), LPU1.vxm_position) == (0, 1, 13)
    assert (LPU1.sxm_position(EAST), LPU1.mxm_position(EAST), LPU1.positions) == (25, 26, 27)
    assert [LPU1.slice_position(WEST, s) for s in (0, 3, 4, 43)] == [12, 12, 11, 2]
    assert [LPU1.slice_position(EAST, s) for s in (0, 3, 4, 43)] == [14, 14, 15, 24]


@pytest.mark.parametrize("spec", [LPU1, LPU_TINY], ids=lambda spec: spec.name)
def test_linear_map_counts_words_rows_banks_slices_hemispheres(spec: machine.MachineSpec) -> None:
    assert spec.word_address(WEST, 0, 0, 0, 1) == 1
    assert spec.word_address(WEST, 0, 0, 1) == spec.words_per_row
    assert spec.word_address(WEST, 0, 1, 0) == spec.words_per_bank
    assert spec.word_address(WEST, 1, 0, 0) == spec.words_per_slice
    assert spec.word_address(EAST, 0, 0, 0) == spec.words // 2
    for number in range(spec.total_banks):
        assert spec.bank_number(*spec.bank_place(number)) == number


def test_a_machine_from_toml(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text('name = "small"\nsuperlanes = 4\nrows = 128\n')
    spec = machine.load(str(path))
    assert (spec.name, spec.lanes, spec.rows, spec.quads) == ("small", 64, 128, 11)
    assert LPU1.difference(spec) == ["superlanes is 20 here and 4 there", "rows is 4096 here and 128 there"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('name = "x"\nlanes = 3\n', "unknown machine parameter 'lanes'"),
        ('name = "x"\nrows = 5000\n', "rows is 5000; it must be between 1 and 4096"),
        ('name = "x"\nrows = "many"\n', "rows must be an integer, not 'many'"),
        ('name = "x"\nrows = true\n', "rows must be an integer, not True"),
        ("rows = 64\n", "a machine needs a name"),
        ('name = "\\n"\n', "must be 1 to 64 printable characters"),
        ("name = [", "small.toml: "),
        ("name = " + "[" * 5000, "small.toml: it nests too deeply"),
        ("name = " + "9" * 5000, "small.toml: it holds a number of too many digits"),
        ('name = "x"\nrows = 0x' + "f" * 5000, "small.toml: it holds a number of too many digits"),
        ("\udcff", "can't decode byte"),
        ("#" * 70_000, "at most 64 KiB"),
    ],
)
def test_bad_descriptions_are_refused_with_the_reason(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "small.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(MachineError) as caught:
        machine.load(str(path))
    assert reason in str(caught.value)
    assert "small.toml" in str(caught.value)


def test_unknown_names_list_what_is_built_in() -> None:
    with pytest.raises(MachineError, match="built in are lpu1, lpu-tiny"):
        machine.load("lpu2")
    with pytest.raises(MachineError, match="No such file"):
        machine.load("nowhere.toml")
