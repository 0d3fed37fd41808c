"""Tooltips: the first mention of a term shows its sentence, and only where it may."""

import re
from pathlib import Path

import pytest
from markdown import markdown

from sitegen import glossary
from tests.building import ROOT

DILATION = glossary.terms()["dilation"]


def shown(text: str) -> str:
    return str(markdown(text, extensions=["sitegen.glossary", "def_list"]))


def test_the_first_mention_carries_the_sentence_of_the_glossary() -> None:
    abbreviation = f'<abbr title="{DILATION}">dilation</abbr>'
    assert shown("With dilation.\n\nMore dilation.") == (
        f"<p>With {abbreviation}.</p>\n<p>More dilation.</p>"
    )


@pytest.mark.parametrize("word", ["Dilation", "dilations"])
def test_a_mention_may_be_capital_or_plural(word: str) -> None:
    assert f">{word}</abbr>" in shown(f"{word}, they say.")


@pytest.mark.parametrize(
    "text",
    [
        "word\n:   dilation",
        "# dilation",
        "[dilation](a)",
        "[*dilation*](a)",
        "`dilation`",
        "redilation",
    ],
)
def test_headings_links_code_and_parts_of_words_stay_as_they_are(text: str) -> None:
    assert "<abbr" not in shown(text)


def test_of_two_terms_the_longer_one_is_meant() -> None:
    assert shown("an effective receptive field").count("<abbr") == 1
    assert ">effective receptive field</abbr>" in shown("an effective receptive field")


def test_text_before_between_and_behind_marked_terms_stays() -> None:
    text = "A span *of dilation* and `code`, then softmax, *so* a rectifier at the end."
    assert re.sub(r"</?abbr[^>]*>", "", shown(text)) == markdown(text)
    assert shown(text).count("<abbr") == 4


def test_every_entry_is_one_sentence_and_in_its_place() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    for part in text.split("\n## ")[1:]:
        entries = glossary.ENTRY.findall(part)
        names = [term for term, _ in entries]
        assert names == sorted(names, key=str.lower)
        assert all(re.fullmatch(r"[A-Z][^.]*\.", re.sub(r"\]\(\S*\)", "]", s)) for _, s in entries)
        assert len(entries) == part.count("\n:   ")


def test_a_term_of_another_glossary_is_read_from_it(tmp_path: Path) -> None:
    page = tmp_path / "glossary.md"
    page.write_text("# G\n\n## One\n\na b\n:   It is.\n\n## Two\n\nc\n:   No.\n")
    assert glossary.terms(page) == {"a b": "It is."}
    assert glossary.terms(tmp_path / "none.md") == {}
