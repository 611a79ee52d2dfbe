"""Views of registers, planes, code and memory: held to the state, the codec and NumPy."""

from __future__ import annotations

import struct
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from view_tools import generated, kernel, session_of

from debugger.session import Session
from debugger.views.code import disas, listing
from debugger.views.contents import accumulators, planes, ranges, streams, vectors
from debugger.views.dump import Dump, value_of, x
from debugger.views.lanes import number
from debugger.views.memory import memory
from debugger.views.registers import loops, registers
from debugger.views.units import units
from isa.diagnostics import SourceError
from isa.image import Image
from isa.machine import LPU1
from isa.places import flows_west, place_name
from isa.types import TYPES
from vm.floorplan import position_name
from vm.items import Value
from vm.machine import Machine
from vm.stats import decoded_bundle


# Registers --------------------------------------------------------------------------------------
def test_registers_with_what_changed_and_what_is_coming() -> None:
    session = Session.open(str(kernel("debug/hazard.s").source.paths[0]))
    session.goto(33)
    before = session.state
    session.goto(34)
    view = registers(session, before)
    data = view.as_data()
    pairs = zip(before.registers, session.state.registers, strict=True)
    assert data["changed"] == [f"r{register}" for register, (old, new) in enumerate(pairs) if old != new] + (
        ["cc"] if before.cc != session.state.cc else []
    )
    assert [(each["register"], each["value"], each["landing"]) for each in data["in_flight"]] == [
        (f"r{write.register}", write.value, write.landing) for write in session.state.in_flight
    ]
    text = "\n".join(view.lines())
    for write in session.state.in_flight:
        assert f"lands in {write.landing}, in {write.landing - 34} cycle" in text
        assert f"~r{write.register} " in text


def test_every_register_is_shown_in_hexadecimal_and_signed() -> None:
    session = kernel("matmul.s")
    values = [(register * 0x9E3779B1) & 0xFFFFFFFF for register in range(32)]

    def change(machine: Machine) -> None:
        for register, value in enumerate(values):
            machine.engine.set_register(register, value)

    session.history.edit(change, "all registers")
    words = "\n".join(registers(session).lines()).split()
    for register, value in enumerate(values):
        at = words.index(f"r{register}")
        assert words[at + 1 : at + 3] == [f"{value:#010x}", str(struct.unpack("<i", struct.pack("<I", value))[0])]


def test_the_loop_stack() -> None:
    session = kernel("crc32.s")
    session.goto(60)
    rows = loops(session).as_data()["loops"]
    engine = Machine(session.image, "reference").engine
    engine.run(60)
    assert len(rows) == 2  # 8 bits of 256 entries
    assert [(row["start"], row["end"], row["remaining"]) for row in rows] == [
        (loop.start, loop.end, loop.remaining) for loop in engine.state.loops
    ]
    assert rows[0]["remaining"] in range(1, 257) and rows[1]["remaining"] in range(1, 9)
    assert len(loops(session).lines()) == 1 + 2


# Planes -----------------------------------------------------------------------------------------
def test_planes_hold_what_the_program_says() -> None:
    session = kernel("tensor/gemm_i8.s")
    session.goto(20)  # lw since 7, 16 rows an element, visible a cycle later
    first = planes(session).as_data()["planes"][0]
    assert (first["array"], first["buffer"], first["rows"]) == ("-", f"i8, {16 * 13} of 320 rows", [])
    session.goto(300)  # sums since 52, set from the next cycle on
    first = planes(session).as_data()["planes"][0]
    assert (first["array"], first["rows"]) == ("i8", list(range(300 - 52)))
    x_top, w = (session.machine[name].astype(np.int64) for name in ("x_top", "w_left"))
    partial = x_top[:, :320] @ w[:320]
    for row in accumulators(session, 0, first=10, count=4).as_data()["rows"]:
        assert [int(text) for text in row["lanes"]] == partial[row["row"], : len(row["lanes"])].tolist()


def test_v_registers_as_the_ops_that_read_them_have_it() -> None:
    session = kernel("tensor/vector_add_relu.s")
    session.goto(20)  # vadd since 4, latency 3: in cycle 20 the sum of rows 13 is in v0
    (row,) = vectors(session).as_data()["vectors"]
    a, b = (session.machine[name] for name in ("x", "y"))
    assert row["type"] == "f32"
    np.testing.assert_allclose([float(text) for text in row["lanes"]], (a + b)[13][:16], rtol=1e-3)
    assert row["landings"] == [21, 22]


@given(st.integers(0, 1 << 20), st.integers(0, 50))
def test_streams_by_position_are_those_of_the_state(seed: int, cycle: int) -> None:
    session = session_of(generated(seed))
    session.goto(cycle)
    view = streams(session)
    shown = {
        (each["stream"], position["position"]): (each["pc"], each["slot"], each["element"])
        for position in view.as_data()["positions"] for each in position["streams"]
    }  # fmt: skip
    expected = {}
    for item in session.state.tensor:
        if isinstance(item, Value):
            place = item.position + (-1 if flows_west(item.stream) else 1)
            if 0 <= place < session.spec.positions:
                name = position_name(session.spec, place).removeprefix("the ")
                expected[place_name(item.stream), name] = item.pc, item.slot, item.element
    assert shown == expected
    rows = [line for line in view.lines(200) if "→" in line or "←" in line]
    assert len(rows) == len({(name, stream.startswith("sw")) for stream, name in expected})


def test_no_plane_of_that_number() -> None:
    with pytest.raises(SourceError, match="there is no plane 7"):
        accumulators(kernel("matmul.s"), 7)


@given(st.sets(st.integers(0, 40)))
def test_ranges_name_every_number_once(numbers: set[int]) -> None:
    named: list[int] = []
    for part in ranges(sorted(numbers)).replace("-", "").split(", "):
        first, _, last = part.partition("..")
        named += range(int(first), int(last or first) + 1) if first else []
    assert named == sorted(numbers)


# Code -------------------------------------------------------------------------------------------
@given(st.integers(0, 1 << 20))
def test_disassembly_holds_every_syllable_once(seed: int) -> None:
    image = generated(seed)
    shown = disas(session_of(image), 0, 0, len(image.text))
    assert [int(line, 16) for line in syllables(shown.as_data())] == image.text
    text = "\n".join(shown.lines(100))
    assert all(f"{syllable:016x}" in text for syllable in image.text)


def syllables(data: dict[str, list[dict[str, list[dict[str, list[str]]]]]]) -> list[str]:
    return [syllable for bundle in data["bundles"] for op in bundle["ops"] for syllable in op["syllables"]]


ILLEGAL = (1 << 64) - 1


def test_an_illegal_bundle_is_shown_as_one() -> None:
    shown = disas(session_of(Image(LPU1, [ILLEGAL], executable=True)))
    assert "illegal: " in shown.lines()[0]


def test_the_next_bundle_and_breakpoints_are_marked() -> None:
    session = kernel("matmul.s")
    session.goto(62)
    session.breakpoints.add("loop_j")
    session.breakpoints.add("loop_i")
    session.breakpoints.enable(2, False)
    shown = disas(session)
    assert [bundle.address for bundle in shown.bundles if bundle.is_next] == [session.pc]
    assert [bundle.address for bundle in shown.bundles if bundle.breakpoints] == [session.lines.labels["loop_j"]]
    line = next(line for line in shown.lines() if line.startswith("▸"))
    assert line.split()[:2] == ["▸●", str(session.pc)]


def test_lines_count_what_issued() -> None:
    session = kernel("matmul.s")
    session.goto(200)
    counts: Counter[int] = Counter()
    engine = Machine(session.image, "core").engine
    while engine.cycle < 200:
        state = engine.state
        if state.next_fetch <= state.cycle:
            places = (session.op_place(state.pc, slot) for slot in range(len(decoded_bundle(session.image, state.pc))))
            counts.update(place.line for place in places if place)
        engine.run(engine.cycle + 1)
    rows = listing(session, session.lines.files[0], 46, 20, 20).rows
    assert {row.number: row.ops for row in rows if row.ops} == {line: counts[line] for line in sorted(counts)
                                                               if 26 <= line <= 66}  # fmt: skip
    assert [row.text for row in rows] == session.lines.text(session.lines.files[0])[25:66]


def test_the_place_is_marked_with_the_other_lines_of_its_bundle() -> None:
    session = kernel("tensor/gemm_i8.s")
    session.goto(27)
    rows = listing(session).rows
    assert [row.number for row in rows if row.is_next] == [64]
    assert [row.number for row in rows if row.issues] == [64, 65]  # iw of both planes
    assert [row.number for row in rows if row.runs] == [62, 63]  # vmov


# Units ------------------------------------------------------------------------------------------
def test_units_say_how_busy_they_were() -> None:
    session = kernel("tensor/gemm_i8.s")
    session.run()
    rows = {row["unit"]: row for row in units(session).as_data()["units"]}
    for plane in range(4):
        assert rows[f"P{plane}.abc"]["busy"] == 640
    (line,) = (line for line in units(session).lines() if line.startswith("P0.abc"))
    assert "89.9 %" in line  # as the program itself says
    assert any(line.startswith("mw28..43.rp") for line in units(session).lines())


# Memory -----------------------------------------------------------------------------------------
def dump(session: Session, form: str, where: str) -> Dump:
    view = x(session, form, where)
    assert isinstance(view, Dump)
    return view


def test_memory_in_every_type_is_what_numpy_reads() -> None:
    session = kernel("matmul.s")
    data = session.machine["A"].astype("<i4").tobytes()
    forms = {"16d": "<i4", "16u": "<u4", "64db": "i1", "32uh": "<u2", "16f": "<f4", "32f16": "<f2"}
    for form, dtype in forms.items():
        found = dump(session, form, "A")
        numbers = [number(value_of(unit) or 0, TYPES[found.style]) for unit in found.units]
        np.testing.assert_array_equal(np.array(numbers, dtype), np.frombuffer(data, dtype))
    assert [found.text(unit) for found in [dump(session, "4xw", "A")] for unit in found.units] == [
        f"0x{word:08x}" for word in np.frombuffer(data, "<u4")[:4]
    ]


def test_elements_of_tensors_in_slices_are_put_together() -> None:
    session = kernel("tensor/softmax.s")
    found = dump(session, "40f32", "x_west")
    expected = session.machine["x_west"].reshape(-1)[:40]
    assert [number(value_of(unit) or 0, TYPES["f32"]) for unit in found.units] == expected.tolist()
    assert found.units[0].name == "mw40[0]"


def test_what_was_never_written_is_dashes() -> None:
    session = kernel("matmul.s")
    session.goto(200)
    stored = session.machine.engine.issue_counts()[session.lines.addresses(session.lines.files[0], 48)[0]]
    found = dump(session, "16d", "C")
    assert [found.text(unit) != "--" for unit in found.units] == [True] * stored + [False] * (16 - stored)
    assert 0 < stored < 16
    assert dump(session, "1x", f"C[{stored // 4}, {stored % 4}]").lines()[0].endswith(": 0x--------")


def test_memory_goes_on_behind_a_symbol_and_ends_with_the_machine() -> None:
    session = kernel("matmul.s")
    assert len(dump(session, "20w", "A").units) == 20
    last = session.spec.words - 2
    found = dump(session, "9w", str(last))
    assert [unit.address for unit in found.units] == [4 * last, 4 * last + 4]
    assert found.note == "memory ends here"


def test_instructions_at_a_label_and_here() -> None:
    session = kernel("matmul.s")
    assert "loop_j:" in x(session, "2i", "loop_j").lines()
    assert x(session, "3i").as_data() == disas(session, session.pc, 0, 2).as_data()


@pytest.mark.parametrize(
    ("form", "where", "message"),
    [
        ("8z", "A", "`z` in `z` is neither a format nor a size"),
        ("99999", "A", "`x` shows at most 4,096 at once, not 99999"),
        ("8fb", "A", "there are no floats of 1 byte"),
        ("8w", "r3", "r3 is no place in memory"),
        ("-1", "A", "`-1` is no format"),
        ("9" * 5000, "A", "`x` shows at most 4,096"),
    ],
)
def test_formats_that_are_none(form: str, where: str, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        x(kernel("matmul.s"), form, where)
    diagnostic = caught.value.diagnostics[0]
    assert diagnostic.message.startswith(message)
    assert diagnostic.code == "E-DEBUG" and diagnostic.help


def test_the_map_counts_written_bytes_as_numpy_does() -> None:
    session = kernel("tensor/softmax.s")
    session.goto(300)
    written = np.unpackbits(np.frombuffer(session.machine.engine.written(), np.uint8), bitorder="little")
    rows = {row["name"]: row for row in memory(session).as_data()["memory"]}
    for name in ("x_west", "y_west", "y_east"):
        addresses = session.machine.addresses(name)
        assert rows[name]["written"] == written[addresses].sum()
        assert rows[name]["bytes"] == addresses.size
    assert 0 < rows["y_west"]["written"] < rows["y_west"]["bytes"]
    assert rows["y_west"]["place"] == "mw0..3 rows 0..511"
    assert rows["y_west"]["role"] == "out"
