"""Addresses as clients know them: texts of numbers. Of the program they count syllables, of memory bytes of SRAM."""

from __future__ import annotations

import re

from debugger.dap.arguments import RequestError

NUMBER = re.compile(r"-?(0[xX][0-9a-fA-F]{1,13}|\d{1,15})")


def text_reference(address: int) -> str:
    """The address of a bundle; those before the program, which disassemblies may ask for, are negative."""
    return hex(address) if address >= 0 else str(address)


def memory_reference(address: int) -> str:
    """The address of a byte of the linear map."""
    return hex(address)


def number(reference: str) -> int:
    """The address that a reference names. Raises RequestError."""
    if not NUMBER.fullmatch(reference):
        raise RequestError(f"`{reference[:40]}` is no address; write 64 or 0x40")
    return int(reference, 0) if "x" in reference.lower() else int(reference)
