"""Machine descriptions: the parameters of an LPU, its floorplan and its memory map.

A description is a frozen value. Two are built in, `lpu1` and `lpu-tiny`; others come from TOML files.
Nothing here is ever typed in twice: sizes, positions and peaks are derived.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from isa.records import dataclass

LANES_PER_SUPERLANE = 16
SLICES_PER_QUAD = 4
BYTES_PER_WORD = 4
HEMISPHERES = 2
WEST, EAST = 0, 1

# The encoding has fields of these widths on every machine; a description may not exceed them.
LIMITS = {
    "superlanes": (1, 32),
    "quads": (1, 16),
    "banks": (1, 2),
    "rows": (1, 4096),
    "streams": (4, 32),
    "vxm_alus": (1, 16),
    "mxm_planes": (0, 4),
    "clock_mhz": (1, 100_000),
    "text_syllables": (1, 1 << 23),
    "loop_depth": (4, 4),
}
PARAMETERS = ("name", *LIMITS)

MULTIPLES = {"streams": 4, "mxm_planes": 2}  # groups of four; as many planes in the west as in the east


class MachineError(ValueError):
    """A machine description that cannot be used; the message names the parameter and its bounds."""


@dataclass(frozen=True)
class MachineSpec:
    """The parameters of one machine. All counts; `clock_mhz` is nominal and only used to report time."""

    name: str
    superlanes: int = 20
    quads: int = 11  # per hemisphere, 4 slices each
    banks: int = 2  # per slice
    rows: int = 4096  # per bank, one byte per lane each
    streams: int = 32  # per direction
    vxm_alus: int = 16
    mxm_planes: int = 4
    clock_mhz: int = 900
    text_syllables: int = 1 << 23  # instruction store
    loop_depth: int = 4

    def __post_init__(self) -> None:
        if not (isinstance(self.name, str) and self.name.isprintable() and 0 < len(self.name) <= 64):
            raise MachineError(f"machine name {self.name!r} must be 1 to 64 printable characters")
        for parameter, (low, high) in LIMITS.items():
            value = getattr(self, parameter)
            if not isinstance(value, int) or isinstance(value, bool):
                raise MachineError(f"{parameter} must be an integer, not {value!r}")
            if not low <= value <= high:
                raise MachineError(f"{parameter} is {value}; it must be between {low} and {high}")
            if value % MULTIPLES.get(parameter, 1):
                raise MachineError(f"{parameter} is {value}; it must be a multiple of {MULTIPLES[parameter]}")

    # Sizes ------------------------------------------------------------------------------------
    @cached_property
    def lanes(self) -> int:
        return self.superlanes * LANES_PER_SUPERLANE

    @cached_property
    def slices(self) -> int:
        """Slices per hemisphere."""
        return self.quads * SLICES_PER_QUAD

    @cached_property
    def words_per_row(self) -> int:
        return self.lanes // BYTES_PER_WORD

    @cached_property
    def words_per_bank(self) -> int:
        return self.words_per_row * self.rows

    @cached_property
    def words_per_slice(self) -> int:
        return self.words_per_bank * self.banks

    @cached_property
    def total_banks(self) -> int:
        return HEMISPHERES * self.slices * self.banks

    @cached_property
    def words(self) -> int:
        """SRAM words of 32 bits."""
        return self.words_per_bank * self.total_banks

    @cached_property
    def sram_bytes(self) -> int:
        return self.words * BYTES_PER_WORD

    # Floorplan --------------------------------------------------------------------------------
    @cached_property
    def positions(self) -> int:
        return 2 * self.quads + 5

    @cached_property
    def vxm_position(self) -> int:
        return self.quads + 2

    def sxm_position(self, hemisphere: int) -> int:
        return 1 if hemisphere == WEST else self.positions - 2

    def mxm_position(self, hemisphere: int) -> int:
        return 0 if hemisphere == WEST else self.positions - 1

    def slice_position(self, hemisphere: int, index: int) -> int:
        """Position of slice `index` (0 nearest the VXM); the four slices of a quad share one."""
        distance = 1 + index // SLICES_PER_QUAD
        return self.vxm_position + (distance if hemisphere == EAST else -distance)

    def plane_hemisphere(self, plane: int) -> int:
        """Planes 0 and 1 are west, 2 and 3 east."""
        return plane // 2

    def has_plane(self, plane: int) -> bool:
        """With two planes those are 0 and 2, one in each hemisphere."""
        return plane % 2 < self.mxm_planes // HEMISPHERES

    # Memory map -------------------------------------------------------------------------------
    def bank_number(self, hemisphere: int, index: int, bank: int) -> int:
        """Banks counted along the linear map: bank, slice, hemisphere (west first)."""
        return (hemisphere * self.slices + index) * self.banks + bank

    def bank_place(self, number: int) -> tuple[int, int, int]:
        """(hemisphere, slice index, bank) of a bank number."""
        rest, bank = divmod(number, self.banks)
        hemisphere, index = divmod(rest, self.slices)
        return hemisphere, index, bank

    def bank_name(self, number: int) -> str:
        hemisphere, index, bank = self.bank_place(number)
        return f"m{'we'[hemisphere]}{index}.{bank}"

    def word_address(self, hemisphere: int, index: int, bank: int, row: int, word: int = 0) -> int:
        """Linear word address of a word of a row."""
        return (self.bank_number(hemisphere, index, bank) * self.rows + row) * self.words_per_row + word

    # Peaks ------------------------------------------------------------------------------------
    def peak_ops_per_second(self, dtype: str) -> float:
        """Peak multiply-accumulates counted as two operations; f16/bf16 pair planes, a vector per 2 cycles."""
        per_cycle = self.mxm_planes * self.lanes * self.lanes * 2
        divisor = {"i8": 1, "u8": 1, "i4": 1, "f16": 4, "bf16": 4}[dtype]
        return per_cycle / divisor * self.clock_mhz * 1e6

    @property
    def sram_bytes_per_cycle(self) -> int:
        return HEMISPHERES * self.slices * self.banks * self.lanes

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in PARAMETERS}

    def difference(self, other: MachineSpec) -> list[str]:
        """Human sentences, one per parameter in which two machines differ (the name is not one)."""
        return [
            f"{name} is {getattr(self, name)} here and {getattr(other, name)} there"
            for name in LIMITS
            if getattr(self, name) != getattr(other, name)
        ]


LPU1 = MachineSpec("lpu1")
LPU_TINY = MachineSpec("lpu-tiny", superlanes=2, quads=2, rows=64)
BUILTIN = {spec.name: spec for spec in (LPU1, LPU_TINY)}


def from_dict(data: dict[str, Any]) -> MachineSpec:
    """A description from plain data. Raises MachineError naming an unknown or bad parameter."""
    for key in data:
        if key not in PARAMETERS:
            raise MachineError(f"unknown machine parameter {key!r}; known are {', '.join(PARAMETERS)}")
    if "name" not in data:
        raise MachineError("a machine needs a name")
    return MachineSpec(**data)


def to_toml(spec: MachineSpec) -> str:
    """The description as the text of a TOML file."""
    name = spec.name.replace("\\", "\\\\").replace('"', '\\"')
    numbers = "".join(f"{parameter} = {getattr(spec, parameter)}\n" for parameter in LIMITS)
    return f'name = "{name}"\n{numbers}'


def load(name_or_path: str) -> MachineSpec:
    """A built-in machine by name, or one from a TOML file. Raises MachineError."""
    if name_or_path in BUILTIN:
        return BUILTIN[name_or_path]
    from pathlib import Path

    path = Path(name_or_path)
    if path.suffix != ".toml":
        known = ", ".join(BUILTIN)
        raise MachineError(f"unknown machine {name_or_path!r}; built in are {known}, others come from a .toml file")
    import tomllib

    try:
        raw = path.read_bytes()
        if len(raw) > 1 << 16:
            raise MachineError(f"{path}: a machine file has at most 64 KiB, this one {len(raw)}")
        return from_dict(tomllib.loads(raw.decode("utf-8")))
    except OSError as error:
        raise MachineError(f"{path}: {error.strerror}") from error
    except RecursionError:
        raise MachineError(f"{path}: it nests too deeply") from None
    except (MachineError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MachineError(f"{path}: {error}") from error
    except ValueError:  # what Python says of numbers without end
        raise MachineError(f"{path}: it holds a number of too many digits") from None
