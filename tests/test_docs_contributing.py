"""What the pages for contributors say about the tree is what the tree is."""

import re
from pathlib import Path

import pytest

from tests.test_architecture import MAY_IMPORT

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "contributing"
PAGES = sorted(FOLDER.glob("*.md"))
ARCHITECTURE = (FOLDER / "architecture.md").read_text(encoding="utf-8")

FENCE = re.compile(r"^(?P<ticks>`{3,}).*?^(?P=ticks)$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
PATH = re.compile(r"(?:[\w-]+/)+[\w.-]*|[\w-]+\.(?:py|md|toml|yml|json|mjs)")
TARGET = re.compile(r"\bmake ([a-z-]+)\b")
ROW = re.compile(r"^- `(?P<room>\w+)` imports (?P<may>[^:]*?)(?:, and never[^:]*)?:", re.MULTILINE)
ENTRY = re.compile(r"^(?P<indent> *)(?P<name>[\w.-]+/?)  +\S")


def paths(text: str) -> list[str]:
    """The paths that a page names in its prose; one with `<topic>` in it is a pattern."""
    return [code for code in CODE.findall(FENCE.sub("", text)) if PATH.fullmatch(code)]


def tree(text: str) -> list[str]:
    """The paths that a drawn tree lists."""
    parents: list[str] = []
    found = []
    for line in text.splitlines():
        entry = ENTRY.match(line)
        if entry:
            depth = len(entry["indent"]) // 4
            parents = [*parents[:depth], entry["name"]]
            found.append("".join(parents))
    return found


def drawn() -> list[str]:
    block = re.search(r"^```text\n(.*?)^```$", ARCHITECTURE, re.MULTILINE | re.DOTALL)
    assert block is not None
    return tree(block[1])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_named_to_contributors_exists(page: Path) -> None:
    named = paths(page.read_text(encoding="utf-8"))
    homes = (ROOT, FOLDER)
    assert [path for path in named if not any((home / path).exists() for home in homes)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_named_to_contributors_exists(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(TARGET.findall(" ".join(CODE.findall(page.read_text(encoding="utf-8")))))
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert named - targets == set()


def test_the_drawn_tree_is_the_tree() -> None:
    assert [path for path in drawn() if not (ROOT / path).exists()] == []


def test_the_drawn_tree_leaves_out_no_room_of_the_package() -> None:
    rooms = {path.name for path in (ROOT / "cnnref").iterdir() if not path.name.startswith("__")}
    shown = {Path(path).name for path in drawn() if path.startswith("cnnref/")}
    assert rooms - shown == {"py.typed"}


def test_the_list_of_imports_is_the_one_that_is_enforced() -> None:
    rows = {row["room"]: set(CODE.findall(row["may"])) for row in ROW.finditer(ARCHITECTURE)}
    assert rows == MAY_IMPORT


def test_a_path_that_does_not_exist_is_seen() -> None:
    text = "See `cnnref/windows.py`, `laws.py`, `a <topic>.py`, `w[a]`.\n```python\n`x.py`\n```\n"
    assert paths(text) == ["cnnref/windows.py", "laws.py"]


def test_a_drawn_tree_is_read_with_its_folders() -> None:
    assert tree("docs/   pages\n    labs/   long\ntests/  more\n") == [
        "docs/",
        "docs/labs/",
        "tests/",
    ]
