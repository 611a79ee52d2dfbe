"""Any cycle of long runs: processor time of the first pass, of jumps to random cycles, of steps and of looks back."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from random import Random

from conform.build import Bundle, addresses, image, op
from debugger.history import History
from isa.image import Image
from isa.machine import LPU1
from vm.machine import Machine
from vm.stops import WRITE, Stops, Watch

ROUNDS, INNER = 10_000, 5000
JUMPS = 20


def looped(body: list[Bundle]) -> Image:
    """A loop in a loop on LPU1, of ROUNDS x INNER x its bundles cycles and some."""
    start = [op("loop imm, target", imm=ROUNDS, target=0)], [op("loop imm, target", imm=INNER, target=0)]
    after = [[op("add rd, ra, imm", rd=9, ra=9, imm=1)], [op("st [disp + rb], rt", disp=0, rb=9, rt=9)]]
    bundles: list[Bundle] = [*start, *body, *after, [op("halt [code]")]]
    places = addresses(*bundles)
    inner, outer = places[2 + len(body)], places[4 + len(body)]
    ends = {0: outer, 1: inner}
    linked = [[one.with_field("target", ends[i]) for one in ops] if i in ends else ops for i, ops in enumerate(bundles)]
    return image(*linked, machine=LPU1)


def counting() -> Image:
    """Adds in registers, and a word of memory in 10,000 cycles."""
    return looped([[op("add rd, ra, imm", rd=1, ra=1, imm=3)], [op("xor rd, ra, rb", rd=2, ra=2, rb=1)]])


def storing() -> Image:
    """A store of a new value every other cycle, all over memory."""
    step = op("add rd, ra, imm", rd=1, ra=1, imm=4099)
    mask = op("and rd, ra, rb", rd=2, ra=1, rb=3)
    return looped([[step], [mask, op("st [disp + rb], rt", disp=0, rb=2, rt=1)]])


def timed(action: Callable[[], object]) -> float:
    started = time.process_time()
    action()
    return time.process_time() - started


def measure(name: str, program: Image, filled: bool) -> None:
    """One row: the whole run at once, the first pass of a history, then the slowest of each way of going back."""
    plain, machine = Machine(program), Machine(program)
    for each in (plain, machine):
        each.engine.set_register(3, (1 << 25) - 1)
        if filled:
            each.engine.load(0, bytes(range(256)) * (LPU1.sram_bytes // 256))
    alone = timed(plain.run)
    del plain
    history = History(machine)
    first = timed(history.run)
    assert history.end is not None
    rng = Random(1)
    jumps = [timed(lambda: history.goto(rng.randrange(history.end or 1))) for _ in range(JUMPS)]
    backs = [timed(history.back) for _ in range(JUMPS)]
    rare = Stops(watches=(Watch(WRITE, 400, 403),))
    often = Stops(watches=(Watch(WRITE, 0, LPU1.sram_bytes - 1),))
    looks = [timed(lambda stops=stops: history.last(stops, history.end or 0)) for stops in (rare, often)]
    numbers = alone, first, sum(jumps) / JUMPS, max(jumps), max(backs), *looks
    row = f"{name:26}" + "".join(f"{number:10.3f}" for number in numbers)
    print(row, f"{history.end:12,} cycles, {history.bytes >> 20} MiB")


def main() -> None:
    heads = ("run", "first pass", "jump", "worst", "back", "last, rare", "last, often")
    print(f"{'seconds':26}" + "".join(f"{head:>10}" for head in heads))
    measure("registers", counting(), filled=False)
    measure("registers, 220 MiB", counting(), filled=True)
    measure("stores everywhere", storing(), filled=True)
    print(f"at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MiB")


if __name__ == "__main__":
    main()
