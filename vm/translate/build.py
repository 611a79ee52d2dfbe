"""From C text to a library: compiled by the C compiler that is there, kept in the user's cache."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import weakref
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
PLACES = (PACKAGE / "csrc", PACKAGE.parent / "csrc")  # of the headers: installed, or in the source tree
# As csrc/build_core.py has them: what floats are must not depend on who computes them.
FLAGS = (
    "-std=c11", "-O2", "-w", "-shared", "-fPIC", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math",
)  # fmt: skip
COMPILERS = ("cc", "gcc", "clang")
PRIVATE = 0o700


@cache
def compiler() -> str | None:
    """The C compiler to use: $CC, or the first there is."""
    names = [os.environ.get("CC", ""), *COMPILERS]
    return next((path for name in names if name and (path := shutil.which(name))), None)


@cache
def headers() -> Path | None:
    """The folder of the core's C files."""
    return next((place for place in PLACES if (place / "translated.h").is_file()), None)


@cache
def fingerprint(compiler: str, folder: Path) -> bytes:
    """Of all that goes into a library beside its text."""
    found = hashlib.sha256(" ".join((compiler, *FLAGS)).encode())
    for path in sorted(folder.glob("*.[ch]")):
        found.update(path.read_bytes())
    return found.digest()


def cache_folder() -> Path:
    """Where libraries are kept: nobody else may write there. Raises OSError."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "lpu" / "regions"
    folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    return folder


class Build:
    """A library in the making, or from the cache. Raises OSError where there is no compiler, headers or cache."""

    def __init__(self, text: str) -> None:
        cc, folder = compiler(), headers()
        if not cc or not folder:
            raise OSError("there is no C compiler, or no source of the core")
        key = hashlib.sha256(fingerprint(cc, folder) + text.encode()).hexdigest()
        self.library = cache_folder() / f"{key}.so"
        self._process: subprocess.Popen[bytes] | None = None
        if not self.library.exists():
            self._begin([cc, *FLAGS, f"-I{folder}"], text)

    def _begin(self, command: list[str], text: str) -> None:
        """Compile to a file that takes its name when it is complete, and goes when nobody waits for it any more."""
        stem = self.library.with_suffix(f".{os.getpid()}")
        self._text, self._part = stem.with_suffix(f"{stem.suffix}.c"), stem.with_suffix(f"{stem.suffix}.part")
        self._text.write_text(text, encoding="utf-8")
        quiet = subprocess.DEVNULL
        command += [str(self._text), "-o", str(self._part), "-lm"]
        self._process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)
        self._end = weakref.finalize(self, end, self._process, self._text, self._part)

    def wait(self) -> None:
        if self._process:
            self._process.wait()

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def result(self) -> Path | None:
        """The library; None if the compiler failed. To be asked for when nothing runs any more."""
        if self._process:
            if self._process.returncode == 0:
                self._part.replace(self.library)
            self._end()
        return self.library if self.library.exists() else None


def end(process: subprocess.Popen[bytes], *leavings: Path) -> None:
    """Nobody waits for a build: end it, and take away what it leaves."""
    process.kill()
    process.wait()
    for path in leavings:
        path.unlink(missing_ok=True)
