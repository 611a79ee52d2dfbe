"""From C text to a library: compiled by the C compiler that is there, kept in the user's cache."""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import tempfile
import weakref
from contextlib import suppress
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
PLACES = (PACKAGE / "csrc", PACKAGE.parent / "csrc")  # of the headers: installed, or in the source tree
# As csrc/build_core.py has them: what floats are must not depend on who computes them.
FLAGS = (
    "-std=c11", "-O2", "-w", "-shared", "-fPIC", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math",
)  # fmt: skip
COMPILERS = ("cc", "gcc", "clang")
PRIVATE, OTHERS_WRITE = 0o700, 0o022
MOST_KEPT = 256  # libraries in the cache, of some 30 KiB each


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
    """Where libraries are kept, which are run: the user's own folder. Raises OSError where there is none."""
    home = os.path.expanduser("~")
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(home, ".cache")
    if not os.path.isabs(base):
        raise OSError(f"{base!r} is no place for a cache")
    folder = Path(base) / "lpu" / "regions"
    folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    status = folder.stat()
    if status.st_uid != os.getuid() or status.st_mode & OTHERS_WRITE:
        raise OSError(f"others may write to {folder}")
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
        """Compile in a folder of its own, which goes when nobody waits for the library any more."""
        folder = tempfile.mkdtemp(dir=self.library.parent)
        self._text, self._part = Path(folder, "region.c"), Path(folder, "region.so")
        self._text.write_text(text, encoding="utf-8")
        self._errors = Path(folder, "errors")
        quiet = subprocess.DEVNULL
        command += [str(self._text), "-o", str(self._part), "-lm"]
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=errors)
        self._end = weakref.finalize(self, end, self._process, folder)

    def wait(self) -> None:
        if self._process:
            self._process.wait()

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def load(self) -> ctypes.CDLL:
        """The library, complete under its name. Raises OSError if the compiler failed, or it cannot be loaded."""
        if self._process:
            said = self._errors.read_text("utf-8", "replace").strip()
            if self._process.returncode == 0:
                self._part.replace(self.library)
                drop_oldest(self.library.parent)
            self._end()
            if self._process.returncode:
                raise OSError(f"the C compiler ended with {self._process.returncode}: {said}")
        os.utime(self.library)
        try:
            return ctypes.CDLL(str(self.library))
        except OSError:
            self.library.unlink(missing_ok=True)  # spoilt: the next one is made anew
            raise


def drop_oldest(folder: Path) -> None:
    """Keep the libraries that were used last. Others may do the same at the same time."""
    with suppress(OSError):
        for library in sorted(folder.glob("*.so"), key=lambda path: path.stat().st_mtime)[:-MOST_KEPT]:
            library.unlink()


def end(process: subprocess.Popen[bytes], folder: str) -> None:
    """Nobody waits for a build: end it, and take away what it leaves."""
    process.kill()
    process.wait()
    shutil.rmtree(folder, ignore_errors=True)
