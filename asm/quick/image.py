"""The symbols and tensors of an image, of which those that are columns stay columns."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from operator import attrgetter
from typing import Any

from asm.data.blocks import defined_symbols, made_by_scheduler, tensors_of
from asm.quick.held import Definitions
from asm.scope.scope import Scope
from isa.image import DATA, GLOBAL, LOCAL, TEXT, Image, Symbol, Tensor
from isa.objects import Objects


def add_symbols(
    image: Image, scope: Scope, defined: Definitions, labels: Mapping[str, int], exported: frozenset[str]
) -> None:
    """What asm.data.blocks puts into an image."""
    made = defined.table.made()
    others = made_by_scheduler(labels, labels.keys() - made.keys() - defined.index.keys())
    before = list(defined_symbols(scope, made, labels, exported))
    image.symbols = Objects.joined(Symbol, before, _symbols(defined, labels, exported), others)
    image.tensors = Objects.joined(Tensor, tensors_of(defined.data.made().values(), image.machine), _tensors(defined))


def _symbols(defined: Definitions, labels: Mapping[str, int], exported: frozenset[str]) -> Objects[Symbol]:
    names, objects, count = list(defined.index), defined.objects, len(defined.objects)
    values = [
        address if address >= 0 else labels[name] for name, address in zip(names, defined.addresses(), strict=True)
    ]
    sizes = [*chain.from_iterable([part.covered for part in defined.parts]), 0]  # the last for labels of the program
    groups = [*chain.from_iterable([part.groups for part in defined.parts]), ""]
    bindings = [LOCAL] * count
    for name in exported & defined.index.keys():
        bindings[defined.index[name]] = GLOBAL
    return Objects(
        Symbol,
        names,
        [TEXT if each < 0 else DATA for each in objects],
        bindings,
        values,
        list(map(sizes.__getitem__, objects)),
        list(map(groups.__getitem__, objects)),
        [()] * count, [None] * count, defined.places(),
    )  # fmt: skip


def _tensors(defined: Definitions) -> Objects[Tensor]:
    """Those of labels of data; of some more is said than the lines do."""
    found = [(name, each) for name, each in zip(defined.index, defined.objects, strict=True) if each >= 0]
    names, numbers = [name for name, _ in found], [number for _, number in found]
    types = list(chain.from_iterable([part.types for part in defined.parts]))
    shapes = [(count,) for count in chain.from_iterable([part.counts for part in defined.parts])]
    usual = attrgetter(*Tensor.__match_args__[3:])(Tensor("", "", ()))
    columns: list[list[Any]] = [
        names,
        list(map(types.__getitem__, numbers)),
        list(map(shapes.__getitem__, numbers)),
        *([value] * len(names) for value in usual),
    ]
    for at, name in enumerate(names if defined.data.looked else ()):
        looked = defined.data.looked.get(name)
        if looked is not None:
            for column, value in zip(columns, attrgetter(*Tensor.__match_args__)(looked.tensor), strict=True):
                column[at] = value
    return Objects(Tensor, *columns)
