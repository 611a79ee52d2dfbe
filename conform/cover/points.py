"""What can be covered: points in groups, each reachable or excluded with a reason, and who notes them as a run goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Protocol, TypeAlias

from isa.records import NamedTuple
from isa.units import CLASSES, HEMISPHERES, LINKS, PLANE, PLANES, SLICE, SLICES, SXM, UnitClass

if TYPE_CHECKING:
    from isa.machine import MachineSpec
    from vm.reference.issue import Issue

Point: TypeAlias = tuple[str, ...]  # the name of its group, then a word for each axis
Judged: TypeAlias = tuple[Point, str]  # a point without its group, and why no run gets there ("" where one can)


class Group(NamedTuple):
    """Points of one kind. `axes` name the words of a point; `excluded` says of each point why no run gets there."""

    name: str
    title: str
    text: str
    axes: tuple[str, ...]
    reachable: tuple[Point, ...]
    excluded: Mapping[Point, str]


class Watcher(Protocol):
    """Notes what the cycles of one run exercise."""

    def see(self, issue: Issue) -> None:
        """A cycle that issues without a fault, before its effects are taken."""


def group(name: str, title: str, text: str, axes: tuple[str, ...], judged: Iterable[Judged]) -> Group:
    """A group of points, given without its name."""
    reachable, excluded = [], {}
    for words, reason in judged:
        point = (name, *words)
        if reason:
            excluded[point] = reason
        else:
            reachable.append(point)
    return Group(name, title, text, axes, tuple(reachable), excluded)


# Units ----------------------------------------------------------------------------------------
SETS = {SLICE: SLICES, PLANE: PLANES, SXM: HEMISPHERES}


def _class_names() -> Iterable[tuple[int, str]]:
    for cls in CLASSES.values():
        for number in range(SETS.get(cls.where, LINKS) if cls.step else 1):
            for instance in range(len(cls.names)):
                yield cls.first + number * cls.step + instance, cls.name


CLASS_OF: Mapping[int, str] = dict(_class_names())  # the class of a unit, by its number


def units_of(spec: MachineSpec, cls: UnitClass) -> int:
    """How many units of a class a machine has."""
    if cls.where == SLICE:
        return HEMISPHERES * spec.slices
    if cls.where == PLANE:
        return spec.mxm_planes
    if cls.where == SXM:
        return HEMISPHERES * len(cls.names)
    return min(len(cls.names), spec.vxm_alus) if cls.where else len(cls.names)
