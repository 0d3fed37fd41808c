"""Law cards: a block that only cites a law is shown as the law's sentence, and opens."""

import ast
import re
from dataclasses import dataclass

from sitegen import markup
from sitegen.blocks import Block

NOTE = re.compile(r"\(held on (?P<cases>\d+) cases?, (?P<how>[^)]*)\)\s*$")
ITEM = re.compile(
    r'<li id="mistake-(?P<id>[^"]+)">.*?<summary>(?P<sentence>.*?)</summary>.*?</li>', re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong implementation that the law catches."""

    id: str
    sentence: str
    source: str


@dataclass(frozen=True, slots=True)
class Card:
    """What the page says about a law besides running it."""

    id: str
    held: bool
    claim: str
    source: str
    mistakes: tuple[Mistake, ...] = ()


def cited(block: Block) -> str | None:
    """The id of the law, if the block does nothing but cite one."""
    try:
        lines = ast.parse(block.source).body
    except SyntaxError:
        return None
    match lines:
        case [
            ast.ImportFrom(module="cnnref.laws"),
            ast.Expr(ast.Call(func=ast.Name("holds" | "fails"), args=[ast.Constant(str(law))])),
        ]:
            return law
    return None


def look_up(law_id: str) -> Card:
    """The card of the law, or of the refuted statement, with this id."""
    from cnnref.laws import LAWS, REFUTED, catches

    for law in LAWS:
        if law.id == law_id:
            caught = tuple(Mistake(m.id, m.sentence, m.source) for m in catches(law_id))
            return Card(law.id, True, law.claim, law.source, caught)
    statement = next(statement for statement in REFUTED if statement.id == law_id)
    return Card(statement.id, False, statement.claim, statement.source)


def html(card: Card, block: str, printed: str) -> str:
    """The card: one line when closed, `block` (code and output, as anywhere) inside."""
    verdict = "Held" if card.held else "Refuted"
    note = NOTE.search(printed)
    evidence = f"{note['cases']} cases, {note['how']}" if note else "counterexample"
    return (
        f'<details class="law {verdict.lower()}" id="law-{card.id}">'
        f'<summary><span class="verdict">{verdict}</span>'
        f'<span class="claim">{markup.prose(card.claim)}</span>'
        f'<span class="evidence">{evidence}</span></summary>'
        f"{block}{_source(card)}{_mistakes(card)}"
        f'<p class="law-id"><a href="#law-{card.id}">{card.id}</a></p></details>'
    )


def _source(card: Card) -> str:
    what = "The law" if card.held else "The statement"
    return _read_only(f"{what}, as it is run", markup.code(card.source, "read-only"))


def _mistakes(card: Card) -> str:
    if not card.mistakes:
        return ""
    # Without colours: a mistake is shown by every law that catches it, and colours weigh most.
    items = "".join(
        f'<li id="mistake-{mistake.id}">'
        f"{_read_only(markup.prose(mistake.sentence), markup.plain(mistake.source))}</li>"
        for mistake in card.mistakes
    )
    return f'<p class="law-part">Mistakes it catches</p><ul class="mistakes">{items}</ul>'


def told_once(html: str) -> str:
    """The page with the source of each mistake under the first law that catches it.

    The other laws link there: a mistake may be caught by a dozen laws of one page.
    """
    told: set[str] = set()

    def item(found: re.Match[str]) -> str:
        if found["id"] not in told:
            told.add(found["id"])
            return found[0]
        return f'<li class="told"><a href="#mistake-{found["id"]}">{found["sentence"]}</a></li>'

    return ITEM.sub(item, html)


def _read_only(title: str, code: str) -> str:
    return (
        f'<details class="law-part"><summary>{title}</summary>'
        f'<div class="source" data-search-exclude>{code}</div></details>'
    )
