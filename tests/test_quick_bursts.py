"""Ops on streams in the bundles of long sources are columns: they come out as they do the plain way."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asm.assemble import Assembly, assemble
from asm.check import tensor
from asm.check.alike import kind_of
from asm.operands.tensor import match_tensor
from asm.quick.assemble import attempt
from asm.quick.columns import Columns
from asm.quick.compose import Composer
from asm.schedule.reserve import assign_run
from asm.scope.scope import Scope
from isa.machine import LPU1
from isa.records import replace
from isa.row import BANK, HEMI, IMM, SLICE_ROW, STREAM, VECTOR, WRITE, Operand, Row
from isa.table import ROWS
from tests.profile_tools import part_of_examples
from tests.test_assemble_quick import outcome, quickly

HEAD = "        .array x: i32[64]\n        .global start\nstart:  { nop 1 }\n"
MACRO = """        .macro both stream, row
        { read \\stream, mw40[\\row]  ||  add r3, r4, 5 }
        { nop 9 }
        .endm
        .macro one row
        { add r4, r4, 5  ||  read se8, mw40[\\row] }
        .endm
"""
ROUNDS = {"n": 2, "d": 3, "stride": -1, "m": 2, "e": 300, "stride2": 5, "row0": 16}


def is_column(row: Row) -> bool:
    """Whether ops of a row are columns: of formats that need the choice of a unit one row each is enough here."""
    odd = any(each.kind == BANK or (each.kind == IMM and each.type[0] in "fb") for each in row.operands)
    return row.tensor and not odd and ("u" not in row.format.names or row.type in ("", "i8"))


COLUMNS = [row for row in ROWS if is_column(row)]


def written(operand: Operand, number: int) -> str:
    """An operand of some kind; streams flow as planes 0 and 1 need it."""
    if operand.kind == SLICE_ROW:
        return f"mw4[{number}{' + r3' * ('ra' in operand.fields)}]"
    if operand.kind == VECTOR and (operand.role != WRITE or number == 6):
        return f"{'v' if operand.role == WRITE else 'r'}{number}"
    if operand.kind in (STREAM, VECTOR):
        return f"s{'e' if operand.flow == 'out' else 'w'}{operand.width * operand.groups % 32}"
    return "W" if operand.kind == HEMI else "0" if operand.fields == ("plane",) else f"{number % 8}"


def line_of(row: Row, number: int) -> str:
    """A bundle with an op of a row, and one that is scalar."""
    settings = [f"{name}={ROUNDS[name]}" for name in row.attributes if name in ROUNDS]
    operands = ", ".join([*(written(operand, number) for operand in row.positional), *settings])
    return f"{{ {row.mnemonic} {operands}  ||  add r1, r2, {number} }}"


def in_columns(text: str) -> Assembly:
    """What becomes of a source of which no bundle becomes an object."""
    with patch.object(Composer, "_object", side_effect=AssertionError):
        made = attempt(text, "<input>", Scope(LPU1), None)
    assert made is not None
    return made


@pytest.mark.parametrize("row", COLUMNS, ids=lambda row: row.key)
def test_bursts_of_all_formats_are_columns(row: Row) -> None:
    ends = "{ nop 2000 }\n        { jlt start }\n"
    text = HEAD + "".join(f"        {line_of(row, number)}\n        {ends}" for number in (1, 6))
    assert outcome(in_columns(text)) == outcome(assemble(text))


VECTORS = (
    "{ vmov.i8 se0, r3, n={n}  ||  vadd.i8.w v{v}, se4, r{n}, n={n}  ||  vmov.i8 se8, r3, n=9  ||  add r1, r2, {n} }"
)


@pytest.mark.parametrize(
    ("odd", "more"),
    [
        ("", 0),
        ("{ shift.up E, se0, se1, 1 }", 0),
        ("{ vmov.i8 se12, r3 !V2 }", 3),
        ("{ vadd.i8.w se12, se4, five }", 3),
    ],
)
def test_units_are_chosen_run_by_run(odd: str, more: int) -> None:
    """In runs that are alike once; bursts that are objects are given theirs with those around them."""
    lines = ["        .equ five = 5", HEAD]
    for number, (n, v, wait) in enumerate([(1, 0, 1), (20, 0, 1), (20, 1, 1), (20, 0, 30), (20, 0, 2)] * 3):
        run = VECTORS.replace("{n}", str(n)).replace("{v}", str(v))
        lines += [
            f"l{number}: {run}",
            f"{{ nop {wait} }}",
            "{ vmov.i8 se16, r4 }",
            odd * (number % 5 == 4),
            f"{{ jlt l{number} }}",
        ]
    text = "\n".join([*lines, ""])
    with patch("asm.quick.units.assign_run", side_effect=assign_run) as assigned:
        made = attempt(text, "<input>", Scope(LPU1), None)
    assert made is not None and assigned.call_count <= 5 + more
    assert outcome(made) == outcome(assemble(text))


@pytest.mark.parametrize(
    ("lines", "is_taken"),
    [
        ("{ vmov.i8 se0, r3 !V2 }", True),
        (".timeline\n@0 vmov.i8 se0, r3\n@3 vadd.i8.w se1, se0, r4\n.endtimeline", True),
        ("vmov.i8 se0, r3", False),
        ("{ vmov.i8 se0, r3 !V2 }\nvmov.i8 se0, r3", False),
    ],
)
def test_what_flows_into_others_is_taken_where_its_cycle_is_written(lines: str, is_taken: bool) -> None:
    """The line with a pin is read anew: no line like it was met before."""
    text = HEAD + lines.replace("r3", f"r{20 + is_taken}") + "\n{ nop 9 }\n{ jlt start }\n"
    assert (attempt(text, "<input>", Scope(LPU1), None) is not None) == is_taken
    assert outcome(quickly(text)) == outcome(assemble(text))


def test_too_many_bursts_for_their_units_are_refused() -> None:
    for count in (16, 17):
        ops = "  ||  ".join(f"vmov.i8 se{number}, r3" for number in range(count))
        text = HEAD + f"        {{ {ops} }}\n        {{ jlt start }}\n"
        assert (attempt(text, "<input>", Scope(LPU1), None) is not None) == (count == 16)
        assert outcome(quickly(text)) == outcome(assemble(text))


@pytest.mark.parametrize("settings", ["m=1, e=3", "e=3", "stride2=4, n=3", "m=1, stride2=2"])
def test_what_says_nothing_of_one_round_leaves_a_source_quick(settings: str) -> None:
    text = HEAD + f"        {{ read se0, mw0[1], {settings} }}\n        {{ nop 9 }}\n        {{ jlt start }}\n"
    made = attempt(text, "<input>", Scope(LPU1), None)
    assert made is not None
    assert outcome(made) == outcome(assemble(text))


def test_lost_values_are_warned_of_where_they_are_written() -> None:
    """In lines of the source, and in those of macros, of which each use is another place."""
    lines = ["{ add r1, r2, 3  ||  read se0, mw40[1], n=2  ||  read.4 sw4, me8[5] }  ; twice", "{ nop 200 }"]
    text = MACRO + "\n".join([*lines * 3, *["both se4, 7", "{ nop 200 }", "one 7", "{ nop 200 }"] * 3, "{ halt }\n"])
    made = attempt(text, "<input>", Scope(LPU1), None)
    assert made is not None and len(made.diagnostics) == 12
    assert {found.code for found in made.diagnostics} == {"W-STREAM-LOST"}
    assert outcome(made) == outcome(assemble(text))


@pytest.mark.parametrize(("row", "met", "most"), [("9", 0, 4), (f"{LPU1.rows}", 1, 4), ("k4_0", 0, 60)])
def test_banks_that_no_burst_comes_near_are_alike(row: str, met: int, most: int) -> None:
    """Only the first is looked at; what is in the bank of the burst when that is busy is found by its number. Of bursts
    that are objects it is not known which banks they come near."""
    banks = [f"{number // 2}.{number % 2}" for number in range(60)]
    data = "".join(f"        .data mw{bank}\nk{bank[:-2]}_{bank[-1]}: .i32 1\n" for bank in banks) + "        .text\n"
    lines = ("l{0}: {{ read se0, mw4[ROW], n=4 }}", "{{ ld r8, [k{0}] }}", "{{ nop 20 }}", "{{ jlt l{0} }}\n")
    line = "\n".join(lines).replace("ROW", row)
    text = data + HEAD + "".join(line.format(bank.replace(".", "_")) for bank in banks if not bank.startswith("4."))
    with patch.object(tensor, "kind_of", wraps=kind_of) as looked:
        made = attempt(text, "<input>", Scope(LPU1), None)
    assert looked.call_count <= most
    assert made is not None and outcome(made) == outcome(assemble(text))
    for bank in (0, 1):
        more = text + line.format(f"4_{bank}")
        assert (attempt(more, "<input>", Scope(LPU1), None) is None) == (bank == met)
        assert outcome(quickly(more)) == outcome(assemble(more))


def test_operands_are_read_once_of_bundles_that_are_alike() -> None:
    line = "l{0}: {{ read.4 se{1}, mw40[{2}], n=4  ||  xor r17, r16, {0} }}\n{{ nop 20 }}\n{{ jlt l{0} }}\n"
    text = HEAD + "".join(line.format(number, number % 8 * 4, 9 * number) for number in range(200))
    with (
        patch.object(Columns, "_written", autospec=True, side_effect=Columns._written) as shown,
        patch("asm.operands.match.match_tensor", wraps=match_tensor, create=True) as matched,
    ):
        made = in_columns(text)
    assert shown.call_count < 40 and not matched.called
    assert outcome(made) == outcome(assemble(text))


@pytest.mark.parametrize(
    ("others", "row", "stride", "bank", "is_met"),
    [
        (9, LPU1.rows - 4, 1, 1, False),
        (9, LPU1.rows - 1, 1, 1, True),
        (9, LPU1.rows - 1, -1, 1, False),
        (LPU1.rows + 9, LPU1.rows, -1, 0, True),
        (LPU1.rows + 9, LPU1.rows, 1, 0, False),
        (9, LPU1.rows + 9, 1, 1, True),
    ],
)
def test_rows_of_two_banks_are_told_apart(others: int, row: int, stride: int, bank: int, is_met: bool) -> None:
    """A burst that goes on into another bank meets an access there, those that are otherwise like it do not."""
    line = "l{0}: {{ read se0, mw0[{1}], n=4, stride={2} }}\n{{ ld r8, [{3}] }}\n{{ nop 20 }}\n{{ jlt l{0} }}\n"
    rows = [*[others] * 9, row]
    text = HEAD + "".join(line.format(*each, stride, bank * LPU1.words_per_bank) for each in enumerate(rows))
    assert (attempt(text, "<input>", Scope(LPU1), None) is None) == is_met
    assert outcome(quickly(text)) == outcome(assemble(text))


@pytest.mark.parametrize(
    "op",
    [
        f"read se0, mw0[{LPU1.rows * LPU1.banks}]",
        "read.4 se2, mw0[1]",
        "read.4 se0, mw2[1]",
        "read se0, mw44[1]",
        "read r3, mw0[1]",
        "read start, mw0[1]",
        "read se32, mw0[1]",
        "read se0, mw0[1], n=0",
        "read se0, mw0[1], n=2, n=2",
        "read se0, mw0[1], m=2, e=0",
        "read se0, mw0[1], e=3",
        "abc.i8 0, se0",
        "abc.f16 1, sw0",
        "iw 4",
        "permute Q, se0, se1, 0",
        "read se0, mw0[1] !V3",
    ],
)
def test_what_is_wrong_or_odd_is_left_to_the_plain_way(op: str) -> None:
    text = (
        HEAD
        + f"        {{ read se0, mw0[1], n=2 }}\n        {{ {op} }}\n        {{ nop 9 }}\n        {{ jlt start }}\n"
    )
    assert outcome(quickly(text)) == outcome(assemble(text))


SMALL = replace(LPU1, quads=2, rows=64, streams=16, mxm_planes=2)


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("read se0, mw0[127]", "read se0, mw0[128]"),
        ("read se0, mw0[127 + r3]", "read se0, mw0[128 + r3]"),
        ("read se0, mw7[r1], n=60000, m=90, e=60000", "read se0, mw8[r1], n=60000, m=90, e=60000"),
        ("read sw15, mw0[0]", "read sw16, mw0[0]"),
        ("abc.i8 2, se0", "abc.i8 3, se0"),
    ],
)
def test_what_a_machine_lacks_is_refused(good: str, bad: str) -> None:
    for op in (good, bad):
        text = f"{HEAD}        {{ {op} }}\n        {{ nop 9 }}\n        {{ jlt start }}\n"
        made, same = attempt(text, "<input>", Scope(SMALL), SMALL), assemble(text, machine=SMALL)
        assert (made is None) == (op == bad) == (not same.ok)
        assert made is None or outcome(made) == outcome(same)


LINES = (
    "{{ read.{w} se{s}, mw{q}[{row}], n={n}  ||  xor r17, r16, {n} }}",
    "{{ read.{w} se{s}, mw{q}[{row} + r{n}], stride=-{n} }}",
    "{{ write.{w} mw{q}[r{n}], se{s}  ||  ld r8, [x + r4] }}",
    "{{ accr 2, {n}, sw{s}, n={n}, m=2, e={row} }}",
    "{{ read se{s}, mw{q}[{row} - {n}], m={n}, e=60  ||  write mw{q}[{row}], sw{s}  ||  nop {n} }}",
    "{{ read sw{s}, x[{row}] }}",
    "{{ read sw{s}, mw{q}[x] }}",
    "        both se{s}, {row}",
    "        one {row}",
    "{{ vadd.i32.w v{n}, se{s}, se{s}  ||  read.4 se{s}, mw40[{row}] }}",
    "{{ vadd.i8.w se{s}, r{n}, -{n}, n={w}  ||  vmov.i32 sw{s}, v{n}, n=9 }}",
    "{{ vmov.i8 se{s}, r{n}, n=30  ||  vmov.i8 sw{s}, r3 !V{n} }}",
    "{{ shift.up W, se{s}, sw{s}, {n}, n={row}  ||  distribute E, sw{s}, se{s}, 1 }}",
    "{{ lw.i8 0, sw0, n={n} }}",
    "{{ nop {n} }}",
    "{{ nop 60 }}",
    "{{ halt }}",
    "t{i}: add r1, r2, {n}",
)
numbers = st.fixed_dictionaries(
    {
        "s": st.sampled_from((0, 4, 8)),
        "w": st.sampled_from((2, 4)),
        "q": st.sampled_from((0, 40)),
        "row": st.sampled_from((0, 1, 300, LPU1.rows - 2, LPU1.rows, LPU1.rows * LPU1.banks - 3)),
        "n": st.sampled_from((1, 2, 4)),
    }
)
chosen = st.lists(st.tuples(st.sampled_from(LINES), numbers, st.booleans()), min_size=1, max_size=9)


@part_of_examples(2)
@given(chosen, st.booleans())
def test_bursts_come_out_the_same(lines: list[tuple[str, dict[str, int], bool]], is_entered: bool) -> None:
    made = [MACRO, HEAD if is_entered else HEAD.replace(".global start", "")]
    for number, (line, values, is_left) in enumerate(lines):
        made.append(line.format(i=number, **values))
        made += ["{ nop 70 }", "{ jlt start }"] * is_left
    text = "\n".join([*made, ""])
    assert outcome(quickly(text)) == outcome(assemble(text))
