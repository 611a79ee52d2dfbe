"""Imports run one way, and nothing heavy is imported before it is needed."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = {
    "isa": {"isa"},
    "asm": {"isa", "asm"},
    "vm": {"isa", "vm"},
    "debugger": {"isa", "asm", "vm", "debugger"},
    "conform": {"isa", "asm", "vm", "conform"},
    "lpu": {"isa", "asm", "vm", "debugger", "conform", "lpu"},
}
HEAVY = {"ml_dtypes", "lark", "tomllib", "json", "hypothesis"}  # NumPy is for modules of the tensor face: see below
# Generators and oracles of the conformance kit are imported by tests alone.
HEAVY_ALLOWED = {"conform": {"hypothesis", "json"}}
MODULES = sorted(path.relative_to(ROOT) for package in ALLOWED for path in (ROOT / package).rglob("*.py"))


def imported(node: ast.AST) -> list[str]:
    """The modules one import statement names (nothing for other nodes)."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return []


def at_start(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements executed when a module is imported: not those of functions or of `if TYPE_CHECKING`."""
    for statement in body:
        yield statement
        for block in ("body", "orelse", "finalbody"):
            if isinstance(statement, ast.ClassDef | ast.Try | ast.With | ast.If) and not for_types(statement):
                yield from at_start(getattr(statement, block, []))


def for_types(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and "TYPE_CHECKING" in ast.unparse(statement.test)


def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def test_there_are_modules_to_read() -> None:
    assert {path.parts[0] for path in MODULES} == set(ALLOWED)


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_imports_run_one_way(path: Path) -> None:
    roots = {name.split(".")[0] for node in ast.walk(tree(path)) for name in imported(node)}
    assert roots & set(ALLOWED) <= ALLOWED[path.parts[0]]


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_imports_are_absolute(path: Path) -> None:
    assert not [node.lineno for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom) and node.level]


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_nothing_heavy_is_imported_at_start(path: Path) -> None:
    roots = {name.split(".")[0] for node in at_start(tree(path).body) for name in imported(node)}
    assert not roots & (HEAVY - HEAVY_ALLOWED.get(path.parts[0], set()))


RECORDS = {Path("isa/records.py"), Path("isa/lazy_records.py")}
COSTLY = re.compile(r"from (dataclasses|typing) import .*\b(dataclass|NamedTuple)\b")


def test_classes_of_fields_are_made_lazily() -> None:
    costly = {path for path in MODULES if COSTLY.search((ROOT / path).read_text(encoding="utf-8"))}
    assert costly <= RECORDS


C_CORE = {Path("vm/core.py"), Path("vm/translate/region.py")}


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_few_modules_touch_the_c_core(path: Path) -> None:
    names = {name for node in ast.walk(tree(path)) for name in imported(node)}
    names |= {f"{node.module}.{alias.name}" for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom)
              for alias in node.names}  # fmt: skip
    assert path in C_CORE or not names & {"cffi", "vm._core"}


def modules_after(statement: str) -> set[str]:
    """What a fresh interpreter has imported after a statement."""
    script = f"import sys\n{statement}\nprint('\\n'.join(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_importing_lpu_imports_none_of_the_other_packages() -> None:
    assert not {name.split(".")[0] for name in modules_after("import lpu")} & {"isa", "asm", "vm", "conform", "numpy"}


def test_listing_the_commands_imports_none_of_them() -> None:
    after = modules_after("from lpu.cli import main; main(['--help'])")
    assert not [name for name in after if name.startswith(("lpu.cmd_", "argparse", "typing", "isa", "asm", "vm"))]


UNNEEDED = {
    "numpy", "ml_dtypes", "tomllib", "dataclasses", "inspect", "pathlib", "shutil", "subprocess", "tempfile", "urllib",
    "asm.streams", "asm.syntax.expected", "asm.write.disassemble", "isa.scalar", "lark", "vm.snapshot",
    "vm.translate.build",
}  # fmt: skip
COMMANDS = ("run", "run --engine=reference", "check", "asm -o out.o", "fmt")


@pytest.mark.parametrize("command", COMMANDS)
def test_scalar_programs_need_neither_numpy_nor_tomllib(command: str, tmp_path: Path) -> None:
    source = tmp_path / "seven.s"
    source.write_text("        mov r1, 7\n        halt 0\n")
    words = [*command.replace("out.o", str(tmp_path / "out.o")).split(), str(source)]
    after = modules_after(f"from lpu.cli import main; assert main({words!r}) == 0")
    assert "asm.assemble" in after or command.startswith("fmt")
    assert not after & UNNEEDED


MOST_MODULES = 175  # of ours; one more makes a start about half a percent longer


def test_a_short_run_imports_few_modules() -> None:
    after = modules_after("from lpu.cli import main; assert main(['run', 'programs/dot.s']) == 0")
    assert not after & UNNEEDED
    assert len([name for name in after if name.split(".")[0] in ALLOWED]) <= MOST_MODULES
