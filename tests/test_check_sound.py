"""The static checks against the machine: what they refuse faults, and what runs they do not refuse."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from asm.check import check_image
from conform.generate import SPEC, any_ops, broken_programs, legal_programs, registers, resolved, wild_programs
from isa import codec
from isa.codec import Op
from isa.diagnostics import Place
from isa.faults import CODES
from isa.image import Image
from isa.lines import LineEntry, Lines
from vm.reference import ReferenceEngine

LIMIT = 3000
IN_FLIGHT = ("E-HAZARD", "E-WRITE-CLASH")


def image_of(text: list[int]) -> Image:
    """An executable in which the op at address a is on line a + 1."""
    lines = [LineEntry(address, Place("text", address + 1)) for address in range(len(text))]
    return Image(SPEC, text, lines=Lines.of(lines), executable=True)


def refused(text: list[int]) -> dict[int, set[str]]:
    """The codes of the checks' errors by the address of the bundle at fault."""
    starts = codec.bundle_starts(text)
    found: dict[int, set[str]] = {}
    for problem in check_image(image_of(text)):
        assert problem.place is not None
        start = max(start for start in starts if start < problem.place.line)
        found.setdefault(start, set()).add(problem.code)
    return found


def run(text: list[int], contents: list[int]) -> ReferenceEngine:
    engine = ReferenceEngine(SPEC, codec.to_bytes(text), uninit="zero")
    for register, value in enumerate(contents):
        engine.set_register(register, value)
    engine.run(LIMIT)
    return engine


def has_return(text: list[int]) -> bool:
    """A `ret` may lead anywhere; the checks take it to lead to after a call, or to a label."""
    for start in codec.bundle_starts(text):
        try:
            ops, _ = codec.decode_bundle(text, start)
        except codec.CodecError:
            continue
        if any(op.row.control == "ret" for op in ops):
            return True
    return False


@given(legal_programs())
def test_legal_programs_are_not_refused(text: list[int]) -> None:
    assert refused(text) == {}


@given(st.one_of(wild_programs(), broken_programs()), registers())
def test_what_runs_without_fault_is_not_refused(text: list[int], contents: list[int]) -> None:
    assume(text and not has_return(text))
    engine = run(text, contents)
    if engine.fault is None:
        assert not engine.issue_counts().keys() & refused(text).keys()


@given(st.lists(st.lists(any_ops(), min_size=1, max_size=3), min_size=1, max_size=12), registers())
def test_in_straight_code_exactly_the_hazards_are_found(bundles: list[list[Op]], contents: list[int]) -> None:
    plain = [[op for op in bundle if not op.row.control and not op.row.memory] for bundle in bundles]
    distinct = [list({op.unit: op for op in bundle}.values()) for bundle in plain if bundle]
    assume(distinct)
    text = resolved(distinct)
    engine = run(text, contents)
    found = refused(text)
    assert not engine.issue_counts().keys() & found.keys()
    if engine.fault is not None and CODES[engine.fault.code] in IN_FLIGHT:
        assert CODES[engine.fault.code] in found[engine.fault.pc]
