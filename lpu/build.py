"""From the files a command names to images: sources are assembled, objects read, several linked."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from isa import files
from isa.diagnostics import SourceError
from isa.image import Image
from isa.machine import MachineError, MachineSpec
from isa.records import dataclass, field
from lpu import messages

if TYPE_CHECKING:
    from asm.assemble import Assembly
    from asm.optimal import Exact
    from asm.scope.scope import Scope

STANDARD_INPUT = "-"
STANDARD_NAME = "<stdin>"


@dataclass(frozen=True)
class Settings:
    """What a command line says about assembling, `optimal` that schedules are to be proved the shortest; `scopes` are
    those of the sources assembled so far."""

    defines: dict[str, int | float] = field(default_factory=dict)
    include: tuple[str, ...] = ()
    machine: MachineSpec | None = None
    optimal: bool = False
    scopes: list[Scope] = field(default_factory=list)


def settings(args: argparse.Namespace, optimal: bool = False) -> Settings:
    """The settings of a command with source options. Raises SourceError for a machine that is none."""
    return Settings(dict(args.defines), tuple(args.include), machine_asked(args.machine), optimal)


def machine_asked(name: str | None) -> MachineSpec | None:
    """The machine named on the command line, if one is. Raises SourceError."""
    from isa.machine import load

    try:
        return load(name) if name else None
    except MachineError as error:
        raise messages.error("E-MACHINE", str(error)) from error


def executable(paths: Sequence[str], wanted: Settings, log: messages.Log) -> Image:
    """The program made of sources, objects or one executable. Raises SourceError when any part is wrong."""
    refuse_repeated(paths)
    images = [image_of(path, wanted, log) for path in paths]
    present = [image for image in images if image is not None]
    if len(present) < len(images):
        raise SourceError()  # what is wrong is in the log
    warn_of_defines(wanted, log)
    if len(present) == 1 and present[0].executable:
        return present[0]
    return linked(present)


def refuse_repeated(paths: Sequence[str]) -> None:
    """Raises SourceError (E-DUPLICATE) when a file to be linked is named twice, in whatever spelling."""
    first: dict[str, str] = {}
    for path in paths:
        place = os.path.abspath(path)
        if place in first:
            earlier = first[place]
            same = f"{path} is named twice" if path == earlier else f"{path} and {earlier} are the same file"
            raise messages.error("E-DUPLICATE", same, "name each file to be linked once")
        first[place] = path


def image_of(path: str, wanted: Settings, log: messages.Log) -> Image | None:
    """An object or executable as it is, a source assembled; None when the log says why there is none."""
    return read_object(path) if is_object(path) else assembled(path, wanted, log, only_image=True).image


def assembled(path: str, wanted: Settings, log: messages.Log, only_image: bool = False) -> Assembly:
    """One source through the assembler; its diagnostics go to the log. Raises SourceError when it cannot be read."""
    from asm.assemble import assemble
    from asm.syntax.source import File

    source, name = (standard_input(), STANDARD_NAME) if path == STANDARD_INPUT else (File(path), path)
    oracle = exact_oracle() if wanted.optimal else None
    result = assemble(
        source, machine=wanted.machine, defines=wanted.defines, include_paths=wanted.include, name=name, oracle=oracle,
        only_image=only_image,
    )  # fmt: skip
    log.add(result.diagnostics)
    log.sources.update(result.sources)
    wanted.scopes.append(result.scope)
    return result


def exact_oracle() -> Exact:
    """What `--optimal` asks for schedules. Raises SourceError when OR-tools is not installed."""
    from asm.optimal import Exact

    return Exact()


def warn_of_defines(wanted: Settings, log: messages.Log) -> None:
    """W-DEFINE for each -D that no source took up; after errors nobody knows."""
    unused = wanted.defines.keys() - {name for scope in wanted.scopes for name in scope.overriding}
    if not unused or log.failed:
        return
    from asm.names.suggest import did_you_mean

    names = {name for scope in wanted.scopes for name in scope.constants()}
    for name in sorted(unused):
        message = f"-D {name}={wanted.defines[name]} has no effect: nothing that is assembled uses `{name}`"
        log.add([messages.warning("W-DEFINE", message, did_you_mean(name, names))])


def standard_input() -> str:
    """All of standard input, as a source. Raises SourceError."""
    from asm.syntax.source import MAX_FILE_BYTES, decode

    data = sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise messages.error("E-SOURCE", f"standard input has more than {MAX_FILE_BYTES} bytes, the most of a source")
    return decode(data, STANDARD_NAME)


def is_object(path: str) -> bool:
    """Whether a file is to be read rather than assembled."""
    return path != STANDARD_INPUT and files.is_object(path)


def read_object(path: str) -> Image:
    """An object or executable. Raises SourceError."""
    from vm.loader import read_image

    return read_image(path)


def linked(images: Sequence[Image], name: str = "", overlap: int | str | None = None) -> Image:
    """One executable, its static checks repeated. Raises SourceError."""
    from lpu.api import link

    return link(images, name, overlap)


def file_bytes(image: Image) -> bytes:
    from isa import elf

    return elf.write(image)
