"""Rules that one bundle, or one loop, breaks by itself: whatever it runs after and whatever registers hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from asm.check.hazards import loop_count, register_name
from asm.check.view import CheckedOp, View
from asm.facts import FACTS, register_written
from asm.kinds import is_fixed
from isa.diagnostics import Diagnostic, Note
from isa.machine import SLICES_PER_QUAD, MachineSpec
from isa.records import NamedTuple

HEMISPHERE_SLICES = 64  # the slice field is hemisphere * 64 + index
DIVIDES = "E-DIV"


def check_rules(view: View, spec: MachineSpec) -> Iterator[Diagnostic]:
    """E-WRITE-CLASH, E-BANK, E-RANGE, E-DIV and E-LOOP; ops of the tensor face are checked elsewhere."""
    yield from check_bundles_alone(view, range(len(view.kinds)), spec)
    if any(control is not None and control.row.control == "loop" for control in view.controls):
        yield from check_nesting(view, spec)


def check_bundles_alone(view: View, numbers: Iterable[int], spec: MachineSpec) -> Iterator[Diagnostic]:
    """The rules of some bundles, and of loops but for how these are nested."""
    for number in numbers:
        kind = view.kinds[number]
        if not (kind.clashes or kind.fixed > 1 or kind.is_checked):
            continue
        bundle = [op for op in view.bundle(number) if not op.row.tensor]
        if len(bundle) > 1 and not view.linear[number]:
            yield from _double_writes(bundle)
            yield from _shared_banks(bundle, spec)
        for op in bundle:
            if FACTS[op.row.id].checked:
                yield from _numbers(op, spec)
            if op.row.control == "loop":
                yield from _loop(view, number, op)


def _double_writes(bundle: list[CheckedOp]) -> Iterator[Diagnostic]:
    writers: dict[int, CheckedOp] = {}
    for op in bundle:
        register = register_written(FACTS[op.row.id], op.values)
        if register in writers:
            message = (
                f"{register_name(register)} is written twice in one bundle, by "
                f"`{writers[register].row.mnemonic}` and `{op.row.mnemonic}`"
            )
            note = Note("also written here", writers[register].place)
            place = op.operand_place(op.row.write) if op.row.write else op.place
            yield Diagnostic("E-WRITE-CLASH", message, place, (note,), "move one of them to another bundle")
        elif register >= 0:
            writers[register] = op


# Memory ---------------------------------------------------------------------------------------
def _shared_banks(bundle: list[CheckedOp], spec: MachineSpec) -> Iterator[Diagnostic]:
    users: dict[int, CheckedOp] = {}
    for op in bundle:
        for bank in known_banks(op, spec):
            if bank in users:
                message = f"two accesses of bank {spec.bank_name(bank)} in one cycle"
                note = Note(f"`{users[bank].row.mnemonic}` accesses it here", users[bank].place)
                help = "put them in different bundles, or the data in different banks"
                yield Diagnostic("E-BANK", message, op.place, (note,), help)
                break
            users[bank] = op


def known_banks(op: CheckedOp, spec: MachineSpec) -> list[int]:
    """The banks that an op accesses whatever registers hold; none when that is not certain."""
    if not is_fixed(op.row):
        return []
    if op.row.width:
        return _lane_banks(op, spec)
    address = op.value("disp")
    if address is None:
        banks = op.source.access.banks if op.source is not None and op.source.access is not None else frozenset()
        return list(banks) if len(banks) == 1 else []
    return [address // spec.words_per_bank] if address < spec.words else []


def _lane_banks(op: CheckedOp, spec: MachineSpec) -> list[int]:
    slice_number, row = op.value("slice"), op.value("row")
    if slice_number is None or row is None or row >= spec.banks * spec.rows:
        return []
    hemisphere, index = divmod(slice_number, HEMISPHERE_SLICES)
    if not in_quad(index, op.row.width, spec):
        return []
    return [spec.bank_number(hemisphere, index + plane, row // spec.rows) for plane in range(op.row.width)]


def in_quad(index: int, width: int, spec: MachineSpec) -> bool:
    """Whether as many slices from one on are in one quad of the machine."""
    return index < spec.slices and index % SLICES_PER_QUAD + width <= SLICES_PER_QUAD


# Numbers --------------------------------------------------------------------------------------
def _numbers(op: CheckedOp, spec: MachineSpec) -> Iterator[Diagnostic]:
    if DIVIDES in op.row.faults and op.value("imm") == 0:
        place = op.operand_place("imm")
        yield Diagnostic("E-DIV", f"`{op.row.mnemonic}` divides by 0", place, help="a divisor is any other number")
    elif op.row.width:
        yield from _lane_range(op, spec)
    elif op.row.memory:
        yield from _word_range(op, spec)


def _word_range(op: CheckedOp, spec: MachineSpec) -> Iterator[Diagnostic]:
    address = op.value("disp")
    if len(FACTS[op.row.id].address) == 0 and address is not None and address >= spec.words:
        message = f"word address {address} is past the end of memory"
        help = f"{spec.name} has {spec.words} words, the last at {spec.words - 1}"
        yield Diagnostic("E-RANGE", message, op.operand_place("disp"), help=help)


def _lane_range(op: CheckedOp, spec: MachineSpec) -> Iterator[Diagnostic]:
    index = (op.value("slice") or 0) % HEMISPHERE_SLICES
    place = op.operand_place("slice")
    if index >= spec.slices:
        message = f"slice {index} is outside the machine"
        yield Diagnostic("E-RANGE", message, place, help=f"{spec.name} has slices 0 to {spec.slices - 1} on each side")
    elif not in_quad(index, op.row.width, spec):
        message = f"slices {index} to {index + op.row.width - 1} are not in one quad"
        yield Diagnostic("E-RANGE", message, place, help=f"begin at a multiple of {op.row.width}")
    lane, row = op.value("lane"), op.value("row")
    if lane is not None and lane >= spec.lanes:
        message = f"lane {lane} is outside the machine"
        yield Diagnostic(
            "E-RANGE", message, op.operand_place("lane"), help=f"{spec.name} has lanes 0 to {spec.lanes - 1}"
        )
    if row is not None and "ra" not in op.row.format.names and row >= spec.banks * spec.rows:
        message = f"row {row} is outside the slice"
        yield Diagnostic("E-RANGE", message, place, help=f"a slice has rows 0 to {spec.banks * spec.rows - 1}")


# Loops ----------------------------------------------------------------------------------------
def _loop(view: View, number: int, op: CheckedOp) -> Iterator[Diagnostic]:
    end = view.targets[number]
    place = op.operand_place("target")
    if end < 0:
        if view.linear[number]:
            message = "the end of this loop is not a label of this program"
            yield Diagnostic("E-LOOP", message, place, help="put the label after the loop's body")
        return
    if end <= number + 1:
        message = "this loop ends before its body begins: the body is the bundles between `loop` and its label"
        yield Diagnostic("E-LOOP", message, place, help="put the label after at least one bundle of body")
        return
    last = view.controls[end - 1]
    if last is not None:
        message = f"the last bundle of a loop's body holds `{last.row.mnemonic}`; it may hold no control op"
        note = Note("the loop is here", op.place)
        yield Diagnostic("E-LOOP", message, last.place, (note,), "let another bundle follow it in the body")


class Around(NamedTuple):
    """A loop entered and not yet left: the bundles [start, end) of its body, and its op."""

    start: int
    end: int
    op: CheckedOp

    def is_bypassed(self, sources: list[int]) -> bool:
        """Whether one of some bundles that lead into the body stands outside it."""
        return not all(self.start <= source < self.end for source in sources)


def check_nesting(view: View, spec: MachineSpec) -> Iterator[Diagnostic]:
    """Loops that are entered straight from the body of another must end before it does."""
    sources: dict[int, list[int]] = {}
    for number, target in enumerate(view.targets):
        sources.setdefault(target, []).append(number)
    around: list[Around] = []
    for number, end in enumerate(view.targets):
        around = [loop for loop in around if number < loop.end and not loop.is_bypassed(sources.get(number, []))]
        control = view.controls[number]
        if number in view.entered:
            around.clear()
        if control is not None and control.row.control == "loop":
            if around and end >= around[-1].end:
                yield _shared_end(control, around[-1].op)
            around = [*around[-spec.loop_depth :], Around(number + 1, end, control)]  # deeper ones are all too deep
            if len(around) == spec.loop_depth + 1 and all((loop_count(loop.op) or 0) > 0 for loop in around):
                yield _too_deep(control, around[0].op, spec)
        elif control is not None and control.row.control != "nop" and not view.linear[number]:
            around.clear()


def _too_deep(inner: CheckedOp, outermost: CheckedOp, spec: MachineSpec) -> Diagnostic:
    message = f"{spec.loop_depth + 1} loops are nested; the machine holds {spec.loop_depth} at a time"
    note = Note("the outermost loop", outermost.place)
    return Diagnostic("E-LOOP", message, inner.place, (note,), "count one of them in a register and jump")


def _shared_end(inner: CheckedOp, outer: CheckedOp) -> Diagnostic:
    message = "nested loops share their last bundle: this one must end before the loop around it does"
    note = Note("the loop around it", outer.place)
    help = "let a bundle of the outer body follow the inner loop's label"
    return Diagnostic("E-LOOP", message, inner.operand_place("target"), (note,), help)
