"""`NamedTuple` and `dataclass` for all of this code: to a reader and a type checker those of the standard library.

What runs is isa/lazy_records.py: the same classes, made without compiling a function for each.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dataclasses import dataclass, field, replace
    from typing import NamedTuple
else:
    from isa.lazy_records import NamedTuple, dataclass, field, replace

__all__ = ["NamedTuple", "dataclass", "field", "replace"]
