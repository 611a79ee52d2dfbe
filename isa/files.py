"""Files: which hold objects, and writing so that a killed or failed run leaves the old file whole."""

from __future__ import annotations

import os

PERMISSIONS = 0o7777
ELF_MAGIC = b"\x7fELF"
OBJECT_SUFFIXES = (".o", ".lpu")


def write_atomic(path: str | os.PathLike[str], data: bytes) -> None:
    """Replace the file at `path` by `data` in one step, its mode kept; devices and pipes are written to.

    Raises OSError.
    """
    target = os.path.realpath(path)  # a symbolic link stays, the file behind it changes
    if os.path.exists(target) and not os.path.isfile(target):
        with open(target, "wb") as device:
            device.write(data)
        return
    beside = f"{target}.{os.urandom(6).hex()}.tmp"
    try:
        with open(beside, "xb") as file:
            file.write(data)
        if os.path.exists(target):
            os.chmod(beside, os.stat(target).st_mode & PERMISSIONS)
        os.replace(beside, target)
    except BaseException:
        if os.path.exists(beside):
            os.unlink(beside)
        raise


def is_object(path: str) -> bool:
    """Whether a file is an object or executable rather than a source: by its name, else by its first bytes."""
    if path.endswith(OBJECT_SUFFIXES):
        return True
    try:
        if not os.path.isfile(path):
            return False  # the assembler says that it takes files alone
        with open(path, "rb") as file:
            return file.read(len(ELF_MAGIC)) == ELF_MAGIC
    except (OSError, ValueError):
        return False  # the assembler says why it cannot be read
