"""`lpu conform --coverage`: what programs covered, in files and in words."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lpu import messages

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from conform.cover.coverage import Coverage
    from isa.machine import MachineSpec

BEGIN_ANEW = "leave out --merge to write the file anew, or name another"
ANY_MACHINE = "any"  # asks for another one for each program
JSON, HTML = ".json", ".html"


def refused(args: argparse.Namespace) -> str:
    """Why options on coverage do not go with each other or with the rest; "" where they do."""
    others = ("engine_free", "replay", "suite", "laws", "values")
    given = [f"--{name.replace('_', '-')}" for name in others if getattr(args, name)]
    if given and (args.coverage or args.steer):
        return f"--coverage and --steer are for random programs on the golden model: leave out {' and '.join(given)}"
    if (args.coverage or args.steer) and args.machine == ANY_MACHINE:
        return f"--coverage is of one machine: leave out --machine {ANY_MACHINE}, or name one"
    for path in args.coverage:
        if os.path.splitext(path)[1] not in (JSON, HTML):
            return f"--coverage {path}: what is written goes by the name; let it end with {JSON} or {HTML}"
    if args.merge and not any(path.endswith(JSON) for path in args.coverage):
        return "--merge adds to the coverage of a .json file: name one with --coverage"
    return ""


def begun(paths: list[str], merge: bool, spec: MachineSpec) -> Coverage:
    """The coverage to add to: where files are merged what is in those that are there. Raises SourceError."""
    from conform.cover.coverage import Coverage

    found = Coverage(spec)
    for path in paths if merge else ():
        if path.endswith(JSON) and os.path.exists(path):
            found.merge(read(path, spec))
    return found


def read(path: str, spec: MachineSpec) -> Coverage:
    """The coverage in a file, of the same machine. Raises SourceError."""
    import json

    from conform.cover.coverage import Coverage, CoverageError, from_json

    found = Coverage(spec)
    try:
        found.merge(from_json(json.loads(Path(path).read_bytes())))
    except OSError as failure:
        raise messages.error("E-FILE", f"{path}: {failure.strerror or failure}") from failure
    except CoverageError as error:
        raise messages.error("E-COVERAGE", f"{path} cannot be added to: {error}", help=BEGIN_ANEW) from error
    except (ValueError, RecursionError) as error:
        raise messages.error("E-COVERAGE", f"{path} cannot be added to: it is no JSON", help=BEGIN_ANEW) from error
    return found


def write(paths: list[str], coverage: Coverage) -> None:
    """Write coverage as each file's name says. Raises SourceError."""
    for path in paths:
        messages.write_file(path, page(path, coverage).encode())


def page(path: str, coverage: Coverage) -> str:
    """What goes into a file of that name."""
    if path.endswith(HTML):
        from conform.cover.html import report

        return report(coverage)
    import json

    return json.dumps(coverage.to_json(), indent=1) + "\n"


def told(coverage: Coverage) -> Iterable[str]:
    """Lines about coverage for the terminal."""
    from conform.cover.text import summary

    return summary(coverage)


def data(coverage: Coverage | None) -> dict[str, Any]:
    """The sums as a part of the result; nothing where no coverage is noted."""
    if coverage is None:
        return {}
    shares = coverage.shares()
    groups = {each.group.name: {"covered": each.covered, "points": len(each.group.reachable)} for each in shares}
    covered, points = (sum(group[name] for group in groups.values()) for name in ("covered", "points"))
    return {"coverage": {"programs": coverage.programs, "covered": covered, "points": points, "groups": groups}}
