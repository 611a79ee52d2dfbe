"""Train the linear classifier of digits.s on scikit-learn's handwritten digits and write its .npy files.

The odd images train, the even ones test. Weights are rounded to integers of at most 127, which costs no
accuracy; scores of 64 products of at most 16 * 127 are then far from overflow.

    python programs/digits_train.py --images images.npy     the images alone
    python programs/digits_train.py --train                 new weights beside digits.s
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent
WEIGHTS, BIAS = HERE / "digits_weights.npy", HERE / "digits_bias.npy"
LARGEST_WEIGHT = 127


def load() -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """All images, u8[1797, 64] with pixels of 0..16, and what they show, i32[1797]."""
    from sklearn.datasets import load_digits

    digits: Any = load_digits()
    return digits.data.astype(np.uint8), digits.target.astype(np.int32)


def model() -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The committed weights i32[64, 10] and bias i32[10]."""
    return np.load(WEIGHTS), np.load(BIAS)


def predict(images: NDArray[np.uint8]) -> NDArray[np.int32]:
    """The labels i32[n] that the integer model gives images u8[n, 64]: what digits.s must give as well."""
    weights, bias = model()
    scores = images.astype(np.int32) @ weights + bias
    return scores.argmax(axis=1).astype(np.int32)


def train() -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Fit a logistic regression and round it to integers, all classes with one scale."""
    from sklearn.linear_model import LogisticRegression

    images, labels = load()
    fitted: Any = LogisticRegression(C=0.01, max_iter=5000).fit(images[1::2], labels[1::2])
    scale = LARGEST_WEIGHT / np.abs(fitted.coef_).max()
    return np.rint(fitted.coef_.T * scale).astype(np.int32), np.rint(fitted.intercept_ * scale).astype(np.int32)


def main() -> None:
    parser = argparse.ArgumentParser(description="the data of programs/digits.s")
    parser.add_argument("--images", metavar="FILE", help="write the 1,797 images there")
    parser.add_argument("--train", action="store_true", help="train and write digits_weights.npy and digits_bias.npy")
    options = parser.parse_args()
    images, labels = load()
    if options.images:
        np.save(options.images, images)
    if options.train:
        weights, bias = train()
        np.save(WEIGHTS, weights)
        np.save(BIAS, bias)
    right = predict(images) == labels
    print(f"right: {right[1::2].mean():.1%} of the training images, {right[0::2].mean():.1%} of the others")


if __name__ == "__main__":
    main()
