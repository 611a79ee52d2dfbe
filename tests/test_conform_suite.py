"""The fixed suite: both engines pass it, wrong ones do not, and every rule of docs/machine.md has a program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pytest

from conform.cases import cases
from conform.fixed import FAILED, PASSED, SKIPPED, Case, case_of, run
from conform.fixed_report import data, text, verdicts
from conform.promises import PromiseError
from conform.rules import UNTESTED, rules
from conform.target import EngineTarget, Outcome
from isa.faults import CODES, RawFault
from isa.machine import LPU_TINY, MachineSpec
from isa.table import ROWS

SLOWLY = 40  # the golden model runs one in so many of the cases made of the table


@cache
def everything() -> tuple[Case, ...]:
    return tuple(cases())


def written() -> list[Case]:
    """The programs in files."""
    return [case for case in everything() if case.name[:2].isdecimal()]


def made() -> list[Case]:
    """The others."""
    return [case for case in everything() if not case.name[:2].isdecimal()]


@pytest.mark.parametrize(("engine", "chosen"), [("core", everything()), ("reference", [*written(), *made()[::SLOWLY]])])
def test_both_engines_pass(engine: str, chosen: Sequence[Case]) -> None:
    results = list(run(EngineTarget(engine), chosen))
    assert not {result.case.name: result.why for result in results if result.status != PASSED}
    assert len(results) == len(chosen) > len(written())


# What there is --------------------------------------------------------------------------------------
def test_every_rule_has_a_program_or_a_reason_to_have_none() -> None:
    named = {name for case in everything() for name in case.rules}
    assert named | set(UNTESTED) == set(rules())
    assert not named & set(UNTESTED)


def test_every_rule_has_a_program_in_a_file_but_those_of_numbers() -> None:
    named = {name for case in written() for name in case.rules} | set(UNTESTED)
    assert {name.partition(".")[0] for name in set(rules()) - named} <= {"M-15"}


def test_cases_have_names_of_their_own_and_titles() -> None:
    assert len({case.name for case in everything()}) == len(everything())
    assert all(case.title.endswith(".") for case in written())


def test_every_fault_code_is_expected_somewhere() -> None:
    small = [case for case in written() if not any(need.unmet(LPU_TINY) for need in case.needs)]
    faults = [case.made(LPU_TINY).expected.fault for case in small]
    assert {fault.code for fault in faults if fault} == set(range(1, len(CODES)))


def test_every_op_of_elements_has_vectors() -> None:
    asked = {case.name.split("/")[1] for case in made() if case.name.startswith("vectors/")}
    floats = {row.mnemonic for row in ROWS if row.units.name == "V" or (row.units.name == "F" and row.write)}
    assert floats <= asked


# Implementations that are wrong ---------------------------------------------------------------------
class Late(EngineTarget):
    """Ends every run a cycle late."""

    def run(self, until: int) -> Outcome:
        outcome = super().run(until)
        return outcome._replace(cycle=outcome.cycle + 1)


class Vague(EngineTarget):
    """Names slot 0 in every fault."""

    def run(self, until: int) -> Outcome:
        outcome = super().run(until)
        return outcome._replace(fault=replace(outcome.fault, slot=0)) if outcome.fault else outcome


class Least(EngineTarget):
    """Tells how runs end, and nothing else."""

    lacks = frozenset({"record", "registers", "state", "tensor", "memory", "written", "counts", "trace", "append"})

    def run(self, until: int) -> Outcome:
        outcome = super().run(until)
        fault = outcome.fault
        return outcome._replace(fault=RawFault(fault.code, fault.cycle, fault.pc)) if fault else outcome


def test_an_implementation_that_is_late_fails_where_cycles_are_stated() -> None:
    chosen = [case for case in written() if case.name.startswith(("05-", "08-"))]
    statuses = [result.status for result in run(Late("core"), chosen)]
    assert statuses.count(FAILED) == len([case for case in chosen if case.made(LPU_TINY).expected.cycle is not None])


def test_a_wrong_record_is_told() -> None:
    [case] = [case for case in written() if case.name == "08-faults/first_unit"]
    [result] = run(Vague("core"), [case])
    assert (result.status, result.why) == (FAILED, "slot of the fault must be 2 and is 0")


def test_the_least_target_is_tested_by_all_that_needs_no_state() -> None:
    results = list(run(Least("core"), [*written(), *made()[::SLOWLY]]))
    reasons = {result.why for result in results if result.status != PASSED}
    assert reasons == {
        f"the target lacks `{feature}`" for feature in ("registers", "counts", "memory", "tensor", "state")
    }
    assert [result.status for result in results].count(SKIPPED) < 40


@pytest.mark.parametrize("spec", [
    MachineSpec("narrow", superlanes=1, quads=3, banks=1, rows=32, streams=8, vxm_alus=1, mxm_planes=0),
    MachineSpec("flat", superlanes=3, quads=1, banks=2, rows=100, streams=16, vxm_alus=2, mxm_planes=2),
])  # fmt: skip
def test_on_an_odd_machine_what_does_not_fit_says_what_it_needs(spec: MachineSpec) -> None:
    results = list(run(EngineTarget("core"), [*written(), *made()[::SLOWLY]], [spec]))
    whys = [result.why for result in results if result.status != PASSED]
    assert not [why for why in whys if not why.startswith("needs ")]
    assert len(whys) < len(results) // 1.5


# What is told ---------------------------------------------------------------------------------------
WRONG = """\
; A program that promises what is not so.
; rules M-9.1
; expect halt

        .unchecked
        { mov r1, 7 }
        { assert r1, 8 }
        { halt }
"""


def test_a_failure_names_the_line_and_the_numbers() -> None:
    [result] = run(EngineTarget("core"), [case_of("here/wrong", WRONG)])
    assert result.why == "expected halted, observed E-ASSERT in cycle 1 (line 7: 0x7 against 0x8)"
    assert "here/wrong on lpu-tiny: expected halted" in text("core", [result])
    [told] = [each for each in data([result])["rules"] if each["status"] == FAILED]
    assert (told["name"], told["programs"]) == ("M-9.1", ["here/wrong"])


def test_a_rule_fails_when_one_of_its_programs_does() -> None:
    good = case_of("here/good", WRONG.replace("r1, 8", "r1, 7"))
    results = list(run(EngineTarget("core"), [good, case_of("here/wrong", WRONG)]))
    assert {each.rule.name: each.status for each in verdicts(results)}["M-9.1"] == FAILED
    assert {each.rule.name: each.status for each in verdicts(results[:1])}["M-9.1"] == PASSED


def test_a_machine_that_is_too_small_is_a_reason_to_skip() -> None:
    case = case_of("here/large", WRONG.replace("; expect", "; needs quads >= 3, banks = 1\n; expect"))
    [result] = run(EngineTarget("core"), [case], [LPU_TINY])
    assert (result.status, result.why) == (SKIPPED, "needs quads >= 3, the machine has 2")


@pytest.mark.parametrize(("line", "message"), [
    ("; expect stop", "`expect stop` is neither a fault code nor one of halt, running, with a cycle"),
    ("; expect E-DIV cycle 3", "`expect E-DIV` says cycle, pc, slot, "),
    ("; expect E-DIV cycle 3 pc nowhere", "`nowhere` is neither a number nor a label of the program"),
    ("; expect halt\n; leaves much", "`leaves much` is none of rN V"),
    ("; expect halt\n; needs luck = 3", "`needs luck = 3` is no parameter of machines"),
    ("; expect halt\n; run quickly=1", "`run quickly=1` is no such setting"),
    ("", "it has no line `; expect ...`"),
])  # fmt: skip
def test_a_promise_that_is_none_is_told(line: str, message: str) -> None:
    with pytest.raises(PromiseError) as caught:
        case_of("here/odd", WRONG.replace("; expect halt", line)).made(LPU_TINY)
    assert str(caught.value).startswith("here/odd: ")
    assert message in str(caught.value)
