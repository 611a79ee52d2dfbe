"""Hazards and write clashes that are certain: what is in flight on every way to a bundle.

Facts say that a register has a write in flight that lands no sooner than in so many cycles. They flow along
all edges; where ways meet, only what holds on every one of them is kept, with the least time left. So a read
of such a register faults whichever way was taken. A body that a hardware loop surely runs twice is also walked
a second time with what its first round leaves in flight.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from asm.check.flight import NOTHING, Flight
from asm.check.view import UNKNOWN, CheckedOp, Edge, View
from asm.facts import FACTS, register_written, registers_read
from isa.diagnostics import Diagnostic, Note
from isa.faults import CONDITION_CODE
from isa.records import NamedTuple

SIGN = 1 << 31
DEAD_END = ("jump", "call", "ret", "halt", "trap")


class Write(NamedTuple):
    """A write in flight: cycles until it lands, its op, and the number of its bundle."""

    left: int
    op: CheckedOp
    bundle: int


State = TypeVar("State")
InFlight = dict[int, Write]


def check_hazards(view: View) -> list[Diagnostic]:
    """E-HAZARD and E-WRITE-CLASH, in the order of the bundles at fault.

    Which op a write is of is followed only when something is at fault.
    """
    if not is_at_fault(view):
        return []

    def after(number: int, state: InFlight, cycles: int) -> InFlight:
        return _after(view, number, state, cycles)

    nothing: InFlight = {}
    entry = _entry_states(view, after, _meet, nothing)
    found: dict[tuple[int, str, int], Diagnostic] = {}
    for number, state in enumerate(entry):
        for problem in _faults(view, number, state):
            found.setdefault((number, problem.code, problem.data["register"]), problem)
    for body in _certain_rounds(view):
        state = entry[body.start]
        for number in [*body, *body]:
            for problem in _faults(view, number, state):
                found.setdefault((number, problem.code, problem.data["register"]), problem)
            control = view.controls[number]
            state = _after(view, number, state, bundle_cycles(control) if control else 1)
    return [found[key] for key in sorted(found, key=lambda key: key[0])]


def is_at_fault(view: View) -> bool:
    """Whether a read or write comes too early somewhere."""
    flight = Flight(view.kinds)
    entry = _entry_states(view, flight.after, flight.meet, NOTHING)
    if any(state and flight.is_fault(number, state) for number, state in enumerate(entry)):
        return True
    for body in _certain_rounds(view):
        state = entry[body.start]
        for number in [*body, *body]:
            if state and flight.is_fault(number, state):
                return True
            control = view.controls[number]
            state = flight.after(number, state, bundle_cycles(control) if control else 1)
    return False


# Flow -----------------------------------------------------------------------------------------
def _entry_states(
    view: View,
    after: Callable[[int, State, int], State],
    meet: Callable[[State | None, State], State],
    nothing: State,
) -> list[State]:
    """What is surely in flight on entry to each bundle; code that nothing leads to is entered with nothing.

    `after` is what is in flight so many cycles after a bundle issued in a state, `meet` what holds in two states: the
    first itself when that already holds in the second.
    """
    states: list[State | None] = [None] * len(view.kinds)
    edges = ways_out(view)
    roots = sorted(_roots(view))
    for root in roots:
        states[root] = nothing

    def spread(edges: list[list[Edge]], work: list[int]) -> None:
        """Let facts flow until they hold everywhere; they only ever become weaker."""
        while work:
            number = work.pop()
            state = states[number]
            for to, cycles in edges[number]:
                met = meet(states[to], after(number, nothing if state is None else state, cycles))
                if met is not states[to]:
                    states[to] = met
                    work.append(to)

    spread(edges, roots)
    if None in states:
        dead = [[(to, cycles) for to, cycles in ways if states[to] is None] for ways in edges]
        for number in [number for number, state in enumerate(states) if state is None]:
            if states[number] is None:
                states[number] = nothing
                spread(dead, [number])
    return [nothing if state is None else state for state in states]


def _roots(view: View) -> set[int]:
    """Bundles that can be entered in ways that are not known: from outside, and on return from a call."""
    count = len(view.kinds)
    calls = {number + 1 for number in range(count) if _kind(view, number) == "call"}
    return {number for number in {0} | view.entered | calls if number < count}


def _kind(view: View, number: int) -> str:
    control = view.controls[number]
    return control.row.control if control is not None else ""


def ways_out(view: View) -> list[list[Edge]]:
    """The ways out of each bundle that stay in the program, found once."""
    if view.ways is None:
        count = len(view.kinds)
        view.ways = [[way for way in _ways(view, number) if 0 <= way[0] < count] for number in range(count)]
        for number, end in enumerate(view.targets):
            if number + 1 < end <= count and _kind(view, number) == "loop" and not _kind(view, end - 1):
                view.ways[end - 1].append((number + 1, 1))
    return view.ways


def _ways(view: View, number: int) -> Iterable[Edge]:
    control = view.controls[number]
    if control is None:
        return ((number + 1, 1),) if view.kinds[number].size else ()
    return _ways_after(view, number, control)


def _ways_after(view: View, number: int, control: CheckedOp) -> Iterator[Edge]:
    """The ways out of a bundle with a control op."""
    if view.targets[number] != UNKNOWN:
        yield view.targets[number], control.row.taken_latency
    if control.row.control not in DEAD_END:
        yield number + 1, bundle_cycles(control)


def bundle_cycles(control: CheckedOp) -> int:
    """The cycles of a bundle whose control op does not jump."""
    return (control.value("count") or 1) if control.row.control == "nop" else control.row.latency


def _after(view: View, number: int, state: InFlight, cycles: int) -> InFlight:
    """What is in flight `cycles` after a bundle issued in a state."""
    after = {
        register: Write(left - cycles, op, bundle) for register, (left, op, bundle) in state.items() if left > cycles
    }
    for op in view.bundle(number):
        facts = FACTS[op.row.id]
        register = register_written(facts, op.values)
        if register >= 0 and facts.latency > cycles:
            after[register] = Write(facts.latency - cycles, op, number)
    return after


def _meet(old: InFlight | None, new: InFlight) -> InFlight:
    """What holds in both states; `old` itself when that already holds in the new one."""
    if old is None:
        return new
    if all(register in new and new[register].left >= write.left for register, write in old.items()):
        return old
    return {
        register: min(write, new[register], key=lambda each: each.left)
        for register, write in old.items()
        if register in new
    }


# Faults ---------------------------------------------------------------------------------------
def _certain_rounds(view: View) -> Iterator[range]:
    """Bodies without jumps that a hardware loop runs at least twice."""
    for number, end in enumerate(view.targets):
        control = view.controls[number]
        if control is None or control.row.control != "loop" or (loop_count(control) or 0) < 2:
            continue
        body = range(number + 1, min(end, len(view.kinds)))
        if body and all(_kind(view, inner) in ("", "nop") for inner in body):
            yield body


def loop_count(control: CheckedOp) -> int | None:
    """The constant count of a `loop`, signed; None when it is a register or not known yet."""
    value = control.value("imm")
    return None if value is None else (value & SIGN - 1) - (value & SIGN)


def _faults(view: View, number: int, state: InFlight) -> Iterator[Diagnostic]:
    for op in view.bundle(number) if state else ():
        facts = FACTS[op.row.id]
        for register in registers_read(facts, op.values):
            if register in state:
                yield _hazard(view, number, op, register, state[register])
        register = register_written(facts, op.values)
        if register in state and state[register].left >= facts.latency:
            yield _clash(view, number, op, register, state[register])


def _hazard(view: View, number: int, op: CheckedOp, register: int, write: Write) -> Diagnostic:
    latency = write.op.row.latency
    after = latency - write.left
    message = (
        f"{register_name(register)} is read {_cycles(after)} after `{write.op.row.mnemonic}` issues; "
        f"it is ready after {latency}"
    )
    fields = [name for name in op.row.reads if op.value(name) == register]
    place = op.operand_place(fields[0]) if fields else op.place
    when = _when(view, number, write, after)
    note = Note(f"written here, ready in cycle {when + write.left}, read in cycle {when}" if when is not None else
                f"written here, ready after {_cycles(latency)}", write.op.place)  # fmt: skip
    return Diagnostic("E-HAZARD", message, place, (note,), _later(op, write.left), data={"register": register})


def _clash(view: View, number: int, op: CheckedOp, register: int, write: Write) -> Diagnostic:
    late = write.left - op.row.latency + 1
    message = (
        f"`{op.row.mnemonic}` writes {register_name(register)} after {_cycles(op.row.latency)}, but the write of "
        f"`{write.op.row.mnemonic}` before it is in flight for {_cycles(write.left)} more"
    )
    place = op.operand_place(op.row.write) if op.row.write else op.place
    when = _when(view, number, write, write.op.row.latency - write.left)
    lands = f", lands in cycle {when + write.left}" if when is not None else ""
    note = Note(f"the write before it{lands}", write.op.place)
    return Diagnostic("E-WRITE-CLASH", message, place, (note,), _later(op, late), data={"register": register})


def _when(view: View, number: int, write: Write, after: int) -> int | None:
    """The listing's cycle of a bundle, if the write's bundle stands in the same run and so can be compared."""
    if not view.times:
        return None
    (run, cycle), (write_run, write_cycle) = view.times[number], view.times[write.bundle]
    return cycle if run == write_run and cycle == write_cycle + after else None


def _later(op: CheckedOp, cycles: int) -> str:
    if op.place is None:
        return f"issue this bundle {_cycles(cycles)} later"
    return f"issue this bundle {_cycles(cycles)} later, or put `nop {cycles}` before line {op.place.line}"


def register_name(register: int) -> str:
    return "the condition code" if register == CONDITION_CODE else f"r{register}"


def _cycles(count: int) -> str:
    return f"{count} cycle" if count == 1 else f"{count} cycles"
