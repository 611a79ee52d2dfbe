"""Translated regions against the interpreter of the same core: every state, count, fault and stop is the same."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from kernel_sources import Kernel

import lpu
from conform.mix import Mix
from conform.strategies import sample, sample_violation
from isa.image import Image
from isa.machine import LPU_TINY
from vm.core import CoreEngine
from vm.engine import RUNNING
from vm.loader import load
from vm.stops import Stops
from vm.translate import build, region, tier
from vm.translate.emit import Region
from vm.translate.graph import entries_of, followers, longest_way
from vm.translate.region import told
from vm.translate.tier import Tier

PROGRAMS = Path(__file__).resolve().parent.parent / "programs"
LIMIT = 5000
SCALAR = Mix(scalar=4, tensor=0, control=6, items=(4, 14), length=(6, 30))


@pytest.fixture(autouse=True)
def quick_builds(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Compiled without optimising, kept in a folder of the tests."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))
    monkeypatch.setattr(build, "FLAGS", tuple(flag.replace("-O2", "-O0") for flag in build.FLAGS))
    build.fingerprint.cache_clear()
    yield
    build.fingerprint.cache_clear()


def known(engine: CoreEngine, until: int = LIMIT) -> CoreEngine:
    """The engine back at its beginning, all its plans made by a run."""
    state, sram, written = engine.state, bytes(engine.sram()), bytes(engine.written())
    engine.run(until)
    engine.set_state(state)
    engine.sram()[:] = sram
    engine.set_written(written)
    return engine


def translated(engine: CoreEngine) -> CoreEngine:
    """The engine with all that hangs together from here on translated."""
    tier = Tier(engine._machine)
    tier.begin(least=0)
    tier.finish()
    assert not tier.failure
    return engine


def counts(engine: CoreEngine) -> dict[int, int]:
    return engine.issue_counts()


def same(one: CoreEngine, other: CoreEngine) -> None:
    assert one.state == other.state
    assert one.fault == other.fault
    assert bytes(one.sram()) == bytes(other.sram())
    assert bytes(one.written()) == bytes(other.written())


def both(image: Image, uninit: str = "fault", until: int = LIMIT) -> tuple[CoreEngine, CoreEngine]:
    """A translated engine that was run and set back, and one that was so, too, but is not translated."""
    one, other = (known(core(image, uninit), until) for _ in range(2))
    return translated(one), other


def runs_alike(image: Image, rng: Random, uninit: str = "fault") -> bool:
    """In pieces of random length, from end to end. Says whether it began in a region."""
    one, other = both(image, uninit)
    was_in_region = is_inside(one)
    status = RUNNING
    while status == RUNNING and one.cycle < LIMIT:
        until = one.cycle + rng.choice((1, 2, 7, 60, 1000))
        status = one.run(until)
        assert other.run(until) == status
        same(one, other)
    assert counts(one) == counts(other)
    return was_in_region


@pytest.mark.parametrize("seed", range(8))
def test_generated_programs(seed: int) -> None:
    rng = Random(seed)
    uninit = rng.choice(("fault", "zero", "poison"))
    assert runs_alike(sample(rng, LPU_TINY, SCALAR).image(), rng, uninit)


@pytest.mark.parametrize("seed", [1, 4, 7, 13, 137])
def test_loops_through_memory(seed: int) -> None:
    """Their accesses are proved at the head of the loop, as far as they hold."""
    rng = Random(seed)
    assert runs_alike(lpu.assemble(Kernel(rng).text()), rng, rng.choice(("fault", "zero", "poison")))


@pytest.mark.parametrize("code", ["E-HAZARD", "E-BANK", "E-UNINIT", "E-DIV", "E-ASSERT", "E-LOOP", "E-PC", "E-RANGE"])
def test_programs_with_a_fault(code: str) -> None:
    rng = Random(code)
    program = sample_violation(rng, LPU_TINY, SCALAR, code).program
    assert runs_alike(program.image(), rng)


@pytest.mark.parametrize("name", ["matmul_bundles.s", "collatz.s", "crc32.s", "newton_sqrt.s", "sort.s", "gcd.s"])
def test_programs_of_the_repository(name: str) -> None:
    image = lpu.assemble(PROGRAMS / name, machine="lpu-tiny")
    assert runs_alike(image, Random(name), "zero")


LOOP = """
        .machine lpu-tiny
        .array words: i32[32] = each(i, i + 1)
        .array out: i32[32]
        mov     r1, 0
        mov     r4, 0
        mov     r6, DIVISOR
        mov     r7, ROUNDS
        mov     r8, 1000
again:  ld      r2, [words + r1]
        add     r4, r4, r2
        sub     r6, r6, 1
        div     r5, r8, r6
        st      [out + r1], r4
        add     r1, r1, 1
        cmp     r1, r7
        jlt     again
"""


def looping(tmp_path: Path, rounds: int, divisor: int = 100) -> Image:
    source = tmp_path / "loop.s"
    source.write_text(LOOP.replace("DIVISOR", str(divisor)).replace("ROUNDS", str(rounds)))
    return lpu.assemble(source)


@pytest.mark.parametrize(("rounds", "divisor", "code"), [(40000, 99999, "E-RANGE"), (20, 10, "E-DIV"), (33, 99, "")])
def test_a_loop_that_ends_well_or_not(tmp_path: Path, rounds: int, divisor: int, code: str) -> None:
    """Faults are found in the cycle and with the record that they have without translation."""
    one, other = both(looping(tmp_path, rounds, divisor), "zero", 100_000)
    assert one.run(100_000) == other.run(100_000)
    same(one, other)
    assert (one.fault.name if one.fault else "") == code
    assert counts(one) == counts(other)


def test_stops_end_regions_and_new_ones_keep_them(tmp_path: Path) -> None:
    image = looping(tmp_path, 30)
    one, other = both(image)
    again = max(counts(one), key=lambda address: counts(one)[address])
    for engine in (one, other):
        assert engine.run(40) == RUNNING
        engine.set_stops(Stops(breakpoints=frozenset([again])))
    for _ in range(6):
        assert one.run(LIMIT) == other.run(LIMIT)
        same(one, other)
        assert one.stop == other.stop
        translated(one)


def test_states_are_set_in_the_middle_of_a_region(tmp_path: Path) -> None:
    """Also such that no run of the program leads to: then nothing of the region may be run that relies on it."""
    image = looping(tmp_path, 30)
    one, other = both(image)
    for engine in (one, other):
        engine.run(60)
        state = engine.state
        engine.set_state(replace(state, registers=(*state.registers[:7], 12, *state.registers[8:])))
        engine.run(LIMIT)
    same(one, other)


def test_long_runs_are_translated_by_themselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vm.core.SLICES_BEFORE_TRANSLATION", 1)
    monkeypatch.setattr("vm.translate.tier.PATIENCE", 1)
    engine = core(spinning(tmp_path))
    engine.run(1 << 22)
    assert engine._tier
    engine._tier.finish()
    assert is_inside(engine)
    engine.run(1 << 23)
    other = core(spinning(tmp_path))
    for until in range(1 << 20, (1 << 23) + 1, 1 << 20):  # too short to be translated
        other._tier = None
        other.run(until)
    same(engine, other)
    assert counts(engine) == counts(other)


def test_without_a_compiler_runs_are_interpreted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vm.core.SLICES_BEFORE_TRANSLATION", 1)
    monkeypatch.setattr("vm.translate.tier.PATIENCE", 1)
    monkeypatch.setattr(build, "compiler", lambda: None)
    engine = core(spinning(tmp_path))
    engine.run(1 << 22)
    assert engine._tier
    assert engine._tier.regions == tier.MOST
    assert not is_inside(engine)


@pytest.mark.parametrize("mode", [0o777, None])
def test_without_a_cache_of_the_users_own_runs_are_interpreted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int | None
) -> None:
    """What others could have written is not run; and a library that is none is no library."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "cache" / "lpu" / "regions"
    folder.mkdir(parents=True, mode=0o700)
    if mode:
        folder.chmod(mode)
    engine = known(core(looping(tmp_path, 30)))
    tier = Tier(engine._machine)
    tier.begin(least=0)
    if not mode:
        assert tier._build
        tier._build.wait()
        tier._build._part.write_bytes(b"no library")
    tier.finish()
    assert not is_inside(engine)
    engine.run(LIMIT)
    assert list(folder.glob("tmp*")) == []


def test_a_compiler_that_fails_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """What it said is told to who asks for it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LPU_TRANSLATE", "verbose")
    fails = tmp_path / "fails"
    fails.write_text("#!/bin/sh\necho no such thing >&2\nexit 3\n")
    fails.chmod(0o700)
    monkeypatch.setattr(build, "compiler", lambda: str(fails))
    engine = known(core(looping(tmp_path, 30)))
    tier = Tier(engine._machine)
    tier.begin(least=0)
    tier.finish()
    assert tier.failure == "the C compiler ended with 3: no such thing"
    assert capfd.readouterr().err == f"nothing is translated: {tier.failure}\n"
    assert not is_inside(engine)
    assert list((tmp_path / "cache" / "lpu" / "regions").iterdir()) == []


def test_a_library_that_was_spoilt_is_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    begun = build.Build("text")
    begun.wait()
    library = begun.library
    library.write_bytes(b"no library")
    with pytest.raises(OSError, match=library.name):
        build.Build("text").load()
    assert not library.exists()


def test_the_cache_keeps_what_was_used_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "MOST_KEPT", 3)
    for age in range(6):
        library = tmp_path / f"{age}.so"
        library.touch()
        os.utime(library, (1000 - age, 1000 - age))
    build.drop_oldest(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.so", "1.so", "2.so"]


def spinning(tmp_path: Path) -> Image:
    source = tmp_path / "spin.s"
    source.write_text(".machine lpu-tiny\nagain: add r1, r1, 1\ncmp r1, 0\njne again\n")
    return lpu.assemble(source)


def is_inside(engine: CoreEngine) -> bool:
    return region.is_inside(engine._machine)


# The graph ------------------------------------------------------------------------------------
def test_rounds_of_a_loop_are_one_piece() -> None:
    sizes = {"n": 2, "m": 24, "k": 2}
    engine = known(core(lpu.assemble(PROGRAMS / "matmul_bundles.s", machine="lpu-tiny", defines=sizes), "zero"))
    text = Region(told(engine._machine, 0)).text()
    assert "turns_inside(" in text
    assert "known_word(" in text


def test_every_circle_has_an_entry_and_ways_between_them_are_bounded() -> None:
    """By walking at random: no walk passes more cycles without an entry than is said."""
    for seed in range(6):
        rng = Random(seed)
        engine = known(core(sample(rng, LPU_TINY, SCALAR).image()))
        blocks = told(engine._machine, 0)
        entries, longest = entries_of(blocks), longest_way(blocks, entries_of(blocks))
        for _ in range(200):
            number, cycles = rng.choice(entries), 0
            while (ways := followers(blocks, number)) and (cycles == 0 or number not in entries):
                number, cost = rng.choice(ways)
                cycles += cost
            assert cycles <= longest


def core(image: Image, uninit: str = "fault") -> CoreEngine:
    engine = load(image, "core", uninit=uninit)
    assert isinstance(engine, CoreEngine)
    return engine
