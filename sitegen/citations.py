"""Links to a law, wherever its card stands: `[words](law:conv.is-linear)`."""

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from sitegen.blocks import Fault, read
from sitegen.cards import cited

LINK = re.compile(r"\]\(law:(?P<law>[\w.-]+)\)")
HOME = "index.md"


def in_order(nav: Any) -> list[str]:
    """The pages of a navigation, from its first to its last."""
    if isinstance(nav, str):
        return [nav]
    parts = nav.values() if isinstance(nav, Mapping) else nav or ()
    return [uri for part in parts for uri in in_order(part)]


def cards(sources: Iterable[tuple[str, Path]], order: Sequence[str] = ()) -> dict[str, str]:
    """The page on which the card of each law stands.

    A law may be cited on several pages: then on the first in this order, but on the home page
    only if on no other.

    Args:
        sources: the address and the file of every page.
        order: addresses; pages that are not among them come last.

    Returns:
        The address of a page for the id of each law, and of each refuted statement.
    """

    def rank(source: tuple[str, Path]) -> tuple[bool, int, str]:
        uri = source[0]
        return uri == HOME, order.index(uri) if uri in order else len(order), uri

    found: dict[str, str] = {}
    for uri, path in sorted(sources, key=rank):
        with suppress(Fault):  # told when the page is built
            for law in filter(None, map(cited, read(path))):
                found.setdefault(law, uri)
    return found


def resolved(markdown: str, page: str, known: Mapping[str, str]) -> tuple[str, list[str]]:
    """The Markdown of a page with its links to laws as links to cards; and the laws without one."""
    unknown: list[str] = []

    def link(match: re.Match[str]) -> str:
        law = match["law"]
        if law not in known:
            unknown.append(law)
            return match[0]
        there = posixpath.relpath(known[law], posixpath.dirname(page) or ".")
        return f"]({there if known[law] != page else ''}#law-{law})"

    return LINK.sub(link, markdown), unknown
