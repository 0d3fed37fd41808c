"""The page on libraries, the file that it shows, and those libraries that are here agree."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

import cnnref
from benchmarks import compare
from cnnref.laws.catalogue import law_of
from cnnref.laws.check.target import Target, subject
from sitegen import libraries
from tests.building import ROOT

PAGE = (ROOT / "docs" / "libraries.md").read_text(encoding="utf-8")
KEPT = json.loads(compare.FILE.read_text(encoding="utf-8"))
HTML = libraries.filled(PAGE, compare.FILE)
HERE = ("scipy", "scipy:images", "scipy:filters")


def came(fact: str, place: int) -> dict[str, Any]:
    """What the libraries answered to one question of a fact."""
    asked = [question for question in KEPT["questions"] if question["fact"] == fact]
    found: dict[str, Any] = asked[place]["came"]
    return found


def test_the_page_asks_for_each_fact_once() -> None:
    asked = libraries.PLACE.findall(PAGE)
    facts = {question["fact"] for question in KEPT["questions"]}
    assert sorted(asked) == sorted(facts | {"versions", "conventions"})


def test_the_questions_kept_are_the_ones_asked_now() -> None:
    asked = [
        (q.fact, q.law, q.operation, {name: repr(v) for name, v in q.options.items()})
        for q in compare.QUESTIONS
    ]
    kept = [(q["fact"], q["law"], q["operation"], q["options"]) for q in KEPT["questions"]]
    assert kept == asked


def test_every_law_is_one() -> None:
    for row in [*KEPT["questions"], *KEPT["facts"], *KEPT["conventions"]]:
        assert law_of(row["law"]).id == row["law"]
    for row in [*KEPT["questions"], *KEPT["conventions"]]:
        assert row["claim"] == law_of(row["law"]).claim


def test_nothing_failed_and_nothing_waits() -> None:
    for one in KEPT["subjects"]:
        assert set(one["counts"]) == {"held", "convention", "not offered"}, one["subject"]
    assert [one["subject"] for one in KEPT["subjects"]] == list(compare.EXAMPLES)


def test_the_versions_are_those_that_are_pinned() -> None:
    pins = (ROOT / "requirements" / "libraries.txt").read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([\w-]+)==(\S+)$", pins, re.MULTILINE))
    for one in KEPT["subjects"]:
        library = one["subject"].partition(":")[0]
        assert one["versions"][library] == pinned[library]
        assert f"<td>{pinned[library]}</td>" in HTML


def test_cnnref_still_answers_so() -> None:
    for question, kept in zip(compare.QUESTIONS, KEPT["questions"], strict=True):
        assert compare.plain(question.put(cnnref)) == kept["came"]["cnnref"]


@pytest.mark.parametrize("what", HERE)
def test_scipy_still_answers_so(what: str) -> None:
    pytest.importorskip("scipy", reason="SciPy is not installed: not asked")
    live = subject([Target.read(what)])
    for question, kept in zip(compare.QUESTIONS, KEPT["questions"], strict=True):
        assert compare.plain(question.put(live)) == kept["came"][what], kept["fact"]


@pytest.mark.parametrize(
    ("sentence", "true"),
    [
        ("`signal.correlate` puts the spare zero before, `correlate2d` after",
         came("even", 3)["scipy"]["values"] == [1, 3, 5, 7]
         and came("even", 3)["scipy:images"]["values"] == [3, 5, 7, 4]),
        ("`ndimage.convolve` puts it after, where `signal.convolve` puts it before",
         came("even", 2)["scipy:filters"]["values"] == [3, 5, 7, 4]
         and came("even", 2)["scipy"]["values"] == [1, 3, 5, 7]),
        ("PyTorch has none", came("even", 1)["torch"] == "not offered"),
        ("refused, except by JAX", came("places", 3)["jax"]["values"] == []
         and came("places", 3)["torch"].startswith("refused")
         and came("places", 3)["onnxruntime"].startswith("refused")),
        ("JAX's `conv_transpose` gives a kernel that is shorter than the stride room",
         came("places", 4)["jax"]["values"] == [5, 0, 10, 0]
         and came("places", 4)["torch"]["values"] == [5, 0, 10]),
        ("answers with the lowest number of float32", came("empty", 1)["onnxruntime"]["values"]
         == [-3.4028234663852886e38] and came("empty", 1)["torch"]["values"] == ["-inf"]),
        ("ONNX Runtime does not take bytes for `Conv`",
         came("wrap", 0)["onnxruntime"] == "not offered"),
        ("SciPy refuses half precision", came("dtype", 3)["scipy"].startswith("refused")),
        ("no two dtypes at once", {came("dtype", 2)[what] for what in ("torch", "onnxruntime",
         "jax")} == {"not offered"}),
    ],
)  # fmt: skip
def test_what_the_page_says_follows_from_the_answers(sentence: str, true: bool) -> None:
    assert sentence in " ".join(PAGE.split())
    assert true


def test_the_defaults_are_those_that_the_page_tells() -> None:
    unset = {one["subject"]: one["default"] for one in KEPT["subjects"] if one["default"]}
    assert unset == {
        "torch": "count_include_pad=True",
        "onnxruntime": "count_include_pad=False",
        "jax": "jax_enable_x64=False",
    }


def test_flips_and_dilation_are_alike_everywhere() -> None:
    for fact in ("flip", "dilation", "average"):
        for question in [q for q in KEPT["questions"] if q["fact"] == fact]:
            answers = [came for came in question["came"].values() if came != "not offered"]
            assert all(answer == answers[0] for answer in answers)


def test_the_table_marks_what_differs() -> None:
    question = next(q for q in KEPT["questions"] if q["came"].get("scipy:images") and
                    q["law"] == "padding.correlation-spares-before")  # fmt: skip
    table = libraries.answers(question, KEPT)
    rows = re.findall(r"<tr><td>(.*?)</td><td>(.*?)</td></tr>", table)
    assert [whom for whom, shown in rows if 'class="other"' in shown] == ["SciPy 2-D"]
    assert table.count('class="other"') == 4


def test_the_page_shows_an_adapter_whole() -> None:
    text = unescape(re.sub(r"<[^>]+>", "", HTML))
    assert (ROOT / "cnnref" / "adapters" / "scipy.py").read_text(encoding="utf-8") in text


def test_a_table_that_there_is_none_of_is_noticed() -> None:
    with pytest.raises(KeyError, match="nothing on weather"):
        libraries.filled("<!-- libraries: weather -->", compare.FILE)


def test_nothing_is_written_when_a_law_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("def relu(x):\n    return abs(x)\n")
    monkeypatch.setattr(compare, "EXAMPLES", {str(wrong): 5})
    with pytest.raises(SystemExit, match="nothing is written"):
        compare.checked(str(wrong))
