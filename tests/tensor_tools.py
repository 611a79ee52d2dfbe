"""Programs of the tensor face by cycle, on a small machine, and rows of its SRAM as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform.build import Bundle, addresses, image, op
from isa.codec import Op
from isa.machine import BYTES_PER_WORD, LPU_TINY, MachineSpec
from isa.places import SCALARS, V_REGISTERS, WEST_FLOW
from isa.units import HEMISPHERE_SLICES
from vm.engine import HALTED, Engine
from vm.machine import Machine

Bytes = NDArray[np.uint8]
Ops = dict[int, list[Op]]  # by cycle

SPEC = LPU_TINY
LANES = SPEC.lanes
MXM_W, SXM_W, W_Q1, W_Q0, VXM, E_Q0, E_Q1, SXM_E, MXM_E = range(SPEC.positions)
SE, SW, V, R = 0, WEST_FLOW, V_REGISTERS, SCALARS  # the numbers of se0, sw0, v0, r0
MW, ME = 0, HEMISPHERE_SLICES  # the numbers of mw0, me0
W, E = 0, 1  # the switches


def machine(engine: str, ops: Ops, rows: Mapping[tuple[int, int], NDArray[Any]] = {}, **options: Any) -> Machine:
    """A machine about to run ops at their cycles, with rows of SRAM given by slice and row."""
    made = Machine(image(*timeline(ops)), engine, **options)
    for (slice_, row), values in rows.items():
        put(made.engine, slice_, row, values)
    return made


def ran(engine: str, ops: Ops, rows: Mapping[tuple[int, int], NDArray[Any]] = {}, **options: Any) -> Machine:
    """The same after its run, which comes to its end."""
    made = machine(engine, ops, rows, **options)
    assert made.run(10_000) == HALTED
    return made


def timeline(ops: Ops) -> list[Bundle]:
    """Bundles that issue in the cycles given; the cycles between them are waited for."""
    bundles: list[Bundle] = []
    now = 0
    for cycle in sorted(ops):
        if cycle > now:
            bundles.append([op("nop count", count=cycle - now)])
        bundles.append(ops[cycle])
        now = cycle + 1
    return bundles


def pc(ops: Ops, cycle: int) -> int:
    """The address of the bundle that issues in a cycle."""
    before = {now: bundle for now, bundle in ops.items() if now < cycle}
    wait = [[op("nop count", count=cycle - max(before, default=-1) - 1)]] if cycle - max(before, default=-1) > 1 else []
    return addresses(*timeline(before), *wait)[-1]


def address(slice_: int, row: int, spec: MachineSpec = SPEC) -> int:
    """The byte of the linear map where a row of a slice begins; rows count on through its banks."""
    bank, row = divmod(row, spec.rows)
    return spec.word_address(*divmod(slice_, HEMISPHERE_SLICES), bank, row) * BYTES_PER_WORD


def put(engine: Engine, slice_: int, row: int, values: NDArray[Any]) -> None:
    """Elements, one a lane, into a row: byte k of each into the k-th slice from `slice_` on."""
    for k, plane in enumerate(np.ascontiguousarray(values).view(np.uint8).reshape(len(values), -1).T):
        engine.load(address(slice_ + k, row, engine.spec), plane.tobytes())


def get(engine: Engine, slice_: int, row: int, dtype: Any = np.uint8) -> NDArray[Any]:
    """The elements, one a lane, of a row."""
    starts = [address(slice_ + k, row, engine.spec) for k in range(np.dtype(dtype).itemsize)]
    sram = np.frombuffer(engine.sram(), np.uint8)
    planes = np.stack([sram[start : start + engine.spec.lanes] for start in starts], axis=-1)
    return np.ascontiguousarray(planes).view(dtype)[:, 0]


def random_bytes(seed: int, *shape: int) -> Bytes:
    return np.random.default_rng(seed).integers(0, 256, shape or (LANES,), np.uint8)


# Ops, with the operands that the tests vary -----------------------------------------------------
def read(stream: int, slice_: int, row: int = 0, width: int = 1, **fields: int) -> Op:
    return op(f"read{suffix(width)} stream, slice[row]", stream=stream, slice=slice_, row=row, **fields)


def write(slice_: int, stream: int, row: int = 0, width: int = 1, **fields: int) -> Op:
    return op(f"write{suffix(width)} slice[row], stream", slice=slice_, row=row, stream=stream, **fields)


def suffix(width: int) -> str:
    return f".{width}" if width > 1 else ""


def mov(register: int, value: int, unit: int = 0) -> Op:
    return op("mov rd, imm", rd=register, imm=value & 0xFFFFFFFF, u=unit)


HALT = op("halt [code]")


def vmov(dst: int, src: int, unit: int = 0, type_name: str = "u8", **fields: int) -> Op:
    return op(f"vmov.{type_name} dst, sa", dst=dst, sa=src, u=unit, **fields)


def vadd(dst: int, a: int, b: int, unit: int = 0, type_name: str = "u8.w", **fields: int) -> Op:
    return op(f"vadd.{type_name} dst, sa, sb", dst=dst, sa=a, sb=b, u=unit, **fields)


def elements(width: int, seed: int) -> NDArray[Any]:
    return random_bytes(seed, LANES * width).view(f"<u{width}")
