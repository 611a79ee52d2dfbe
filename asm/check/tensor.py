"""The rules of the tensor face, checked on every stretch of code whose cycles are known."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator

from asm.check.alike import kind_of
from asm.check.busy import check_units
from asm.check.quiet import is_quiet
from asm.check.stretch import Stretch, beginnings, stretch_from, stretches
from asm.check.view import View
from isa.diagnostics import ERROR, WARNING, Diagnostic
from isa.machine import MachineSpec

MOST_EVENTS = 4_000_000  # values written and sampled that are followed in one stretch


def check_tensor(view: View, spec: MachineSpec) -> Iterator[Diagnostic]:
    """All that is certainly wrong with bursts; where nothing is, the values that are certainly lost.

    Of stretches that are alike only the first is looked at when nothing can be said of it.
    """
    silent: set[Hashable] = set()
    for stretch in stretches(view, spec):
        yield from _check_new(stretch, silent, spec)


def check_started(view: View, starts: Iterable[tuple[int, int, int]], spec: MachineSpec) -> Iterator[Diagnostic]:
    """The same for stretches that are found already: of each its first bundle, for how many cycles what was issued
    before may have an effect (FOREVER, NEVER), and a number, equal for stretches that are alike."""
    silent: set[Hashable] = set()
    known: set[int] = set()
    begins = beginnings(view)
    for bundle, left, form in starts:
        if form not in known:
            stretch, _ = stretch_from(view, begins, bundle, left, spec)
            problems = list(_check_new(stretch, silent, spec))
            if not problems:
                known.add(form)
            yield from problems


def _check_new(stretch: Stretch, silent: set[Hashable], spec: MachineSpec) -> list[Diagnostic]:
    """What is wrong with a stretch; `silent` are the kinds of which there was nothing to be said."""
    kind = kind_of(stretch, spec)
    problems = [] if kind in silent else list(_check(stretch, spec))
    if not problems:
        silent.add(kind)
    errors = [problem for problem in problems if problem.severity == ERROR]
    return errors or problems


def _check(stretch: Stretch, spec: MachineSpec) -> Iterator[Diagnostic]:
    yield from check_units(stretch)
    if _events(stretch) > MOST_EVENTS:
        yield _too_long(stretch)
        return
    if is_quiet(stretch, spec):
        return
    from asm.check.banks import check_banks  # these need numpy
    from asm.check.planes import check_planes
    from asm.check.streams import check_streams

    yield from check_banks(stretch, spec)
    yield from check_planes(stretch, spec)
    yield from check_streams(stretch, spec)


def _events(stretch: Stretch) -> int:
    bursts = [timed.burst for timed in stretch.ops]
    return sum(burst.count * max(1, sum(g.size for g in (*burst.samples, *burst.results))) for burst in bursts)


def _too_long(stretch: Stretch) -> Diagnostic:
    message = f"the bursts from here on move {_events(stretch)} values; only their units are checked before they run"
    help = f"up to {MOST_EVENTS} between two jumps are followed"
    return Diagnostic("W-UNCHECKED", message, stretch.ops[0].op.place, help=help, severity=WARNING)
