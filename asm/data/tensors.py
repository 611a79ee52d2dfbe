"""Declarations: `.array` for the scalar face, `.tensor` for the tensor face, with values from the source or a file."""

from __future__ import annotations

from functools import partial
from math import prod
from typing import TYPE_CHECKING

from asm.data.directives import DataBuilder
from asm.data.each import each, is_each
from asm.data.elements import Elements, packed
from asm.data.files import BadFile, read_npy
from asm.data.values import pack, words_of
from asm.errors import error
from asm.names.suggest import did_you_mean
from asm.scope.objects import DataObject, DataSymbol, Piece, Region
from asm.scope.places import region_of
from asm.tree import Declaration, DirectiveStmt, Operand, String
from isa.diagnostics import SourceError
from isa.image import Tensor
from isa.machine import BYTES_PER_WORD, SLICES_PER_QUAD, MachineSpec
from isa.types import TYPES

if TYPE_CHECKING:
    from asm.data.files import Array

LAYOUTS = ("rows", "tiles", "mxm")
LINEAR = "linear"
MAX_AXES = 32


def declare(data: DataBuilder, statement: DirectiveStmt) -> None:
    """`.array NAME: type[dims]` and `.tensor NAME: type[dims] @ place`, `= values` or not. Raises SourceError."""
    node, *more = statement.arguments or (None,)
    if not isinstance(node, Declaration) or not node.type or (more and node.value is None):
        raise error(
            "E-DIRECTIVE",
            f"`.{statement.name}` takes one declaration",
            statement.line,
            statement,
            f"write `.{statement.name} NAME: i32[4, 4]`",
        )
    try:
        _declare(data, statement, node)
    except SourceError:
        data.scope.fail(node.name)
        raise


def _declare(data: DataBuilder, statement: DirectiveStmt, node: Declaration) -> None:
    tensor = _tensor(data, statement, node)
    _check_values(statement, node, tensor)
    region = region_of(data.spec, node.place, statement.line) if node.place else data.region
    place = statement.line.place(node.column, node.column + len(node.name))
    run = data.fixed_run() if node.place is None else None
    if tensor.layout == LINEAR:
        item = run or DataObject(node.name, place, region=region)
        offset = item.words
        _lay_linear(data, statement, node, tensor, item)
    else:
        item, offset = DataObject(node.name, place, region=region, flows=True), 0
        _lay_box(data, statement, node, tensor, item)
        item.fixed_at = _row_start(data, statement, run) if run else None
    words = (item.words - offset) * item.slices
    data.add_object(item, DataSymbol(node.name, place, item, offset, words, tensor))


def _row_start(data: DataBuilder, statement: DirectiveStmt, run: DataObject) -> int:
    """Where a tensor after `.org` or `.row` starts. Raises E-PLACE inside a row."""
    start = (run.fixed_at or 0) + run.words
    if start % data.spec.words_per_row:
        message = "a tensor starts at the start of a row"
        raise error("E-PLACE", message, statement.line, statement, "put `.row` before it")
    return start


def _tensor(data: DataBuilder, statement: DirectiveStmt, node: Declaration) -> Tensor:
    if node.type not in TYPES:
        raise error(
            "E-TYPE",
            f"`{node.type}` is not a type; types are {', '.join(TYPES)}",
            statement.line,
            node,
            did_you_mean(node.type, TYPES),
        )
    return Tensor(node.name, node.type, _shape(data, statement, node), _layout(statement, node))


def _shape(data: DataBuilder, statement: DirectiveStmt, node: Declaration) -> tuple[int, ...]:
    if not 1 <= len(node.dims) <= MAX_AXES:
        raise error(
            "E-DIRECTIVE",
            f"`{node.name}` has {len(node.dims)} axes; it needs 1 to {MAX_AXES}",
            statement.line,
            node,
            f"write `{node.name}: {node.type}[4]` for four elements",
        )
    shape = []
    for dim in node.dims:
        extent = data.scope.evaluate(dim, statement.line)
        if not isinstance(extent, int) or extent < 1:
            found = extent if isinstance(extent, int | float) else "no number"
            message = f"an axis of `{node.name}` is {found}; it must be an integer from 1 up, known here"
            raise error("E-RANGE", message, statement.line, dim)
        shape.append(extent)
    _check_size(data, statement, node, prod(shape))
    return tuple(shape)


def _check_size(data: DataBuilder, statement: DirectiveStmt, node: Declaration, count: int) -> None:
    """Refuse what no layout could hold before anything is computed from it."""
    words = words_of(TYPES[node.type], count)
    if words > data.spec.words:
        message = f"`{node.name}` needs {words} words; {data.spec.name} has {data.spec.words}"
        raise error("E-PLACE", message, statement.line, node)


def _layout(statement: DirectiveStmt, node: Declaration) -> str:
    if statement.name == "array":
        if node.layout not in ("", LINEAR):
            raise _wrong_layout(statement, node, "an array is linear; `.tensor` has layouts")
        return LINEAR
    if node.layout not in ("", *LAYOUTS):
        raise _wrong_layout(statement, node, f"the layouts of a tensor are {', '.join(LAYOUTS)}")
    if node.layout == "mxm" and len(node.dims) != 2:
        message = f"layout mxm is for two axes; `{node.name}` has {len(node.dims)}"
        raise error("E-DIRECTIVE", message, statement.line, node)
    return node.layout or LAYOUTS[0]


def _wrong_layout(statement: DirectiveStmt, node: Declaration, help_: str) -> Exception:
    return error("E-DIRECTIVE", f"`.{statement.name}` has no layout `{node.layout}`", statement.line, node, help_)


def _lay_linear(
    data: DataBuilder, statement: DirectiveStmt, node: Declaration, tensor: Tensor, item: DataObject
) -> None:
    t = TYPES[tensor.dtype]
    words = words_of(t, prod(tensor.shape))
    data.reserve(statement, words)
    if node.value is None:
        item.append(words)
        return
    offset = item.words
    piece, start = item.append(words, bytes(words * BYTES_PER_WORD))
    if isinstance(node.value, String):
        from isa.layout import pack_linear

        raw = pack_linear(t, _load(data, statement, node.value, tensor))
        piece.data[start : start + len(raw)] = raw
    else:
        values = _values(data, statement, node, tensor)
        data.elements.append(packed(item, offset, piece, start, t, values, statement.line))


def _lay_box(data: DataBuilder, statement: DirectiveStmt, node: Declaration, tensor: Tensor, item: DataObject) -> None:
    """Equal runs of whole rows in adjacent slices."""
    from isa.layout import box

    slices, rows = box(tensor, data.spec)
    item.words = rows * data.spec.words_per_row
    data.reserve(statement, item.words * slices)
    _check_region(statement, node, tensor, item.region, slices)
    item.planes = [[Piece(item.words)] for _ in range(slices)]
    if node.value is None:
        return
    if isinstance(node.value, String):
        _write_box(item, tensor, data.spec, _load(data, statement, node.value, tensor))
        return
    for (piece,) in item.planes:
        piece.data = bytearray(item.words * BYTES_PER_WORD)
    values = _values(data, statement, node, tensor)
    write = partial(_write_elements, item, tensor, data.spec)
    data.elements.append(Elements(item, None, TYPES[tensor.dtype], values, statement.line, write))


def _write_box(item: DataObject, tensor: Tensor, spec: MachineSpec, array: Array) -> None:
    from isa.layout import pack as pack_box

    for (piece,), plane in zip(item.planes, pack_box(tensor, spec, array), strict=True):
        piece.data = bytearray(plane.tobytes())


def _write_elements(item: DataObject, tensor: Tensor, spec: MachineSpec, elements: list[int]) -> None:
    """Elements in row-major order, as bits."""
    from isa.layout import linear_bytes, unpack_linear

    t = TYPES[tensor.dtype]
    raw = pack(t, elements)[: linear_bytes(t, len(elements))]
    _write_box(item, tensor, spec, unpack_linear(t, tensor.shape, raw))


def _check_region(
    statement: DirectiveStmt, node: Declaration, tensor: Tensor, region: Region | None, slices: int
) -> None:
    """The named slices must be just those that the type and layout take."""
    if region is None:
        return
    named = region.last_slice - region.first_slice + 1
    first = region.first_slice % SLICES_PER_QUAD
    if named == slices and (slices > SLICES_PER_QUAD or first + slices <= SLICES_PER_QUAD):
        return
    where = f" of one quad (4k to 4k+{SLICES_PER_QUAD - 1})" if 1 < slices <= SLICES_PER_QUAD else ""
    raise error(
        "E-PLACE",
        f"`{node.name}`, {tensor.dtype} in layout {tensor.layout}, does not fit {region.text}",
        statement.line,
        node.place or node,
        f"it takes {slices} adjacent slice{'s' if slices > 1 else ''}{where}; or write `@ auto`",
    )


def _values(data: DataBuilder, statement: DirectiveStmt, node: Declaration, tensor: Tensor) -> tuple[Operand, ...]:
    """The elements, row by row."""
    if is_each(node.value):
        return tuple(each(data.scope, node.value, tensor.shape, statement.line))
    return tuple(value for value in (node.value, *statement.arguments[1:]) if value is not None)


def _check_values(statement: DirectiveStmt, node: Declaration, tensor: Tensor) -> None:
    """There is nothing, one file, an expression for all elements or a value for each. Raises E-DIRECTIVE."""
    values = statement.arguments[1:]
    if isinstance(node.value, String) or is_each(node.value):
        if values:
            source = "`each`" if is_each(node.value) else "a file"
            message = f"`{node.name}` takes its values from {source} or from here, not from both"
            raise error("E-DIRECTIVE", message, statement.line, values[0])
        return
    count, given = prod(tensor.shape), 1 + len(values)
    missing = count - given
    if missing and node.value is not None:
        message = f"`{node.name}` takes {count} value{'s' if count > 1 else ''}, one for each element, not {given}"
        help_ = f"add {missing}" if missing > 0 else f"leave out {-missing}"
        raise error("E-DIRECTIVE", message, statement.line, (node.value, *values)[min(missing, -1)], help_)


def _load(data: DataBuilder, statement: DirectiveStmt, name: String, tensor: Tensor) -> Array:
    try:
        return read_npy(data.scope.read_file(name, statement.line), tensor)
    except BadFile as problem:
        message = f"`{name.value}` cannot initialise `{tensor.name}`: {problem}"
        raise error("E-DATA", message, statement.line, name) from None
