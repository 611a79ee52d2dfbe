"""Code typed at the prompt of the debugger: its data and names, what it is refused for, and its edits."""

from __future__ import annotations

from pathlib import Path

import pytest
from typed_tools import COUNTING, counting, empty, refused, registers

from debugger.load import Source
from debugger.session import Session
from debugger.timeline import Edit
from isa.diagnostics import SourceError
from vm.state import is_over


# Data and names -------------------------------------------------------------------------------
def test_typed_data_lie_beside_the_programs_and_are_known_from_then_on(engine: str) -> None:
    session = counting(engine)
    cycle, place = session.cycle, session.pc
    session.execute("x: .i32 7, 8, 9")
    session.execute(".array B: i32[2, 2] = 1, 2, 3, 4")
    assert (session.cycle, session.pc) == (cycle, place)
    session.execute("ld r5, [x + 2]\nld r6, [B + 3]\nst [x], r6")
    assert registers(session, 5, 6) == [9, 4]
    assert session.machine["A"].tolist() == [10, 20, 30, 40]
    assert session.machine["x"].tolist() == [4, 8, 9]
    for _ in range(3):
        session.undo()
    assert not any(session.machine["x"].tolist())


def test_typed_tensors_flow(engine: str) -> None:
    session = empty(engine)
    session.execute(".tensor a: u8[4, 32] @ auto = each(i, j, i * 32 + j)\n.tensor b: u8[4, 32] @ auto")
    session.execute("vload %x, a\nvadd.u8.w %y, %x, %x\nvstore b, %y")
    assert (session.machine["b"] == session.machine["a"] * 2).all()
    assert session.is_over


def test_names_that_are_typed_stay(engine: str) -> None:
    session = empty(engine)
    session.execute(".equ k = 6")
    session.execute(".reg i")
    session.execute("mov i, k")
    session.execute("mov %j, 7")
    session.execute("mul r20, i, %j")
    assert session.register(20) == 42
    assert len(set(session.loaded.names.registers.values())) == 2


def test_macros_of_the_program_and_typed_ones_expand(engine: str) -> None:
    session = counting(engine)
    session.execute("mov r5, 7\ntriple r5")
    session.execute(".macro six register\ntriple \\register\nadd \\register, \\register, \\register\n.endm")
    session.execute("six r5")
    assert session.register(5) == 7 * 3 * 6


def test_names_take_registers_that_nothing_names() -> None:
    session = counting()
    session.execute("mov %x, 1\nmov %y, 2")
    taken = {session.loaded.names.registers[name] for name in ("%x", "%y")}
    assert len(taken) == 2 and not taken & {1, 2, 9, 31, session.loaded.names.registers["total"]}
    session.execute("\n".join(f"mov r{number}, 0" for number in range(32)))
    with pytest.raises(SourceError, match=r"E-REGISTERS.*no register is left for `%z`"):
        session.execute("mov %z, 1")


def test_typed_code_takes_no_register_that_it_does_not_name(engine: str) -> None:
    session = counting(engine)
    before = list(session.state.registers)
    session.execute("mov r5, 0\nloop 40, end\nmul r6, r5, r5\nadd r7, r7, r6\nadd r5, r5, 1\nend:")
    after = list(session.state.registers)
    assert after[7] == sum(i * i for i in range(40))
    assert {number for number in range(32) if before[number] != after[number]} <= {5, 6, 7}


# Refused --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "code", "columns"),
    [
        ("  add r1, r99, 1", "E-REGISTER", (11, 14)),
        ("ld r1, [AA]", "E-UNDEFINED", (9, 11)),
        ("jmp strat", "E-UNDEFINED", (5, 10)),
        ("mvo r1, 2", "E-MNEMONIC", (1, 4)),
        ("{ mov r1, 1", "E-SYNTAX", (1, 2)),
        ("{ mul r1, r1, r1 !M0 || mul r2, r1, r1 !M0 }", "E-UNIT-BUSY", None),
        (".machine lpu1", "E-MACHINE", (10, 14)),
        ("A: .i32 1", "E-DUPLICATE", (1, 2)),
        ("mov r1, \0", "E-SOURCE", None),
        ("mov r1, " + "(" * 5000, "E-LIMIT", None),
    ],
)
def test_errors_name_what_was_typed(text: str, code: str, columns: tuple[int, int] | None) -> None:
    session = counting()
    problem = refused(session, text)
    assert problem.code == code and problem.place is not None
    assert problem.place.file == "<typed 1>" and session.sources["<typed 1>"] == text
    assert columns is None or (problem.place.column, problem.place.end_column) == columns


@pytest.mark.parametrize("text", ["", "  \n ", "; a comment", ".text"])
def test_what_says_nothing_is_refused(text: str) -> None:
    assert refused(counting(), text).message == "there is nothing to run"


def test_a_near_name_is_offered() -> None:
    assert "`start`" in refused(counting(), "jmp strat").help


def test_what_the_store_has_no_room_for_is_refused(tmp_path: Path) -> None:
    small = tmp_path / "small.toml"
    sizes = {"superlanes": 2, "quads": 2, "rows": 64, "text_syllables": 8}
    small.write_text("\n".join(['name = "small"', *(f"{key} = {value}" for key, value in sizes.items())]))
    session = Session.open(Source(machine=str(small)))
    problem = refused(session, "\n".join(f"mov r{number}, {number}" for number in range(7)))
    assert problem.code == "E-TEXT-SIZE"


# Edits ----------------------------------------------------------------------------------------
def test_edits_say_what_was_typed_and_how_it_ended() -> None:
    session = empty()
    session.execute("mov r1, 5")
    assert session.history.edits == [Edit(0, "run mov r1, 5"), Edit(1, "(and back to the program)")]


def test_a_saved_session_types_it_again(tmp_path: Path) -> None:
    session = counting()
    session.execute("x: .i32 5")
    session.execute("ld r5, [x]")
    session.execute("jmp done")
    session.step(by="cycle")
    session.save(tmp_path / "session.json")
    again = Session.resume(tmp_path / "session.json")
    assert again.state == session.state
    assert again.history.edits == session.history.edits


def test_reload_begins_without_what_was_typed(tmp_path: Path) -> None:
    path = tmp_path / "counting.s"
    path.write_text(COUNTING)
    session = Session.open(Source((str(path),), machine="lpu-tiny"))
    session.execute("mov r5, 1")
    session.reload()
    assert session.register(5) == 0 and len(session.image.text) == len(session.loaded.image.text)
    session.execute("mov r5, 2")
    assert session.register(5) == 2 and "<typed 1>" in session.sources


def test_over_means_that_all_has_landed(engine: str) -> None:
    session = empty(engine)
    session.execute("{ mul r1, r1, r1 || mov r2, 3 }")
    assert is_over(session.state) and session.cycle == 3
