"""The arguments of a request: taken by name, of the kind that is needed, or refused in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LIMIT = 1 << 53  # whole numbers below it are the same in every client
MAX_TEXT = 1 << 16  # characters
MAX_ITEMS = 1 << 14


class RequestError(Exception):
    """A request that cannot be carried out; the sentence says why."""


class Arguments:
    """The members of a JSON object. Every getter raises RequestError for a value of another kind.

    A member that is missing, or null, is the default; where none is given it must be there.
    """

    def __init__(self, members: Mapping[str, Any]) -> None:
        self._members = members

    def has(self, name: str) -> bool:
        return self._members.get(name) is not None

    def text(self, name: str, default: str | None = None) -> str:
        found: str = self._get(name, default, str, "text")
        if len(found) > MAX_TEXT:
            raise RequestError(f"`{name}` has {len(found)} characters; the most is {MAX_TEXT}")
        return found

    def flag(self, name: str, default: bool = False) -> bool:
        found: bool = self._get(name, default, bool, "true or false")
        return found

    def number(self, name: str, default: int | None = None, low: int = 0, high: int = LIMIT) -> int:
        """A whole number from `low` to `high`."""
        found: int = self._get(name, default, int, "a whole number")
        if isinstance(found, bool) or not low <= found <= high:
            raise RequestError(f"`{name}` is {_shown(found)}; it must be a whole number from {low} to {high}")
        return found

    def object(self, name: str) -> Arguments:
        """An object, empty where it is missing."""
        return Arguments(self._get(name, {}, dict, "an object"))

    def objects(self, name: str) -> list[Arguments]:
        """A list of objects, empty where it is missing."""
        found = self._list(name)
        if not all(isinstance(each, dict) for each in found):
            raise RequestError(f"`{name}` must be a list of objects")
        return [Arguments(each) for each in found]

    def texts(self, name: str) -> list[str]:
        """A list of texts, empty where it is missing."""
        found = self._list(name)
        if not all(isinstance(each, str) for each in found):
            raise RequestError(f"`{name}` must be a list of texts")
        return found

    def items(self, name: str) -> list[tuple[str, Any]]:
        """The members of an object, in order of their names."""
        return sorted(self._get(name, {}, dict, "an object").items())

    def named_or_listed(self, name: str) -> list[tuple[str, str]]:
        """Texts with names: an object, or a list of texts `NAME=TEXT` or `TEXT` (whose name is empty)."""
        if isinstance(self._members.get(name), dict):
            return [(key, Arguments({key: value}).text(key)) for key, value in self.items(name)]
        split = [(text, *text.partition("=")) for text in self.texts(name)]
        return [(key, value) if equals and key.isidentifier() else ("", text) for text, key, equals, value in split]

    def _list(self, name: str) -> list[Any]:
        found: list[Any] = self._get(name, [], list, "a list")
        if len(found) > MAX_ITEMS:
            raise RequestError(f"`{name}` has {len(found)} items; the most is {MAX_ITEMS}")
        return found

    def _get(self, name: str, default: Any, kind: type, what: str) -> Any:
        found = self._members.get(name)
        if found is None:
            found = default
        if found is None:
            raise RequestError(f"`{name}` is missing")
        if not isinstance(found, kind):
            raise RequestError(f"`{name}` is {_shown(found)}; it must be {what}")
        return found


def _shown(value: Any) -> str:
    import json

    text = json.dumps(value, default=str)
    return text if len(text) <= 40 else f"{text[:37]}..."
