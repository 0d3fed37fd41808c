"""What a check writes: JSON with a schema, a page that stands alone, a deterministic text."""

import json
import re
from types import SimpleNamespace
from typing import Any

import jsonschema
import numpy as np
import pytest
from bs4 import BeautifulSoup

from cnnref import literal
from cnnref.laws import Report, report
from cnnref.laws.check import pages
from cnnref.laws.check.report import STATUSES
from cnnref.laws.check.to_html import page
from cnnref.laws.check.to_json import plain, written
from tests.building import ROOT

SCHEMA = json.loads((ROOT / "docs/data/check.schema.json").read_text())


def validate(told: Any) -> None:
    """Refuse what does not keep to the schema."""
    jsonschema.Draft202012Validator(SCHEMA).validate(told)


def flipped(x: Any, w: Any) -> Any:
    return literal.correlate(np.asarray(x), np.flip(w))


def nan_shy(x: Any) -> Any:
    return literal.relu(np.nan_to_num(x))


@pytest.fixture(scope="module")
def made() -> Report:
    wrong = SimpleNamespace(correlate=flipped, relu=nan_shy, flip=lambda w: [w])
    return report(wrong, examples=20, laws=["correlation.*", "relu.*", "tensors.*", "flip.*"])


def test_the_json_keeps_to_its_schema(made: Report) -> None:
    told = json.loads(written(made))
    validate(told)
    assert told == plain(made)
    assert {"failed", "held", "waiting", "not offered"} <= {law["status"] for law in told["laws"]}
    kinds = SCHEMA["$defs"]["law"]["properties"]["status"]["enum"]
    assert set(kinds) == set(STATUSES)


@pytest.mark.parametrize("key", ["status", "page", "failure"])
def test_the_schema_refuses_what_lacks_a_part(made: Report, key: str) -> None:
    told = json.loads(written(made))
    del told["laws"][0][key]
    with pytest.raises(jsonschema.ValidationError):
        validate(told)


def test_nan_is_written_as_a_word(made: Report) -> None:
    calls = [row["failure"]["call"] for row in plain(made)["laws"] if row["failure"]]
    assert "nan" in json.dumps([call["expected"] for call in calls if call])

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    json.loads(written(made), parse_constant=refuse)


def test_the_page_needs_no_other_file(made: Report) -> None:
    text = page(made)
    soup = BeautifulSoup(text, "html.parser")
    assert not soup.find_all(["script", "link", "img", "iframe"])
    assert "url(" not in text
    assert "@import" not in text
    assert re.findall(r'(?:src|href)="', text) == []


def test_the_page_has_a_score_each_law_and_each_failure_as_a_picture(made: Report) -> None:
    soup = BeautifulSoup(page(made), "html.parser")
    sections = soup.select("section.broken")
    assert [section["id"] for section in sections] == [row.title for row in made.failed]
    assert len(soup.select(".laws tbody tr")) == len(made.rows)
    pictured = [row for row in made.failed if row.failure and row.failure.picture]
    assert len(pictured) == len(soup.select(".broken .call")) > 2
    (definition,) = (s for s in sections if s["id"] == "correlation.is-its-definition")
    shown = [cell.text for cell in definition.select("figure.input td, figure.kernel td")]
    assert sorted(shown) == ["0", "0", "1", "1"]
    assert len(definition.select("td.wrong")) == 1
    score = soup.select_one("table.score")
    assert score is not None
    assert score.select("td.failed")[0].text == str(made.counts(1)["failed"])


def test_the_text_is_the_same_each_time(made: Report) -> None:
    wrong = SimpleNamespace(correlate=flipped, relu=nan_shy, flip=lambda w: [w])
    globs = ["correlation.*", "relu.*", "tensors.*", "flip.*"]
    assert str(report(wrong, examples=20, laws=globs)) == str(made)
    assert not re.search(r"\d\.\d s\b|numpy \d", str(made))


def test_with_an_address_of_the_site_links_are_whole(
    made: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNNREF_SITE", "https://site.example/cnn/")
    law = pages.of_law("convolution.commutes")
    assert law == "https://site.example/cnn/convolution/#law-convolution.commutes"
    assert 'href="https://site.example/cnn/' in page(made)


def test_the_same_comes_from_a_notebook_and_from_the_command(made: Report) -> None:
    (named,) = (one for one in made.named if one.operation == "correlate" and not one.numbers)
    assert [id for id, _ in named.mistakes] == ["correlate.flips"]
    assert "BROKEN correlation.is-its-definition" in str(made)
    with pytest.raises(Exception, match="mine has none of cnnref's operations"):
        report(SimpleNamespace(other=1))
