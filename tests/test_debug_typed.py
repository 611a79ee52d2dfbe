"""Code typed at the prompt of the debugger: what it does here and now."""

from __future__ import annotations

from pathlib import Path

from typed_tools import ADDS, COUNTING, counting, empty, registers

from debugger.load import Source
from debugger.session import Session


# What it does ---------------------------------------------------------------------------------
def test_lines_typed_on_an_empty_machine_run_one_after_the_other(engine: str) -> None:
    session = empty(engine)
    for line in ("mov r1, 5", "mul r2, r1, r1", "add r3, r2, 1"):
        assert session.execute(line).reason == "edit"
    assert registers(session, 1, 2, 3) == [5, 25, 26]
    assert session.cycle == 1 + 3 + 1  # each until it has landed
    assert session.is_over


def test_a_line_takes_the_cycles_it_needs_and_the_program_goes_on_where_it_stood(engine: str) -> None:
    session = counting(engine)
    at, cycle, loops = session.pc, session.cycle, session.state.loops
    found = session.execute("mul r5, r1, 3")
    assert (found.reason, found.pc, found.cycle) == ("edit", at, cycle + 3)
    assert session.state.loops == loops and session.register(5) == 3 * session.register(1)
    plain = Session.open(Source(text=COUNTING, machine="lpu-tiny", engine=engine))
    plain.run()
    assert session.run().reason == "halted"
    assert session.cycle == plain.cycle + 3
    assert registers(session, 1, 2) == registers(plain, 1, 2)


def test_a_bundle_issues_at_once_and_does_not_wait(engine: str) -> None:
    session = counting(engine)
    cycle = session.cycle
    session.execute("{ mul r5, r1, 3 || mov r6, 1 }")
    assert session.cycle == cycle + 1 and registers(session, 5, 6) == [0, 1]
    assert [write.register for write in session.state.in_flight if write.issued == cycle] == [5]
    session.execute("{ nop 2 }")
    assert session.register(5) == 3 * session.register(1)


def test_a_line_waits_for_what_is_under_way_and_a_bundle_faults(engine: str) -> None:
    session = counting(engine)
    session.step(by="bundle")
    (write,) = session.state.in_flight
    session.execute(f"add r5, r{write.register}, 0")
    assert session.register(5) == write.value and session.cycle == write.landing + 1
    session.undo()
    assert session.execute(f"{{ add r5, r{write.register}, 0 }}").reason == "fault"
    assert session.fault is not None and session.fault.code == "E-HAZARD"


def test_several_lines_with_a_loop_and_labels_are_one_piece(engine: str) -> None:
    session = counting(engine)
    session.execute("mov r5, 0\nagain: add r5, r5, 1\ncmp r5, 10\njlt again\nloop 5, end\nadd r6, r6, 3\nend:")
    assert registers(session, 5, 6) == [10, 15]
    assert session.place is not None and session.place.line == ADDS


def test_waiting_cycles_of_the_program_are_used(engine: str) -> None:
    session = counting(engine)
    session.step(by="bundle")
    session.step(by="cycle")
    fetch = session.state.next_fetch
    assert session.cycle < fetch
    session.execute("mov r5, 1")
    assert session.cycle < fetch == session.state.next_fetch


def test_names_of_the_program_mean_what_they_do_there(engine: str) -> None:
    session = counting(engine)
    session.execute("ld r5, [A + 2]\nmov r6, step * 3 + n\nld r7, [n]\nadd r8, total, 0")
    assert registers(session, 5, 6, 7) == [30, 10, 4]
    total = session.loaded.names.registers["total"]
    assert session.register(8) == session.register(total)


def test_constants_of_the_command_line_are_known() -> None:
    session = Session.open(Source(text=COUNTING, machine="lpu-tiny", defines={"step": 5, "more": 9}))
    session.execute("mov r5, step\nadd r5, r5, more")
    assert session.register(5) == 14


def test_an_executable_without_source_offers_its_symbols(tmp_path: Path) -> None:
    from isa import elf

    path = tmp_path / "counting.lpu"
    path.write_bytes(elf.write(Session.open(Source(text=COUNTING, machine="lpu-tiny")).image))
    session = Session.open(str(path))
    session.execute("ld r5, [A + 3]\nmov r6, n")
    assert registers(session, 5, 6) == [40, 4]
    assert session.execute("jmp done").pc == session.lines.labels["done"]


# Control --------------------------------------------------------------------------------------
def test_a_jump_into_the_program_goes_on_there_and_leaves_its_loop(engine: str) -> None:
    session = counting(engine)
    found = session.execute("jmp done")
    assert (found.reason, found.pc) == ("edit", session.lines.labels["done"])
    assert session.state.loops == ()
    assert session.run().reason == "halted" and session.register(2) == 7
    assert session.undo() == "run jmp done" and len(session.state.loops) == 1


def test_steps_go_through_typed_code_and_back_to_the_program(engine: str) -> None:
    session = counting(engine)
    place = session.place
    session.execute("{ mov r5, 1 }\n{ mov r6, 2 }\n{ add r5, r5, r6 }")
    session.back(3, by="cycle")
    lines = [session.place, *(session.step(by="line").place for _ in range(3))]
    assert [(each.file, each.line) for each in lines[:3] if each] == [("<typed 1>", line) for line in (1, 2, 3)]
    assert lines[3] == place
    session.back(by="line")
    assert session.place == lines[-2]
    session.reverse()
    assert session.cycle == 0


def test_a_breakpoint_where_a_jump_leads_is_heeded(engine: str) -> None:
    session = counting(engine)
    session.breakpoints.add("done")
    found = session.execute("jmp done")
    assert (found.reason, found.hits, session.state.loops) == ("breakpoint", (1,), ())


def test_a_jump_that_is_not_taken_comes_back(engine: str) -> None:
    session = counting(engine)
    at = session.pc
    session.execute("cmp r1, 0\njlt done\nmov r5, 3")
    assert session.pc == at and session.register(5) == 3


def test_a_function_of_the_program_is_called_and_comes_back(engine: str) -> None:
    session = counting(engine)
    at, loops = session.pc, session.state.loops
    found = session.execute("mov r9, 21\ncall r31, double")
    assert (found.reason, found.pc, session.state.loops) == ("edit", at, loops)
    assert session.register(9) == 42


def test_a_return_goes_to_where_its_register_says(engine: str) -> None:
    session = counting(engine)
    session.execute("mov r31, done")
    assert session.execute("ret r31").pc == session.lines.labels["done"]
    assert session.execute("mov r31, double\nret r31").pc == session.lines.labels["double"]


def test_a_return_to_no_bundle_is_a_fault(engine: str) -> None:
    session = counting(engine)
    session.execute("mov r31, 0x7FFFFFFF")
    assert session.execute("ret r31").reason == "fault"
    assert session.fault is not None and session.fault.code == "E-PC"


def test_what_is_typed_may_end_the_run(engine: str) -> None:
    session = counting(engine)
    found = session.execute("halt 3")
    assert found.reason == "halted" and session.machine.exit_code == 3
    session.execute("mov r5, 1")
    assert session.is_over and session.machine.exit_code == 3 and session.register(5) == 1
    assert session.undo() == "run mov r5, 1"
    assert session.undo() == "run halt 3"
    plain = Session.open(Source(text=COUNTING, machine="lpu-tiny", engine=engine))
    assert session.run() == plain.run()


def test_earlier_code_can_be_jumped_to(engine: str) -> None:
    session = empty(engine)
    session.execute("more: add r1, r1, 1\nadd r2, r2, 1")
    session.execute("jmp more")
    session.run()
    assert registers(session, 1, 2) == [2, 2]


def test_breakpoints_are_heeded_on_the_way(engine: str) -> None:
    session = counting(engine)
    at = session.pc
    session.breakpoints.watch("r5")
    found = session.execute("mov r5, 1\nmov r6, 2\nmov r7, 3\nmov r5, 4")
    assert (found.reason, found.hits) == ("watch", (1,))
    assert session.lines.label_of(session.pc).startswith("typed_1")
    assert session.run().reason == "watch" and session.register(5) == 4
    session.breakpoints.remove(1)
    session.step(by="cycle")
    assert at <= session.pc < len(session.loaded.image.text) and session.register(7) == 3


def test_steps_back_by_bundles_meet_typed_ones(engine: str) -> None:
    session = empty(engine)
    session.execute("mov r1, 5")
    session.execute("{ mul r2, r1, r1 || mov r3, 1 }")
    session.execute("{ mov r4, 2 }\n{ mov r5, 3 }")
    cycles = [session.back(by="bundle").cycle for _ in range(4)]
    assert cycles == [5, 4, 1, 0]
    assert session.lines.label_of(session.pc) == "typed_1"


def test_going_back_to_a_breakpoint_is_not_meeting_it_again(engine: str) -> None:
    session = counting(engine)
    session.breakpoints.add(str(ADDS))
    assert session.run().reason == "breakpoint"
    assert session.execute("mov r5, 1").reason == "edit"
    assert session.breakpoints[1].hits == 1
    assert session.run().reason == "breakpoint"


# Faults ---------------------------------------------------------------------------------------
def test_a_fault_of_typed_code_is_explained_by_it_and_taken_back(engine: str) -> None:
    session = counting(engine)
    before = session.state
    assert session.execute("ld r5, [A]\nld r6, [A + 100000]").reason == "fault"
    fault = session.fault
    assert fault is not None and fault.code == "E-RANGE" and fault.place is not None
    assert fault.place[:3] == ("<typed 1>", 2, 1)
    assert session.undo() == "run ld r5, [A]\nld r6, [A + 100000]"
    assert session.state == before and session.status == "running"


def test_typing_at_a_fault_clears_it(engine: str) -> None:
    session = Session.open(Source(text="ld r1, [r2]\nadd r3, r1, 1\nhalt", machine="lpu-tiny", engine=engine))
    session.set("r2", "100000")
    assert session.run().reason == "fault"
    session.execute("mov r2, 0")
    assert session.status == "running" and session.fault is None
    session.execute("st [0], r2")
    assert session.run().reason == "halted" and session.register(3) == 1


def test_typing_at_a_fault_of_typed_code_gives_that_up(engine: str) -> None:
    session = counting(engine)
    at, loops = session.pc, session.state.loops
    session.execute("mov r5, 200000\nloop 5, end\nld r6, [A + r5]\nend:")
    assert session.status == "fault" and len(session.state.loops) == 2
    assert session.execute("mov r5, 2\nld r6, [A + r5]").reason == "edit"
    assert (session.pc, session.state.loops) == (at, loops) and session.register(6) == 30
    assert session.run().reason == "halted"
