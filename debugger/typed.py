"""Code typed at the prompt runs in the present cycle, as if it had stood there: time passes, and what flows goes on.

It is put behind the program, where it stays, so that going back and forward meets it again. An edit leads there, and
another back to the program, unless the code has jumped to where it goes on, or has ended the run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from debugger.edits import CLOSING, RUN
from debugger.lines import JUMPS, Lines
from debugger.running import EDIT, Goal, Runner, Stopped
from debugger.trouble import trouble
from isa.faults import CONDITION_CODE
from isa.records import NamedTuple, replace
from vm.engine import FAULT, HALTED, Loop, State
from vm.loader import store_blocks
from vm.machine import Machine
from vm.state import is_over
from vm.stops import Stops

if TYPE_CHECKING:
    from debugger.fragment import Fragment
    from debugger.session import Session

RETURN = "ret"


class Typed(NamedTuple):
    """Code that was typed, and the state of the program that is gone back to."""

    fragment: Fragment
    origin: State


def run(session: Session, text: str) -> Stopped:
    """Assemble lines and run them here and now; data become part of the memory. Raises SourceError."""
    fragment = assembled(session, text)
    if says_nothing(session, fragment):
        raise trouble("there is nothing to run", "type an instruction, a bundle `{ ... || ... }`, or data")
    typed = Typed(fragment, origin_of(session))
    take_in(session, typed)
    if not fragment.part.text:
        session.history.edit(partial(store, fragment), RUN + text)
        return session.stopped(EDIT, f"cycle {session.cycle}: noted")
    session.history.when_at(fragment.end, partial(go_back, typed), CLOSING)
    session.history.edit(partial(enter, typed), RUN + text)
    return through(session, typed)


# Into the program -----------------------------------------------------------------------------
def assembled(session: Session, text: str) -> Fragment:
    """Typed lines for where they will stand. Raises SourceError."""
    from debugger import fragment  # the assembler, which looking around does without

    loaded = session.loaded
    title = f"<typed {len(loaded.typed) + 1}>"
    session.sources[title] = text
    setting = fragment.Setting(
        session.image,
        len(loaded.image.text),
        loaded.names,
        session.state,
        tuple(map(Path, session.source.include)),
    )
    return fragment.assemble(setting, text, title)


def take_in(session: Session, typed: Typed) -> None:
    """Put what was typed behind the program. Raises SourceError when the machine has no room for it."""
    fragment = typed.fragment
    try:
        session.machine.append(fragment.part)
    except ValueError as error:
        raise trouble(str(error), "`reload` begins anew, without what was typed", "E-TEXT-SIZE") from error
    loaded = session.loaded
    loaded.typed.append(typed)
    loaded.names.add(fragment.names)
    session.lines = session.breakpoints.lines = Lines(session.image, session.sources)


def origin_of(session: Session) -> State:
    """Where the program stands. Typed code at a fault is given up for what is typed there."""
    state = session.state
    at_fault = session.machine.engine.fault is not None
    left = [each for each in session.loaded.typed if at_fault and each.fragment.holds(state.pc)]
    return left[-1].origin if left else state


def says_nothing(session: Session, fragment: Fragment) -> bool:
    """Whether a fragment neither does nor declares anything."""
    part = fragment.part
    return not (part.text or part.symbols or part.blocks) and fragment.names.all <= session.loaded.names.all


# Edits ----------------------------------------------------------------------------------------
def store(fragment: Fragment, machine: Machine) -> None:
    """Put typed data into memory."""
    store_blocks(machine.engine, fragment.part)


def enter(typed: Typed, machine: Machine) -> None:
    """Go on with typed code. What the assembler schedules waits for registers that are under way; bundles do not."""
    fragment, origin = typed
    store(fragment, machine)
    state = machine.state
    loops = state.loops if state.pc == origin.pc else origin.loops
    begin = landed(state, registers_of(fragment)) if fragment.is_linear else state.cycle
    inside = replace(state, pc=fragment.address, loops=loops, fetch_ended=False, exit_code=0, next_fetch=begin)
    machine.engine.set_state(replace(inside, jump_pc=-1, jump_slot=-1, jump_cycle=-1))


def go_back(typed: Typed, machine: Machine) -> None:
    """Go on where the program stood, no sooner than it would have, nor than what the assembler scheduled has landed."""
    fragment, origin = typed
    state = machine.state
    begin = max(state.cycle, origin.next_fetch, results_land(fragment, state))
    after = replace(
        state,
        pc=origin.pc,
        fetch_ended=origin.fetch_ended,
        exit_code=origin.exit_code,
        next_fetch=state.next_fetch if origin.fetch_ended else begin,
        jump_pc=origin.jump_pc,
        jump_slot=origin.jump_slot,
        jump_cycle=origin.jump_cycle,
    )
    machine.engine.set_state(after)


def landed(state: State, registers: Collection[int]) -> int:
    """The first cycle in which no write to these registers is under way."""
    return max([state.cycle, *(write.landing for write in state.in_flight if write.register in registers)])


def results_land(fragment: Fragment, state: State) -> int:
    """The first cycle in which all that the assembler scheduled has landed in registers; bundles do not wait."""
    landings = [write.landing for write in state.in_flight if fragment.address <= write.pc < fragment.end]
    return max([state.cycle, *landings]) if fragment.is_linear else state.cycle


def registers_of(fragment: Fragment) -> set[int]:
    """The registers that code reads and writes, the condition code among them."""
    found: set[int] = set()
    for _, op in fragment.ops:
        row = op.row
        found.update(op.registers_read, [op[row.write]] if row.write else [])
        found.update([CONDITION_CODE] if row.reads_cc or row.writes_cc else [])
    return found


# Running --------------------------------------------------------------------------------------
def through(session: Session, typed: Typed) -> Stopped:
    """Run to where the code ends or leaves for the program; a run that was over goes on until all has landed."""
    fragment, origin = typed
    exits = set(jumps_out(fragment))
    returns = {start: op.registers_read[0] for start, op in fragment.ops if op.row.control == RETURN}
    found = None
    while found is None or (found.reason == EDIT and session.pc in returns):
        exits |= returning(session, fragment, returns)
        found = to_any(session, {fragment.end, *exits, *returns})
    if session.pc in exits and found.reason != FAULT:
        leave_loops(session, origin)
    if found.reason != EDIT:
        return found
    if is_over(origin) and session.state.fetch_ended:
        return at_rest(session)
    landing = results_land(fragment, session.state)
    return to_cycle(session, landing) if landing > session.cycle else found


def jumps_out(fragment: Fragment) -> Iterator[int]:
    """Where jumps lead that do not come back."""
    for _, op in fragment.ops:
        if op.row.control in JUMPS and not fragment.holds(op["target"]):
            yield op["target"]


def returning(session: Session, fragment: Fragment, returns: Mapping[int, int]) -> set[int]:
    """Where the bundle leaves for that issues in this cycle, if it is one of those that return by a register."""
    if session.pc not in returns or session.state.next_fetch > session.cycle:
        return set()
    target = session.register(returns[session.pc])
    return set() if fragment.holds(target) else {target}


def to_any(session: Session, addresses: set[int]) -> Stopped:
    """Run until one of some bundles is about to issue; breakpoints are heeded."""
    known = frozenset(address for address in addresses if address < len(session.image.text))
    return Runner(session).forward(Goal(EDIT, stops=Stops(known)))


def to_cycle(session: Session, cycle: int) -> Stopped:
    """Run to a cycle; breakpoints are heeded."""
    return Runner(session).forward(Goal(EDIT, cycle=cycle))


def at_rest(session: Session) -> Stopped:
    """Run until all that is under way has landed."""
    found = Runner(session).forward()
    return session.stopped(EDIT, f"cycle {session.cycle}") if found.reason == HALTED else found


def leave_loops(session: Session, origin: State) -> None:
    """A jump into the program leaves the loops that it would have left had it stood where the program was."""
    loops = session.state.loops
    while loops and inside(loops[-1], origin.pc) and not inside(loops[-1], session.pc):
        loops = loops[:-1]
    if loops != session.state.loops:
        left = replace(session.state, loops=loops)
        session.history.edit(lambda machine: machine.engine.set_state(left), CLOSING)


def inside(loop: Loop, address: int) -> bool:
    return loop.start <= address < loop.end
