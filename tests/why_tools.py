"""Runs of generated tensor programs to ask why of, what holds something in a state, and ops worked out again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from random import Random

import numpy as np
from engine_pairs import LIMIT

from conform.tensor_ops import BASES, COUNTER, WORDS
from conform.tensor_plan import planned
from conform.tensor_wild import any_machine
from debugger import load
from debugger.history import History
from debugger.session import Session
from debugger.why.replay import Replay
from debugger.why.sources import DATA, Source, sources
from debugger.why.spots import ACCUMULATOR, ARRAY, BUFFER, EXIT, MAP, MEMORY, REGISTER, STREAMS, Event, Made, Spot, V
from debugger.why.values import bits
from isa.conditions import CONDITIONS
from isa.image import Image
from isa.row import IMM, MEM, READ, SLICE_ROW, VECTOR, WRITE
from isa.types import TYPES
from vm.items import Accumulator, Exit, Map, Plane, Value, Vector
from vm.machine import Machine
from vm.reference import lanes
from vm.reference.face import Sums
from vm.reference.issue import COMPUTE
from vm.reference.matrix import added as matrix_added
from vm.reference.narrow import CARRIERS
from vm.reference.product import float_product, integer_product
from vm.reference.switch import SEMANTICS, tree
from vm.stops import WRITE as WRITES
from vm.stops import Stops, Watch
from vm.tensor_state import NAMES

WORD_MASK = 0xFFFFFFFF


def generated(seed: int, engine: str = "core") -> History:
    """A generated program that ran to its end, on any machine."""
    rng = Random(seed)
    spec = any_machine(rng)
    machine = Machine(Image(spec, planned(rng, spec).text(), executable=True), engine)
    words = [*WORDS, *(rng.getrandbits(32) for _ in range(len(WORDS)))]
    machine.engine.load(0, b"".join(word.to_bytes(4, "little") for word in rng.choices(words, k=spec.words)))
    for register in range(32):
        machine.engine.set_register(register, rng.choice(words))
    machine.engine.set_register(COUNTER, 0)
    for number, register in enumerate(BASES):
        machine.engine.set_register(register, number)
    history = History(machine)
    history.run(LIMIT)
    return history


def some_spots(replay: Replay, rng: Random, count: int) -> list[Spot]:
    """Spots that hold something at the start of some cycle, as many of each kind as of the others."""
    cycle = rng.randint(0, replay.history.reached)
    kinds: dict[str, list[Spot]] = {}
    for spot in (*of_tensors(replay, cycle, rng), *stored(replay, cycle)):
        kinds.setdefault(spot.kind, []).append(spot)
    kinds[REGISTER] = [Spot(REGISTER, cycle, number) for number in range(33)]
    return [rng.choice(kinds[rng.choice(sorted(kinds))]) for _ in range(count)]


def stored(replay: Replay, cycle: int) -> Iterator[Spot]:
    """Words of memory that were stored to before a cycle."""
    watch = Watch(WRITES, 0, replay.spec.sram_bytes - 1)
    for stop in replay.stops(Stops(watches=(watch,)), 0, cycle):
        first = stop.address - stop.address % 4
        yield Spot(MEMORY, cycle, width=4, addresses=tuple(range(first, first + 4)))


def of_tensors(replay: Replay, cycle: int, rng: Random) -> Iterator[Spot]:
    """Whatever the tensor face holds, each in some lane."""
    spec = replay.spec
    for item in replay.state(cycle).tensor:
        lane = rng.randrange(spec.lanes)
        if isinstance(item, Value):
            yield Spot(STREAMS, cycle, item.stream, item.position, lane, 1)
        if isinstance(item, Vector):
            yield Spot(V, cycle, item.register, lane=lane, width=item.width)
        if isinstance(item, Accumulator):
            yield Spot(ACCUMULATOR, cycle, item.row, item.plane, lane)
        if isinstance(item, Exit) and item.landing == cycle:
            yield Spot(EXIT, cycle, place=item.plane, lane=lane)
        if isinstance(item, Plane):
            yield Spot(ARRAY if item.installed else BUFFER, cycle, rng.randrange(spec.lanes), item.plane, lane, 1)
        if isinstance(item, Map):
            yield Spot(MAP, cycle, item.number, item.hemi, lane, 2)


# An op worked out again from what it read -----------------------------------------------------
def again(replay: Replay, made: Made) -> int | None:
    """The bits of a part of a result, from the bits of its sources; None where this oracle has none."""
    row = made.event.op.row
    found = sources(replay, made)
    if not row.tensor:
        held = scalar(replay, made.event, found)
        return None if held is None else part(made, held)
    if row.units.name == "V":
        return part(made, vector(replay, made))
    if row.units.name == "RD":
        return part(made, reduced(replay, made))
    if row.units.name == "ABC":
        return product(replay, made)
    if row.units.name == "LW":
        return weight(replay, made)
    if len(found) > 1 and {found[0].spot.kind, found[1].spot.kind} == {ACCUMULATOR, EXIT}:
        return part(made, added(replay, made))
    data = [source for source in found if source.role == DATA]
    assert len(data) <= 1
    moved = bits(replay, data[0].spot) if data else 0
    return moved if row.width or moved is None or not data or data[0].spot.width == made.width else part(made, moved)


def part(made: Made, whole: int) -> int:
    return whole >> 8 * made.first & (1 << 8 * made.width) - 1


def whole(replay: Replay, made: Made, width: int) -> list[Source]:
    """What all bytes of a lane were made of."""
    return sources(replay, made._replace(first=0, width=width))


def scalar(replay: Replay, event: Event, found: list[Source]) -> int | None:
    row, op = event.op.row, event.op
    if row.control:
        return None
    if row.memory == "load":
        return bits(replay, found[0].spot)
    state = replay.state(event.cycle)
    operands = [operand for operand in row.operands if operand.role != WRITE and operand.kind not in (MEM, SLICE_ROW)]
    values = [op[operand.fields[0]] for operand in operands]
    values = [state.registers[n] if o.role == READ else n for o, n in zip(operands, values, strict=True)]
    if row.memory:
        return values[-1]
    values += [CONDITIONS[row.condition] >> state.cc & 1] if row.condition else []
    return COMPUTE[row.semantics](*values)


def vector(replay: Replay, made: Made) -> int:
    """By the golden model's lanes, from the bits of each source; immediates are the op's."""
    event = made.event
    width = next(operand.width for operand in event.op.row.operands if operand.role == WRITE)
    found = iter(whole(replay, made, width))
    operands = []
    for operand in event.op.row.operands:
        if operand.kind == IMM:
            operands.append(carried(event.op["imm"], TYPES[operand.type].planes))
        elif operand.kind == VECTOR and operand.role == READ:
            held = bits(replay, next(found).spot)
            assert held is not None
            operands.append(carried(held, operand.width))
    with np.errstate(invalid="ignore"):  # a NaN may signal
        return int(lanes.compute(event.op.row, *operands)[0])


def carried(number: int, width: int) -> np.ndarray:
    """A number as the one lane of an array."""
    return np.array([number & (1 << 8 * width) - 1], CARRIERS[8 * width])


def reduced(replay: Replay, made: Made) -> int:
    """The golden model's reduction of the lanes that were read."""
    row = made.event.op.row
    function = SEMANTICS[row.semantics].args[0]  # what it combines two lanes with
    held = [bits(replay, source.spot) for source in sources(replay, made)]
    values = np.array([held], np.uint32)
    with np.errstate(invalid="ignore"):
        return int(tree(partial(lanes.on_values, function, row), values)[0])


def product(replay: Replay, made: Made) -> int:
    """The sum of activations times weights, by exact fractions for floats."""
    row = made.event.op.row
    held = replay.contents(made.event.cycle).plane(made.event.op["plane"], installed=True)
    assert held is not None
    weights = NAMES[held.type]
    pairs = list(zip(*[iter(sources(replay, made))] * 2, strict=True))
    words = [tuple(bits(replay, source.spot) or 0 for source in pair) for pair in pairs]
    x, w = (np.array(column, CARRIERS[8 * TYPES[row.type].planes]) for column in zip(*words, strict=True))
    if TYPES[row.type].kind == "f":
        return int(float_product(x, w[:, np.newaxis], row.type)[0])
    kinds = [TYPES[name].kind == "i" for name in (row.type, weights)]
    return int(integer_product(x, w[:, np.newaxis], *kinds).view(np.uint32)[0])


def weight(replay: Replay, made: Made) -> int | None:
    """The bytes of a weight on its streams, or the nibble of one that has this row, with its sign."""
    op = made.event.op
    (source,) = sources(replay, made)
    held = bits(replay, source.spot)
    if TYPES[op.row.type].bits >= 8 or held is None:
        return held
    nibble = held >> 4 * ((made.group - op["row0"]) % 2) & 15
    return (nibble ^ 8) - 8 & 0xFF


def added(replay: Replay, made: Made) -> int:
    """What was in the row, and what stood at the exit, as the golden model adds them."""
    found = sources(replay, made)
    a, b = (Sums(np.array([bits(replay, source.spot)], np.uint32)) for source in found)
    item = replay.contents(made.event.cycle).exit(made.event.op["plane"], made.event.cycle)
    assert item is not None
    return int(matrix_added(a, b, bool(item.floats)).words[0])


# Programs of the repository -------------------------------------------------------------------
PROGRAMS = Path(__file__).resolve().parent.parent / "programs"


def opened(name: str, inputs: Mapping[str, np.ndarray] = {}, **defines: int) -> Session:
    """A session of a program; inputs that are not given are small numbers."""
    session = Session.open(load.Source((str(PROGRAMS / name),), defines=defines))
    machine = session.machine
    for number, tensor in enumerate(machine.declared_inputs):
        rng = np.random.default_rng(number)
        value = inputs.get(tensor.name)
        machine[tensor.name] = (
            rng.integers(0, 8, tensor.shape).astype(machine[tensor.name].dtype) if value is None else value
        )
    session.history = History(machine)
    return session


def opened_text(text: str) -> Session:
    """A session of a small program."""
    return Session.open(load.Source(text=text))
