"""The text of a program from columns: scheduled, written, checked."""

from __future__ import annotations

from array import array
from collections.abc import Container, Iterable

from asm.check.checks import in_order
from asm.check.hazards import is_at_fault
from asm.check.rules import check_rules
from asm.check.view import View
from asm.program import Item
from asm.quick.blocks import ColumnSplitter, find_kinds, is_in_columns
from asm.quick.columns import Columns
from asm.quick.emit import ColumnEmitter, Emission
from asm.quick.front import ENCODED, LABEL, Taken, Unfit
from asm.quick.view import view_of
from asm.schedule import Options
from asm.schedule.alike import Kinds
from asm.schedule.emit import Scheduled
from asm.schedule.flow import Flow
from asm.schedule.paths import connect
from asm.schedule.pins import far_pins
from asm.schedule.reserve import assign_bursts
from asm.schedule.scheduler import pipeline
from asm.write.encode import Text, fill_targets
from asm.write.verbatim import Raw
from isa.diagnostics import ERROR, Diagnostic, Place
from isa.image import Relocation
from isa.lines import Lines, Source
from isa.machine import MachineSpec


def assemble_text(
    columns: Columns, items: Iterable[Item | Raw | Taken], exported: Container[str], options: Options
) -> tuple[Text, list[Diagnostic]]:
    """The encoded bundles of some items, and what is warned of. Raises Unfit when something is wrong."""
    program = ColumnSplitter(columns, exported, columns.scope.spec, options.externs).split(items)
    kinds = Kinds(options.aliases)
    find_kinds(kinds, program)
    result = Scheduled([], [])
    result.diagnostics += far_pins(block for block in program.blocks if not is_in_columns(block))
    pipeline(program, options)
    find_kinds(kinds, program)
    emitter = ColumnEmitter(columns, program, Flow(program.blocks, connect(program)), result, options.aliases)
    emission = emitter.emit()
    result.diagnostics += program.diagnostics + program.joints
    result.diagnostics += assign_bursts(emission.bundles, columns.scope.spec, options.held)
    if result.diagnostics or program.checks:
        raise Unfit
    warnings = checked(view_of(emission, program.entered, options.externs), columns.scope.spec)
    emitter.encode()
    return _written(columns, emission), warnings


def checked(view: View, spec: MachineSpec) -> list[Diagnostic]:
    """What the static checks warn of, which is of ops that are objects. Raises Unfit when they find what is wrong."""
    if any(check_rules(view, spec)):
        raise Unfit
    if all(view.linear):
        return []
    if is_at_fault(view):
        raise Unfit
    if not view.has_tensor_ops:
        return []
    from asm.check.tensor import check_tensor  # it needs numpy

    found = in_order(check_tensor(view, spec))
    if any(problem.severity == ERROR for problem in found):
        raise Unfit
    return found


def _written(columns: Columns, emission: Emission) -> Text:
    """Syllables, with addresses for labels."""
    front = columns.front
    size = front.write(emission.entries)
    if size > columns.scope.spec.text_syllables:
        raise Unfit
    entries = [*front.entries(), size]
    labels = {label: entries[start] for label, start in emission.starts.items()}
    for number, name in enumerate(front.names):
        if name in labels:
            front.set_symbol(number, LABEL, labels[name])
    syllables, made = front.settle()
    origins, sources = _first_met(made["ORIGINS"], columns.origins)
    lines = Lines(made["ADDRESSES"], origins, made["LINES"], made["STARTS"], made["ENDS"], sources)
    text = Text(syllables, [], labels, [], lines)
    for line in made["REFERENCES"]:
        _refer(columns, text, lines.addresses[line], made["OPS"][line], lines.place(line))
    return text


def _first_met(origins: array[int], sources: list[Source]) -> tuple[array[int], list[Source]]:
    """The same origins numbered as they come, and the sources that are met."""
    met = {origin: number for number, origin in enumerate(dict.fromkeys(origins))}
    if list(met) == list(range(len(sources))):
        return origins, sources
    return array("q", map(met.__getitem__, origins)), [sources[origin] for origin in met]


def _refer(columns: Columns, text: Text, address: int, number: int, place: Place) -> None:
    """The relocations of an op at an address; what came as an object has its program addresses filled in."""
    form, _, _, _, _, name, _, addend, *_ = columns.front.op(number)
    if form != ENCODED:
        field, kind, symbol, addend = columns.relocation(columns.recipes.forms[form], name, addend)
        text.relocations.append(Relocation(kind, symbol, addend, address, field, place=place))
    else:
        fill_targets(text, address, columns.written[name])
