"""Functional units: the classes, their instances, and the order that breaks ties between faults.

Every unit has a number, its place in the unit order, the same on every machine: the scalar units, the read
ports of the slices, their write ports, the vector ALUs, the matrix planes, the switches, the links.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from isa.records import NamedTuple

SLICES = 128  # slice numbers are hemisphere * 64 + index
HEMISPHERE_SLICES = SLICES // 2
PLANES = 4
HEMISPHERES = 2
LINKS = 16

# Where a unit stands on the floorplan
NOWHERE, SLICE, VXM, PLANE, SXM, LINK = "", "slice", "vxm", "plane", "hemi", "link"


class UnitClass(NamedTuple):
    """Units that take the same ops. `names` are the instances that field `u` chooses from, in encoding order.

    A class with a `where` has one such set per slice, plane, switch or link, named by the field of that name
    (the vector unit has one set, and no field); the sets' numbers are `step` apart. `first` is the number of the
    first unit.
    """

    name: str
    names: tuple[str, ...]
    what: str
    first: int
    where: str = NOWHERE
    step: int = 0

    def order(self, values: Mapping[str, int]) -> int:
        """The number of the unit that an op with these fields runs on."""
        return self.first + values.get("u", 0) + (self.step * values[self.where] if self.step else 0)


def _numbered(name: str, count: int) -> tuple[str, ...]:
    return tuple(f"{name}{i}" for i in range(count))


def _classes() -> Iterator[UnitClass]:
    first = 0
    for name, count, what in (
        ("A", 3, "integer, logic, compare, move"),
        ("M", 1, "integer multiply and divide"),
        ("F", 2, "f32 arithmetic and conversion"),
        ("L", 2, "load and store"),
        ("B", 1, "control"),
    ):
        yield UnitClass(name, _numbered(name, count), what, first)
        first += count
    yield UnitClass("RP", ("rp",), "read ports, one a slice", first, SLICE, 1)
    yield UnitClass("WP", ("wp",), "write ports, one a slice", first + SLICES, SLICE, 1)
    first += 2 * SLICES
    yield UnitClass("V", _numbered("V", 16), "vector ALUs", first, VXM)
    first += 16
    plane = (("LW", "lw", "weight load"), ("IW", "iw", "weight install"), ("ABC", "abc", "activations"))
    for offset, (name, unit, what) in enumerate((*plane, ("ACC", "acc", "accumulators"))):
        yield UnitClass(name, (unit,), f"{what}, one a plane", first + offset, PLANE, len(plane) + 1)
    first += PLANES * (len(plane) + 1)
    offset, step = 0, 10
    for name, units, what in (
        ("SH", ("sh0", "sh1"), "shift and select"),
        ("PM", ("pm",), "permute"),
        ("DS", ("ds0", "ds1"), "distribute"),
        ("TR", ("tr0", "tr1"), "transpose"),
        ("RD", ("rd0", "rd1"), "reduce over lanes"),
        ("LM", ("lm",), "load maps"),
    ):
        yield UnitClass(name, units, f"{what}, a switch", first + offset, SXM, step)
        offset += len(units)
    yield UnitClass("C", ("c2c",), "chip to chip, one a link", first + HEMISPHERES * step, LINK, 1)


CLASSES: dict[str, UnitClass] = {each.name: each for each in _classes()}
A, M, F, L, B = (CLASSES[name] for name in "AMFLB")
SCALAR_UNITS: tuple[str, ...] = tuple(name for cls in CLASSES.values() if not cls.where for name in cls.names)
VECTOR_PREFIX = "v"  # how the mnemonics of the vector unit begin, and no others


def slice_name(number: int) -> str:
    """`mw4` or `me4` of an encoded slice."""
    hemisphere, index = divmod(number, HEMISPHERE_SLICES)
    return f"m{'we'[hemisphere]}{index}"


def _set_names(cls: UnitClass) -> list[str]:
    """What stands before the names of each set's units."""
    if cls.where == SLICE:
        return [f"{slice_name(number)}." for number in range(SLICES)]
    if cls.where == PLANE:
        return [f"P{plane}." for plane in range(PLANES)]
    if cls.where == SXM:
        return ["W.", "E."]
    if cls.where == LINK:
        return [f"C{link}." for link in range(LINKS)]
    return [""]


def _names() -> Iterator[tuple[int, str]]:
    for cls in CLASSES.values():
        for number, prefix in enumerate(_set_names(cls)):
            for instance, name in enumerate(cls.names):
                yield cls.first + number * cls.step + instance, prefix + name


UNIT_NAMES: tuple[str, ...] = tuple(name for _, name in sorted(_names()))  # by number
