"""Requests for the texts of sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debugger.dap.arguments import Arguments

if TYPE_CHECKING:
    from debugger.dap.adapter import Adapter, Body


def loaded_sources(adapter: Adapter, arguments: Arguments) -> Body:
    return {"sources": [adapter.sources.given(name) for name in adapter.sources.names()]}


def source(adapter: Adapter, arguments: Arguments) -> Body:
    """The text of a source, by its number where it is in no file."""
    given = arguments.object("source")
    asked = given if given.has("path") or given.has("name") else arguments
    return {"content": adapter.sources.text(asked), "mimeType": "text/x-lpu"}


REQUESTS = {"loadedSources": loaded_sources, "source": source}
