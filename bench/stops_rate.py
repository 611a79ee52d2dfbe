"""What stops that never trigger cost the C core: the programs of core_rate.py without, and with each kind of stop."""

from __future__ import annotations

import time

from bench.core_rate import FOREVER, classic, linked, pipelined, planes, streamed
from conform.build import text
from isa import codec
from isa.machine import LPU1
from isa.units import UNIT_NAMES
from vm.core import CoreEngine
from vm.stops import ACCESS, ACCUMULATOR, NO_STOPS, REGISTER, STREAM, UNIT, VECTOR, Stops, Watch

REPEATS = 7
UNTOUCHED = LPU1.sram_bytes // 2 - 4
PROGRAMS = {
    "classic loop": linked(classic(), {0: 9, 7: 2}),
    "pipelined, hardware loop": linked(pipelined(), {0: 9, 2: 7}),
    "f32 streams, add and relu": text(*streamed()),
    "i8 planes": text(*planes()),
}
MANY = tuple(Watch(ACCESS, UNTOUCHED - 1024 * k, UNTOUCHED - 1024 * k) for k in range(20))
KINDS = {
    "memory": Stops(watches=(Watch(ACCESS, UNTOUCHED, UNTOUCHED + 3),)),
    "20 of memory": Stops(watches=MANY),
    "register": Stops(watches=(Watch(REGISTER, 30, 30),)),
    "v register": Stops(watches=(Watch(VECTOR, 9, 9),)),
    "accumulator": Stops(watches=(Watch(ACCUMULATOR, 0, 0, 0),)),
    "stream": Stops(watches=(Watch(STREAM, 31, 31, 12),)),
    "unit": Stops(watches=(Watch(UNIT, UNIT_NAMES.index("V9"), UNIT_NAMES.index("V9")),)),
}


def fastest(engines: list[CoreEngine]) -> list[float]:
    """The fastest of several runs of each, in turns, in seconds."""
    begin, best = engines[0].state, [float("inf")] * len(engines)
    for _ in range(REPEATS):
        for number, engine in enumerate(engines):
            engine.set_state(begin)
            started = time.perf_counter()
            status = engine.run(FOREVER)
            best[number] = min(best[number], time.perf_counter() - started)
            if status != "halted":
                raise RuntimeError(f"the run ended as {status}: {engine.stop or engine.fault}")
    return best


def prepared(program: list[int], stops: Stops) -> CoreEngine:
    engine = CoreEngine(LPU1, codec.to_bytes(program))
    engine.load(0, bytes(LPU1.sram_bytes))
    engine.set_stops(stops)
    return engine


def main() -> None:
    print(f"{'times as long with a watch':28}" + "".join(f"{kind:>14}" for kind in KINDS))
    for name, program in PROGRAMS.items():
        without, *times = fastest([prepared(program, stops) for stops in (NO_STOPS, *KINDS.values())])
        print(f"{name:28}" + "".join(f"{each / without:14.2f}" for each in times) + f"{without * 1e3:10.2f} ms")


if __name__ == "__main__":
    main()
