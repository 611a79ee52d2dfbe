"""`.cycles`, `.drain` and `.assert`: what the writer states about the time of a region, compared with what it takes."""

from __future__ import annotations

from collections.abc import Sequence

from asm.check.bursts import Burst
from asm.facts import FACTS, control_of, cycles_of, register_written
from asm.names.expr import Address, Environment, Value, check_arity, evaluate
from asm.program import AsmOp, CycleCheck, Packed
from asm.tree import Call, Line, Name
from isa.codec import Op
from isa.diagnostics import Diagnostic, Note, SourceError
from isa.records import dataclass
from isa.units import SCALAR_UNITS, UNIT_NAMES

UNIT_NUMBERS = {name.lower(): number for number, name in enumerate(UNIT_NAMES)}
UNKNOWN_TIME = ("jump", "call", "ret", "loop", "halt", "trap")  # fine as the end of a region, not within


@dataclass(slots=True)
class Region:
    """`issue` cycles from the first bundle to the one after the last, `drained` when the last result has landed,
    those of the last elements of bursts included.

    `breaker` is an op that makes both unknown. A conditional jump counts as not taken.
    """

    bundles: Sequence[Packed]
    issue: int = 0
    drained: int = 0
    breaker: AsmOp | None = None


def measure(bundles: Sequence[Packed]) -> Region:
    region = Region(bundles)
    control: AsmOp | None = None
    for bundle in bundles:
        if control is not None and control.row.control in UNKNOWN_TIME:
            region.breaker = region.breaker or control
        for op in bundle.ops:
            region.drained = max(region.drained, region.issue + _landing(op))
        control = control_of(bundle.ops)
        region.issue += 1 if control is not None and control.row.control in UNKNOWN_TIME else cycles_of(control)
    region.drained = max(region.drained, region.issue)
    return region


def _landing(op: AsmOp) -> int:
    """Cycles from the issue of an op to the landing of its last result; 0 when it has none."""
    if op.row.tensor:
        burst = _burst(op)
        return burst.last + burst.latency
    facts = FACTS[op.row.id]
    return facts.latency if register_written(facts, op.values) >= 0 else 0


def check_region(check: CycleCheck, bundles: Sequence[Packed], environment: Environment) -> list[Diagnostic]:
    """What is wrong with one check on the bundles of its region (E-CYCLES, E-ASSERT, E-EXPR, ...)."""
    timed = _Timed(environment, check, bundles)
    try:
        value = evaluate(check.expr, check.line, timed)
        if check.kind == "assert":
            return [] if value else [_assertion(check, timed.found)]
        return _compare(check, value, timed.region())
    except SourceError as problem:
        return problem.diagnostics


def _compare(check: CycleCheck, value: Value, region: Region) -> list[Diagnostic]:
    taken = region.issue if check.kind == "cycles" else region.drained
    if value == taken:
        return []
    what = "issues" if check.kind == "cycles" else "is drained"
    return [
        Diagnostic(
            "E-CYCLES",
            f"this region {what} in {taken} cycle{'s' if taken != 1 else ''}, not in {value}",
            check.place,
            _begin(region),
            f"write `.{check.kind} {taken}` if that is what is meant",
            data={"expected": value, "actual": taken},
        )
    ]


def _begin(region: Region) -> tuple[Note, ...]:
    return (Note("the region begins here", region.bundles[0].ops[0].place),) if region.bundles else ()


def _assertion(check: CycleCheck, found: dict[str, int]) -> Diagnostic:
    notes = tuple(Note(f"`{call}` is {value}") for call, value in found.items())
    return Diagnostic("E-ASSERT", check.text or "this assertion does not hold", check.place, notes)


class _Timed:
    """The environment of a check: the program's own, with cycle() and used(unit); `found` is what those were."""

    def __init__(self, environment: Environment, check: CycleCheck, bundles: Sequence[Packed]) -> None:
        self.environment = environment
        self.check = check
        self.bundles = bundles
        self.found: dict[str, int] = {}

    def region(self) -> Region:
        """The region, if its time is known. Raises SourceError (E-CYCLES)."""
        region = measure(self.bundles)
        breaker = region.breaker
        if breaker is None:
            return region
        raise SourceError(
            Diagnostic(
                "E-CYCLES",
                f"the length of this region is not known: `{breaker.row.mnemonic}` stands inside it",
                self.check.place,
                (Note(f"`{breaker.row.mnemonic}` is here", breaker.place), *_begin(region)),
                "begin the region after it, with a label or another `.cycles`",
            )
        )

    def resolve(self, name: Name, line: Line) -> Value:
        return self.environment.resolve(name, line)

    def distance(self, left: Address, right: Address) -> int | None:
        return self.environment.distance(left, right)

    def apply(self, call: Call, line: Line) -> Value | None:
        if call.function == "cycle":
            check_arity(call, 0, line)
            return self.found.setdefault("cycle()", self.region().issue)
        if call.function == "used":
            return self._used(call, line)
        return self.environment.apply(call, line)

    def _used(self, call: Call, line: Line) -> int:
        check_arity(call, 1, line)
        node = call.arguments[0]
        name = node.text if isinstance(node, Name) else ""
        unit = UNIT_NUMBERS.get(name.lower())
        if unit is None:
            message = f"`used` takes the name of a unit, one of {' '.join(SCALAR_UNITS)}"
            help = "those of the tensor face are called V0, mw4.rp, me0.wp, P2.abc, W.sh0 and so on"
            raise SourceError(Diagnostic("E-EXPR", message, line.place(node.column, node.end), help=help))
        count = sum(_busy(op, unit) for bundle in self.bundles for op in bundle.ops)
        return self.found.setdefault(f"used({UNIT_NAMES[unit]})", count)


def _busy(op: AsmOp, unit: int) -> int:
    """The cycles for which an op keeps a unit busy."""
    burst = _burst(op)
    if op.row.tensor:
        return burst.busy if unit in burst.op.claims else 0
    return int(burst.op.unit_order == unit)


def _burst(op: AsmOp) -> Burst:
    return Burst(Op(op.row, tuple(op.values)))
