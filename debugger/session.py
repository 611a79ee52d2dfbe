"""`Session`: a program under the debugger, without a face; the command line and the debug adapter are faces of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from debugger import stepping
from debugger.breakpoints import Breakpoints
from debugger.edits import CLOSING, SET
from debugger.history import History
from debugger.lines import Lines
from debugger.load import Loaded, Source
from debugger.running import CONDITION, EDIT, GOTO, NO_GOAL, PAUSED, STEP, Goal, Runner, Stopped
from debugger.trouble import trouble
from isa.diagnostics import Diagnostic, Place
from isa.faults import CONDITION_CODE
from isa.image import Image
from isa.machine import MachineSpec
from vm.engine import FAULT, HALTED, RUNNING, State
from vm.machine import Machine
from vm.state import is_over

if TYPE_CHECKING:
    from debugger.expr import Shown

MAX_VISITED = 1000


class Session:
    """A run of a program that can be stepped either way, looked at and changed. Cycles count from its beginning.

    What goes wrong for a reason that the user can mend is a SourceError, and has changed nothing.
    """

    def __init__(self, source: Source, loaded: Loaded) -> None:
        self.source = source
        self._take(loaded)
        self.breakpoints = Breakpoints(self.machine, self.lines)

    @classmethod
    def open(cls, source: Source | str | os.PathLike[str]) -> Session:
        """Assemble, link and load. Raises SourceError."""
        source = source if isinstance(source, Source) else Source((os.fspath(source),))
        return cls(source, source.build())

    def _take(self, loaded: Loaded) -> None:
        """Begin with a program."""
        self.machine: Machine = loaded.machine(self.source)
        self.loaded = loaded
        self.lines = Lines(loaded.image, loaded.sources)
        self.history = History(self.machine)
        self.history.goto(self.history.start)  # which finds what stands there
        self._visited = [self.history.start]
        self._visit = 0

    # Where we are -----------------------------------------------------------------------------
    @property
    def image(self) -> Image:
        return self.machine.image

    @property
    def has_program(self) -> bool:
        """Whether there was something to run before anything was typed."""
        return bool(self.loaded.image.text)

    @property
    def spec(self) -> MachineSpec:
        return self.image.machine

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """What the assembler warned of."""
        return self.loaded.diagnostics

    @property
    def sources(self) -> dict[str, str]:
        """The texts of the program, by the names that places use."""
        return self.loaded.sources

    @property
    def cycle(self) -> int:
        return self.history.cycle

    @property
    def state(self) -> State:
        return self.machine.state

    @property
    def pc(self) -> int:
        """The address of the next bundle."""
        return self.state.pc

    @property
    def place(self) -> Place | None:
        """Where the next bundle was written; None when none follows."""
        return self._place_in(self.state)

    def _place_in(self, state: State) -> Place | None:
        return None if state.fetch_ended else self.lines.place_of(state.pc)

    @property
    def status(self) -> str:
        """How the run stands here: "running", "halted" or "fault"."""
        return self.history.status if self.history.status in (HALTED, FAULT) else RUNNING

    @property
    def is_over(self) -> bool:
        return is_over(self.state)

    @property
    def fault(self) -> Diagnostic | None:
        """The fault that the run stands at, in sentences."""
        raw = self.machine.engine.fault
        if raw is None:
            return None
        from vm.explain import explain

        return explain(raw, self.image, self.state)

    @property
    def marks(self) -> dict[str, int]:
        """Cycles that were given names."""
        return self.history.marks

    def stopped(self, reason: str, text: str = "", hits: tuple[int, ...] = ()) -> Stopped:
        """Say that we stand here for a reason."""
        state = self.state
        return Stopped(reason, text, state.cycle, state.pc, self._place_in(state), hits)

    def paused(self) -> Stopped:
        """Say that we stand here because a pause was asked for."""
        return self.stopped(PAUSED, f"paused in cycle {self.cycle}")

    # Time -------------------------------------------------------------------------------------
    def step(self, count: int = 1, by: str = "line") -> Stopped:
        """Go on by cycles, bundles, lines, rounds of the innermost loop, loops or kernels; breakpoints are heeded."""
        return self._repeat(count, lambda: self._runner.forward(stepping.ahead(self, by)))

    def back(self, count: int = 1, by: str = "line") -> Stopped:
        """The same backwards."""
        return self._repeat(count, lambda: self._runner.backward(Goal(cycle=stepping.behind(self, by))))

    def run(self) -> Stopped:
        """Go on to a breakpoint or the end."""
        return self._repeat(1, lambda: self._runner.forward(NO_GOAL))

    def run_again(self) -> Stopped:
        """The same from the first cycle on."""
        return self._repeat(1, self._again)

    def reverse(self) -> Stopped:
        """Go back to a breakpoint or the beginning."""
        return self._repeat(1, lambda: self._runner.backward(NO_GOAL))

    def goto(self, where: int | str) -> Stopped:
        """Go to a cycle, or as near as there is one, or to one that was given a name."""
        cycle = self._cycle_called(where) if isinstance(where, str) else where
        return self._repeat(1, lambda: self._go(cycle))

    def until(self, expression: str) -> Stopped:
        """Go on to the first later cycle in which an expression holds. Breakpoints are heeded."""
        from debugger.until import goals

        self.is_true(expression)  # which raises what is wrong with it
        met: Stopped | None = None
        with self._moving():
            for goal in goals(self, expression):
                met = self._runner.forward(goal)
                if met.reason != goal.reason or self.is_true(expression):
                    break
        assert met is not None
        told = met._replace(text=f"{expression} holds") if met.reason == CONDITION else met
        return self._visited_now(told)

    def earlier(self) -> Stopped:
        """Go back to where we were before the last movement."""
        return self._revisit(-1)

    def later(self) -> Stopped:
        """Undo `earlier`."""
        return self._revisit(1)

    def pause(self) -> None:
        """End what runs, soon; for other threads and signal handlers."""
        self.history.pause_asked = True

    def mark(self, name: str) -> None:
        """Give the present cycle a name, for `goto`."""
        if not name.isidentifier():
            raise trouble(f"`{name[:40]}` cannot name a cycle", "a name has letters, digits and `_`")
        self.history.mark(name)

    @property
    def _runner(self) -> Runner:
        return Runner(self)

    def _repeat(self, count: int, move: Callable[[], Stopped]) -> Stopped:
        """Move several times, until something else than the movement's own end stops it."""
        found = self.stopped(GOTO)
        with self._moving():
            for _ in range(count):
                found = move()
                if found.reason not in (STEP, GOTO):
                    break
        return self._visited_now(found)

    @contextmanager
    def _moving(self) -> Iterator[None]:
        """While we move Ctrl-C leaves us where we then are."""
        try:
            yield
        finally:
            self.history.pause_asked = False

    def _again(self) -> Stopped:
        self.history.goto(self.history.start)
        return self._runner.forward(NO_GOAL)

    def _go(self, cycle: int) -> Stopped:
        status = self.history.goto(cycle)
        if status in (HALTED, FAULT):
            return self._runner.ended(status)
        return self.paused() if self.history.pause_asked else self.stopped(GOTO)

    def _cycle_called(self, name: str) -> int:
        if name.strip().isdecimal() and len(name) < 20:
            return int(name)
        if name in self.marks:
            return self.marks[name]
        there = ", ".join(self.marks) or "none"
        raise trouble(f"`{name[:40]}` is no cycle and no mark", f"there are these marks: {there}")

    def _visited_now(self, found: Stopped) -> Stopped:
        """Remember where we came to."""
        if self._visited[self._visit] != found.cycle:
            self._visited = [*self._visited[: self._visit + 1], found.cycle][-MAX_VISITED:]
            self._visit = len(self._visited) - 1
        return found

    def _revisit(self, by: int) -> Stopped:
        place = self._visit + by
        if not 0 <= place < len(self._visited):
            raise trouble(
                "we were nowhere before" if by < 0 else "we went nowhere from here", "`goto CYCLE` goes anywhere"
            )
        self._visit = place
        with self._moving():
            return self._go(self._visited[place])

    # State ------------------------------------------------------------------------------------
    def value(self, text: str) -> Shown:
        """The value of an expression. Raises SourceError (E-EXPR)."""
        from debugger import expr

        return expr.evaluate(self.machine, text)

    def is_true(self, text: str) -> bool:
        """Whether an expression holds. Raises SourceError (E-EXPR) for one that is neither true nor false."""
        from debugger import expr

        return expr.holds(self.machine, text)

    def set(self, target: str, value: str) -> None:
        """Change something in this cycle. Raises SourceError."""
        from debugger import expr

        change = expr.assign(self.machine, target, value)
        self.history.edit(change, f"{SET}{target} = {value}")

    def execute(self, text: str) -> Stopped:
        """Run an instruction, a bundle or several, put in at this cycle. Raises SourceError."""
        from debugger import typed

        with self._moving():
            return self._visited_now(typed.run(self, text))

    def undo(self) -> str | None:
        """Take the last change back and go to where it was made; its text, None if there is none."""
        text = self.history.undo()
        if text == CLOSING:
            text = self.history.undo()
        self._visited_now(self.stopped(EDIT))
        return text

    def register(self, number: int) -> int:
        """The value of r0 to r31, or of the condition code."""
        state = self.state
        return state.cc if number == CONDITION_CODE else state.registers[number]

    def op_text(self, pc: int, slot: int) -> str:
        """An op of the program as it would be written, "" where there is none."""
        from asm.write.print_op import Names, op_text
        from debugger.names import accessed
        from vm.flow import op_at

        op = op_at(self.image, pc, slot)
        if op is None:
            return ""
        return op_text(op, Names(self.spec, self.lines.names_of_addresses, accessed(self.image, op)), pinned=False)

    def op_place(self, pc: int, slot: int) -> Place | None:
        """Where an op was written."""
        return self.lines.op_place(pc, slot)

    def line_of(self, pc: int) -> tuple[str, int] | None:
        """File and line of a bundle."""
        place = self.lines.place_of(pc)
        return (place.file, place.line) if place else None

    def name_of(self, address: int) -> str:
        """A byte of SRAM by the symbol or tensor element it belongs to."""
        from debugger.names import byte_name

        return byte_name(self.machine, address)

    # The program ------------------------------------------------------------------------------
    def reload(self) -> list[str]:
        """Assemble again and begin anew, with the same breakpoints; says what became of those that have no place.

        Raises SourceError, and then nothing has changed.
        """
        loaded = self.source.build()
        loaded.machine(self.source)  # refuses inputs that no longer fit, before anything is given up
        self._take(loaded)
        self.breakpoints = self.breakpoints.again(self.machine, self.lines)
        return [f"breakpoint {each.number}: {each.problem}" for each in self.breakpoints if each.problem]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write down the program's files, breakpoints, marks, edits and the cycle. Raises SourceError."""
        from debugger import saved

        saved.save(self, path)

    @classmethod
    def resume(cls, path: str | os.PathLike[str]) -> Session:
        """Go on where a session was saved. Raises SourceError."""
        from debugger import saved

        return saved.resume(path)
