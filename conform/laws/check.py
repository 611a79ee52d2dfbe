"""All laws, and programs tried by them."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from conform.compare import Difference
from conform.laws import bursts, loops, names, parts, text, time
from conform.laws.law import Law, on_twins
from conform.mix import Mix
from conform.program import Program
from conform.strategies import sample
from conform.target import Target
from isa.machine import MachineSpec
from isa.records import NamedTuple, replace

SHORT = Mix(scalar=0.3, items=(1, 5), length=(6, 40), rows_written=(0, 1))
NO_WORDS = {"L": 0}
ALONE = dict.fromkeys(("L", "SH", "PM", "DS", "TR", "RD", "ABC"), 0)
ANY = replace(SHORT, scalar=1, items=(1, 6), length=(4, 30))
STRAIGHT = replace(SHORT, control=0, items=(4, 8))
LOOPS = replace(SHORT, scalar=1, control=12, length=(20, 60))
VECTORS = replace(SHORT, units={"V": 4}, items=(2, 6))
MEMORY = replace(SHORT, units=NO_WORDS | {"RP": 4, "WP": 4})
PLACES = replace(SHORT, units=NO_WORDS)
SUMS = replace(SHORT, units={"ACC": 30, "ABC": 4}, families={"accw": 3, "accr": 3}, items=(2, 5), length=(30, 70))
MAPS = replace(SHORT, units={"PM": 8, "DS": 8, "LM": 4}, items=(2, 6))
BYTES = replace(SHORT, units={"V": 4, "RP": 2, "WP": 2}, families={"transpose": 0})
LANES = replace(SHORT, units=ALONE, families={"gather": 0, "scatter": 0})
CROWD = replace(SHORT, control=0, items=(3, 6), length=(20, 60))

LAWS = (
    Law("later", "a wait in front makes every event come later by as much", on_twins(time.later, True), ANY),
    Law("in pieces", "stopping and looking in between changes nothing", time.in_pieces, ANY),
    Law("back and forward", "from a state put back a run goes on as it did", time.back_and_forward, ANY),
    Law("registers", "other scalar registers do the same", on_twins(names.registers, True), ANY),
    Law("streams", "other streams of the same directions do the same", on_twins(names.streams, True), BYTES),
    Law("vector ALUs", "other vector ALUs and v registers do the same", on_twins(names.vector_alus, True), VECTORS),
    Law("planes", "the other planes of the hemispheres do the same", on_twins(names.planes, True), SUMS),
    Law("accumulator rows", "other accumulator rows do the same", on_twins(names.rows_of_sums, True), SUMS),
    Law("maps", "other map registers do the same", on_twins(names.maps, True), MAPS),
    Law("slices", "other slices of the same quads do the same", on_twins(names.slices, True), MEMORY),
    Law("banks", "the other bank of each slice does the same", on_twins(names.banks, True), MEMORY),
    Law("mirror", "with west and east exchanged all is mirrored", on_twins(names.mirror, True), PLACES),
    Law("lanes", "lanes in another order stay what they are", on_twins(names.lanes, True), LANES),
    Law("bursts", "a burst is two that follow each other", on_twins(bursts.split), STRAIGHT),
    Law("loops", "a loop is its body as often as it has rounds", on_twins(loops.unrolled), LOOPS),
    Law("parts", "ops that share nothing do not touch each other", parts.apart, CROWD),
    Law("text", "the source of a program assembles to the program", text.assembled_again, ANY),
)
BY_NAME = {law.name: law for law in LAWS}


class Broken(NamedTuple):
    """A law that a target breaks: in what, and the other program of the two that show it."""

    law: Law
    difference: Difference
    twin: Program | None


def check(target: Target, program: Program, rng: Random, laws: Iterable[Law] = LAWS) -> list[Broken]:
    """The laws that a target breaks on a program. Raises TargetError."""
    verdicts = [(law, law.tried(target, program, rng)) for law in laws]
    return [Broken(law, found.difference, found.twin) for law, found in verdicts if found.difference]


def program_for(law: Law, rng: Random, spec: MachineSpec) -> Program:
    """A program that a law mostly says something about."""
    return sample(rng, spec, law.mix)
