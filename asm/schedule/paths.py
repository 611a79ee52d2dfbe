"""The edges between blocks, and what a linear block owes the one it leads to.

An edge *settles* some registers: the linear block it leaves waits until their writes have landed far enough for the
block it leads to as that is placed without them.
Everything is settled where code is entered that the scheduler does not shape (explicit bundles) or whose ways
in it does not all know (exported labels, callees, return addresses). Into a loop, the registers that the loop
touches are settled on the way in, so that no round waits for what was in flight before the first.
"""

from __future__ import annotations

from functools import cache, reduce
from operator import or_

from asm.facts import REGISTERS, target_label
from asm.program import AsmOp
from asm.schedule.blocks import OUTSIDE, Block, Blocks
from isa.records import NamedTuple

EVERYTHING = (1 << REGISTERS) - 1
WIDEST_LOOP = 64  # blocks; in longer loops every register counts as touched


class Edge(NamedTuple):
    """Control passes to block `to`: `taken` by a jump, else to the next bundle; `settles` is a register mask."""

    to: int
    taken: bool
    settles: int = 0


def connect(program: Blocks) -> list[list[Edge]]:
    """The edges that leave each block; the last block of a hardware loop's body has one back to its start."""
    blocks = program.blocks
    _make_room(program)
    edges = [_ways_out(program, number) for number in range(len(blocks))]
    for number, end in loops(program):
        edges[end - 1].append(Edge(number + 1, False))
    _return(program, edges)
    latches = _latches(edges)
    entered = {program.where[label] for label in program.entered if label in program.where}
    masks = _touched_in_loops(blocks, latches)
    for number, block in enumerate(blocks):
        if not block.is_explicit:
            edges[number] = [
                edge._replace(settles=_debt(blocks, entered, masks, number, edge)) for edge in edges[number]
            ]
    return edges


def loops(program: Blocks) -> list[tuple[int, int]]:
    """Hardware loops as (block of the `loop` op, block of its end label); ill-formed ones are left out."""
    found = []
    for number, block in enumerate(program.blocks):
        if block.control is not None and block.ends_with("loop"):
            end = target_block(program, block.control)
            if end > number + 1:
                found.append((number, end))
    return found


def _make_room(program: Blocks) -> None:
    """The last block of a linear `loop` is linear if it is empty, so that a bundle can be added."""
    for number, end in loops(program):
        if not program.blocks[number].is_explicit and program.blocks[end - 1].is_empty:
            program.blocks[end - 1].is_explicit = False


def body_ends(program: Blocks) -> set[int]:
    """Linear blocks that end a body; where both `loop` and body are explicit, nothing is ever added."""
    blocks = program.blocks
    return {end - 1 for number, end in loops(program) if blocks[end - 1].ops or not blocks[number].is_explicit}


def target_block(program: Blocks, op: AsmOp) -> int:
    """The block a control op jumps to, OUTSIDE when that is not a label of this program."""
    label = target_label(op)
    return program.where.get(label, OUTSIDE) if label is not None else OUTSIDE


def loop_count(op: AsmOp) -> int | None:
    """The constant count of a `loop`, None when it is a register or not known before linking."""
    names = op.row.format.names
    if "imm" not in names or any(reference.field == "imm" for reference in op.references):
        return None
    value = op.value("imm")
    return value - (value >> 31 << 32)


def _ways_out(program: Blocks, number: int) -> list[Edge]:
    block = program.blocks[number]
    following = [Edge(number + 1, False)] if number + 1 < len(program.blocks) else []
    if block.control is None or block.control.row.control == "nop":
        return following
    kind = block.control.row.control
    if kind in ("halt", "trap"):
        return []
    if kind == "ret":
        return [Edge(OUTSIDE, True)]
    taken = [Edge(target_block(program, block.control), True)]
    if kind == "loop":
        return _loop_ways(block.control, taken, following)
    return taken + following if kind == "branch" else taken


def _loop_ways(op: AsmOp, taken: list[Edge], following: list[Edge]) -> list[Edge]:
    count = loop_count(op)
    if count is None:
        return taken + following
    return following if count > 0 else taken


def _return(program: Blocks, edges: list[list[Edge]]) -> None:
    """An explicit `ret` may leave results in flight; they reach every place that it may return to.

    All of them lead to one more block, empty and last, which leads to all the places.
    """
    blocks = program.blocks
    returns = [number for number, block in enumerate(blocks) if block.is_explicit and block.ends_with("ret")]
    if returns:
        places = {program.where[label] for label in program.entered if label in program.where}
        places.update(number + 1 for number, block in enumerate(blocks[:-1]) if block.ends_with("call"))
        for number in returns:
            edges[number] = [Edge(len(blocks), True)]
        edges.append([Edge(place, False) for place in sorted(places)])
        blocks.append(Block(is_explicit=True))


def _latches(edges: list[list[Edge]]) -> dict[int, int]:
    """For every block that is jumped back to, the last block that does."""
    latches: dict[int, int] = {}
    for number, leaving in enumerate(edges):
        for edge in leaving:
            if 0 <= edge.to <= number:
                latches[edge.to] = number
    return latches


def _touched_in_loops(blocks: list[Block], latches: dict[int, int]) -> dict[int, int]:
    touched = cache(lambda number: touched_registers(blocks[number]))
    masks = {}
    for start, last in latches.items():
        mask = EVERYTHING
        if last - start < WIDEST_LOOP:
            mask = reduce(or_, map(touched, range(start, last + 1)))
        masks[start] = mask
    return masks


def touched_registers(block: Block) -> int:
    """A mask of the registers that a block reads or writes."""
    return reduce(or_, [kind.touched for kind in block.bundle_kinds()], block.kind.touched)


def _debt(blocks: list[Block], entered: set[int], masks: dict[int, int], number: int, edge: Edge) -> int:
    """What a linear block settles on one of its edges."""
    if edge.to == OUTSIDE or blocks[edge.to].is_explicit or edge.to in entered:
        return EVERYTHING
    if edge.taken and blocks[number].ends_with("call"):
        return EVERYTHING
    return masks.get(edge.to, 0) if edge.to > number else 0
