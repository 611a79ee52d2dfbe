"""When a run is worth translating, and the translation put in its place while the run goes on."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Sequence
from typing import Any

from vm.translate.build import Build
from vm.translate.emit import NAME, Region
from vm.translate.graph import is_whole
from vm.translate.region import enter, is_inside, told

LEAST = 1000  # times that a bundle must have issued
PATIENCE = 8  # slices in bundles that are not translated before they are; a slice takes some milliseconds
MOST = 32  # regions of one machine


class Tier:
    """Watches the slices of a machine's runs. Compiling goes on beside them."""

    def __init__(self, machine: Any) -> None:
        self._machine = machine
        self._slices = self.regions = 0
        self._patience = PATIENCE
        self._build: Build | None = None
        self._entries: Sequence[int] = ()
        self._libraries: list[Any] = []  # loaded as long as the machine may run them
        self.failure = ""  # why nothing more is translated

    def after_slice(self) -> None:
        """Look at where the run is between two slices."""
        if self._build:
            if not self._build.is_running:
                self._enter(self._build)
        elif self.regions < MOST and not is_inside(self._machine):
            self._slices += 1
            if self._slices >= self._patience:
                self.begin(LEAST)

    def begin(self, least: int) -> None:
        """Begin to translate what the run goes round in now, as far as it issued so often."""
        self._slices = 0
        blocks = told(self._machine, least)
        if not blocks or not is_whole(blocks[0]):
            self._patience *= 2  # as in code of the tensor face
            return
        self.regions += 1
        region = Region(blocks)
        self._entries = region.entries
        try:
            self._build = Build(region.text())
        except OSError as error:
            self._give_up(error)

    def finish(self) -> None:
        """Wait for what was begun, and put it in place."""
        if self._build:
            self._build.wait()
            self._enter(self._build)

    def _give_up(self, error: OSError) -> None:
        """It will not be otherwise the next time: all is interpreted, and who asks is told why."""
        self.regions = MOST
        self.failure = str(error)
        if os.environ.get("LPU_TRANSLATE") == "verbose":
            print(f"nothing is translated: {error}", file=sys.stderr)

    def _enter(self, build: Build) -> None:
        """Have a library run in place of its region, if the core still has that."""
        self._build = None
        try:
            library = build.load()
        except OSError as error:
            self._give_up(error)
            return
        self._libraries.append(library)
        code = ctypes.cast(getattr(library, NAME), ctypes.c_void_p).value
        assert code is not None
        enter(self._machine, code, self._entries)
