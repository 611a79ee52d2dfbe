"""Registers for names: programs whose registers are all names compute the same, in as few as are live at once."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import event, given
from hypothesis import strategies as st

from asm.allocate.allocate import allocate
from asm.allocate.colour import colour, smallest_last
from asm.assemble import Assembly, assemble
from asm.program import AsmOp, Explicit, Item, Linear
from asm.scope.registers import COUNT, Registers, register_indices
from asm.tree import Line, Name
from conform.linear import GENERAL, SPEC, Program, make_op, programs
from conform.linear_loops import looping_programs
from conform.sequential import Sequential
from isa.index import BY_KEY
from lpu import Machine
from lpu import assemble as executable

STEPS = 20_000
STORE = "st [disp], rt"
RESULTS = SPEC.words_per_bank - 64  # words that no symbol of the generated programs reaches
LOAD = BY_KEY["ld rt, [disp]"].latency
STRAIGHT = [BY_KEY[key] for key in ("mov rd, imm", "mov rd, ra", "add rd, ra, rb", "mul rd, ra, imm", STORE)]


# Any program ------------------------------------------------------------------------------------
def with_names(items: list[Item], free: int) -> tuple[list[Item], Registers]:
    """The program with a name for every register, of a file that leaves the last registers free."""
    registers = Registers()
    registers.used = (1 << COUNT - free) - 1
    for number in range(COUNT):
        registers.declare(f"x{number}", Line("test.s", number + 1, ""), Name(f"x{number}", 1, 4))
    return Program(_renamed(item, registers) for item in items), registers


def _renamed(item: Item, registers: Registers) -> Item:
    if isinstance(item, Linear):
        return Linear(_named(item.op, registers))
    if isinstance(item, Explicit):
        return Explicit([_named(op, registers) for op in item.ops], item.place)
    return item


def _named(op: AsmOp, registers: Registers) -> AsmOp:
    indices = register_indices(op.row)
    values = [value + COUNT if index in indices else value for index, value in enumerate(op.values)]
    named = replace(op, values=values, access=replace(op.access) if op.access is not None else None)
    registers.note(named, indices)
    return named


def registers_in(items: list[Item]) -> set[int]:
    ops = [op for item in items for op in ([item.op] if isinstance(item, Linear) else getattr(item, "ops", []))]
    return {op.values[index] for op in ops for index in register_indices(op.row)}


def stored_at_the_end(items: list[Item], kept: list[int]) -> list[Item]:
    """The program with some of its registers stored before it halts."""
    halts = (number for number, item in enumerate(items) if isinstance(item, Linear) and item.op.row.control == "halt")
    end = next(halts)
    stores: list[Item] = [Linear(make_op(STORE, {"rt": number, "disp": RESULTS + number})) for number in kept]
    return Program([*items[:end], *stores, *items[end:]])


def memory_after(items: list[Item]) -> bytes:
    oracle = Sequential(items, SPEC)
    assert oracle.run(STEPS)
    return bytes(oracle.memory.bytes)


@given(programs() | looping_programs(), st.integers(4, 20), st.lists(st.sampled_from(GENERAL), unique=True))
def test_programs_of_names_compute_the_same(items: list[Item], free: int, kept: list[int]) -> None:
    items = stored_at_the_end(items, kept)
    named, registers = with_names(items, free)
    problems = allocate(registers, named)
    event("too few" if problems else "fits")
    if problems:
        assert [problem.code for problem in problems] == ["E-REGISTERS"]
    else:
        assert registers_in(named) <= set(range(COUNT - free, COUNT))
        assert memory_after(named) == memory_after(items)


# Straight code ----------------------------------------------------------------------------------
@st.composite
def straight_programs(draw: st.DrawFn) -> list[Item]:
    """Ops on a few registers, one after the other."""
    numbers = st.sampled_from(GENERAL)
    items: list[Item] = []
    for _ in range(draw(st.integers(1, 24))):
        row = draw(st.sampled_from(STRAIGHT))
        fields = {name: draw(numbers) for name in row.format.names if name in ("rd", "ra", "rb", "rt")}
        items.append(Linear(make_op(row, fields | ({"disp": RESULTS} if row.memory else {}))))
    return Program(items)


def most_at_once(items: list[Item]) -> int:
    """The most registers that hold, before or right after any op, a number that is read later or was just written."""
    ops = [item.op for item in items if isinstance(item, Linear)]
    reads = [{op.value(name) for name in op.row.reads} for op in ops]
    writes = [{op.value(op.row.write)} if op.row.write else set() for op in ops]

    def is_read_from(register: int, start: int) -> bool:
        for read, written in zip(reads[start:], writes[start:], strict=True):
            if register in read:
                return True
            if register in written:
                return False
        return False

    needed = [{number for number in GENERAL if is_read_from(number, start)} for start in range(len(ops) + 1)]
    return max(len(needed[0]), *(len(needed[place + 1] | written) for place, written in enumerate(writes)))


@given(straight_programs())
def test_straight_code_needs_as_many_registers_as_hold_numbers_at_once(items: list[Item]) -> None:
    most = most_at_once(items)
    named, registers = with_names(items, most)
    assert allocate(registers, named) == []
    assert memory_after(named) == memory_after(items)
    if most:
        again, fewer = with_names(items, most - 1)
        (problem,) = allocate(fewer, again)
        assert problem.message.startswith(f"{most} registers without a number are needed here at once")
        assert len(problem.notes) == min(most, 8)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 8)), max_size=16))
def test_intervals_get_as_few_colours_as_overlap_at_once(spans: list[tuple[int, int]]) -> None:
    busy = [set(range(start, start + length)) for start, length in spans]
    meets = [
        sum(1 << other for other, theirs in enumerate(busy) if theirs & mine and other != number)
        for number, mine in enumerate(busy)
    ]
    most = max((sum(time in each for each in busy) for time in range(40)), default=0)
    chosen = colour(meets, smallest_last(meets), most)
    assert chosen is not None
    assert all(chosen[a] != chosen[b] for a in range(len(busy)) for b in range(a) if busy[a] & busy[b])
    if most:
        assert colour(meets, smallest_last(meets), most - 1) is None


# Sources ----------------------------------------------------------------------------------------
def assembled(source: str) -> Assembly:
    result = assemble(source)
    assert result.diagnostics == []
    return result


def sums(terms: int, taken: int) -> str:
    """`terms` names made before the first is used, in a file that names `taken` registers."""
    head = "".join(f"        mov r{number}, 0\n" for number in range(taken))
    made = "".join(f"        ld %x{number}, [A + {number}]\n" for number in range(terms))
    used = "".join(f"        add r0, r0, %x{number}\n" for number in range(terms))
    return f".text\n{head}{made}{used}        halt\n.data\nA: .i32 {', '.join(map(str, range(1, terms + 1)))}\n"


def test_names_that_follow_each_other_need_no_register_each() -> None:
    steps = "".join(f"        ld %x{number}, [A]\n        add r0, r0, %x{number}\n" for number in range(100))
    machine = Machine(executable(f".text\n{steps}        halt\n.data\nA: .i32 3\n"))
    machine.run()
    assert machine.regs[0] == 300


def test_values_of_one_name_are_under_way_at_once() -> None:
    steps = "        ld %x, [A]\n        st [B], %x\n" * 8
    source = f".text\n{steps}        halt\n.data\nA: .i32 3\nB: .i32 0\n"
    assert cycles(source) == 8 + LOAD  # a load and a store every cycle
    assert cycles(source.replace("%x", "r1")) == 8 * LOAD + 1  # each load issues with the store before it


def cycles(source: str) -> int:
    machine = Machine(executable(source))
    machine.run()
    return machine.cycle


def test_registers_start_as_zero_under_a_name_too() -> None:
    machine = Machine(executable("        mov %y, 5\n        add r0, %y, 1\n        add r1, %x, 1\n        halt\n"))
    machine.run()
    assert list(machine.regs[:2]) == [6, 1]


def test_too_many_names_are_refused_with_place_and_names() -> None:
    assert assembled(sums(12, 20)).ok
    result = assemble(sums(13, 20))
    (problem,) = result.diagnostics
    assert problem.code == "E-REGISTERS"
    assert problem.message == "13 registers without a number are needed here at once and the file leaves 12"
    assert problem.place is not None and problem.place.line == 34  # the load of the last
    assert [note.message for note in problem.notes] == [f"`%x{number}` is one of them" for number in range(8)]
    assert problem.help == "`%x11` is used next in line 46: keep it in memory until then"
