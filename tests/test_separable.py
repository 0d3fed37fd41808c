"""Pools axis after axis: in blocks of any size, thinned out before or after, with any padding."""

import tracemalloc
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from cnnref import fast, literal
from cnnref.fast import gradients, separable, winners

TIED = (-np.inf, -1.0, 0.0, 1.0)
SIZES = (12, 8, 5)


def drawn(values: tuple[float, ...], count: int) -> Iterator[tuple[np.ndarray, dict[str, Any]]]:
    """Inputs with many ties, and the options of a pool that has a place for each axis."""
    rng = np.random.default_rng(0)
    for _ in range(count):
        rank = int(rng.integers(1, 4))
        n = rng.integers(2, SIZES[rank - 1], rank)
        k, d = (np.asarray(rng.integers(1, most, rank)) for most in (6, 3))
        spans = d * (k - 1) + 1
        sides = [rng.integers(0, span + 3, 2).tolist() for span in spans]
        short = np.maximum(0, spans - n - np.sum(sides, axis=1))
        each = zip(sides, short.tolist(), strict=True)
        options = {
            "kernel_size": tuple(k.tolist()),
            "stride": tuple(rng.integers(1, 5, rank).tolist()),
            "dilation": tuple(d.tolist()),
            "padding": [(before, after + more) for (before, after), more in each],
            "ceil_mode": bool(rng.integers(2)),
        }
        yield rng.choice(values, (2, 3, *n)), options


@pytest.fixture(params=[(1, 1), (300, 4), (1 << 20, 1 << 20)])
def forced(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """One plane or all of them at a time; windows at every s-th place or at all places."""
    cache, run = request.param
    for module in (separable, winners, gradients):
        monkeypatch.setattr(module, "CACHE", cache)
    monkeypatch.setattr(separable, "RUN", run)


@pytest.mark.usefixtures("forced")
@pytest.mark.parametrize("values", [TIED, (*TIED, np.inf, np.nan)])
def test_maxima_and_where_they_are(values: tuple[float, ...]) -> None:
    nowhere = 0
    for x, options in drawn(values, 60):
        for name in ("max_pool", "max_pool_indices"):
            ours, plain = (getattr(package, name)(x, **options) for package in (fast, literal))
            np.testing.assert_array_equal(ours, plain, err_msg=f"{name} {x.shape} {options}")
        nowhere += bool((plain < 0).any())
    assert nowhere > 3  # windows that read nothing but padding


@pytest.mark.usefixtures("forced")
def test_what_comes_back_to_them() -> None:
    rng = np.random.default_rng(1)
    for x, options in drawn((*TIED, np.nan), 60):
        dy = rng.integers(-9, 9, literal.max_pool(x, **options).shape).astype(float)
        dy[dy == 8] = np.inf
        dx = fast.max_pool_grad(x, dy, **options)
        np.testing.assert_array_equal(dx, literal.max_pool_grad(x, dy, **options))


@pytest.mark.usefixtures("forced")
def test_averages_and_the_share_of_each_place() -> None:
    rng = np.random.default_rng(2)
    for x, options in drawn((-1.0, 0.0, 1.0, np.inf), 60):
        options["count_include_pad"] = True
        y = literal.avg_pool(x, **options)
        np.testing.assert_allclose(fast.avg_pool(x, **options), y, rtol=1e-12, atol=1e-12)
        dy = rng.integers(-9, 9, y.shape).astype(float)
        dy[dy == 8] = np.inf
        ours, plain = (p.avg_pool_grad(x.shape, dy, **options) for p in (fast, literal))
        np.testing.assert_allclose(ours, plain, rtol=1e-12, atol=1e-12)


def test_a_window_that_is_far_from_the_input_takes_no_part() -> None:
    x = np.ones((1, 1, 2))
    options: dict[str, Any] = {"kernel_size": 2, "padding": [(9, 0)], "stride": 3}
    np.testing.assert_array_equal(fast.max_pool_indices(x, **options), [[[-1, -1, -1, 0]]])
    dy = np.array([[[1.0, 2.0, 3.0, 4.0]]])
    np.testing.assert_array_equal(fast.max_pool_grad(x, dy, **options), [[[4.0, 0.0]]])
    options |= {"padding": [(10, 0)], "count_include_pad": True}
    shares = fast.avg_pool_grad((1, 1, 2), dy, **options)
    np.testing.assert_array_equal(shares, literal.avg_pool_grad((1, 1, 2), dy, **options))


def test_places_may_be_farther_apart_than_a_byte_counts() -> None:
    x = np.random.default_rng(3).normal(size=(1, 2, 24, 90))
    for name in ("max_pool", "max_pool_indices"):
        ours, plain = (getattr(p, name)(x, (9, 5), stride=(4, 1)) for p in (fast, literal))
        np.testing.assert_array_equal(ours, plain)


def test_pools_take_little_memory_beside_their_input() -> None:
    x = np.zeros((4, 4, 1024, 1024), np.float32)
    for name in ("max_pool", "avg_pool", "max_pool_indices"):
        tracemalloc.start()
        y = getattr(fast, name)(x, 3, stride=2)
        most = tracemalloc.get_traced_memory()[1] - y.nbytes
        tracemalloc.stop()
        assert most < 48 << 20, name
