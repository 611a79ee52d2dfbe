"""The static checks: what can be proved to fault, before anything runs."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from asm.check.hazards import check_hazards
from asm.check.rules import check_rules
from asm.check.view import View, from_image, from_packed
from asm.program import Packed
from isa.diagnostics import Diagnostic
from isa.image import Image
from isa.machine import MachineSpec


def check_bundles(
    bundles: Sequence[Packed],
    end_labels: Iterable[str],
    entered: Iterable[str],
    spec: MachineSpec,
    externs: Container[str] = (),
) -> list[Diagnostic]:
    """What is wrong with scheduled bundles; `entered` are labels that may be entered from anywhere."""
    return _check(from_packed(bundles, end_labels, entered, externs), spec)


def check_image(image: Image) -> list[Diagnostic]:
    """What is wrong with the text of an object or executable; places come from its line table."""
    return _check(from_image(image), image.machine)


def _check(view: View, spec: MachineSpec) -> list[Diagnostic]:
    problems = list(check_rules(view, spec))
    if not all(view.linear):
        problems += check_hazards(view)
        if view.has_tensor_ops:
            from asm.check.tensor import check_tensor  # what scalar programs do without

            problems += check_tensor(view, spec)
    return in_order(problems)


def in_order(problems: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Diagnostics by the lines that they are about."""
    return sorted(problems, key=_line)


def _line(problem: Diagnostic) -> tuple[str, int]:
    return (problem.place.file, problem.place.line) if problem.place is not None else ("", 0)
