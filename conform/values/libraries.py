"""The libraries that expected values come from: an extra of the package, imported when first needed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

PYTHON, FLOATS, FRACTIONS = "Python's integers", "Python's floats", "exact fractions"
NUMPY, ML_DTYPES, SOFTFLOAT, MPMATH = "NumPy", "ml_dtypes", "SoftFloat", "mpmath"


class OracleMissing(Exception):
    """A library that is not installed."""


def library(name: str) -> Any:
    """A library by the name it is imported by. Raises OracleMissing."""
    try:
        return import_module(name)
    except ImportError as error:
        raise OracleMissing(
            f"expected values come from {name}, which is not installed: pip install 'lpu[conform]'"
        ) from error
