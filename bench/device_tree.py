"""A flattened device tree for Spike, which otherwise needs the `dtc` program to make one.

The format is chapter 5 of the Devicetree Specification, version 17, all numbers big-endian.
"""

from __future__ import annotations

import struct

Value = str | bytes | list[int] | dict[str, "Value"]
Tree = dict[str, Value]

MAGIC, VERSION, LAST_COMPATIBLE = 0xD00DFEED, 17, 16
HEADER_BYTES, RESERVATIONS = 40, bytes(16)
BEGIN_NODE, END_NODE, PROPERTY, END = (struct.pack(">I", token) for token in (1, 2, 3, 9))

CLINT, RAM = 0x0200_0000, 0x8000_0000


def spike_machine(isa: str, memory_mib: int) -> Tree:
    """One hart, its timer, memory and the host interface that ends the run."""
    cells: Tree = {"#address-cells": [2], "#size-cells": [2]}
    interrupts: Tree = {
        "#interrupt-cells": [1], "interrupt-controller": b"", "compatible": "riscv,cpu-intc", "phandle": [1],
    }  # fmt: skip
    cpu: Tree = {
        "device_type": "cpu", "reg": [0], "status": "okay", "compatible": "riscv", "riscv,isa": isa,
        "mmu-type": "riscv,sv39", "riscv,pmpregions": [16], "riscv,pmpgranularity": [4],
        "interrupt-controller": interrupts,
    }  # fmt: skip
    clint: Tree = {
        "compatible": "riscv,clint0", "interrupts-extended": [1, 3, 1, 7], "reg": [0, CLINT, 0, 0xC0000],
    }  # fmt: skip
    return {
        **cells,
        "compatible": "ucbbar,spike-bare-dev",
        "model": "ucbbar,spike-bare",
        "cpus": {"#address-cells": [1], "#size-cells": [0], "timebase-frequency": [10_000_000], "cpu@0": cpu},
        f"memory@{RAM:x}": {"device_type": "memory", "reg": [0, RAM, 0, memory_mib << 20]},
        "soc": {**cells, "compatible": "simple-bus", "ranges": b"", f"clint@{CLINT:x}": clint},
        "htif": {"compatible": "ucb,htif0"},
    }


def flatten(tree: Tree) -> bytes:
    """The blob of a tree."""
    names: dict[str, int] = {}
    structure = _node("", tree, names) + END
    strings = b"".join(name.encode() + b"\0" for name in names)
    structure_at = HEADER_BYTES + len(RESERVATIONS)
    strings_at = structure_at + len(structure)
    header = struct.pack(
        ">10I", MAGIC, strings_at + len(strings), structure_at, strings_at, HEADER_BYTES, VERSION, LAST_COMPATIBLE,
        0, len(strings), len(structure),
    )  # fmt: skip
    return header + RESERVATIONS + structure + strings


def _node(name: str, tree: Tree, names: dict[str, int]) -> bytes:
    """A node: its properties, then the nodes in it. `names` collects property names and their offsets."""
    parts = [BEGIN_NODE, _padded(name.encode() + b"\0")]
    nodes = {key: value for key, value in tree.items() if isinstance(value, dict)}
    for key, value in tree.items():
        if not isinstance(value, dict):
            data = _bytes(value)
            offset = names.setdefault(key, sum(len(other) + 1 for other in names))
            parts += [PROPERTY, struct.pack(">II", len(data), offset), _padded(data)]
    return b"".join([*parts, *(_node(key, value, names) for key, value in nodes.items()), END_NODE])


def _bytes(value: str | bytes | list[int]) -> bytes:
    if isinstance(value, str):
        return value.encode() + b"\0"
    return value if isinstance(value, bytes) else struct.pack(f">{len(value)}I", *value)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
