"""Fault records to messages: one function per code, for both engines.

Each says in one sentence what broke which rule, where the other party stands, and the number that mends it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict

from isa import codec
from isa.codec import Op
from isa.diagnostics import Diagnostic
from isa.faults import RawFault
from isa.image import Image
from isa.legal import absent
from isa.machine import SLICES_PER_QUAD
from vm.engine import State
from vm.scene import Scene, cycles, mnemonic, number, register_name, said, signed

HEMISPHERE_SHIFT = 6  # a slice number is hemisphere * 64 + index


def explain(fault: RawFault, image: Image, state: State) -> Diagnostic:
    """A fault as a diagnostic; `data` holds the raw record and the unit. `state` is that of the faulting cycle."""
    scene = Scene(fault, image, state)
    found = _explanations(scene)[fault.name](scene)
    data = {**asdict(fault), "unit": scene.op.unit if scene.op else None}
    place = found.place or scene.place
    return Diagnostic(fault.name, found.message, place, found.notes, found.help, data=data)


def _explanations(scene: Scene) -> Mapping[str, Callable[[Scene], Diagnostic]]:
    if scene.op is None or not scene.op.row.tensor:
        return EXPLANATIONS
    from vm.explain_tensor import TENSOR_EXPLANATIONS

    return {**EXPLANATIONS, **TENSOR_EXPLANATIONS}


# Fetching -------------------------------------------------------------------------------------
def _pc(scene: Scene) -> Diagnostic:
    address, jump = scene.fault.address, scene.other
    end = len(scene.image.text)
    rule = "which starts no bundle" if address < end else f"past the end of the text at {end}"
    if jump is None:
        return said(f"fetching goes on at address {address}, {rule}", help=_nearest_starts(scene, address))
    message = f"{mnemonic(jump)} goes to address {address}, {rule}"
    return said(message, help=_nearest_starts(scene, address), place=scene.other_place)


def _nearest_starts(scene: Scene, address: int) -> str:
    starts = [*scene.starts(), len(scene.image.text)]
    below = [start for start in starts if start < address][-1:]
    above = [start for start in starts if start > address][:1]
    return (
        f"the nearest bundle starts are {' and '.join(map(str, below + above))}"
        if below and above
        else (f"the nearest bundle start is {(below + above)[0]}")
    )


def _illegal(scene: Scene) -> Diagnostic:
    try:
        ops, _ = codec.decode_bundle(scene.image.text, scene.fault.pc)
        why = _absent(scene, ops) or "it decodes here, so the text was changed after loading"
    except codec.CodecError as error:
        why = str(error)
    return said(f"the bundle at {scene.text_name(scene.fault.pc)} is illegal: {why}")


def _absent(scene: Scene, ops: list[Op]) -> str:
    """What an op needs that the machine has not."""
    for op in ops:
        missing = absent(scene.image.machine, op.row, op.fields) if op.row.tensor else ""
        if missing:
            return f"{mnemonic(op)} needs {missing}, which {scene.image.machine.name} has not"
    return ""


# Loops ----------------------------------------------------------------------------------------
def _loop(scene: Scene) -> Diagnostic:
    end, depth = scene.fault.address, scene.fault.resource
    starts, here = scene.starts(), scene.fault.pc
    following = next((start for start in starts if start > here), len(scene.image.text))
    if end != len(scene.image.text) and end not in starts:
        return said(f"the end of the loop, address {end}, starts no bundle", help=_nearest_starts(scene, end))
    if end <= following:
        message = f"the loop at address {here} ends at {end}; its body needs at least the bundle at {following}"
        return said(message, help="put the end label after the bundles to repeat")
    last = [start for start in starts if start < end][-1]
    return _bad_body(scene, last) or _bad_nesting(scene, last, depth)


def _bad_body(scene: Scene, last: int) -> Diagnostic | None:
    ops = scene.bundle(last)
    if not ops:
        note = scene.note("the last bundle", scene.place_of(last, 0), last)
        return said("the last bundle of the loop's body is illegal", note)
    control = next((slot for slot, op in enumerate(ops) if op.row.control), None)
    if control is None:
        return None
    note = scene.note("the last bundle", scene.place_of(last, control), last)
    message = f"the last bundle of the loop's body holds {mnemonic(ops[control])}, a control op"
    return said(message, note, help="end the body with a bundle that holds none, such as `{ mov r0, r0 }`")


def _bad_nesting(scene: Scene, last: int, depth: int) -> Diagnostic:
    room = scene.image.machine.loop_depth
    if depth >= room:
        message = f"a loop inside {depth} others; at most {room} nest"
        return said(message, help="count the outermost loop in a register, with `cmp` and `jlt`")
    note = scene.note("the last bundle of both", scene.place_of(last, 0), last)
    message = "the loop reaches as far as the loop around it; nested loops do not share their last bundle"
    return said(message, note, help="put a bundle such as `{ mov r0, r0 }` after the inner loop")


# Registers ------------------------------------------------------------------------------------
def _hazard(scene: Scene) -> Diagnostic:
    fault = scene.fault
    register, wait = register_name(fault.resource), fault.other_landing - fault.cycle
    since, ready = fault.cycle - fault.other_cycle, fault.other_landing - fault.other_cycle
    message = f"{register} is read {cycles(since)} after {mnemonic(scene.other)} issues; it is ready after {ready}"
    return said(
        message,
        scene.note(f"read in cycle {fault.cycle}", scene.place, fault.pc),
        scene.note(f"written here, ready in cycle {fault.other_landing}", scene.other_place, fault.other_pc),
        help=f"issue this bundle {cycles(wait)} later, or put `nop {wait}` {scene.in_line()}",
    )


def _write_clash(scene: Scene) -> Diagnostic:
    fault = scene.fault
    register, landing = register_name(fault.resource), fault.address
    wait = max(1, fault.other_landing - landing + 1)
    later, earlier = mnemonic(scene.op), mnemonic(scene.other)
    notes = (
        scene.note(f"lands in cycle {landing}", scene.place, fault.pc),
        scene.note(f"lands in cycle {fault.other_landing}", scene.other_place, fault.other_pc),
    )
    if fault.other_cycle == fault.cycle:
        message = f"{register} is written twice in one bundle, by {earlier} and {later}"
        return said(message, *notes, help=f"write different registers, or issue {later} {cycles(wait)} later")
    message = (
        f"{register} would be written by {later} in cycle {landing}, "
        f"not after the earlier {earlier}, which lands in {fault.other_landing}"
    )
    help = f"issue this bundle {cycles(wait)} later, or put `nop {wait}` {scene.in_line()}, or write another register"
    return said(message, *notes, help=help)


# Memory ---------------------------------------------------------------------------------------
def _range(scene: Scene) -> Diagnostic:
    op, spec = scene.op, scene.image.machine
    if op is not None and op.row.width:
        return _lane_range(scene, op)
    message = f"{mnemonic(op)} accesses word {number(scene.fault.address)}; {spec.name} has {spec.words} words"
    return said(message, help=f"the last word is {spec.words - 1}; an address counts 32-bit words")


def _lane_range(scene: Scene, op: Op) -> Diagnostic:
    spec, row, lane = scene.image.machine, scene.fault.address, scene.fault.value
    hemisphere, index = divmod(op["slice"], 1 << HEMISPHERE_SHIFT)
    name = f"m{'we'[hemisphere]}{index}"
    rows = spec.rows * spec.banks
    if index >= spec.slices:
        rule, help = f"slice {name}", f"the last slice of {spec.name} is m{'we'[hemisphere]}{spec.slices - 1}"
    elif index % SLICES_PER_QUAD + op.row.width > SLICES_PER_QUAD:
        first = index // SLICES_PER_QUAD * SLICES_PER_QUAD
        rule = f"{op.row.width} slices from {name} on, which are not in one quad"
        help = f"the first slice of {op.row.width} in this quad is at most {first + SLICES_PER_QUAD - op.row.width}"
    elif row >= rows:
        rule, help = f"row {number(row)} of {name}", f"a slice of {spec.name} has rows 0 to {rows - 1}"
    else:
        rule, help = f"lane {number(lane)}", f"{spec.name} has lanes 0 to {spec.lanes - 1}"
    return said(f"{mnemonic(op)} accesses {rule}", help=help)


def _bank(scene: Scene) -> Diagnostic:
    fault = scene.fault
    name = scene.image.machine.bank_name(fault.resource)
    message = f"{mnemonic(scene.other)} and {mnemonic(scene.op)} access bank {name} in one cycle"
    note = scene.note("the other access", scene.other_place, fault.other_pc)
    return said(message, note, help="issue one of them a cycle later, or place their data in different banks")


def _uninit(scene: Scene) -> Diagnostic:
    message = f"{mnemonic(scene.op)} reads {scene.byte_name(scene.fault.address)}, which was never written"
    return said(message, help=scene.how_to_initialise())


# Values ---------------------------------------------------------------------------------------
def _div(scene: Scene) -> Diagnostic:
    a, b = scene.fault.value, scene.fault.value2
    if b == 0:
        message = f"{mnemonic(scene.op)} divides {number(a)} by zero"
        return said(message, help="compare the divisor with 0 first and jump around the division")
    message = f"{mnemonic(scene.op)} divides {signed(a)} by {signed(b)}; the quotient does not fit 32 bits"
    return said(message, help="compare the divisor with -1 first and use `neg`")


def _assert(scene: Scene) -> Diagnostic:
    a, b = scene.fault.value, scene.fault.value2
    return said(f"{mnemonic(scene.op)} finds {number(a)} where {number(b)} is expected")


def _trap(scene: Scene) -> Diagnostic:
    return said(f"{mnemonic(scene.op)} stops the program with code {scene.fault.value}")


EXPLANATIONS: dict[str, Callable[[Scene], Diagnostic]] = {
    "E-PC": _pc, "E-ILLEGAL": _illegal, "E-LOOP": _loop, "E-HAZARD": _hazard, "E-RANGE": _range, "E-BANK": _bank,
    "E-UNINIT": _uninit, "E-DIV": _div, "E-ASSERT": _assert, "E-TRAP": _trap, "E-WRITE-CLASH": _write_clash,
}  # fmt: skip
