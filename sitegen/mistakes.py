"""The catalogue of mistakes: each with its smallest case, and with the laws that catch it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from sitegen import markup
from sitegen.blocks import Block, Fault, read
from sitegen.cards import Card
from sitegen.run import ROOT, alts, cached, fingerprint

PICTURE = """\
import matplotlib.pyplot as plt

from cnnref.figures.mistakes import mistaken
from cnnref.laws import exhibit

mistaken(exhibit("{id}"))
plt.show()
"""
"""How a mistake is drawn; word for word what a page has that draws it, so that it is run once."""

CITATION = 'from cnnref.laws import holds\n\nholds("{id}")\n'
"""Word for word what a page has that cites a law, whose card knows the mistakes it catches."""

ALIKE = ROOT / "docs" / "data" / "alike.json"
"""What `python -m benchmarks.alike` found."""

SHOWN = 2
"""How many laws are named with their sentences; the others stand folded."""


def pages(sources: Iterable[tuple[str, Path]]) -> dict[str, str]:
    """On which page the mistakes in each operation stand.

    Args:
        sources: the address, as "mistakes-layers.md", and the file of every page.

    Returns:
        For each operation the name of its page without its ending, as "mistakes-layers".
    """
    found: dict[str, str] = {}
    for uri, path in sources:
        for id in asked(path):
            found.setdefault(id.partition(".")[0], uri.removesuffix(".md"))
    return found


def asked(page: Path) -> list[str]:
    """The mistakes that a page lists, in its order."""
    with suppress(Fault):  # told when the page is built
        blocks = [block for block in read(page) if block.table == "mistakes"]
        return [id for block in blocks for id in (block.output or "").split()]
    return []


def pictures(block: Block) -> Iterator[Block]:
    """The blocks that draw the mistakes which a block asks for."""
    if block.table == "mistakes":
        for id in (block.output or "").split():
            yield picture(block, id)


def picture(block: Block, id: str) -> Block:
    """The block that draws a mistake, standing where another one does."""
    return Block(block.page, block.line, block.last, PICTURE.format(id=id))


def entries(block: Block, ids: Iterable[str]) -> str:
    """Mistakes as entries, each with its own anchor, which is its id.

    Args:
        block: the one that asked for them, to be named in a fault.
        ids: of mistakes.

    Returns:
        HTML: for each mistake its sentence, its picture, its code, the laws that catch it.

    Raises:
        Fault: for an unknown mistake.
    """
    from cnnref.laws import MISTAKES

    known = {mistake.id: mistake for mistake in MISTAKES}
    catching = caught(block)
    ids = list(ids)
    found = [_index(ids)]
    for nth, id in enumerate(ids, start=1):
        if id not in known:
            raise block.fault(f"there is no mistake {id}")
        result = cached(picture(block, id))
        drawing, words = result.figures[0].svg, alts(result.figures, "")[0]
        found.append(
            _heading(id, known[id].sentence)
            + markup.block("", "", [drawing], [words], "", f"m{block.line}-{nth}-")
            + _laws(id, catching.get(id, {}))
            + _source(known[id].source)
        )
    return "".join(found)


def caught(block: Block) -> dict[str, dict[str, str]]:
    """For each mistake the laws that catch it, with their sentences, as their cards know them."""
    from cnnref.laws import LAWS

    found: dict[str, dict[str, str]] = {}
    now = fingerprint()
    for law in LAWS:
        try:
            card = card_of(law.id, now)
        except Fault as fault:
            raise block.fault(f"what {law.id} catches is not known\n{fault}") from fault
        assert card is not None, "a citation has a card"
        for mistake in card.mistakes:
            found.setdefault(mistake.id, {})[law.id] = card.claim
    return found


@lru_cache(maxsize=1024)
def card_of(law: str, sources: str) -> Card | None:  # noqa: ARG001 - other sources, another card
    """The card of a law, looked up once for all pages."""
    return cached(Block(ROOT / "docs", 0, 0, CITATION.format(id=law))).card


def alike(block: Block, operations: Iterable[str]) -> str:
    """Which mistakes no drawn case tells apart, from the file where that was kept.

    Args:
        block: the one that asked for it, to be named in a fault.
        operations: their names.

    Returns:
        HTML: for each operation its mistakes, the cases drawn, the groups that are left, and which
        held together longest.

    Raises:
        Fault: for an operation that the file does not know.
    """
    kept = json.loads(ALIKE.read_text(encoding="utf-8"))["operations"]
    rows = []
    for operation in operations:
        if operation not in kept:
            raise block.fault(f"{ALIKE.name} does not know {operation}")
        found = kept[operation]
        left = "; ".join(map(_group, found["groups"])) or "none"
        parted = ([id for id in group if "." in id] for group in found["last"])
        last = "; ".join(map(_group, parted))
        last = last if found["cases"] > 1 else "all at once"
        told = (f"<code>{operation}</code>", found["mistakes"], found["cases"], left, last)
        rows.append(f"<tr>{''.join(f'<td>{cell}</td>' for cell in told)}</tr>")
    heads = ("operation", "mistakes", "cases drawn", "left alike", "parted last")
    head = "".join(f"<th>{name}</th>" for name in heads)
    table = f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"
    return f"<table data-search-exclude>{table}</table>"


def _group(ids: Iterable[str]) -> str:
    """Mistakes that are alike, without the name of their operation."""
    return ", ".join(id.partition(".")[2] or "the right one" for id in ids)


def _index(ids: Iterable[str]) -> str:
    """The names of mistakes, without that of their operation, as links to them."""
    links = ", ".join(f'<a href="#{id}">{id.partition(".")[2]}</a>' for id in ids)
    return f'<p class="mistakes" data-search-exclude>{links}</p>'


def _heading(id: str, sentence: str) -> str:
    link = f'<a class="headerlink" href="#{id}" title="Link to this mistake"></a>'
    name = f'<code class="id">{id}</code>'
    return f'<h3 class="mistake" id="{id}">{markup.prose(sentence)}{link}</h3><p>{name}</p>'


def _laws(id: str, laws: Mapping[str, str]) -> str:
    """The laws that catch a mistake: some by their sentences, all others folded."""
    names = sorted(
        laws, key=lambda law: (-len(_words(law) & _words(id)), law.startswith("tensors"))
    )
    if not names:
        return ""
    first = "".join(
        f'<li><a href="law:{law}">{markup.prose(laws[law])}</a></li>' for law in names[:SHOWN]
    )
    told = f'<p class="caught">Caught by</p><ul class="caught">{first}</ul>'
    rest = names[SHOWN:]
    if not rest:
        return told
    links = ", ".join(f'<a href="law:{law}">{law}</a>' for law in rest)
    count = f"{len(rest)} more law{'s' if len(rest) > 1 else ''}"
    return (
        f'{told}<details class="law-part" data-search-exclude><summary>And by {count}</summary>'
        f"<p>{links}</p></details>"
    )


def _words(id: str) -> set[str]:
    """The words of an id, but for those of every one."""
    return set(id.replace(".", "-").replace("_", "-").split("-")) - {"is", "its", "the"}


def _source(source: str) -> str:
    return (
        '<details class="law-part"><summary>The mistake, as it is written</summary>'
        f'<div class="source" data-search-exclude>{markup.plain(source)}</div></details>'
    )
