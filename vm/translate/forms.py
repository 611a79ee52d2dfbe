"""Values along a way as polynomials in the registers at its head, modulo 2^32; what is none is not known (None)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from isa.records import NamedTuple
from vm.translate.region import CONSTANT, NOWHERE, TEMP, Block, Does, Step

Monomial = tuple[int, ...]  # the registers that are multiplied, in order; () stands for 1
WORD = 1 << 32
MOST_TERMS, MOST_FACTORS = 6, 2


class Form(NamedTuple):
    """The sum of monomials times coefficients, none of them 0."""

    terms: tuple[tuple[Monomial, int], ...]

    @property
    def constant(self) -> int:
        return dict(self.terms).get((), 0)

    @property
    def registers(self) -> set[int]:
        return {register for monomial, _ in self.terms for register in monomial}

    def text(self) -> str:
        """As an expression in C."""
        return " + ".join("*".join([f"{k}u", *(f"r{r}" for r in monomial)]) for monomial, k in self.terms) or "0u"


Value = Form | None


def form_of(terms: Iterable[tuple[Monomial, int]]) -> Value:
    """The sum of such terms; None where it is too long."""
    found: dict[Monomial, int] = {}
    for monomial, coefficient in terms:
        found[monomial] = (found.get(monomial, 0) + coefficient) % WORD
    kept = tuple(sorted((monomial, k) for monomial, k in found.items() if k))
    fits = len(kept) <= MOST_TERMS and all(len(monomial) <= MOST_FACTORS for monomial, _ in kept)
    return Form(kept) if fits else None


def constant(number: int) -> Form:
    return Form((((), number % WORD),) if number % WORD else ())


def register(number: int) -> Form:
    return Form((((number,), 1),))


def plus(a: Value, b: Value) -> Value:
    return form_of([*a.terms, *b.terms]) if a is not None and b is not None else None


def times(a: Value, b: Value) -> Value:
    if a is None or b is None:
        return None
    return form_of((tuple(sorted((*m, *n))), j * k) for m, j in a.terms for n, k in b.terms)


def minus(a: Value, b: Value) -> Value:
    return plus(a, times(constant(-1), b))


def shifted(a: Value, b: Value) -> Value:
    known = b is not None and not b.registers
    return times(a, constant(1 << (b.constant & 31))) if b is not None and known else None


# The functions of the core that compute polynomials of polynomials.
COMPUTE: Mapping[str, Callable[[Value, Value, Value], Value]] = {
    "op_add": lambda a, b, c: plus(a, b),
    "op_sub": lambda a, b, c: minus(a, b),
    "op_mul": lambda a, b, c: times(a, b),
    "op_mad": lambda a, b, c: plus(times(a, b), c),
    "op_shl": lambda a, b, c: shifted(a, b),
    "op_mov": lambda a, b, c: a,
    "op_neg": lambda a, b, c: minus(constant(0), a),
}


class Access(NamedTuple):
    """An access to a word: the block on the way, the step in it, and the address."""

    position: int
    place: int
    step: Step
    address: Value


class Walk:
    """What a way does, block by block: the accesses to words, and what registers hold at its end."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.ends: dict[int, Value] = {}
        self.accesses: list[Access] = []
        for position, block in enumerate(blocks):
            self._walk(position, block)

    def _walk(self, position: int, block: Block) -> None:
        temps: dict[int, Value] = {}
        writes: dict[int, Value] = {}
        for place, step in enumerate(block.steps):
            a, b, c = (self._value(source, temps) for source in step.sources)
            result: Value = None
            if step.does == Does.VALUE and step.function in COMPUTE:
                result = COMPUTE[step.function](a, b, c)
            elif step.does in ACCESSES:
                self.accesses.append(Access(position, place, step, plus(constant(step.k), plus(times(a, b), c))))
            if TEMP <= step.target < CONSTANT:
                temps[step.target] = result
            elif step.target != NOWHERE:
                writes[step.target] = result
        self.ends |= writes

    def _value(self, place: int, temps: Mapping[int, Value]) -> Value:
        if place >= CONSTANT:
            return constant(place - CONSTANT)
        if place >= TEMP:
            return temps[place]
        return self.ends.get(place, register(place)) if place != NOWHERE else constant(0)

    def step_of(self, address: Form) -> Value:
        """By how much an address grows from one round to the next, if always by the same."""
        after = substituted(address, self.ends)
        growth = minus(after, address)
        if growth is None or any(self.ends.get(r, register(r)) != register(r) for r in growth.registers):
            return None
        return growth


LOADS = {Does.LOAD: False, Does.LOAD_SECOND: True}  # whether banks are compared
STORES = {Does.STORE: False, Does.STORE_SECOND: True}
ACCESSES = LOADS | STORES


def substituted(form: Form, values: Mapping[int, Value]) -> Value:
    """A form in registers that hold other forms."""
    total: Value = constant(0)
    for monomial, coefficient in form.terms:
        product: Value = constant(coefficient)
        for r in monomial:
            product = times(product, values.get(r, register(r)))
        total = plus(total, product)
    return total


# Groups --------------------------------------------------------------------------------------
FARTHEST = 1 << 12  # words from the first access of a group


class Group:
    """Accesses whose addresses differ by constants: `first` the lowest of them, `extent` words below the highest."""

    def __init__(self, access: Access, address: Form, growth: Form) -> None:
        self.address, self.growth = address, growth
        self.is_store = access.step.does in STORES
        self.offsets: dict[tuple[int, int], int] = {}

    def distance(self, access: Access, address: Form, growth: Form) -> int | None:
        """How far an access is from the first, if it is one of this group."""
        between = minus(address, self.address)
        if (
            between is None
            or between.registers
            or growth != self.growth
            or self.is_store != (access.step.does in STORES)
        ):
            return None
        distance = (between.constant + WORD // 2) % WORD - WORD // 2
        return distance if abs(distance) <= FARTHEST else None

    @property
    def lowest(self) -> int:
        return min(self.offsets.values())

    @property
    def extent(self) -> int:
        return max(self.offsets.values()) - self.lowest

    def first(self) -> str:
        """The address of the lowest, in C."""
        moved = plus(self.address, constant(self.lowest))
        assert moved is not None
        return moved.text()


class Proved(NamedTuple):
    """Groups of accesses that are tested before a way is gone, and pairs of groups that must be in different banks."""

    groups: list[Group]
    apart: set[tuple[int, int]]

    def words(self) -> Iterator[tuple[tuple[int, int], str]]:
        """The addresses in C, by block on the way and step."""
        for number, group in enumerate(self.groups):
            for where, offset in group.offsets.items():
                yield where, f"w{number} + {offset - group.lowest}"


def prove(blocks: Sequence[Block], walk: Walk, is_loop: bool) -> Proved:
    """All accesses of a way whose addresses are known at its head, in all its rounds."""
    groups: list[Group] = []
    apart: set[tuple[int, int]] = set()
    for position, block in enumerate(blocks):
        found = [join(groups, walk, access, is_loop) for access in walk.accesses if access.position == position]
        if any(step.does == Does.PAIR for step in block.steps) or None in found or len(set(found)) < len(found):
            for group in groups:
                group.offsets = {where: o for where, o in group.offsets.items() if where[0] != position}
        elif len(found) == 2 and found[0] is not None and found[1] is not None:
            apart.add((found[0], found[1]))
    return without_empty(groups, apart)


def join(groups: list[Group], walk: Walk, access: Access, is_loop: bool) -> int | None:
    """The number of the group that an access is put into; None where its addresses are not known."""
    address = access.address
    growth = walk.step_of(address) if is_loop and address is not None else constant(0)
    if address is None or growth is None:
        return None
    for number, group in enumerate(groups):
        distance = group.distance(access, address, growth)
        if distance is not None:
            group.offsets[access.position, access.place] = distance
            return number
    groups.append(Group(access, address, growth))
    groups[-1].offsets[access.position, access.place] = 0
    return len(groups) - 1


def without_empty(groups: list[Group], apart: set[tuple[int, int]]) -> Proved:
    kept = [number for number, group in enumerate(groups) if group.offsets]
    return Proved(
        [groups[k] for k in kept], {(kept.index(a), kept.index(b)) for a, b in apart if a in kept and b in kept}
    )
