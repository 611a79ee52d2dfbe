"""Classes that are mostly their fields, at little cost where they are defined.

The standard library compiles up to seven functions for each such class, and a start defines some 160 of them. Here
one function a class is compiled, its constructor, and only if the class has many instances: the first few are made by
functions that all classes share. Options that no class here uses are left out.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from reprlib import recursive_repr
from types import FunctionType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MISSING = object()
FEW = 40  # to compile a constructor takes about as long as to make this many instances without one
MANY = 8  # fields that are better set at once, though a dict of its own takes an instance more memory
TupleGetter: Any = type(vars(namedtuple("One", "only"))["only"])


def _compiled(source: str, names: dict[str, Any]) -> Any:
    """The function that a `def` defines, its globals being `names`."""
    exec(source, names)
    return next(value for value in reversed(names.values()) if isinstance(value, FunctionType))


def _bound(names: Any, spare: dict[str, Any], values: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
    """What a call gives each name (a dict has them), `spare` what is left out; nothing for a call that is wrong."""
    given = dict(zip(names, values, strict=False), **named)
    bound = spare | given
    return bound if len(given) == len(values) + len(named) and bound.keys() == names.keys() else {}


# Named tuples ---------------------------------------------------------------------------------
class TupleMaker(type):
    """Makes of each class statement below NamedTuple a plain subclass of tuple."""

    def __new__(cls, name: str, bases: tuple[type, ...], space: dict[str, Any]) -> Any:
        if not bases:
            return super().__new__(cls, name, bases, space)
        names = tuple(space.get("__annotations__", ()))
        defaults = {each: space[each] for each in names if each in space}
        space |= {each: TupleGetter(index, "") for index, each in enumerate(names)}
        space |= {"__slots__": (), "__match_args__": names, "_fields": names, "_field_defaults": defaults}
        made: Any = type(name, (tuple,), space | TUPLE_METHODS)
        made.__new__ = _first_tuples(made)
        return made


class NamedTuple(metaclass=TupleMaker):
    """A tuple whose items have names; `_fields`, `_replace`, `_make` and `_asdict` are those of `typing.NamedTuple`."""


def _first_tuples(made: Any) -> Callable[..., Any]:
    """A constructor of few; a compiled one takes its place, at once if a call is wrong, for it says what is."""
    left, spare = FEW, made._field_defaults
    names = dict.fromkeys(made._fields)

    def construct(cls: Any, *values: Any, **named: Any) -> Any:
        nonlocal left
        left -= 1
        if left > 0 and len(values) == len(names) and not named:
            return tuple.__new__(cls, values)
        if left > 0 and (bound := _bound(names, spare, values, named)):
            return tuple.__new__(cls, [bound[name] for name in names])
        made.__new__ = _tuple_constructor(made)
        return made.__new__(cls, *values, **named)

    return construct


def _tuple_constructor(made: Any) -> Any:
    items = "".join(f"{name}, " for name in made._fields)
    source = f"def __new__(_cls, {items}):\n return _tuple(_cls, ({items}))"
    function = _compiled(source, {"_tuple": tuple.__new__})
    function.__defaults__ = tuple(made._field_defaults.values())
    return function


def _make(cls: Any, values: Iterable[Any]) -> Any:
    made = tuple.__new__(cls, values)
    if len(made) != len(cls._fields):
        raise TypeError(f"{cls.__name__} has {len(cls._fields)} items, not {len(made)}")
    return made


def _replace(self: Any, /, **changes: Any) -> Any:
    made = tuple.__new__(type(self), map(changes.pop, self._fields, self))
    if changes:
        raise TypeError(f"{type(self).__name__} has no {', '.join(changes)}")
    return made


def _items(self: Any) -> tuple[Any, ...]:
    return tuple(self)


def _asdict(self: Any) -> dict[str, Any]:
    return dict(zip(self._fields, self, strict=True))


def _tuple_repr(self: Any) -> str:
    items = ", ".join(f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
    return f"{type(self).__name__}({items})"


TUPLE_METHODS = {
    "_make": classmethod(_make),
    "_replace": _replace,
    "_asdict": _asdict,
    "__repr__": _tuple_repr,
    "__getnewargs__": _items,
}


# Data classes ---------------------------------------------------------------------------------
class Field:
    """What `field` says of a field."""

    __slots__ = ("compare", "default", "default_factory", "init", "repr")

    def __init__(self, default: Any = MISSING, default_factory: Any = MISSING, **options: bool) -> None:
        self.default, self.default_factory = default, default_factory
        self.init, self.repr, self.compare = (options.get(name, True) for name in ("init", "repr", "compare"))

    @property
    def spare(self) -> Any:
        """What stands for a value that is left out: itself if that is to be made anew each time."""
        return self.default if self.default_factory is MISSING else self

    def standard(self) -> Any:
        """The same for `dataclasses`."""
        import dataclasses

        options: dict[str, Any] = {"init": self.init, "repr": self.repr, "compare": self.compare}
        if self.default is not MISSING:
            options["default"] = self.default
        if self.default_factory is not MISSING:
            options["default_factory"] = self.default_factory
        return dataclasses.field(**options)


def field(*, default: Any = MISSING, default_factory: Any = MISSING, **options: bool) -> Any:
    """As `dataclasses.field`, the options being init, repr and compare; one with `init=False` has no default."""
    return Field(default, default_factory, **options)


class StandardFields:
    """What `dataclasses.fields`, `asdict` and others look for in a class, made when they do."""

    def __get__(self, record: Any, owner: Any) -> Any:
        from dataclasses import make_dataclass

        columns = [(name, object, each.standard()) for name, each in owner._record_fields.items()]
        made: Any = make_dataclass(owner.__name__, columns)
        return made.__dataclass_fields__


def dataclass(cls: Any = None, /, *, frozen: bool = False, eq: bool = True, slots: bool = False) -> Any:
    """As `dataclasses.dataclass`."""
    return _finished(cls, frozen, eq, slots) if cls else lambda cls: _finished(cls, frozen, eq, slots)


def _finished(cls: Any, frozen: bool, eq: bool, slots: bool) -> Any:
    own = {name: _own_field(cls, name) for name in vars(cls).get("__annotations__", ())}
    cls = _slotted(cls, own) if slots else cls
    cls._record_fields = getattr(cls, "_record_fields", {}) | own
    cls.__dataclass_fields__ = StandardFields()
    cls.__init__ = _first_inits(cls, frozen)
    _add(cls, __repr__=_repr, __match_args__=tuple(name for name, each in cls._record_fields.items() if each.init))
    if eq:
        _compare_by(cls, [name for name, each in cls._record_fields.items() if each.compare], frozen)
    if frozen:
        _add(cls, __setattr__=_refuse, __delattr__=_refuse)
    if frozen and slots:
        _add(cls, __getstate__=_state, __setstate__=_set_state)
    return cls


def _add(cls: Any, **methods: Any) -> None:
    """Add methods that the class does not define itself."""
    for name, method in methods.items():
        if name not in cls.__dict__:
            setattr(cls, name, method)


def _own_field(cls: Any, name: str) -> Field:
    """What a class says of one of its fields; the class keeps a plain default, as an attribute."""
    said = cls.__dict__.get(name, MISSING)
    if not isinstance(said, Field):
        return Field(said)
    if said.default is MISSING:
        delattr(cls, name)
    else:
        setattr(cls, name, said.default)
    return said


def _slotted(cls: Any, own: Iterable[str]) -> Any:
    """The class again, with slots for its own fields."""
    space = {name: value for name, value in cls.__dict__.items() if name not in own}
    inherited = {slot for base in cls.__mro__[1:] for slot in getattr(base, "__slots__", ())}
    space["__slots__"] = tuple(name for name in own if name not in inherited)
    space["__qualname__"] = cls.__qualname__
    for name in ("__dict__", "__weakref__"):
        space.pop(name, None)
    return type(cls)(cls.__name__, cls.__bases__, space)


def _first_inits(cls: Any, frozen: bool) -> Callable[..., None]:
    """An `__init__` of few instances; a compiled one takes its place, at once if a call is wrong."""
    left = FEW
    names = {name: each for name, each in cls._record_fields.items() if each.init}
    spare = {name: each.spare for name, each in names.items() if each.spare is not MISSING}

    def __init__(self: Any, /, *values: Any, **named: Any) -> None:
        nonlocal left
        left -= 1
        if left > 0 and (bound := _bound(names, spare, values, named)):
            _fill(self, names, bound)
        else:
            cls.__init__ = _init(cls, frozen)
            cls.__init__(self, *values, **named)

    return __init__


def _fill(self: Any, names: Iterable[str], values: dict[str, Any]) -> None:
    for name in names:
        value = values[name]
        object.__setattr__(self, name, value.default_factory() if value.__class__ is Field else value)
    if hasattr(self, "__post_init__"):
        self.__post_init__()


def _init(cls: Any, frozen: bool) -> Any:
    names: dict[str, Any] = {"_set": object.__setattr__, "_missing": MISSING}
    parameters = ["self"]
    values = {name: name for name, each in cls._record_fields.items() if each.init}
    for name in values:
        each = cls._record_fields[name]
        if each.default_factory is not MISSING:
            names[f"_make_{name}"] = each.default_factory
            values[name] = f"_make_{name}() if {name} is _missing else {name}"
        names[f"_default_{name}"] = each.default
        parameters.append(name if each.spare is MISSING else f"{name}=_default_{name}")
    body = list(_stores(values, frozen, bool(cls.__dictoffset__)))
    body.append("self.__post_init__()" if hasattr(cls, "__post_init__") else "pass")
    return _compiled(f"def __init__({', '.join(parameters)}):\n {'; '.join(body)}", names)


def _stores(values: dict[str, str], frozen: bool, has_dict: bool) -> Iterator[str]:
    """Statements that set the fields; those of a frozen instance, set one by one, take five times as long each."""
    if not frozen:
        yield from (f"self.{name} = {value}" for name, value in values.items())
    elif has_dict and len(values) >= MANY:
        pairs = ", ".join(f"{name!r}: {value}" for name, value in values.items())
        yield f"_set(self, '__dict__', {{{pairs}}})"
    else:
        yield from (f"_set(self, {name!r}, {value})" for name, value in values.items())


@recursive_repr()
def _repr(self: Any) -> str:
    shown = [name for name, each in self._record_fields.items() if each.repr]
    return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"


def _compare_by(cls: Any, names: list[str], frozen: bool) -> None:
    """Equality by fields, and the hash of what cannot change."""
    key: Callable[[Any], Any] = attrgetter(*names) if names else lambda _: ()

    def __eq__(self: Any, other: Any) -> Any:
        return key(self) == key(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: Any) -> int:
        return hash(key(self))

    own_hash = "__hash__" in cls.__dict__ and not (cls.__hash__ is None and "__eq__" in cls.__dict__)
    _add(cls, __eq__=__eq__)
    if not own_hash:
        cls.__hash__ = __hash__ if frozen else None


def _refuse(self: Any, name: str, *_: Any) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"{type(self).__qualname__} is frozen: its field {name!r} stays")


def _state(self: Any) -> list[Any]:
    return [getattr(self, name) for name in self._record_fields]


def _set_state(self: Any, state: list[Any]) -> None:
    for name, value in zip(self._record_fields, state, strict=True):
        object.__setattr__(self, name, value)


def replace(record: Any, /, **changes: Any) -> Any:
    """As `dataclasses.replace`."""
    kept = {name: getattr(record, name) for name, each in record._record_fields.items() if each.init}
    return type(record)(**kept | changes)
