"""Two targets on one program: the first cycle after which they differ, and in what."""

from __future__ import annotations

from collections.abc import Iterator

from conform.memory import first_unequal_byte, sram_of, written_of
from conform.program import Program
from conform.target import LIMIT, Outcome, Target
from isa.faults import RawFault
from isa.image import Image
from isa.records import NamedTuple
from vm.engine import State

RESULTS = ("cc", "exit_code")  # of a state, that go with the registers


class Difference(NamedTuple):
    """What the golden model says and what the target says, of `what` at the start of `cycle`."""

    cycle: int
    what: str
    expected: str
    observed: str


def difference(golden: Target, target: Target, program: Program, limit: int = LIMIT) -> Difference | None:
    """Where a target first differs from the golden model on a program; None where it conforms.

    Whole runs are compared first; the cycle is searched for where they differ. Raises TargetError.
    """
    image = program.image()
    found = differ_until(golden, target, program, image, limit)
    return first_difference(golden, target, program, image, found) if found else None


def differ_until(golden: Target, target: Target, program: Program, image: Image, until: int) -> Difference | None:
    """Run both from the start to a cycle, or to their end, and compare all they are there."""
    outcomes = []
    for each in (golden, target):
        each.load(image, program.uninit, program.strict)
        outcomes.append(each.run(until))
    return next(differences(golden, target, image.machine.sram_bytes, *outcomes), None)


def first_difference(golden: Target, target: Target, program: Program, image: Image, last: Difference) -> Difference:
    """The difference in the first cycle that has one: by bisection, then cycle by cycle over what is left.

    States that differ mostly stay different; where they do not, the cycle found has a difference before which there
    was none in the cycles looked at.
    """
    low, high, found = 0, max(1, last.cycle), last
    while low < high:
        middle = (low + high) // 2
        at_middle = differ_until(golden, target, program, image, middle)
        if at_middle:
            high, found = middle, at_middle
        else:
            low = middle + 1
    return found


def differences(
    golden: Target, target: Target, size: int, expected: Outcome, observed: Outcome
) -> Iterator[Difference]:
    """What two runs on machines of so many bytes differ in where they stand, the most telling first."""
    cycle = expected.cycle
    if "record" in target.lacks and expected.fault:
        expected = expected._replace(fault=RawFault(expected.fault.code, expected.fault.cycle, expected.fault.pc))
    for what in ("fault", "status", "cycle"):
        if getattr(expected, what) != getattr(observed, what):
            yield Difference(cycle, what, str(getattr(expected, what)), str(getattr(observed, what)))
    if expected == observed:
        yield from state_differences(cycle, golden.state(), target.state(), target.lacks)
        yield from memory_differences(cycle, golden, target, size)
        if "counts" not in target.lacks and golden.counts() != target.counts():
            yield Difference(cycle, "issue counts", str(golden.counts()), str(target.counts()))


def state_differences(
    cycle: int, expected: State, observed: State, lacks: frozenset[str] = frozenset()
) -> Iterator[Difference]:
    """What two states differ in, but for what one of them lacks."""
    if "registers" not in lacks:
        for number, (a, b) in enumerate(zip(expected.registers, observed.registers, strict=True)):
            if a != b:
                yield Difference(cycle, f"r{number}", f"{a:#010x}", f"{b:#010x}")
    for name in State.__dataclass_fields__:
        a, b = getattr(expected, name), getattr(observed, name)
        feature = "registers" if name in RESULTS else "state"
        if name not in ("registers", "tensor") and feature not in lacks and a != b:
            yield Difference(cycle, name, str(a), str(b))
    if "tensor" not in lacks:
        yield from item_differences(cycle, expected, observed)


def item_differences(cycle: int, expected: State, observed: State) -> Iterator[Difference]:
    """By kind and numbers: items of two kinds may have the same numbers."""
    here, there = ({(type(item).__name__, item) for item in state.tensor} for state in (expected, observed))
    for key in sorted(here ^ there):
        kind, item = key
        yield Difference(cycle, f"{kind} {item[:-1]}", shown(item.data, key in here), shown(item.data, key in there))


def shown(data: bytes, is_there: bool) -> str:
    return (data[:32].hex() + "..." * (len(data) > 32) or "there") if is_there else "not there"


def memory_differences(cycle: int, golden: Target, target: Target, size: int) -> Iterator[Difference]:
    """The first byte that differs, of so many, and the first written bit."""
    found = None if "written" in target.lacks else first_unequal_byte(written_of(golden), written_of(target))
    if found:
        what = f"written bits of bytes {8 * found.place} to {8 * found.place + 7}"
        yield Difference(cycle, what, f"{found.ours:08b}", f"{found.theirs:08b}")
    found = None if "memory" in target.lacks else first_unequal_byte(sram_of(golden, size), sram_of(target, size))
    if found:
        yield Difference(cycle, f"byte {found.place} of SRAM", f"{found.ours:#04x}", f"{found.theirs:#04x}")
