"""What holds of the C core after any run, and programs of the tensor face that anything may be in."""

from __future__ import annotations

from hypothesis import strategies as st

from conform.build import op
from conform.operations import ops_of
from isa import codec
from isa.codec import Op
from isa.faults import CODES
from isa.places import WEST_FLOW
from isa.table import TENSOR_ROWS
from isa.units import HEMISPHERE_SLICES
from vm.core import CoreEngine
from vm.engine import FAULT, HALTED, RUNNING

LIMIT = 2000
GROUP = 4


def assert_sound(engine: CoreEngine, status: str, until: int) -> None:
    """What holds of any machine after any run."""
    state, fault = engine.state, engine.fault
    assert (fault is not None) == (status == FAULT)
    assert status in (RUNNING, HALTED, FAULT)
    assert status != RUNNING or state.cycle == until
    assert status != HALTED or (state.fetch_ended and not state.in_flight and state.cycle >= state.settled)
    if fault is not None:
        assert 0 < fault.code < len(CODES)
        assert fault.cycle == state.cycle
        assert fault.pc == state.pc or fault.element >= 0  # an op of the tensor face may have been fetched before


def flood() -> list[Op]:
    """Reads and moves that keep streams of both directions busy for a while, on any machine of two quads or more."""
    reads = [
        op("read.4 stream, slice[row]", slice=hemisphere + quad * GROUP, row=quad, stream=stream, n=60, stride=0)
        for hemisphere, quad, stream in (
            (0, 0, 0), (0, 1, WEST_FLOW), (HEMISPHERE_SLICES, 0, WEST_FLOW + GROUP), (HEMISPHERE_SLICES, 1, GROUP),
        )
    ]  # fmt: skip
    moves = [
        op("vmov.u8 dst, imm", u=unit, dst=base + 2 * GROUP + unit, imm=unit, n=60)
        for base in (0, WEST_FLOW)
        for unit in range(base // 4, base // 4 + 8)
    ]
    return reads + moves


def fitting(ops: list[Op]) -> list[Op]:
    """The ops of a list that claim no unit that one before them has claimed."""
    claimed: set[int] = set()
    fit = []
    for one in ops:
        if not claimed & set(one.claims):
            claimed |= set(one.claims)
            fit.append(one)
    return fit


tensor_ops = st.sampled_from(TENSOR_ROWS).flatmap(ops_of)


@st.composite
def flooded_programs(draw: st.DrawFn) -> bytes:
    """Any tensor ops, while streams are full."""
    bundles = [flood()]
    for bundle in draw(st.lists(st.lists(tensor_ops, min_size=1, max_size=3), min_size=1, max_size=6)):
        bundles.append([op("nop count", count=draw(st.integers(1, 8)))])
        bundles.append(fitting(bundle))
    return codec.to_bytes([syllable for bundle in bundles for syllable in codec.encode_bundle(bundle)])
