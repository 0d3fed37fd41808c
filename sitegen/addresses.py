"""What `cnnref check` knows of each law beforehand: its page, and the operations that it calls."""

from __future__ import annotations

import json
import re
from pathlib import Path

import yaml

from sitegen import mistakes
from sitegen.citations import cards, in_order

DOCS = Path("docs")
FILE = Path("cnnref/laws/check/known.json")
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
    wrong = mistakes.pages(files.items())
    uris = {*laws.values(), *(f"{page}.md" for page in wrong.values())}
    titles = {uri: title(files[uri]) for uri in sorted(uris)}
    return {
        "titles": {stem(uri): said for uri, said in titles.items()},
        "laws": {law: stem(uri) for law, uri in sorted(laws.items())},
        "mistakes": dict(sorted(wrong.items())),
    }


def stem(uri: str) -> str:
    """The address of a page without its ending."""
    return uri.removesuffix(".md").removesuffix("index").removesuffix("/")


def title(page: Path) -> str:
    """The heading of a page."""
    heading = HEADING.search(page.read_text(encoding="utf-8"))
    assert heading is not None, f"{page} has a heading"
    return heading["title"]


def calls() -> dict[str, dict[str, list[str]]]:
    """The operations that each law calls, but for laws about any of them; and those that it calls
    in every case, where that is less."""
    from cnnref.laws import LAWS
    from cnnref.laws.runner import operations, traced

    laws = [law for law in LAWS if law.topic != "tensors"]
    some = {law.id: operations(law) for law in laws}
    every = {
        law.id: some[law.id].intersection(*(called for _, called in traced(law))) for law in laws
    }
    return {
        "calls": {id: sorted(called) for id, called in some.items()},
        "always": {id: sorted(called) for id, called in every.items() if called != some[id]},
    }


def main() -> None:
    """Write the file: JSON, the operations of a law in one line."""
    known = json.dumps({**addresses(Path()), **calls()}, indent=1, ensure_ascii=False)
    FILE.write_text(IN_LINES.sub(in_one_line, known) + "\n", encoding="utf-8")


IN_LINES = re.compile(r"\[[^\[\]]*\]")


def in_one_line(lines: re.Match[str]) -> str:
    """A list of words without line breaks."""
    return re.sub(r"\s*\n\s*", " ", lines[0]).replace("[ ", "[").replace(" ]", "]")


if __name__ == "__main__":
    main()
