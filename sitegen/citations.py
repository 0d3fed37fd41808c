"""Laws that are named elsewhere: links to their cards, tables of them."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from sitegen import markup
from sitegen.blocks import Block, Fault, read
from sitegen.cards import NOTE, cited
from sitegen.run import cached

LINK = re.compile(r'href="law:(?P<law>[\w.-]+)"')
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


def linked(html: str, known: Mapping[str, str], url: Callable[[str], str]) -> tuple[str, list[str]]:
    """The HTML with links to `law:conv.is-linear` leading to that card; and the laws without one.

    Args:
        html: of a page.
        known: the page of each card, see `cards`.
        url: how one gets to a page from this one.

    Returns:
        The HTML, and the ids of laws that have no card.
    """
    unknown: list[str] = []

    def link(match: re.Match[str]) -> str:
        law = match["law"]
        if law not in known:
            unknown.append(law)
            return match[0]
        return f'href="{url(known[law])}#law-{law}"'

    return LINK.sub(link, html), unknown


def table(block: Block, ids: Iterable[str]) -> str:
    """Laws as a table, from the same runs as their cards.

    Args:
        block: the one that asked for it, to be named in a fault.
        ids: of laws.

    Returns:
        HTML: for each law its sentence, how well it held, how many mistakes it catches.

    Raises:
        Fault: for an unknown law, or one that does not hold.
    """
    rows = "".join(_row(block, id) for id in ids)
    heads = "".join(f"<th>{name}</th>" for name in ("law", "held", "mistakes"))
    head = f"<thead><tr>{heads}</tr></thead>"
    return f'<table class="laws" data-search-exclude>{head}<tbody>{rows}</tbody></table>'


def _row(block: Block, id: str) -> str:
    # Word for word what a page has that cites the law, so that it is run for both.
    source = f'from cnnref.laws import holds\n\nholds("{id}")\n'
    try:
        result = cached(Block(block.page, 0, 0, source))
    except Fault as fault:
        raise block.fault(f"the table has no row for {id}\n{fault}") from fault
    note = NOTE.search(result.stdout)
    assert result.card is not None, "a citation has a card"
    assert note is not None, "a law that held says so"
    claim = f'<a href="law:{id}">{markup.prose(result.card.claim)}</a>'
    cells = (claim, note["how"], str(len(result.card.mistakes)))
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
