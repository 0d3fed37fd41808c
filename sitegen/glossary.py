"""A Markdown extension: a term first mentioned on a page shows its sentence of the glossary."""

import re
from functools import cache
from pathlib import Path
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

GLOSSARY = Path(__file__).resolve().parents[1] / "docs" / "glossary.md"
ENTRY = re.compile(r"^(?P<term>\S.*)\n:   (?P<sentence>.+)$", re.MULTILINE)
SILENT = {"a", "code", "pre", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6"}
"""Elements in which nothing is marked: links, headings, code and definitions stay as they are."""


@cache
def terms(glossary: Path = GLOSSARY) -> dict[str, str]:
    """The words of the first list of the glossary, and the sentence of each; none without one."""
    if not glossary.is_file():
        return {}
    first = glossary.read_text(encoding="utf-8").split("\n## ")[1]
    return {entry["term"]: entry["sentence"] for entry in ENTRY.finditer(first)}


def mention(words: dict[str, str]) -> re.Pattern[str] | None:
    """Finds any of the words, or its plural; a longer one before a shorter."""
    if not words:
        return None
    longest = sorted(words, key=len, reverse=True)
    return re.compile(rf"\b({'|'.join(map(re.escape, longest))})(s?)\b", re.IGNORECASE)


class Glossary(Treeprocessor):  # type: ignore[misc]
    """Put an `abbr` with the sentence as its title around each first mention."""

    def run(self, root: Element) -> None:
        if "mkdocstrings_ids" not in self.md.treeprocessors:  # a docstring is a piece of a page
            mark(root, {term.lower(): sentence for term, sentence in terms().items()})


def mark(element: Element, left: dict[str, str]) -> None:
    """Mark the first mentions in an element, of the terms that are left."""
    element.text, new = marked(element.text, left)
    children = list(element)
    for child in children:
        element.remove(child)
    for child in children:
        element.extend(new)
        if child.tag not in SILENT:
            mark(child, left)
        child.tail, new = marked(child.tail, left)
        element.append(child)
    element.extend(new)


def marked(text: str | None, left: dict[str, str]) -> tuple[str | None, list[Element]]:
    """The text up to the first term, and the marked terms with the text behind each."""
    pattern = mention(left)
    found = pattern.search(text) if text and pattern else None
    if text is None or found is None or isinstance(text, AtomicString):
        return text, []
    term = Element("abbr", title=left.pop(found[1].lower()))
    term.text = AtomicString(found[0])
    term.tail, rest = marked(text[found.end() :], left)
    return text[: found.start()], [term, *rest]


class GlossaryExtension(Extension):  # type: ignore[misc]
    """Registers the processor, after links and code have become elements."""

    def extendMarkdown(self, md: Markdown) -> None:
        md.treeprocessors.register(Glossary(md), "glossary", 15)


def makeExtension(**options: object) -> GlossaryExtension:
    """What Python-Markdown looks for in a module that is named as an extension."""
    return GlossaryExtension(**options)
