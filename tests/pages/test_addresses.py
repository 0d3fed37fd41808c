"""The pages that `cnnref check` names are the ones on which laws and mistakes stand."""

from pathlib import Path

import pytest

from cnnref.laws import LAWS, MISTAKES
from cnnref.laws.check import pages
from sitegen import addresses
from tests.building import ROOT


def test_the_addresses_are_up_to_date() -> None:
    assert addresses.addresses(ROOT).items() <= pages.known().items()


@pytest.mark.slow
def test_what_each_law_calls_is_up_to_date() -> None:
    assert addresses.calls().items() <= pages.known().items()


def test_every_law_has_a_page_and_every_page_a_title() -> None:
    known = pages.known()
    assert {law.id for law in LAWS} <= known["laws"].keys()
    assert {mistake.operation for mistake in MISTAKES} <= known["mistakes"].keys()
    assert {*known["laws"].values(), *known["mistakes"].values()} <= known["titles"].keys()
    for stem in known["titles"]:
        assert (ROOT / "docs" / f"{stem}.md").is_file()


def test_a_card_that_moved_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/new.md").write_text(
        '# A new page\n\n```python\nfrom cnnref.laws import holds\n\nholds("pad.adds")\n```\n'
    )
    (tmp_path / "mkdocs.yml").write_text("nav:\n  - New: new.md\nplugins: []\n")
    found = addresses.addresses(tmp_path)
    assert found["laws"] == {"pad.adds": "new"}
    assert found["titles"] == {"new": "A new page"}


def test_an_address_is_whole_if_the_site_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CNNREF_SITE", raising=False)
    assert pages.of_law("pad.adds") == "laws/#law-pad.adds"
    monkeypatch.setenv("CNNREF_SITE", "https://site.example")
    assert pages.of_law("pad.adds") == "https://site.example/laws/#law-pad.adds"
