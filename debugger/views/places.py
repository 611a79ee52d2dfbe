"""Places in the source, said in few columns."""

from __future__ import annotations

from isa.diagnostics import Place
from isa.image import Image


def main_file(image: Image) -> str:
    """The file that places without a file are in: that of the first op."""
    return image.lines[0].place.file if image.lines else ""


def place_name(place: Place | None, main: str = "") -> str:
    """`gemm_i8.s:61`, the file without its folder, or `:61` in the main file; nothing for what has no source."""
    if place is None:
        return ""
    return f":{place.line}" if place.file == main else f"{place.file.rpartition('/')[2]}:{place.line}"
