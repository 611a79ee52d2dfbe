"""Objects to an executable: names, placement by whole rows, text with its references filled in."""

from __future__ import annotations

from collections.abc import Sequence

from asm.link.linker import link
from isa.image import Image

__all__ = ["link", "link_checked"]


def link_checked(objects: Sequence[Image], name: str = "", overlap: int | str | None = None) -> Image:
    """One executable from objects, called after the first or `name`; static checks repeated. Raises SourceError.

    With an `overlap`, a number of cycles or "max", objects of straight code are merged in time.
    """
    if len(objects) == 1:
        return link(objects, name)  # its checks were made when it was assembled
    from asm.check import check_image

    return link(objects, name, check_image, overlap)
