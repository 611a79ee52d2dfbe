"""The int32 matrix product on peers: native C, Spike, qemu-user, Unicorn and wasmtime.

Each repeats the product; its time is that of one repetition, without starting, compiling and filling. Results are
checked.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from device_tree import flatten, spike_machine
from measure import Contestant, Time, call, package_version, process, tool
from numpy.typing import NDArray

PEERS = Path(__file__).resolve().parent / "peers"
NOT_INSTALLED = "not installed"
SPIKE_ISA, SPIKE_MIB = "rv64imac", 64
RISCV_GCC = "riscv64-linux-gnu-gcc"
BARE = (
    "-O2", f"-march={SPIKE_ISA}", "-mabi=lp64", "-mcmodel=medany", "-DBARE", "-ffreestanding", "-nostdlib",
    "-static", "-no-pie", "-T", str(PEERS / "spike.ld"),
)  # fmt: skip
BARE_START = 0x8000_0000
SPIKE_PRODUCTS, EMULATED_PRODUCTS, NATIVE_PRODUCTS = 16_000_000, 100_000_000, 2_000_000_000  # of a process
Maker = Callable[[int, Path], Contestant | str]


def operands(size: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The matrices of peers/matmul.c."""
    count = np.arange(size * size).reshape(size, size)
    return (count % 251 - 125).astype(np.int32), (count % 241 - 120).astype(np.int32)


def build(compiler: str, flags: Sequence[str], size: int, repeats: int, out: Path) -> Path:
    """peers/matmul.c compiled; the program ends with 0 when its result is right."""
    a, b = operands(size)
    checksum = int((a @ b).sum()) % 2**32
    defines = [f"-DN={size}", f"-DREPEATS={repeats}", f"-DCHECKSUM={checksum}u"]
    subprocess.run([compiler, *flags, *defines, str(PEERS / "matmul.c"), "-o", str(out)], check=True)
    return out


def marginal(with_repeats: Contestant, without: Contestant, repeats: int) -> Contestant:
    """The time of one repetition: of `repeats` of them, less that of none."""

    def run() -> Time:
        difference = with_repeats() - without()
        return Time(difference.wall / repeats, difference.cpu / repeats)

    return run


def compiled(
    compiler: str, flags: Sequence[str], prefix: Sequence[str], size: int, repeats: int, stem: Path
) -> Contestant:
    """Whole processes of compiled programs, run by `prefix`."""
    programs = [build(compiler, flags, size, count, stem.with_suffix(f".{count}")) for count in (repeats, 0)]
    some, none = (process([*prefix, program]) for program in programs)
    return marginal(some, none, repeats)


def native(*flags: str) -> Maker:
    def make(size: int, folder: Path) -> Contestant | str:
        compiler = tool("cc")
        if compiler is None:
            return NOT_INSTALLED
        return compiled(compiler, flags, [], size, NATIVE_PRODUCTS // size**3, folder / ("native" + "".join(flags)))

    return make


def qemu(size: int, folder: Path) -> Contestant | str:
    compiler, emulator = tool(RISCV_GCC), tool("qemu-riscv64")
    if compiler is None or emulator is None:
        return NOT_INSTALLED
    repeats = EMULATED_PRODUCTS // size**3
    return compiled(compiler, ["-O2", "-static"], [emulator], size, repeats, folder / "qemu")


def spike(size: int, folder: Path) -> Contestant | str:
    compiler, simulator = tool(RISCV_GCC), tool("spike")
    if compiler is None or simulator is None:
        return NOT_INSTALLED
    tree = folder / "spike.dtb"
    tree.write_bytes(flatten(spike_machine(SPIKE_ISA, SPIKE_MIB)))
    prefix = [simulator, f"--isa={SPIKE_ISA}", f"-m{SPIKE_MIB}", f"--dtb={tree}"]
    return compiled(compiler, BARE, prefix, size, SPIKE_PRODUCTS // size**3, folder / "spike")


def unicorn(size: int, folder: Path) -> Contestant | str:
    """The program of Spike in Unicorn, up to the endless loop after its end."""
    compiler = tool(RISCV_GCC)
    if compiler is None or package_version("unicorn") == NOT_INSTALLED:
        return NOT_INSTALLED
    repeats = EMULATED_PRODUCTS // size**3
    some, none = (emulated(build(compiler, BARE, size, count, folder / f"unicorn.{count}")) for count in (repeats, 0))
    return marginal(some, none, repeats)


def emulated(program: Path) -> Contestant:
    """A bare program run from its start to `finish`. Raises ValueError when it does not say that all went well."""
    from unicorn import Uc
    from unicorn.unicorn_const import UC_ARCH_RISCV, UC_MODE_RISCV64

    code, address = flat(program), symbols(program)

    def run() -> Time:
        machine: Any = Uc(UC_ARCH_RISCV, UC_MODE_RISCV64)
        machine.mem_map(BARE_START, SPIKE_MIB << 20)
        machine.mem_write(BARE_START, code)
        taken = call(lambda: machine.emu_start(address["_start"], address["finish"]))()
        if int.from_bytes(machine.mem_read(address["tohost"], 8), "little") != 1:
            raise ValueError("unicorn gave a wrong product")
        return taken

    return run


def flat(program: Path) -> bytes:
    """What an ELF file loads, from BARE_START on."""
    out = program.with_suffix(program.suffix + ".bin")
    subprocess.run([tool("riscv64-linux-gnu-objcopy") or "", "-O", "binary", program, out], check=True)
    return out.read_bytes()


def symbols(program: Path) -> dict[str, int]:
    done = subprocess.run([tool("riscv64-linux-gnu-nm") or "", program], check=True, capture_output=True, text=True)
    fields = (line.split() for line in done.stdout.splitlines())
    return {each[2]: int(each[0], 16) for each in fields if len(each) == 3}


def wasmtime(size: int, _: Path) -> Contestant | str:
    """peers/matmul.wat, compiled by wasmtime. Raises ValueError on a wrong result."""
    if package_version("wasmtime") == NOT_INSTALLED:
        return NOT_INSTALLED
    from wasmtime import Instance, Module, Store, wat2wasm

    store: Any = Store()
    exports: Any = Instance(store, Module(store.engine, wat2wasm((PEERS / "matmul.wat").read_text())), []).exports(
        store
    )
    a, b = operands(size)
    exports["memory"].write(store, a.tobytes() + b.tobytes(), 0)
    repeats = EMULATED_PRODUCTS // size**3

    def run() -> Time:
        taken = call(lambda: exports["multiply"](store, size, repeats))()
        found = np.frombuffer(exports["memory"].read(store, 2 * a.nbytes, 3 * a.nbytes), np.int32)
        if not np.array_equal(found.reshape(size, size), a @ b):
            raise ValueError("wasmtime gave a wrong product")
        return Time(taken.wall / repeats, taken.cpu / repeats)

    return run


MAKERS: dict[str, Maker] = {
    "Unicorn, C at -O2": unicorn,
    "qemu-user, C at -O2": qemu,
    "wasmtime, WebAssembly": wasmtime,
    "Spike, C at -O2": spike,
    "native C, -O2, not vectorised": native("-O2", "-fno-tree-vectorize"),
    "native C, -O3": native("-O3"),
}
