"""What is debugged: which files, and how they are assembled, linked and loaded; the same again after an edit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from debugger.trouble import trouble
from isa.diagnostics import Diagnostic, SourceError
from isa.files import is_object
from isa.image import Image
from isa.machine import MachineError, MachineSpec
from isa.machine import load as load_machine
from isa.records import NamedTuple, dataclass, field
from vm.loader import read_image
from vm.machine import Machine
from vm.transfer import check, fill, transfer

if TYPE_CHECKING:
    from asm.expand.macros import Macro
    from asm.scope.scope import Scope
    from debugger.typed import Typed

NO_DEFINES: Mapping[str, int | float] = {}
TEXT_NAME = "<text>"


class Source(NamedTuple):
    """Files (sources, objects or one executable), or a `text`; what is given to them; nothing at all: no program.

    `machine` is a name or a TOML file, "" what the program asks for; `inputs` are written as after `lpu run -i`.
    """

    paths: tuple[str, ...] = ()
    text: str = ""
    defines: Mapping[str, int | float] = NO_DEFINES
    include: tuple[str, ...] = ()
    machine: str = ""
    engine: str = "core"
    uninit: str = "fault"
    strict: bool = False
    inputs: tuple[str, ...] = ()

    def spec(self) -> MachineSpec | None:
        """The machine asked for, if one is. Raises SourceError."""
        try:
            return load_machine(self.machine) if self.machine else None
        except MachineError as error:
            raise trouble(str(error), code="E-MACHINE") from error

    def build(self) -> Loaded:
        """Assemble and link. Raises SourceError with all that is wrong."""
        return _Builder(self).build()

    def as_data(self) -> dict[str, Any]:
        return {**self._asdict(), "defines": dict(self.defines)}


class Names(NamedTuple):
    """What sources call things that an image does not know: constants, registers that have one name, macros."""

    constants: dict[str, int | float | str]
    registers: dict[str, int]
    macros: dict[str, Macro]

    @classmethod
    def of(cls, scope: Scope) -> Names:
        """The names of a source."""
        return cls(scope.known_constants(), dict(scope.registers.places), dict(scope.macros))

    def add(self, others: Names) -> None:
        self.constants.update(others.constants)
        self.registers.update(others.registers)
        self.macros.update(others.macros)

    @property
    def all(self) -> set[str]:
        return {*self.constants, *self.registers, *self.macros}


@dataclass
class Loaded:
    """A program that can be run; warnings, and the texts it came from by the names that messages use.

    `names` are those that the sources give beside labels and data; `typed` is what was typed since.
    """

    image: Image
    diagnostics: list[Diagnostic] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)
    names: Names = field(default_factory=lambda: Names({}, {}, {}))
    typed: list[Typed] = field(default_factory=list)

    def machine(self, source: Source) -> Machine:
        """A fresh machine with the program and its inputs. Raises SourceError."""
        machine = Machine(self.image, source.engine, source.uninit, source.spec(), source.strict)
        machine.register_names = self.names.registers
        inputs = [transfer(text) for text in source.inputs]
        check(machine, inputs, ())
        fill(machine, inputs)
        return machine


class _Builder:
    """One build: images, and what is found on the way."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.spec = source.spec()
        self.diagnostics: list[Diagnostic] = []
        self.sources: dict[str, str] = {}
        self.names = Names(dict(source.defines), {}, {})

    def build(self) -> Loaded:
        return Loaded(self._image(), self.diagnostics, self.sources, self.names)

    def _image(self) -> Image:
        if not self.source.paths and not self.source.text:
            return Image(self.spec or load_machine("lpu1"), executable=True)
        images = [self._part(path) for path in self.source.paths]
        if self.source.text:
            images.append(self._assembled(self.source.text, TEXT_NAME))
        if len(images) == 1 and images[0].executable:
            return images[0]
        from asm.link import link_checked

        return link_checked(images)

    def _part(self, path: str) -> Image:
        return read_image(path) if is_object(path) else self._assembled(Path(path), path)

    def _assembled(self, text: str | Path, name: str) -> Image:
        from asm.assemble import assemble

        source = self.source
        result = assemble(
            text, machine=self.spec, defines=source.defines, include_paths=source.include, name=name
        )  # fmt: skip
        self.sources.update(result.sources)
        self.names.add(Names.of(result.scope))
        if result.image is None:
            raise SourceError(*result.diagnostics)
        self.diagnostics += result.diagnostics
        return result.image
