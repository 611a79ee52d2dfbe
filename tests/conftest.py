"""Hypothesis profiles: `dev` by default, `ci` (same examples every time, bounded) and `deep` (many more).

And the command `lpu` as a fixture.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from cli_tools import Command
from hypothesis import HealthCheck, settings

# Work in the background may begin with interrupts ignored; what the tests start must not.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Time limits per example would make a loaded machine fail tests; whole runs are bounded by their number instead.
COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}

settings.register_profile("dev", max_examples=50, **COMMON)
settings.register_profile("ci", max_examples=60, derandomize=True, database=None, **COMMON)
settings.register_profile("deep", max_examples=1000, **COMMON)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


@pytest.fixture
def lpu(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command, in an empty directory."""
    return Command(tmp_path, capsys, monkeypatch)


@pytest.fixture(params=["reference", "core"])
def engine(request: pytest.FixtureRequest) -> str:
    """The name of an engine: a test that takes it runs on both."""
    name: str = request.param
    return name
