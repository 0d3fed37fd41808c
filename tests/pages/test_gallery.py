"""The gallery shows every refuted statement: its sentence, its picture, and a law that holds."""

import re

import pytest

from cnnref.laws import LAWS, REFUTED
from sitegen.blocks import parse
from tests.building import ROOT

PAGES = [ROOT / "docs" / name for name in ("not-true.md", "not-true-networks.md")]
GALLERY = "".join(page.read_text(encoding="utf-8") for page in PAGES)
EXHIBIT = re.compile(r'^### (?P<claim>.*) \{ #(?P<id>\S+) \.tempting data-toc-label="[^"]+" \}$')
HELD = {law.id for law in LAWS}


def faults(text: str) -> list[str]:
    """What is wrong with the exhibits of the gallery, by the ids of their statements."""
    shown: dict[str, str] = {}
    for part in re.split(r"^(?=### )|^(?=## )", text, flags=re.MULTILINE):
        head = EXHIBIT.match(part.partition("\n")[0])
        if head:
            twice = head["id"] in shown
            shown[head["id"]] = "shown twice" if twice else fault(part, head["id"], head["claim"])
        elif part.startswith("### "):
            shown[part.partition("\n")[0]] = "a heading that is no exhibit"
    known = {statement.id: statement.claim for statement in REFUTED}
    missing = [f"{id}: missing" for id in known if id not in shown]
    unknown = [f"{id}: unknown" for id in shown if id not in known]
    return [f"{id}: {what}" for id, what in shown.items() if what] + missing + unknown


def fault(part: str, id: str, claim: str) -> str:
    """What is wrong with one exhibit."""
    said = {statement.id: statement.claim for statement in REFUTED}.get(id)
    if claim != said:
        return f"it says {said!r}"
    blocks = [block for block in parse(part, PAGES[0]) if "refutation" in block.source]
    if len(blocks) != 1 or f'refutation(counterexample("{id}"))' not in blocks[0].source:
        return "another picture"
    if not (blocks[0].caption and blocks[0].folded):
        return "no caption, or code that is not folded"
    truth = re.search(r"^\*\*True:\*\* (.*?)\n\{: \.truth \}$", part, re.MULTILINE | re.DOTALL)
    laws = re.findall(r"\]\(law:([^)]+)\)", truth[1]) if truth else []
    return "" if laws and HELD.issuperset(laws) else "no law that holds"


def test_every_refuted_statement_has_its_picture_and_a_law_that_holds_instead() -> None:
    assert faults(GALLERY) == []


@pytest.mark.parametrize(
    ("said", "planted"),
    [
        ("Correlation commutes, as", "Correlation commutes as"),
        ('counterexample("conv.same-moves")', 'counterexample("conv.ignores-order")'),
        ("**True:** The pooled sum", "The pooled sum"),
        ("(law:fourier.too-little-room-folds)", "(law:fourier.needs-no-room)"),
        ("#transpose.inverts .tempting", "#transpose.invert .tempting"),
        ("### Unpooling undoes", "### Unpooling always undoes"),
        (" .tempting data-toc-label", " data-toc-label"),
        ('folded="How it was computed" caption="The window has', 'caption="The window has'),
    ],
)
def test_an_exhibit_that_is_not_right_is_noticed(said: str, planted: str) -> None:
    assert said in GALLERY
    assert faults(GALLERY.replace(said, planted, 1)) != []


def test_an_exhibit_that_is_left_out_is_noticed() -> None:
    assert faults(GALLERY.replace("### With", "With", 1)) != []
