"""Places as written: `mw4`, `mw0.1`, `mw0..mw3` to slices and runs of words."""

from __future__ import annotations

import re

from asm.errors import Spanned, error
from asm.scope.objects import Region
from asm.tree import Line, Name, Operand, PlaceRange
from isa.machine import EAST, WEST, MachineSpec
from isa.units import HEMISPHERE_SLICES
from isa.units import PLANES as PLANE_COUNT

SLICE = re.compile(r"m([we])(\d{1,4})", re.IGNORECASE)
PLACE_NAME = re.compile(r"(se|sw|v)(\d+)", re.IGNORECASE)  # streams and v registers
AUTO = "auto"
HEMISPHERES = ("W", "E")  # in the order of their numbers; also the names of the switches
PLANES = tuple(f"P{plane}" for plane in range(PLANE_COUNT))
PLACES_ARE = "places are slices such as mw4, V for the vector unit, P0 to P3 for the planes, W and E for the switches"


def slice_of(spec: MachineSpec, text: str, line: Line, node: Spanned) -> tuple[int, int]:
    """(hemisphere, index) of a slice name. Raises E-PLACE when it is none of this machine's."""
    found = SLICE.fullmatch(text)
    if found is None:
        raise error("E-PLACE", f"`{text}` is not a slice", line, node, "slices are mw0, mw1, ... and me0, me1, ...")
    hemisphere = WEST if found.group(1) in "wW" else EAST
    index = int(found.group(2))
    if index >= spec.slices:
        side = f"m{'we'[hemisphere]}"
        message = f"{spec.name} has no slice {text.lower()}; it has {side}0 to {side}{spec.slices - 1}"
        raise error("E-PLACE", message, line, node)
    return hemisphere, index


def position_of(spec: MachineSpec, text: str, line: Line, node: Spanned) -> int:
    """The position of a place as units are named: `mw4`, `V`, `P0`, `W` (a switch). Raises E-PLACE."""
    name = text.upper()
    if name == "V":
        return spec.vxm_position
    if name in HEMISPHERES:
        return spec.sxm_position(HEMISPHERES.index(name))
    if name in PLANES:
        plane = PLANES.index(name)
        if not spec.has_plane(plane):
            raise error("E-PLACE", f"{spec.name} has no plane {plane}", line, node)
        return spec.mxm_position(spec.plane_hemisphere(plane))
    if SLICE.fullmatch(text) is None:
        raise error("E-PLACE", f"`{text}` is no place of the floorplan", line, node, PLACES_ARE)
    return spec.slice_position(*slice_of(spec, text, line, node))


def slice_number(spec: MachineSpec, text: str, line: Line, node: Spanned) -> int:
    """The number that encodes a slice."""
    hemisphere, index = slice_of(spec, text, line, node)
    return hemisphere * HEMISPHERE_SLICES + index


def slice_index(spec: MachineSpec, number: int) -> int:
    """The place of an encoded slice along the linear map."""
    hemisphere, index = divmod(number, HEMISPHERE_SLICES)
    return hemisphere * spec.slices + index


def place_of(node: Operand, line: Line) -> PlaceRange:
    """The place that the argument of `.data` names."""
    if isinstance(node, PlaceRange):
        return node
    if isinstance(node, Name):
        first, _, bank = node.text.partition(".")
        return PlaceRange(first, first, int(bank) if bank.isdigit() else -1, node.column, node.end)
    raise error(
        "E-PLACE", "a place is a slice, a bank or a range of slices", line, node, "such as mw0, mw0.1, mw0..mw3"
    )


def region_of(spec: MachineSpec, place: PlaceRange, line: Line) -> Region | None:
    """The words a place names; nothing for `auto`. Raises E-PLACE."""
    if place.first.lower() == AUTO:
        return None
    west = slice_of(spec, place.first, line, place)
    east = slice_of(spec, place.last, line, place)
    if east < west:
        raise error("E-PLACE", f"the range {place.first}..{place.last} runs backwards", line, place)
    if place.bank >= spec.banks:
        raise error(
            "E-PLACE", f"a slice of {spec.name} has {spec.banks} banks; {place.bank} is none of them", line, place
        )
    first_bank, last_bank = (place.bank, place.bank) if place.bank >= 0 else (0, spec.banks - 1)
    start = spec.word_address(*west, first_bank, 0)
    end = spec.word_address(*east, last_bank, 0) + spec.words_per_bank
    numbers = [hemisphere * HEMISPHERE_SLICES + index for hemisphere, index in (west, east)]
    return Region(start, end, _text(place), numbers[0], numbers[1], place.bank)


def bank_numbers(spec: MachineSpec, region: Region) -> frozenset[int]:
    """The banks that a place names."""
    size = spec.words_per_bank
    banks = range(region.start // size, -(-region.end // size))
    return frozenset(bank for bank in banks if region.bank < 0 or bank % spec.banks == region.bank)


def _text(place: PlaceRange) -> str:
    bank = f".{place.bank}" if place.bank >= 0 else ""
    last = f"..{place.last}" if place.last != place.first else ""
    return f"{place.first}{last}{bank}".lower()
