"""The tensor face as part of a state: which items no run of a machine could have reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Sequence
from typing import TypeAlias

from isa.formats import FORMATS
from isa.machine import HEMISPHERES, MachineSpec
from isa.places import LANE_BYTES, STREAMS, V_REGISTERS
from isa.table import TENSOR_ROWS
from isa.tensor import ACTIVATION_LATENCY, MOVE_LATENCY, TRANSPOSE_LATENCY, TYPE_CODE, WIDTHS
from isa.types import TYPES
from isa.units import PLANES, UNIT_NAMES
from vm import items
from vm.items import Item

Allowed: TypeAlias = dict[str, Container[int]]

WORD = 1 << 32
MAX_OPS = len(UNIT_NAMES)  # of a bundle: one a unit
MAX_ELEMENT = 1 << 26  # 2**16 elements a round, 2**10 rounds
MAX_LOSSES = 1 << 62
MAX_READ = 3  # registers that an op of the tensor face keeps
ACCUMULATOR_ROWS = FORMATS["MXM_ACC"].field("acc").high + 1
MAPS = FORMATS["SXM_LM"].field("number").high + 1
MAP_BYTES = 2
LATENCIES: dict[type[Item], int] = {
    items.Result: TRANSPOSE_LATENCY,
    items.VectorWrite: MOVE_LATENCY + FORMATS["VXM_MOV"].field("delay").high,
}
NAMES = tuple(TYPES)
WEIGHT_TYPES = {TYPE_CODE[row.type] for row in TENSOR_ROWS if row.semantics == "lw"}
NIBBLES = bytes(value & 0xFF for value in range(-8, 8))  # i4, sign-extended


def check_items(spec: MachineSpec, cycle: int, found: Sequence[Item]) -> None:
    """Raises ValueError naming the first item that cannot be part of a state at the start of a cycle."""
    if isinstance(found, items.Packed) and found.fits(spec, cycle):
        return
    known = allowed(spec, cycle)
    for item in found:
        _check_numbers(known, cycle, item)
        _check_length(spec, item)
    if tuple(found) != items.in_order(list(found)):
        raise ValueError("the items of the tensor face are out of order")
    _check_distinct(found)
    _check_weights(spec, [item for item in found if isinstance(item, items.Plane)])


def allowed(spec: MachineSpec, cycle: int) -> Allowed:
    """What each number of an item can be, by its name."""
    planes = [plane for plane in range(PLANES) if spec.has_plane(plane)]
    streams = [stream for stream in range(V_REGISTERS) if stream % STREAMS < spec.streams]
    return {
        "pc": range(WORD), "slot": range(MAX_OPS), "unit": range(MAX_OPS), "element": range(MAX_ELEMENT),
        "issued": range(cycle), "started": range(cycle), "stream": streams, "position": range(spec.positions),
        "width": WIDTHS, "sampled": (0, 1), "register": range(spec.vxm_alus), "plane": planes, "installed": (0, 1),
        "type": WEIGHT_TYPES, "floats": (0, 1), "row": range(ACCUMULATOR_ROWS), "hemi": range(HEMISPHERES),
        "number": range(MAPS), "losses": range(1, MAX_LOSSES),
    }  # fmt: skip


def _check_numbers(known: Allowed, cycle: int, item: Item) -> None:
    """Raises ValueError for a number that its field cannot hold."""
    own: Allowed = {}
    if isinstance(item, items.Value | items.Result):
        own["byte"] = range(item.width)
    if isinstance(item, items.Result | items.VectorWrite):
        landed = isinstance(item, items.VectorWrite)  # what lands in a cycle has landed at its start
        own["landing"] = range(cycle + landed, item.issued + LATENCIES[type(item)] + 1)
    if isinstance(item, items.Exit):  # all have one latency; floats are at the first plane of a pair
        landing = item.issued + ACTIVATION_LATENCY
        own |= {"landing": range(max(cycle, landing), landing + 1), "floats": range(2 - item.plane % 2)}
    if isinstance(item, items.Lost) and item.stream == -1:
        own["stream"] = (-1,)
    for name, value in zip(item._fields, item, strict=True):
        if isinstance(value, int) and value not in {**known, **own}[name]:
            raise ValueError(f"the {name} of a {type(item).__name__} cannot be {value} in cycle {cycle}")


def _check_length(spec: MachineSpec, item: Item) -> None:
    """Raises ValueError for data of the wrong length."""
    lanes = spec.lanes
    match item:
        case items.Value() | items.Result():
            lengths = [lanes]
        case items.Vector() | items.VectorWrite():
            lengths = [item.width * lanes]
        case items.Plane():
            lengths = [lanes * lanes + lanes]
        case items.Exit() | items.Accumulator():
            lengths = [LANE_BYTES * lanes]
        case items.Map():
            lengths = [MAP_BYTES * lanes]
        case items.Burst():
            lengths = [LANE_BYTES * count for count in range(MAX_READ + 1)]
        case items.Lost():
            lengths = [0]
    if len(item.data) not in lengths:
        wanted = " or ".join(map(str, lengths))
        raise ValueError(f"a {type(item).__name__} holds {wanted} bytes here, not {len(item.data)}")


# What must not be twice -------------------------------------------------------------------------
KEYS: dict[type[Item], int] = {  # so many of its first numbers tell an item from others of its kind
    items.Value: 2, items.Result: 3, items.Vector: 1, items.VectorWrite: 2, items.Plane: 2, items.Exit: 2,
    items.Accumulator: 2, items.Map: 2, items.Burst: 3, items.Lost: 3,
}  # fmt: skip


def _check_distinct(found: Sequence[Item]) -> None:
    """Raises ValueError for two items in one place."""
    places = Counter((type(item), item[: KEYS[type(item)]]) for item in found)
    for (kind, place), count in places.items():
        if count > 1:
            numbers = ", ".join(f"{name} {value!r}" for name, value in zip(kind._fields, place, strict=False))
            raise ValueError(f"there are {count} of {kind.__name__} with {numbers}")


# Weights ----------------------------------------------------------------------------------------
def _check_weights(spec: MachineSpec, found: list[items.Plane]) -> None:
    """Raises ValueError for weights that no `lw` and `iw` make."""
    by_place = {(item.plane, item.installed): item for item in found}
    for item in found:
        rows = item.data[spec.lanes**2 :]
        if rows.translate(None, b"\0\1") or (item.installed and 0 in rows):
            raise ValueError(f"the rows of a Plane are marked {max(rows)}, not as loaded or not")
        if NAMES[item.type] == "i4" and item.data[: spec.lanes**2].translate(None, NIBBLES):
            raise ValueError("a weight of type i4 lies outside -8 to 7")
        if any(item.data[k * spec.lanes : (k + 1) * spec.lanes].strip(b"\0") for k, row in enumerate(rows) if not row):
            raise ValueError("a row of weights that was not loaded is not zero")
        other = by_place.get((item.plane ^ 1, item.installed))
        if TYPES[NAMES[item.type]].planes > 1 and not (other and _is_other_half(spec, item, other)):
            raise ValueError(f"plane {item.plane} holds half of an array of {NAMES[item.type]} without the other")


def _is_other_half(spec: MachineSpec, item: items.Plane, other: items.Plane) -> bool:
    rows = slice(spec.lanes**2, None)
    return item.type == other.type and item.data[rows] == other.data[rows]
