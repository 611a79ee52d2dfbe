"""The cycle in which a timeline begins that overlaps others: what its `.overlap` asks for, or the first that fits."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import islice

from asm.check.view import checked
from asm.overlap.fit import Clash, Pair
from asm.overlap.steps import Step, refuse_endless, step
from asm.program import Overlap
from asm.schedule.reserve import assign_run
from asm.schedule.timeline import Issue, merge
from asm.schedule.units import assign_units
from isa.diagnostics import NOTE, Diagnostic, Note
from isa.machine import MachineSpec

MOST_TRIED = 256  # starts for which free units are chosen
SHOWN = 4  # clashes of one overlap


def choose(
    first: Sequence[Issue],
    second: Sequence[Issue],
    landed: int,
    since: int,
    overlap: Overlap,
    spec: MachineSpec,
    externs: Container[str],
) -> tuple[int, list[Diagnostic]]:
    """The cycle of `first`, from `since` on, in which `second` begins; what is to be said of it (E-OVERLAP, N-OVERLAP).

    Raises SourceError (E-OVERLAP) for timelines too long to be compared.
    """
    one, other = _steps(first, spec, externs), _steps(second, spec, externs)
    refuse_endless([*one, *other], overlap.place)
    pair = Pair(one, other, landed, since, spec)
    if overlap.cycles is None:
        start = next(_fitting(pair, first, second, spec), landed)
        return start, [_note(pair, first, second, start, overlap)]
    start = landed - overlap.cycles
    silent = [clash for clash in pair.clashes(start) if clash.is_silent]
    if not silent:
        return start, []
    later = next((each for each in _fitting(pair, first, second, spec) if each > start), landed)
    return start, [overlap_error(each, overlap.cycles, f"write `.overlap {landed - later}`") for each in silent[:SHOWN]]


def _steps(issues: Iterable[Issue], spec: MachineSpec, externs: Container[str]) -> list[Step]:
    return [step(cycle, checked(timed.op, externs), spec) for cycle, timed in issues]


def _fitting(pair: Pair, first: Sequence[Issue], second: Sequence[Issue], spec: MachineSpec) -> Iterator[int]:
    """The starts for which all ops find units as well, of the first that can be told to fit without them."""
    for start in islice(pair.starts(), MOST_TRIED):
        if not _homeless(first, second, start, spec):
            yield start


def _homeless(first: Sequence[Issue], second: Sequence[Issue], start: int, spec: MachineSpec) -> list[Diagnostic]:
    """Why the ops of both cannot have units, or cycles that are reached."""
    bundles, problems = merge([*first, *(Issue(start + cycle, timed) for cycle, timed in second)])
    for bundle in bundles:
        problems += assign_units(bundle.ops)
    timed = sorted([*first, *(Issue(start + cycle, timed) for cycle, timed in second)], key=lambda issue: issue.cycle)
    return problems + assign_run([(cycle, each.op) for cycle, each in timed if each.op.row.tensor], spec)


# Messages -----------------------------------------------------------------------------------------
def _note(pair: Pair, first: Sequence[Issue], second: Sequence[Issue], start: int, overlap: Overlap) -> Diagnostic:
    """N-OVERLAP: how many cycles are shared, and why not one more."""
    shared = pair.landed - start
    message = f"this overlap is {shared} cycle{'s' * (shared != 1)}"
    if start == pair.since:
        return Diagnostic("N-OVERLAP", f"{message}: both timelines begin together", overlap.place, severity=NOTE)
    clash = next(pair.clashes(start - 1), None)
    if clash is not None:
        return Diagnostic(
            "N-OVERLAP", f"{message}: with one more {clash.text}", overlap.place, _both(clash), severity=NOTE
        )
    problem = next(iter(_homeless(first, second, start - 1, spec=pair.spec)), None)
    why = f": with one more {problem.message}" if problem else ""
    notes = (Note("this op", problem.place), *problem.notes) if problem else ()
    return Diagnostic("N-OVERLAP", message + why, overlap.place, notes, severity=NOTE)


def overlap_error(clash: Clash, shared: int, help: str) -> Diagnostic:
    """E-OVERLAP for what an overlap of some cycles would break."""
    message = f"with an overlap of {shared} cycle{'s' * (shared != 1)} {clash.text}"
    note = Note(f"`{clash.first.op.row.mnemonic}` of what is overlapped", clash.first.op.place)
    return Diagnostic("E-OVERLAP", message, clash.second.op.place, (note,), help)


def _both(clash: Clash) -> tuple[Note, ...]:
    return tuple(
        Note(f"`{each.op.row.mnemonic}` {which}", each.op.place)
        for each, which in ((clash.first, "of what is overlapped"), (clash.second, "of the timeline after it"))
    )
