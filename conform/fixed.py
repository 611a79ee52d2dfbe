"""The fixed suite: programs that check themselves, and must end as their comments say; no reference is needed.

A case is a program for any machine that it can run on. Its results are kept by case and by rule of docs/machine.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from conform.promises import RECORD, Expected, Need, PromiseError, expected, promises, told
from conform.target import LIMIT, Outcome, Target, TargetError
from conform.wire.client import SIZES, Refusal
from isa.diagnostics import SourceError
from isa.faults import RawFault
from isa.image import Image
from isa.machine import BYTES_PER_WORD, LPU1, LPU_TINY, MachineSpec
from isa.records import NamedTuple
from vm.items import Lost

SUITE = Path(__file__).parent / "suite"
LPU_LESS = MachineSpec("lpu-less", superlanes=3, quads=2, banks=1, rows=64, streams=8, vxm_alus=4, mxm_planes=2)
MACHINES = (LPU_TINY, LPU1, LPU_LESS)  # the first that meets a program's needs; the last is for what it has not
ABSENT = -1  # a number of an item that is not there
PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


class Ready(NamedTuple):
    """A case made for a machine: what is loaded, and how it must end; `told` says more of a run that faults."""

    image: Image
    expected: Expected
    uninit: str = "fault"
    strict: bool = False
    until: int = LIMIT
    told: Callable[[Target, Outcome], str] = lambda target, outcome: ""


class Misfit(PromiseError):
    """A program that cannot be made for a machine: it places something where that has nothing."""


class Case(NamedTuple):
    """One program of the suite. `made` assembles it for a machine that meets its needs."""

    name: str
    title: str
    rules: tuple[str, ...]
    needs: tuple[Need, ...]
    made: Callable[[MachineSpec], Ready]


class Result(NamedTuple):
    """What became of a case: passed, failed or skipped, on which machine, and why."""

    case: Case
    status: str
    machine: str = ""
    why: str = ""


def run(target: Target, cases: Iterable[Case], machines: Iterable[MachineSpec] = MACHINES) -> Iterator[Result]:
    """The result of each case, on the first machine that meets its needs. Raises TargetError.

    A target that is one machine is tested as that.
    """
    sizes = getattr(target, "sizes", ())
    possible = [MachineSpec(target.name, **dict(zip(SIZES, sizes, strict=True)))] if sizes else list(machines)
    for case in cases:
        reasons = [next(filter(None, (need.unmet(spec) for need in case.needs)), "") for spec in possible]
        if "" not in reasons:
            yield Result(case, SKIPPED, why=reasons[0])
            continue
        spec = possible[reasons.index("")]
        yield result(target, case, spec)


def result(target: Target, case: Case, spec: MachineSpec) -> Result:
    """Run a case on a machine that meets its needs. Raises TargetError."""
    try:
        ready = case.made(spec)
    except Misfit as misfit:
        return Result(case, SKIPPED, spec.name, str(misfit))
    lacking = lacked(target, ready.expected)
    if lacking:
        return Result(case, SKIPPED, spec.name, f"the target lacks `{lacking}`")
    try:
        why = shortfall(target, ready)
    except Refusal as refusal:
        why = str(refusal)
    except TargetError as error:
        raise TargetError(f"{case.name}: {error}") from error
    return Result(case, FAILED if why else PASSED, spec.name, why)


def lacked(target: Target, wanted: Expected) -> str:
    """The feature without which a case says too little about a target; "" where there is none."""
    return next((each.feature for each in wanted.leaves if each.feature in target.lacks), "")


def shortfall(target: Target, ready: Ready) -> str:
    """What a target does that a case does not allow; "" where it passes. Raises TargetError."""
    target.load(ready.image, ready.uninit, ready.strict)
    outcome = target.run(ready.until)
    wanted = ready.expected
    cycle = outcome.cycle if wanted.cycle is None else wanted.cycle
    must = Outcome(wanted.status, cycle, wanted.fault)
    if told(outcome) != told(must):
        more = ready.told(target, outcome) or where(ready.image, outcome.fault) if outcome.fault else ""
        hint = f" ({more})" if more else ""
        return f"expected {told(must) if wanted.cycle is not None else must.status}, observed {told(outcome)}{hint}"
    return "; ".join([*record(wanted.fault, outcome.fault, target.lacks), *left(target, wanted)])


def where(image: Image, fault: RawFault) -> str:
    """The line of the source that faulted, and the numbers of the fault."""
    place = next((line.place for line in image.lines if line.address == fault.pc), None)
    line = f"line {place.line}" if place else f"pc {fault.pc}"
    return f"{line}: {fault.value:#x} against {fault.value2:#x}" if fault.name == "E-ASSERT" else line


def record(wanted: RawFault | None, found: RawFault | None, lacks: frozenset[str]) -> Iterator[str]:
    """The numbers of a fault's record that are others than they must be."""
    names = ("cycle", "pc") if "record" in lacks else RECORD
    for name in names if wanted and found else ():
        a, b = getattr(wanted, name), getattr(found, name)
        if a != b:
            yield f"{name} of the fault must be {a} and is {b}"


def left(target: Target, wanted: Expected) -> Iterator[str]:
    """What a run leaves that is other than it must be. Raises TargetError."""
    for kind, which, number in wanted.leaves:
        found = remaining(target, kind, which)
        if found != number:
            what = {"register": f"r{which}", "word": f"word {which}", "count": f"the issue count at {which}"}
            yield f"{what.get(kind, kind)} must be {number} in the end and is {found}"


def remaining(target: Target, kind: str, which: int) -> int:
    """A number of the state that a run has left. Raises TargetError."""
    if kind == "count":
        return target.counts().get(which, 0)
    if kind == "word":
        return int.from_bytes(target.memory(BYTES_PER_WORD * which, BYTES_PER_WORD), "little")
    state = target.state()
    if kind == "register":
        return state.registers[which]
    if kind == "losses":
        return sum(item.losses for item in state.tensor if isinstance(item, Lost))
    name, _, field = kind.partition(".")
    items = [item for item in (*state.in_flight, *state.loops, *state.tensor) if type(item).__name__ == name]
    if not field:
        return len(items)
    return int(getattr(items[0], field)) if items else ABSENT


# Programs in files --------------------------------------------------------------------------------
def programs() -> Iterator[Case]:
    """The programs of the folders of the suite, in the order of their names."""
    for path in sorted(SUITE.glob("*/*.s")):
        yield case_of(f"{path.parent.name}/{path.stem}", path.read_text(encoding="utf-8"))


def case_of(name: str, source: str) -> Case:
    """A case from its source. Raises PromiseError."""
    try:
        said = promises(source)
    except (PromiseError, ValueError) as error:
        raise PromiseError(f"{name}: {error}") from error

    def made(spec: MachineSpec) -> Ready:
        image = assembled(source, spec)
        try:
            return Ready(image, expected(said, image), said.uninit, said.strict, said.until)
        except PromiseError as error:
            raise PromiseError(f"{name}: {error}") from error

    return Case(name, said.title, said.rules, said.needs, made)


@cache
def assembled(source: str, spec: MachineSpec) -> Image:
    """An executable for a machine. Raises Misfit with what the assembler said."""
    from asm.assemble import assemble
    from asm.link import link_checked

    try:
        assembly = assemble(source, machine=spec)
        if assembly.image is None:
            raise SourceError(*assembly.diagnostics)
        return link_checked([assembly.image])
    except SourceError as error:
        raise Misfit(f"it does not assemble for {spec.name}: {error.diagnostics[0].message}") from error
