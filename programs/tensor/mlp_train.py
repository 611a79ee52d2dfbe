"""Train the network of mlp.s on scikit-learn's handwritten digits, make integers of it, and write its .npy files.

The odd images train, the even ones test. Afterwards weights are rounded to i8, each layer with one scale; the hidden
layer is requantised to u8 with one f32 scale, so that the largest value of the training images becomes 255.

    python programs/tensor/mlp_train.py --images images.npy     the images alone, five to a row
    python programs/tensor/mlp_train.py --train                 a new network beside mlp.s
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent
PIXELS, HIDDEN, CLASSES = 64, 128, 10
HALF = HIDDEN // 2  # of the hidden layer, in a plane
ABREAST = 5  # images in a vector of 320 lanes
GROUP = 16  # lanes of an image's scores: a superlane
NEVER = -(2**26)  # the bias of a class that there is not
LARGEST_WEIGHT, LARGEST_ACTIVATION = 127, 255
FILES = ("w1_0", "w1_1", "w2_0", "w2_1", "masks", "constants", "scale")

Packed = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Network:
    """scores = u8(scale * (image @ w1 + b1)) @ w2 + b2, where u8 rounds to nearest even and saturates."""

    w1: NDArray[np.int8]  # [PIXELS, HIDDEN]
    b1: NDArray[np.int32]  # [HIDDEN]
    scale: NDArray[np.float32]  # [1]
    w2: NDArray[np.int8]  # [HIDDEN, CLASSES]
    b2: NDArray[np.int32]  # [CLASSES]

    def hidden(self, images: NDArray[np.uint8]) -> NDArray[np.uint8]:
        sums = images.astype(np.int32) @ self.w1 + self.b1
        scaled: NDArray[np.float32] = np.rint(sums.astype(np.float32) * self.scale)
        return scaled.clip(0, LARGEST_ACTIVATION).astype(np.uint8)

    def predict(self, images: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The labels u8[n] of images u8[n, PIXELS], the lowest of equal scores: what mlp.s must give as well."""
        scores = self.hidden(images).astype(np.int32) @ self.w2 + self.b2
        labels: NDArray[np.intp] = scores.argmax(axis=1)
        return labels.astype(np.uint8)


def load() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """All images, u8[1797, 64] with pixels of 0..16, and what they show, u8[1797]."""
    from sklearn.datasets import load_digits

    digits: Any = load_digits()
    return digits.data.astype(np.uint8), digits.target.astype(np.uint8)


def train() -> Network:
    """Fit floats with a fixed seed, then round: the biases have the scale of the sums that they are added to."""
    from sklearn.neural_network import MLPClassifier

    images, labels = (array[1::2] for array in load())
    fitted: Any = MLPClassifier((HIDDEN,), alpha=1e-3, max_iter=500, random_state=0).fit(images, labels)
    w1, w2 = fitted.coefs_
    b1, b2 = fitted.intercepts_
    one, two = (LARGEST_WEIGHT / np.abs(w).max() for w in (w1, w2))
    largest = (images @ w1 + b1).max() * one
    scale = np.array([LARGEST_ACTIVATION / largest], np.float32)
    return Network(
        np.rint(w1 * one).astype(np.int8),
        np.rint(b1 * one).astype(np.int32),
        scale,
        np.rint(w2 * two).astype(np.int8),
        np.rint(b2 * one * scale[0] * two).astype(np.int32),
    )


def pack(network: Network) -> Packed:
    """What mlp.s reads, in the lanes of its vectors of five images: each has HALF lanes of a half of the hidden layer,
    GROUP lanes of the scores. Weights and constants are there for each of them, masks tell them apart."""
    w2 = np.pad(network.w2, ((0, 0), (0, GROUP - CLASSES)))
    b2 = np.pad(network.b2, (0, GROUP - CLASSES), constant_values=NEVER)
    layers = {"w1": np.hsplit(network.w1, 2), "w2": np.vsplit(w2, 2)}
    constants = [*np.split(network.b1, 2), np.arange(GROUP) - GROUP * b2]
    masks = [np.kron(np.eye(ABREAST, dtype=np.uint8), np.ones(width, np.uint8)) for width in (HALF, GROUP)]
    return {
        **{f"{name}_{half}": abreast(w) for name, halves in layers.items() for half, w in enumerate(halves)},
        "masks": np.vstack([all_lanes(mask) for mask in masks]),
        "constants": np.vstack([all_lanes(abreast(row[None])) for row in constants]).astype(np.int32),
        "scale": network.scale,
    }


def unpack(packed: Packed) -> Network:
    """The network that `pack` was given."""
    w1 = np.hstack([packed[f"w1_{half}"][:, :HALF] for half in (0, 1)])
    w2 = np.vstack([packed[f"w2_{half}"][:, :CLASSES] for half in (0, 1)])
    *b1, keys = packed["constants"]
    b2 = (np.arange(CLASSES) - keys[:CLASSES]) // GROUP
    return Network(w1, np.concatenate([half[:HALF] for half in b1]), packed["scale"], w2, b2.astype(np.int32))


def abreast(rows: NDArray[Any]) -> NDArray[Any]:
    """Rows with the same for each of the images of a vector."""
    return np.tile(rows, ABREAST)


def all_lanes(rows: NDArray[Any]) -> NDArray[Any]:
    """Rows with a number for every lane: zero where they have none."""
    return np.pad(rows, ((0, 0), (0, ABREAST * PIXELS - rows.shape[1])))


def vectors(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Images u8[n, 64], five to a row: u8[ceil(n / 5), 320], the last row filled with zeros."""
    padded = np.pad(images, ((0, -len(images) % ABREAST), (0, 0)))
    return padded.reshape(-1, ABREAST * PIXELS)


def path(name: str) -> Path:
    return HERE / f"mlp_{name}.npy"


def network() -> Network:
    """The committed network."""
    return unpack({name: np.load(path(name)) for name in FILES})


def main() -> None:
    parser = argparse.ArgumentParser(description="the data of programs/tensor/mlp.s")
    parser.add_argument("--images", metavar="FILE", help="write the 1,797 images there, five to a row")
    parser.add_argument("--train", action="store_true", help="train and write mlp_*.npy")
    options = parser.parse_args()
    images, labels = load()
    if options.images:
        np.save(options.images, vectors(images))
    if options.train:
        for name, array in pack(train()).items():
            np.save(path(name), array)
    right = network().predict(images) == labels
    print(f"right: {right[1::2].mean():.1%} of the training images, {right[0::2].mean():.1%} of the others")


if __name__ == "__main__":
    main()
