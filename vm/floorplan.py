"""Where the ops of the tensor face stand, west to east, and what the places are called."""

from __future__ import annotations

from collections.abc import Mapping

from isa.machine import EAST, WEST, MachineSpec
from isa.row import Row
from isa.units import HEMISPHERE_SLICES, PLANE, SLICE, SXM


def position(spec: MachineSpec, row: Row, fields: Mapping[str, int]) -> int:
    """Where the unit of an op stands; of a slice that the machine has not, beyond the others."""
    where = row.units.where
    if where == SLICE:
        return spec.slice_position(*divmod(fields["slice"], HEMISPHERE_SLICES))
    if where == PLANE:
        return spec.mxm_position(spec.plane_hemisphere(fields["plane"]))
    return spec.sxm_position(fields["hemi"]) if where == SXM else spec.vxm_position


def position_name(spec: MachineSpec, number: int) -> str:
    """`the VXM`, `MXM.W`, `SXM.E` or a quad, `W.q3`."""
    ends = {
        spec.vxm_position: "the VXM",
        spec.mxm_position(WEST): "MXM.W", spec.mxm_position(EAST): "MXM.E",
        spec.sxm_position(WEST): "SXM.W", spec.sxm_position(EAST): "SXM.E",
    }  # fmt: skip
    distance = number - spec.vxm_position
    return ends.get(number) or f"{'E' if distance > 0 else 'W'}.q{abs(distance) - 1}"
