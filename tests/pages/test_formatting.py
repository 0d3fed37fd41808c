"""Small things of the HTML: law cards, sentences outside the Markdown, examples in docstrings."""

import pytest
from bs4 import BeautifulSoup
from markdown import Markdown

from sitegen import cards, markup
from sitegen.cards import Card, Mistake

CARD = Card(
    "a.b", True, "All `x` are $y$.", "def law(): ...\n", (Mistake("m", "No `x`.", "pass\n"),)
)


def test_a_closed_card_says_the_verdict_the_sentence_and_the_evidence() -> None:
    printed = "All `x` are $y$. (held on 200 cases, exactly)"
    html = BeautifulSoup(cards.html(CARD, "<b>block</b>", printed), "html.parser")
    card = html.select_one("details.law.held")
    assert card is not None
    assert card["id"] == "law-a.b"
    summary = card.select_one("summary")
    assert summary is not None
    parts = [part.get_text() for part in summary.find_all("span", recursive=False)]
    assert parts == ["Held", "All x are \\(y\\).", "200 cases, exactly"]
    assert [code.get_text() for code in card.select("div.source code")] == [
        "def law(): ...\n",
        "pass\n",
    ]
    assert card.select("a[href='#law-a.b']")


def test_a_refuted_statement_says_so() -> None:
    refuted = Card("a.b", False, "No.", "pass\n")
    html = BeautifulSoup(cards.html(refuted, "", "No.\nx = 1"), "html.parser")
    assert [word.get_text() for word in html.select("details.refuted .verdict")] == ["Refuted"]
    assert "Mistakes" not in html.get_text()


def test_a_mistake_that_several_laws_catch_is_told_once_on_a_page() -> None:
    other = Card(
        "c.d", True, "So.", "def other(): ...\n", (*CARD.mistakes, Mistake("n", "N.", "n"))
    )
    page = cards.told_once(cards.html(CARD, "", "") + cards.html(other, "", ""))
    html = BeautifulSoup(page, "html.parser")
    assert [item["id"] for item in html.select("ul.mistakes li[id]")] == ["mistake-m", "mistake-n"]
    (again,) = html.select("#law-c\\.d li.told")
    assert again.decode_contents() == '<a href="#mistake-m">No <code>x</code>.</a>'
    assert [code.get_text() for code in html.select(".mistakes .source code")] == ["pass\n", "n"]


@pytest.mark.parametrize(
    ("sentence", "html"),
    [
        ("a < b & `c < d`", "a &lt; b &amp; <code>c &lt; d</code>"),
        ("is $x$.", 'is <span class="arithmatex">\\(x\\)</span>.'),
        ("5 $ and 6 $", "5 $ and 6 $"),
    ],
)
def test_code_and_formulas_in_a_caption_are_shown_as_such(sentence: str, html: str) -> None:
    assert markup.prose(sentence) == html


def test_an_example_in_a_docstring_is_code() -> None:
    md = Markdown(extensions=["sitegen.doctests", "pymdownx.superfences"])
    html = md.convert("Words:\n\n>>> f(1)\n2\n>>> g()\n\n> quoted\n")
    assert "&gt;&gt;&gt;" in BeautifulSoup(html, "html.parser").decode()
    (quotation,) = BeautifulSoup(html, "html.parser").select("blockquote")
    assert quotation.get_text().strip() == "quoted"


def test_code_that_is_folded_stands_below_what_it_drew() -> None:
    parts = ("<code/>", "1", ["<svg/>"], ["A line"], "", "b1-")
    plain, folded = markup.block(*parts), markup.block(*parts, "The code")
    figure = plain[plain.index("<figure>") : plain.index("</figure>")]
    assert folded.index(figure) < folded.index("<summary>The code</summary><code/>")
    assert folded.count("<details") == folded.count("</details></div>") == 1
    assert "<details" not in plain
