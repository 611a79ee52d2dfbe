"""Objects to an executable: names, placement by whole rows, text with its references filled in."""

from asm.link.linker import link

__all__ = ["link"]
