"""Lines per second of our assembler beside GNU as, llvm-mc, keystone and bronzebeard, on generated files of one shape.

A block of ours and one of the peers' do the same: address, load, arithmetic, store, compare, jump back.
All are whole processes, from source file to object file.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from measure import Contestant, Time, call, interleaved, package_version, process, tool
from tables import Cell, Table, show

import lpu

PEERS = Path(__file__).resolve().parent / "peers"
NOT_INSTALLED = "not installed"
NET = "lines/s by processor time, less start-up"
HEAD = ("", "lines/s by wall clock", NET, "spread, %", "wall s", "processor s")
STARTUP_LINES = 20  # what is assembled to know what starting the process costs


def row(name: str, lines: int, time: Time, net: Time) -> tuple[Cell, ...]:
    """Rates of a number of lines; `net` leaves out what a file of a few lines takes."""
    return (name, lines / time.wall, lines / net.cpu, 100 * time.spread, time.wall, time.cpu)


def linear_block(number: int) -> list[str]:
    """Jumps to the block before: a loop would be pipelined, which is another thing to measure."""
    r = 8 + number % 4 * 4
    return [
        f"b{number}:",
        f"        ld   r{r}, [x + r4 + {number % 64}]",
        f"        add  r{r + 1}, r{r}, {number % 2000}",
        f"        mul  r{r + 2}, r{r + 1}, r5",
        f"        sub  r6, r6, r{r + 2}",
        f"        shl  r{r + 3}, r6, {number % 32}      ; a comment",
        f"        xor  r7, r{r + 3}, r{r}",
        f"        st   [y + r4 + {number % 64}], r7",
        "        add  r4, r4, 1",
        "        cmp  r4, r2",
        f"        jlt  b{max(number - 1, 0)}",
    ]


def bundle_block(number: int) -> list[str]:
    return [
        f"b{number}:",
        f"        {{ ld r8, [x + r4 + {number % 64}]  ||  ld r9, [y + r4]  ||  add r4, r4, 1 }}",
        f"        {{ add r10, r11, {number % 2000}  ||  sub r12, r13, r14  ||  nop 3 }}",
        "        { mul r15, r8, r9  ||  mov r16, r10  ||  cmp r4, r2 }",
        f"        {{ xor r17, r16, {number % 64}  ||  nop 2 }}",
        f"        {{ add r6, r6, r15  ||  shl r7, r17, {number % 32}  ||  jlt b{number} }}     ; a comment",
    ]


def mixed_block(number: int) -> list[str]:
    """What a source is made of: comments, data, linear and explicit code, a use of a macro, an op on streams."""
    r = 8 + number % 4 * 4
    return [
        "",
        f"; step {number}: the next element, and what is left of the one before",
        "        .data",
        f"k{number}: .i32 {number}, {number * 3}, -{number % 7}, {number:#x}",
        "        .text",
        f"b{number}:",
        f"        ld   r{r}, [x + r4 + {number % 64}]",
        f"        add  r{r + 1}, r{r}, {number % 2000}",
        f"        mul  r{r + 2}, r{r + 1}, r5      ; a comment",
        f"        st   [y + r4 + {number % 64}], r{r + 2}",
        "        add  r4, r4, 1",
        "        cmp  r4, r2",
        f"        jlt  b{max(number - 1, 0)}",
        "",
        f"e{number}:  {{ ld r8, [k{number}]  ||  ld r9, [y + r4 + {number % 32}]  ||  add r4, r4, 1 }}",
        f"        {{ add r10, r11, {number % 2000}  ||  sub r12, r13, r14  ||  nop 3 }}",
        "        { mul r15, r8, r9  ||  mov r16, r10  ||  cmp r4, r2 }",
        "        // what the unit of streams does meanwhile",
        f"        {{ read.4 se0, mw40[{number % 256}], n=4  ||  xor r17, r16, {number % 64} }}",
        "        { nop 20 }",
        f"        {{ add r6, r6, r15  ||  shl r7, r17, {number % 32}  ||  sub r18, r16, 1  ||  jlt e{number} }}",
        f"        step r20, {number % 100}",
    ]


def riscv_block(number: int) -> list[str]:
    r = ("t3", "t4", "t5", "t6")[number % 4]
    return [
        f"b{number}:",
        f"        lw   {r}, {number % 64 * 4}(s4)",
        f"        addi a1, {r}, {number % 2000}",
        "        mul  a2, a1, s5",
        "        sub  s6, s6, a2",
        f"        slli a3, s6, {number % 32}      # a comment",
        f"        xor  s7, a3, {r}",
        f"        sw   s7, {number % 64 * 4}(s8)",
        "        addi s4, s4, 4",
        "        slt  a4, s4, s2",
        f"        blt  s4, s2, b{number}",
    ]


def x86_block(number: int) -> list[str]:
    r = ("rax", "rbx", "rcx", "rdx")[number % 4]
    return [
        f"b{number}:",
        f"        mov  {r}, [rsi + rdi*8 + {number % 64}]",
        f"        add  {r}, {number % 2000}",
        f"        imul {r}, r9",
        f"        sub  r10, {r}",
        f"        shl  r11, {number % 32 + 1}      # a comment",
        f"        xor  r12, {r}",
        f"        mov  [rsi + rdi*8 + {number % 64}], r12",
        "        add  rdi, 1",
        "        cmp  rdi, r8",
        f"        jl   b{max(number - 1, 0)}",
    ]


MIXED_HEAD = [
    "        .array x: i32[4096]",
    "        .array y: i32[4096]",
    "        .macro step register, by",
    "        add  \\register, \\register, \\by",
    "        xor  r21, \\register, r5",
    "        .endm",
]
OUR_DATA = ["        .array x: i32[4096]", "        .array y: i32[4096]"]


def source(block: Callable[[int], list[str]], lines: int, head: Sequence[str] = ()) -> str:
    """A file of about so many lines."""

    def generate() -> Iterator[str]:
        yield from head
        for number in range(max(1, (lines - len(head)) // len(block(0)))):
            yield from block(number)

    return "\n".join(generate()) + "\n"


def our_command(text: Path, out: Path) -> list[str | Path]:
    return [sys.executable, "-m", "lpu", "asm", text, "-o", out]


def gnu_command(text: Path, out: Path) -> list[str | Path]:
    return [tool("riscv64-linux-gnu-as") or "", "-march=rv64imac", text, "-o", out]


def llvm_command(text: Path, out: Path) -> list[str | Path]:
    return [tool("llvm-mc") or "", "--triple=riscv64", "--mattr=+m,+c", "--filetype=obj", text, "-o", out]


def keystone_command(text: Path, out: Path) -> list[str | Path]:
    return [sys.executable, PEERS / "keystone_asm.py", text, out]


def bronzebeard_command(text: Path, out: Path) -> list[str | Path]:
    return [tool("bronzebeard") or "", "-o", out, text]


@dataclass(frozen=True)
class Entry:
    """An assembler and what it is given; `needs` is the program that may be missing, `package` the Python package."""

    name: str
    command: Callable[[Path, Path], list[str | Path]]
    block: Callable[[int], list[str]]
    head: Sequence[str] = ()
    needs: str = ""
    package: str = ""

    @property
    def is_installed(self) -> bool:
        program = not self.needs or tool(self.needs) is not None
        return program and (not self.package or package_version(self.package) != NOT_INSTALLED)

    def prepare(self, folder: Path, lines: int) -> tuple[Contestant, int]:
        """The process to time, and the number of lines it reads."""
        stem = folder / f"{self.block.__name__}{lines}"
        text = stem.with_suffix(".s")
        text.write_text(source(self.block, lines, self.head))
        return process(self.command(text, stem.with_suffix(".o"))), len(text.read_text().splitlines())


ENTRIES = (
    Entry("`lpu asm`, linear", our_command, linear_block, OUR_DATA),
    Entry("`lpu asm`, explicit bundles (3 ops a line)", our_command, bundle_block, OUR_DATA),
    Entry("`lpu asm`, mixed", our_command, mixed_block, MIXED_HEAD),
    Entry("GNU as (C)", gnu_command, riscv_block, needs="riscv64-linux-gnu-as"),
    Entry("llvm-mc (C++)", llvm_command, riscv_block, needs="llvm-mc"),
    Entry("keystone, x86-64 (C++ from Python)", keystone_command, x86_block, package="keystone-engine"),
    Entry("bronzebeard (Python)", bronzebeard_command, riscv_block, needs="bronzebeard"),
)


def processes(lines: int, rounds: int, folder: Path) -> list[tuple[Cell, ...]]:
    """All assemblers in the same rounds, each with a long file and a short one."""
    contestants: dict[str, Contestant] = {}
    counts: dict[str, int] = {}
    present = [entry for entry in ENTRIES if entry.is_installed]
    for entry in present:
        contestants[entry.name], counts[entry.name] = entry.prepare(folder, lines)
        contestants[entry.name + " short"], _ = entry.prepare(folder, STARTUP_LINES)
    times = interleaved(contestants, rounds)
    return [
        row(e.name, counts[e.name], times[e.name], times[e.name] - times[e.name + " short"])
        if e in present
        else (e.name, NOT_INSTALLED)
        for e in ENTRIES
    ]


def in_process(lines: int, rounds: int) -> list[tuple[Cell, ...]]:
    """Our assembler as a library call, without starting Python."""
    made = {
        "`lpu.assemble`, linear": source(linear_block, lines, OUR_DATA),
        "`lpu.assemble`, explicit bundles": source(bundle_block, lines, OUR_DATA),
        "`lpu.assemble`, mixed": source(mixed_block, lines, MIXED_HEAD),
    }
    times = interleaved({name: assembling(text) for name, text in made.items()}, rounds)
    return [row(name, len(made[name].splitlines()), time, time) for name, time in times.items()]


def assembling(text: str) -> Contestant:
    return call(lambda: lpu.assemble(text))


def measure(quick: bool) -> list[Table]:
    lines, rounds = (2_000, 3) if quick else (100_000, 3)
    with tempfile.TemporaryDirectory() as name:
        rows = processes(lines, rounds, Path(name)) + in_process(lines, rounds)
    return [Table(f"Assembling {lines:,} lines", HEAD, tuple(rows))]


if __name__ == "__main__":
    show(measure, __doc__)
