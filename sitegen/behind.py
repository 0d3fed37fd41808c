"""What stands behind a chapter: the definitions it calls, the modules of its laws, its tests."""

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from html import escape
from pathlib import Path

from sitegen.blocks import Fault, read
from sitegen.cards import cited

ROOT = Path(__file__).resolve().parents[1]
ENTRY = re.compile(r"^::: (?P<identifier>cnnref[\w.]*\.(?P<name>\w+))$", re.MULTILINE)
SOURCES = "\n## Sources\n"
"""The heading that chapters have, and no other page."""


@cache
def documented(folder: Path = ROOT / "docs" / "api") -> dict[str, tuple[str, str]]:
    """The page and the anchor of each public name in the reference, which shows its source."""
    return {
        entry["name"]: (f"api/{page.name}", entry["identifier"])
        for page in sorted(folder.glob("*.md"))
        for entry in ENTRY.finditer(page.read_text(encoding="utf-8"))
    }


def imported(path: Path) -> Iterator[tuple[str, str]]:
    """The modules, and the names from them, that the blocks of a page import."""
    with suppress(Fault, SyntaxError):  # told when the page is built
        for block in read(path):
            for node in ast.walk(ast.parse(block.source)):
                if isinstance(node, ast.ImportFrom) and node.module:
                    yield from ((node.module, alias.name) for alias in node.names)


def definitions(path: Path) -> list[str]:
    """The documented names that the blocks of a page import from the package."""
    names = {name for module, name in imported(path) if module == "cnnref"}
    return [name for name in documented() if name in names]


def laws(path: Path) -> list[str]:
    """The modules in which the laws stand that a page cites."""
    from cnnref.laws import LAWS, REFUTED

    topics = {statement.id: statement.topic for statement in (*LAWS, *REFUTED)}
    with suppress(Fault):
        ids = filter(None, map(cited, read(path)))
        return sorted({f"cnnref/laws/{topics[law]}.py" for law in ids if law in topics})
    return []


def tests(path: Path) -> list[str]:
    """The files that test the laws of a page, and those that test its pictures."""
    drawn = {module.removeprefix("cnnref.figures.") for module, _ in imported(path)}
    files = [f"tests/figures/test_{module}.py" for module in sorted(drawn)]
    found = [name for name in files if (ROOT / name).is_file()]
    return (["tests/laws/test_laws.py"] if laws(path) else []) + found


def html(path: Path, url: Callable[[str], str], forge: str) -> str:
    """The lines at the end of a chapter; empty for any other page.

    Args:
        path: of the page.
        url: how one gets to a page of the site from this one.
        forge: where the files of the project are shown, or empty.
    """
    if SOURCES not in path.read_text(encoding="utf-8"):
        return ""

    def file(name: str) -> str:
        code = f"<code>{escape(name)}</code>"
        return f'<a href="{forge}/blob/main/{name}">{code}</a>' if forge else code

    def definition(name: str) -> str:
        page, identifier = documented()[name]
        return f'<a href="{url(page)}#{identifier}"><code>{name}</code></a>'

    lines = (
        _line("Definitions", [definition(name) for name in definitions(path)]),
        _line("Laws", [file(name) for name in laws(path)]),
        _line("Tests", [file(name) for name in tests(path)]),
    )
    return f'<dl class="behind">{"".join(lines)}</dl>'


def _line(title: str, items: Sequence[str]) -> str:
    return f"<dt>{title}</dt><dd>{', '.join(items)}</dd>" if items else ""
