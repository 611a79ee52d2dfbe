"""The tour that `make demo` gives: a matrix product and two classifiers, run cycle by cycle and checked with NumPy."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import digits_train
import numpy as np
from numpy.typing import NDArray
from tensor import mlp_train

import lpu

HERE = Path(__file__).resolve().parent
BAR = 40  # characters of a unit that is always busy
N, M, K = 24, 32, 16
UNITS = {"A": "integer, compare, move", "M": "multiply", "F": "f32", "L": "load, store", "B": "control"}
STAGES = {
    "P0.abc": "layer 1, half of it",
    "P2.abc": "layer 2, half of it",
    "V0": "masks of weights, then a bias",
    "W.rd0": "the least key",
    "E.pm": "labels side by side",
}


def main() -> int:
    """All parts; 1 when a result differs from NumPy's."""
    right = [matrix_product(), digits(), network()]
    return 0 if all(right) else 1


def matrix_product() -> bool:
    title("1. The classic matrix product, from text to a result")
    a, b = random_matrices(np.random.default_rng())
    print(essence("matmul.s", "; multiply"))
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
    facts(
        accuracy=accuracy(predicted == labels),
        cycles=f"{machine.cycle:,}, {each:.1f} an image: 640 products, {each - 640:.1f} cycles to fill and choose",
        time=f"{each / clock:.2f} microseconds an image at {clock} MHz",
    )
    print(bars(machine))
    return right


def network() -> bool:
    title("3. The same digits on the tensor face, by a network of two layers")
    print("Five images a cycle enter at one end of the machine, five labels leave at the other (tensor/mlp.s):\n")
    print(f"{essence('tensor/mlp.s', '; From')}\n")
    images, labels = mlp_train.load()
    vectors = mlp_train.vectors(images)
    machine = run("tensor/mlp.s", {"images": vectors}, vectors=len(vectors))
    predicted = machine["labels"].reshape(-1)[: len(images)]
    right = verdict(predicted, mlp_train.network().predict(images))
    cycles, fives = machine.cycle, len(vectors)
    each = cycles / len(images)
    clock = machine.image.machine.clock_mhz
    facts(
        accuracy=accuracy(predicted == labels),
        cycles=f"{cycles} = {fives}, one for five images, + {cycles - fives} on the way; {each:.2f} an image",
        time=f"{cycles / clock:.2f} microseconds in all, {each / clock:.5f} an image at {clock} MHz",
    )
    print(bars(machine, STAGES))
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


def essence(name: str, start: str) -> str:
    """The program from the line that starts so, without its opening comment and declarations."""
    lines = (HERE / name).read_text().splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith(start))
    return "\n".join("    " + line for line in lines[first:])


def accuracy(right: NDArray[np.bool_]) -> str:
    return f"{right.mean():.2%}, {right[::2].mean():.2%} of the images that did not train it"


def facts(**facts: str) -> None:
    print()
    for name, fact in facts.items():
        print(f"{name:<14}{fact}")
    print()


def verdict(actual: NDArray[Any], expected: NDArray[Any]) -> bool:
    equal = bool(np.array_equal(actual, expected))
    print(f"    {actual.size:,} results {'equal' if equal else 'DIFFER FROM'} NumPy's")
    return equal


def explain_linear(machine: lpu.Machine) -> str:
    return f"""\
{machine.cycle:,} cycles = ({M} + 23) * {N * K:,} + 4 * {N} + 4, a term for each loop, the innermost first. The
assembler saw that loop_k counts to {M} and starts a round of it every cycle, 8 under way at a time; counting the
rounds, filling, draining and storing the sum take the 23."""


def explain_bundles(machine: lpu.Machine) -> str:
    return (
        f"{machine.cycle:,} cycles = 4 to fill + {N} * {K} * ({M} + 1) + 4 to drain: every sum takes {M} cycles of two "
        "loads,\na product and an addition each, and one to store."
    )


def bars(machine: lpu.Machine, meanings: Mapping[str, str] | None = None) -> str:
    """How busy each unit was, or those that have a meaning here."""
    stats = machine.stats
    meanings = meanings or {unit: UNITS[unit[0]] for unit in stats.units}
    width = max(map(len, meanings))
    lines = []
    for unit, meaning in meanings.items():
        share = stats.utilisation(unit)
        bar = "#" * round(share * BAR)
        lines.append(f"    {unit:<{width}}  {bar:<{BAR}} {share:6.1%}  {meaning}")
    return "\n".join(lines)


def picture(image: NDArray[np.uint8], label: int) -> str:
    """An image in characters, and what it was taken for."""
    shades = " .:-=+*#@"
    rows = ["".join(shades[pixel // 2] * 2 for pixel in row) for row in image.reshape(8, 8)]
    rows[4] += f"    read as {label}"
    return "\n".join("    " + row for row in rows) + "\n"


if __name__ == "__main__":
    sys.exit(main())
