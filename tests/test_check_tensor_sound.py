"""The checks of the tensor face against the golden model: in straight code they find what faults and what is lost."""

from __future__ import annotations

from burst_strategies import SPEC, Timed, burst_programs, text_of
from hypothesis import assume, event, given

from asm.check import check_image
from conform.build import op
from isa import codec
from isa.diagnostics import ERROR, Diagnostic, Place
from isa.faults import CODES
from isa.image import Image
from isa.lines import LineEntry, Lines
from vm.items import Lost
from vm.reference import ReferenceEngine

LIMIT = 3000


def checked(text: list[int]) -> list[Diagnostic]:
    """What is said of an executable in which the op at address a is on line a + 1."""
    lines = [LineEntry(address, Place("text", address + 1)) for address in range(len(text))]
    return check_image(Image(SPEC, text, lines=Lines.of(lines), executable=True))


def run(text: list[int]) -> ReferenceEngine:
    engine = ReferenceEngine(SPEC, codec.to_bytes(text), uninit="zero")
    engine.run(LIMIT)
    return engine


def lost_by_bundle(engine: ReferenceEngine) -> dict[int, int]:
    found: dict[int, int] = {}
    for item in engine.state.tensor:
        if isinstance(item, Lost):
            found[item.pc] = found.get(item.pc, 0) + item.losses
    return found


def warned_by_bundle(text: list[int], problems: list[Diagnostic]) -> dict[int, int]:
    starts = codec.bundle_starts(text)
    found: dict[int, int] = {}
    for problem in problems:
        assert problem.place is not None
        start = max(start for start in starts if start < problem.place.line)
        found[start] = found.get(start, 0) + problem.data["lost"]
    return found


@given(burst_programs())
def test_straight_code_is_refused_exactly_when_it_faults(timed: list[Timed]) -> None:
    text = text_of(timed)
    problems = checked(text)
    errors = {problem.code for problem in problems if problem.severity == ERROR}
    engine = run(text)
    if engine.fault is not None:
        event(CODES[engine.fault.code])
        assert CODES[engine.fault.code] in errors
    else:
        assert errors == set()
        assert warned_by_bundle(text, problems) == lost_by_bundle(engine)


@given(burst_programs(), burst_programs())
def test_what_runs_twice_in_a_loop_is_not_refused(first: list[Timed], second: list[Timed]) -> None:
    head, body, end = text_of(first)[:-1], text_of(second)[:-1], [op("halt [code]")]
    assume(body)
    loop = op("loop imm, target", imm=2, target=len(head) + 1 + len(body))
    text = [*head, *codec.encode_bundle([loop]), *body, *codec.encode_bundle(end)]
    engine = run(text)
    if engine.fault is None:
        event("runs")
        problems = checked(text)
        assert [problem for problem in problems if problem.severity == ERROR] == []
        lost = lost_by_bundle(engine)
        for bundle, values in warned_by_bundle(text, problems).items():
            assert 0 < values <= lost[bundle]
