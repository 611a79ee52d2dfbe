"""Code typed at the prompt, assembled for its address behind the program, with the program's names.

The names come from the image, so that an executable without source has them, too; from the sources come constants and
names of registers. What is typed is linked behind the program as one more object.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from asm.assemble import Assembler
from asm.check.bursts import burst_of
from asm.errors import error
from asm.expand import ExpandOptions
from asm.link import link
from asm.names.symbols import DATA, EQU, EXTERN, NOWHERE, PARAM
from asm.names.symbols import Symbol as Name
from asm.scope.objects import DataObject, DataSymbol
from asm.scope.registers import COUNT, Registers
from asm.scope.scope import Scope
from asm.tree import Brace, Bundle, DirectiveStmt, LabelDef, Line, Statement, Virtual
from asm.tree import Name as Named
from debugger.load import Names
from isa import codec
from isa import image as images
from isa.diagnostics import SourceError
from isa.image import Image, Symbol, Tensor
from isa.records import NamedTuple, replace
from vm.engine import State
from vm.flow import op_at
from vm.items import Burst

Node: TypeAlias = Named | Virtual

ALL_REGISTERS = (1 << COUNT) - 1


class Setting(NamedTuple):
    """What typed code finds: the program with all that was typed before, names, and the state in which it begins.

    The program itself ends at `end`; files are looked for in `folders`, too.
    """

    image: Image
    end: int
    names: Names
    state: State
    folders: tuple[Path, ...] = ()

    @property
    def address(self) -> int:
        """Where what is typed next will stand."""
        return len(self.image.text) + (len(self.image.text) == self.end)

    @property
    def held(self) -> dict[int, int]:
        """The units that bursts hold, and for how many cycles from now."""
        found: dict[int, int] = {}
        for item in self.state.tensor:
            op = op_at(self.image, item.pc, item.slot) if isinstance(item, Burst) else None
            if op is not None and isinstance(item, Burst):
                end = item.started + burst_of(self.image.machine, op.row, op.values).held
                found |= dict.fromkeys(op.claims, end - self.state.cycle)
        return found


class Fragment(NamedTuple):
    """Typed code as it stands at `address`; `is_linear` says that the assembler chose the cycles of all of it.

    `names` are those that are known from now on.
    """

    address: int
    part: Image
    is_linear: bool
    names: Names

    @property
    def end(self) -> int:
        return self.address + len(self.part.text)

    def holds(self, address: int) -> bool:
        """Whether an address is one of the code's, or where it ends."""
        return self.address <= address <= self.end

    @property
    def ops(self) -> Iterator[tuple[int, codec.Op]]:
        """Each op, with the address of its bundle."""
        return ((self.address + start, op) for start, op in ops_of(self.part.text))


def assemble(setting: Setting, text: str, title: str) -> Fragment:
    """Assemble typed lines, called `title` in messages. Raises SourceError."""
    assembler = Assembler(scope_of(setting), setting.image.machine)
    assembler.held = setting.held
    label = label_of(title, assembler.scope)
    options = ExpandOptions(setting.folders)
    statements = assembler.read(f".global {label}\n{label}:\n.text\n", title, options)
    statements += assembler.read(text, title, options)
    _hide_labels(assembler.scope, statements)
    assembly = assembler.run(statements, title)
    if assembly.image is None:
        raise SourceError(*assembly.diagnostics)
    part = _linked(setting.image, setting.address, assembly.image)
    return Fragment(setting.address, part, not any(map(_is_timed, statements)), Names.of(assembly.scope))


def label_of(title: str, scope: Scope) -> str:
    """The label at which `<typed 3>` begins: `typed_3`."""
    name = title.strip("<>").replace(" ", "_")
    while name in scope.table:
        name += "_"
    return name


def _is_timed(statement: Statement) -> bool:
    return isinstance(statement, (Brace, Bundle)) or (
        isinstance(statement, DirectiveStmt) and statement.name == "timeline"
    )


# Names ----------------------------------------------------------------------------------------
def scope_of(setting: Setting) -> Scope:
    """The names of a program as those of a source; no register is free for the assembler's own use."""
    image, names = setting.image, setting.names
    scope = Scope(image.machine, include_paths=setting.folders)
    tensors = {tensor.name: tensor for tensor in image.tensors}
    for symbol in image.symbols:
        if symbol.name not in scope.table and can_be_written(symbol.name):
            _define(scope, symbol, tensors.get(symbol.name), names)
    for name, value in names.constants.items():
        scope.table.setdefault(name, Name(name, EQU, NOWHERE, value))
    scope.macros |= names.macros
    scope.registers = TypedRegisters(image, names.registers)
    return scope


def can_be_written(name: str) -> bool:
    """Whether a source could use a name: labels that the assembler made cannot be."""
    return name[:1].isalpha() or name[:1] in "_."


def _define(scope: Scope, symbol: Symbol, tensor: Tensor | None, names: Names) -> None:
    name, place = symbol.name, symbol.place or NOWHERE
    if symbol.kind == images.TEXT:
        scope.table[name] = Name(name, EXTERN, place)
        scope.called.add(name)
        return
    constant = names.constants.get(name, symbol.constant) if symbol.kind == images.PARAM else None
    scope.table[name] = Name(name, PARAM if constant is not None else DATA, place, constant)
    slices = tensor.slices if tensor and tensor.slices else 1
    words = symbol.size // slices
    item = DataObject(f".{name}", place, [[] for _ in range(slices)], words, address=symbol.value, flows=slices > 1)
    number = constant if isinstance(constant, int | float) else None
    scope.data[name] = DataSymbol(name, place, item, 0, symbol.size, tensor, number)


def _hide_labels(scope: Scope, statements: Iterable[Statement]) -> None:
    """Labels that are typed are other ones than the program's of these names."""
    for statement in statements:
        known = scope.table.get(statement.name) if isinstance(statement, LabelDef) else None
        if known is not None and known.kind == EXTERN:
            del scope.table[known.name]


class TypedRegisters(Registers):
    """A name gets a register for good, one that nothing names; the assembler has none for its own use."""

    def __init__(self, image: Image, places: Mapping[str, int]) -> None:
        super().__init__()
        self.image = image
        self.places = dict(places)
        self.numbers |= self.places
        self.used = self.reserved = ALL_REGISTERS

    def declare(self, name: str, line: Line, node: Node) -> int:
        """Choose a register. Raises E-REGISTERS when all are named."""
        taken = registers_named(self.image) | sum(1 << register for register in set(self.places.values()))
        free = [register for register in range(COUNT) if not taken >> register & 1]
        if not free:
            help = "write the number of a register"
            raise error("E-REGISTERS", f"no register is left for `{name}`: all have names or numbers", line, node, help)
        self.numbers[name] = self.places[name] = free[0]
        return free[0]

    def flow(self, name: str, line: Line, node: Node) -> None:
        """Take note that a name stands for a value of streams. Raises E-REGISTER when it is a register."""
        if name in self.numbers:
            message = f"`{name}` flows in no stream: it is r{self.numbers[name]}"
            raise error("E-REGISTER", message, line, node, "give it another name")
        super().flow(name, line, node)


def registers_named(image: Image) -> int:
    """A bit for each register that an op of a program names."""
    found = 0
    for _, op in ops_of(image.text):
        for register in (*op.registers_read, *([op[op.row.write]] if op.row.write else ())):
            found |= 1 << register
    return found


def ops_of(text: list[int]) -> Iterator[tuple[int, codec.Op]]:
    """The ops of a text, each with the address of its bundle; what is no bundle has none."""
    for start in codec.bundle_starts(text):
        try:
            yield from ((start, op) for op in codec.decode_bundle(text, start)[0])
        except codec.CodecError:
            continue


# Linking --------------------------------------------------------------------------------------
def _linked(image: Image, address: int, own: Image) -> Image:
    """An object put behind the program, whose data stay where they are."""
    known = {symbol.name for symbol in image.symbols}
    kinds = (images.DATA, images.PARAM, *([images.TEXT] if own.text else []))
    linked = link([_program(image, address), _without_inputs(own)])
    return replace(
        linked,
        text=linked.text[address:],
        blocks=linked.blocks[len(image.blocks) :],
        symbols=[symbol for symbol in linked.symbols if symbol.name not in known and symbol.kind in kinds],
        tensors=[tensor for tensor in linked.tensors if tensor.name not in known],
    )


def _program(image: Image, address: int) -> Image:
    """A program as an object that offers its labels and holds on to its memory."""
    guards = [codec.NO_BUNDLE] * (address - len(image.text))
    labels = {symbol.name: symbol for symbol in reversed(image.symbols) if symbol.kind == images.TEXT}
    return Image(
        image.machine,
        [*image.text, *guards],
        [replace(block, group=f"{number}", data=b"", fixed=True) for number, block in enumerate(image.blocks)],
        [replace(symbol, binding=images.GLOBAL) for symbol in labels.values()],
        name="the program",
    )


def _without_inputs(own: Image) -> Image:
    """What is typed has no inputs and outputs: those belong to the program."""
    tensors = [replace(tensor, is_input=False, is_output=False) for tensor in own.tensors]
    return replace(own, tensors=tensors)
