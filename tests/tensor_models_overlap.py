"""What the kernels made of overlapping timelines compute, said in NumPy: inputs by tensor name, and the outputs."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from tensor_models_gemm import LANES, Arrays, bytes_of_all_values, integer_product, requantised

BATCH, VECTORS = 3, 128


def overlapped(rng: Generator) -> tuple[Arrays, Arrays]:
    x = bytes_of_all_values(rng, BATCH * VECTORS, LANES)
    w = bytes_of_all_values(rng, BATCH * LANES, LANES)
    scales = np.array([0.0004, 0.002, 0.0001], np.float32)
    batches = zip(np.split(x, BATCH), np.split(w, BATCH), scales, strict=True)
    y = [requantised(integer_product(vectors, weights), scale) for vectors, weights, scale in batches]
    return {"x": x, "w": w, "scales": scales}, {"y": np.concatenate(y)}


MODELS = {"overlapped": overlapped}
