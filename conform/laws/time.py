"""Laws of time: a program begun later does the same later, and looking at a run in between changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random

from conform.build import op
from conform.edits import redirected
from conform.laws.law import HOLDS, NOTHING, Twin, Verdict
from conform.laws.view import (
    View,
    anywhere,
    links_of,
    look,
    renumbered,
    seen,
    view_differences,
    with_items,
    with_numbers,
)
from conform.program import Program
from conform.target import LIMIT, EngineTarget, Target
from isa.faults import RawFault
from isa.records import replace
from vm.engine import RUNNING, InFlight
from vm.items import Item

LONGEST = 100  # cycles that a program is put off
PIECES = 4
LANDS = ("E-WRITE-CLASH", "E-STREAM-CLASH")  # faults whose address is a cycle


# Later ------------------------------------------------------------------------------------------
def later(program: Program, rng: Random) -> Twin | None:
    """A wait in front of everything: each event comes so many cycles later."""
    links = links_of(program)
    if links is None:
        return None
    cycles = rng.randint(1, LONGEST)
    bundles = ((op("nop count", count=cycles),), *redirected(program.bundles, lambda target: target + 1))
    image = partial(put_off, cycles=cycles, links=links)
    return Twin(program._replace(bundles=bundles), image, cycle=lambda cycle: cycle + cycles)


def put_off(view: View, cycles: int, links: frozenset[int]) -> View:
    """The view behind a wait of one bundle."""

    def on(cycle: int) -> int:
        return cycle + cycles

    view = renumbered(view, lambda number: number + 1, links)
    state = view.state
    moved = replace(
        state, cycle=on(state.cycle), next_fetch=on(state.next_fetch), jump_cycle=anywhere(on, state.jump_cycle),
        settled=on(state.settled) if state.settled else 0,
        in_flight=tuple(flight_put_off(each, on) for each in state.in_flight),
    )  # fmt: skip
    fault = view.outcome.fault
    outcome = view.outcome._replace(cycle=on(view.outcome.cycle), fault=fault and fault_put_off(fault, on))
    return with_items(
        view._replace(outcome=outcome, state=moved, counts=view.counts | {0: 1}), partial(item_put_off, on)
    )


def flight_put_off(flight: InFlight, on: Callable[[int], int]) -> InFlight:
    return replace(flight, landing=on(flight.landing), issued=on(flight.issued))


def item_put_off(on: Callable[[int], int], item: Item) -> Item:
    return with_numbers(item, issued=on, landing=on, started=on)


def fault_put_off(fault: RawFault, on: Callable[[int], int]) -> RawFault:
    address = on(fault.address) if fault.name in LANDS else fault.address
    other, landing = anywhere(on, fault.other_cycle), anywhere(on, fault.other_landing)
    return replace(fault, cycle=on(fault.cycle), address=address, other_cycle=other, other_landing=landing)


# In pieces --------------------------------------------------------------------------------------
def in_pieces(target: Target, program: Program, rng: Random) -> Verdict:
    """A run that is stopped and looked at a few times, against one in one go."""
    whole = seen(target, program, LIMIT)
    stops = sorted(rng.randint(0, whole.outcome.cycle) for _ in range(PIECES))
    target.load(program.image(), program.uninit, program.strict)
    for until in stops:
        look(target, program, target.run(until))
    pieces = look(target, program, target.run(LIMIT))
    return Verdict(True, next(view_differences(whole, pieces, target.lacks), None), program)


# Back and forward -------------------------------------------------------------------------------
def back_and_forward(target: Target, program: Program, rng: Random) -> Verdict:
    """A run taken back to a state kept on the way, and run on from there: where states can be put in."""
    if not isinstance(target, EngineTarget):
        return NOTHING
    whole = seen(target, program, LIMIT)
    middle = seen(target, program, rng.randint(0, whole.outcome.cycle))
    if middle.outcome.status != RUNNING:
        return NOTHING
    engine = target.engine
    kept = engine.state, bytes(engine.sram()), bytes(engine.written()), engine.issue_counts()
    target.run(LIMIT)
    engine.set_state(kept[0])
    engine.sram()[:] = kept[1]
    engine.set_written(kept[2])
    engine.set_issue_counts(kept[3])
    back = look(target, program, middle.outcome)
    found = next(view_differences(middle, back, target.lacks), None)
    if found is None:
        found = next(view_differences(whole, look(target, program, target.run(LIMIT)), target.lacks), None)
    return Verdict(True, found, program) if found else HOLDS
