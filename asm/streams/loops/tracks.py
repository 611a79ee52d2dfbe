"""Registers that advance by a constant every round, as rounds that overlap read them.

A burst of stage s reads a register s rounds late. Where the register is added to a row, the difference goes into the
row that the op names. So that no such row is less than the one written, registers run behind by a constant; a source
of a vector op must find the very number, if need be in a register of its own that runs beside.
"""

from __future__ import annotations

from collections.abc import Mapping

from asm.facts import FACTS, FILLER
from asm.streams.graph import ANYWHERE
from asm.streams.loops.modulo import Kernel
from asm.streams.loops.reads import exact_reads, highest_row, row_register
from isa.records import dataclass, field

UNITS = FACTS[FILLER.id].instances  # integer units: so many registers can step in a cycle


@dataclass(slots=True)
class Track:
    """A register that steps in cycle `slot` of every interval, and holds `behind` less than what `register` would at
    the start of the round that begins there. The ops of a round mean what it holds then and `origin` more.

    `holder` is where it runs: the register itself, or ANYWHERE until another is found. `rows` are the bursts of the
    kernel, by number, that add it to a row, `exact` those that need its very number.
    """

    register: int
    step: int
    origin: int
    slot: int
    behind: int = 0
    holder: int = ANYWHERE
    rows: list[int] = field(default_factory=list)
    exact: list[int] = field(default_factory=list)

    def late(self, kernel: Kernel, number: int) -> int:
        """By how much the register has advanced too far when a burst of the kernel reads it."""
        turn, cycle = divmod(kernel.pieces[number][0], kernel.interval)
        return (turn + (cycle > self.slot)) * self.step - self.origin

    def moves(self, kernel: Kernel, number: int) -> int:
        """What is added to the row that a burst names."""
        return self.behind - self.late(kernel, number)


def tracks_of(kernel: Kernel, steps: Mapping[int, int], origins: Mapping[int, int]) -> list[Track] | str:
    """All registers that step while a kernel runs; or why that cannot be."""
    tracks: list[Track] = []
    for register, step in steps.items():
        if step:
            home = len(tracks)
            _add_tracks(kernel, tracks, register, (step, origins[register]))
            tracks[home].holder = register
    if tracks and tracks[-1].slot < 0:
        return f"{len(tracks)} registers would have to step in {kernel.interval} cycles"
    unfit = [track.register for track in tracks if not _fits(kernel, track, track.rows)]
    return f"rows that r{unfit[0]} is added to would be outside their slices" if unfit else tracks


def _add_tracks(kernel: Kernel, tracks: list[Track], register: int, motion: tuple[int, int]) -> None:
    """A track for each number of a register that is needed at a time; rows take one of these or one of their own."""
    pieces = [(number, piece) for number, (_, piece) in enumerate(kernel.pieces)]
    rows = [number for number, piece in pieces if row_register(piece.row, piece.values) == register]
    exact = [number for number, piece in pieces if register in exact_reads(piece.row, piece.values)]
    first = len(tracks)
    while exact:
        track = Track(register, *motion, _slot(kernel, len(tracks)))
        track.behind = track.late(kernel, exact[0])
        track.exact = [number for number in exact if not track.moves(kernel, number)]
        exact = [number for number in exact if track.moves(kernel, number)]
        tracks.append(track)
    home = next((track for track in tracks[first:] if _fits(kernel, track, rows)), None)
    if home is None:
        home = Track(register, *motion, _slot(kernel, len(tracks)))
        home.behind = _behind(kernel, home, rows)
        tracks.append(home)
    home.rows = rows


def _slot(kernel: Kernel, number: int) -> int:
    """Tracks step in the last cycles of the interval, so that few bursts read them after that."""
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
