"""Faults of the tensor face as sentences, with the number that mends each, from the state at the fault."""

from __future__ import annotations

from collections.abc import Callable

from isa.codec import Op
from isa.diagnostics import Diagnostic, Note
from isa.faults import NOWHERE
from isa.machine import BYTES_PER_WORD, LANES_PER_SUPERLANE, SLICES_PER_QUAD, MachineSpec
from isa.places import V_REGISTERS, place_name
from isa.tensor import ACTIVATION_LATENCY
from isa.types import TYPES
from isa.units import HEMISPHERE_SLICES, PLANE, SLICE, UNIT_NAMES, slice_name
from vm.floorplan import position_name
from vm.flow import Passing, cycles_after, exits_due, offset, passings, results_due
from vm.items import Value
from vm.scene import Scene, cycles, mnemonic, number, said
from vm.tensor_state import ACCUMULATOR_ROWS, NAMES


def op_of(scene: Scene) -> Op:
    """The faulting op: faults of the tensor face have one."""
    assert scene.op is not None
    return scene.op


def subject(scene: Scene) -> str:
    """The op, and which element of its burst when it is not the first."""
    of = f"element {scene.fault.element} of " if scene.fault.element > 0 else ""
    return of + mnemonic(scene.op)


def other(scene: Scene) -> str:
    of = f"element {scene.fault.other_element} of " if scene.fault.other_element > 0 else ""
    return of + mnemonic(scene.other)


def other_note(scene: Scene, message: str) -> Note:
    return scene.note(message, scene.other_place, scene.fault.other_pc)


def place(scene: Scene) -> str:
    return position_name(scene.image.machine, scene.fault.position)


# Units and links --------------------------------------------------------------------------------
def link(scene: Scene) -> Diagnostic:
    message = f"{mnemonic(scene.op)} uses link {scene.fault.resource}; no link is connected"
    return said(message, help="a machine of one chip has no use for ops on links")


def unit_busy(scene: Scene) -> Diagnostic:
    fault = scene.fault
    unit, free = UNIT_NAMES[fault.resource], fault.other_landing
    message = (
        f"{mnemonic(scene.op)} needs {unit} in cycle {fault.cycle}; "
        f"{mnemonic(scene.other)}, begun in {fault.other_cycle}, holds it until {free - 1}"
    )
    later = f"issue it {cycles(free - fault.cycle)} later, in {free}, when {unit} is free"
    return said(message, other_note(scene, f"holds {unit} until cycle {free - 1}"), help=later)


# Streams ----------------------------------------------------------------------------------------
def stream_empty(scene: Scene) -> Diagnostic:
    fault = scene.fault
    name, now = place_name(fault.stream), fault.cycle
    message = f"{subject(scene)} finds nothing on {name} at {place(scene)} in cycle {now}"
    passing = passings(scene.image, scene.state, fault.stream, fault.position)
    coming, gone = [each for each in passing if each.cycle > now], [each for each in passing if each.cycle < now]
    if coming:
        wait = cycles(coming[0].cycle - now)
        note = made_here(scene, coming[0])
        return said(f"{message}; the next value arrives in {wait}", note, help=f"issue it {wait} later")
    if fault.element > 0:
        help = f"let the source have as many elements, or {mnemonic(scene.op)} no more than it has"
        return said(f"{message}; its source has ended", *(made_here(scene, each) for each in gone[-1:]), help=help)
    if gone:
        ago = cycles(now - gone[-1].cycle)
        note = made_here(scene, gone[-1])
        return said(f"{message}; the last value passed {ago} ago", note, help=f"issue it {ago} earlier")
    help = f"put a result on {name} upstream of {place(scene)}"
    return said(f"{message}, and nothing is on its way there", help=help)


def made_here(scene: Scene, value: Passing) -> Note:
    message = f"made here, at {place(scene)} in cycle {value.cycle}"
    return scene.note(message, scene.place_of(value.pc, value.slot), value.pc)


def stream_torn(scene: Scene) -> Diagnostic:
    fault, op = scene.fault, op_of(scene)
    operand = op.row.operands[fault.operand]
    base = op[operand.fields[0]]
    first = fault.stream - (fault.stream - base) % operand.width
    group = f"{place_name(first)} to {place_name(first + operand.width - 1)}"
    message = (
        f"{subject(scene)} samples {group} at {place(scene)} in cycle {fault.cycle}, "
        f"but {place_name(fault.stream)} holds {what_is_held(scene)}"
    )
    help = f"a group holds {operand.width} single bytes, or bytes 0 to {operand.width - 1} of one result, in order"
    return said(message, other_note(scene, f"made here in cycle {fault.other_cycle}"), help=help)


def what_is_held(scene: Scene) -> str:
    """The byte that arrives on a stream, with the op that made it."""
    fault = scene.fault
    by = f"{other(scene)} (cycle {fault.other_cycle})"
    for item in scene.state.tensor:
        if isinstance(item, Value) and (item.stream, item.issued, item.pc) == (
            fault.stream, fault.other_cycle, fault.other_pc,
        ):  # fmt: skip
            return f"byte {item.byte} of {item.width} from {by}"
    return f"a byte from {by}"


def stream_clash(scene: Scene) -> Diagnostic:
    fault = scene.fault
    assert scene.other is not None
    taken = results_due(scene.state, fault.stream, fault.position)
    last = max([fault.other_landing + cycles_after(scene.other, fault.other_element), *taken])
    message = (
        f"the result of {subject(scene)} would leave {place(scene)} on {place_name(fault.stream)} "
        f"in cycle {fault.address}, as that of {other(scene)} does"
    )
    wait = last + 1 - fault.address
    help = f"issue it {cycles(wait)} later, or use other streams"
    return said(message, other_note(scene, f"issued in cycle {fault.other_cycle}"), help=help)


def stream_lost(scene: Scene) -> Diagnostic:
    fault = scene.fault
    help = "sample it on its way, or do not make it; without --strict lost values are only counted"
    if fault.stream == NOWHERE:
        message = (
            f"nobody took the result of {subject(scene)} at the exit of plane {fault.resource} in cycle {fault.cycle}"
        )
        return said(message, help="take it with `acc.set`, `acc.add` or `acc.emit` in that cycle")
    value = f"the value of {subject(scene)} on {place_name(fault.stream)}"
    if fault.other_pc == NOWHERE:
        return said(f"{value} left the machine at {place(scene)} in cycle {fault.cycle}, never sampled", help=help)
    message = f"{value} was overwritten at {place(scene)} in cycle {fault.cycle} by {other(scene)}, never sampled"
    return said(message, other_note(scene, "overwritten by this"), help=help)


# Types and exits --------------------------------------------------------------------------------
def wrong_type(scene: Scene) -> Diagnostic:
    return wrong_weights(scene) if op_of(scene).row.units.where == PLANE else wrong_width(scene)


def wrong_width(scene: Scene) -> Diagnostic:
    fault, register = scene.fault, place_name(scene.fault.resource)
    held, wanted = fault.value, bytes_of(fault.value2)
    message = f"{subject(scene)} reads {wanted} of {register}, which was last written with {held}"
    return said(message, help=f"write {register} with a type of {wanted}, or read it with one of {held}")


def wrong_weights(scene: Scene) -> Diagnostic:
    fault = scene.fault
    held = "no weights" if fault.value == NOWHERE else NAMES[fault.value]
    if fault.value2 == NOWHERE:
        even = fault.resource - 1
        message = f"{mnemonic(scene.op)} of plane {fault.resource} finds half of a buffer of {held}"
        return said(message, help=f"`iw {even}` installs planes {even} and {fault.resource} together")
    wanted = NAMES[fault.value2]
    weights = wanted if TYPES[wanted].kind == "f" else "i4, i8 or u8"
    message = f"{subject(scene)} needs an array of {weights} in plane {fault.resource}, which holds {held}"
    return said(message, help="load weights with `lw` and install them with `iw` in an earlier cycle")


def bytes_of(width: int) -> str:
    return f"{width} byte{'' if width == 1 else 's'}"


def exit_empty(scene: Scene) -> Diagnostic:
    fault = scene.fault
    message = f"{subject(scene)} finds no result at the exit of plane {fault.resource} in cycle {fault.cycle}"
    times = [time for time in exits_due(scene.state, fault.resource) if time > fault.cycle]
    if times:
        wait = cycles(times[0] - fault.cycle)
        return said(f"{message}; the next stands there in {wait}", help=f"issue it {wait} later")
    help = f"a result stands there {ACTIVATION_LATENCY} cycles after its `abc` issued, for one cycle"
    return said(f"{message}, and none is on its way", help=help)


# Ranges -----------------------------------------------------------------------------------------
def out_of_range(scene: Scene) -> Diagnostic:
    where = op_of(scene).row.units.where
    return {SLICE: slice_range, PLANE: plane_range}.get(where, map_range)(scene)


def slice_range(scene: Scene) -> Diagnostic:
    fault, op, spec = scene.fault, op_of(scene), scene.image.machine
    name, index = slice_name(fault.value), fault.value % HEMISPHERE_SLICES
    if index >= spec.slices:
        last = slice_name(fault.value - index + spec.slices - 1)
        rule, help = f"slice {name}", f"the last slice of {spec.name} is {last}"
    elif "bank" in op.row.format.names:
        rule, help = bank_rule(scene, op, name)
    elif index % SLICES_PER_QUAD + op.row.width > SLICES_PER_QUAD:
        first = index - index % SLICES_PER_QUAD
        rule = f"{op.row.width} slices from {name} on, which are not in one quad"
        help = f"the first slice of {op.row.width} in this quad is at most {first + SLICES_PER_QUAD - op.row.width}"
    else:
        rule = f"row {number(fault.address)} of {name}"
        help = f"a slice of {spec.name} has rows 0 to {spec.rows * spec.banks - 1}"
    return said(f"{subject(scene)} accesses {rule}", help=help)


def bank_rule(scene: Scene, op: Op, name: str) -> tuple[str, str]:
    """What an op accesses that is outside a bank, and what there is."""
    spec, fault = scene.image.machine, scene.fault
    if fault.lane == NOWHERE:
        return f"bank {op['bank']} of {name}", f"the last bank of a slice of {spec.name} is {spec.banks - 1}"
    superlane = fault.lane // LANES_PER_SUPERLANE
    what = f"row {fault.address} of {name}.{op['bank']} in superlane {superlane}, as lane {fault.lane} of its map says"
    return what, f"a bank of {spec.name} has rows 0 to {spec.rows - 1}"


def plane_range(scene: Scene) -> Diagnostic:
    fault, spec = scene.fault, scene.image.machine
    loads = "row0" in op_of(scene).row.format.names
    kind, rows = ("weight", spec.lanes) if loads else ("accumulator", ACCUMULATOR_ROWS)
    message = f"{subject(scene)} accesses {kind} row {fault.address} of plane {fault.resource}"
    return said(message, help=f"a plane has {kind} rows 0 to {rows - 1}")


def map_range(scene: Scene) -> Diagnostic:
    fault, op = scene.fault, op_of(scene)
    limit = scene.image.machine.lanes if op.row.units.name == "PM" else LANES_PER_SUPERLANE
    message = f"{subject(scene)} finds lane {fault.address} at entry {fault.lane} of map {fault.resource}"
    return said(message, help=f"an entry is a lane from 0 to {limit - 1}, or 0xFFFF for zero")


# Memory and registers ---------------------------------------------------------------------------
def bank_clash(scene: Scene) -> Diagnostic:
    name = scene.image.machine.bank_name(scene.fault.resource)
    message = f"{other(scene)} and {subject(scene)} access bank {name} in cycle {scene.fault.cycle}"
    assert scene.other is not None
    wait = cycles_after(scene.other, scene.fault.other_element) + offset(op_of(scene), scene.fault.element) + 1
    help = f"issue {mnemonic(scene.op)} {cycles(wait)} later, or place their data in different banks"
    return said(message, other_note(scene, "the other access"), help=help)


def never_written(scene: Scene) -> Diagnostic:
    fault, where = scene.fault, op_of(scene).row.units.where
    zero = "run with `--uninit=zero` to read zeros"
    if where == SLICE:
        message = f"{subject(scene)} reads lane {fault.lane} of {row_name(scene)}, which was never written"
        return said(message, help=scene.how_to_initialise())
    if where == PLANE:
        row = f"accumulator row {fault.address} of plane {fault.resource}"
        return said(
            f"{subject(scene)} reads {row}, which was never set", help=f"set it with `acc.set` first, or {zero}"
        )
    if fault.resource >= V_REGISTERS:
        register = place_name(fault.resource)
        message = f"{subject(scene)} reads {register}, which was never written"
        return said(message, help=f"write {register} first, or {zero}")
    message = f"{subject(scene)} uses map {fault.resource}, which was never loaded"
    return said(message, help="load it with `lmap` in an earlier cycle")


def row_name(scene: Scene) -> str:
    """The row of a slice that holds a byte of SRAM, and the symbol there."""
    spec: MachineSpec = scene.image.machine
    address = scene.fault.address
    symbol = scene.symbol_of(address // BYTES_PER_WORD)
    bank, row = divmod(address // spec.lanes, spec.rows)
    return f"row {row} of {spec.bank_name(bank)}" + (f" ({symbol.name})" if symbol else "")


def vector_clash(scene: Scene) -> Diagnostic:
    fault = scene.fault
    assert scene.other is not None
    register = place_name(fault.resource)
    message = f"{subject(scene)} would write {register} in cycle {fault.address}, as {other(scene)} does"
    wait = fault.other_landing + cycles_after(scene.other, fault.other_element) + 1 - fault.address
    help = f"issue it {cycles(wait)} later, or on another ALU, which has its own register"
    return said(message, other_note(scene, f"issued in cycle {fault.other_cycle}"), help=help)


TENSOR_EXPLANATIONS: dict[str, Callable[[Scene], Diagnostic]] = {
    "E-LINK": link, "E-UNIT-BUSY": unit_busy, "E-STREAM-EMPTY": stream_empty, "E-STREAM-TORN": stream_torn,
    "E-TYPE": wrong_type, "E-ACC-EMPTY": exit_empty, "E-RANGE": out_of_range, "E-BANK": bank_clash,
    "E-UNINIT": never_written, "E-WRITE-CLASH": vector_clash, "E-STREAM-CLASH": stream_clash,
    "E-STREAM-LOST": stream_lost,
}  # fmt: skip
