"""The public face: `lpu.assemble`, `lpu.Machine` and what they raise, each imported at its first use."""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # as in `typing`, whose import is a fifth of what listing the commands takes
if TYPE_CHECKING:
    from typing import Any

    from isa.builder import Builder
    from isa.diagnostics import Diagnostic, SourceError
    from isa.machine import MachineSpec
    from lpu.api import assemble, assemble_object, link, load
    from vm.machine import Machine, MachineFault

__version__ = "0.1.0"
__all__ = [
    "Builder", "Diagnostic", "Machine", "MachineFault", "MachineSpec", "SourceError",
    "assemble", "assemble_object", "link", "load",
]  # fmt: skip

_HOMES = {
    "Builder": "isa.builder",
    "Diagnostic": "isa.diagnostics",
    "SourceError": "isa.diagnostics",
    "MachineSpec": "isa.machine",
    "assemble": "lpu.api",
    "assemble_object": "lpu.api",
    "link": "lpu.api",
    "load": "lpu.api",
    "Machine": "vm.machine",
    "MachineFault": "vm.machine",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'lpu' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value  # found at once from now on
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
