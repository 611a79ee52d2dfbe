"""The two notes of an object: its machine and its tensors, as compact JSON under the owner name "LPU"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from isa.elf_format import ElfError
from isa.image import Tensor
from isa.machine import MachineError, MachineSpec, from_dict
from isa.objects import Objects

OWNER = b"LPU\0"
NOTE_MACHINE, NOTE_TENSORS = 0x101, 0x102  # low numbers have general meanings
HEADER_BYTES = 12
MAX_BYTES = 1 << 22  # some 25,000 tensors

TENSOR_TYPES: dict[str, type] = {
    "name": str,
    "dtype": str,
    "shape": list,
    "layout": str,
    "slice": int,
    "slices": int,
    "row": int,
    "is_input": bool,
    "is_output": bool,
    "input_order": int,
    "output_order": int,
}


def machine_note(machine: MachineSpec) -> bytes:
    """A machine description as the contents of a note section."""
    return _note(NOTE_MACHINE, _encoder()(machine.to_dict()))


def tensors_note(tensors: Sequence[Tensor]) -> bytes:
    """The tensors of a program as the contents of a note section; those that differ in name only are written alike."""
    names, *others = Objects.of(Tensor, tensors).columns
    _, *parts = TENSOR_TYPES
    encode = _encoder()
    alike = list(zip(*others, strict=True))
    ends = {each: encode(dict(zip(parts, each, strict=True)))[1:] for each in dict.fromkeys(alike)}
    items = [f'{{"name":{encode(name)},{ends[each]}' for name, each in zip(names, alike, strict=True)]
    return _note(NOTE_TENSORS, f"[{','.join(items)}]")


def _encoder() -> Callable[[Any], str]:
    """What makes compact JSON of a value."""
    from json import JSONEncoder

    return JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def _note(kind: int, json: str) -> bytes:
    text = json.encode()
    padding = bytes(-len(text) % 4)
    _check_size(HEADER_BYTES + len(OWNER) + len(text) + len(padding))
    header = b"".join(n.to_bytes(4, "little") for n in (len(OWNER), len(text), kind))
    return header + OWNER + text + padding


def _check_size(size: int) -> None:
    if size > MAX_BYTES:
        raise ElfError(f"a note of {size} bytes; it may have {MAX_BYTES}")


def read_machine(note: bytes) -> MachineSpec:
    """The machine of a note section. Raises ElfError."""
    value = _contents(note, NOTE_MACHINE, "machine")
    if not isinstance(value, dict):
        raise ElfError("the machine note holds no description")
    try:
        return from_dict(value)
    except MachineError as error:
        raise ElfError(f"the machine note is wrong: {error}") from error


def read_tensors(note: bytes) -> list[Tensor]:
    """The tensors of a note section. Raises ElfError."""
    value = _contents(note, NOTE_TENSORS, "tensor")
    if not isinstance(value, list):
        raise ElfError("the tensor note holds no list")
    return [_tensor(item) for item in value]


def _contents(note: bytes, kind: int, what: str) -> Any:
    import json

    sizes = [int.from_bytes(note[i : i + 4], "little") for i in (0, 4, 8)]
    start = HEADER_BYTES + len(OWNER)
    _check_size(len(note))
    if len(note) < start or sizes[0] != len(OWNER) or note[HEADER_BYTES:start] != OWNER or sizes[2] != kind:
        raise ElfError(f"the {what} note does not start as a note of LPU and type {kind}")
    if start + sizes[1] + -sizes[1] % 4 != len(note):
        raise ElfError(f"the {what} note says it has {sizes[1]} bytes in a section of {len(note)}")
    try:
        return json.loads(note[start : start + sizes[1]].decode())
    except (ValueError, RecursionError) as error:
        raise ElfError(f"the {what} note is no JSON: {error}") from error


def _tensor(item: Any) -> Tensor:
    if not isinstance(item, dict) or item.keys() != TENSOR_TYPES.keys():
        raise ElfError(f"the tensor note has an entry without exactly the parts {', '.join(TENSOR_TYPES)}")
    for part, expected in TENSOR_TYPES.items():
        if type(item[part]) is not expected:
            raise ElfError(f"the tensor note gives {part} as {item[part]!r}")
    if any(type(extent) is not int for extent in item["shape"]):
        raise ElfError(f"the tensor note gives shape as {item['shape']!r}")
    return Tensor(**{**item, "shape": tuple(item["shape"])})
