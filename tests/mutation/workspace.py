"""A copy of the project in which mutmut can plant faults in every function.

mutmut leaves decorated functions alone, which here would be most operations. In the copy a
decorator is applied after its function instead: `@silently` above `def conv` becomes
`conv = silently(conv)` below it. Decorated classes mutmut treats as it should.

The `strict=True` of each `zip` is left out of the copy: it asserts that lengths agree which were
checked before, so that nothing could tell its absence.
"""

import ast
import shutil
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

COPIED = ("cnnref", "tests", "pyproject.toml")


def copied(root: Path, workspace: Path) -> None:
    """Bring the workspace up to date; an unchanged file keeps its date and results."""
    patterns = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["mutmut"]["only_mutate"]
    for path in files(root):
        name = path.relative_to(root)
        target, text = workspace / name, path.read_text()
        if any(fnmatch(str(name), pattern) for pattern in patterns):
            text = undecorated(text).replace(", strict=True)", ")")
        if not target.exists() or target.read_text() != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
    for part in COPIED:
        for path in (workspace / part).rglob("*.py"):
            if not (root / path.relative_to(workspace)).exists():
                path.unlink()
                shutil.rmtree(workspace / "mutants", ignore_errors=True)


def files(root: Path) -> Iterator[Path]:
    """Every file that the copy needs."""
    for part in COPIED:
        path = root / part
        yield from path.rglob("*.py") if path.is_dir() else [path]


def undecorated(text: str) -> str:
    """The source with each decorator of a function as an assignment after the function."""
    lines = text.splitlines(keepends=True)
    for node in reversed(list(functions(ast.parse(text)))):
        first, last = node.decorator_list[0].lineno - 1, node.end_lineno or 0
        indent = " " * node.col_offset
        calls = node.name
        for decorator in reversed(node.decorator_list):
            calls = f"{ast.unparse(decorator)}({calls})"
        lines.insert(last, f"\n\n{indent}{node.name} = {calls}\n")
        del lines[first : node.lineno - 1]
    return "".join(lines)


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """The decorated functions of a module and of its classes, in order."""
    for node in tree.body:
        for inner in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(inner, ast.FunctionDef) and inner.decorator_list:
                yield inner
