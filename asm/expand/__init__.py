"""Source files to a stream of statements: macros, conditions, repetition, includes, local labels."""

from asm.expand.expander import ExpandOptions, Sources, expand, expand_file

__all__ = ["ExpandOptions", "Sources", "expand", "expand_file"]
