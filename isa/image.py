"""What an object or an executable holds, as plain values; `isa.elf` writes and reads them.

Text addresses count syllables from 0. Memory is described by *blocks*: runs of whole or partial rows in one
bank, whose rows may be moved by the linker but never their bank. Blocks that must move together (the byte
planes of a tensor, the banks of a large array) share a `group`; a symbol names the group it belongs to.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from isa.diagnostics import Place
from isa.file_part import FilePart
from isa.lines import Lines
from isa.machine import MachineSpec
from isa.records import dataclass, field

if TYPE_CHECKING:
    from isa.relocations import Relocations

TEXT, DATA, PARAM = "text", "data", "param"
LOCAL, GLOBAL, EXTERN = "local", "global", "extern"
TO_TARGET, TO_WORD, TO_ROW = "target", "word", "row"


@dataclass(slots=True)
class Block:
    """Memory of one bank from (row, word) on. `data` are its bytes, a whole number of words, all of which count as
    written, read or still in their file; an empty `data` with `words` > 0 reserves words that stay never-written."""

    group: str
    bank: int  # number along the linear map, see MachineSpec.bank_number
    row: int
    word: int  # first word within the row
    words: int
    data: bytes | FilePart = b""
    fixed: bool = False  # placed by the user: the linker may not move it


@dataclass(slots=True)
class Symbol:
    """`value` is a text address (TEXT) or a linear word address (DATA, PARAM); `size` in syllables or words.

    An EXTERN symbol has no value; `banks` are the banks the source promised, empty when unknown. A PARAM
    also has `constant`, the number that stands for it in expressions. `place` is where it was defined.
    """

    name: str
    kind: str
    binding: str
    value: int = 0
    size: int = 0
    group: str = ""
    banks: tuple[int, ...] = ()
    constant: int | None = None
    place: Place | None = None


@dataclass(slots=True)
class Relocation:
    """A number that depends on where a symbol ends up.

    In text: `address` is that of the op's first syllable and `field` the field's name. In memory: `field` is
    empty, `block` indexes the image's blocks and `address` is the word within the block. The number is the
    symbol's value plus `addend`; kind TO_TARGET counts syllables, TO_WORD words, TO_ROW rows of a slice.
    """

    kind: str
    symbol: str
    addend: int
    address: int
    field: str = ""
    block: int = -1
    place: Place | None = None


@dataclass(slots=True)
class Tensor:
    """A typed object of the program: `.i32` data, `.array` or `.tensor`.

    `layout` is linear (row-major words from the symbol's address on), rows, tiles or mxm. Tensor-face layouts
    name the first slice (hemisphere*64 + index), the number of `slices` and the base `row` (counting on from
    bank 0 into bank 1). `is_input` and `is_output` come from .input and .output, in order of `io_order`.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    layout: str = "linear"
    slice: int = 0
    slices: int = 0
    row: int = 0
    is_input: bool = False
    is_output: bool = False
    input_order: int = -1
    output_order: int = -1


@dataclass
class Image:
    """An object (`executable` False) or an executable. `name` is the file or source it came from."""

    machine: MachineSpec
    text: list[int] = field(default_factory=list)
    blocks: Sequence[Block] = field(default_factory=list)
    symbols: Sequence[Symbol] = field(default_factory=list)
    relocations: list[Relocation] | Relocations = field(default_factory=list)
    lines: Lines = field(default_factory=Lines)
    tensors: Sequence[Tensor] = field(default_factory=list)
    entry: int = 0
    executable: bool = False
    name: str = ""
