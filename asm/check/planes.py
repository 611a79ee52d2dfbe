"""Weights and accumulators of the matrix planes (docs/machine.md, section 16): what is installed when it is used."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from asm.check.bursts import cycles
from asm.check.events import offsets
from asm.check.stretch import Stretch, Timed
from isa.diagnostics import Diagnostic, Note
from isa.machine import MachineSpec
from isa.records import NamedTuple, dataclass, field
from isa.tensor import INSTALL_LATENCY, LOAD_STREAMS
from isa.types import TYPES
from isa.units import CLASSES, PLANE, PLANES

LOAD, INSTALL, ACTIVATE = CLASSES["LW"], CLASSES["IW"], CLASSES["ABC"]
NOTHING = ""  # the type of a buffer or array that is not there
GOES_WITH = {"i8": ("i4", "i8", "u8"), "u8": ("i4", "i8", "u8"), "f16": ("f16",), "bf16": ("bf16",)}
LONG_AGO = -1


class Epoch(NamedTuple):
    """From a cycle on an array is of a type; None when nobody knows which."""

    start: int
    type: str | None
    install: Timed | None


@dataclass
class Plane:
    """The loads of a plane and its partner, in order of time; when its buffer was last emptied; its arrays in turn."""

    number: int
    arrays: list[Epoch]
    loads: list[Timed] = field(default_factory=list)
    emptied: int = LONG_AGO


def check_planes(stretch: Stretch, spec: MachineSpec) -> Iterator[Diagnostic]:
    """E-TYPE of installs and activations, E-RANGE of weight and accumulator rows."""
    initial = NOTHING if stretch.fresh else None
    planes = [Plane(number, [Epoch(LONG_AGO, initial, None)]) for number in range(PLANES)]
    here = [timed for timed in stretch.ops if timed.burst.row.units.where == PLANE]
    for timed in here:
        if timed.burst.row.units is LOAD:
            for plane in (timed.burst.fields["plane"], timed.burst.fields["plane"] ^ 1):
                planes[plane].loads.append(timed)
        elif timed.burst.row.units is INSTALL:
            yield from _install(planes, timed, stretch)
    for timed in here:
        if timed.burst.row.units is ACTIVATE:
            yield from _activate(planes[timed.burst.fields["plane"]], timed, stretch)
        yield from _rows(timed, spec)


def _is_wide(type_name: str | None) -> bool:
    return type_name is not None and type_name != NOTHING and TYPES[type_name].planes > 1


# Installing ---------------------------------------------------------------------------------------
def _buffer(plane: Plane, cycle: int, stretch: Stretch) -> str | None:
    """The type of what a buffer holds at the start of a cycle; None when that is not known.

    Loading one plane of a pair with another type drops the 16-bit weights of both.
    """
    dropped = False
    for load in reversed(plane.loads):
        first, kind = load.burst.fields["plane"], load.burst.row.type
        issued = load.cycle + offsets(load.burst)
        if plane.number not in range(first, first + load.burst.row.claims):
            dropped = dropped or bool((issued < cycle).any())
        elif ((issued >= plane.emptied) & (issued < cycle)).any():
            return NOTHING if dropped and _is_wide(kind) else kind
    emptied_here = plane.emptied != LONG_AGO and plane.emptied >= stretch.settled
    return NOTHING if stretch.fresh or emptied_here else None


def _install(planes: list[Plane], timed: Timed, stretch: Stretch) -> Iterator[Diagnostic]:
    """Let an `iw` take effect, on both planes of a pair when the buffer is of a 16-bit type."""
    number = timed.burst.fields["plane"]
    kind = _buffer(planes[number], timed.cycle, stretch)
    if _is_wide(kind) and number % 2:
        message = f"the buffer of plane {number} is the second half of {kind} weights"
        yield Diagnostic("E-TYPE", message, timed.op.place, help=f"install them with `iw {number - 1}`")
        return
    partner, after = number ^ 1, timed.cycle + INSTALL_LATENCY
    installed = [number, partner] if _is_wide(kind) else [number]
    if not _is_wide(kind) and kind is not None and _is_wide(planes[partner].arrays[-1].type):
        planes[partner].arrays.append(Epoch(after, NOTHING, timed))
    if kind is None:
        planes[partner].arrays.append(Epoch(after, None, None))
    for each in installed:
        planes[each].arrays.append(Epoch(after, kind, timed))
        planes[each].emptied = timed.cycle


# Using --------------------------------------------------------------------------------------------
def _activate(plane: Plane, timed: Timed, stretch: Stretch) -> Iterator[Diagnostic]:
    """E-TYPE for the first element that meets no array, or one of a type that does not go with it."""
    issued = timed.cycle + offsets(timed.burst)
    starts = np.array([epoch.start for epoch in plane.arrays])
    which = np.searchsorted(starts, issued, side="right") - 1
    wrong = [epoch.type is not None and epoch.type not in GOES_WITH[timed.burst.row.type] for epoch in plane.arrays]
    bad = np.array(wrong)[which] & (issued <= stretch.end) & (issued < stretch.stop)
    if bad.any():
        element = int(bad.argmax())
        yield _mismatch(plane, timed, plane.arrays[which[element]], int(issued[element]))


def _mismatch(plane: Plane, timed: Timed, epoch: Epoch, cycle: int) -> Diagnostic:
    mnemonic, number, kind = timed.op.row.mnemonic, timed.burst.fields["plane"], timed.burst.row.type
    notes = (Note("installed here", epoch.install.op.place),) if epoch.install else ()
    if epoch.type:
        message = f"`{mnemonic}` meets an array of {epoch.type} in plane {number} in cycle {cycle}"
        return Diagnostic("E-TYPE", message, timed.op.place, notes, f"{kind} goes with {' '.join(GOES_WITH[kind])}")
    message = f"plane {number} has no array in cycle {cycle}, when `{mnemonic}` needs one"
    later = next((each for each in plane.arrays if each.start > cycle and each.install and each.type), None)
    if later is None or later.install is None:
        return Diagnostic("E-TYPE", message, timed.op.place, notes, "load weights with `lw` and install them with `iw`")
    note = Note(f"installed here, in use from cycle {later.start} on", later.install.op.place)
    help = f"issue `{mnemonic}` {cycles(later.start - cycle)} later"
    return Diagnostic("E-TYPE", message, timed.op.place, (note,), help)


def _rows(timed: Timed, spec: MachineSpec) -> Iterator[Diagnostic]:
    """E-RANGE for rows of weights past the lanes, or of accumulators past the last."""
    fields, row = timed.burst.fields, timed.burst.row
    last = fields.get("n", 1) - 1
    if "acc" in fields and fields["acc"] + last > row.format.field("acc").high:
        high = row.format.field("acc").high
        message = f"element {high + 1 - fields['acc']} of `{row.mnemonic}` is in accumulator row {high + 1}"
        yield Diagnostic("E-RANGE", message, timed.op.operand_place("acc"), help=f"a plane has rows 0 to {high}")
    if row.units is LOAD:
        step = LOAD_STREAMS * 8 // TYPES[row.type].bits
        first = fields["row0"] + last * step
        if first >= spec.lanes:
            message = f"element {last} of `{row.mnemonic}` loads row {first} of the weights"
            help = f"a plane of {spec.name} has rows 0 to {spec.lanes - 1}"
            yield Diagnostic("E-RANGE", message, timed.op.place, help=help)
