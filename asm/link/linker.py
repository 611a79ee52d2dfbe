"""Objects to an executable: names are resolved, blocks placed, text joined, references filled in.

Raises SourceError with every complaint of a phase; a later phase does not begin after an earlier one failed,
so that no message is caused by another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from operator import add

from asm.link.names import resolve_names
from asm.link.place import place
from asm.link.text import WORD_MASK, Resolve, link_text
from asm.link.unit import Scope, Unit, relocation_error
from isa import collector
from isa.diagnostics import ERROR, Diagnostic, SourceError
from isa.elf_format import ElfError
from isa.image import EXTERN, TEXT, TO_ROW, TO_TARGET, Block, Image, Relocation, Symbol, Tensor
from isa.image_check import check
from isa.lines import Lines
from isa.machine import BYTES_PER_WORD, MachineSpec
from isa.records import replace

Recheck = Callable[[Image], list[Diagnostic]]


def link(
    images: Sequence[Image], name: str = "", recheck: Recheck | None = None, overlap: int | str | None = None
) -> Image:
    """One executable from objects, in their order; execution starts where the first says.

    `name` is the executable's, by default the first object's. `recheck` repeats the static checks on the
    result. With an `overlap` the texts of several become one in time: each begins so many cycles before those
    before it have landed, of "max" as soon as it can. A single executable is returned as it is. Raises SourceError.
    """
    _report(_inputs(images))
    with collector.paused():
        linked = images[0] if images[0].executable else _linked(images, name or images[0].name, overlap)
        _report(_well_formed(linked))
        _report(recheck(linked) if recheck else [])
    return linked


def _report(diagnostics: list[Diagnostic]) -> None:
    if any(diagnostic.severity == ERROR for diagnostic in diagnostics):
        raise SourceError(*diagnostics)


def _inputs(images: Sequence[Image]) -> list[Diagnostic]:
    """What forbids linking these files at all."""
    if not images:
        return [Diagnostic("E-NO-OBJECT", "there is nothing to link", help="name at least one object")]
    if len(images) > 1 and any(image.executable for image in images):
        names = ", ".join(image.name for image in images if image.executable)
        return [Diagnostic("E-EXECUTABLE", f"{names} is linked already; only objects can be linked together")]
    return [d for image in images[1:] for d in _machine(images[0], image)]


def _machine(first: Image, image: Image) -> list[Diagnostic]:
    differences = image.machine.difference(first.machine)
    if not differences:
        return []
    message = f"{image.name} is for the machine {image.machine.name}, {first.name} for {first.machine.name}: "
    help = "assemble all objects for one machine"
    return [Diagnostic("E-MACHINE", message + ", ".join(differences), help=help)]


def _linked(images: Sequence[Image], name: str, overlap: int | str | None) -> Image:
    units = [Unit(image) for image in images]
    scopes, problems = resolve_names(units)
    _report(problems + place(units))
    by_unit = dict(zip(map(id, units), scopes, strict=True))

    def resolve(unit: Unit, relocation: Relocation) -> int:
        return _value(by_unit[id(unit)], relocation)

    text, lines, diagnostics = _text(units, resolve, overlap)
    spec = images[0].machine
    blocks = [block for unit, scope in zip(units, scopes, strict=True) for block in _blocks(unit, scope, diagnostics)]
    _report(diagnostics + _text_size(spec, len(text)))
    return Image(
        machine=spec,
        text=text,
        blocks=blocks,
        symbols=[symbol for unit in units for symbol in _symbols(unit)],
        lines=lines,
        tensors=_tensors(units),
        entry=units[0].text_address(images[0].entry),
        executable=True,
        name=name,
    )


def _text(
    units: Sequence[Unit], resolve: Resolve, overlap: int | str | None
) -> tuple[list[int], Lines, list[Diagnostic]]:
    """The text of all units one after the other, or merged in time; its lines, and what could not be filled in."""
    if overlap is None or len(units) == 1:
        text, diagnostics = link_text(units, resolve)
        return text, reduce(add, map(_lines, units)), diagnostics
    from asm.link.intime import link_in_time  # it needs numpy, which other linking does without

    return *link_in_time(units, resolve, None if isinstance(overlap, str) else overlap), []


def _well_formed(linked: Image) -> list[Diagnostic]:
    """Objects that a tool of ours made never fail here; others may name places that data moved away from."""
    try:
        check(linked)
    except ElfError as error:
        return [Diagnostic("E-OBJECT", f"the objects do not make an executable: {error}")]
    return []


def _text_size(spec: MachineSpec, size: int) -> list[Diagnostic]:
    if size <= spec.text_syllables:
        return []
    message = f"the program has {size} syllables; the instruction store of {spec.name} holds {spec.text_syllables}"
    return [Diagnostic("E-TEXT-SIZE", message)]


def _value(scope: Scope, relocation: Relocation) -> int:
    """The number a reference stands for. Raises LookupError when it points out of the text."""
    definition = scope[relocation.symbol]
    unit, symbol = definition.unit, definition.symbol
    if relocation.kind == TO_TARGET:
        old, size = symbol.value + relocation.addend, len(unit.image.text)
        if not 0 <= old <= size:
            raise LookupError(f"it is address {old} of a text of {size} syllables")
        return unit.text_address(old)
    word = unit.word_address(symbol)
    if relocation.kind == TO_ROW:
        spec = unit.image.machine
        return word // spec.words_per_row % (spec.rows * spec.banks) + relocation.addend
    return word + relocation.addend


# What is taken over from each object ---------------------------------------------------------------
def _blocks(unit: Unit, scope: Scope, diagnostics: list[Diagnostic]) -> list[Block]:
    blocks = [_moved(block, unit.shifts.get(block.group, 0)) for block in unit.image.blocks]
    data: dict[int, bytearray] = {}
    for relocation in unit.image.relocations:
        if relocation.block < 0:
            continue
        words = data.setdefault(relocation.block, bytearray(bytes(blocks[relocation.block].data)))
        start = relocation.address * BYTES_PER_WORD
        try:
            value = _value(scope, relocation) & WORD_MASK
        except LookupError as error:
            diagnostics.append(relocation_error(unit, relocation, error.args[0]))
            continue
        words[start : start + BYTES_PER_WORD] = value.to_bytes(BYTES_PER_WORD, "little")
    for index, words in data.items():
        blocks[index] = replace(blocks[index], data=bytes(words))
    return blocks


def _moved(block: Block, rows: int) -> Block:
    return replace(block, row=block.row + rows) if rows else block


def _symbols(unit: Unit) -> Iterator[Symbol]:
    for symbol in unit.image.symbols:
        if symbol.binding != EXTERN:
            value = unit.value(symbol)
            yield symbol if value == symbol.value else replace(symbol, value=value)


def _lines(unit: Unit) -> Lines:
    lines = unit.image.lines
    return lines.moved(map(unit.text_address, lines.addresses)) if unit.text_moves else lines


def _tensors(units: Sequence[Unit]) -> list[Tensor]:
    """Tensors move with their groups; inputs and outputs are counted through the objects."""
    out: list[Tensor] = []
    inputs = outputs = 0
    for unit in units:
        groups = {s.name: s.group for s in unit.image.symbols if s.kind != TEXT}
        for tensor in unit.image.tensors:
            shift = unit.shifts.get(groups.get(tensor.name, ""), 0) if tensor.slices else 0
            out.append(
                replace(
                    tensor,
                    row=tensor.row + shift,
                    input_order=tensor.input_order + inputs if tensor.is_input else tensor.input_order,
                    output_order=tensor.output_order + outputs if tensor.is_output else tensor.output_order,
                )
            )
        inputs += sum(tensor.is_input for tensor in unit.image.tensors)
        outputs += sum(tensor.is_output for tensor in unit.image.tensors)
    return out
