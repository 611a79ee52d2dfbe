"""The C core alone: inner loops of a matrix product in scalar code, sums on streams, products of the planes.

Cycles, ops (of a burst: elements) and products a second. A product on a stream is one lane's.
"""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass

from conform.build import Bundle, addresses, op, text
from isa import codec
from isa.machine import LPU1
from vm.core import CoreEngine

B = LPU1.words_per_bank  # where the second matrix starts: a bank of its own
INNER, ROUNDS, REPEATS = 256, 4000, 7
FOREVER = 1 << 60


@dataclass(frozen=True)
class Rate:
    """What a program did in its fastest run. `products` are multiply-accumulates."""

    name: str
    seconds: float
    cycles: int
    ops: int
    products: int

    def __str__(self) -> str:
        each = (number / self.seconds / 1e6 for number in (self.cycles, self.ops, self.products))
        return f"{self.name:28}" + "".join(f"{rate:12.1f}" for rate in each)


def load_pair(a: int, b: int) -> list[codec.Op]:
    """a = A[r1*256 + r2] and b = B[r2*64 + r3]."""
    first = op("ld rt, [disp + ra*scale + rb]", rt=a, ra=1, scale=INNER, rb=2)
    return [first, op("ld rt, [disp + ra*scale + rb]", u=1, rt=b, disp=B, ra=2, scale=64, rb=3)]


def classic() -> list[Bundle]:
    """The loop of the classic program, each op as soon as the ones before allow: 11 cycles a product."""
    return [
        [op("loop imm, target", imm=ROUNDS, target=0)],
        [op("mov rd, imm", rd=2, imm=0)],
        [*load_pair(8, 9), op("add rd, ra, imm", rd=2, ra=2, imm=1)],
        [op("nop count", count=3)],
        [op("mul rd, ra, rb", rd=10, ra=8, rb=9)],
        [op("cmp ra, imm", ra=2, imm=INNER)],
        [op("nop count", count=1)],
        [op("add rd, ra, rb", rd=6, ra=6, rb=10), op("jlt target", target=2)],
        [op("mov rd, ra", rd=0, ra=0)],
        [op("halt [code]")],
    ]


def pipelined() -> list[Bundle]:
    """One product a cycle: four names for each load and product, and a hardware loop."""
    body: list[Bundle] = []
    for turn in range(4):
        a, b, product = 8 + turn, 12 + turn, 16 + turn
        ops = [op("mul rd, ra, rb", rd=product, ra=a, rb=b), op("add rd, ra, rb", rd=6, ra=6, rb=16 + (turn + 1) % 4)]
        body.append([*load_pair(a, b), *ops, op("add rd, ra, imm", u=1, rd=2, ra=2, imm=1)])
    start = [op("loop imm, target", imm=ROUNDS, target=0)], [op("mov rd, imm", rd=2, imm=0)]
    inner = [op("loop imm, target", imm=INNER // 4, target=6)]
    return [*start, inner, *body, [op("nop count", count=8)], [op("mov rd, ra", rd=0, ra=0)], [op("halt [code]")]]


def linked(bundles: list[Bundle], targets: dict[int, int]) -> list[int]:
    """The text, with the control op of bundle i going to bundle targets[i]."""
    places = addresses(*bundles)
    for bundle, target in targets.items():
        ops = [one.with_field("target", places[target]) if one.row.control else one for one in bundles[bundle]]
        bundles[bundle] = ops
    return text(*bundles)


# The tensor face -------------------------------------------------------------------------------
N = 4000  # elements of a burst
WEST_FLOW, V, EAST = 32, 64, 64  # the numbers of sw0, v0 and me0
ARRIVAL, WEIGHTS = 48, 20  # when activations reach the planes; elements of a load of weights
Cycles = defaultdict[int, list[codec.Op]]


def timeline(cycles: Cycles) -> list[Bundle]:
    """Bundles for ops by cycle, waits between them, `halt` at the end."""
    bundles: list[Bundle] = []
    now = 0
    for cycle in sorted(cycles):
        wait = [[op("nop count", count=cycle - now)]] if cycle > now else []
        bundles += [*wait, cycles[cycle]]
        now = cycle + 1
    return [*bundles, [op("halt [code]")]]


def streamed() -> list[Bundle]:
    """z = relu(x + y) of f32: two reads, two vector ops and a write every cycle."""
    cycles = Cycles(list)
    cycles[0] = [op("read.4 stream, slice[row]", slice=4, stream=4, n=N)]
    cycles[1] = [op("read.4 stream, slice[row]", slice=0, stream=0, n=N)]
    cycles[4] = [op("vadd.f32 dst, sa, sb", dst=V, sa=0, sb=4, n=N)]
    cycles[7] = [op("vrelu.f32 dst, sa", u=1, dst=8, sa=V, n=N)]
    cycles[11] = [op("write.4 slice[row], stream", slice=EAST, stream=8, n=N)]
    return timeline(cycles)


def planes() -> list[Bundle]:
    """i8 products on all four planes: 16 streams of weights once, then a vector for each plane every cycle."""
    cycles = Cycles(list)
    for hemisphere in range(2):
        flow, slices = WEST_FLOW * (1 - hemisphere), EAST * hemisphere
        for k in range(16):
            feed(cycles, ARRIVAL - 1 - WEIGHTS, flow + k, slices + 28 + k, WEIGHTS)
        for plane in (2 * hemisphere, 2 * hemisphere + 1):
            stream, out = flow + 16 + plane % 2, WEST_FLOW * hemisphere + 4 * (plane % 2)
            cycles[ARRIVAL - 1 - WEIGHTS].append(op("lw.i8 plane, stream", plane=plane, stream=flow, n=WEIGHTS))
            cycles[ARRIVAL - 1].append(op("iw plane", plane=plane))
            feed(cycles, ARRIVAL, stream, slices + 24 + plane % 2, N)
            cycles[ARRIVAL].append(op("abc.i8 plane, stream", plane=plane, stream=stream, n=N))
            cycles[ARRIVAL + 24].append(op("acc.emit plane, stream", plane=plane, stream=out, n=N))
    return timeline(cycles)


def feed(cycles: Cycles, arrival: int, stream: int, slice_: int, n: int) -> None:
    """Read rows onto a stream that reaches the planes of the slice's hemisphere in a cycle."""
    position = LPU1.slice_position(0, slice_ % EAST)
    cycles[arrival - 2 - position].append(op("read stream, slice[row]", slice=slice_, stream=stream, n=n))


def measure(name: str, program: list[int], ops: int, products: int) -> Rate:
    """The fastest of several runs, all from the start."""
    engine = CoreEngine(LPU1, codec.to_bytes(program))
    engine.load(0, bytes(LPU1.sram_bytes))
    begin = engine.state
    fastest = float("inf")
    for _ in range(REPEATS):
        engine.set_state(begin)
        started = time.perf_counter()
        status = engine.run(FOREVER)
        fastest = min(fastest, time.perf_counter() - started)
        if status != "halted":
            raise RuntimeError(f"{name} ended as {status}: {engine.fault}")
    return Rate(name, fastest, engine.state.cycle, ops, products)


def main() -> None:
    products = INNER * ROUNDS
    print(f"{'millions a second':28}{'cycles':>12}{'ops':>12}{'products':>12}")
    print(measure("classic loop", linked(classic(), {0: 9, 7: 2}), 7 * products, products))
    print(measure("pipelined, hardware loop", linked(pipelined(), {0: 9, 2: 7}), 5 * products, products))
    print(measure("f32 streams, add and relu", text(*streamed()), 5 * N, 2 * LPU1.lanes * N))
    print(measure("i8 planes", text(*planes()), 3 * 4 * N, 4 * LPU1.lanes**2 * N))


if __name__ == "__main__":
    main()
