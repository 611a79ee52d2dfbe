"""The matrix planes: weights into a buffer, the buffer into the array, activations through it, sums out of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from isa.faults import NOWHERE
from isa.places import LANE_BYTES
from isa.tensor import TYPE_CODE
from isa.types import TYPES
from vm.reference.bursts import Element
from vm.reference.cycle import Cycle
from vm.reference.face import Exit, Face, Sums, Weights
from vm.reference.memory import CLEAN
from vm.reference.narrow import F32, numbers, rounded, sum_to_odd
from vm.reference.product import float_product, integer_product
from vm.reference.trouble import Trouble
from vm.reference.values import Origins, Planes, Words, chosen, first_origin, planes, stacked
from vm.tensor_state import ACCUMULATOR_ROWS


# Weights --------------------------------------------------------------------------------------
def load_weights(cycle: Cycle, element: Element) -> None:
    """An element of `lw`: rows of weights for the buffer, or for both planes' buffers."""
    op, lanes = element.op, cycle.spec.lanes
    rows = [row for group in cycle.sample(element) for row in unpacked(op.row.type, group)]
    first = op.fields["row0"] + len(rows) * element.step
    if first >= lanes:
        raise Trouble("E-RANGE", resource=op.fields["plane"], address=first)
    inside = slice(first, min(first + len(rows), lanes))
    for k in range(op.row.claims):
        weights = no_weights(op.row.type, lanes)
        weights.loaded[inside] = True
        weights.data[inside] = [row.data[k] for row in rows[: inside.stop - first]]
        origins = stacked([None if row.origins is None else row.origins[k] for row in rows])
        if origins is not None:
            weights.origins = np.zeros((lanes, lanes), np.uint32)
            weights.origins[inside] = origins[: inside.stop - first]
        cycle.loaded.append((op.fields["plane"] + k, weights))


def unpacked(type_name: str, group: Planes) -> Iterator[Planes]:
    """The rows of weights in a group of streams: one, or of i4 the one in the low and the one in the high nibbles."""
    if TYPES[type_name].bits == 8 * group.width:
        yield group
        return
    for position in (0, 4):
        nibble = group.data >> position & 0xF
        yield Planes(((nibble ^ 8) - 8).astype(np.uint8), group.origins)


def no_weights(type_name: str, lanes: int) -> Weights:
    return Weights(type_name, np.zeros((lanes, lanes), np.uint8), np.zeros(lanes, np.bool_))


def put(face: Face, plane: int, more: Weights) -> None:
    """Rows of weights into a buffer, which an element of another type empties first."""
    old = face.buffers.get(plane)
    if old is not None and old.type != more.type:
        empty(face.buffers, plane)
    if plane not in face.buffers:
        face.buffers[plane] = more
        return
    old = face.buffers[plane]
    rows = more.loaded[:, np.newaxis]
    data, origins = np.where(rows, more.data, old.data), chosen(rows, more.origins, old.origins)
    face.buffers[plane] = Weights(old.type, data, old.loaded | more.loaded, origins)


def empty(weights: dict[int, Weights], plane: int) -> None:
    """Take away a plane's weights; those of a 16-bit type from both planes of the hemisphere."""
    old = weights.pop(plane, None)
    if old is not None and TYPES[old.type].planes > 1:
        weights.pop(plane ^ 1, None)


def install(cycle: Cycle, element: Element) -> None:
    """`iw`: the buffer is the array from the next cycle on; that of a 16-bit type is its even plane's."""
    plane = element.op.fields["plane"]
    buffer = cycle.face.buffers.get(plane)
    if buffer is not None and TYPES[buffer.type].planes > 1 and plane % 2:
        raise Trouble("E-TYPE", resource=plane, value=TYPE_CODE[buffer.type], value2=NOWHERE)
    cycle.installed.append(plane)


def move(face: Face, plane: int) -> None:
    """The buffer becomes the array, and is empty."""
    buffer = face.buffers.get(plane)
    empty(face.arrays, plane)
    if buffer is None:
        return
    for each in range(plane, plane + TYPES[buffer.type].planes):
        empty(face.arrays, each)
        face.arrays[each] = face.buffers.pop(each)


# Activations ----------------------------------------------------------------------------------
def activate(cycle: Cycle, element: Element) -> None:
    """`abc`: the products of a vector with the array stand at the exit `latency` cycles later."""
    row, plane = element.op.row, element.op.fields["plane"]
    (vector,) = cycle.sample(element)
    array = cycle.face.arrays.get(plane)
    if array is None or not fit(row.type, array.type):
        held = NOWHERE if array is None else TYPE_CODE[array.type]
        raise Trouble("E-TYPE", resource=plane, value=held, value2=TYPE_CODE[row.type])
    halves = [cycle.face.arrays[plane + k] for k in range(row.claims)]
    sums = Sums(product(row.type, vector, halves), product_origins(vector, halves))
    floats = TYPES[row.type].kind == "f"
    landing = cycle.number + row.latency
    cycle.exits.append(Exit(plane, landing, cycle.maker(element), floats, sums))


def fit(activations: str, weights: str) -> bool:
    """Whether these types go together: floats with their own, bytes with any integers."""
    return activations == weights if TYPES[activations].kind == "f" else TYPES[weights].kind != "f"


def product(type_name: str, vector: Planes, halves: list[Weights]) -> Words:
    """out[n] = sum over k of x[k] * W[k][n]."""
    if TYPES[type_name].kind == "f":
        low, high = (half.data.astype(np.uint16) for half in halves)
        return float_product(vector.words(), low + (high << np.uint16(8)), type_name)
    signs = [TYPES[name].kind == "i" for name in (type_name, halves[0].type)]
    return integer_product(vector.words(), halves[0].data, *signs).view(np.uint32)


def product_origins(vector: Planes, halves: list[Weights]) -> Origins | None:
    """What each sum depends on: the first k at which the activation or a weight does."""
    activations, weights = vector.lane_origins, first_origin(*(half.origins for half in halves))
    if activations is None:
        return None if weights is None else first_of_columns(weights)
    lanes = len(activations)
    products = first_origin(np.repeat(activations[:, np.newaxis], lanes, axis=1), weights)
    return None if products is None else first_of_columns(products)


def first_of_columns(origins: Origins) -> Origins:
    """The first of each column that is not CLEAN, uint32[lanes]."""
    found: Origins = np.take_along_axis(origins, (origins != CLEAN).argmax(axis=0)[np.newaxis], axis=0)[0]
    return found


# Accumulators ---------------------------------------------------------------------------------
def accumulate(cycle: Cycle, element: Element) -> None:
    """`acc.set`: the result at the exit into a row, and onto streams where the op names some."""
    keep(cycle, element, take(cycle, element).sums)


def accumulate_add(cycle: Cycle, element: Element) -> None:
    """`acc.add`: the same, added to what the row holds."""
    found = take(cycle, element)
    keep(cycle, element, added(row_contents(cycle, element), found.sums, found.floats))


def pass_on(cycle: Cycle, element: Element) -> None:
    """`acc.emit`: the result at the exit onto streams."""
    emit(cycle, element, take(cycle, element).sums)


def read_row(cycle: Cycle, element: Element) -> None:
    """`accr`: a row onto streams."""
    emit(cycle, element, row_contents(cycle, element))


def write_row(cycle: Cycle, element: Element) -> None:
    """`accw`: a group of streams into a row."""
    (group,) = cycle.sample(element)
    keep(cycle, element, Sums(group.words(), group.lane_origins))


def take(cycle: Cycle, element: Element) -> Exit:
    """The result that stands at the exit. Raises Trouble when there is none."""
    plane = element.op.fields["plane"]
    for each in cycle.face.exits:
        if (each.plane, each.landing) == (plane, cycle.number):
            cycle.taken.add(plane)
            return each
    raise Trouble("E-ACC-EMPTY", resource=plane)


def place(element: Element) -> tuple[int, int]:
    """Plane and accumulator row. Raises Trouble for a row past the last."""
    plane, row = element.op.fields["plane"], element.op.fields["acc"] + element.step
    if row >= ACCUMULATOR_ROWS:
        raise Trouble("E-RANGE", resource=plane, address=row)
    return plane, row


def row_contents(cycle: Cycle, element: Element) -> Sums:
    plane, row = place(element)
    if (plane, row) in cycle.face.accumulators:
        return cycle.face.accumulators[plane, row]
    unset = cycle.unset(LANE_BYTES, resource=plane, address=row, value=NOWHERE)
    return Sums(unset.words(), unset.lane_origins)


def keep(cycle: Cycle, element: Element, sums: Sums) -> None:
    cycle.accumulators[place(element)] = sums
    if element.op.results:
        emit(cycle, element, sums)


def emit(cycle: Cycle, element: Element, sums: Sums) -> None:
    cycle.emit(element, planes(sums.words, sums.origins))


def added(a: Sums, b: Sums, floats: bool) -> Sums:
    """i32 wraps, f32 rounds once."""
    origins = first_origin(a.origins, b.origins)
    if not floats:
        return Sums(a.words + b.words, origins)
    return Sums(rounded(sum_to_odd(numbers(a.words, F32), numbers(b.words, F32)), F32), origins)


SEMANTICS: dict[str, Callable[[Cycle, Element], None]] = {
    "lw": load_weights, "iw": install, "abc": activate, "acc.set": accumulate, "acc.add": accumulate_add,
    "acc.emit": pass_on, "accr": read_row, "accw": write_row,
}  # fmt: skip
