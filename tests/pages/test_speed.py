"""The page that shows times shows those of the file, and says of them what they say."""

import ast
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from benchmarks import speed, timing
from cnnref import conv
from sitegen.blocks import read
from tests.building import ROOT

PAGE = ROOT / "docs" / "fourier.md"
TEXT = PAGE.read_text(encoding="utf-8")
KEPT = json.loads(speed.FILE.read_text(encoding="utf-8"))
NAMES = {  # on the page, and in the file
    "image": {
        "shifted sums": "cnnref.correlate",
        "PyTorch": "torch.conv2d",
        "two passes": "separable",
        "FFT": "FFT",
    },
    "layer": {
        "cnnref": "cnnref.conv",
        "PyTorch": "torch.conv2d",
        "FFT": "FFT",
        "FFT, cached": "FFT, cached",
    },
}


def took(case: str, way: str) -> dict[int, float]:
    """Milliseconds by kernel size."""
    return {r["kernel"]: r["min"] for r in KEPT["rows"] if (r["case"], r["way"]) == (case, way)}


def assigned(source: str, name: str) -> Any:
    """What a block assigns to a name, as it stands there."""
    (value,) = [
        node.value
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name
    ]
    return ast.literal_eval(value)


def differences(sources: list[str]) -> list[str]:
    """The lines of the page's pictures that are not the file's."""
    assert len(sources) == len(NAMES)
    wrong = []
    for source, (case, names) in zip(sources, NAMES.items(), strict=True):
        sizes, lines = assigned(source, "sizes"), assigned(source, "lines")
        assert lines.keys() == names.keys()
        for name, way in names.items():
            kept = took(case, way)
            if lines[name] != [kept.get(size) for size in sizes]:
                wrong.append(f"{case}: {name}")
    return wrong


def drawn() -> list[str]:
    return [block.source for block in read(PAGE) if "figures.fourier import times" in block.source]


def test_the_pictures_show_the_times_of_the_file() -> None:
    assert differences(drawn()) == []


@pytest.mark.parametrize(
    ("said", "planted"), [("[0.248,", "[0.284,"), ("1.75, 2.75", "2.75, 1.75")]
)
def test_another_time_is_noticed(said: str, planted: str) -> None:
    assert any(said in source for source in drawn())
    assert differences([source.replace(said, planted) for source in drawn()]) != []


def test_the_page_names_what_it_was_measured_on() -> None:
    ran, words = KEPT["ran_on"], " ".join(TEXT.split())
    assert f"`{ran['cpu']}`" in words
    assert f"Python {ran['python']}, NumPy {ran['numpy']} and PyTorch {ran['torch']}" in words
    assert (ran["threads"], ran["dtype"], ran["rounds"]) == (1, "float32", 11)
    assert "on one thread, in float32" in words
    assert "the least of eleven rounds" in words


def test_nothing_was_pinned() -> None:
    assert KEPT["ran_on"]["pinned"] == []
    assert KEPT["ran_on"]["settings"] == timing.SETTINGS


def faster(case: str, fast: str, other: str) -> list[int]:
    ours, theirs = took(case, fast), took(case, other)
    return [size for size in ours if ours[size] < theirs[size]]


@pytest.mark.parametrize(
    ("sentence", "true"),
    [
        (
            "the FFT wins from $7 \\times 7$ on",
            lambda: (
                min(faster("image", "FFT", "cnnref.correlate"))
                == min(faster("image", "FFT", "torch.conv2d"))
                == 7
            ),
        ),
        (
            "in two passes until it has 21 taps",
            lambda: min(faster("image", "FFT", "separable")) == 21,
        ),
        (
            "was slower than the FFT at every size",
            lambda: (
                faster("image", "FFT", "scipy.signal.correlate2d")
                == speed.CASES["image"]["kernels"]
            ),
        ),
        ("from 11 on, and PyTorch nowhere", lambda: faster("layer", "FFT", "torch.conv2d") == []),
        (
            "it beats [columns in NumPy](matrix.md#columns-the-matrix-nobody-stores) from 11 on",
            lambda: min(faster("layer", "FFT", "cnnref.conv")) == 11,
        ),
        (
            "With cached kernels it beats them from 5 and from 11 on",
            lambda: (
                [
                    min(faster("layer", "FFT, cached", way))
                    for way in ("cnnref.conv", "torch.conv2d")
                ]
                == [5, 11]
            ),
        ),
        (
            "it lost every race on these pictures",
            lambda: (
                not any(
                    3 in faster(case, fast, other)
                    for case, names in NAMES.items()
                    for fast in names.values()
                    for other in names.values()
                    if fast.startswith("FFT") and not other.startswith("FFT")
                )
            ),
        ),
        (
            "more than twenty times as long as PyTorch",
            lambda: took("layer", "FFT")[3] > 20 * took("layer", "torch.conv2d")[3],
        ),
    ],
)
def test_what_the_page_says_follows_from_the_times(sentence: str, true: Callable[[], bool]) -> None:
    assert sentence in " ".join(TEXT.split())
    assert true()


def test_the_file_measured_what_is_measured_now() -> None:
    assert json.loads(json.dumps(speed.CASES)) == KEPT["cases"]
    for case, names in NAMES.items():
        for way in names.values():
            assert list(took(case, way)) == speed.CASES[case]["kernels"]
    assert all(row["min"] <= row["median"] and row["error"] < 1e-5 for row in KEPT["rows"])


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("k", [1, 2, 5])
def test_every_way_that_is_timed_gives_the_layer(channels: int, k: int) -> None:
    pytest.importorskip("scipy", reason="SciPy is not installed: not asked")
    rng = np.random.default_rng(0)
    x = rng.normal(size=(channels, 12, 12)).astype(np.float32)
    w = speed.kernel(rng, channels, k)
    found = speed.ways(x, w)
    exact = conv(x[np.newaxis], w, algorithm="im2col")[0]
    assert set(timing.compared(exact, found, 1e-4)) == set(found)
    assert {"FFT"} < set(found)
    with pytest.raises(AssertionError, match="wrong results"):
        timing.compared(exact, {"FFT": lambda: found["FFT"]()[:, ::-1] + 1}, 1e-4)


def test_a_file_is_written_line_by_line() -> None:
    kept = {"ran_on": {"cpu": "any"}, "cases": {}, "rows": [{"a": 1}, {"a": 2}]}
    text = timing.written(kept)
    assert json.loads(text) == kept
    assert '{"a": 1},\n{"a": 2}\n' in text
