"""History by example: ends, edits, looking back at many stops, memory."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from test_stops import PLACES, counting

from conform.build import Bundle, addresses, image, op
from debugger.history import FEW, History
from debugger.timeline import Edit
from isa.image import Image
from isa.machine import LPU1, LPU_TINY, MachineSpec
from vm.engine import FAULT, HALTED, RUNNING, STOPPED
from vm.machine import Machine
from vm.pages import PAGE_BYTES, Viewed, blank, captured, own_bytes, put_back
from vm.stops import UNIT, WRITE, Stop, Stops, Watch

WORD = 4


def storing(rounds: int, machine: MachineSpec = LPU_TINY) -> Image:
    """Stores k to word (k - 1) mod 2048 in cycle 2k, for k from 1 on."""
    body: list[Bundle] = [
        [op("add rd, ra, imm", rd=1, ra=1, imm=1)],
        [op("and rd, ra, imm", rd=2, ra=1, imm=2047), op("st [disp + rb], rt", disp=0, rb=2, rt=1)],
    ]
    start = op("loop imm, target", imm=rounds, target=0)
    end = addresses([start], *body)[-1]
    return image([start.with_field("target", end)], *body, [op("halt [code]")], machine=machine)


def set_register(number: int, value: int) -> Callable[[Machine], None]:
    return lambda machine: machine.engine.set_register(number, value)


# Ends -----------------------------------------------------------------------------------------
def test_a_run_that_halted_can_be_gone_through_both_ways(engine: str) -> None:
    history = History(counting(engine))
    assert (history.end, history.run()) == (None, HALTED)
    end = history.cycle
    assert history.end == end
    assert (history.back(), history.cycle) == (RUNNING, end - 1)
    assert (history.goto(-5), history.cycle) == (RUNNING, 0)
    assert (history.goto(10**9), history.cycle, history.machine.halted) == (HALTED, end, True)


def test_a_fault_is_found_again_where_it_was(engine: str) -> None:
    program = [[op("nop count", count=5)], [op("div rd, ra, rb", rd=1, ra=1, rb=2)]]
    history = History(Machine(image(*program), engine))
    assert (history.run(), history.cycle, history.end) == (FAULT, 5, 5)
    fault = history.machine.engine.fault
    assert (history.back(2), history.machine.engine.fault) == (RUNNING, None)
    assert (history.goto(5), history.machine.engine.fault) == (FAULT, fault)
    assert (history.run(), history.cycle) == (FAULT, 5)


def test_an_edit_may_wait_at_an_address(engine: str) -> None:
    """It is made whenever a run comes there, stops nothing, and is met again as any other."""
    history = History(counting(engine))
    history.when_at(PLACES[3], lambda machine: machine.engine.set_register(7, machine.state.registers[7] + 1), "count")
    assert history.run() == HALTED
    cycles = [edit.cycle for edit in history.edits]
    assert len(cycles) == 3 and {edit.text for edit in history.edits} == {"count"}
    for cycle, counted in ((cycles[1] - 1, 1), (cycles[1], 2), (cycles[1] + 1, 2), (history.end, 3), (0, 0)):
        assert cycle is not None
        history.goto(cycle)
        assert history.machine.state.registers[7] == counted
    assert (history.run(), history.machine.state.registers[7], len(history.edits)) == (HALTED, 3, 3)
    assert (history.undo(), history.machine.state.registers[7]) == ("count", 2)


def test_where_an_edit_waits_others_may_stop(engine: str) -> None:
    history = History(counting(engine))
    history.when_at(PLACES[3], set_register(7, 5), "five")
    assert history.run(stops=Stops(frozenset({PLACES[3]}))) == STOPPED
    assert history.stop is not None and (history.stop.pc, history.machine.state.registers[7]) == (PLACES[3], 5)


def test_a_fault_can_be_mended(engine: str) -> None:
    program = [[op("nop count", count=5)], [op("div rd, ra, rb", rd=1, ra=1, rb=2)], [op("halt [code]")]]
    history = History(Machine(image(*program), engine))
    history.run()
    history.edit(set_register(2, 3), "r2 = 3")
    assert (history.status, history.end) == (RUNNING, None)
    assert history.run() == HALTED
    assert history.undo() == "r2 = 3"
    assert (history.cycle, history.status, history.end) == (5, FAULT, 5)


def test_runs_stop_and_jumps_do_not(engine: str) -> None:
    history = History(counting(engine))
    stops = Stops(frozenset({PLACES[1]}))
    assert (history.run(stops=stops), history.cycle) == (STOPPED, 1)
    assert history.stop == Stop("breakpoint", -1, 1, PLACES[1], -1, PLACES[1])
    assert (history.run(stops=stops), history.cycle) == (STOPPED, 8)
    assert (history.run(10, stops), history.cycle, history.stop) == (RUNNING, 10, None)
    assert (history.goto(16), history.cycle) == (RUNNING, 16)


# Edits ----------------------------------------------------------------------------------------
def test_an_edit_that_fails_changes_nothing(engine: str) -> None:
    history = History(counting(engine))
    history.run(9)

    def fail(machine: Machine) -> None:
        machine.engine.set_register(1, 99)
        raise KeyError("no such thing")

    def run_on(machine: Machine) -> None:
        machine.engine.run(11)

    with pytest.raises(KeyError):
        history.edit(fail, "r1 = 99")
    with pytest.raises(ValueError) as raised:
        history.edit(run_on, "run")
    assert str(raised.value) == "an edit stays in its cycle, 9; this one ended in cycle 11"
    assert (history.cycle, history.edits, history.undo()) == (9, [], None)
    assert history.machine.state == history_of(9, engine).machine.state


def history_of(cycle: int, engine: str) -> History:
    history = History(counting(engine))
    history.run(cycle)
    return history


def test_an_edit_drops_those_of_later_cycles_until_it_is_undone(engine: str) -> None:
    history = history_of(12, engine)
    history.edit(set_register(7, 1), "r7 = 1")
    history.goto(5)
    history.edit(set_register(8, 2), "r8 = 2")
    assert history.edits == [Edit(5, "r8 = 2")]
    history.goto(12)
    assert [history.machine.state.registers[number] for number in (7, 8)] == [0, 2]
    assert history.undo() == "r8 = 2"
    assert (history.cycle, history.edits) == (5, [Edit(12, "r7 = 1")])
    history.goto(12)
    assert [history.machine.state.registers[number] for number in (7, 8)] == [1, 0]


def test_marks_are_cycles_with_names(engine: str) -> None:
    history = history_of(9, engine)
    history.mark("second store")
    history.run()
    assert (history.goto(history.marks["second store"]), history.cycle) == (RUNNING, 9)


# Looking back ---------------------------------------------------------------------------------
@pytest.mark.parametrize("before", [0, 1, 2, 3, 4, 5, 2999, 10_000, 39_990, 40_001, 40_002, 10**9])
def test_the_last_of_very_many_stops_is_found(before: int) -> None:
    rounds = 20_000
    assert rounds > 8 * FEW
    history = History(Machine(storing(rounds)))
    history.run()
    stop = history.last(Stops(watches=(Watch(WRITE, 0, LPU_TINY.sram_bytes - 1),)), before)
    last = min((before - 2) // 2, rounds)  # round k stores in cycle 2k, which is seen in 2k + 1
    assert (stop.cycle if stop else None) == (2 * last + 1 if last >= 1 else None)
    assert (history.status, history.cycle) == (HALTED, history.end)


def test_looking_back_stays_where_it_is_when_it_is_asked_to_pause() -> None:
    history = History(Machine(storing(200)))
    history.goto(301)
    state = history.machine.state
    history.pause_asked = True
    assert history.last(Stops(watches=(Watch(WRITE, 0, 3),)), 301) is None
    assert (history.machine.state, history.pause_asked) == (state, True)


def test_looking_back_stays_in_the_state_of_an_edit(engine: str) -> None:
    history = history_of(9, engine)
    history.edit(set_register(7, 1), "r7 = 1")
    stop = history.last(Stops(watches=(Watch(UNIT, 0, 8),)), 10)
    assert stop is not None and stop.cycle == 9
    assert history.machine.state.registers[7] == 1


# Memory ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("size", [0, 10, PAGE_BYTES, 3 * PAGE_BYTES + 1])
def test_pages_are_shared_where_they_are_equal(size: int) -> None:
    memory = bytearray(size)
    viewed, empty = Viewed(memoryview(memory)), blank(size)
    places = range(len(empty))
    assert b"".join(empty) == bytes(size)
    assert captured(viewed, empty, places) == empty
    assert own_bytes(captured(viewed, empty, places), empty) == 0
    memory[size // 2 :] = bytes([1]) * len(memory[size // 2 :])
    kept = captured(viewed, empty, places)
    assert b"".join(kept) == memory
    put_back(viewed, empty, places)
    assert memory == bytes(size)


def test_memory_is_bounded_and_every_cycle_still_there() -> None:
    budget = 2 << 20
    history = History(Machine(storing(3000)), budget, spacing=0.0)
    plain = Machine(storing(3000))
    assert history.run() == HALTED
    assert budget // 2 < history.bytes <= budget
    rng = Random(3)
    for cycle in sorted(rng.randrange(6000) for _ in range(20)):
        plain.run(cycle)
        history.goto(6000 - cycle)
        history.goto(cycle)
        assert history.machine.state == plain.state
        assert bytes(history.machine.engine.sram()) == bytes(plain.engine.sram())


def test_a_big_machine_costs_what_it_uses() -> None:
    history = History(Machine(storing(50, LPU1)), spacing=0.0)
    assert history.run() == HALTED
    assert history.bytes < 16 << 20 < LPU1.sram_bytes
    assert (history.goto(61), history.cycle) == (RUNNING, 61)
    assert bytes(history.machine.engine.sram()[WORD * 29 : WORD * 31]) == bytes([30, 0, 0, 0, 0, 0, 0, 0])
