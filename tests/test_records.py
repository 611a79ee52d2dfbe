"""Classes made lazily are those of the standard library: built, compared, shown, copied and refused alike."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import typing
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isa import lazy_records

STANDARD = (typing.NamedTuple, dataclasses.dataclass, dataclasses.field, dataclasses.replace)
LAZY = (lazy_records.NamedTuple, lazy_records.dataclass, lazy_records.field, lazy_records.replace)
Makers = tuple[Any, Any, Any, Any]


def pair(makers: Makers) -> Any:
    base, _, _, _ = makers

    class Pair(base):  # type: ignore[misc]  # one of two bases
        """Two numbers."""

        first: int
        second: int = 2

        @property
        def total(self) -> int:
            return self.first + self.second

    return Pair


def plain(makers: Makers, **options: Any) -> Any:
    _, dataclass, field, _ = makers

    @dataclass(**options)
    class Plain:
        first: int
        second: int = 2
        rest: list[int] = field(default_factory=list)
        hidden: int = field(default=0, compare=False, repr=False)

    return Plain


def long(makers: Makers) -> Any:
    """More than MANY fields."""
    _, dataclass, field, _ = makers

    @dataclass(frozen=True)
    class Long:
        first: int
        second: int = 0
        a: int = 1
        b: int = 2
        c: int = 3
        d: int = 4
        e: int = 5
        f: int = 6
        rest: list[int] = field(default_factory=list)

    return Long


def started(makers: Makers) -> Any:
    _, dataclass, field, _ = makers

    @dataclass
    class Started:
        first: int
        double: int = field(init=False)

        def __post_init__(self) -> None:
            self.double = 2 * self.first

    return Started


def longer(makers: Makers) -> Any:
    _, dataclass, _, _ = makers

    @dataclass(slots=True)
    class Base:
        first: int

    @dataclass(slots=True)
    class Longer(Base):
        second: int = 5

    return Longer


OPTIONS = (
    {},
    {"frozen": True},
    {"slots": True},
    {"frozen": True, "slots": True},
    {"eq": False},
    {"frozen": True, "eq": False},
)
CLASSES = (pair, started, longer, long, *[lambda makers, o=options: plain(makers, **o) for options in OPTIONS])


def both(make: Callable[[Makers], Any]) -> tuple[Any, Any]:
    return make(STANDARD), make(LAZY)


def outcome(function: Callable[[], Any]) -> str:
    """What calling comes to: what is shown of the result, or that it is refused."""
    try:
        return repr(function())
    except (TypeError, AttributeError):
        return "refused"


values = st.integers(-3, 3)
arguments = st.tuples(
    st.lists(values, max_size=3), st.dictionaries(st.sampled_from("first second other".split()), values)
)


@pytest.mark.parametrize("make", CLASSES)
@given(arguments)
def test_instances_are_made_and_shown_alike(
    make: Callable[[Makers], Any], given: tuple[list[int], dict[str, int]]
) -> None:
    standard, lazy = both(make)
    assert outcome(lambda: lazy(*given[0], **given[1])) == outcome(lambda: standard(*given[0], **given[1]))


@pytest.mark.parametrize("make", CLASSES)
def test_the_first_instances_are_as_the_later_ones(make: Callable[[Makers], Any]) -> None:
    _, lazy = both(make)
    assert {repr(lazy(1)) for _ in range(2 * lazy_records.FEW)} == {repr(lazy(1))}
    assert lazy(first=1) is not lazy(1) and outcome(lambda: lazy(1, first=1)) == "refused"


@pytest.mark.parametrize("make", CLASSES)
@given(values, values)
def test_equality_and_hashes_are_alike(make: Callable[[Makers], Any], one: int, other: int) -> None:
    standard, lazy = both(make)
    assert (lazy(one) == lazy(other)) == (standard(one) == standard(other))
    assert (lazy(one) == standard(one)) == (make is pair)
    assert (lazy.__hash__ is None) == (standard.__hash__ is None)
    if make is pair:
        assert hash(lazy(one)) == hash(standard(one))


@pytest.mark.parametrize("make", CLASSES)
def test_fields_are_set_deleted_and_matched_alike(make: Callable[[Makers], Any]) -> None:
    standard, lazy = both(make)
    assert lazy.__match_args__ == standard.__match_args__
    for change in (
        lambda it: setattr(it, "first", 7),
        lambda it: delattr(it, "first"),
        lambda it: setattr(it, "new", 7),
    ):
        assert outcome(lambda: change(lazy(1))) == outcome(lambda: change(standard(1)))  # noqa: B023  # called at once
    assert hasattr(lazy(1), "__dict__") == hasattr(standard(1), "__dict__")


@pytest.mark.parametrize("make", CLASSES[1:])
def test_the_standard_functions_know_the_fields(make: Callable[[Makers], Any]) -> None:
    standard, lazy = both(make)
    kinds = [
        [(each.name, each.init, each.repr, each.compare) for each in dataclasses.fields(cls)]
        for cls in (lazy, standard)
    ]
    assert kinds[0] == kinds[1]
    assert dataclasses.asdict(lazy(1)) == dataclasses.asdict(standard(1))
    assert dataclasses.astuple(lazy(1)) == dataclasses.astuple(standard(1))
    assert repr(dataclasses.replace(lazy(1), first=3)) == repr(lazy_records.replace(lazy(1), first=3)) == repr(lazy(3))


def test_tuples_are_changed_and_taken_apart_alike() -> None:
    standard, lazy = both(pair)
    assert lazy._fields == standard._fields and lazy._field_defaults == standard._field_defaults
    assert lazy._make([3, 4])._asdict() == standard._make([3, 4])._asdict()
    assert lazy(3)._replace(second=9) == (3, 9) and lazy(3).total == 5 and lazy.__doc__ == "Two numbers."
    for wrong in (lambda: lazy(3)._replace(third=9), lambda: lazy._make([1])):
        with pytest.raises(TypeError):
            wrong()


class Kept(lazy_records.NamedTuple if not typing.TYPE_CHECKING else typing.NamedTuple):
    first: int
    second: int = 2


@(lazy_records.dataclass if not typing.TYPE_CHECKING else dataclasses.dataclass)(frozen=True, slots=True)
class Frozen:
    first: int
    second: int = 2


@pytest.mark.parametrize("one", [Kept(1), Frozen(1)])
def test_copies_and_pickles_are_equal(one: Any) -> None:
    assert copy.copy(one) == copy.deepcopy(one) == pickle.loads(pickle.dumps(one)) == one
