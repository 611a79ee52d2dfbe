"""The same steps as the command's, for Python: source to executable, files to images."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from asm.assemble import assemble as assemble_source
from asm.link import link_checked as link
from isa.diagnostics import SourceError
from isa.image import Image
from isa.machine import MachineSpec
from isa.machine import load as load_machine
from vm.loader import read_image

PathLike = str | os.PathLike[str]
__all__ = ["assemble", "assemble_object", "link", "load"]


def assemble(
    source: PathLike,
    defines: Mapping[str, int | float] | None = None,
    machine: MachineSpec | str | None = None,
    include: Iterable[PathLike] = (),
) -> Image:
    """An executable from a file (a path) or a text (a str with a line end in it). Raises SourceError.

    `defines` set parameters and constants, `include` names folders, `machine` is a description, the name of
    one or a TOML file.
    """
    image = assemble_object(source, defines, machine, include)
    return link([image])


def assemble_object(
    source: PathLike,
    defines: Mapping[str, int | float] | None = None,
    machine: MachineSpec | str | None = None,
    include: Iterable[PathLike] = (),
) -> Image:
    """The same as far as an object, to be linked with others. Raises SourceError."""
    from pathlib import Path

    text = source if isinstance(source, str) and "\n" in source else Path(source)
    spec = load_machine(machine) if isinstance(machine, str) else machine
    folders = [os.fspath(folder) for folder in include]
    result = assemble_source(text, machine=spec, defines=defines or {}, include_paths=folders, only_image=True)
    if result.image is None:
        raise SourceError(*result.diagnostics)
    return result.image


def load(path: PathLike) -> Image:
    """An object or executable from its file. Raises SourceError."""
    return read_image(path)
