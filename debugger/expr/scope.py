"""What an expression is evaluated in: a machine, its state read once, and how files are loaded."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from isa.records import dataclass
from vm.engine import State
from vm.machine import Machine

if TYPE_CHECKING:
    from isa.machine import MachineSpec

Load = Callable[[str], Any]  # the array in a file
Change = Callable[[Machine], None]


@dataclass
class Scope:
    machine: Machine
    load: Load

    @cached_property
    def state(self) -> State:
        return self.machine.state

    @property
    def spec(self) -> MachineSpec:
        return self.machine.engine.spec
