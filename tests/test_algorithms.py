"""Each algorithm of `conv`: exact on integers, within its bound on floats, within its memory."""

import doctest
import tracemalloc
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from cnnref import conv, explain, literal, windows
from cnnref.fast.algorithms import ALGORITHMS, Task, chosen, fft, im2col, shifted, tiles, width
from cnnref.fast.algorithms import task as task_module
from cnnref.fast.algorithms.choose import barred

NAMES = list(ALGORITHMS)
APPROXIMATE = [name for name in NAMES if ALGORITHMS[name].error]
Call = tuple[np.ndarray, np.ndarray, dict[str, Any]]


def drawn(rng: np.random.Generator, name: str) -> Call:
    """A small call that is one for the algorithm: whole numbers, odd options where they may be."""
    rank = 2 if name.startswith("winograd") else int(rng.integers(1, 4))
    groups = int(rng.integers(1, 4))
    options: dict[str, Any] = {"groups": groups, "padding": str(rng.choice(["valid", "same"]))}
    k = tuple(rng.integers(1, 5, rank).tolist())
    if name.startswith("winograd"):
        k = (3, 3)
    else:
        options["stride"] = tuple(rng.integers(1, 4, rank).tolist())
    options["dilation"] = tuple(rng.integers(1, 4, rank).tolist())
    if name == "matmul":
        k = (1,) * rank
    if rng.random() < 0.3:
        options["padding"] = [tuple(rng.integers(0, 3, 2).tolist()) for _ in range(rank)]
    n = rng.integers(10, 14, rank)
    x = rng.integers(-9, 10, (rng.integers(1, 4), groups * rng.integers(1, 4), *n))
    w = rng.integers(-9, 10, (groups * rng.integers(1, 4), x.shape[1] // groups, *k))
    return x, w, options


def task_of(x: np.ndarray, w: np.ndarray, groups: int = 1, **options: Any) -> Task:
    found = {"stride": 1, "padding": "valid", "dilation": 1, **options}
    return Task(x, w, windows(x.shape[2:], w.shape[2:], **found), groups)


@pytest.mark.parametrize("name", NAMES)
def test_integers_come_out_exactly(name: str) -> None:
    rng = np.random.default_rng(0)
    for _ in range(60):
        x, w, options = drawn(rng, name)
        expected = literal.conv(x, w, **options)
        np.testing.assert_array_equal(conv(x, w, algorithm=name, **options), expected)


@pytest.mark.parametrize("room", [1, 3000])
@pytest.mark.parametrize("name", NAMES)
def test_blocks_and_bands_meet_without_a_seam(
    name: str, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (task_module, im2col, width, shifted, tiles, fft):
        for limit in ("CACHE", "NEAR", "BUFFER"):
            if hasattr(module, limit):
                monkeypatch.setattr(module, limit, room)
    rng = np.random.default_rng(7)
    for _ in range(40):
        x, w, options = drawn(rng, name)
        expected = literal.conv(x, w, **options)
        np.testing.assert_array_equal(conv(x, w, algorithm=name, **options), expected)


INNERMOST: list[tuple[tuple[int, ...], tuple[int, ...], int]] = [
    ((150, 4, 9), (6, 2, 3), 2),
    ((40, 3, 6, 7), (4, 3, 6, 1), 1),
    ((9, 6, 4, 5, 6), (8, 6, 3, 3, 3), 1),
]


@pytest.mark.parametrize(("x", "w", "groups"), INNERMOST)
def test_small_images_lie_innermost(
    x: tuple[int, ...], w: tuple[int, ...], groups: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(im2col, "CACHE", 2**15)
    rng = np.random.default_rng(6)
    task = task_of(rng.integers(-9, 10, x) * 1.0, rng.integers(-9, 10, w) * 1.0, groups)
    some = im2col.together(task)
    assert 1 < some <= len(task.x)
    assert groups > 1 or len(task.x) % some  # the last block is smaller
    y = ALGORITHMS["im2col"].run(task)
    np.testing.assert_array_equal(y, ALGORITHMS["shifted"].run(task))


@pytest.mark.parametrize("name", NAMES)
def test_any_layout_of_the_input_will_do(name: str) -> None:
    rng = np.random.default_rng(1)
    for _ in range(10):
        x, w, options = drawn(rng, name)
        expected = literal.conv(x, w, **options)
        turned = np.asfortranarray(x.astype(np.float32)), w.astype(">f4")[::-1][::-1]
        kept = [one.copy() for one in turned]
        for one in turned:
            one.flags.writeable = False
        y = conv(*turned, algorithm=name, **options)
        np.testing.assert_allclose(y, expected, atol=0.01)
        assert y.flags.writeable
        assert not any(np.shares_memory(y, one) for one in turned)
        assert all(np.array_equal(one, was) for one, was in zip(turned, kept, strict=True))


@pytest.mark.parametrize("name", APPROXIMATE)
def test_integers_too_large_for_the_bound_go_to_direct_sums(name: str) -> None:
    rng = np.random.default_rng(5)
    x = rng.integers(-(2**50), 2**50, (1, 1, 9, 9))
    w = np.array([[[[1, 1, 1], [1, 0, -1], [0, 1, 1]]]])
    task = task_of(x.astype(float), w.astype(float))
    bound = ALGORITHMS[name].error
    assert bound is not None
    assert bound(task) > 0.5
    expected = literal.conv(x, w)
    assert (ALGORITHMS[name].run(task) != expected).any()  # else there was nothing to see
    np.testing.assert_array_equal(conv(x, w, algorithm=name), expected)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_finite_stays_where_it_is_read(name: str, value: float) -> None:
    x, w = np.ones((2, 2, 9, 9)), np.ones((3, 2, 3, 3))
    x[0, 1, 2, 6] = value
    if name == "matmul":
        w = np.ones((3, 2, 1, 1))
    y = conv(x, w, padding="same", algorithm=name)
    np.testing.assert_array_equal(y, literal.conv(x, w, padding="same"))
    assert np.isfinite(y[1]).all()


def test_the_size_of_buffers_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    x, w = np.ones((1, 2, 5)), np.ones((2, 1, 3))
    before = np.getbufsize()

    def interrupted(*_: Any) -> None:
        assert np.getbufsize() == 16 != before
        raise KeyboardInterrupt

    monkeypatch.setattr(shifted, "entrywise", interrupted)
    with pytest.raises(KeyboardInterrupt):
        conv(x, w, groups=2, algorithm="shifted")
    assert np.getbufsize() == before


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", APPROXIMATE)
def test_the_error_stays_within_its_bound(name: str, dtype: Any) -> None:
    rng = np.random.default_rng(2)
    known = ALGORITHMS[name]
    assert known.error is not None
    worst = 0.0
    for channels in (1, 3, 16, 64):
        for scale in (1.0, 1e3):
            x = (scale * rng.standard_normal((2, channels, 11, 12))).astype(dtype)
            w = rng.standard_normal((4, channels, 3, 3)).astype(dtype)
            task = task_of(x, w, padding="same")
            wide = [one.astype(np.longdouble) for one in (x, w)]
            exact = ALGORITHMS["shifted"].run(replace(task, x=wide[0], w=wide[1]))
            worst = max(worst, float(np.abs(known.run(task) - exact).max() / known.error(task)))
    assert 0 < worst < 1


SINGLE = [
    (name, products)
    for name in NAMES
    for products in (1152, 2304, 4608)
    if name != "winograd4" and (name, products) != ("winograd2", 4608)  # never by themselves
]


@pytest.mark.parametrize(("name", "products"), SINGLE)
def test_in_float32_a_millionth_of_the_largest_output_is_the_most_that_is_lost(
    name: str, products: int
) -> None:
    rng = np.random.default_rng(3)
    k = 1 if name == "matmul" else 3
    x = rng.standard_normal((2, products // k**2, 9, 9)).astype(np.float32)
    w = rng.standard_normal((64, products // k**2, k, k)).astype(np.float32)
    assert "loses" not in barred(task_of(x, w), name, integers=False)
    exact = conv(x.astype(float), w.astype(float), algorithm="im2col")
    assert np.abs(conv(x, w, algorithm=name) - exact).max() < 1e-6 * np.abs(exact).max()


def test_what_loses_a_digit_is_chosen_in_float64_only() -> None:
    x, w = np.zeros((8, 64, 40, 40)), np.zeros((64, 64, 3, 3))
    assert chosen(task_of(x, w), integers=False) == "winograd4"
    single = task_of(x.astype(np.float32), w.astype(np.float32))
    assert chosen(single, integers=False) == "winograd2"
    assert chosen(task_of(x, w), integers=True) in {"im2col", "shifted", "width"}
    many = task_of(np.zeros((2, 512, 9, 9), np.float32), np.zeros((64, 512, 3, 3), np.float32))
    assert "loses" in barred(single, "winograd4", integers=False)
    assert "loses" in barred(many, "winograd2", integers=False)
    assert chosen(many, integers=False) != "winograd2"


LAYERS: list[tuple[tuple[int, ...], tuple[int, ...], dict[str, Any]]] = [
    ((8, 16, 56, 56), (32, 16, 3, 3), {"padding": "same"}),
    ((1, 3, 224, 224), (16, 3, 7, 7), {"stride": 2, "padding": 3}),
    ((4, 64, 28, 28), (64, 64, 3, 3), {}),
    ((4, 32, 40, 41), (24, 32, 3, 3), {"padding": "same", "dilation": (3, 2)}),
    ((2, 256, 7, 7), (256, 256, 3, 3), {"padding": "same"}),
    ((2, 64, 56, 56), (64, 1, 3, 3), {"padding": "same", "groups": 64}),
    ((4, 32, 3000), (32, 32, 9), {"dilation": 4}),
    ((1, 1, 400, 400), (1, 1, 31, 31), {}),
    ((64, 6, 14, 14), (16, 6, 5, 5), {}),
    ((2, 8, 20, 20, 20), (16, 4, 3, 3, 3), {"groups": 2}),
    ((4, 64, 56, 56), (32, 64, 1, 1), {"stride": 2}),
]


def taken(name: str, x: tuple[int, ...], w: tuple[int, ...], options: dict[str, Any]) -> bool:
    """Whether an algorithm takes a layer, in a time that a test has."""
    task = task_of(np.broadcast_to(0.0, x), np.broadcast_to(0.0, w), **options)
    return not ALGORITHMS[name].refuses(task) and not (name == "fft" and x[1] * w[0] > 1e4)


TAKEN = [(name, *layer) for layer in LAYERS for name in NAMES if taken(name, *layer)]


@pytest.mark.parametrize(("name", "x", "w", "options"), TAKEN, ids=[str(row) for row in TAKEN])
def test_no_more_memory_is_taken_than_was_said(
    name: str, x: tuple[int, ...], w: tuple[int, ...], options: dict[str, Any]
) -> None:
    rng = np.random.default_rng(4)
    arrays = [rng.standard_normal(shape).astype(np.float32) for shape in (x, w)]
    task = task_of(arrays[0], arrays[1], **options)
    known = ALGORITHMS[name]
    tracemalloc.start()
    y = known.run(task)
    most = tracemalloc.get_traced_memory()[1] - y.nbytes
    tracemalloc.stop()
    assert most <= 1.05 * known.memory(task) + 50_000
    if not barred(task, name, integers=False):
        assert most <= max(16 * 2**20, 4 * (y.nbytes + sum(one.nbytes for one in arrays)))


def test_an_algorithm_that_takes_too_much_memory_is_not_chosen() -> None:
    x, w = np.zeros((1, 300, 14, 14), np.float32), np.zeros((300, 300, 3, 3), np.float32)
    told = dict(zip(NAMES, explain(x, w).splitlines(), strict=True))
    heavy = [name for name in NAMES if "takes too much memory: only by name" in told[name]]
    assert heavy
    for name in heavy:
        memory = ALGORITHMS[name].memory(task_of(x, w))
        assert memory > max(2**24, 4 * (x.nbytes + w.nbytes + conv(x, w).nbytes))
        assert conv(x, w, algorithm=name).shape == (1, 300, 12, 12)


@pytest.mark.parametrize("size", [(1, 1, 4096, 4096), (1024, 1, 28, 28)])
def test_large_inputs_take_less_than_a_gibibyte_more(size: tuple[int, ...]) -> None:
    x = np.ones(size, np.float32)
    w = np.ones((1, 1, 7, 7) if size[0] == 1 else (6, 1, 5, 5), np.float32)
    tracemalloc.start()
    y = conv(x, w)
    taken = tracemalloc.get_traced_memory()[1] - y.nbytes
    tracemalloc.stop()
    assert taken < 2**30
    assert (y == w[0].size).all()


def test_the_chosen_one_has_an_arrow() -> None:
    x, w = np.ones((1, 3, 9, 9)), np.ones((2, 3, 1, 1))
    lines = explain(x, w).splitlines()
    assert [line.split()[0] for line in lines].count("->") == 1
    assert len(lines) == len(NAMES)
    assert "winograd2 needs 3 x 3 kernels" in lines[NAMES.index("winograd2")]
    arrow = next(line for line in lines if line.startswith("->"))
    assert arrow.split()[1] == chosen(task_of(x, w), integers=False)


def test_the_example_of_explain_holds() -> None:
    (example,) = doctest.DocTestFinder(recurse=False).find(
        explain, "explain", globs={"explain": explain, "np": np}
    )
    outcome = doctest.DocTestRunner().run(example)
    assert (outcome.failed, outcome.attempted) == (0, 1)
