"""Strips, many rounds of a loop at once, against the run loop round by round: every state, count, fault and stop."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from profile_tools import part_of_examples

import lpu
from isa.image import Image
from vm.conditions import DIFFERS, INSIDE, OUTSIDE, Condition, Elements, Run
from vm.core import CoreEngine
from vm.engine import RUNNING, UNINIT_MODES
from vm.loader import load
from vm.stops import ACCESS, READ, REGISTER, WRITE, Guard, Stops, Watch

PROGRAMS = Path(__file__).resolve().parent.parent / "programs"
LIMIT = 30_000
MOST_PIECES = 100  # with stops
TWO = "add sub and or xor shl shr sar min max min.u32 mul mulh add.f32 sub.f32 mul.f32 max.f32".split()
ONE = "mov not neg abs clz popc neg.f32 cvt.f32.i32 cvt.i32.f32".split()
COUNTERS = ("r1", "r2")
REGISTERS = tuple(f"r{number}" for number in range(3, 12))
NUMBERS = ("-3", "0", "1", "7")


def engine(image: Image, uninit: str, strips: bool) -> CoreEngine:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LPU_STRIPS", "1" if strips else "0")
        made = load(image, "core", uninit=uninit)
    assert isinstance(made, CoreEngine)
    return made


def same(one: CoreEngine, other: CoreEngine) -> None:
    assert one.state == other.state
    assert one.fault == other.fault
    assert one.stops_hit == other.stops_hit
    assert one.ignored == other.ignored
    assert one.issue_counts() == other.issue_counts()
    assert bytes(one.sram()) == bytes(other.sram())
    assert bytes(one.written()) == bytes(other.written())
    assert bytes(one.changed()) == bytes(other.changed())


def runs_alike(image: Image, rng: Random, uninit: str = "fault", stops: Stops | None = None) -> CoreEngine:
    """In pieces of random length, from end to end, through any stops."""
    one, other = engine(image, uninit, True), engine(image, uninit, False)
    for each in (one, other):
        each.set_stops(stops or Stops())
    status = RUNNING
    pieces = 0
    while one.cycle < LIMIT and status not in ("halted", "fault"):
        pieces += 1
        if pieces == MOST_PIECES:
            for each in (one, other):
                each.set_stops(Stops())
        until = one.cycle + rng.choice((1, 3, 17, 100, 1000, LIMIT))
        status = one.run(until)
        assert other.run(until) == status
        same(one, other)
    return one


# Generated loops ------------------------------------------------------------------------------
def access(rng: Random) -> str:
    index = rng.choice((*COUNTERS, *COUNTERS, "r12")) + rng.choice(("", "", " * 2", " * 3"))
    return f"[{rng.choice('xyz')} + {index} + {rng.randrange(4)}]"


def op(rng: Random) -> str:
    target, reads, number = rng.choice(REGISTERS), REGISTERS + COUNTERS, rng.choice(NUMBERS)
    a, b, c = rng.choice(reads), rng.choice((*reads, number)), rng.choice(REGISTERS)
    return rng.choice(
        (
            f"ld {target}, {access(rng)}",
            f"ld {target}, {access(rng)}",
            f"st {access(rng)}, {a}",
            f"{rng.choice(TWO)} {target}, {a}, {b}",
            f"{rng.choice(TWO)} {target}, {a}, {b}",
            f"{rng.choice(ONE)} {target}, {a}",
            f"{rng.choice(('mad', 'fma.f32'))} {target}, {a}, {a}, {c}",
            f"add {target}, {target}, {a}",
            f"{rng.choice(('div', 'rem.u32'))} {target}, {a}, {rng.choice(('7', 'r1', 'r4'))}",
            f"cmp {a}, {b}\n sel.{rng.choice(('lt', 'eq', 'ne'))} {target}, {c}, {a}",
            f"and {target}, {target}, 15\n add r12, {target}, 1",
        )
    )


def beginning(rng: Random, size: int) -> list[str]:
    return [
        ".machine lpu-tiny",
        f".array x: i32[{size}] = each(i, i * 7 - 30)",
        f".array y: i32[{size}] = each(i, 1000 - i * i)",
        f".array z: i32[{size}]",
        f"mov r1, {rng.choice((0, 1, 5))}",
        f"mov r2, {rng.choice((0, 50, 100))}",
        *(f"mov r{number}, {rng.choice((0, 1, 3, -5, 0x3F800000))}" for number in range(3, 13)),
    ]


def loop(rng: Random, rounds: int) -> list[str]:
    """A loop by hardware, by a counter, or that the data may end as well."""
    body = [op(rng) for _ in range(rng.randint(1, 9))]
    body += [f"add r1, r1, {rng.choice((1, 1, 2, -1))}", f"add r2, r2, {rng.choice((-1, 0, 1, 3))}"]
    kind = rng.choice(("hardware", "counter", "data"))
    if kind == "hardware":
        return [f"loop {rng.choice(('r20', str(rounds)))}, after", *body]
    ends = [f"cmp {rng.choice(('r3', 'r12'))}, {rng.randint(-99, 99)}", f"j{rng.choice(('eq', 'lt', 'gt'))} after"]
    back = ["sub r20, r20, 1", "cmp r20, 0", "jgt again"]
    return ["again:", *body, *(ends if kind == "data" else []), *back]


def program(rng: Random) -> str:
    """A loop that is entered six times, for only what goes round often is made a strip of."""
    rounds = rng.choice((3, 10, 40, 150, 300))
    often = ["after: and r1, r1, 7", "and r2, r2, 127", "add r0, r0, 1", "cmp r0, 6", "jlt outer"]
    lines = [*beginning(rng, rng.choice((64, 200, 600))), "outer:", f"mov r20, {rounds}", *loop(rng, rounds), *often]
    return "\n".join(lines) + "\n"


@part_of_examples(2)
@given(st.randoms(use_true_random=False), st.sampled_from(UNINIT_MODES))
def test_generated_loops(rng: Random, uninit: str) -> None:
    runs_alike(lpu.assemble(program(rng)), rng, uninit)


# Loops in loops -------------------------------------------------------------------------------
def inner(rng: Random, number: int) -> list[str]:
    """A loop that goes round as often each time, or nearly."""
    count = rng.choice(("mov r20, 2", "mov r20, 5", "mov r20, 9", "and r20, r2, 15", "and r20, r0, 128"))
    body = [op(rng) for _ in range(rng.randint(1, 4))] + ["add r1, r1, 1"] * rng.randint(0, 1)
    if rng.random() < 0.5:
        return [count, f"loop r20, done{number}", *body, f"done{number}:"]
    ends = [f"cmp r3, {rng.randint(-99, 99)}", f"jeq done{number}"] if rng.random() < 0.2 else []
    back = ["sub r20, r20, 1", "cmp r20, 0", f"jgt again{number}", f"done{number}:"]
    return [count, f"again{number}:", *body, *ends, *back]


def nest(rng: Random) -> str:
    """Loops in one whose rounds begin with registers that, mostly, the round before has nothing to do with."""
    fresh = [f"{rng.choice(('add', 'mul', 'xor'))} {register}, r1, {rng.choice(NUMBERS)}" for register in REGISTERS]
    fresh = rng.sample(fresh, rng.choice((len(fresh), len(fresh), len(fresh), 8)))
    outer = ["mov r1, r0", "mov r2, 3", *fresh, "ld r4, [x + r1]", "ld r5, [y + 3]", f"mov r12, {rng.randrange(9)}"]
    for number in range(rng.choice((1, 1, 2))):
        outer += [op(rng) for _ in range(rng.randint(0, 2))] + inner(rng, number)
    outer += [op(rng) for _ in range(rng.randint(0, 2))] + ["st [z + r0], r3"] * rng.randint(0, 1)
    count, begin = rng.choice((50, 90, 200)), beginning(rng, rng.choice((200, 600)))
    around = ["outer:", *outer, "add r0, r0, 1", f"cmp r0, {count}", "jlt outer"]
    if rng.random() < 0.3:
        around = [f"loop {count}, end", *outer, "add r0, r0, 1", "end: add r3, r3, 1"]
    return "\n".join([*begin, *around]) + "\n"


@part_of_examples(2)
@given(st.randoms(use_true_random=False), st.sampled_from(UNINIT_MODES))
def test_generated_nests(rng: Random, uninit: str) -> None:
    runs_alike(lpu.assemble(nest(rng)), rng, uninit)


# Loops of a kind ------------------------------------------------------------------------------
HEAD = """
        .machine lpu-tiny
        .array x: i32[200] = each(i, i + 1)
        .array y: i32[200] = each(i, 3 * i)
        .array z: i32[200]
"""
LOOPS = {
    "a sum": "ld r2, [x + r1]\nadd r3, r3, r2",
    "a product": "ld r2, [x + r1]\nld r4, [y + r1]\nmad r3, r2, r4, r3",
    "in place": "ld r2, [x + r1]\nmul r2, r2, 3\nst [x + r1], r2",
    "a chain through memory": "ld r2, [x + r1]\nadd r2, r2, 5\nst [x + r1 + 1], r2",
    "a chain through memory, five rounds long": "ld r2, [x + r1]\nadd r2, r2, 5\nst [x + r1 + 5], r2",
    "what is stored is loaded": "st [x + r1], r3\nld r2, [x + r1]\nadd r3, r3, r2",
    "a word stored again and again": "add r3, r3, r1\nst [x + 7], r3",
    "two stores of a word": "st [x + r1], r1\nst [x + r1 + 1], r3\nadd r3, r3, 2",
    "an address by data": "ld r2, [x + r1]\nand r2, r2, 127\nld r3, [y + r2]\nst [z + r2], r3",
    "memory not written": "ld r2, [z + r1]\nadd r3, r3, r2",
    "a division": "sub r2, r1, 130\ndiv r3, r4, r2",
    "an assertion": "assert r1, r4\nadd r4, r4, 1",
    "a floating sum": "ld r2, [x + r1]\ncvt.f32.i32 r2, r2\nadd.f32 r3, r3, r2",
    "two that need each other": "add r4, r3, r2\nmov r2, r3\nmov r3, r4",
    "a register a round late": "st [z + r1], r3\nmul r3, r1, 5",
    "the greatest": "ld r2, [y + r1]\nmax r3, r3, r2",
    "the end of memory": "ld r2, [x + r1 * 40]\nadd r3, r3, r2",
}


@pytest.mark.parametrize("body", LOOPS.values(), ids=LOOPS.keys())
@pytest.mark.parametrize("uninit", UNINIT_MODES)
@pytest.mark.parametrize("by_hardware", [True, False])
def test_loops_of_a_kind(body: str, uninit: str, by_hardware: bool) -> None:
    around = "loop 180, done\n{}add r1, r1, 1\n" if by_hardware else "again:\n{}add r1, r1, 1\ncmp r1, 180\njlt again\n"
    runs_alike(lpu.assemble(HEAD + around.format(body + "\n") + "done: halt 0\n"), Random(body), uninit)


@pytest.mark.parametrize("name", ["dot.s", "saxpy.s", "sieve.s", "sort.s", "prefix_sum.s", "crc32.s", "matmul_f32.s"])
def test_programs_of_the_repository(name: str) -> None:
    runs_alike(lpu.assemble(PROGRAMS / name, machine="lpu-tiny"), Random(name), "zero")


ENDS = (
    "loop 90, done\nld r2, [x + r1]\nmad r3, r2, r2, r3\nadd r1, r1, 1\n",
    "again: ld r2, [x + r1]\nmad r3, r2, r2, r3\nadd r1, r1, 1\ncmp r1, 90\njlt again\n",
    "again: { add r1, r1, 1 }\n{ cmp r1, 90 }\n{ mul r3, r1, 5  ||  jlt again }\n",
    "again: { add r1, r1, 1  ||  sub r4, r4, 1 }\n{ cmp r1, 90 }\n{ fma.f32 r3, r1, r1, r4  ||  jlt again }\n",
)


@pytest.mark.parametrize("loop", ENDS)
def test_a_fault_right_behind(loop: str) -> None:
    """It leaves registers as they are, what was written last in flight."""
    one = runs_alike(lpu.assemble(HEAD + loop + "done: trap 1\n"), Random(0))
    assert one.fault
    assert one.fault.name == "E-TRAP"


@pytest.mark.parametrize("loop", ENDS)
def test_each_cycle_around_the_end(loop: str) -> None:
    """There are writes in flight in all of them, some of which have landed when a next round begins."""
    image = lpu.assemble(HEAD + loop + "done: halt 0\n")
    end = runs_alike(image, Random(0)).cycle
    for until in range(end - 16, end):
        one, other = engine(image, "fault", True), engine(image, "fault", False)
        assert one.run(until) == other.run(until)
        same(one, other)


# Stops ----------------------------------------------------------------------------------------
def some_condition(rng: Random) -> Condition:
    first = rng.choice((0, -3, rng.randrange(200), rng.randrange(200), 1000, rng.randrange(-(1 << 31), 1 << 30)))
    kind, last = rng.choice(((INSIDE, first), (INSIDE, first + 7), (INSIDE, first + 200), (OUTSIDE, 1 << 30)))
    return Condition(kind, rng.choice(("i32", "i32", "u32", "f32")), min(first, last), last)


def some_watch(rng: Random, image: Image) -> Watch:
    """Of a few bytes of an array or near it, of the elements of one, or of a register."""
    array = rng.choice([symbol for symbol in image.symbols if symbol.kind == "data"])
    kind = rng.choice((ACCESS, READ, WRITE, "elements", REGISTER))
    if kind == REGISTER:
        first = rng.choice((0, 1, 2, 3, *range(13), 20, 32))
        return Watch(REGISTER, first, first, test=some_condition(rng))
    first = 4 * array.value
    if kind == "elements":
        elements, last = Elements(32, 1, (Run(0, 8 * first, array.size),)), first + 4 * array.size - 1
        test = Condition(DIFFERS, "i32", golden=bytes(4 * array.size)) if rng.random() < 0.2 else some_condition(rng)
        return Watch(WRITE, first, last, test=test, elements=elements)
    first += rng.randrange(4 * array.size + 1000)
    return Watch(kind, first, first + rng.choice((0, 3, 100)))


def some_guard(rng: Random, image: Image) -> Guard:
    test = some_condition(rng) if rng.random() < 0.5 else None
    ignore = rng.choice((0, 3, 30, 300, 10_000))
    return Guard(rng.randrange(len(image.text)), rng.choice((*range(13), 20, 32)), test, ignore)


def stops_near(rng: Random, image: Image) -> Stops:
    watches = tuple(some_watch(rng, image) for _ in range(rng.randrange(4)))
    return Stops(watches=watches, guards=tuple(some_guard(rng, image) for _ in range(rng.randrange(3))))


@part_of_examples(2)
@given(st.randoms(use_true_random=False), st.sampled_from(UNINIT_MODES), st.booleans())
def test_stops_near_loops(rng: Random, uninit: str, is_nest: bool) -> None:
    image = lpu.assemble(nest(rng) if is_nest else program(rng))
    runs_alike(image, rng, uninit, stops_near(rng, image))


def test_stops_in_the_middle_of_a_loop() -> None:
    """A breakpoint that is set when a strip is there, and taken away again."""
    image = lpu.assemble(HEAD + "loop 150, done\nld r2, [x + r1]\nadd r3, r3, r2\nadd r1, r1, 1\ndone: halt 0\n")
    one, other = engine(image, "fault", True), engine(image, "fault", False)
    inside = max(count for count in runs_alike(image, Random(0)).issue_counts())
    for until, stops in ((300, Stops()), (600, Stops(breakpoints=frozenset([inside]))), (900, Stops())):
        for each in (one, other):
            each.set_stops(stops)
        assert one.run(until) == other.run(until)
        same(one, other)
