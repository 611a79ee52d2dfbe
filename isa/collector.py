"""Python's collector of cyclic garbage, kept from walking a tree again and again while it grows."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """For work that makes many objects and drops few; afterwards it is as it was before."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            if not gc.get_freeze_count():
                gc.freeze()  # and back: what was made meanwhile counts as old, and is not looked through at once
                gc.unfreeze()
            gc.enable()
