"""An engine's memory as pages, by looking only at those that were stored to since it was last looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vm.engine import Engine
from vm.pages import Memory, Pages, blank, captured, put_back, unlike

BITS = 8  # written bits of a byte stand for as many bytes of SRAM


class Mirror:
    """SRAM and the written bits of an engine, as pages.

    Which pages were stored to the engine tells, in bytes for each page that this alone makes 0 again; where memory may
    have changed otherwise, it must be `doubt`ed.
    """

    def __init__(self, sram: Memory, written: Memory, changed: memoryview) -> None:
        self._sram, self._written, self._changed = sram, written, changed
        self._pages = blank(len(sram)), blank(len(written))

    def take(self) -> tuple[Pages, Pages]:
        """SRAM and the written bits as they are now; what did not change is shared with what was taken before."""
        places = self._stored_to()
        if places:
            sram, written = self._pages
            bits = {place // BITS for place in places}
            self._pages = captured(self._sram, sram, places), captured(self._written, written, bits)
        return self._pages

    def put(self, sram: Pages, written: Pages) -> None:
        """Make memory equal to pages."""
        places = self._stored_to()
        bits = {place // BITS for place in places}
        put_back(self._sram, sram, {*unlike(self._pages[0], sram), *places})
        put_back(self._written, written, {*unlike(self._pages[1], written), *bits})
        self._pages = sram, written

    def is_at(self, sram: Pages, written: Pages) -> None:
        """Memory has become equal to pages by itself."""
        self._changed[:] = bytes(len(self._changed))
        self._pages = sram, written

    def doubt(self) -> None:
        """Any page may have changed."""
        self._changed[:] = b"\1" * len(self._changed)

    def _stored_to(self) -> list[int]:
        """The places of the pages of SRAM that may have changed since this was last asked."""
        changed, places = bytes(self._changed), []
        place = changed.find(1)
        while place >= 0:
            places.append(place)
            place = changed.find(1, place + 1)
        if places:
            self._changed[:] = bytes(len(changed))
        return places


def mirrored(engine: Engine) -> Mirror:
    """The mirror of an engine, in doubt where somebody may have written to memory beside the run."""
    if engine.was_lent():
        engine.mirror.doubt()
    return engine.mirror


class Loans:
    """Counts the views of memory that may be written to; each keeps the machine alive."""

    def __init__(self, machine: Any) -> None:
        self._machine = machine
        self._living = 0
        self._is_news = False

    def begin(self) -> Callable[[object], None]:
        """Another view; what is to be called once it is gone."""
        self._living += 1
        self._is_news = True
        return self._end

    def _end(self, _: object) -> None:
        self._living -= 1

    def look(self) -> bool:
        """Whether there were any since this was last asked."""
        found, self._is_news = self._is_news, self._living > 0
        return found
