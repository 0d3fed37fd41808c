"""Where the site says what: the file from which `cnnref check` knows the page of a law."""

from __future__ import annotations

import json
import re
from pathlib import Path

import yaml

from sitegen.citations import cards, in_order

DOCS = Path("docs")
FILE = Path("cnnref/laws/check/pages.json")
HEADING = re.compile(r"^# (?P<title>.+?)\s*(\{.*\})?$", re.MULTILINE)
NAV = re.compile(r"^nav:\n(?:[ -].*\n)+", re.MULTILINE)


def addresses(root: Path) -> dict[str, dict[str, str]]:
    """The page of each law, and the title of each of these pages.

    Args:
        root: the folder that docs/ and mkdocs.yml lie in.
    """
    files = {path.relative_to(root / DOCS).as_posix(): path for path in (root / DOCS).rglob("*.md")}
    nav = NAV.search((root / "mkdocs.yml").read_text(encoding="utf-8"))
    assert nav is not None, "mkdocs.yml has a navigation"
    laws = cards(files.items(), in_order(yaml.safe_load(nav[0])["nav"]))
    titles = {uri: title(files[uri]) for uri in sorted(set(laws.values()))}
    return {
        "titles": {stem(uri): said for uri, said in titles.items()},
        "laws": {law: stem(uri) for law, uri in sorted(laws.items())},
        "mistakes": {},
    }


def stem(uri: str) -> str:
    """The address of a page without its ending."""
    return uri.removesuffix(".md").removesuffix("index").removesuffix("/")


def title(page: Path) -> str:
    """The heading of a page."""
    heading = HEADING.search(page.read_text(encoding="utf-8"))
    assert heading is not None, f"{page} has a heading"
    return heading["title"]


def written(root: Path) -> str:
    """The file: JSON, a line for each entry."""
    return json.dumps(addresses(root), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(written(Path()), encoding="utf-8")
