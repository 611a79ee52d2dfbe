"""Registers that advance by a constant every round, as rounds that overlap read them.

A burst of stage s reads a register s rounds late. Where the register is added to a row, the difference goes into the
row that the op names. So that no such row is less than the one written, registers run behind by a constant; a source
of a vector op must find the very number, if need be in a register of its own that runs beside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from asm.facts import FACTS, FILLER
from asm.streams.graph import ANYWHERE
from asm.streams.loops.modulo import Kernel
from asm.streams.loops.reads import exact_reads, highest_row, row_register

UNITS = FACTS[FILLER.id].instances  # integer units: so many registers can step in a cycle


@dataclass(slots=True)
class Track:
    """A register that steps in cycle `slot` of every interval, and then holds `behind` less than a round that begins
    there means by `register`.

    `holder` is where it runs: the register itself, or ANYWHERE until another is found. `rows` are the bursts of the
    kernel, by number, that add it to a row, `exact` those that need its very number.
    """

    register: int
    step: int
    slot: int
    behind: int = 0
    holder: int = ANYWHERE
    rows: list[int] = field(default_factory=list)
    exact: list[int] = field(default_factory=list)

    def late(self, kernel: Kernel, number: int) -> int:
        """What the register has advanced by since its round began when a burst reads it."""
        turn, cycle = divmod(kernel.pieces[number][0], kernel.interval)
        return (turn + (cycle > self.slot)) * self.step

    def moves(self, kernel: Kernel, number: int) -> int:
        """What is added to the row that a burst names."""
        return self.behind - self.late(kernel, number)


def tracks_of(kernel: Kernel, steps: Mapping[int, int]) -> list[Track] | str:
    """All registers that step while a kernel runs; or why that cannot be."""
    tracks: list[Track] = []
    for register, step in steps.items():
        if step:
            found = _of_register(kernel, register, step, len(tracks))
            found[0].holder = register
            tracks += found
    if tracks and tracks[-1].slot < 0:
        return f"{len(tracks)} registers would have to step in {kernel.interval} cycles"
    unfit = [track.register for track in tracks if not _fits(kernel, track, track.rows)]
    return f"rows that r{unfit[0]} is added to would be outside their slices" if unfit else tracks


def _of_register(kernel: Kernel, register: int, step: int, known: int) -> list[Track]:
    """A track for each number that is needed at a time; rows take one of these or one of their own."""
    pieces = [(number, piece) for number, (_, piece) in enumerate(kernel.pieces)]
    rows = [number for number, piece in pieces if row_register(piece.row, piece.values) == register]
    exact = [number for number, piece in pieces if register in exact_reads(piece.row, piece.values)]
    found: list[Track] = []
    while exact:
        track = Track(register, step, _slot(kernel, known + len(found)))
        track.behind = track.late(kernel, exact[0])
        track.exact = [number for number in exact if not track.moves(kernel, number)]
        exact = [number for number in exact if track.moves(kernel, number)]
        found.append(track)
    home = next((track for track in found if _fits(kernel, track, rows)), None)
    if home is None:
        home = Track(register, step, _slot(kernel, known + len(found)))
        home.behind = _behind(kernel, home, rows)
        found.append(home)
    home.rows = rows
    return found


def _slot(kernel: Kernel, number: int) -> int:
    """The last cycles of the interval, so that few bursts read a register after it has stepped."""
    return kernel.interval - 1 - number // UNITS


def _behind(kernel: Kernel, track: Track, rows: list[int]) -> int:
    """The least that leaves no row below the one written, as far as the rows above it are there."""
    late = {number: track.late(kernel, number) for number in rows}
    above = [highest_row(kernel.pieces[number][1].row) - _row(kernel, number) + late[number] for number in rows]
    return min([max(late.values(), default=0), *above])


def _row(kernel: Kernel, number: int) -> int:
    return kernel.pieces[number][1].values["row"]


def _fits(kernel: Kernel, track: Track, rows: list[int]) -> bool:
    """Whether all rows that ops would name are there."""
    return all(
        0 <= _row(kernel, number) + track.moves(kernel, number) <= highest_row(kernel.pieces[number][1].row)
        for number in rows
    )
