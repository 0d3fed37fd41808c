"""What is timed is right, the page shows what was kept, and targets are computed from it."""

import copy
import json
import re
from functools import partial
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest

import cnnref
from benchmarks import bench, operations, site, sweeps, targets, timing, ways
from benchmarks.shapes import HELD_OUT, SHAPES, TUNED, Shape
from sitegen import measured
from tests.building import ROOT

PAGE = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
TEXT = bench.FILE.read_text(encoding="utf-8")
KEPT = json.loads(TEXT)
TINY = Shape("tiny", (1, 2, 6, 6), (3, 2, 3, 3), stride=2)


def rows(part: str, **having: Any) -> list[dict[str, Any]]:
    """The rows of a part that have these values."""
    wanted = {"part": part} | having
    return [row for row in KEPT["rows"] if wanted.items() <= row.items()]


def test_there_are_seventeen_shapes_and_ten_more_that_nothing_was_tuned_on() -> None:
    assert len(TUNED) == 17
    assert len(HELD_OUT) >= 10
    assert len(SHAPES) == len(TUNED) + len(HELD_OUT)  # no name twice
    assert [shape.held_out for shape in SHAPES.values()] == [False] * 17 + [True] * len(HELD_OUT)


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_is_a_layer(name: str) -> None:
    shape = SHAPES[name]
    assert shape.x[1] == shape.w[1] * shape.groups
    w = np.zeros(shape.w, np.float32)
    y = cnnref.conv(np.zeros((0, *shape.x[1:]), np.float32), w, **shape.options)
    assert y.shape[:2] == (0, shape.w[0])


def test_a_shape_is_measured_in_every_way_that_takes_it() -> None:
    row = bench.measured(TINY, "float32", rounds=2, least=0)
    assert {"auto", "im2col", "naive"} <= row["ways"].keys()
    assert "winograd2" not in row["ways"]  # it has no stride
    assert row["picked"] in row["allowed"]
    assert set(row["allowed"]) < row["ways"].keys()
    assert all(way["min"] <= way["median"] for way in row["ways"].values())


def test_what_has_to_be_asked_for_by_name_is_not_held_against_the_choice() -> None:
    shape = SHAPES["3x3, 64 channels"]
    x, w = np.zeros((1, *shape.x[1:]), np.float32), np.zeros(shape.w, np.float32)
    assert "winograd4" not in ways.picked(shape, x, w)[1]
    assert "winograd4" in ways.picked(shape, x.astype(float), w.astype(float))[1]


@pytest.mark.parametrize("grows", sweeps.SWEEPS, ids=lambda sweep: sweep.grows)
def test_a_sweep_tells_time_and_memory(grows: sweeps.Sweep) -> None:
    row = sweeps.swept(grows, grows.sizes[0], 2, 0)
    assert {"min", "median", "spread", "memory"} == row["ways"]["auto"].keys()


def test_memory_is_what_a_call_holds_beside_its_result() -> None:
    def call() -> np.ndarray:
        return np.concatenate([np.ones(1000)] * 2)[:1000].copy()

    assert 16_000 <= sweeps.memory(call) < 17_000  # one and two thousand, less the result


def test_a_wrong_result_is_refused() -> None:
    exact = np.ones((1, 1, 4, 4))
    planted = exact.copy()
    planted[0, 0, 3, 3] += 1e-3
    assert timing.compared(exact, {"right": exact.copy}, 1e-4) == {"right": 0}
    with pytest.raises(AssertionError, match="planted"):
        timing.compared(exact, {"right": exact.copy, "planted": planted.copy}, 1e-4)
    with pytest.raises(AssertionError, match="empty"):
        timing.compared(exact, {"empty": (exact * np.nan).copy}, 1e-4)
    with pytest.raises(AssertionError, match="shape"):
        timing.compared(exact, {"smaller": exact[0].copy}, 1e-4)


def test_a_layer_that_is_computed_wrongly_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"torch": lambda: np.zeros(3)}
    monkeypatch.setattr(bench, "ways", lambda *given: ways.ways(*given) | wrong)
    with pytest.raises(AssertionError, match="torch has shape"):
        bench.measured(TINY, "float32", rounds=2, least=0)


def test_a_slow_way_gets_three_rounds_and_the_others_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "MOST", 1.0)
    ticks = iter(range(10_000))
    slow = timing.timed({"slow": lambda: next(ticks)}, 9, 0, lambda: float(next(ticks)))
    assert len(slow["slow"]) == 3
    quick = timing.timed({"quick": lambda: None}, 9, 0, lambda: next(ticks) / 1e6)
    assert len(quick["quick"]) == 9


def test_nobody_runs_always_after_the_same_one() -> None:
    ran: list[str] = []
    timing.timed({name: partial(ran.append, name) for name in "abc"}, 9, 0)
    rounds = [tuple(ran[start : start + 3]) for start in range(len(ran) - 27, len(ran), 3)]
    assert {frozenset(order) for order in rounds} == {frozenset("abc")}
    assert {order[0] for order in rounds} == set("abc")


def test_everything_is_measured_without_pins() -> None:
    clean = timing.unpinned(dict.fromkeys((*timing.PINS, "PATH"), "Haswell"), threads=2)
    assert clean.keys() == {"PATH", *timing.SETTINGS}
    assert clean["OPENBLAS_NUM_THREADS"] == clean["OMP_NUM_THREADS"] == "2"


def test_the_file_has_every_row() -> None:
    for dtype in bench.DTYPES:
        assert [row["shape"] for row in rows("layers", dtype=dtype)] == list(SHAPES)
        names = [operation.name for operation in operations.OPERATIONS]
        found = [row["name"] for row in rows("operations", dtype=dtype)]
        assert found == [*names, operations.TRAINING]
    for sweep in sweeps.SWEEPS:
        assert [row["size"] for row in rows("sweeps", grows=sweep.grows)] == list(sweep.sizes)
    assert [row["shape"] for row in rows("threads", threads=2)] == list(bench.THREADED)


def test_each_row_has_its_peers_and_results_that_were_near() -> None:
    for row in rows("layers"):
        images = len(SHAPES[row["shape"]].x) == 4
        peers = {"torch"} | ({"torch, channels last"} if images else set())
        assert peers | {"auto", row["picked"], *row["allowed"]} <= row["ways"].keys()
        assert all(way["error"] <= bench.BOUND[row["dtype"]] for way in row["ways"].values())
    for row in KEPT["rows"]:
        assert all(way["min"] <= way["median"] for way in row["ways"].values())


def test_the_file_says_where_and_when_and_nothing_of_the_place() -> None:
    ran = KEPT["ran_on"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", KEPT["date"])
    assert all(ran[name] for name in ("cpu", "python", "numpy", "torch", "onnxruntime", "blas"))
    assert (ran["threads"], ran["pinned"], ran["settings"]) == (1, [], timing.SETTINGS)
    assert not re.search(r'"/|/home|/tmp|/root|\\\\', TEXT)
    assert len(TEXT) < 150_000


def test_the_page_asks_for_everything_once() -> None:
    asked = [match["what"] for match in measured.PLACE.finditer(PAGE)]
    assert sorted(asked) == sorted([*measured.TABLES, *measured.PICTURES])


def test_what_there_is_none_of_is_noticed() -> None:
    with pytest.raises(KeyError, match="weather"):
        measured.filled("<!-- benchmarks: weather -->", bench.FILE)


FASTER, SLOWER = "And why it wins:", "- **"
SAID = {  # where the page says it, its words, and what they are about
    (SLOWER, "Depthwise"): ("depthwise 3x3", "depthwise 7x7"),
    (SLOWER, "Small layers"): ("LeNet, second layer", "small net, second layer"),
    (SLOWER, "Many channels, few places"): ("3x3, 512 channels",),
    (SLOWER, "Strides."): ("3x3, stride 2", "5x5, stride 2"),
    (SLOWER, "Overlapping pools"): ("max pool 3x3, stride 2",),
    (SLOWER, "Transposed layers and gradients of pools"): (
        "transposed 3x3, stride 2", "transposed 4x4, stride 2", "gradient of max pool 2x2"),
    (FASTER, "one channel and a large kernel"): targets.FILTERS,
    (FASTER, "pools with stride one"): tuple(
        f"{kind} pool {k}x{k}, stride 1" for kind in ("max", "avg") for k in (7, 31)),
}  # fmt: skip


@pytest.mark.parametrize(("where", "words"), SAID)
def test_what_the_page_says_of_wins_and_losses_follows_from_the_times(
    where: str, words: str
) -> None:
    text = " ".join(PAGE.split())
    assert (f"- **{words}" if where == SLOWER else words) in text.partition("## Where it loses")[2]
    ratios = [targets.of(name)(KEPT["rows"]) for name in SAID[where, words]]
    assert all((ratio > 1) == (where == SLOWER) for ratio in ratios), ratios


def test_float64_is_faster_on_the_whole() -> None:
    doubles = [targets.ratio(row) for row in targets.layers(KEPT["rows"], "float64")]
    assert targets.mean(doubles) < 1
    assert "and float64." in PAGE


def planted(ratio: float) -> dict[str, Any]:
    """What was kept, but with another time for the depthwise layer in float32."""
    kept: dict[str, Any] = copy.deepcopy(KEPT)
    (row,) = [r for r in kept["rows"] if r["part"] == "layers" and r["dtype"] == "float32"
              and r["shape"] == "depthwise 3x3"]  # fmt: skip
    for way in row["ways"]:
        row["ways"][way] |= {"min": 1.0, "median": 1.0}
    row["ways"]["auto"] |= {"min": ratio, "median": 1.25 * ratio}
    return kept


def line(html: str, name: str) -> str:
    """The row of a table that begins with a name."""
    (found,) = [part for part in html.split("<tr>") if part.startswith(f"<td>{name}")]
    return found


@pytest.mark.parametrize("ratio", [0.37, 13.7])
def test_another_time_is_another_table(ratio: float) -> None:
    kept = planted(ratio)
    shown = line(measured.TABLES["layers"](kept), "depthwise 3x3")
    assert f"<strong>{ratio:.2f}</strong>" in shown
    assert f"<td>{1.25 * ratio:.2f}</td>" in shown
    assert shown != line(measured.TABLES["layers"](KEPT), "depthwise 3x3")
    assert ("depthwise 3x3 (13.70)" in measured.TABLES["losses"](kept)) == (ratio > 1)
    assert str(float(f"{ratio:.2g}")).removesuffix(".0") in measured.PICTURES["ratios"](kept)


def test_a_target_is_met_or_missed_by_what_the_rows_say() -> None:
    (target,) = [target for target in targets.TARGETS if target.said == "depthwise"]
    assert target.value(planted(2.5)["rows"]) == 2.5
    assert "<td>2.50</td><td>met</td>" in line(measured.TABLES["targets"](planted(2.5)), "depth")
    missed = line(measured.TABLES["targets"](planted(4.5)), "depth")
    assert "<td>4.50</td><td><em>missed: by 50 %</em></td>" in missed


def test_a_target_that_is_far_off_is_told_as_a_multiple() -> None:
    assert [measured.judged(part) for part in (1.0, 1.005, 2.5)] == [
        "met",
        "<em>missed: by 0.5 %</em>",
        "<em>missed: 2.5 times as much</em>",
    ]


def test_every_target_is_a_number_of_the_file() -> None:
    for target in targets.TARGETS:
        assert target.value(KEPT["rows"]) > 0, target.said


def test_a_mean_is_geometric_and_leaves_the_filters_out() -> None:
    assert targets.mean([1, 4]) == pytest.approx(2)
    some = [row for row in targets.layers(KEPT["rows"], held_out=False)
            if row["shape"] not in targets.FILTERS]  # fmt: skip
    assert len(some) == 15
    product = np.prod([targets.ratio(row) for row in some])
    assert targets.TARGETS[0].value(KEPT["rows"]) == pytest.approx(product ** (1 / 15))


def test_a_ratio_is_against_the_better_layout() -> None:
    took = {"auto": 6, "im2col": 3, "torch": 4, "torch, channels last": 2, "naive": 1}
    row = {"allowed": ["im2col"], "ways": {name: {"min": time} for name, time in took.items()}}
    assert targets.ratio(row) == 3
    assert targets.named(row) == "im2col"
    assert targets.regret(row) == 2


@pytest.mark.parametrize("what", measured.PICTURES)
def test_a_picture_is_drawn_from_the_rows(what: str) -> None:
    source = measured.PICTURES[what](KEPT)
    html = measured.picture(source, "What it shows.", what, bench.FILE)
    assert html.count("<svg") == 1
    assert "What it shows." in html
    plt.close("all")


def test_the_quick_figures_are_parts_of_the_peak() -> None:
    kept = {"peak": {"float32": 200.0},
            "rows": [{"shape": "a", "gigaflop": 1.0, "ways": {"auto": {"min": 10.0}}}]}  # fmt: skip
    assert bench.of_peak(kept) == {"a": 0.5}
    assert set(bench.QUICK) <= SHAPES.keys()


def test_the_peak_is_a_rate_of_matrix_products() -> None:
    rates = timing.peak("float32", rounds=2)
    assert "NumPy" in rates
    assert all(rate > 1 for rate in rates.values())


def test_what_the_site_takes_is_shown_the_heaviest_page_first() -> None:
    found = {"date": "2026-01-02", "cores": 2, "load": 0.5, "cold": 123.4, "one_page": 5.6,
             "tests": 78.9, "passed": 1234, "failed": 5,
             "pages": {"light/": [1_000, 9_000], "": [20_000, 91_000]}}  # fmt: skip
    html = measured.TABLES["site"](KEPT | {"site": found})
    for shown in ("2026-01-02", "123 s", "6 s", "79 s, 1234 passed, 5 failed", "0.1 MB"):
        assert shown in html
    assert html.index("20 kB gzipped, 91 kB") < html.index("1 kB gzipped, 9 kB")
    assert "Not measured" in measured.TABLES["site"](KEPT | {"site": {}})


def test_a_copy_of_the_sources_has_nothing_that_was_made(tmp_path: Path) -> None:
    root = site.copied(tmp_path)
    assert (root / "mkdocs.yml").is_file()
    assert (root / site.CHANGED).is_file()
    assert not (root / ".cache").exists()
    assert site.told("3 failed, 12 passed in 4 s", "passed") == 12
    assert site.told("12 passed in 4 s", "failed") == 0


@pytest.mark.slow
def test_the_quick_run_writes_fractions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "QUICK_FILE", tmp_path / "build" / "benchmark.json")
    monkeypatch.setattr("sys.argv", ["bench", "--quick"])
    bench.main()
    parts = json.loads(bench.QUICK_FILE.read_text(encoding="utf-8"))["of_peak"]
    assert parts.keys() == set(bench.QUICK)
    assert all(0 < part < 4 for part in parts.values())  # tiles do a quarter of the work
