"""A kernel as timelines: prologue, the body of the hardware loop, epilogue; or a few rounds as straight code.

A turn is an interval. In turn j of all that is issued round j begins, and registers step, in the epilogue as long as
a burst reads them; so an op is the same wherever it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from asm.program import AsmOp, Linear, TimedOp, Timeline
from asm.schedule.loops.make import Maker
from asm.scope.registers import register_indices
from asm.scope.scope import Scope
from asm.streams.loops.modulo import Kernel
from asm.streams.loops.reads import move_row, scalars
from asm.streams.loops.tracks import UNITS, Track
from asm.streams.region import op_of
from isa.places import SCALARS
from isa.records import dataclass


@dataclass(slots=True)
class Pipeline:
    """A kernel with the registers that step; `control` is the `loop` as written."""

    scope: Scope
    kernel: Kernel
    tracks: Sequence[Track]
    control: AsmOp

    @property
    def lead(self) -> int:
        """Cycles before the first turn in which rounds end."""
        return (self.kernel.stages - 1) * self.kernel.interval

    def before(self) -> list[Linear]:
        """What gives registers the numbers that they have when the first round begins."""
        make = Maker(self.control.statement)
        for track in sorted(self.tracks, key=lambda track: track.holder == track.register):
            if track.behind or track.holder != track.register:
                make.immediate("add", track.holder, track.register, -track.behind)
        return list(map(Linear, self._noted(make.ops)))

    def prologue(self, turns: AsmOp) -> Timeline:
        """The turns before the first round ends; their last bundle holds the `loop` of the kernel."""
        rounds = range(self.kernel.stages - 1)
        ops = [*self._bursts(rounds, 0, self.lead), *self._steps(rounds), self._timed(turns, self.lead - 1)]
        return self._timeline(ops)

    def body(self) -> Timeline:
        """One turn in which a round begins and one ends."""
        ops = [*self._bursts(range(self.kernel.stages), self.lead, self.kernel.interval), *self._steps((0,))]
        return self._timeline(ops)

    def epilogue(self, last: AsmOp) -> Timeline:
        """What is left of the rounds under way, and in the cycle in which everything has landed an op more."""
        stages, interval = self.kernel.stages, self.kernel.interval
        return self._ending(stages, stages * interval, last)

    def straight(self, rounds: int, last: AsmOp) -> Timeline:
        """A number of rounds as straight code."""
        return self._ending(rounds, 0, last)

    def length(self, rounds: int) -> int:
        """The cycles from the first burst of some rounds until everything has landed."""
        return (rounds - 1) * self.kernel.interval + self.kernel.end

    # Parts ------------------------------------------------------------------------------------
    def _ending(self, rounds: int, start: int, last: AsmOp) -> Timeline:
        """What some rounds do from a cycle on until they have landed, and registers as they are to be left."""
        end = self.length(rounds) - start
        ops = self._bursts(range(rounds), start, end)
        steps: list[TimedOp] = []
        for track in self.tracks:
            steps += self._last_steps(track, rounds, start, ops, steps)
        end = max([1, end, *(step.value + 1 for step in steps)])
        return self._timeline([*ops, *steps, self._timed(last, end - 1)])

    def _last_steps(
        self, track: Track, rounds: int, start: int, ops: Iterable[TimedOp], others: Sequence[TimedOp]
    ) -> list[TimedOp]:
        """The steps of a register until it is read last, and what is then missing from what it is to hold."""
        interval = self.kernel.interval
        read = max((each.value for each in ops if track.holder in scalars(each.op)), default=-1)
        cycles = list(range(track.slot, read, interval))
        steps = [self._step(track, cycle, track.step) for cycle in cycles]
        rest = track.behind + (rounds - start // interval - len(cycles)) * track.step
        if rest and track.holder == track.register:
            free = read + 1
            while sum(each.value == free for each in others) == UNITS - 1:
                free += 1
            steps.append(self._step(track, free, rest))
        return steps

    def _bursts(self, rounds: Iterable[int], start: int, length: int) -> list[TimedOp]:
        """The bursts of rounds in `length` cycles from a start on, in time from there."""
        found = []
        for turn in rounds:
            for number, (time, _) in enumerate(self.kernel.pieces):
                cycle = turn * self.kernel.interval + time - start
                if 0 <= cycle < length:
                    found.append(self._timed(self._op(number), cycle))
        return found

    def _op(self, number: int) -> AsmOp:
        """A burst of the kernel that reads registers where they run."""
        op = op_of(self.scope, self.kernel.pieces[number][1])
        names = op.row.format.names
        for track in self.tracks:
            if number in track.rows:
                op.values[names.index("ra")] = track.holder
                move_row(op, track.moves(self.kernel, number))
            for name in op.row.vector_reads if number in track.exact else ():
                if op.value(name) == SCALARS + track.register:
                    op.values[names.index(name)] = SCALARS + track.holder
        return op

    def _steps(self, turns: Iterable[int]) -> list[TimedOp]:
        interval = self.kernel.interval
        return [self._step(track, turn * interval + track.slot, track.step) for turn in turns for track in self.tracks]

    def _step(self, track: Track, cycle: int, amount: int) -> TimedOp:
        make = Maker(self.control.statement)
        make.immediate("add", track.holder, track.holder, amount)
        return self._timed(self._noted(make.ops)[0], cycle)

    def _timed(self, op: AsmOp, cycle: int) -> TimedOp:
        return TimedOp(op, (), "at", cycle, (), op.place)

    def _timeline(self, ops: list[TimedOp]) -> Timeline:
        return Timeline(sorted(ops, key=lambda timed: timed.value), self.control.place)

    def _noted(self, ops: list[AsmOp]) -> list[AsmOp]:
        for op in ops:
            self.scope.registers.note(op, register_indices(op.row))
        return ops
