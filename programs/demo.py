"""The tour that `make demo` gives: a matrix product and a classifier, run cycle by cycle and checked with NumPy."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import digits_train
import numpy as np
from numpy.typing import NDArray

import lpu

HERE = Path(__file__).resolve().parent
BAR = 40  # characters of a unit that is always busy
N, M, K = 24, 32, 16
UNITS = {"A": "integer, compare, move", "M": "multiply", "F": "f32", "L": "load, store", "B": "control"}


def main() -> int:
    """Both parts; 1 when a result differs from NumPy's."""
    right = [matrix_product(), digits()]
    return 0 if all(right) else 1


def matrix_product() -> bool:
    title("1. The classic matrix product, from text to a result")
    a, b = random_matrices(np.random.default_rng())
    print(essence("matmul.s"))
    print(f"\nC = A B for random int32 matrices, A {N} x {M}, B {M} x {K}:\n")
    inputs = {"A": a, "B": b}
    linear = run("matmul.s", inputs, n=N, m=M, k=K)
    right = verdict(linear["C"], a @ b)
    print(f"\n{explain_linear(linear)}\n\n{bars(linear)}")
    print("\nThe same product scheduled by hand (matmul_bundles.s), with a multiply-accumulate in every cycle:\n")
    bundles = run("matmul_bundles.s", inputs, n=N, m=M, k=K)
    right &= verdict(bundles["C"], a @ b)
    print(f"\n{explain_bundles(bundles)}\n\n{bars(bundles)}")
    return right


def digits() -> bool:
    title("2. Handwritten digits, 1,797 images of 8 x 8 pixels")
    images, labels = digits_train.load()
    machine = run("digits.s", {"images": images}, n=len(images))
    predicted = machine["labels"]
    print(picture(images[0], int(predicted[0])))
    right = verdict(predicted, digits_train.predict(images))
    each = machine.cycle / len(images)
    clock = machine.image.machine.clock_mhz
    print(
        f"\naccuracy      {(predicted == labels).mean():.2%}, {(predicted == labels)[::2].mean():.2%} of the images "
        f"that did not train it\ncycles        {machine.cycle:,}, {each:.1f} an image: 640 products at one a cycle, "
        f"{each - 640:.1f} to fill and choose\ntime          {each / clock:.2f} microseconds an image at {clock} MHz\n"
    )
    print(bars(machine))
    return right


def random_matrices(rng: np.random.Generator) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    numbers = (rng.integers(-999, 1000, shape, dtype=np.int32) for shape in ((N, M), (M, K)))
    return next(numbers), next(numbers)


def run(name: str, inputs: dict[str, NDArray[Any]], **defines: int) -> lpu.Machine:
    machine = lpu.Machine(lpu.assemble(HERE / name, defines=defines))
    for symbol, value in inputs.items():
        machine[symbol] = value
    machine.run()
    return machine


def title(text: str) -> None:
    print(f"\n{text}\n{'=' * len(text)}\n")


def essence(name: str) -> str:
    """The program without its opening comment and declarations."""
    lines = (HERE / name).read_text().splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("; multiply"))
    return "\n".join("    " + line for line in lines[first:])


def verdict(actual: NDArray[Any], expected: NDArray[Any]) -> bool:
    equal = bool(np.array_equal(actual, expected))
    print(f"    {actual.size:,} results {'equal' if equal else 'DIFFER FROM'} NumPy's")
    return equal


def explain_linear(machine: lpu.Machine) -> str:
    products = N * M * K
    return f"""\
{machine.cycle:,} cycles = 10 * {products:,} + 4 * {N * K:,} + 4 * {N} + 4, a term for each loop, the innermost first:
{machine.cycle / products:.2f} a multiply-accumulate. In the inner loop the loads take 4, the product 3, and the jump
back 3, with the sum in its bundle. The assembler packed the ops so: the loads go out together,
and no op reads a result too early."""


def explain_bundles(machine: lpu.Machine) -> str:
    return (
        f"{machine.cycle:,} cycles = 4 to fill + {N} * {K} * ({M} + 1) + 4 to drain: every sum takes {M} cycles of two "
        "loads,\na product and an addition each, and one to store."
    )


def bars(machine: lpu.Machine) -> str:
    """How busy each unit was."""
    stats = machine.stats
    lines = []
    for unit, used in stats.units.items():
        share = used.busy / stats.cycles
        bar = "#" * round(share * BAR)
        lines.append(f"    {unit}  {bar:<{BAR}} {share:6.1%}  {UNITS[unit[0]]}")
    return "\n".join(lines)


def picture(image: NDArray[np.uint8], label: int) -> str:
    """An image in characters, and what it was taken for."""
    shades = " .:-=+*#@"
    rows = ["".join(shades[pixel // 2] * 2 for pixel in row) for row in image.reshape(8, 8)]
    rows[4] += f"    read as {label}"
    return "\n".join("    " + row for row in rows) + "\n"


if __name__ == "__main__":
    sys.exit(main())
