"""The words that texts of a kind are made of, from the tables of what reads them."""

from __future__ import annotations

from functools import cache

EXTREMES = (0, 1, -1, 255, 256, 1 << 15, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, 1 << 32, 1 << 62, 1 << 63, 1 << 64)
NUMBERS = (*map(str, EXTREMES), "0x7f", "0b101", "1.5", "-0.0", "1e400", "inf", "nan", "1_000", "9" * 5000, "'a'")
SIGNS = tuple("+ - * / // % ** << >> < <= > >= == != & && | || ^ ~ ! ? : ; , . .. @ @+ ( ) [ ] { } = \\ # \" '".split())
LINES = ("\n", "\n        ", "\t", "\0", "\r", "é", "\u2028", "/*", "*/")
REGISTERS = tuple("r0 r1 r31 r32 cc v0 v15 se0 se4 sw0 sw31 mw0 me3 mw0..3 acc0 rp0 %x %n".split())
LAYOUT = tuple(
    "i4 i8 u8 i16 u16 i32 u32 f16 bf16 f32 linear rows tiles mxm layout after x y T limit start done".split()
)


@cache
def words_of(kind: str) -> tuple[str, ...]:
    """All that may come next in a "source", an "expression", at the "prompt", in the "protocol" or a "machine"."""
    return (*VOCABULARIES[kind](), *NUMBERS, *SIGNS, *LINES, *REGISTERS, *LAYOUT)


def of_sources() -> tuple[str, ...]:
    """Mnemonics and directives; these come often, for there are few of them."""
    from isa.table import ROWS

    mnemonics = tuple(dict.fromkeys(row.mnemonic for row in ROWS))
    return (*mnemonics, *directives() * 4)


def directives() -> tuple[str, ...]:
    from asm.data.gather import DIRECTIVES, ELSEWHERE, IN_TEXT
    from asm.data.stated import FACT_DIRECTIVES
    from asm.expand.directives import HANDLERS

    return tuple(f".{name}" for name in (*DIRECTIVES, *ELSEWHERE, *IN_TEXT, *FACT_DIRECTIVES, *HANDLERS))


def of_expressions() -> tuple[str, ...]:
    from debugger.expr.functions import FUNCTIONS

    return (
        *FUNCTIONS,
        "cycle",
        "pc",
        "mem",
        "and",
        "or",
        "not",
        "in",
        "if",
        "else",
        "None",
        "lambda",
        "x[0]",
        "T[:, 1]",
    )


def of_prompts() -> tuple[str, ...]:
    from debugger.repl.table import BY_NAME

    return (*BY_NAME, *of_expressions(), "add r1, r1, 1", "{ nop 3 || mov r2, r1 }", "asm", "end", "/x", "/8w")


def of_protocol() -> tuple[str, ...]:
    requests = "hello load text data register run trace state memory written counts append goto end".split()
    answers = (
        "ok error name machine lacks any fault running halted registers flags fetch write loop at issued event".split()
    )
    return (*requests, *answers, "value", "vector", "burst", "lost", "zero", "00" * 8)


def of_machines() -> tuple[str, ...]:
    from isa.machine import LIMITS

    return (*LIMITS, "name", '"a"', "[a]", "[[a]]", "true", "1979-05-27", "0x" + "f" * 5000, "[" * 5000, "{a=" * 3000)


VOCABULARIES = {
    "source": of_sources, "expression": of_expressions, "prompt": of_prompts, "protocol": of_protocol,
    "machine": of_machines,
}  # fmt: skip
