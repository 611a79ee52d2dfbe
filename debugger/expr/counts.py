"""What counts of an array: extremes, mean, NaNs, infinities, what is not there; what differs from another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from debugger.expr.errors import Problem
from debugger.expr.texts import element_text
from debugger.expr.ulp import distance_in, finest
from debugger.expr.values import BOOL, Value, as_array
from isa.types import TYPES

if TYPE_CHECKING:
    from debugger.expr.values import Array

FEW = 8  # elements that are seen at a glance


def index_text(flat: int, shape: tuple[int, ...]) -> str:
    """`[2, 1]` of the number of an element in row-major order."""
    import numpy as np

    return f"[{', '.join(str(int(axis)) for axis in np.unravel_index(flat, shape))}]"


def is_everywhere(number: Any, array: Array) -> bool:
    """Whether all elements are one number."""
    import numpy as np

    with np.errstate(invalid="ignore"):  # of a signalling NaN
        return bool((array == number).all())


def summary(value: Value, absent: str) -> str:
    """The counts of an array in one sentence; nothing where there are none."""
    array = as_array(value)
    parts = _of_booleans(value, array) if value.type == BOOL else _of_numbers(value, array)
    missing = 0 if value.held is None else int(array.size - value.held.sum())
    if missing:
        parts.append(f"{missing:,} of {array.size:,} {absent.replace('nothing', 'with nothing')}")
    return ", ".join(parts)


def _of_booleans(value: Value, array: Array) -> list[str]:
    count = int(array.sum())
    where = f", the first at {index_text(int(array.argmax()), array.shape)}" if 0 < count else ""
    return [f"{_of(count, array.size, 'hold')}{where}"]


def _of_numbers(value: Value, array: Array) -> list[str]:
    import numpy as np

    held = np.full(array.shape, True) if value.held is None else value.held
    with np.errstate(invalid="ignore"):  # of a signalling NaN
        nans, infinities = np.isnan(array) & held, np.isinf(array) & held
    parts = _extremes(value, array, held & ~nans) if array.size > FEW else []
    for what, mask in (("NaN", nans), ("infinite", infinities)):
        if mask.any():
            parts.append(f"{int(mask.sum()):,} {what}, the first at {index_text(int(mask.argmax()), array.shape)}")
    return parts


def _extremes(value: Value, array: Array, there: Array) -> list[str]:
    """Least and greatest number, where they first are, and the mean of the finite ones."""
    import numpy as np

    if not there.any():
        return []
    numbers = array[there]
    parts = []
    for name, number in (("min", numbers.min()), ("max", numbers.max())):
        with np.errstate(invalid="ignore"):  # of a signalling NaN
            flat = int((there & (array == number)).argmax())
        parts.append(f"{name} {element_text(number.item(), value.type)} at {index_text(flat, array.shape)}")
    finite = numbers[np.isfinite(numbers)]
    return [*parts, f"mean {finite.sum(dtype=np.float64) / finite.size:.6g}"] if finite.size else parts


# Two arrays -------------------------------------------------------------------------------------
def difference(operands: tuple[Value, Value]) -> list[str]:
    """Where two arrays differ first, and most, in units in the last place of the more precise of their types."""
    a, b = operands
    try:
        name = finest(a, b)
        apart = distance_in(name, a, b)
    except Problem:  # numbers that the type does not hold
        return []
    return _where_they_differ(a, b, apart, name)


def _where_they_differ(a: Value, b: Value, apart: Value, name: str) -> list[str]:
    import numpy as np

    steps = np.abs(apart.data) if apart.held is None else np.abs(apart.data) * apart.held
    differing = int((steps != 0).sum())
    if not differing:
        return ["no element differs" if a.type == b.type else f"rounded to {name}, no element differs"]
    first, most = int((steps != 0).argmax()), int(steps.argmax())
    unit = " ulp" if TYPES[name].kind == "f" else ""
    lines = [f"{_of(differing, steps.size, 'differ')}; the first is {_pair(a, b, steps, first, unit)}"]
    return lines if most == first else [*lines, f"the largest difference is {_pair(a, b, steps, most, unit)}"]


def _of(count: int, size: int, verb: str) -> str:
    return f"{count:,} of {size:,} {verb}{'s' if count == 1 else ''}"


def _pair(a: Value, b: Value, steps: Array, flat: int, unit: str) -> str:
    """`[2, 1]: 79.0 and 79.5, 4 ulp apart`."""
    import numpy as np

    texts = [_element(value, np.unravel_index(flat, steps.shape)) for value in (a, b)]
    by = f"{int(steps.reshape(-1)[flat]):,}{unit}"
    return f"{index_text(flat, steps.shape)}: {texts[0]} and {texts[1]}, {by} apart"


def _element(value: Value, index: tuple[Any, ...]) -> str:
    import numpy as np

    array = np.broadcast_to(as_array(value), np.broadcast_shapes(value.shape, (1,) * len(index)))
    picked = tuple(0 if extent == 1 else int(axis) for extent, axis in zip(array.shape, index, strict=True))
    return element_text(array[picked].item(), value.type)
