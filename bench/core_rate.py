"""The run loop alone: the inner loops of a matrix product on the C core, in cycles, ops and products a second."""

from __future__ import annotations

import time
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


def measure(name: str, program: list[int], ops: int, products: int) -> Rate:
    """The fastest of several runs, all from the start."""
    engine = CoreEngine(LPU1, codec.to_bytes(program))
    engine.load(0, bytes(8 * B))
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


if __name__ == "__main__":
    main()
