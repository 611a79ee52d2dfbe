"""Matrix products on the tensor face beside libraries that only multiply, and a simulator that only counts.

LPU_THREADS says how many threads everybody has; OPENBLAS_NUM_THREADS has to be the same.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scale_sim
from measure import Contestant, Time, call, interleaved, package_version
from numpy.typing import NDArray
from tables import Cell, Table, show

import lpu

PROGRAMS = Path(__file__).resolve().parent.parent / "programs" / "tensor"
LANES = 320
THREADS = int(os.environ.get("LPU_THREADS", "1"))
SGEMM = "NumPy float32 (OpenBLAS)"
F16 = ("billion multiply-accumulates/s", "by wall clock", "by processor time", "spread, %", "times sgemm")
RATES = (
    "billion multiply-accumulates/s",
    "by wall clock",
    "by processor time",
    "spread, %",
    "times onnxruntime u8 x i8",
)
CYCLES = ("simulator", "cycles of the product", "seconds", "cycles/s", "billion multiply-accumulates/s")
OURS = "`gemm_i8.s`: 4 planes, values and rules"
ONNX_U8 = "onnxruntime MatMulInteger, u8 x i8"
Operands = tuple[NDArray[np.int8], NDArray[np.int8]]


@dataclass(frozen=True)
class Product:
    """A kernel and the product it makes: x[rows, depth] w[depth, 640]."""

    kernel: str
    rows: int
    depth: int
    columns: int = 2 * LANES

    @property
    def multiplications(self) -> int:
        return self.rows * self.depth * self.columns

    def operands(self) -> Operands:
        rng = np.random.default_rng(seed=1)
        shapes = (self.rows, self.depth), (self.depth, self.columns)
        x, w = (rng.integers(-128, 128, shape, dtype=np.int8) for shape in shapes)
        return x, w


SMALL = Product("gemm_i8.s", 640, 640)
LARGE = Product("gemm_i8_large.s", 2560, 1280)


def ours(product: Product) -> Contestant:
    """A run on the core, from the first cycle to the last. Raises ValueError on a wrong result."""
    x, w = product.operands()
    middle, scale = len(x) // 2, np.array([0.0004], np.float32)
    inputs = {"x_top": x[:middle], "x_bottom": x[middle:], "w_left": w[:, :LANES], "w_right": w[:, LANES:]}
    sums: NDArray[np.float64] = x[:middle].astype(np.float64) @ w[:, :LANES].astype(np.float64)
    expected = np.rint(sums.astype(np.float32) * scale).clip(-128, 127).astype(np.int8)
    return again(product.kernel, {**inputs, "scale": scale}, "y_top_left", expected)


def again(kernel: str, inputs: dict[str, NDArray[Any]], output: str, expected: NDArray[Any]) -> Contestant:
    """Runs on one machine, which goes back to its start outside of the time taken, as a session of a peer does."""
    machine = lpu.Machine(lpu.assemble(PROGRAMS / kernel))
    for name, value in inputs.items():
        machine[name] = value
    start = machine.snapshot()

    def run() -> Time:
        machine.restore(start)
        taken = call(machine.run)()
        if not np.allclose(machine[output], expected, rtol=1e-6, atol=1e-5):
            raise ValueError(f"{kernel} gave a wrong product")
        return taken

    run()
    return run


def f16_table(rounds: int) -> Table:
    """The f16 product, its sums exact, beside NumPy's of f32."""
    size = 2 * LANES
    rng = np.random.default_rng(seed=2)
    x, w = (rng.standard_normal((size, size)).astype(np.float16) for _ in range(2))
    inputs = {"x": x, "w_left": w[:, :LANES], "w_right": w[:, LANES:]}
    floats = [each.astype(np.float32) for each in (x, w)]
    expected = x.astype(np.float64) @ w[:, :LANES].astype(np.float64)
    made = {
        "`gemm_f16.s`, every cycle simulated": again("gemm_f16.s", inputs, "y_left", expected),
        SGEMM: call(lambda: floats[0] @ floats[1]),
    }
    times = interleaved(made, rounds)
    rows = tuple(
        (name, size**3 / t.wall / 1e9, size**3 / t.cpu / 1e9, 100 * t.spread, times[SGEMM].wall / t.wall)
        for name, t in times.items()
    )
    return Table(f"f16 matrix product, 640 x 640 x 640, {threads()}", F16, rows)


def cycles(product: Product) -> int:
    """Cycles of a product on the machine; they depend on no data."""
    machine = lpu.Machine(lpu.assemble(PROGRAMS / product.kernel), uninit="zero")
    machine.run()
    return machine.cycle


def threads() -> str:
    return f"{THREADS} thread{'s' if THREADS > 1 else ''}"


def onnx_model(product: Product, x_type: int, w: NDArray[np.int8]) -> bytes:
    from onnx import TensorProto, helper, numpy_helper

    x = helper.make_tensor_value_info("x", x_type, (product.rows, product.depth))
    y = helper.make_tensor_value_info("y", TensorProto.INT32, (product.rows, product.columns))
    node = helper.make_node("MatMulInteger", ["x", "w"], ["y"])
    graph = helper.make_graph([node], "product", [x], [y], [numpy_helper.from_array(w, "w")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    return bytes(model.SerializeToString())


def onnx(product: Product, x: NDArray[Any], w: NDArray[np.int8]) -> Contestant:
    """MatMulInteger, its weights a constant that it may prepare. Raises ValueError on a wrong result."""
    import onnxruntime
    from onnx import TensorProto

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = THREADS
    x_type = TensorProto.INT8 if x.dtype == np.int8 else TensorProto.UINT8
    model = onnx_model(product, x_type, w)
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    (y,) = session.run(None, {"x": x})
    if not np.array_equal(y, (x.astype(np.float64) @ w.astype(np.float64)).astype(np.int32)):
        raise ValueError("onnxruntime gave a wrong product")
    return call(lambda: session.run(None, {"x": x}))


def contestants(product: Product) -> dict[str, Contestant]:
    x, w = product.operands()
    floats, integers = ([each.astype(kind) for each in (x, w)] for kind in (np.float32, np.int32))
    found = {f"`{product.kernel}`, every cycle simulated": ours(product)}
    if "not installed" not in (package_version("onnxruntime"), package_version("onnx")):
        found[ONNX_U8] = onnx(product, x.view(np.uint8), w)
        found["onnxruntime MatMulInteger, i8 x i8"] = onnx(product, x, w)
    found[SGEMM] = call(lambda: floats[0] @ floats[1])
    found["NumPy int32"] = call(lambda: integers[0] @ integers[1])
    return found


def product_table(product: Product, rounds: int) -> Table:
    times = interleaved(contestants(product), rounds)
    onnx_time = times.get(ONNX_U8)

    def row(name: str, time: Time) -> tuple[Cell, ...]:
        rates = [product.multiplications / seconds / 1e9 for seconds in (time.wall, time.cpu)]
        return (name, *rates, 100 * time.spread, onnx_time and onnx_time.wall / time.wall)

    title = f"i8 matrix product, {product.rows} x {product.depth} x {product.columns}, {threads()}"
    return Table(title, RATES, tuple(row(name, time) for name, time in times.items()))


def simulator_table(product: Product, rounds: int) -> Table:
    """Cycles a second, of ours and of a simulator that follows addresses only."""

    def row(name: str, count: int, seconds: float) -> tuple[Cell, ...]:
        return (name, count, seconds, count / seconds, product.multiplications / seconds / 1e9)

    title = f"Cycles of the i8 product, 640 x 640 x 640, {threads()}"
    taken = interleaved({"ours": ours(product)}, rounds)["ours"]
    rows = [row(OURS, cycles(product), taken.wall)]
    if THREADS > 1:
        return Table(title, CYCLES, tuple(rows))
    peer = scale_sim.measure(product.rows, product.columns, product.depth, LANES)
    if isinstance(peer, str):
        rows.append(("SCALE-Sim", peer))
    else:
        name = f"SCALE-Sim {peer.version}: 1 array of {LANES} x {LANES}, addresses only"
        rows.append(row(name, peer.cycles, peer.seconds))
    return Table(title, CYCLES, tuple(rows))


def measure(quick: bool) -> list[Table]:
    rounds = 3 if quick else 15
    tables = [product_table(product, rounds) for product in ((SMALL,) if quick else (SMALL, LARGE))]
    return [*tables, simulator_table(SMALL, rounds), f16_table(rounds)]


if __name__ == "__main__":
    show(measure, __doc__)
