"""Coverage: what known programs reach, what can be reached at all, and that random ones stay within it."""

from __future__ import annotations

from random import Random

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conform import run as running
from conform.build import op
from conform.cover.classes import classes_of
from conform.cover.coverage import Coverage, CoverageError, from_json, groups_of, points_of
from conform.cover.points import Group, Point
from conform.finding import from_image
from conform.program import Program
from conform.run import Settings, program_of, run
from conform.strategies import sample_violation
from conform.target import EngineTarget
from isa.codec import Op
from isa.machine import LPU1, LPU_TINY, MachineSpec
from isa.places import V_REGISTERS
from isa.table import ROWS
from isa.types import TYPES
from isa.units import CLASSES
from lpu.api import assemble

NO_PLANES = MachineSpec("bare", superlanes=1, quads=1, banks=1, rows=16, mxm_planes=0)


def reached(source: str) -> set[Point]:
    """What a program in the dialect reaches on lpu-tiny, each line of `source` a bundle."""
    lines = [line if line.endswith(":") else f"{{ {line} }}" for line in source.splitlines()]
    return points_of(from_image(assemble("\n".join([".machine lpu-tiny", *lines, ""]))))


def of(points: set[Point], *names: str) -> set[Point]:
    return {point for point in points if point[0] in names}


def group(name: str, spec: MachineSpec = LPU_TINY) -> Group:
    return next(each for each in groups_of(spec) if each.name == name)


# Known programs -------------------------------------------------------------------------------
def test_a_register_read_as_soon_as_it_may_be_is_at_distance_0() -> None:
    points = reached("mul r1, r2, r3\nnop 2\nadd r4, r1, 7\nnop 1\nadd r5, r1, r4\nhalt 0")
    assert of(points, "register") == {
        ("register", "M", "A", "0"),
        ("register", "M", "A", "2"),
        ("register", "A", "A", "1"),
    }


def test_values_are_of_the_classes_of_what_is_in_the_registers() -> None:
    points = reached("mov r1, -1\nmov r2, 0x7FFFFFFF\nadd r3, r1, r2\nfma.f32 r4, r1, r2, r5\nhalt 0")
    key = "add rd, ra, rb"
    assert ("value", key, "ra", "minus one") in points
    assert ("value", key, "rb", "greatest") in points
    assert of(points, "pair") == {("pair", "add", "minus one", "greatest")}
    assert {("value", "fma.f32 rd, ra, rb, rc", name, "NaN") for name in ("ra", "rb")} <= points
    assert ("value", "fma.f32 rd, ra, rb, rc", "rc", "+0") in points


def test_units_are_told_apart_by_how_many_cycles_lie_between() -> None:
    points = reached("mov r1, 1 || mov r2, 2 || mul r3, r4, r5\nnop 3\nst [0], r6\nhalt 0")
    assert of(points, "timing") == {
        ("timing", "A", "A", "0"), ("timing", "A", "M", "0"),
        ("timing", "A", "B", "1"), ("timing", "M", "B", "1"),
        ("timing", "A", "L", "4"), ("timing", "M", "L", "4"), ("timing", "B", "L", "3"),
        ("timing", "A", "B", "5"), ("timing", "M", "B", "5"), ("timing", "B", "B", "4"), ("timing", "L", "B", "1"),
    }  # fmt: skip


def test_what_is_in_flight_when_control_does_something() -> None:
    points = reached("mul r1, r2, r3\nhalt 0")
    assert of(points, "in flight") == {("in flight", "halt", "register write")}
    points = reached("loop 2, done\nmov r1, 1\nadd r2, r1, 1\ndone:\nhalt 0")
    assert of(points, "in flight") == {
        ("in flight", name, "nothing") for name in ("loop begun", "loop goes round", "loop ends", "halt")
    }


def test_a_stream_is_followed_from_its_maker_to_its_takers() -> None:
    source = "vmov.i32 se0, 0x80000000, n=2 || vmov.i32 sw0, 1\nnop 1\nwrite.4 me0[3], se0, n=2\nnop 9\nhalt 0"
    points = reached(source)
    assert of(points, "path") == {("path", "V", "WP")}
    assert {("value", "write.4 slice[row], stream", "stream", "upper half")} == {
        point for point in of(points, "value") if point[1].startswith("write")
    }
    assert ("burst", "write", "stride 1") in points
    assert ("burst", "write", "elements in a row") in points
    assert ("burst", "vmov", "one element") in points
    assert ("landing", "V", "V") in points
    assert not of(points, "crossing")


def test_accesses_side_by_side_are_told_by_where_they_are() -> None:
    far = LPU_TINY.words_per_bank * LPU_TINY.banks * LPU_TINY.slices
    points = reached(
        f"st [0], r1 || st [{far}], r2\nst [0], r1 || st [{LPU_TINY.words_per_bank}], r2\nld r3, [0]\nhalt 0"
    )
    assert of(points, "banks") == {
        ("banks", "st", "st", "other hemisphere"),
        ("banks", "st", "st", "other bank of the slice"),
    }
    assert of(points, "memory") == {("memory", "st", "ld", "0")}


MUL = op("mul rd, ra, rb", rd=1, ra=2, rb=3)
LEAST, MINUS_ONE = (op("mov rd, imm", u=k, rd=k, imm=value) for k, value in enumerate((0x80000000, 0xFFFFFFFF)))
V0, V1 = V_REGISTERS, V_REGISTERS + 1
FAULTS: list[tuple[list[list[Op]], str, str, str]] = [
    ([[MUL], [op("add rd, ra, rb", rd=4, ra=1, rb=1)]], "add", "E-HAZARD", "scalar op"),
    ([[op("cmp ra, rb", ra=1, rb=2)], [MUL], [op("div rd, ra, imm", rd=1, ra=2, imm=0)]], "div", "E-DIV", "by zero"),
    ([[LEAST, MINUS_ONE], [op("div rd, ra, rb", rd=3, ra=0, rb=1)]], "div", "E-DIV", "overflow"),
    ([[op("ld rt, [disp]", rt=1, disp=0)]], "ld", "E-UNINIT", "ld"),
    ([[op("ld rt, [disp]", rt=1, disp=LPU_TINY.words)]], "ld", "E-RANGE", "ld"),
    ([[MUL], [op("mov rd, imm", rd=1)]], "mov", "E-WRITE-CLASH", "register, in flight"),
    ([[op("mov rd, imm", rd=1), op("mov rd, imm", u=1, rd=1)]], "mov", "E-WRITE-CLASH", "register, one cycle"),
    ([[op("vneg.i32.w dst, sa", dst=V0, sa=V1)]], "vneg", "E-UNINIT", "v register"),
    ([[op("vneg.i32.w dst, sa", dst=V0, sa=0)]], "vneg", "E-STREAM-EMPTY", "the first of the streams"),
    ([[op("acc.emit plane, stream", plane=0, stream=0)]], "acc.emit", "E-ACC-EMPTY", "any"),
    ([[op("trap [code]", code=3)]], "trap", "E-TRAP", "any"),
    ([[op("notify link", link=2)]], "notify", "E-LINK", "any"),
]


@pytest.mark.parametrize(("bundles", "family", "code", "cause"), FAULTS, ids=lambda given: str(given)[:20])
def test_faults_are_told_by_family_and_cause(bundles: list[list[Op]], family: str, code: str, cause: str) -> None:
    points = points_of(Program(LPU_TINY, tuple(map(tuple, bundles))))
    assert of(points, "fault", "cause") == {("fault", family, code), ("cause", code, cause)}


# What there is --------------------------------------------------------------------------------
def test_all_rows_are_reachable_but_those_that_always_fault() -> None:
    found = group("instruction")
    faulting = {("instruction", row.key) for row in ROWS if row.units is CLASSES["C"] or row.control == "trap"}
    assert set(found.excluded) == faulting
    assert {point[1] for point in found.reachable} == {row.key for row in ROWS} - {key for _, key in faulting}


def test_a_machine_without_planes_excludes_all_that_needs_them() -> None:
    planes = {name for name, cls in CLASSES.items() if cls.where == "plane"}
    for each in groups_of(NO_PLANES):
        assert not {point for point in each.reachable if planes & set(point[1:])}, each.name
    assert ("crossing", "SXM.W", "both pass") in group("crossing", NO_PLANES).reachable


@pytest.mark.parametrize("spec", [LPU_TINY, LPU1, NO_PLANES], ids=lambda spec: spec.name)
def test_points_are_distinct_and_every_exclusion_has_a_reason(spec: MachineSpec) -> None:
    points = [point for each in groups_of(spec) for point in (*each.reachable, *each.excluded)]
    assert len(points) == len(set(points)) > 30_000
    for each in groups_of(spec):
        assert all(each.excluded.values())
        assert {len(point) for point in (*each.reachable, *each.excluded)} == {1 + len(each.axes)}


@pytest.mark.parametrize("spec", [LPU_TINY, NO_PLANES], ids=lambda spec: spec.name)
def test_programs_reach_nothing_but_what_is_reachable(spec: MachineSpec) -> None:
    reachable = {point for each in groups_of(spec) for point in each.reachable}
    settings = Settings(seed=3, spec=spec)
    for number in range(20):
        assert not points_of(program_of(settings, number).program) - reachable


@pytest.mark.parametrize("code", ["E-PC", "E-ILLEGAL", "E-LOOP", "E-TYPE", "E-BANK", "E-STREAM-TORN", "E-STREAM-LOST"])
def test_planted_faults_are_covered_and_reachable(code: str) -> None:
    reachable = {point for each in groups_of(LPU_TINY) for point in each.reachable}
    found = sample_violation(Random(code), violation=code)
    points = points_of(found.program)
    assert [point[1] for point in points if point[0] == "cause"] == [code]
    assert points <= reachable


# Classes of values ----------------------------------------------------------------------------
def class_by_numpy(type_name: str, pattern: int) -> str:
    """The class of a pattern as NumPy sees the value."""
    t = TYPES[type_name]
    dtype = np.dtype(getattr(ml_dtypes, t.numpy)) if type_name == "bf16" else np.dtype(t.numpy)
    value = np.array([pattern], f"<u{t.bits // 8}").view(dtype)[0]
    if t.kind != "f":
        info = np.iinfo(dtype)
        named = {0: "zero", 1: "one", info.max: "greatest", info.min or -1: "least", -1: "minus one"}
        middle = ("negative", "positive") if t.kind == "i" else ("lower half", "upper half")
        return named.get(int(value), middle[int(value) > info.max // 2 if t.kind == "u" else int(value) > 0])
    limits = ml_dtypes.finfo(dtype)
    if np.isnan(value):
        return "NaN"
    if np.isinf(value):
        return "-inf" if value < 0 else "+inf"
    if value == 0:
        return "-0" if np.signbit(value) else "+0"
    if abs(value) < limits.smallest_normal:
        return "subnormal"
    return "negative" if value < 0 else {1.0: "one", float(limits.max): "greatest"}.get(float(value), "positive")


@given(st.sampled_from([name for name, t in TYPES.items() if t.bits >= 8]), st.data())
def test_classes_of_words_are_those_of_their_values(type_name: str, data: st.DataObject) -> None:
    bits = TYPES[type_name].bits
    edges = [int(start) for start in classes_of(type_name).starts]
    near = st.sampled_from(edges).flatmap(lambda edge: st.sampled_from([edge, edge + 1, max(edge, 1) - 1]))
    pattern = data.draw(st.integers(0, (1 << bits) - 1) | near.filter(lambda word: word < 1 << bits))
    found = classes_of(type_name)
    assert found.names[found.of_word(pattern)] == class_by_numpy(type_name, pattern)
    assert found.names[found.of_lanes(np.array([pattern], np.uint32))[0]] == class_by_numpy(type_name, pattern)


# Coverage of many -----------------------------------------------------------------------------
@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs are of small batches, and steered ones are aimed anew after each."""
    monkeypatch.setattr(running, "BATCH", 8)
    monkeypatch.setattr(running, "ROUND", 1)


def covered(
    programs: int, jobs: int = 1, seed: int = 11, steer: bool = False, known: Coverage | None = None
) -> Coverage:
    """What the first programs of a run cover."""
    settings = Settings(seed=seed, observe=True, steer=steer)
    found = Coverage(settings.spec)
    for tally in run(settings, programs, lambda: EngineTarget("core"), jobs, known):
        assert not tally.differing
        assert tally.coverage
        found.merge(tally.coverage)
    return found


@pytest.mark.usefixtures("small")
def test_a_run_covers_what_its_programs_do_on_however_many_processes() -> None:
    whole = covered(20)
    assert whole.programs == 20
    by_hand = Coverage(LPU_TINY)
    for number in range(20):
        by_hand.add(points_of(program_of(Settings(seed=11), number).program))
    assert whole.hits == by_hand.hits == covered(20, jobs=2).hits
    assert sum(share.covered for share in whole.shares()) == len(whole.hits)
    assert len(list(whole.uncovered())) == sum(len(each.reachable) for each in groups_of(LPU_TINY)) - len(whole.hits)


@pytest.mark.usefixtures("small")
def test_steered_programs_add_more_than_as_many_others() -> None:
    known = covered(40)
    steered, others = (covered(40, seed=12, steer=steer, known=known) for steer in (True, False))
    new = [len(each.hits.keys() - known.hits.keys()) for each in (steered, others)]
    assert new[0] > 1.15 * new[1], new


def test_json_and_back_is_the_same() -> None:
    found = Coverage(LPU_TINY)
    found.add(points_of(program_of(Settings(seed=1), 2).program))
    again = from_json(found.to_json())
    assert (again.hits, again.programs, again.spec) == (found.hits, 1, LPU_TINY)
    again.merge(found)
    assert again.programs == 2
    assert set(again.hits.values()) == {2}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "it does not say that it is 'lpu coverage' of version 1"),
        ({"format": "lpu coverage", "version": 2}, "it does not say that it is 'lpu coverage' of version 1"),
        ({"format": "lpu coverage", "version": 1, "machine": {}}, "it is broken: a machine needs a name"),
        ({"format": "lpu coverage", "version": 1, "machine": {"name": "m"}}, "it is broken: 'programs'"),
    ],
)
def test_what_is_no_coverage_is_refused(data: object, message: str) -> None:
    with pytest.raises(CoverageError) as refused:
        from_json(data)
    assert str(refused.value) == message


def test_coverage_of_another_machine_is_not_added() -> None:
    with pytest.raises(
        CoverageError, match="it is coverage of another machine, lpu1: superlanes is 20 here and 2 there"
    ):
        Coverage(LPU_TINY).merge(Coverage(LPU1))
