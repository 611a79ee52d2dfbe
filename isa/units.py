"""Functional units: the classes, their instances, and the order that breaks ties between faults."""

from __future__ import annotations

from typing import NamedTuple


class UnitClass(NamedTuple):
    """`names` in encoding order; `first` is the order number of the first instance."""

    name: str
    names: tuple[str, ...]
    what: str
    first: int

    def order(self, instance: int) -> int:
        return self.first + instance


def _scalar_classes() -> dict[str, UnitClass]:
    first = 0
    classes = {}
    for name, count, what in (
        ("A", 3, "integer, logic, compare, move"),
        ("M", 1, "integer multiply and divide"),
        ("F", 2, "f32 arithmetic and conversion"),
        ("L", 2, "load and store"),
        ("B", 1, "control"),
    ):
        names = tuple(f"{name}{i}" for i in range(count))
        classes[name] = UnitClass(name, names, what, first)
        first += count
    return classes


CLASSES = _scalar_classes()
A, M, F, L, B = (CLASSES[name] for name in "AMFLB")
SCALAR_UNITS: tuple[str, ...] = tuple(name for cls in CLASSES.values() for name in cls.names)

# The tensor units, named now so that encodings and tools can speak of them. `per` says of what there is
# one set: "slice", "vxm", "plane" or "sxm".
TENSOR_UNITS: dict[str, tuple[str, ...]] = {
    "slice": ("rp", "wp"),
    "vxm": tuple(f"V{i}" for i in range(16)),
    "plane": ("lw", "iw", "abc", "acc"),
    "sxm": ("sh0", "sh1", "pm", "ds0", "ds1", "tr0", "tr1", "rd0", "rd1", "lm"),
}
VECTOR_PREFIX = "v"  # how the mnemonics of the vector unit begin, and no others
